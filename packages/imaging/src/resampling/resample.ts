/**
 * Puts a volume on another grid: target voxels are mapped through world space to source positions and
 * interpolated there.
 *
 * Three ways, picked by the composed affine: whole positions along the storage axes are copied exactly;
 * axis-aligned grids go through separable passes; all others read a neighbourhood per voxel.
 *
 * The source ends half a voxel beyond its outermost centres, its outer faces included. Within that half voxel the
 * outermost value holds; beyond it is `fill`. Grids that agree to 1e-4 of a voxel are taken to agree exactly.
 */
import { ImagingError } from '../errors.ts';
import { invertAffine, multiplyAffines } from '../geometry/affine.ts';
import { copyByOffsets } from '../geometry/copy-by-offsets.ts';
import type { Grid } from '../geometry/grid.ts';
import {
  type Affine,
  createVolume,
  type Shape3,
  type Volume,
  type VoxelArray,
  voxelCount,
} from '../volume/volume.ts';
import {
  createVoxelArray,
  fitsVoxelType,
  isVoxelType,
  type VoxelArrayByType,
  type VoxelType,
  voxelTypeOf,
} from '../volume/voxel-type.ts';
import { type AxisTaps, prepareAxis, WHOLE_TOLERANCE_VOXELS } from './axis-taps.ts';
import { antiAliasSigma, type InterpolationMethod, tapCount } from './interpolation-weights.ts';
import { resampleOblique } from './oblique.ts';
import { resampleSeparable } from './separable.ts';
import { plainSink, type VoxelSink } from './voxel-sink.ts';

export interface ResampleOptions {
  /** 'nearest' for labels, 'linear' (default), or 'cubic': Catmull-Rom, sharper, may overshoot. */
  readonly method?: InterpolationMethod;
  /**
   * Smooth the source first along every axis that gets coarser: a Gaussian of sigma
   * 0.42466 sqrt(ratio^2 - 1) source voxels, the source continued by its outermost values. Default false; not
   * for 'nearest'.
   */
  readonly antiAlias?: boolean;
  /** Value outside the source; default 0. */
  readonly fill?: number;
  /**
   * Type of the result: by default that of the source for 'nearest', else float32. Integer types are rounded,
   * halves up, and limited to their range.
   */
  readonly dataType?: VoxelType;
}

/**
 * Resamples a volume onto a grid (another volume will do).
 *
 * Not a number (NaN) spreads to every result that reads it.
 *
 * @throws ImagingError BAD_ARGUMENT for an unknown method or type, anti-aliasing with 'nearest', or a fill value
 * that the result type cannot hold; BAD_DIMENSIONS and BAD_AFFINE for a grid that is none.
 * @example resample(labels, gridOf(scan), { method: 'nearest' })
 */
export function resample<T extends VoxelArray>(
  volume: Volume<T>,
  grid: Grid,
  options: ResampleOptions & { method: 'nearest'; dataType?: never },
): Volume<T>;
export function resample<D extends VoxelType>(
  volume: Volume,
  grid: Grid,
  options: ResampleOptions & { dataType: D },
): Volume<VoxelArrayByType[D]>;
export function resample(
  volume: Volume,
  grid: Grid,
  options?: ResampleOptions & { method?: 'linear' | 'cubic'; dataType?: never },
): Volume<Float32Array>;
export function resample(volume: Volume, grid: Grid, options?: ResampleOptions): Volume;
export function resample(volume: Volume, grid: Grid, options: ResampleOptions = {}): Volume {
  const { method = 'linear', antiAlias = false, fill = 0 } = options;
  if (!Object.hasOwn(tapCount, method)) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `resample method '${method}' is not one of nearest, linear, cubic`,
    );
  }
  if (antiAlias && method === 'nearest') {
    throw new ImagingError(
      'BAD_ARGUMENT',
      "antiAlias smooths values and cannot go with method 'nearest'; resample each label's probability with 'linear' instead",
    );
  }
  const dataType = options.dataType ?? (method === 'nearest' ? voxelTypeOf(volume.data) : 'float32');
  if (!isVoxelType(dataType)) throw new ImagingError('BAD_ARGUMENT', `unknown voxel type '${dataType}'`);
  if (!fitsVoxelType(fill, dataType)) {
    throw new ImagingError('BAD_ARGUMENT', `fill value ${fill} cannot be stored as ${dataType}`);
  }
  const target = createVoxelArray(dataType, voxelCount(grid.shape));
  const result = createVolume<VoxelArray>(target, grid.shape, grid.voxelToWorld);
  if (fill !== 0) target.fill(fill);
  resampleInto(volume, grid, method, antiAlias, plainSink(target));
  return result;
}

/** `resample` into a sink, which may scale and limit the values; voxels outside the source are left alone. */
export function resampleInto(
  volume: Volume,
  grid: Grid,
  method: InterpolationMethod,
  antiAlias: boolean,
  sink: VoxelSink,
): void {
  const targetToSource = multiplyAffines(invertAffine(volume.voxelToWorld), grid.voxelToWorld);
  // Source voxels per target step along each source axis.
  const sigmas = [0, 1, 2].map((axis) => {
    const row = [0, 1, 2].map((col) => targetToSource[axis * 4 + col]!);
    return antiAlias ? antiAliasSigma(Math.hypot(...row)) : 0;
  });
  const sourceAxes = alignedAxes(targetToSource, grid.shape);
  if (sourceAxes === undefined) {
    const source = sigmas.some((sigma) => sigma > 0) ? smooth(volume, sigmas) : volume.data;
    resampleOblique(source, volume.shape, method, targetToSource, grid.shape, sink);
    return;
  }
  const axes = sourceAxes.map((from, axis) =>
    prepareAxis(
      method,
      targetToSource[from * 4 + axis]!,
      targetToSource[from * 4 + 3]!,
      grid.shape[axis]!,
      volume.shape[from]!,
      sigmas[from]!,
    ),
  ) as [AxisTaps, AxisTaps, AxisTaps];
  const strides = [1, volume.shape[0], volume.shape[0] * volume.shape[1]];

  const plain = sink.subtract === 0 && sink.scale === 1;
  if (
    plain &&
    voxelTypeOf(sink.target) === voxelTypeOf(volume.data) &&
    axes.every(({ taps }) => taps === 1)
  ) {
    const offsets = axes.map(({ index }, axis) => index.map((i) => i * strides[sourceAxes[axis]!]!));
    const [x, y, z] = axes;
    copyByOffsets(volume.data, sink.target, grid.shape, offsets as [Int32Array, Int32Array, Int32Array], {
      from: [x.from, y.from, z.from],
      to: [x.to, y.to, z.to],
    });
    return;
  }
  const shape = sourceAxes.map((from) => volume.shape[from]!) as unknown as Shape3;
  resampleSeparable(permuteAxes(volume, sourceAxes), shape, axes, grid.shape, sink);
}

/** The source axis that each target axis runs along, or undefined when some runs along none. */
function alignedAxes(
  targetToSource: Affine,
  targetShape: Shape3,
): readonly [number, number, number] | undefined {
  const found: number[] = [];
  for (let col = 0; col < 3; col++) {
    const steps = [0, 1, 2].map((row) => Math.abs(targetToSource[row * 4 + col]!));
    const along = steps.indexOf(Math.max(...steps));
    const drift = Math.max(...steps.filter((_, row) => row !== along)) * (targetShape[col]! - 1);
    if (drift > WHOLE_TOLERANCE_VOXELS || found.includes(along)) return undefined;
    found.push(along);
  }
  return found as [number, number, number];
}

/** The source values with the axes in the target's order, so that slices are contiguous. */
function permuteAxes(volume: Volume, order: readonly [number, number, number]): VoxelArray {
  if (order.every((from, axis) => from === axis)) return volume.data;
  const strides = [1, volume.shape[0], volume.shape[0] * volume.shape[1]];
  const shape = order.map((from) => volume.shape[from]!) as unknown as Shape3;
  const offsets = order.map((from) =>
    Int32Array.from({ length: volume.shape[from]! }, (_, i) => i * strides[from]!),
  ) as [Int32Array, Int32Array, Int32Array];
  const data = createVoxelArray(voxelTypeOf(volume.data), volume.data.length);
  copyByOffsets(volume.data, data, shape, offsets, { from: [0, 0, 0], to: shape });
  return data;
}

/** The source smoothed by a Gaussian along each of its axes (standard deviations in voxels). */
function smooth(volume: Volume, sigmas: readonly number[]): Float32Array {
  const target = new Float32Array(volume.data.length);
  const axes = sigmas.map((sigma, axis) =>
    prepareAxis('linear', 1, 0, volume.shape[axis]!, volume.shape[axis]!, sigma),
  ) as [AxisTaps, AxisTaps, AxisTaps];
  resampleSeparable(volume.data, volume.shape, axes, volume.shape, plainSink(target));
  return target;
}
