export * from './input-file.ts';
export * from './open-files.ts';
export * from './opened-scan.ts';
export * from './zip-archive.ts';
