import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { type BackendCandidate, chooseBackend } from '../runtime/backend.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { openBackend } from './open-backend.ts';

const native: BackendCandidate = { name: 'cpu', session: {}, load: async () => ort };
const missing: BackendCandidate = {
  name: 'cuda',
  session: {},
  load: () => Promise.reject(new Error("Cannot find module 'x'\n  required from here")),
};

/** Whose results are off by one. */
const wrong: Runtime = {
  Tensor: ort.Tensor,
  InferenceSession: {
    async create(model, options) {
      const session = await ort.InferenceSession.create(model, options);
      const run = session.run.bind(session) as (
        feeds: ort.InferenceSession.FeedsType,
      ) => ReturnType<typeof session.run>;
      return Object.assign(session, {
        run: async (feeds: ort.InferenceSession.FeedsType) => {
          const outputs = await run(feeds);
          const y = outputs.y!.data as Float32Array;
          y[0]! += 1;
          return outputs;
        },
      });
    },
  },
};

test('the first backend that works is taken, and it is said why others were not', async () => {
  const backend = await chooseBackend('auto', [
    missing,
    { name: 'webgpu', session: {}, load: async () => wrong },
    native,
  ]);
  expect(backend.name).toBe('cpu');
  expect(backend.passedOver).toEqual([
    { name: 'cuda', reason: "Cannot find module 'x'" },
    { name: 'webgpu', reason: expect.stringMatching(/^it computes 43,56,/) },
  ]);
});

test('a backend that was asked for and does not work is an error with its reason', async () => {
  await expect(chooseBackend('cuda', [missing, native])).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
    message: "no backend works here (cuda: Cannot find module 'x')",
  });
  await expect(chooseBackend('wasm', [missing, native])).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
    message: 'there is no backend wasm here, only cuda, cpu',
  });
});

test.each(['auto', 'cpu', 'wasm'] as const)('Node has %s', async (choice) => {
  const { name, runtime, lanes } = await openBackend(choice, { threads: 1 });
  expect(choice === 'auto' ? ['cuda', 'cpu'] : [choice]).toContain(name);
  expect(runtime.Tensor).toBeDefined();
  if (name !== 'cuda') expect(lanes).toBeDefined();
});
