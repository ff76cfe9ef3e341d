import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

function stream(isTTY: boolean) {
  const through = new PassThrough();
  const chunks: string[] = [];
  through.on('data', (chunk) => chunks.push(String(chunk)));
  const extra = { isTTY, columns: 80, cursorTo: () => true, clearLine: () => true, moveCursor: () => true };
  return { stream: Object.assign(through, extra), text: () => chunks.join('') };
}

test('without a terminal: a line each ten seconds, and those that are to stay', () => {
  const { stream: out, text } = stream(false);
  let now = 100;
  const progress = createProgress(out, false, () => now);
  progress.update(0, 8, 'step 0');
  now = 105;
  progress.update(1, 8, 'step 1');
  now = 110;
  progress.update(2, 8, 'step 2');
  now = 112;
  progress.line('epoch 1');
  now = 121;
  progress.update(3, 8, 'step 3');
  now = 122;
  progress.update(4, 8, 'step 4');
  progress.stop();
  expect(text()).toBe('25% step 2\nepoch 1\n50% step 4\n');
});

test('on a terminal: a bar with words, and lines above it', () => {
  const { stream: out, text } = stream(true);
  const progress = createProgress(out, false);
  progress.update(1, 4, 'step 1');
  progress.line('epoch 1');
  progress.update(2, 4, 'step 2');
  progress.stop();
  expect(text()).toContain('25% step 1');
  expect(text()).toContain('epoch 1\n');
  expect(text()).toContain('50% step 2');
});

test('quiet: nothing', () => {
  for (const isTTY of [true, false]) {
    const { stream: out, text } = stream(isTTY);
    const progress = createProgress(out, true, () => 1e9);
    progress.update(1, 2, 'step');
    progress.line('line');
    progress.stop();
    expect(text()).toBe('');
  }
});
