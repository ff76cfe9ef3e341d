/**
 * Measures of a surface: what it encloses, its area, and whether it is closed.
 */
import { edgeEnd, leavingEdges } from './leaving-edges.ts';
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
    areaMm2 += Math.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2);
  }
  return { volumeMl: volumeMm3 / 1000, areaMm2, isClosed: isClosed(surface) };
}

/** Whether each edge occurs once in the other direction, so that it occurs once itself. */
function isClosed({ positions, triangles }: Surface): boolean {
  const { start, ends } = leavingEdges(triangles, 3, positions.length / 3);
  return triangles.every((to, at) => {
    const from = triangles[edgeEnd(at, 3)]!;
    let count = 0;
    for (let k = start[from]!; k < start[from + 1]!; k++) if (ends[k] === to) count++;
    return count === 1;
  });
}
