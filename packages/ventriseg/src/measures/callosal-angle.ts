/**
 * The callosal angle: between the roofs of the two lateral ventricles in the coronal plane through the posterior
 * commissure, at right angles to the AC-PC line (Ishii et al., Eur Radiol 18, 2008). Below 90 degrees it speaks for
 * normal-pressure hydrocephalus; 100 to 130 is usual.
 *
 * The roof of a side is its upper border from its inner end to its highest point. A straight line is fitted to it by
 * total least squares, every piece of the border counting by its length, so that steep roofs count like flat ones.
 */
import {
  type Affine,
  labelComponents,
  multiplyAffines,
  resample,
  type Vec3,
  type Volume,
} from '@ventriseg/imaging';
import { acPcMm, type HeadPose } from './head-pose.ts';

/** Size of a pixel of the coronal section, mm. */
const pixelMm = 0.5;
/** Sections are means over this far in front of and behind the plane, mm: single voxels even out. */
const halfSlabMm = 1;
/** Half the width of the section, and its lower and upper end, in the pose, mm. */
const halfWidthMm = 60;
const lowMm = -30;
const highMm = 90;
/** Roofs shorter than this, mm, have no direction to speak of. */
const shortestRoofMm = 5;

const columns = (2 * halfWidthMm) / pixelMm + 1;
const rows = (highMm - lowMm) / pixelMm + 1;

export interface CallosalAngle {
  readonly degrees: number;
  /** Where the lines of the roofs meet, and how far each is followed, in the pose, mm. */
  readonly vertex: Vec3;
  readonly leftEnd: Vec3;
  readonly rightEnd: Vec3;
}

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
  const border = upperBorder(largestPart(coronalSection(side, pose)), outwards);
  return border === undefined ? undefined : fitRoof(border, outwards);
}

/** Mean of three coronal sections around the plane of PC; x to the right, z up. */
function coronalSection(side: Volume, pose: HeadPose): Float32Array {
  const sum = new Float32Array(columns * rows);
  for (const offset of [-halfSlabMm, 0, halfSlabMm]) {
    const y = offset - acPcMm;
    const move: Affine = [pixelMm, 0, 0, -halfWidthMm, 0, 0, 1, y, 0, pixelMm, 0, lowMm, 0, 0, 0, 1];
    const grid = {
      shape: [columns, rows, 1] as const,
      voxelToWorld: multiplyAffines(pose.poseToWorld, move),
    };
    const { data } = resample(side, grid);
    for (let at = 0; at < sum.length; at++) sum[at]! += data[at]! / 3;
  }
  return sum;
}

/** The section with all but its largest connected part (values of one half and more) set to 0. */
function largestPart(section: Float32Array): Float32Array {
  const mask = Uint8Array.from(section, (value) => (value >= 0.5 ? 1 : 0));
  const { labels, sizes } = labelComponents({ data: mask, shape: [columns, rows, 1] });
  let largest = 1;
  for (let part = 2; part < sizes.length; part++) if (sizes[part]! > sizes[largest]!) largest = part;
  return section.map((value, at) => (labels[at] === largest || value < 0.5 ? value : 0));
}

/** Points of the upper border from the inner end to the highest point, mm; undefined without any. */
function upperBorder(
  section: Float32Array,
  outwards: -1 | 1,
): (readonly [x: number, z: number])[] | undefined {
  const border: (readonly [x: number, z: number])[] = [];
  let highest = -1;
  for (let step = 0; step < columns; step++) {
    const column = outwards > 0 ? step : columns - 1 - step;
    let row = rows - 1;
    while (row >= 0 && section[column + columns * row]! < 0.5) row--;
    if (row < 0) continue;
    const below = section[column + columns * row]!;
    const above = row < rows - 1 ? section[column + columns * (row + 1)]! : 0;
    const z = lowMm + pixelMm * (row + (below - 0.5) / (below - above));
    border.push([column * pixelMm - halfWidthMm, z]);
    if (highest < 0 || z > border[highest]![1]) highest = border.length - 1;
  }
  return highest < 1 ? undefined : border.slice(0, highest + 1);
}

/** Total least squares over the border's pieces, each with the weight of its length. */
function fitRoof(border: readonly (readonly [x: number, z: number])[], outwards: -1 | 1): Roof | undefined {
  let [length, sx, sz, sxx, sxz, szz] = [0, 0, 0, 0, 0, 0];
  for (let n = 1; n < border.length; n++) {
    const [ax, az] = border[n - 1]!;
    const [bx, bz] = border[n]!;
    const piece = Math.hypot(bx - ax, bz - az);
    const [x, z] = [(ax + bx) / 2, (az + bz) / 2];
    length += piece;
    sx += piece * x;
    sz += piece * z;
    // Second moments of a straight piece about its middle are a twelfth of its extents squared.
    sxx += piece * (x * x + (bx - ax) ** 2 / 12);
    sxz += piece * (x * z + ((bx - ax) * (bz - az)) / 12);
    szz += piece * (z * z + (bz - az) ** 2 / 12);
  }
  if (length < shortestRoofMm) return undefined;
  const [x, z] = [sx / length, sz / length];
  const [cxx, cxz, czz] = [sxx / length - x * x, sxz / length - x * z, szz / length - z * z];
  const angle = Math.atan2(2 * cxz, cxx - czz) / 2;
  const [ux, uz] = [Math.cos(angle), Math.sin(angle)];
  // A vertical line has no outward side; it then runs upwards.
  const sign = Math.abs(ux) < 1e-9 ? Math.sign(uz) : Math.sign(ux) * outwards;
  const [dx, dz] = [sign * ux, sign * uz];
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
