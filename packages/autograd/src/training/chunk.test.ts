import { expect, test } from 'vitest';
import { chunkOf } from './chunk.ts';

const images = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

test('a full chunk is a view of the batch', () => {
  const chunk = chunkOf(images, 1, 3, 2, 3);
  expect([...chunk]).toEqual([3, 4, 5, 6, 7, 8]);
  expect(chunk.buffer).toBe(images.buffer);
});

test('the last chunk is filled up with images of its own, never with something a loss is undefined for', () => {
  expect([...chunkOf(images, 3, 2, 2, 5)]).toEqual([7, 8, 9, 10, 7, 8, 9, 10, 7, 8]);
  expect([...chunkOf(images, 4, 1, 2, 3)]).toEqual([9, 10, 9, 10, 9, 10]);
});
