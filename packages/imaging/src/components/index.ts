export type { Connectivity } from './connectivity.ts';
export { type Component, type KeptComponents, keepComponents } from './keep-components.ts';
export { type ComponentOptions, type Components, labelComponents } from './label-components.ts';
export { propagate } from './propagate.ts';
