/**
 * Decides again about the voxels that a segment network was not sure of, which are mostly those at the borders.
 *
 * A network that works on blocks of voxels has little room for where exactly in a block a border runs. For the few
 * voxels in doubt a small network of points is given what is around them at full resolution, and the probabilities
 * there. Choosing points by doubt and deciding about them one by one is PointRend's way (Kirillov et al. 2020).
 *
 *   features of a voxel -> hidden layers -> change of the logarithms of its probabilities -> probabilities
 */
import type { Shape3 } from '@ventriseg/imaging';
import { add, convBlock, type ForwardPass, type Network, slice, zeros } from 'onnx-autograd';
import { z } from 'zod';

export const borderNetworkSchema = z.strictObject({
  kind: z.literal('border-points'),
  /** Filters of the hidden layers. */
  hidden: z.array(z.number().int().positive()).min(1).max(4),
  /** A voxel whose most probable class has at least this probability stays as it is. */
  certain: z.number().gt(0.5).lt(1),
});

export type BorderNetworkOptions = z.infer<typeof borderNetworkSchema>;

/** Intensities are taken from this many voxels away along each axis; voxels nearer to an end of the box stay. */
const REACH = 2;
/** Probabilities below it count as this much, so that their logarithm is finite. */
const LEAST_PROBABILITY = 1e-4;

/** Steps [x, y, z] to the voxels whose intensities count. */
const imageSteps = stepsWithin(REACH);
/** Steps to those whose probabilities count: the voxel and its six neighbours. */
const probabilitySteps = stepsWithin(1).filter((step) => step.filter((n) => n !== 0).length < 2);

/** Intensities of the whole box that every point is told, see `Doubt`. */
const LEVELS = 2;
/** Voxels whose background is less probable than this are ventricle without doubt. */
const SURELY_VENTRICLE = 0.1;

/**
 * Numbers that a point is decided by: intensities around, the levels of the box, probabilities around, logarithms of its
 * own probabilities.
 */
export function borderFeatureCount(classes: number): number {
  return imageSteps.length + LEVELS + (probabilitySteps.length + 1) * classes;
}

/** The voxels in doubt of a box, and what their intensities are to be compared with. */
export interface Doubt {
  /** In the order of the box. */
  readonly voxels: Int32Array;
  /** Mean intensity of what is ventricle without doubt; 0, the mean of the head, without any. */
  readonly ventricleLevel: number;
  /** That of the voxels in doubt, each counting as much as it is background. */
  readonly surroundingLevel: number;
}

/** The network of points: input [features, points, 1], logits [classes, points, 1]; parameters `borders/...`. */
export function borderNetwork(
  name: string,
  { hidden }: Pick<BorderNetworkOptions, 'hidden'>,
  classes: number,
  points: number,
): Network {
  const features = borderFeatureCount(classes);
  return {
    name,
    inputShape: [features, points, 1],
    build: (input) =>
      input.graph.scope('borders', () => {
        const last = hidden.reduce(
          (x, width, layer) => convBlock(`hidden${layer + 1}`, x, width, { kernel: 1 }),
          input,
        );
        const change = convBlock('output', last, classes, {
          kernel: 1,
          activation: 'none',
          weightInitialiser: zeros,
        });
        return add(change, slice(input, 1, features - classes, features));
      }),
  };
}

/**
 * Finds the voxels in doubt of a box.
 *
 * @param image as the segment network sees it
 * @param probability [classes, nz, ny, nx], its output
 */
export function findDoubt(
  image: Float32Array,
  probability: Float32Array,
  [nx, ny, nz]: Shape3,
  { certain }: Pick<BorderNetworkOptions, 'certain'>,
): Doubt {
  const count = nx * ny * nz;
  const classes = probability.length / count;
  const found: number[] = [];
  for (let z = REACH; z < nz - REACH; z++) {
    for (let y = REACH; y < ny - REACH; y++) {
      const row = nx * (y + ny * z);
      for (let at = row + REACH; at < row + nx - REACH; at++) {
        let most = probability[at]!;
        // Nearly all voxels are background without doubt.
        for (let k = 1; most < certain && k < classes; k++)
          most = Math.max(most, probability[k * count + at]!);
        if (most < certain) found.push(at);
      }
    }
  }
  const ventricle = new WeightedMean();
  for (let at = 0; at < count; at++) if (probability[at]! < SURELY_VENTRICLE) ventricle.add(image[at]!, 1);
  const surrounding = new WeightedMean();
  for (const at of found) surrounding.add(image[at]!, probability[at]!);
  return {
    voxels: Int32Array.from(found),
    ventricleLevel: ventricle.value,
    surroundingLevel: surrounding.value,
  };
}

class WeightedMean {
  private sum = 0;
  private weights = 0;

  add(value: number, weight: number): void {
    this.sum += weight * value;
    this.weights += weight;
  }

  /** 0 of nothing. */
  get value(): number {
    return this.weights > 0 ? this.sum / this.weights : 0;
  }
}

/**
 * What each voxel is decided by, one feature after another: [features, voxels].
 *
 * @param image as the segment network sees it
 * @param probability [classes, nz, ny, nx], its output
 * @param doubt of that box
 * @param chosen some of the voxels in doubt
 * @param target of `borderFeatureCount(classes)` times `columns` numbers; columns beyond the voxels stay
 */
export function fillBorderFeatures(
  image: Float32Array,
  probability: Float32Array,
  [nx, ny, nz]: Shape3,
  doubt: Doubt,
  chosen: Int32Array,
  target: Float32Array,
  columns: number,
): void {
  const voxels = nx * ny * nz;
  const classes = probability.length / voxels;
  const distance = ([x, y, z]: Step) => x + nx * (y + ny * z);
  let row = 0;
  const gather = (source: Float32Array, from: number) => {
    const to = columns * row++;
    for (let i = 0; i < chosen.length; i++) target[to + i] = source[chosen[i]! + from]!;
  };
  for (const step of imageSteps) gather(image, distance(step));
  for (const level of [doubt.ventricleLevel, doubt.surroundingLevel]) {
    const to = columns * row++;
    target.fill(level, to, to + chosen.length);
  }
  for (let k = 0; k < classes; k++) {
    for (const step of probabilitySteps) gather(probability, k * voxels + distance(step));
  }
  for (let k = 0; k < classes; k++) {
    const to = columns * row++;
    for (let i = 0; i < chosen.length; i++) {
      target[to + i] = Math.log(Math.max(probability[k * voxels + chosen[i]!]!, LEAST_PROBABILITY));
    }
  }
}

/**
 * Puts the network's word in place of the probabilities in doubt.
 *
 * @param pass of the network for as many points as its graph takes, one image at a time
 * @param weights by name, others may be among them
 * @param probability [classes, nz, ny, nx]; changed in place
 */
export async function decideBorders(
  pass: ForwardPass,
  weights: ReadonlyMap<string, Float32Array>,
  options: Pick<BorderNetworkOptions, 'certain'>,
  image: Float32Array,
  probability: Float32Array,
  shape: Shape3,
): Promise<void> {
  const points = pass.graph.inputs[0]!.shape[2]!;
  const voxels = image.length;
  const classes = probability.length / voxels;
  const doubt = findDoubt(image, probability, shape, options);
  const chosen = doubt.voxels;
  const decided = new Float32Array(classes * chosen.length);
  const features = new Float32Array(borderFeatureCount(classes) * points);
  for (let start = 0; start < chosen.length; start += points) {
    const some = chosen.subarray(start, start + points);
    fillBorderFeatures(image, probability, shape, doubt, some, features, points);
    const { probability: output } = await pass.run({ image: features }, 1, weights);
    for (let k = 0; k < classes; k++) {
      decided.set(output!.subarray(k * points, k * points + some.length), k * chosen.length + start);
    }
  }
  // Only now: each decision rests on what the segment network said around it.
  for (let k = 0; k < classes; k++) {
    for (let i = 0; i < chosen.length; i++)
      probability[k * voxels + chosen[i]!] = decided[k * chosen.length + i]!;
  }
}

type Step = readonly [number, number, number];

function stepsWithin(reach: number): Step[] {
  const line = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return line.flatMap((z) => line.flatMap((y) => line.map((x): Step => [x, y, z])));
}
