/**
 * Random changes of training pictures: one affine warp for picture and labels together, then intensity changes
 * as scanners make them (gamma, contrast, a smooth field, blur, noise). All of it from one seeded generator.
 */
import type { SeededRandom } from 'onnx-autograd';
import type { Augmentation } from '../recipes/index.ts';

export interface PictureSize {
  readonly rows: number;
  readonly columns: number;
}

/** Whether a recipe changes pictures at all. */
export function augments(augmentation: Augmentation): boolean {
  return Object.values(augmentation).some((amount) => amount > 0);
}

/**
 * One changed copy of a picture and its labels.
 *
 * @param picture intensities, 0 to 255, row by row
 * @param labels class numbers of the same pixels
 * @param intensities where the changed picture goes, 0 to 1
 * @param classes where the changed labels go
 */
export function augmentPicture(
  picture: Uint8Array,
  labels: Uint8Array,
  size: PictureSize,
  augmentation: Augmentation,
  random: SeededRandom,
  intensities: Float32Array,
  classes: Uint8Array,
): void {
  warp(picture, labels, size, augmentation, random, intensities, classes);
  const gamma = randomFactor(augmentation.gamma, random);
  const contrast = 1 + random.uniform(-augmentation.contrast, augmentation.contrast);
  for (let i = 0; i < intensities.length; i++) intensities[i] = contrast * intensities[i]! ** gamma;
  if (augmentation.biasField > 0) applyBiasField(intensities, size, augmentation.biasField, random);
  if (augmentation.blur > 0) blur(intensities, size, random.uniform(0, augmentation.blur));
  if (augmentation.noise > 0) addNoise(intensities, random.uniform(0, augmentation.noise), random);
}

/** Between 1 / (1 + amount) and 1 + amount, as likely below 1 as above. */
function randomFactor(amount: number, random: SeededRandom): number {
  return (1 + amount) ** random.uniform(-1, 1);
}

/** Rotation, scaling and shift about the centre: intensities bilinear, labels the class of the largest share. */
function warp(
  picture: Uint8Array,
  labels: Uint8Array,
  { rows, columns }: PictureSize,
  augmentation: Augmentation,
  random: SeededRandom,
  intensities: Float32Array,
  classes: Uint8Array,
): void {
  const angle = (random.uniform(-augmentation.rotation, augmentation.rotation) * Math.PI) / 180;
  const scale = randomFactor(augmentation.scale, random);
  const down = random.uniform(-augmentation.shift, augmentation.shift);
  const across = random.uniform(-augmentation.shift, augmentation.shift);
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  const middleRow = (rows - 1) / 2;
  const middleColumn = (columns - 1) / 2;
  let out = 0;
  for (let row = 0; row < rows; row++) {
    const y = row - middleRow - down;
    for (let column = 0; column < columns; column++, out++) {
      const x = column - middleColumn - across;
      const fromRow = cos * y - sin * x + middleRow;
      const fromColumn = sin * y + cos * x + middleColumn;
      const top = Math.floor(fromRow);
      const left = Math.floor(fromColumn);
      if (top < 0 || left < 0 || top >= rows - 1 || left >= columns - 1) {
        intensities[out] = 0;
        classes[out] = 0;
        continue;
      }
      const v = fromRow - top;
      const u = fromColumn - left;
      const at = top * columns + left;
      const weights0 = (1 - v) * (1 - u);
      const weights1 = (1 - v) * u;
      const weights2 = v * (1 - u);
      const weights3 = v * u;
      intensities[out] =
        (picture[at]! * weights0 +
          picture[at + 1]! * weights1 +
          picture[at + columns]! * weights2 +
          picture[at + columns + 1]! * weights3) /
        255;
      classes[out] = largestShare(
        labels[at]!,
        labels[at + 1]!,
        labels[at + columns]!,
        labels[at + columns + 1]!,
        weights0,
        weights1,
        weights2,
        weights3,
      );
    }
  }
}

/** The class with the largest total weight among four pixels. */
function largestShare(
  a: number,
  b: number,
  c: number,
  d: number,
  wa: number,
  wb: number,
  wc: number,
  wd: number,
): number {
  if (a === b && a === c && a === d) return a;
  const shareA = wa + (b === a ? wb : 0) + (c === a ? wc : 0) + (d === a ? wd : 0);
  const shareB = wb + (a === b ? wa : 0) + (c === b ? wc : 0) + (d === b ? wd : 0);
  const shareC = wc + (a === c ? wa : 0) + (b === c ? wb : 0) + (d === c ? wd : 0);
  const shareD = wd + (a === d ? wa : 0) + (b === d ? wb : 0) + (c === d ? wc : 0);
  let best = a;
  let share = shareA;
  if (shareB > share) {
    best = b;
    share = shareB;
  }
  if (shareC > share) {
    best = c;
    share = shareC;
  }
  return shareD > share ? d : best;
}

/** Multiplies by 1 + a random quadratic surface whose largest value is at most `amplitude`. */
function applyBiasField(
  intensities: Float32Array,
  { rows, columns }: PictureSize,
  amplitude: number,
  random: SeededRandom,
): void {
  const coefficients = Array.from({ length: 5 }, () => random.uniform(-amplitude, amplitude) / 5);
  const [a, b, c, d, e] = coefficients as [number, number, number, number, number];
  let i = 0;
  for (let row = 0; row < rows; row++) {
    const y = (2 * row) / (rows - 1) - 1;
    for (let column = 0; column < columns; column++, i++) {
      const x = (2 * column) / (columns - 1) - 1;
      intensities[i]! *= 1 + a * x + b * y + c * x * y + d * x * x + e * y * y;
    }
  }
}

/** Separable Gaussian of `sd` pixels, its kernel cut at three sd, edges held. */
function blur(intensities: Float32Array, { rows, columns }: PictureSize, sd: number): void {
  const radius = Math.ceil(3 * sd);
  if (radius === 0) return;
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - radius) / sd) ** 2),
  );
  const total = kernel.reduce((sum, w) => sum + w, 0);
  const pass = (length: number, stride: number, lines: number, lineStride: number) => {
    const line = new Float64Array(length);
    for (let n = 0; n < lines; n++) {
      const base = n * lineStride;
      for (let i = 0; i < length; i++) line[i] = intensities[base + i * stride]!;
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          sum += kernel[k + radius]! * line[Math.min(Math.max(i + k, 0), length - 1)]!;
        }
        intensities[base + i * stride] = sum / total;
      }
    }
  };
  pass(columns, 1, rows, columns);
  pass(rows, columns, columns, 1);
}

/** Nearly normal noise: the sum of four random bytes, scaled to the sd (Irwin-Hall, kurtosis 2.7). */
function addNoise(intensities: Float32Array, sd: number, random: SeededRandom): void {
  const scale = sd / (256 / Math.sqrt(3));
  for (let i = 0; i < intensities.length; i++) {
    const bits = random.nextUint32();
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
    intensities[i]! += scale * (sum - 510);
  }
}
