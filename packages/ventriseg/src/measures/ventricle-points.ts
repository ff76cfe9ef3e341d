/** The voxels of each ventricle as points of the world, which poses and planes are fitted to. */
import { applyAffine, type Vec3, type Volume } from '@ventriseg/imaging';
import { type CanonicalNumber, ventricles } from '../labels/index.ts';

/** Centres of the voxels of one label, world RAS mm: x, y, z, x, y, z ... */
export type PointList = Float64Array;

export type VentriclePoints = Readonly<Record<CanonicalNumber, PointList>>;

/** @param labels FreeSurfer's numbers; others are passed over */
export function ventriclePoints(labels: Volume<Uint8Array>): VentriclePoints {
  const { data, shape, voxelToWorld } = labels;
  const [nx, ny, nz] = shape;
  const counts = new Uint32Array(256);
  for (let at = 0; at < data.length; at++) counts[data[at]!]!++;
  const lists = new Map<number, PointList>(
    ventricles.map(({ number }) => [number, new Float64Array(3 * counts[number]!)]),
  );
  const filled = new Uint32Array(256);
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        const label = data[at]!;
        if (label === 0) continue;
        const list = lists.get(label);
        if (list === undefined) continue;
        list.set(applyAffine(voxelToWorld, [i, j, k]), filled[label]!);
        filled[label]! += 3;
      }
    }
  }
  return Object.fromEntries(lists) as unknown as VentriclePoints;
}

/** Mean of the points; undefined without any. */
export function centroid(points: PointList): Vec3 | undefined {
  if (points.length === 0) return undefined;
  const sum = [0, 0, 0];
  for (let at = 0; at < points.length; at += 3) {
    sum[0]! += points[at]!;
    sum[1]! += points[at + 1]!;
    sum[2]! += points[at + 2]!;
  }
  const [x, y, z] = sum.map((value) => value / (points.length / 3));
  return [x!, y!, z!];
}
