/** The part of training that needs files on disk. */
export { type TrainOptions, type TrainResult, trainNetwork } from './train-network.ts';
