import { defineConfig } from 'vitest/config';

/** What must be right on whatever runs it: operators, gradients, optimisers, training. */
const backendSuite = ['operators', 'losses', 'modules', 'optimisers', 'training'].map(
  (folder) => `packages/autograd/src/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    testTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'onnx-autograd on WebAssembly',
          include: backendSuite,
          // Torch is compared with the native kernels, and these with the same references.
          exclude: ['**/pytorch.test.ts'],
          env: { ONNX_AUTOGRAD_BACKEND: 'wasm' },
        },
      },
    ],
  },
});
