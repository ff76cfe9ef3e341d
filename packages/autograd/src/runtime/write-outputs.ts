/**
 * Outputs into arrays that are there already. onnxruntime-node writes them there itself; onnxruntime-web takes such
 * arrays without complaint and leaves them as they were. Which of the two a runtime does is found out by trying.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { Graph } from '../graph/graph.ts';
import { createSession, type Feeds, type Runtime } from './runtime.ts';

type Run = (feeds: Feeds, fetches: InferenceSession.FetchesType) => Promise<InferenceSession.ReturnType>;

/**
 * Runs a model and writes outputs into tensors.
 *
 * @param targets by output name, float32; never an input's memory, which gives wrong results without a word
 * @param made names of outputs that are returned in tensors of their own
 */
export type RunInto = (
  run: Run,
  feeds: Feeds,
  targets: Readonly<Record<string, Tensor>>,
  made: readonly string[],
) => Promise<InferenceSession.ReturnType>;

const known = new WeakMap<object, Promise<boolean>>();

export async function outputWriter(runtime: Runtime): Promise<RunInto> {
  const key = runtime.InferenceSession;
  const found = known.get(key) ?? writesItself(runtime);
  known.set(key, found);
  return (await found) ? runDirectly : runAndCopy;
}

const toBeMade = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));

const runDirectly: RunInto = (run, feeds, targets, made) => run(feeds, { ...targets, ...toBeMade(made) });

const runAndCopy: RunInto = async (run, feeds, targets, made) => {
  const outputs = await run(feeds, toBeMade([...Object.keys(targets), ...made]));
  for (const [name, target] of Object.entries(targets)) {
    (target.data as Float32Array).set(outputs[name]!.data as Float32Array);
  }
  return outputs;
};

async function writesItself(runtime: Runtime): Promise<boolean> {
  const g = new Graph({ mode: 'inference' });
  g.output('y', g.emit('Neg', [g.input('x', [1])], [1]));
  const session = await createSession(runtime, g, {});
  try {
    const tensor = (value: number) => new runtime.Tensor('float32', Float32Array.of(value), [1]);
    const y = tensor(0);
    await session.run({ x: tensor(5) }, { y });
    return (y.data as Float32Array)[0] === -5;
  } finally {
    await session.release();
  }
}
