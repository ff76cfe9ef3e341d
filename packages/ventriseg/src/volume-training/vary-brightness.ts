/** What scanners do to brightness: gamma, turned contrast, bias, noise, thick slices, and programs that strip skulls. */
import type { SeededRandom } from 'onnx-autograd';
import { axisFilter, type Block, filterAxis } from '../synthesis/axis-filter.ts';
import {
  betweenNodes,
  nodeCount,
  nodeSpacingMm,
  readNodeRow,
  smoothRandomField,
} from '../synthesis/node-field.ts';
import { ricianNoise } from '../synthesis/rician-noise.ts';
import { codes } from './tissue-codes.ts';
import type { VolumeAugmentation } from './volume-augmentation.ts';
import type { CutVolume } from './warp-volume.ts';

/** Full width at half maximum of a Gaussian, in standard deviations. */
const FWHM = 2 * Math.sqrt(2 * Math.log(2));

/** @returns a new image, 0 or more */
export function varyBrightness(
  { image, codes: coded, shape }: CutVolume,
  augmentation: VolumeAugmentation,
  random: SeededRandom,
): Float32Array<ArrayBuffer> {
  const varied = new Float32Array(image);
  if (random.next() < augmentation.strip) {
    for (let i = 0; i < varied.length; i++) if (coded[i] === codes.outside) varied[i] = 0;
  }
  if (random.next() < augmentation.invert) {
    // Air stays dark.
    for (let i = 0; i < varied.length; i++) varied[i] = varied[i]! > 12 ? 267 - varied[i]! : varied[i]!;
  }
  applyGamma(varied, Math.exp(random.uniform(-augmentation.gamma, augmentation.gamma)));
  let block: Block = { data: varied, shape };
  const bias = random.uniform(0, augmentation.bias);
  if (bias > 0) applyBias(block, bias, random);
  const thick = random.next() < augmentation.thickSlices;
  const axis = random.nextInt(3) as 0 | 1 | 2;
  const thickness = random.uniform(1.2, Math.max(1.2, augmentation.thickest));
  if (thick) {
    const slices = Math.max(8, Math.round(shape[axis] / thickness));
    block = filterAxis(block, axis, axisFilter(shape[axis], slices, Math.sqrt(thickness ** 2 - 1) / FWHM));
  }
  const noise = 255 * random.uniform(0, augmentation.noise);
  if (noise > 0) ricianNoise(random, noise)(block.data);
  return thick ? filterAxis(block, axis, axisFilter(block.shape[axis], shape[axis], 0)).data : block.data;
}

function applyGamma(image: Float32Array, gamma: number): void {
  const steps = 1024;
  const table = Float32Array.from({ length: steps + 2 }, (_, i) => 255 * (i / steps) ** gamma);
  const factor = steps / 255;
  for (let i = 0; i < image.length; i++) {
    const place = image[i]! * factor;
    const low = place | 0;
    image[i] = table[low]! + (place - low) * (table[low + 1]! - table[low]!);
  }
}

function applyBias({ data, shape }: Block, sd: number, random: SeededRandom): void {
  const field = smoothRandomField(random, random.uniform(50, 140), sd).map(Math.exp);
  const row = new Float32Array(nodeCount);
  const [nx, ny, nz] = shape;
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      readNodeRow(field, j, k, row);
      for (let i = 0; i < nx; i++, at++) {
        const n = (i / nodeSpacingMm) | 0;
        const part = i / nodeSpacingMm - n;
        data[at]! *= betweenNodes(row, n, part);
      }
    }
  }
}
