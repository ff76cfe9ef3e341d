/** Fifty steps of every optimiser by the runtime, replayed in float64 from the formulas of the papers. */

import { expect, test } from 'vitest';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { createSession, type Feeds } from '../runtime/runtime.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';

import { noise, relativeError, type Tensor64, tensor64 } from '../testing/tensor64.test-helper.ts';
import { runTorch } from '../testing/torch-oracle.test-helper.ts';
import {
  buildUpdateGraph,
  momentNames,
  type Optimiser,
  type UpdateGraphOptions,
  updateScalars,
} from './optimiser.ts';

const COUNT = 37;
const STEPS = 50;

const start = noise([COUNT], 1).data;
/** Gradients that pull to 0, with noise; some entries are always exactly 0, as those of unused inputs are. */
function gradientAt(weights: ArrayLike<number>, step: number): Float64Array {
  const shaking = noise([COUNT], 100 + step).data;
  return Float64Array.from(shaking, (v, i) => (i % 10 === 3 ? 0 : Math.fround(weights[i]! + v)));
}
const rateAt = (step: number) => 0.05 / (1 + step / 20);

interface Run {
  readonly weights: Float64Array;
  readonly gradients: readonly Float64Array[];
  readonly norms: readonly number[];
}

async function runOptimiser(optimiser: Optimiser, options: UpdateGraphOptions): Promise<Run> {
  const session = await createSession(ort, buildUpdateGraph(COUNT, optimiser, options), oneThread);
  let weights = Float32Array.from(start);
  const moments: Record<string, Float32Array> = {};
  for (const name of momentNames(optimiser)) moments[name] = new Float32Array(COUNT);
  const gradients: Float64Array[] = [];
  const norms: number[] = [];
  const vector = (data: Float32Array) => new ort.Tensor('float32', data, [COUNT]);
  for (let step = 0; step < STEPS; step++) {
    const gradient = gradientAt(weights, step);
    gradients.push(gradient);
    const feeds: Feeds = {
      weights: vector(weights),
      gradient: vector(Float32Array.from(gradient)),
    };
    for (const [name, moment] of Object.entries(moments)) feeds[name] = vector(moment);
    for (const [name, value] of Object.entries(updateScalars(optimiser, step + 1, rateAt(step)))) {
      feeds[name] = new ort.Tensor('float32', Float32Array.of(value), []);
    }
    const outputs = await session.run(feeds);
    weights = outputs.new_weights!.data as Float32Array<ArrayBuffer>;
    for (const name of Object.keys(moments)) moments[name] = outputs[`new_${name}`]!.data as Float32Array;
    norms.push((outputs.gradient_norm!.data as Float32Array)[0]!);
  }
  await session.release();
  return { weights: Float64Array.from(weights), gradients, norms };
}

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

testWithPython('fifty steps are those of torch.optim', ['torch'], async () => {
  const cases: Record<string, [Optimiser, string]> = {
    sgd: [
      { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.1 },
      'torch.optim.SGD([w], lr=1, momentum=0.9, nesterov=True, weight_decay=0.1)',
    ],
    adam: [{ kind: 'adam', weightDecay: 0.1 }, 'torch.optim.Adam([w], lr=1, weight_decay=0.1)'],
    adamw: [{ kind: 'adamw', weightDecay: 0.3 }, 'torch.optim.AdamW([w], lr=1, weight_decay=0.3)'],
  };
  const inputs: Record<string, Tensor64> = {
    start: tensor64([COUNT], start),
    rates: tensor64(
      [STEPS],
      Array.from({ length: STEPS }, (_, t) => rateAt(t)),
    ),
  };
  const runs: Record<string, Run> = {};
  let script = '';
  for (const [name, [optimiser, torch]] of Object.entries(cases)) {
    const run = await runOptimiser(optimiser, { clipNorm: 3 });
    runs[name] = run;
    inputs[name] = tensor64(
      [STEPS, COUNT],
      run.gradients.flatMap((g) => [...g]),
    );
    script += `
w = torch.nn.Parameter(inputs['start'].clone())
optimiser = ${torch}
for gradient, rate in zip(inputs['${name}'], inputs['rates']):
    w.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_([w], 3)
    optimiser.param_groups[0]['lr'] = rate.item()
    optimiser.step()
outputs['${name}'] = w
`;
  }
  const outputs = runTorch(script, inputs);
  for (const [name, run] of Object.entries(runs)) {
    expect(relativeError(run.weights, outputs[name]!.data), name).toBeLessThan(2e-5);
  }
});

test('wrong use is refused', () => {
  expect(() => buildUpdateGraph(3, { kind: 'adam' }, { clipNorm: 0 })).toThrow(
    'clipNorm must be positive, got 0',
  );
  expect(() => buildUpdateGraph(3, { kind: 'sgd', nesterov: true })).toThrow(
    'sgd: nesterov needs a momentum above 0',
  );
});
