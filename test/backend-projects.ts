/**
 * Test projects that run the suite of onnx-autograd once for each backend: what must be right on whatever computes
 * it, operators, gradients, losses, optimisers, training, all with the same tolerances. The processor's native
 * kernels are tested by the project of all tests.
 */
import { playwright } from '@vitest/browser-playwright';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { chromiumFlags, chromiumPath, webgpuFlags, whyNoChromium } from './chromium.ts';

const filesOf = (...folders: string[]) =>
  folders.map((folder) => `packages/autograd/src/${folder}/**/*.test.ts`);

const suite = {
  include: filesOf('operators', 'losses', 'modules', 'optimisers', 'training'),
  // Torch is compared with the native kernels, and these with the same references; memory is that of a process.
  exclude: ['**/pytorch.test.ts', '**/*.node.test.ts'],
};

/**
 * Without what a trainer does around its graphs (checkpoints, chunks, accumulation), which is the same on every
 * backend: SwiftShader compiles each shader of each graph on the processor, and would take minutes over it.
 */
const suiteOfSlowest = {
  include: [
    ...filesOf('operators', 'losses', 'modules', 'optimisers'),
    'packages/autograd/src/training/short-training.test.ts',
  ],
  exclude: suite.exclude,
};

const inNode: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'onnx-autograd on WebAssembly in Node',
    ...suite,
    provide: { backend: 'wasm', threads: 1 },
  },
};

/** WebAssembly has threads only in a page that is isolated from others. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

function inChromium(
  name: string,
  backend: 'wasm' | 'webgpu',
  files: typeof suite,
  flags: readonly string[],
): TestProjectInlineConfiguration {
  return {
    extends: true,
    server: { headers: isolation },
    // It finds its WebAssembly beside itself.
    optimizeDeps: { exclude: ['onnxruntime-web'] },
    test: {
      name,
      ...files,
      testTimeout: 240_000,
      provide: { backend, threads: 2 },
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: { executablePath: chromiumPath, args: [...chromiumFlags, ...flags] },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

export const backendProjects: readonly TestProjectInlineConfiguration[] = [
  inNode,
  ...(whyNoChromium() === undefined
    ? [
        inChromium('onnx-autograd on WebAssembly in Chromium', 'wasm', suite, []),
        inChromium('onnx-autograd on WebGPU in Chromium', 'webgpu', suiteOfSlowest, webgpuFlags),
      ]
    : []),
];
