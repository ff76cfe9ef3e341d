/**
 * A head of simple shapes whose measures are known by construction, defined in the standard pose, so that it can be
 * sampled on any grid, turned in any way.
 */
import {
  type Affine,
  applyAffine,
  createVolume,
  type Grid,
  invertAffine,
  multiplyAffines,
  type Vec3,
  type Volume,
  voxelCount,
} from '@ventriseg/imaging';
import type { Intracranial } from '../segment/found.ts';

/** Whether a place relative to its centre lies in an ellipsoid of these radii. */
const ellipsoid = (x: number, y: number, z: number, a: number, b: number, c: number) =>
  (x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2 <= 1;
const within = (value: number, low: number, high: number) => value >= low && value <= high;

/** Elevation of the roofs of the lateral ventricles' bodies above the horizontal. */
const roofDegrees = 40;
const [cosRoof, sinRoof] = [Math.cos((roofDegrees * Math.PI) / 180), Math.sin((roofDegrees * Math.PI) / 180)];
/** Half widths at the frontal and the occipital horns, of the third ventricle, and of the skull. */
const [frontalMm, occipitalMm, thirdMm] = [20, 34, 3];
const skull = { centre: [0, -18, 15] as Vec3, radii: [68, 88, 70] as Vec3 };
/** Height at which the frontal horns are widest. */
const frontalLevelMm = 12;

/** What the head measures. */
export const truth = {
  evansIndex:
    frontalMm / (skull.radii[0] * Math.sqrt(1 - ((frontalLevelMm - skull.centre[2]) / skull.radii[2]) ** 2)),
  frontalOccipitalHornRatio: (frontalMm + occipitalMm) / (2 * skull.radii[0]),
  frontalHornWidthMm: 2 * frontalMm,
  occipitalHornWidthMm: 2 * occipitalMm,
  innerSkullWidthMm: 2 * skull.radii[0],
  thirdVentricleWidthMm: 2 * thirdMm,
  callosalAngleDegrees: 180 - 2 * roofDegrees,
  intracranialVolumeMl: (4 / 3) * Math.PI * skull.radii.reduce((product, r) => product * r, 1) * 1e-3,
  lateralAsymmetryPercent: 0,
} as const;

/** FreeSurfer's number at a place in the pose. */
function labelAt(x: number, y: number, z: number): number {
  const outwards = Math.abs(x);
  const lateral = x < 0 ? 4 : 43;
  // The roof's line starts 1 mm beside the middle; the body is 16 mm of it and what lies up to 6 mm below.
  const alongRoof = (outwards - 1) * cosRoof + (z - 8) * sinRoof;
  const belowRoof = (outwards - 1) * sinRoof - (z - 8) * cosRoof;
  if (within(alongRoof, 0, 16) && within(belowRoof, 0, 6) && within(y, -45, 10)) return lateral;
  if (ellipsoid(outwards - frontalMm + 8, y - 20, z - frontalLevelMm, 8, 14, 8)) return lateral;
  if (ellipsoid(outwards - occipitalMm + 9, y + 60, z, 9, 15, 10)) return lateral;
  if (outwards <= thirdMm && within(y, -21.9, -1.9) && within(z, -8.3, 7.7)) return 14;
  if (ellipsoid(x, y + 41.3, z + 31.7, 7, 6, 10)) return 15;
  return 0;
}

/** The labels on a grid, the head turned and moved from the pose into the world. */
export function syntheticLabels(grid: Grid, poseToWorld: Affine): Volume<Uint8Array> {
  const data = new Uint8Array(voxelCount(grid.shape));
  forEachInPose(grid, poseToWorld, (at, x, y, z) => {
    data[at] = labelAt(x, y, z);
  });
  return createVolume(data, grid.shape, grid.voxelToWorld);
}

/** The inside of the skull as a network sees it: 4 mm, values that fall over 4 mm. */
export function syntheticIntracranial(poseToWorld: Affine): Intracranial {
  const grid = gridAt(4, [56, 64, 56], applyAffine(poseToWorld, skull.centre));
  const data = new Float32Array(voxelCount(grid.shape));
  const [[cx, cy, cz], [a, b, c]] = [skull.centre, skull.radii];
  forEachInPose(grid, poseToWorld, (at, px, py, pz) => {
    const [x, y, z] = [(px - cx) / a, (py - cy) / b, (pz - cz) / c];
    const r = Math.hypot(x, y, z);
    const gradient = Math.hypot(x / a, y / b, z / c);
    const outsideMm = r === 0 ? -60 : (r * (r - 1)) / gradient;
    data[at] = Math.min(1, Math.max(0, 0.5 - outsideMm / 4));
  });
  const ml = data.reduce((sum, value) => sum + value, 0) * 0.064;
  return { ml, cutAt: [], brightAround: 1, probability: createVolume(data, grid.shape, grid.voxelToWorld) };
}

/** An upright grid of cubes around a place. */
export function gridAt(voxelMm: number, shape: Vec3, [x, y, z]: Vec3): Grid {
  const [i, j, k] = shape.map((n) => ((n - 1) / 2) * voxelMm);
  return {
    shape,
    voxelToWorld: [voxelMm, 0, 0, x - i!, 0, voxelMm, 0, y - j!, 0, 0, voxelMm, z - k!, 0, 0, 0, 1],
  };
}

/** A turn about x, then y, then z, in degrees, and a shift in mm. */
export function turned(degrees: Vec3, [tx, ty, tz]: Vec3): Affine {
  const [x, y, z] = degrees.map((angle) => {
    const radians = (angle * Math.PI) / 180;
    return [Math.cos(radians), Math.sin(radians)] as const;
  });
  const aboutX: Affine = [1, 0, 0, 0, 0, x![0], -x![1], 0, 0, x![1], x![0], 0, 0, 0, 0, 1];
  const aboutY: Affine = [y![0], 0, y![1], 0, 0, 1, 0, 0, -y![1], 0, y![0], 0, 0, 0, 0, 1];
  const aboutZ: Affine = [z![0], -z![1], 0, tx, z![1], z![0], 0, ty, 0, 0, 1, tz, 0, 0, 0, 1];
  return multiplyAffines(aboutZ, multiplyAffines(aboutY, aboutX));
}

function forEachInPose(
  grid: Grid,
  poseToWorld: Affine,
  visit: (at: number, x: number, y: number, z: number) => void,
): void {
  const m = multiplyAffines(invertAffine(poseToWorld), grid.voxelToWorld);
  const [nx, ny, nz] = grid.shape;
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        visit(
          at,
          m[0]! * i + m[1]! * j + m[2]! * k + m[3]!,
          m[4]! * i + m[5]! * j + m[6]! * k + m[7]!,
          m[8]! * i + m[9]! * j + m[10]! * k + m[11]!,
        );
      }
    }
  }
}
