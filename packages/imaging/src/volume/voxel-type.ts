/**
 * Names for the kinds of array that voxels are stored in.
 *
 * Kinds are told apart by their string tag, not their constructor, so that Node's Buffer counts as the
 * Uint8Array it is.
 */
import type { VoxelArray } from './volume.ts';

/** The array kind of each type name. */
export interface VoxelArrayByType {
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  uint32: Uint32Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
}

/** How the voxels of a volume are stored. */
export type VoxelType = keyof VoxelArrayByType;

const constructors = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

const integerRanges: { readonly [type in VoxelType]?: readonly [number, number] } = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint32: [0, 4294967295],
  int32: [-2147483648, 2147483647],
};

/** The name of an array's kind. */
export function voxelTypeOf(array: VoxelArray): VoxelType {
  return array[Symbol.toStringTag].replace('Array', '').toLowerCase() as VoxelType;
}

/** Whether `name` is one of the voxel types. */
export function isVoxelType(name: string): name is VoxelType {
  return Object.hasOwn(constructors, name);
}

/** A zeroed array of the named type. */
export function createVoxelArray<D extends VoxelType>(type: D, length: number): VoxelArrayByType[D] {
  return new constructors[type](length) as VoxelArrayByType[D];
}

/** Smallest and largest value of an integer type; undefined for the floating-point types. */
export function integerRange(type: VoxelType): readonly [min: number, max: number] | undefined {
  return integerRanges[type];
}

/** Whether a value can be stored in the type exactly (for floating-point types: up to rounding). */
export function fitsVoxelType(value: number, type: VoxelType): boolean {
  const range = integerRanges[type];
  return range === undefined || (Number.isInteger(value) && value >= range[0] && value <= range[1]);
}
