/**
 * Draws training volumes: a case, a box of it through a random map, its brightness varied, scaled as a scan to be
 * segmented would be. Everything comes from one generator, whose state is part of the checkpoint.
 */
import type { Shape3 } from '@ventriseg/imaging';
import { type Batch, SeededRandom } from 'onnx-autograd';
import { drawLesions, paintLesions, weightedChoice } from '../synthesis/index.ts';
import { normaliseLocateImage, normaliseSegmentImage, type VolumeRole } from '../volumes/index.ts';
import { codeOfBlock } from './labelled-head.ts';
import { codes, lesionMasks, readingOfRole } from './tissue-codes.ts';
import { varyBrightness } from './vary-brightness.ts';
import { noAugmentation, type VolumeAugmentation } from './volume-augmentation.ts';
import { type CutVolume, cutFieldOfView, type VolumeCase, warpVolume } from './warp-volume.ts';

/** A network's input and the label of each voxel (see `readingOfRole`). */
export interface VolumeSample {
  readonly image: Float32Array;
  readonly labels: Uint8Array;
}

/** Voxels of the stored volumes along each side of one of the network's: those of `locate` are kept at 2 mm. */
const STORED_VOXELS: Readonly<Record<VolumeRole, number>> = { locate: 2, segment: 1 };

export interface VolumeSamplerOptions {
  readonly role: VolumeRole;
  /** Cases that are drawn from, in groups; a group is drawn by its weight, then a case of it. */
  readonly groups: readonly { readonly weight: number; readonly cases: readonly VolumeCase[] }[];
  /** Of the network's input, voxels. */
  readonly shape: Shape3;
  readonly augmentation: VolumeAugmentation;
  readonly seed: number;
}

export class VolumeSampler {
  private readonly options: VolumeSamplerOptions;
  private readonly random: SeededRandom;

  constructor(options: VolumeSamplerOptions) {
    this.options = options;
    this.random = new SeededRandom(options.seed);
  }

  get state() {
    return this.random.state;
  }

  set state(state) {
    this.random.state = state;
  }

  next(): VolumeSample {
    const { role, shape, augmentation } = this.options;
    return drawSample(role, this.drawCase(), shape, augmentation, this.random);
  }

  nextBatch(size: number): Batch {
    return batchOfSamples(
      this.options.role,
      Array.from({ length: size }, () => this.next()),
    );
  }

  private drawCase(): VolumeCase {
    const { groups } = this.options;
    const cases = weightedChoice(
      groups.map((group) => [group.cases, group.weight] as const),
      this.random,
    );
    return cases[this.random.nextInt(cases.length)]!;
  }
}

/** A case as it is, its box about the middle. */
export function plainSample(role: VolumeRole, source: VolumeCase, shape: Shape3): VolumeSample {
  return drawSample(role, source, shape, noAugmentation, new SeededRandom(0));
}

function drawSample(
  role: VolumeRole,
  source: VolumeCase,
  shape: Shape3,
  augmentation: VolumeAugmentation,
  random: SeededRandom,
): VolumeSample {
  const side = STORED_VOXELS[role];
  const stored = shape.map((n) => n * side) as unknown as Shape3;
  const cut = warpVolume(source, stored, augmentation, random);
  if (random.next() < augmentation.lesions) {
    const site = { ...cut, ...lesionMasks(cut.codes), voxelMm: side };
    paintLesions(site, drawLesions(random), random);
  }
  if (random.next() < augmentation.cut) cutFieldOfView(cut, random);
  const varied = { ...cut, image: varyBrightness(cut, augmentation, random) };
  const { image, codes: coded } = side === 1 ? varied : inBlocks(varied);
  const { labelOfCode } = readingOfRole[role];
  const labels = coded.map((code) => labelOfCode[code]!);
  if (role === 'locate') return { image: normaliseLocateImage(image), labels };
  const insideSkull = coded.map((code) => Number(code !== codes.outside && code !== codes.insideOrOutside));
  return { image: normaliseSegmentImage(image, insideSkull), labels };
}

/** Mean brightness and the code of blocks of 2 x 2 x 2 voxels. */
function inBlocks({ image, codes: coded, shape }: CutVolume): CutVolume {
  const [nx, ny] = shape;
  const small = shape.map((n) => n / 2) as unknown as Shape3;
  const means = new Float32Array(small[0] * small[1] * small[2]);
  const blockCodes = new Uint8Array(means.length);
  const corners = [0, 1, nx, nx + 1].flatMap((at) => [at, at + nx * ny]);
  const block = new Uint8Array(corners.length);
  for (let z = 0, at = 0; z < small[2]; z++) {
    for (let y = 0; y < small[1]; y++) {
      for (let x = 0; x < small[0]; x++, at++) {
        const first = 2 * (x + nx * (y + ny * z));
        let sum = 0;
        let same = true;
        for (let i = 0; i < 8; i++) {
          const from = first + corners[i]!;
          sum += image[from]!;
          block[i] = coded[from]!;
          if (block[i] !== block[0]) same = false;
        }
        means[at] = sum / 8;
        blockCodes[at] = same ? block[0]! : codeOfBlock(block);
      }
    }
  }
  return { image: means, codes: blockCodes, shape: small };
}

/** Samples of one shape as the trainer takes them. */
export function batchOfSamples(role: VolumeRole, samples: readonly VolumeSample[]): Batch {
  const labels = readingOfRole[role].allowed.length;
  const voxels = samples[0]!.image.length;
  const images = new Float32Array(samples.length * voxels);
  const targets = new Float32Array(samples.length * labels * voxels);
  samples.forEach((sample, n) => {
    images.set(sample.image, n * voxels);
    const base = n * labels * voxels;
    for (let i = 0; i < voxels; i++) targets[base + sample.labels[i]! * voxels + i] = 1;
  });
  return { images, targets, size: samples.length };
}
