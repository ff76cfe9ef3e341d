export type { MghHeader } from './header.ts';
export { readMgh } from './read.ts';
export { type WriteMghOptions, writeMgh } from './write.ts';
