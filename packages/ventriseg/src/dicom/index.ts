export * from './choose-series.ts';
export * from './dcm2niix-converter.ts';
export * from './dicom-header.ts';
export * from './dicom-series.ts';
export * from './series-converter.ts';
export * from './series-suitability.ts';
export * from './slice-gaps.ts';
