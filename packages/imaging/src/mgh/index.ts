export type { MghHeader } from './header.ts';
export { readMgh } from './read.ts';
