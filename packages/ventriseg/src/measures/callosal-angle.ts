/**
 * The callosal angle: between the roofs of the two lateral ventricles in the coronal plane through the posterior
 * commissure, at right angles to the AC-PC line (Ishii et al., Eur Radiol 18, 2008). Below 90 degrees it speaks for
 * normal-pressure hydrocephalus; 100 to 130 is usual.
 *
 * The roof of a side is its upper border, from 1 mm beside its inner end, where the wall of the septum falls away, to
 * where it has risen nine tenths of the way to its highest point, which on a flat top may be anywhere; at least 8 mm
 * of it, where there are as many. A straight line is fitted to its heights by least squares.
 */
import { type Affine, multiplyAffines, type Shape3, type Vec3, type Volume } from '@ventriseg/imaging';
import { sampleSlice } from '../segment/sample-slice.ts';
import { acPcMm, type HeadPose } from './head-pose.ts';
import { largestPart } from './largest-part.ts';

/** Size of a pixel of the coronal section, mm. */
const pixelMm = 0.5;
/** Sections are means of those at these distances from the plane, mm, so that single voxels even out. */
const slabMm = [-2, -1, 0, 1, 2];
/** Columns at the inner end that are the septum's wall, not roof. */
const wallColumns = 1 / pixelMm;
/** Share of its rise at which a roof ends, and the columns it has at least. */
const roofRise = 0.9;
const leastColumns = 8 / pixelMm;
/** Half the width of the section, and its lower and upper end, in the pose, mm. */
const halfWidthMm = 60;
const lowMm = -30;
const highMm = 90;
/** Roofs of fewer columns have no direction to speak of. */
const fewestColumns = 4 / pixelMm;

const columns = (2 * halfWidthMm) / pixelMm + 1;
const rows = (highMm - lowMm) / pixelMm + 1;
const sectionShape: Shape3 = [columns, rows, 1];

export interface CallosalAngle {
  readonly degrees: number;
  /** Where the lines of the roofs meet, and how far each is followed, in the pose, mm. */
  readonly vertex: Vec3;
  readonly leftEnd: Vec3;
  readonly rightEnd: Vec3;
}

/** A point of a section, in the pose, mm. */
type BorderPoint = readonly [x: number, z: number];

/** A line through a place with a direction of length 1 that runs outwards, and how far along it the roof reaches. */
interface Roof {
  readonly x: number;
  readonly z: number;
  readonly dx: number;
  readonly dz: number;
  readonly reach: number;
}

/**
 * @param left, right masks of the lateral ventricles, values 0 to 1
 * @returns undefined when a side has no roof of 5 mm in the plane
 */
export function callosalAngle(left: Volume, right: Volume, pose: HeadPose): CallosalAngle | undefined {
  const leftRoof = roofOf(left, pose, -1);
  const rightRoof = roofOf(right, pose, 1);
  if (leftRoof === undefined || rightRoof === undefined) return undefined;
  const vertex = meetingPoint(leftRoof, rightRoof);
  const rise = ({ dx, dz }: Roof) => (Math.atan2(dz, Math.abs(dx)) * 180) / Math.PI;
  const endOf = ({ x, z, dx, dz, reach }: Roof): Vec3 => [x + dx * reach, -acPcMm, z + dz * reach];
  return {
    degrees: 180 - rise(leftRoof) - rise(rightRoof),
    vertex: [vertex[0], -acPcMm, vertex[1]],
    leftEnd: endOf(leftRoof),
    rightEnd: endOf(rightRoof),
  };
}

function roofOf(side: Volume, pose: HeadPose, outwards: -1 | 1): Roof | undefined {
  const border = upperBorder(largestPart(coronalSection(side, pose), sectionShape), outwards);
  return border === undefined ? undefined : fitRoof(border, outwards);
}

/** Mean of coronal sections around the plane of PC; x to the right, z up. */
function coronalSection(side: Volume, pose: HeadPose): Float32Array {
  const sum = new Float32Array(columns * rows);
  for (const offset of slabMm) {
    const y = offset - acPcMm;
    const move: Affine = [pixelMm, 0, 0, -halfWidthMm, 0, 0, 1, y, 0, pixelMm, 0, lowMm, 0, 0, 0, 1];
    const grid = {
      shape: [columns, rows, 1] as const,
      voxelToWorld: multiplyAffines(pose.poseToWorld, move),
    };
    const data = sampleSlice(side, grid, 0);
    for (let at = 0; at < sum.length; at++) sum[at]! += data[at]! / slabMm.length;
  }
  return sum;
}

/** Points of the upper border from the inner end to the end of the roof, mm; undefined without any. */
function upperBorder(section: Float32Array, outwards: -1 | 1): BorderPoint[] | undefined {
  const border: BorderPoint[] = [];
  for (let step = 0; step < columns; step++) {
    const column = outwards > 0 ? step : columns - 1 - step;
    let row = rows - 1;
    while (row >= 0 && section[column + columns * row]! < 0.5) row--;
    if (row < 0) continue;
    const below = section[column + columns * row]!;
    const above = row < rows - 1 ? section[column + columns * (row + 1)]! : 0;
    border.push([column * pixelMm - halfWidthMm, lowMm + pixelMm * (row + (below - 0.5) / (below - above))]);
  }
  const roof = border.slice(wallColumns);
  if (roof.length < fewestColumns) return undefined;
  const start = roof[0]![1];
  const top = Math.max(...roof.map(([, z]) => z));
  const risen = roof.findIndex(([, z]) => z >= start + roofRise * (top - start));
  return roof.slice(0, Math.max(risen + 1, leastColumns));
}

/** Least squares of the heights over the columns. */
function fitRoof(border: readonly BorderPoint[], outwards: -1 | 1): Roof {
  const n = border.length;
  const x = border.reduce((sum, point) => sum + point[0], 0) / n;
  const z = border.reduce((sum, point) => sum + point[1], 0) / n;
  const sxx = border.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  const sxz = border.reduce((sum, point) => sum + (point[0] - x) * (point[1] - z), 0);
  const slope = sxz / sxx;
  const [dx, dz] = [outwards / Math.hypot(1, slope), (outwards * slope) / Math.hypot(1, slope)];
  const [endX, endZ] = border.at(-1)!;
  return { x, z, dx, dz, reach: (endX - x) * dx + (endZ - z) * dz };
}

/** Where two lines meet; of lines that are nearly one, between the places where they are known. */
function meetingPoint(a: Roof, b: Roof): readonly [x: number, z: number] {
  const determinant = a.dx * b.dz - a.dz * b.dx;
  if (Math.abs(determinant) < 0.05) return [(a.x + b.x) / 2, (a.z + b.z) / 2];
  const along = ((b.x - a.x) * b.dz - (b.z - a.z) * b.dx) / determinant;
  return [a.x + along * a.dx, a.z + along * a.dz];
}
