export { type ReadScanOptions, readScan, type ScanFile } from './scan-file.ts';
export * from './volume.ts';
export { createVoxelArray, type VoxelArrayByType, type VoxelType, voxelTypeOf } from './voxel-type.ts';
