export type { NiftiHeader } from './header.ts';
export { readNifti } from './read.ts';
