/** Fifty steps of every optimiser by the runtime, replayed in float64 from the formulas of the papers. */

import { expect, test } from 'vitest';
import { createSession } from '../runtime/runtime.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';

import { relativeError } from '../testing/tensor64.test-helper.ts';
import { buildUpdateGraph, type Optimiser, type UpdateGraphOptions } from './optimiser.ts';
import { COUNT, rateAt, runOptimiser, start } from './optimiser-run.test-helper.ts';

function replay(optimiser: Optimiser, options: UpdateGraphOptions, gradients: readonly Float64Array[]) {
  const w = start.slice();
  const [m, v] = [new Float64Array(COUNT), new Float64Array(COUNT)];
  gradients.forEach((raw, t) => {
    const norm = Math.hypot(...raw);
    const clip = options.clipNorm === undefined ? 1 : Math.min(1, options.clipNorm / norm);
    const rate = rateAt(t);
    for (let i = 0; i < COUNT; i++) {
      const decay =
        (optimiser.weightDecay ?? (optimiser.kind === 'adamw' ? 0.01 : 0)) * (options.decayMask?.[i] ?? 1);
      let g = clip * raw[i]!;
      if (optimiser.kind !== 'adamw') g += decay * w[i]!;
      if (optimiser.kind === 'sgd') {
        const momentum = optimiser.momentum ?? 0;
        m[i] = momentum * m[i]! + g;
        w[i]! -= rate * (optimiser.nesterov ? g + momentum * m[i]! : m[i]!);
      } else {
        const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimiser;
        m[i] = beta1 * m[i]! + (1 - beta1) * g;
        v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
        if (optimiser.kind === 'adamw') w[i]! -= rate * decay * w[i]!;
        const first = m[i]! / (1 - beta1 ** (t + 1));
        const second = v[i]! / (1 - beta2 ** (t + 1));
        w[i]! -= (rate * first) / (Math.sqrt(second) + epsilon);
      }
    }
  });
  return w;
}

const decayMask = Float32Array.from({ length: COUNT }, (_, i) => (i % 3 === 0 ? 0 : 1));

const optimisers: [string, Optimiser, UpdateGraphOptions][] = [
  ['sgd', { kind: 'sgd' }, {}],
  ['sgd with decay', { kind: 'sgd', weightDecay: 0.1 }, {}],
  ['sgd with momentum', { kind: 'sgd', momentum: 0.9 }, {}],
  [
    'sgd with nesterov, decay and clipping',
    { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.1 },
    { clipNorm: 3 },
  ],
  ['adam', { kind: 'adam' }, {}],
  ['adam with decay of some weights', { kind: 'adam', weightDecay: 0.1 }, { decayMask }],
  ['adam with other betas and epsilon', { kind: 'adam', beta1: 0.8, beta2: 0.99, epsilon: 1e-3 }, {}],
  ['adam with clipping', { kind: 'adam' }, { clipNorm: 3 }],
  ['adamw', { kind: 'adamw' }, {}],
  [
    'adamw with decay of some weights and clipping',
    { kind: 'adamw', weightDecay: 0.3 },
    { decayMask, clipNorm: 3 },
  ],
  ['adamw without decay', { kind: 'adamw', weightDecay: 0 }, {}],
];

test.each(optimisers)('%s', async (_, optimiser, options) => {
  const run = await runOptimiser(optimiser, options);
  expect(relativeError(run.weights, replay(optimiser, options, run.gradients))).toBeLessThan(2e-5);
  expect(relativeError(run.weights, start)).toBeGreaterThan(0.1);
  if (options.clipNorm !== undefined) expect(Math.max(...run.norms)).toBeGreaterThan(options.clipNorm);
  run.norms.forEach((norm, t) => {
    expect(norm).toBeCloseTo(Math.hypot(...run.gradients[t]!), 4);
  });
});

test('a short gradient is not clipped, and one of zeros is no division by zero', async () => {
  const session = await createSession(ort, buildUpdateGraph(2, { kind: 'sgd' }, { clipNorm: 5 }), oneThread);
  const step = async (gradient: number[]) => {
    const outputs = await session.run({
      weights: new ort.Tensor('float32', Float32Array.of(1, 1), [2]),
      gradient: new ort.Tensor('float32', Float32Array.from(gradient), [2]),
      learning_rate: new ort.Tensor('float32', Float32Array.of(1), []),
    });
    return [...(outputs.new_weights!.data as Float32Array)];
  };
  expect(await step([3, 4])).toEqual([-2, -3]);
  expect(await step([0.25, -0.5])).toEqual([0.75, 1.5]);
  expect(await step([6, 8])).toEqual([-2, -3]);
  expect(await step([0, 0])).toEqual([1, 1]);
});

test('wrong use is refused', () => {
  expect(() => buildUpdateGraph(3, { kind: 'adam' }, { clipNorm: 0 })).toThrow(
    'clipNorm must be positive, got 0',
  );
  expect(() => buildUpdateGraph(3, { kind: 'sgd', nesterov: true })).toThrow(
    'sgd: nesterov needs a momentum above 0',
  );
});
