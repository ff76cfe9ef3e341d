export {
  affineDeterminant,
  applyAffine,
  identityAffine,
  invertAffine,
  multiplyAffines,
  voxelSizesMm,
} from './affine.ts';
export { cropVolume } from './crop.ts';
export { type Grid, gridOf, sameGrid } from './grid.ts';
export { determinant3 } from './nearest-orthogonal.ts';
export { type AxisDirection, axisCodes, axisDirections, parseAxisCodes } from './orientation.ts';
export { type AxisChange, axisChanges, reorient, reorientGrid } from './reorient.ts';
export { cross, dot, unit } from './vectors.ts';
