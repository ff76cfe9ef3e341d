import { expect, test } from 'vitest';
import { decodeHalves, encodeHalves, LARGEST_HALF } from './half-float.ts';

const encode = (value: number) => encodeHalves(Float32Array.of(value))[0]!;

test('values of the standard', () => {
  const known: [number, number][] = [
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [1 / 3, 0x3555],
    [LARGEST_HALF, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -14 - 2 ** -24, 0x03ff],
    [2 ** -24, 0x0001],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
    [Number.NaN, 0x7e00],
  ];
  for (const [value, half] of known) expect(encode(value).toString(16), `${value}`).toBe(half.toString(16));
});

test('every half comes back as it was', () => {
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const back = encodeHalves(decodeHalves(halves));
  const isNoNumber = (half: number) => (half & 0x7fff) > 0x7c00;
  expect(halves.filter((half, i) => !isNoNumber(half) && back[i] !== half)).toEqual(new Uint16Array(0));
  expect(halves.filter((half, i) => isNoNumber(half) && !isNoNumber(back[i]!))).toEqual(new Uint16Array(0));
});

test('between two halves the nearer one is taken, half way the even one', () => {
  for (let low = 0; low < 0x7bff; low++) {
    const [below, above] = decodeHalves(Uint16Array.of(low, low + 1)) as unknown as [number, number];
    const middle = (below + above) / 2;
    const near = (above - below) / 64;
    expect(encode(middle)).toBe(low + (low & 1));
    if (encode(middle - near) !== low || encode(middle + near) !== low + 1) expect.fail(`around ${middle}`);
  }
  expect(encode(65519.996)).toBe(0x7bff);
  expect(encode(65520)).toBe(0x7c00);
  expect(encode(2 ** -25)).toBe(0);
  expect(encode(2 ** -25 * 1.0001)).toBe(1);
});
