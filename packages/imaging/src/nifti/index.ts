export type { NiftiHeader } from './header.ts';
export { readNifti } from './read.ts';
export { type WriteNiftiOptions, writeNifti } from './write.ts';
