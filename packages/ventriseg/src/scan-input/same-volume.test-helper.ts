/** Exact comparison of volumes in tests. */
import type { Volume } from '@ventriseg/imaging';
import { expect } from 'vitest';

/** Same grid, same voxel type, same voxels bit for bit. */
export function expectSameVolume(found: Volume, expected: Volume) {
  expect(found.shape).toEqual(expected.shape);
  expect(found.voxelToWorld).toEqual(expected.voxelToWorld);
  expect(found.data.constructor).toBe(expected.data.constructor);
  // Comparing millions of numbers one by one through `expect` takes minutes.
  expect(Buffer.compare(bytesOf(found), bytesOf(expected))).toBe(0);
}

const bytesOf = ({ data }: Volume) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
