import { expect, test } from 'vitest';
import { backendProjects } from './backend-projects.ts';
import { whyNoChromium } from './chromium.ts';

test('the suite of onnx-autograd runs on every backend, in Chromium too', (context) => {
  const names = backendProjects.map((project) => project.test!.name);
  expect(names[0]).toBe('onnx-autograd on WebAssembly in Node');
  const reason = whyNoChromium();
  if (reason) context.skip(`nothing of onnx-autograd is tested in a browser: ${reason}`);
  expect(names.slice(1)).toEqual([
    'onnx-autograd on WebAssembly in Chromium',
    'onnx-autograd on WebGPU in Chromium',
  ]);
});
