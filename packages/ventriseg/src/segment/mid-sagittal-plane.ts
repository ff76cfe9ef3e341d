/**
 * The plane between the two halves of the head, from the symmetry of its intensities.
 *
 * The plane x = offset + yaw * y + roll * z (world RAS, mm, about the head's centre) is sought that makes the head
 * most like its own mirror image: the correlation of intensities at some thousand points with those at their
 * reflections, on a 4 mm version of the scan, where the two halves do look alike. A pattern search from the
 * centre of mass needs about two hundred evaluations, a few tens of milliseconds. Finding the plane from the
 * image and not from the ventricles keeps an enlarged side from drawing it over.
 */
import { applyAffine, invertAffine, type Vec3, type Volume } from '@ventriseg/imaging';
import type { Head } from './find-head.ts';

export interface MidSagittalPlane {
  /** Unit normal to the patient's right, world RAS. */
  readonly normal: Vec3;
  /** The plane's distance from the origin along the normal, mm: a point p lies right of it when n.p > offset. */
  readonly offsetMm: number;
  /** Correlation of the head with its mirror image, -1 to 1. */
  readonly symmetry: number;
  /** How it was found: by symmetry, or, where the head shows none, upright through its centre of mass. */
  readonly method: 'symmetry' | 'centre-of-mass';
}

/** Below this correlation the halves are not alike enough to trust the optimum. */
const leastSymmetry = 0.6;
const block = 4;
const pointStepMm = 8;

/** Signed distance of a point to the plane, mm: positive on the patient's right. */
export function rightOf(plane: MidSagittalPlane, point: Vec3): number {
  const [a, b, c] = plane.normal;
  return a * point[0] + b * point[1] + c * point[2] - plane.offsetMm;
}

/** @param conformed intensities, axes along the world's (LIA), 1 mm */
export function findMidSagittalPlane(conformed: Volume<Uint8Array>, head: Head): MidSagittalPlane {
  const coarse = shrink(conformed);
  const points = samplePoints(coarse, head.centre);
  const symmetryOf = mirrorCorrelation(coarse, points, head.centre);
  // Offset in mm, then slopes; the steps halve until the finest has been tried.
  const place = [0, 0, 0];
  const steps = [8, 0.08, 0.08];
  let best = symmetryOf(0, 0, 0);
  for (let round = 0; round < 6; round++) {
    for (let improved = true, guard = 0; improved && guard < 20; guard++) {
      improved = false;
      for (let k = 0; k < 3; k++) {
        for (const sign of [1, -1]) {
          const tried = [...place];
          tried[k]! += sign * steps[k]!;
          if (Math.abs(tried[0]!) > 40 || Math.abs(tried[1]!) > 0.5 || Math.abs(tried[2]!) > 0.5) continue;
          const symmetry = symmetryOf(tried[0]!, tried[1]!, tried[2]!);
          if (symmetry <= best + 1e-9) continue;
          best = symmetry;
          place[k] = tried[k]!;
          improved = true;
        }
      }
    }
    for (let k = 0; k < 3; k++) steps[k]! /= 2;
  }
  if (!(best >= leastSymmetry)) {
    return {
      normal: [1, 0, 0],
      offsetMm: head.centre[0],
      symmetry: symmetryOf(0, 0, 0),
      method: 'centre-of-mass',
    };
  }
  const [offset, yaw, roll] = place as [number, number, number];
  const normal = unitNormal(yaw, roll);
  const [x, y, z] = head.centre;
  return {
    normal,
    offsetMm: normal[0] * (x + offset) + normal[1] * y + normal[2] * z,
    symmetry: best,
    method: 'symmetry',
  };
}

function unitNormal(yaw: number, roll: number): Vec3 {
  const length = Math.hypot(1, yaw, roll);
  return [1 / length, -yaw / length, -roll / length];
}

/** Means of 4 x 4 x 4 voxels. */
function shrink(volume: Volume<Uint8Array>): Volume<Float32Array> {
  const shape = volume.shape.map((n) => Math.floor(n / block)) as unknown as [number, number, number];
  const [nx, ny, nz] = shape;
  const [sx, sy] = volume.shape;
  const data = new Float32Array(nx * ny * nz);
  const source = volume.data;
  for (let z = 0; z < nz * block; z++) {
    for (let y = 0; y < ny * block; y++) {
      const to = nx * ((y >> 2) + ny * (z >> 2));
      const from = sx * (y + sy * z);
      for (let x = 0; x < nx * block; x++) data[to + (x >> 2)]! += source[from + x]!;
    }
  }
  for (let at = 0; at < data.length; at++) data[at]! /= block ** 3;
  const m = volume.voxelToWorld;
  const first = applyAffine(m, [1.5, 1.5, 1.5]);
  const voxelToWorld = m.map((v, at) => (at >= 12 ? v : at % 4 === 3 ? first[(at - 3) / 4]! : v * block));
  return { data, shape, voxelToWorld };
}

/** Points every 8 mm within 70 mm of the head's centre, relative to it: the brain, little face and neck. */
function samplePoints(coarse: Volume<Float32Array>, centre: Vec3): Float64Array {
  const [nx, ny, nz] = coarse.shape;
  const toVoxel = invertAffine(coarse.voxelToWorld);
  const points: number[] = [];
  for (let x = -72; x <= 72; x += pointStepMm) {
    for (let y = -72; y <= 72; y += pointStepMm) {
      for (let z = -72; z <= 72; z += pointStepMm) {
        const [i, j, k] = applyAffine(toVoxel, [centre[0] + x, centre[1] + y, centre[2] + z]);
        if (i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz) points.push(x, y, z);
      }
    }
  }
  return Float64Array.from(points);
}

/** Correlation between the intensities at the points and at their reflections in a plane. */
function mirrorCorrelation(
  coarse: Volume<Float32Array>,
  points: Float64Array,
  centre: Vec3,
): (offset: number, yaw: number, roll: number) => number {
  const m = invertAffine(coarse.voxelToWorld);
  const { data, shape } = coarse;
  const [nx, ny, nz] = shape;
  const valueAt = (x: number, y: number, z: number): number => {
    const wx = x + centre[0];
    const wy = y + centre[1];
    const wz = z + centre[2];
    const i = m[0]! * wx + m[1]! * wy + m[2]! * wz + m[3]!;
    const j = m[4]! * wx + m[5]! * wy + m[6]! * wz + m[7]!;
    const k = m[8]! * wx + m[9]! * wy + m[10]! * wz + m[11]!;
    const i0 = Math.floor(i);
    const j0 = Math.floor(j);
    const k0 = Math.floor(k);
    if (i0 < 0 || j0 < 0 || k0 < 0 || i0 >= nx - 1 || j0 >= ny - 1 || k0 >= nz - 1) return 0;
    const u = i - i0;
    const v = j - j0;
    const w = k - k0;
    const at = i0 + nx * (j0 + ny * k0);
    const up = at + nx * ny;
    const low =
      (data[at]! * (1 - u) + data[at + 1]! * u) * (1 - v) +
      (data[at + nx]! * (1 - u) + data[at + nx + 1]! * u) * v;
    const high =
      (data[up]! * (1 - u) + data[up + 1]! * u) * (1 - v) +
      (data[up + nx]! * (1 - u) + data[up + nx + 1]! * u) * v;
    return low * (1 - w) + high * w;
  };
  return (offset, yaw, roll) => {
    const [a, b, c] = unitNormal(yaw, roll);
    let n = 0;
    let sumP = 0;
    let sumQ = 0;
    let sumPP = 0;
    let sumQQ = 0;
    let sumPQ = 0;
    for (let at = 0; at < points.length; at += 3) {
      const x = points[at]! + offset;
      const y = points[at + 1]!;
      const z = points[at + 2]!;
      const distance = a * (x - offset) + b * y + c * z;
      const p = valueAt(x, y, z);
      const q = valueAt(x - 2 * distance * a, y - 2 * distance * b, z - 2 * distance * c);
      n++;
      sumP += p;
      sumQ += q;
      sumPP += p * p;
      sumQQ += q * q;
      sumPQ += p * q;
    }
    const varianceP = n * sumPP - sumP * sumP;
    const varianceQ = n * sumQQ - sumQ * sumQ;
    const both = Math.sqrt(varianceP * varianceQ);
    return both > 0 ? (n * sumPQ - sumP * sumQ) / both : 0;
  };
}
