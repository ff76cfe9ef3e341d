import { describe, expect, test } from 'vitest';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { conv } from '../operators/conv.ts';
import { convTranspose } from '../operators/conv-transpose.ts';
import { upsampleLinear, upsampleNearest } from '../operators/resize.ts';
import { buildGradientGraph, buildInferenceGraph } from '../training/network.ts';
import { countFlops } from './flops.ts';
import { Graph, type Value } from './graph.ts';
import { heNormal, zeros } from './initialiser.ts';

const empty = () => new Graph({ mode: 'inference' });

describe('countFlops', () => {
  test('a convolution: two operations a tap, input channel, filter and pixel', () => {
    const g = empty();
    const x = g.input('image', [2, 3, 8, 8]);
    const y = conv(x, g.parameter('w', [5, 3, 3, 3], heNormal), g.parameter('b', [5], zeros));
    expect(y.shape).toEqual([2, 5, 8, 8]);
    expect(countFlops(g)).toEqual({
      convolutions: 2 * 9 * 3 * 5 * 64 * 2,
      products: 0,
      constantProducts: 0,
    });
  });

  test('a training step: the kernel gradient costs what the convolution does, and an input gradient as much again', () => {
    const network = {
      name: 'two layers',
      inputShape: [1, 8, 8],
      build: (images: Value) => {
        const g = images.graph;
        const first = conv(images, g.parameter('a', [4, 1, 3, 3], heNormal));
        return conv(first, g.parameter('b', [1, 4, 3, 3], heNormal));
      },
    };
    const each = 2 * 9 * 4 * 64;
    const { convolutions, products } = countFlops(buildGradientGraph(network, softDiceLoss(), 1));
    // Forward twice, and the gradient that the second layer hands back.
    expect(convolutions).toBe(3 * each);
    expect(products).toBe(2 * each);
  });

  test('strides and groups do less', () => {
    const g = empty();
    conv(g.input('image', [1, 6, 9, 9]), g.parameter('w', [4, 3, 3, 3], heNormal), undefined, {
      stride: 2,
      groups: 2,
    });
    expect(countFlops(g).convolutions).toBe(2 * 9 * 3 * 4 * 5 * 5);
  });

  test('a transposed convolution does as much as the convolution it is the adjoint of', () => {
    const up = empty();
    convTranspose(up.input('image', [1, 8, 6, 6]), up.parameter('w', [8, 4, 2, 2], heNormal), undefined, {
      stride: 2,
    });
    const down = empty();
    conv(down.input('image', [1, 4, 12, 12]), down.parameter('w', [8, 4, 2, 2], heNormal), undefined, {
      stride: 2,
      padding: 0,
    });
    expect(countFlops(up).convolutions).toBe(2 * 4 * 8 * 4 * 36);
    expect(countFlops(up)).toEqual(countFlops(down));
  });

  test('matrix products, those with a constant apart', () => {
    const g = empty();
    const [a, b] = [g.input('a', [4, 5]), g.input('b', [5, 6])];
    g.emit('MatMul', [a, b], [4, 6]);
    expect(countFlops(g).products).toBe(2 * 4 * 5 * 6);
    upsampleNearest(g.input('image', [1, 1, 4, 4]));
    expect(countFlops(g).constantProducts).toBe(0);
    upsampleLinear(g.valueOf('image'));
    // Columns first: 4 rows of 4 to 8, then 8 columns of 4 to 8.
    expect(countFlops(g)).toMatchObject({ products: 240, constantProducts: 2 * (4 * 4 * 8 + 8 * 4 * 8) });
  });

  test('the encoder-decoder of 2017, layer by layer', () => {
    const filters = [12, 24, 48, 96];
    const graph = buildInferenceGraph(
      encoderDecoder({ name: 'net', inputShape: [1, 96, 96], filters, classes: 2, skips: false }),
      3,
    );
    let taps = 0;
    let channels = 1;
    for (const [level, width] of [...filters, 192].entries()) {
      taps += (96 / 2 ** level) ** 2 * 9 * (channels * width + width * width);
      channels = width;
    }
    for (const [level, width] of [...filters.entries()].reverse()) {
      taps += (96 / 2 ** level) ** 2 * 9 * (2 * width * width + width * width);
    }
    taps += 96 ** 2 * 12 * 2;
    expect(countFlops(graph).convolutions).toBe(3 * 2 * taps);
  });
});
