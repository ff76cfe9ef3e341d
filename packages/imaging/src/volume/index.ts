export { type ReadScanOptions, readScan, type ScanFile } from './scan-file.ts';
export * from './volume.ts';
