/**
 * Lesions of the white matter as age and disease of small vessels make them: a halo around the lateral ventricles,
 * thicker here than there, and patches (Fazekas et al., American Journal of Roentgenology 1987; Wardlaw et al.,
 * Lancet Neurology 2013). In T1-weighted scans they are as dark as cortex or darker, and a ventricle's wall is no
 * longer where white matter ends.
 */
import { distanceTransform, type Shape3 } from '@ventriseg/imaging';
import type { SeededRandom } from 'onnx-autograd';
import { quantile } from '../volumes/quantile.ts';
import { betweenNodes, nodeCount, nodeSpacingMm, readNodeRow, smoothRandomField } from './node-field.ts';

/** How much is ill, and how it looks. */
export interface WhiteMatterLesions {
  /** Median thickness of the halo, mm, and the width of its edge, over which it fades. */
  readonly haloMm: number;
  readonly edgeMm: number;
  /** Patches lie where a smooth random field of mean 0 and standard deviation 1 is above this. */
  readonly patchesAbove: number;
  /**
   * How far brightness is brought from that of white matter (0) to that of the ventricles (1); below 0 away from it, as
   * FLAIR shows lesions.
   */
  readonly towardsFluid: number;
}

/** A part of a head, x-fastest, with cubes as voxels; no side longer than 256 mm. */
export interface LesionSite {
  /** Changed in place. */
  readonly image: Float32Array;
  /** 1 in the lateral ventricles with their horns. */
  readonly ventricles: Uint8Array;
  /** 1 in the white matter. */
  readonly whiteMatter: Uint8Array;
  readonly shape: Shape3;
  readonly voxelMm: number;
}

/** Size of what varies in the halo and of the patches, mm; how much the logarithm of the halo's thickness varies. */
const HALO_GRAIN_MM = 24;
const PATCH_GRAIN_MM = 10;
const HALO_VARIATION = 0.6;
/** A patch is fully ill where its field is so far above. */
const PATCH_RIM = 0.5;
/** Share of lesions that are brighter than white matter in T1-like, darker in T2-like images. */
const AWAY_SHARE = 0.15;

/** From a thin rim to most of the white matter around the ventricles, mostly little. */
export function drawLesions(random: SeededRandom): WhiteMatterLesions {
  const severity = random.next();
  const away = random.next() < AWAY_SHARE;
  return {
    haloMm: 1 + 6 * severity ** 2,
    edgeMm: random.uniform(1, 4),
    patchesAbove: random.uniform(2.5, 3.5) - 1.5 * severity,
    towardsFluid: away ? -random.uniform(0.1, 0.5) : random.uniform(0.2, 0.7),
  };
}

/** Brightness stays between 0 and the image's greatest. Nothing is done without ventricles or white matter. */
export function paintLesions(site: LesionSite, lesions: WhiteMatterLesions, random: SeededRandom): void {
  const { image, ventricles, whiteMatter, shape } = site;
  const fluid = medianIn(image, ventricles);
  if (fluid === undefined || !whiteMatter.includes(1)) return;
  const weights = lesionWeights(site, lesions, random);
  const brightest = image.reduce((most, value) => Math.max(most, value), 0);
  const [nx, ny] = shape;
  const neighbours = [-1, 1, -nx, nx, -nx * ny, nx * ny];
  for (let at = 0; at < image.length; at++) {
    let weight = weights[at]!;
    if (ventricles[at] === 1) {
      // Voxels of the wall hold tissue, which is as ill as what lies beside them.
      for (const step of neighbours) weight = Math.max(weight, weights[at + step] ?? 0);
    }
    if (weight === 0) continue;
    const value = image[at]! + weight * lesions.towardsFluid * (fluid - image[at]!);
    image[at] = Math.min(Math.max(value, 0), brightest);
  }
}

/** How ill each voxel of white matter is, 0 to 1; 0 elsewhere. */
function lesionWeights(
  { ventricles, whiteMatter, shape, voxelMm }: LesionSite,
  { haloMm, edgeMm, patchesAbove }: WhiteMatterLesions,
  random: SeededRandom,
): Float32Array {
  const [nx, ny, nz] = shape;
  const voxelToWorld = [voxelMm, 0, 0, 0, 0, voxelMm, 0, 0, 0, 0, voxelMm, 0, 0, 0, 0, 1];
  const distance = distanceTransform({ data: ventricles, shape, voxelToWorld }, { to: 'foreground' }).data;
  const halo = smoothRandomField(random, HALO_GRAIN_MM, HALO_VARIATION);
  const patches = smoothRandomField(random, PATCH_GRAIN_MM, 1);
  const [haloRow, patchRow] = [new Float32Array(nodeCount), new Float32Array(nodeCount)];
  const weights = new Float32Array(whiteMatter.length);
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      readNodeRow(halo, y * voxelMm, z * voxelMm, haloRow);
      readNodeRow(patches, y * voxelMm, z * voxelMm, patchRow);
      for (let x = 0; x < nx; x++, at++) {
        if (whiteMatter[at] !== 1) continue;
        const node = Math.min((x * voxelMm) / nodeSpacingMm, nodeCount - 1.001);
        const n = Math.floor(node);
        const thickness = haloMm * Math.exp(betweenNodes(haloRow, n, node - n));
        const inHalo = (thickness + voxelMm / 2 - distance[at]!) / edgeMm + 0.5;
        const inPatch = (betweenNodes(patchRow, n, node - n) - patchesAbove) / PATCH_RIM;
        weights[at] = Math.min(Math.max(inHalo, inPatch, 0), 1);
      }
    }
  }
  return weights;
}

function medianIn(image: Float32Array, mask: Uint8Array): number | undefined {
  const values = image.filter((_, at) => mask[at] === 1);
  return values.length === 0 ? undefined : quantile(values, 0.5);
}
