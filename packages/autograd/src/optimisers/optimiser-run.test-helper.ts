/** Fifty steps of an optimiser by the runtime under test, on gradients that pull to 0, with noise. */
import { createSession, type Feeds } from '../runtime/runtime.ts';
import { oneThread, ort } from '../testing/backend.test-helper.ts';
import { noise } from '../testing/tensor64.test-helper.ts';
import {
  buildUpdateGraph,
  momentNames,
  type Optimiser,
  type UpdateGraphOptions,
  updateScalars,
} from './optimiser.ts';

export const COUNT = 37;
export const STEPS = 50;

export const start = noise([COUNT], 1).data;
/** Gradients that pull to 0, with noise; some entries are always exactly 0, as those of unused inputs are. */
function gradientAt(weights: ArrayLike<number>, step: number): Float64Array {
  const shaking = noise([COUNT], 100 + step).data;
  return Float64Array.from(shaking, (v, i) => (i % 10 === 3 ? 0 : Math.fround(weights[i]! + v)));
}
export const rateAt = (step: number) => 0.05 / (1 + step / 20);

export interface Run {
  readonly weights: Float64Array;
  readonly gradients: readonly Float64Array[];
  readonly norms: readonly number[];
}

export async function runOptimiser(optimiser: Optimiser, options: UpdateGraphOptions): Promise<Run> {
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
