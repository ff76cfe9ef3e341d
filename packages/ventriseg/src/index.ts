export * from './dicom/index.ts';
export * from './errors.ts';
export * from './scan-input/index.ts';
