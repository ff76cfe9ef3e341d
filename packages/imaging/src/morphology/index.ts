export { close, dilate, erode, open, type StructuringElement } from './binary-morphology.ts';
export { cropToForeground } from './crop-to-foreground.ts';
export { type FilledHoles, type FillHolesOptions, fillHoles } from './fill-holes.ts';
export { foregroundBox, type VoxelBox } from './foreground-box.ts';
