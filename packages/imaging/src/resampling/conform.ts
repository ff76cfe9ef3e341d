/**
 * FreeSurfer's standard form of a head scan, as made by `mri_convert --conform`: 256^3 voxels of 1 mm, axes
 * 'LIA' (first to the left, second downwards, third to the front), 8 bits, resampled trilinearly.
 *
 * Differences from `mri_convert`:
 * - Centre. FreeSurfer keeps the world position of voxel (nx/2, ny/2, nz/2) at the centre, which for a scan stored
 *   in another direction is another place, one voxel away. Here the voxel is counted in LIA order, so the
 *   result does not depend on how the scan is stored; `centre: 'freesurfer'` counts in storage order.
 * - Values are interpolated first, then scaled and rounded once; FreeSurfer rounds to 8 bits before and after.
 * - Beyond the outermost voxel centres the outermost value holds for half a voxel (see `resample`); FreeSurfer
 *   fades to 0 over a whole one.
 * - A few extreme voxels do not make the scan black (see `robustIntensityScale`).
 */
import { ImagingError } from '../errors.ts';
import { applyAffine, voxelSizesMm } from '../geometry/affine.ts';
import { type Grid, sameGrid } from '../geometry/grid.ts';
import { reorientGrid } from '../geometry/reorient.ts';
import { createVolume, type Volume, type VoxelArray, voxelCount } from '../volume/volume.ts';
import { createVoxelArray } from '../volume/voxel-type.ts';
import { resampleInto } from './resample.ts';
import { type IntensityScale, intensityRange, robustIntensityScale } from './robust-intensity-scale.ts';
import type { VoxelSink } from './voxel-sink.ts';

export interface ConformGridOptions {
  /**
   * Voxels along each side. 'auto' (default) is FreeSurfer's rule: 256, or as many as the longest side of the
   * scan needs when that is 10 % or more above 256.
   */
  readonly sizeVoxels?: number | 'auto';
  /** Voxel size in mm; default 1. */
  readonly spacingMm?: number;
  /** How the centre voxel is counted: in LIA order (default 'storage-independent') or in storage order. */
  readonly centre?: 'storage-independent' | 'freesurfer';
}

export interface ConformOptions extends ConformGridOptions {
  /** 'uint8' (default), or 'float32': scaled and limited to 0..255 in the same way but not rounded. */
  readonly dataType?: 'uint8' | 'float32';
  /** Smooth before shrinking, see `ResampleOptions`; default false, as in FreeSurfer. */
  readonly antiAlias?: boolean;
}

export interface Conformed<T extends VoxelArray = Uint8Array> {
  readonly volume: Volume<T>;
  /** How intensities were changed; `{ srcMin: 0, scale: 1 }` for scans that come as uint8. */
  readonly scale: IntensityScale;
  /** What a person should know about the scan, in full sentences; empty when all is usual. */
  readonly warnings: readonly string[];
}

const CONFORMED_SIZE = 256;

function automaticSize(grid: Grid, spacingMm: number): number {
  const longestMm = Math.max(
    ...voxelSizesMm(grid.voxelToWorld).map((size, axis) => size * grid.shape[axis]!),
  );
  const needed = Math.ceil(Math.round((longestMm / spacingMm) * 10_000) / 10_000);
  return needed < CONFORMED_SIZE * 1.1 ? CONFORMED_SIZE : needed;
}

/**
 * The grid of the conformed scan: cubic, isotropic, LIA, centred on the scan.
 *
 * @throws ImagingError BAD_ARGUMENT for a size or spacing that is not positive.
 */
export function conformGrid(scan: Grid, options: ConformGridOptions = {}): Grid {
  const { sizeVoxels = 'auto', spacingMm = 1, centre = 'storage-independent' } = options;
  if (!(spacingMm > 0) || !Number.isFinite(spacingMm)) {
    throw new ImagingError('BAD_ARGUMENT', `conform spacingMm must be positive: ${spacingMm}`);
  }
  const size = sizeVoxels === 'auto' ? automaticSize(scan, spacingMm) : sizeVoxels;
  if (!Number.isInteger(size) || size < 1) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `conform sizeVoxels must be a positive integer or 'auto': ${size}`,
    );
  }
  const counted = centre === 'freesurfer' ? scan : reorientGrid(scan, 'LIA');
  const [nx, ny, nz] = counted.shape;
  const [x, y, z] = applyAffine(counted.voxelToWorld, [nx / 2, ny / 2, nz / 2]);
  const s = spacingMm;
  const half = (size / 2) * s;
  return {
    shape: [size, size, size],
    voxelToWorld: [-s, 0, 0, x + half, 0, 0, s, y - half, 0, -s, 0, z + half, 0, 0, 0, 1],
  };
}

/**
 * Brings a head scan into FreeSurfer's standard form.
 *
 * A uint8 scan keeps its intensities, and one that is conformed already is returned as it is. All others are
 * scaled so that their range, without the brightest 0.1 % of the non-zero voxels, fills 0..255. Voxels that are
 * not finite count as 0. Outside the scan the result is 0. For label maps use `resample` with
 * `conformGrid(labels)` and 'nearest'.
 *
 * @throws ImagingError NON_FINITE when no voxel is finite; BAD_ARGUMENT for a bad option.
 */
export function conform(
  volume: Volume,
  options: ConformOptions & { dataType: 'float32' },
): Conformed<Float32Array>;
export function conform(
  volume: Volume,
  options?: ConformOptions & { dataType?: 'uint8' },
): Conformed<Uint8Array>;
export function conform(volume: Volume, options?: ConformOptions): Conformed<Uint8Array | Float32Array>;
export function conform(volume: Volume, options: ConformOptions = {}): Conformed<Uint8Array | Float32Array> {
  const { dataType = 'uint8', antiAlias = false } = options;
  if (dataType !== 'uint8' && dataType !== 'float32') {
    throw new ImagingError('BAD_ARGUMENT', `conform dataType must be uint8 or float32: ${dataType}`);
  }
  const grid = conformGrid(volume, options);
  const warnings: string[] = [];
  if ((options.sizeVoxels ?? 'auto') === 'auto' && grid.shape[0] > CONFORMED_SIZE) {
    warnings.push(
      `The scan's field of view does not fit into ${CONFORMED_SIZE} voxels; the conformed scan has ${grid.shape.join('x')}.`,
    );
  }
  const bytes = volume.data instanceof Uint8Array;
  if (bytes && dataType === 'uint8' && sameGrid(volume, grid, 1e-3)) {
    return { volume: volume as Volume<Uint8Array>, scale: { srcMin: 0, scale: 1 }, warnings };
  }
  const source = finiteVoxels(volume, warnings);
  const scale = bytes ? { srcMin: 0, scale: 1 } : scanScale(source.data, warnings);
  const target = createVoxelArray(dataType, voxelCount(grid.shape));
  const sink: VoxelSink = {
    target,
    subtract: scale.srcMin,
    scale: scale.scale,
    low: 0,
    high: 255,
    round: dataType === 'uint8',
  };
  resampleInto(source, grid, 'linear', antiAlias, sink);
  return { volume: createVolume(target, grid.shape, grid.voxelToWorld), scale, warnings };
}

/** The robust scale, with warnings about scans it does not suit. */
function scanScale(data: VoxelArray, warnings: string[]): IntensityScale {
  const range = intensityRange(data);
  const { min, max } = range;
  if (min === max) {
    warnings.push(`Every voxel of the scan is ${min}: there is nothing to see in it.`);
  } else if (min < 0) {
    warnings.push(`The scan has values below zero (down to ${min}), so zero is not black after conforming.`);
  }
  return robustIntensityScale(data, range);
}

/** The volume, or a copy with zeros for what is not finite. */
function finiteVoxels(volume: Volume, warnings: string[]): Volume {
  const { data } = volume;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return volume;
  let bad = 0;
  for (let n = 0; n < data.length; n++) if (!Number.isFinite(data[n]!)) bad++;
  if (bad === 0) return volume;
  if (bad === data.length) {
    throw new ImagingError('NON_FINITE', `none of the scan's ${bad} voxels is a finite number`);
  }
  warnings.push(`${bad} of ${data.length} voxels are not finite numbers; they count as 0.`);
  const cleaned = data.map((value) => (Number.isFinite(value) ? value : 0));
  return { ...volume, data: cleaned };
}
