export * from './label-set-loss.ts';
export * from './losses.ts';
