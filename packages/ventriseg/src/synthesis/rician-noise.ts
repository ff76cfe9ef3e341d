/**
 * Rice's noise, as magnitude images have it: independent normal noise in the real and the imaginary part
 * (H. Gudbjartsson, S. Patz, "The Rician distribution of noisy MRI data", Magnetic Resonance in Medicine 34, 1995).
 */
import type { SeededRandom } from 'onnx-autograd';
import { drawNormalTable } from './normal-table.ts';

/**
 * A source of noise: each call adds it to values in place, 64-bit ones before they are rounded.
 *
 * @param sd standard deviation in each part, in the unit of the values
 */
export function ricianNoise(random: SeededRandom, sd: number): (values: Float32Array | Float64Array) => void {
  const table = drawNormalTable(random);
  const normals = table.values;
  let state = table.state;
  return (values) => {
    let s = state;
    for (let i = 0; i < values.length; i++) {
      s ^= s << 13;
      s ^= s >>> 17;
      s ^= s << 5;
      const real = values[i]! + sd * normals[s & 0xffff]!;
      const imaginary = sd * normals[s >>> 16]!;
      values[i] = Math.sqrt(real * real + imaginary * imaginary);
    }
    state = s;
  };
}
