export { leakyRelu, logSoftmax, relu, sigmoid, softmax } from './activation.ts';
export { add, divide, exp, log, multiply, negate, softplus, sqrt, subtract } from './arithmetic.ts';
export { type ConvOptions, conv } from './conv.ts';
export { convTranspose } from './conv-transpose.ts';
export { dropout } from './dropout.ts';
export { type MatmulOptions, matmul } from './matmul.ts';
export {
  batchNorm,
  groupNorm,
  instanceNorm,
  type NormalisationOptions,
  standardiseWeight,
} from './normalisation.ts';
export { averagePool, maxPool } from './pool.ts';
export { mean, sum } from './reduce.ts';
export { upsampleLinear, upsampleNearest } from './resize.ts';
export { concat, expand, pad, reshape, slice, transpose } from './shape.ts';
export { depthToSpace, spaceToDepth } from './space-to-depth.ts';
