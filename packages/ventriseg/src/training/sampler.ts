/**
 * Draws batches of training slices: all slices in random order, then all again in another, so that each is seen
 * equally often. Order and augmentation come from one generator, whose state is part of the checkpoint.
 */
import { type RandomState, SeededRandom } from 'onnx-autograd';
import type { Dataset } from '../dataset/read-dataset.ts';
import { type Augmentation, outputClasses } from '../recipes/index.ts';
import { augmentPicture, augments } from './augment.ts';

/** Everything the next batch depends on; plain JSON. */
export interface SamplerState {
  readonly random: RandomState;
  /** Slices of the present round that are still to come, in order. */
  readonly remaining: readonly number[];
}

export interface SliceBatch {
  /** [size, 1, rows, columns], 0 to 1 before augmentation. */
  readonly images: Float32Array;
  /** [size, K, rows, columns]: the mask for one class, one-hot with background first for several. */
  readonly targets: Float32Array;
  readonly size: number;
}

export class SliceSampler {
  private readonly dataset: Dataset;
  private readonly positions: readonly number[];
  private readonly augmentation: Augmentation;
  private readonly random: SeededRandom;
  private remaining: number[] = [];

  constructor(dataset: Dataset, positions: readonly number[], augmentation: Augmentation, seed: number) {
    this.dataset = dataset;
    this.positions = positions;
    this.augmentation = augmentation;
    this.random = new SeededRandom(seed);
  }

  get state(): SamplerState {
    return { random: this.random.state, remaining: [...this.remaining] };
  }

  set state(state: SamplerState) {
    this.random.state = state.random;
    this.remaining = [...state.remaining];
  }

  nextBatch(size: number): SliceBatch {
    const { dataset, augmentation } = this;
    const classes = outputClasses(dataset.manifest.plan.classes.length);
    const pixels = dataset.rows * dataset.columns;
    const images = new Float32Array(size * pixels);
    const targets = new Float32Array(size * classes * pixels);
    const labels = new Uint8Array(pixels);
    const changes = augments(augmentation);
    for (let n = 0; n < size; n++) {
      const position = this.nextPosition();
      const into = images.subarray(n * pixels, (n + 1) * pixels);
      let shown = dataset.label(position);
      if (changes) {
        augmentPicture(dataset.image(position), shown, dataset, augmentation, this.random, into, labels);
        shown = labels;
      } else {
        scaleIntensities(dataset.image(position), into);
      }
      writeTarget(shown, classes, targets.subarray(n * classes * pixels, (n + 1) * classes * pixels));
    }
    return { images, targets, size };
  }

  private nextPosition(): number {
    if (this.remaining.length === 0) this.remaining = this.random.shuffle([...this.positions]);
    return this.remaining.pop()!;
  }
}

/** The slices as the network sees them, unchanged and in the order given. */
export function batchOf(dataset: Dataset, positions: readonly number[]): SliceBatch {
  const classes = outputClasses(dataset.manifest.plan.classes.length);
  const pixels = dataset.rows * dataset.columns;
  const images = new Float32Array(positions.length * pixels);
  const targets = new Float32Array(positions.length * classes * pixels);
  positions.forEach((position, n) => {
    scaleIntensities(dataset.image(position), images.subarray(n * pixels, (n + 1) * pixels));
    const target = targets.subarray(n * classes * pixels, (n + 1) * classes * pixels);
    writeTarget(dataset.label(position), classes, target);
  });
  return { images, targets, size: positions.length };
}

/** 8-bit intensities to 0..1, as all networks here are fed. */
export function scaleIntensities(picture: Uint8Array, into: Float32Array): void {
  for (let i = 0; i < picture.length; i++) into[i] = picture[i]! / 255;
}

function writeTarget(labels: Uint8Array, classes: number, target: Float32Array): void {
  const pixels = labels.length;
  if (classes === 1) {
    for (let i = 0; i < pixels; i++) target[i] = labels[i] === 0 ? 0 : 1;
  } else {
    for (let i = 0; i < pixels; i++) target[labels[i]! * pixels + i] = 1;
  }
}
