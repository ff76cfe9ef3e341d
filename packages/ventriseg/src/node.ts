/**
 * The Node entry, `ventriseg/node`: what needs files on disk. Everything else is in `ventriseg`.
 */
export * from './scan-input/node-converter.ts';
export * from './scan-input/open-scan.ts';
