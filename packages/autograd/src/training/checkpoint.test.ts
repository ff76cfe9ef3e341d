import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Checkpoint, checkLayout, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';

const checkpoint: Checkpoint = {
  network: 'réseau',
  step: 1234,
  layout: {
    trainable: [{ name: 'a/weight', shape: [2, 1, 1, 1], offset: 0, count: 2 }],
    state: [{ name: 'a/running_mean', shape: [1], offset: 2, count: 1 }],
    trainableCount: 2,
    totalCount: 3,
  },
  random: [1, -2, 3, 4],
  weights: Float32Array.of(0.1, -1e-40, 3e38),
  moments: { first_moment: Float32Array.of(1, 2), second_moment: Float32Array.of(3, Number.NaN) },
  extra: { recipe: 'ed-cnn-2017', best: 0.62, order: [3, 1, 2] },
};

test('what is written is read again, bit for bit', () => {
  expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  const { extra: _, ...without } = checkpoint;
  expect(decodeCheckpoint(encodeCheckpoint(without))).toEqual(without);
});

test('the bytes may lie anywhere in a larger buffer', () => {
  const bytes = encodeCheckpoint(checkpoint);
  const larger = new Uint8Array(bytes.length + 10);
  larger.set(bytes, 3);
  expect(decodeCheckpoint(larger.subarray(3, 3 + bytes.length))).toEqual(checkpoint);
});

test('the layout of the file', () => {
  const bytes = encodeCheckpoint(checkpoint);
  expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe('OAGCKPT1');
  const length = new DataView(bytes.buffer).getUint32(8, true);
  expect(JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length)))).toMatchObject({
    network: 'réseau',
    momentNames: ['first_moment', 'second_moment'],
  });
  const start = Math.ceil((12 + length) / 4) * 4;
  expect(bytes.length).toBe(start + 4 * (3 + 2 + 2) + 4);
  expect(new DataView(bytes.buffer).getFloat32(start, true)).toBeCloseTo(0.1, 7);
});

test('every flipped bit and every cut is noticed', () => {
  const bytes = encodeCheckpoint(checkpoint);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length * 8 - 1 }), (bit) => {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeCheckpoint(damaged)).toThrow(expect.objectContaining({ code: 'BAD_CHECKPOINT' }));
    }),
  );
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeCheckpoint(bytes.subarray(0, length))).toThrow(
      expect.objectContaining({ code: 'BAD_CHECKPOINT' }),
    );
  }
});

test('messages say what is wrong and how large the file is', () => {
  const bytes = encodeCheckpoint(checkpoint);
  expect(() => decodeCheckpoint(new TextEncoder().encode('{"not": "a checkpoint"}'))).toThrow(
    'not a checkpoint (23 bytes); start again or use an earlier checkpoint',
  );
  expect(() => decodeCheckpoint(bytes.subarray(0, bytes.length - 8))).toThrow(
    `the checkpoint is damaged or cut short (${bytes.length - 8} bytes)`,
  );
});

test('a checkpoint of another network or optimiser is named', () => {
  const moments = Object.keys(checkpoint.moments);
  expect(() => checkLayout(checkpoint, 'réseau', checkpoint.layout, moments)).not.toThrow();
  expect(() => checkLayout(checkpoint, 'other', checkpoint.layout, moments)).toThrow(
    'the checkpoint is of réseau with 3 weights, not of other with 3',
  );
  const reshaped = {
    ...checkpoint.layout,
    trainable: [{ name: 'a/weight', shape: [1, 2, 1, 1], offset: 0, count: 2 }],
  };
  expect(() => checkLayout(checkpoint, 'réseau', reshaped, moments)).toThrow(
    expect.objectContaining({ code: 'BAD_CHECKPOINT' }),
  );
  expect(() => checkLayout(checkpoint, 'réseau', checkpoint.layout, ['velocity'])).toThrow(
    'the checkpoint holds the moments [first_moment, second_moment], not [velocity]: it is of another optimiser',
  );
});
