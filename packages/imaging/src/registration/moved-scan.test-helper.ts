/** Copies of scans that have been moved by a known amount, and how far a registration is from it. */
import { readFileSync } from 'node:fs';
import { dataPath } from '../../../../test/data-folder.ts';
import { applyAffine, multiplyAffines } from '../geometry/affine.ts';
import { resample } from '../resampling/resample.ts';
import { readScan } from '../volume/scan-file.ts';
import type { Vec3, Volume } from '../volume/volume.ts';
import { type RigidTransform, rigidAbout, rigidToAffine } from './rigid.ts';

export async function readDataScan(...parts: string[]): Promise<Volume> {
  const path = dataPath(...parts);
  return (await readScan(readFileSync(path), { path })).volume;
}

export function centreOf({ shape, voxelToWorld }: Volume): Vec3 {
  return applyAffine(voxelToWorld, shape.map((n) => (n - 1) / 2) as unknown as Vec3);
}

/** A turn about the middle of the scan, in degrees, and a shift in mm. */
export function motionOf(scan: Volume, degrees: Vec3, shiftMm: Vec3): RigidTransform {
  const rotation = degrees.map((angle) => (angle * Math.PI) / 180) as unknown as Vec3;
  return rigidAbout(centreOf(scan), rotation, shiftMm);
}

/** The head moved in the field of view: interpolated on the grid that the scan had. */
export function moveHead(scan: Volume, motion: RigidTransform): Volume<Float32Array> {
  const voxelToWorld = multiplyAffines(rigidToAffine(motion), scan.voxelToWorld);
  return resample({ ...scan, voxelToWorld }, scan, { method: 'cubic' });
}

/** Another scanner: gain, offset, noise (a share of the brightest), and a bias field across the scan. */
export function rescan(scan: Volume, noise: number, bias: number): Volume<Float32Array> {
  const [nx, ny, nz] = scan.shape;
  let brightest = 0;
  for (const value of scan.data) brightest = Math.max(brightest, value);
  const data = new Float32Array(scan.data.length);
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        const field = 1 + bias * (i / nx - 0.5 + 0.7 * (j / ny - k / nz));
        // Four uniform numbers make a bump of variance 1/3.
        const bump = random() + random() + random() + random() - 2;
        data[at] = 20 + 1.7 * Math.max(0, scan.data[at]! * field + noise * brightest * Math.sqrt(3) * bump);
      }
    }
  }
  return { ...scan, data };
}

/** The largest distance in mm between where two motions put points 70 mm from a centre, and the angle in degrees. */
export function errorOf(found: RigidTransform, truth: RigidTransform, centre: Vec3) {
  const [a, b] = [rigidToAffine(found), rigidToAffine(truth)];
  const distances = [0, 1, 2, 3, 4, 5].map((n) => {
    const point = centre.map((c, axis) => c + (n >> 1 === axis ? (n & 1 ? 70 : -70) : 0)) as unknown as Vec3;
    const [p, q] = [applyAffine(a, point), applyAffine(b, point)];
    return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
  });
  const trace = [0, 1, 2].reduce(
    (sum, row) => sum + [0, 1, 2].reduce((dot, col) => dot + a[row * 4 + col]! * b[row * 4 + col]!, 0),
    0,
  );
  return {
    mm: Math.max(...distances),
    degrees: (Math.acos(Math.max(-1, Math.min(1, (trace - 1) / 2))) * 180) / Math.PI,
  };
}
