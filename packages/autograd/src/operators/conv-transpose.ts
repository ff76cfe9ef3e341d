/** Transposed convolution: the adjoint of conv, used to grow images. */
import { AutogradError, formatShape } from '../errors.ts';
import type { Value } from '../graph/graph.ts';
import { type ConvOptions, channelSum, convAttributes, convGeometry } from './conv.ts';
import { convWeightGradient } from './conv-weight-gradient.ts';

/**
 * @param x [N, C, ...spatial]
 * @param weight [C, O / groups, ...kernel]
 * @param bias [O]
 * @returns [N, O, ...], spatial size (n - 1) stride + dilation (k - 1) + 1 - 2 padding
 */
export function convTranspose(
  x: Value,
  weight: Value,
  bias?: Value,
  options: ConvOptions & { padding?: number } = {},
): Value {
  const c = convGeometry('convTranspose', weight.shape.slice(2), { padding: 0, ...options });
  const [n, channels] = x.shape as [number, number];
  if (weight.shape.length !== x.shape.length || channels !== weight.shape[0] || channels % c.groups !== 0) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `convTranspose() of ${formatShape(x.shape)} with a kernel of ${formatShape(weight.shape)} in ${c.groups} groups: channels must match`,
    );
  }
  const filters = weight.shape[1]! * c.groups;
  if (bias !== undefined && formatShape(bias.shape) !== formatShape([filters])) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `convTranspose() bias is ${formatShape(bias.shape)}, not ${filters}`,
    );
  }
  const spatial = c.kernel.map(
    (k, i) => (x.shape[i + 2]! - 1) * c.stride + c.dilation * (k - 1) + 1 - 2 * c.padding[i]!,
  );
  const g = x.graph;
  const operands = bias === undefined ? [x, weight] : [x, weight, bias];
  const y = g.emit('ConvTranspose', operands, [n, filters, ...spatial], convAttributes(c));
  return g.record(operands, y, (dy, needs) => [
    needs[0] ? g.emit('Conv', [dy, weight], x.shape, convAttributes(c)) : undefined,
    needs[1] ? convWeightGradient(dy, x, weight.shape, c) : undefined,
    needs[2] ? channelSum(dy) : undefined,
  ]);
}
