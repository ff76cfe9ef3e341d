/**
 * Normals at the vertices of a surface, for shading.
 */
import { areaVector, checkSurface, type Surface } from './surface.ts';

/**
 * x, y, z of the unit normal at each vertex, outwards: the mean of the triangles around it, weighted by area; 0
 * where they have none.
 *
 * @throws ImagingError BAD_ARGUMENT when the surface's arrays do not fit each other.
 */
export function vertexNormals(surface: Surface): Float32Array {
  checkSurface(surface, 'vertexNormals');
  const { positions, triangles } = surface;
  const normals = new Float32Array(positions.length);
  for (let at = 0; at < triangles.length; at += 3) {
    const normal = areaVector(positions, triangles, at);
    for (let corner = 0; corner < 3; corner++) {
      const v = 3 * triangles[at + corner]!;
      for (let d = 0; d < 3; d++) normals[v + d]! += normal[d]!;
    }
  }
  for (let v = 0; v < normals.length; v += 3) {
    const length = Math.sqrt(normals[v]! ** 2 + normals[v + 1]! ** 2 + normals[v + 2]! ** 2);
    if (length > 0) for (let d = 0; d < 3; d++) normals[v + d]! /= length;
  }
  return normals;
}
