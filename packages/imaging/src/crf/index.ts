export { type DenseCrfOptions, denseCrf2d, denseCrf3d, type Slice } from './dense-crf.ts';
