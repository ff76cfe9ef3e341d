/** The estimate beside the memory that a process takes. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const script = `
import { encoderDecoder, estimateTraining, softDiceLoss, Trainer } from 'onnx-autograd';
import * as runtime from 'onnxruntime-node';
const [inputShape, filters, chunkSize] = JSON.parse(process.argv[1]);
const options = (inputShape, filters, chunkSize) => ({
  network: encoderDecoder({ name: 'n', inputShape, filters, classes: 1, skips: true }),
  loss: softDiceLoss(), optimiser: { kind: 'adam' }, chunkSize, runtime, session: { intraOpNumThreads: 1 },
});
async function train(settings, steps) {
  const trainer = await Trainer.create(settings);
  const count = settings.chunkSize * settings.network.inputShape.reduce((a, b) => a * b);
  const images = Float32Array.from({ length: count }, (_, i) => (i * 7919) % 13 / 13);
  for (let i = 0; i < steps; i++) {
    await trainer.train({ images, targets: new Float32Array(count), size: settings.chunkSize }, 1e-3);
  }
}
await train(options([1, 8, 8], [2], 1), 1);
const settings = options(inputShape, filters, chunkSize);
const estimated = estimateTraining(settings).memory.total;
const before = process.memoryUsage().rss;
await train(settings, 3);
console.log(JSON.stringify({ estimated, measured: process.resourceUsage().maxRSS * 1024 - before }));
`;

test.each([
  ['in blocked layout', [1, 96, 96], [16, 32, 64], 8],
  ['in plain layout', [1, 96, 96], [6, 12], 20],
  ['volumes', [1, 48, 48, 48], [8, 16], 1],
])('%s: the estimate is within 35 percent of what a process grows by', (_, ...settings) => {
  const printed = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', script, '--', JSON.stringify(settings)],
    { cwd: root, encoding: 'utf8' },
  );
  const { estimated, measured } = JSON.parse(printed) as { estimated: number; measured: number };
  expect(estimated / measured, printed).toBeGreaterThan(0.65);
  expect(estimated / measured, printed).toBeLessThan(1.35);
});
