/**
 * A surface of triangles: the one form that is extracted, measured, drawn and written.
 */
import { ImagingError } from '../errors.ts';
import type { Vec3 } from '../volume/volume.ts';

export interface Surface {
  /** x, y, z of each vertex: world RAS, mm. */
  readonly positions: Float32Array;
  /** Three vertex numbers a triangle, counter-clockwise seen from outside, so that normals point outwards. */
  readonly triangles: Uint32Array;
}

/** Throws BAD_ARGUMENT, naming the caller, when the arrays do not fit each other. */
export function checkSurface({ positions, triangles }: Surface, caller: string): void {
  const wrong = (problem: string) => new ImagingError('BAD_ARGUMENT', `${caller}: ${problem}`);
  if (positions.length % 3 !== 0) throw wrong(`${positions.length} coordinates are not three a vertex`);
  if (triangles.length % 3 !== 0) throw wrong(`${triangles.length} vertex numbers are not three a triangle`);
  const vertices = positions.length / 3;
  const at = triangles.findIndex((vertex) => vertex >= vertices);
  if (at >= 0) {
    throw wrong(
      `triangle ${Math.floor(at / 3)} names vertex ${triangles[at]}, but there are only ${vertices} vertices`,
    );
  }
}

/**
 * Area times unit normal of a triangle, half the cross product of two of its sides. Over a closed surface, a
 * third of the sum around a vertex is the gradient of the enclosed volume by that vertex.
 *
 * @param at where the triangle's three numbers begin in `triangles`
 */
export function areaVector(positions: Float32Array | Float64Array, triangles: Uint32Array, at: number): Vec3 {
  const a = 3 * triangles[at]!;
  const b = 3 * triangles[at + 1]!;
  const c = 3 * triangles[at + 2]!;
  const ux = positions[b]! - positions[a]!;
  const uy = positions[b + 1]! - positions[a + 1]!;
  const uz = positions[b + 2]! - positions[a + 2]!;
  const vx = positions[c]! - positions[a]!;
  const vy = positions[c + 1]! - positions[a + 1]!;
  const vz = positions[c + 2]! - positions[a + 2]!;
  return [(uy * vz - uz * vy) / 2, (uz * vx - ux * vz) / 2, (ux * vy - uy * vx) / 2];
}

/**
 * Volume of the tetrahedron between a triangle and the origin, positive where the triangle faces away from it;
 * by the divergence theorem their sum over a closed surface is the enclosed volume.
 */
export function coneVolume(
  positions: Float32Array | Float64Array,
  triangles: Uint32Array,
  at: number,
  [nx, ny, nz]: Vec3 = areaVector(positions, triangles, at),
): number {
  const a = 3 * triangles[at]!;
  return (positions[a]! * nx + positions[a + 1]! * ny + positions[a + 2]! * nz) / 3;
}
