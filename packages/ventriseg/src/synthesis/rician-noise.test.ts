import { SeededRandom } from 'onnx-autograd';
import { expect, test } from 'vitest';
import { ricianNoise } from './rician-noise.ts';

const moments = (values: Float32Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, sd: Math.sqrt(variance) };
};

test("air gets Rayleigh's distribution, bright tissue a normal one", () => {
  const addNoise = ricianNoise(new SeededRandom(1), 2);
  const air = new Float32Array(100_000);
  const tissue = new Float32Array(100_000).fill(100);
  addNoise(air);
  addNoise(tissue);
  expect(moments(air).mean).toBeCloseTo(2 * Math.sqrt(Math.PI / 2), 1);
  expect(moments(air).sd).toBeCloseTo(2 * Math.sqrt(2 - Math.PI / 2), 1);
  // sqrt(100^2 + 2^2) = 100.02
  expect(moments(tissue).mean).toBeCloseTo(100.02, 1);
  expect(moments(tissue).sd).toBeCloseTo(2, 1);
});

test('two parts of an image get the noise that the whole would get', () => {
  const whole = new Float32Array(10);
  const parts = [new Float32Array(4), new Float32Array(6)];
  ricianNoise(new SeededRandom(7), 1)(whole);
  parts.forEach(ricianNoise(new SeededRandom(7), 1));
  expect(parts.flatMap((part) => [...part])).toEqual([...whole]);
});
