/**
 * The grid in the middle of several scans on which all of them are segmented: voxels of 1 mm along the axes of the
 * mean space, in LIA order, over the fields of view of all scans, up to 256 a side. It is what the networks take
 * without interpolating again, and is the same whatever the order of the scans.
 */
import {
  applyAffine,
  type Grid,
  multiplyAffines,
  type RigidTransform,
  rigidToAffine,
  type Shape3,
  type Vec3,
} from '@ventriseg/imaging';

const mostVoxels = 256;

/** @param toMean from each scan's world to the mean space */
export function meanSpaceGrid(scans: readonly Grid[], toMean: readonly RigidTransform[]): Grid {
  const corners = scans.flatMap(({ shape, voxelToWorld }, k) => {
    const m = multiplyAffines(rigidToAffine(toMean[k]!), voxelToWorld);
    return Array.from({ length: 8 }, (_, corner) =>
      applyAffine(m, shape.map((n, axis) => ((corner >> axis) & 1 ? n - 0.5 : -0.5)) as unknown as Vec3),
    );
  });
  const range = (axis: number) => {
    const values = corners.map((corner) => corner[axis]!);
    return { low: Math.min(...values), high: Math.max(...values) };
  };
  const [x, y, z] = [range(0), range(1), range(2)];
  // Even numbers, so that the middle lies between voxels, where a conformed scan has it too.
  const [nx, ny, nz] = [x, z, y].map(({ low, high }) =>
    Math.min(mostVoxels, 2 * Math.ceil((high - low) / 2)),
  ) as unknown as Shape3;
  const first = (middle: { low: number; high: number }, count: number, sign: number) =>
    (middle.low + middle.high) / 2 + (sign * (count - 1)) / 2;
  return {
    shape: [nx, ny, nz],
    voxelToWorld: [
      ...[-1, 0, 0, first(x, nx, 1)],
      ...[0, 0, 1, first(y, nz, -1)],
      ...[0, -1, 0, first(z, ny, 1)],
      ...[0, 0, 0, 1],
    ],
  };
}
