export { type FilledHoles, type FillHolesOptions, fillHoles } from './fill-holes.ts';
export { foregroundBox, type VoxelBox } from './foreground-box.ts';
