/**
 * Where the head is in a conformed scan, for three questions: is there one, which slices need the network, and
 * where is its middle.
 *
 * Tissue is what Otsu's threshold (IEEE TSMC 9, 1979) separates from the dark; a voxel counts when its six
 * neighbours are tissue too, which leaves out noise and thin ghosts. Whole, defaced and skull-stripped heads
 * all pass; empty scans, noise and small objects do not.
 */
import { applyAffine, type Vec3, type Volume } from '@ventriseg/imaging';
import { qualityLimits } from './quality.ts';

/** The smallest head, mL: a stripped brain of an infant is larger. */
export const { leastHeadMl } = qualityLimits;
/** The least share of tissue voxels whose neighbours are all tissue; noise has a few percent, heads over 70. */
const leastSolidity = 0.35;

export interface Head {
  /** Interior tissue, mL. */
  readonly ml: number;
  /** Centre of mass of the tissue, world RAS mm. */
  readonly centre: Vec3;
  /** First and last index with tissue along each axis of the volume. */
  readonly extent: readonly [Extent, Extent, Extent];
}

export interface Extent {
  readonly first: number;
  readonly last: number;
}

/**
 * Finds the head.
 *
 * @param volume conformed intensities: 1 mm, uint8
 * @returns undefined, with the reason, when there is none
 */
export function findHead(volume: Volume<Uint8Array>): { head: Head } | { head: undefined; reason: string } {
  const { data, shape } = volume;
  const [nx, ny, nz] = shape;
  const threshold = otsuThreshold(data);
  if (threshold === undefined) return { head: undefined, reason: `every voxel is ${data[0]}` };
  const slice = nx * ny;
  const counts = [new Float64Array(nx), new Float64Array(ny), new Float64Array(nz)] as const;
  let tissue = 0;
  let interior = 0;
  for (let z = 1; z < nz - 1; z++) {
    for (let y = 1; y < ny - 1; y++) {
      const row = nx * (y + ny * z);
      let inRow = 0;
      for (let x = 1; x < nx - 1; x++) {
        const at = row + x;
        if (data[at]! <= threshold) continue;
        tissue++;
        if (
          data[at - 1]! > threshold &&
          data[at + 1]! > threshold &&
          data[at - nx]! > threshold &&
          data[at + nx]! > threshold &&
          data[at - slice]! > threshold &&
          data[at + slice]! > threshold
        ) {
          inRow++;
          counts[0][x]!++;
        }
      }
      interior += inRow;
      counts[1][y]! += inRow;
      counts[2][z]! += inRow;
    }
  }
  const ml = interior / 1000;
  if (ml < leastHeadMl) {
    return { head: undefined, reason: `only ${ml.toFixed(0)} mL of tissue, a head has over ${leastHeadMl}` };
  }
  const solidity = interior / tissue;
  if (solidity < leastSolidity) {
    return {
      head: undefined,
      reason: `what is bright is scattered (${(100 * solidity).toFixed(0)} % solid), like noise`,
    };
  }
  const centre = counts.map((count) => count.reduce((sum, n, at) => sum + n * at, 0) / interior);
  return {
    head: {
      ml,
      centre: applyAffine(volume.voxelToWorld, centre as unknown as Vec3),
      extent: [extentOf(counts[0]), extentOf(counts[1]), extentOf(counts[2])],
    },
  };
}

function extentOf(counts: Float64Array): Extent {
  return { first: counts.findIndex((n) => n > 0), last: counts.findLastIndex((n) => n > 0) };
}

/** The intensity that best divides the histogram in two, the darker class included; undefined when all are equal. */
export function otsuThreshold(data: Uint8Array): number | undefined {
  const histogram = new Float64Array(256);
  for (let at = 0; at < data.length; at++) histogram[data[at]!]!++;
  const total = data.length;
  const sum = histogram.reduce((s, n, value) => s + n * value, 0);
  let best: number | undefined;
  let bestVariance = 0;
  let below = 0;
  let sumBelow = 0;
  for (let value = 0; value < 255; value++) {
    below += histogram[value]!;
    sumBelow += histogram[value]! * value;
    if (below === 0 || below === total) continue;
    const difference = sumBelow / below - (sum - sumBelow) / (total - below);
    const variance = below * (total - below) * difference * difference;
    if (variance > bestVariance) {
      bestVariance = variance;
      best = value;
    }
  }
  return best;
}
