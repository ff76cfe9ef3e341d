/**
 * Measures of a surface: what it encloses, its area, and whether it is closed.
 */
import { areaVector, checkSurface, coneVolume, type Surface } from './surface.ts';

export interface SurfaceMeasures {
  /** Enclosed volume by the divergence theorem; negative when normals point inwards, meaningless when not closed. */
  readonly volumeMl: number;
  readonly areaMm2: number;
  /** Whether every edge joins exactly two triangles that run along it in opposite directions. */
  readonly isClosed: boolean;
}

/**
 * Measures a surface; an empty one is closed.
 *
 * @throws ImagingError BAD_ARGUMENT when its arrays do not fit each other.
 */
export function measureSurface(surface: Surface): SurfaceMeasures {
  checkSurface(surface, 'measureSurface');
  const { positions, triangles } = surface;
  let volumeMm3 = 0;
  let areaMm2 = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const normal = areaVector(positions, triangles, at);
    volumeMm3 += coneVolume(positions, triangles, at, normal);
    areaMm2 += Math.hypot(...normal);
  }
  return { volumeMl: volumeMm3 / 1000, areaMm2, isClosed: isClosed(surface) };
}

/** Whether the edges, taken in both directions, are the same ones and none occurs twice. */
function isClosed({ positions, triangles }: Surface): boolean {
  const vertices = positions.length / 3;
  const forwards = new Float64Array(triangles.length);
  const backwards = new Float64Array(triangles.length);
  for (let at = 0; at < triangles.length; at++) {
    const from = triangles[at]!;
    const to = triangles[at % 3 === 2 ? at - 2 : at + 1]!;
    forwards[at] = from * vertices + to;
    backwards[at] = to * vertices + from;
  }
  forwards.sort();
  backwards.sort();
  return forwards.every((edge, at) => edge === backwards[at] && edge !== forwards[at + 1]);
}
