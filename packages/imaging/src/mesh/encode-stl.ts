/**
 * Surfaces as a binary STL file, for 3-D printing and for every program that shows meshes.
 *
 * 80 bytes of free text, the number of triangles, then 50 bytes a triangle: normal, three corners, all
 * little-endian float32, and a 16-bit attribute, 0 (3D Systems, "StereoLithography Interface Specification",
 * 1988). STL knows neither units nor colours nor names; the text says what it can. It must not begin with
 * `solid`, which is taken for the ASCII form. 3D Slicer reads `SPACE=RAS` in it, and takes coordinates without
 * it for LPS.
 */
import { areaVector, checkSurface, type Surface } from './surface.ts';

const header = 'Binary STL; UNITS=mm; SPACE=RAS; x to the right, y to the front, z up';
const headerBytes = 80;
const bytesPerTriangle = 50;

/**
 * All surfaces in one binary STL file.
 *
 * @throws ImagingError BAD_ARGUMENT when a surface's arrays do not fit each other.
 */
export function encodeStl(surfaces: readonly Surface[]): Uint8Array<ArrayBuffer> {
  for (const surface of surfaces) checkSurface(surface, 'encodeStl');
  const count = surfaces.reduce((sum, { triangles }) => sum + triangles.length / 3, 0);
  const bytes = new Uint8Array(headerBytes + 4 + count * bytesPerTriangle);
  bytes.set(new TextEncoder().encode(header.padEnd(headerBytes)));
  const view = new DataView(bytes.buffer);
  view.setUint32(headerBytes, count, true);
  let to = headerBytes + 4;
  for (const surface of surfaces) {
    for (let at = 0; at < surface.triangles.length; at += 3, to += bytesPerTriangle) {
      writeTriangle(view, to, surface, at);
    }
  }
  return bytes;
}

function writeTriangle(view: DataView, to: number, { positions, triangles }: Surface, at: number): void {
  const normal = areaVector(positions, triangles, at);
  // A triangle without area has the normal 0, 0, 0, as the format allows.
  const length = Math.hypot(...normal) || 1;
  for (let d = 0; d < 3; d++) {
    view.setFloat32(to + 4 * d, normal[d]! / length, true);
    for (let corner = 0; corner < 3; corner++) {
      view.setFloat32(to + 12 * (corner + 1) + 4 * d, positions[3 * triangles[at + corner]! + d]!, true);
    }
  }
}
