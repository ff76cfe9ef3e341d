/**
 * What is compared of a scan at one resolution: its local contrast, and how much there is to see at each voxel.
 *
 * Local contrast is the intensity less the mean around it, over the standard deviation around it. It does not
 * depend on the scanner's gain and offset, nor on a bias field that changes slowly. Where there is nothing but
 * noise or air the deviation is small beside that of the whole scan, and so is the weight.
 *
 * Resolutions are made by averaging blocks of voxels along the scan's own axes, so nothing is interpolated.
 */
import { ImagingError } from '../errors.ts';
import { voxelSizesMm } from '../geometry/affine.ts';
import type { Affine, Shape3, Vec3, Volume } from '../volume/volume.ts';
import { movingMean } from './moving-mean.ts';

export interface LevelImage extends Volume<Float32Array> {
  /** How much each voxel shows, from 0 (flat or noise) to below 1. */
  readonly weights: Float32Array;
  /** Sum of the weights, as a volume in mL. */
  readonly structureMl: number;
  /** Sum of squares of contrast times weight, times the volume of a voxel in mm^3. */
  readonly energy: number;
}

/** Width of the neighbourhood that contrast is relative to, in voxels of the level, and at least in mm. */
const NEIGHBOURHOOD_VOXELS = 8;
const LEAST_NEIGHBOURHOOD_MM = 16;
/** Deviations below this share of the scan's typical one count as noise. */
const NOISE_SHARE = 0.25;

/**
 * The images of a scan at several resolutions.
 *
 * @param name of the scan, for messages
 * @param spacingsMm voxel sizes wanted, finest first; axes that are coarser stay as they are
 * @throws ImagingError NON_FINITE for a voxel that is no number, NO_STRUCTURE for a constant scan
 */
export function levelImages(name: string, scan: Volume, spacingsMm: readonly number[]): LevelImage[] {
  let source: Volume = scan;
  return spacingsMm.map((spacing) => {
    const averaged = averageBlocks(source, spacing);
    if (source === scan) requireFinite(name, scan, averaged.data);
    source = averaged;
    return localContrast(name, averaged, spacing);
  });
}

/** Means of blocks of whole voxels, as many along each axis as come nearest to the voxel size. */
function averageBlocks({ data, shape, voxelToWorld }: Volume, spacingMm: number): Volume<Float32Array> {
  const factors = voxelSizesMm(voxelToWorld).map((size, axis) =>
    Math.max(1, Math.min(shape[axis]!, Math.round(spacingMm / size))),
  ) as unknown as Vec3;
  const counts = shape.map((n, axis) => Math.floor(n / factors[axis]!)) as unknown as Shape3;
  const [nx, ny] = shape;
  const [cx, cy, cz] = counts;
  const [fx, fy, fz] = factors;
  const means = new Float32Array(cx * cy * cz);
  const scale = 1 / (fx * fy * fz);
  for (let z = 0; z < cz * fz; z++) {
    for (let y = 0; y < cy * fy; y++) {
      let from = nx * (y + ny * z);
      const row = cx * (Math.floor(y / fy) + cy * Math.floor(z / fz));
      for (let x = 0; x < cx; x++) {
        let sum = 0;
        for (let k = 0; k < fx; k++) sum += data[from++]!;
        means[row + x]! += sum * scale;
      }
    }
  }
  return { data: means, shape: counts, voxelToWorld: ofBlocks(voxelToWorld, factors) };
}

/** The affine of blocks: the first one's centre is in the middle of its voxels. */
function ofBlocks(m: Affine, factors: Vec3): Affine {
  const out = [...m];
  for (const row of [0, 4, 8]) {
    factors.forEach((factor, axis) => {
      out[row + axis] = m[row + axis]! * factor;
      out[row + 3]! += (m[row + axis]! * (factor - 1)) / 2;
    });
  }
  return out;
}

/** Looks at the block means: one voxel that is no number spoils its block. */
function requireFinite(name: string, { data }: Volume, means: Float32Array): void {
  if (means.every(Number.isFinite)) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  const found = at < 0 ? 'values are too large to be added up' : `voxel ${at} is ${data[at]}`;
  throw new ImagingError('NON_FINITE', `registration: ${found} in the ${name} scan; replace it first`);
}

function localContrast(name: string, image: Volume<Float32Array>, spacingMm: number): LevelImage {
  const { data: values, shape, voxelToWorld } = image;
  const sizes = voxelSizesMm(voxelToWorld);
  const widthMm = Math.max(NEIGHBOURHOOD_VOXELS * spacingMm, LEAST_NEIGHBOURHOOD_MM);
  const mean = movingMean(values, shape, sizes, widthMm);
  const data = values.map((value, at) => value - mean[at]!);
  const variance = movingMean(
    data.map((value) => value * value),
    shape,
    sizes,
    widthMm,
  );
  let deviations = 0;
  let variances = 0;
  for (let at = 0; at < variance.length; at++) {
    // Rounding of the running sums can leave a little less than nothing.
    variance[at] = Math.max(0, variance[at]!);
    deviations += Math.sqrt(variance[at]!);
    variances += variance[at]!;
  }
  if (!(deviations > 0)) {
    throw new ImagingError(
      'NO_STRUCTURE',
      `registration: the ${name} scan is constant; there is nothing to align`,
    );
  }
  const noise = ((NOISE_SHARE * variances) / deviations) ** 2;
  // The mean before is no longer needed: its array becomes that of the weights.
  const weights = mean;
  let structure = 0;
  let energy = 0;
  for (let at = 0; at < data.length; at++) {
    const total = variance[at]! + noise;
    const weight = variance[at]! / total;
    const contrast = data[at]! / Math.sqrt(total);
    data[at] = contrast;
    weights[at] = weight;
    structure += weight;
    energy += (weight * contrast) ** 2;
  }
  const voxelMm3 = sizes[0] * sizes[1] * sizes[2];
  return {
    data,
    shape,
    voxelToWorld,
    weights,
    structureMl: (structure * voxelMm3) / 1000,
    energy: energy * voxelMm3,
  };
}
