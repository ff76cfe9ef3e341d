/**
 * Surfaces as a binary PLY file, with their colours at the vertices and their names in comments.
 *
 * A header in ASCII, then 15 bytes a vertex (x, y, z as float32, red, green, blue) and 13 a triangle (the number
 * of its corners, three vertex numbers as int32), little-endian (Turk, "The PLY polygon file format", 1994).
 * Types bear their first names (float, uchar, int), which all readers know. 3D Slicer reads the comment
 * `SPACE=RAS`, and takes coordinates without it for LPS.
 */
import { ImagingError } from '../errors.ts';
import { checkSurface, type Surface } from './surface.ts';

export interface ColouredSurface extends Surface {
  /** For the file's comments; printable ASCII. */
  readonly title: string;
  /** Red, green, blue, 0 to 255. */
  readonly colour: readonly [red: number, green: number, blue: number];
}

export interface PlyOptions {
  /** Lines to put into the header, printable ASCII. */
  readonly comments?: readonly string[];
}

const bytesPerVertex = 15;
const bytesPerTriangle = 13;

/**
 * All surfaces in one binary little-endian PLY file, one after the other; a comment names each with its vertices.
 *
 * @throws ImagingError BAD_ARGUMENT when a surface's arrays do not fit each other, a colour is not three whole
 * numbers from 0 to 255, or a title or comment is not printable ASCII.
 */
export function encodePly(
  surfaces: readonly ColouredSurface[],
  options: PlyOptions = {},
): Uint8Array<ArrayBuffer> {
  for (const surface of surfaces) checkColoured(surface);
  const header = new TextEncoder().encode(plyHeader(surfaces, options.comments ?? []));
  const vertexBytes = countVertices(surfaces) * bytesPerVertex;
  const bytes = new Uint8Array(header.length + vertexBytes + countTriangles(surfaces) * bytesPerTriangle);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  let vertexAt = header.length;
  let triangleAt = header.length + vertexBytes;
  let firstVertex = 0;
  for (const surface of surfaces) {
    vertexAt = writeVertices(view, vertexAt, surface);
    triangleAt = writeTriangles(view, triangleAt, surface, firstVertex);
    firstVertex += surface.positions.length / 3;
  }
  return bytes;
}

function countVertices(surfaces: readonly Surface[]): number {
  return surfaces.reduce((sum, { positions }) => sum + positions.length / 3, 0);
}

function countTriangles(surfaces: readonly Surface[]): number {
  return surfaces.reduce((sum, { triangles }) => sum + triangles.length / 3, 0);
}

function plyHeader(surfaces: readonly ColouredSurface[], comments: readonly string[]): string {
  let first = 0;
  const contents = surfaces.map(({ title, colour, positions }) => {
    const count = positions.length / 3;
    const line = `${title}: ${count} vertices from ${first}, colour ${colour.join(' ')}`;
    first += count;
    return line;
  });
  const lines = ['UNITS=mm', 'SPACE=RAS', 'x to the right, y to the front, z up', ...comments, ...contents];
  const unprintable = lines.find((line) => !/^[ -~]*$/.test(line));
  if (unprintable !== undefined) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `encodePly: comments and titles must be printable ASCII in one line: ${JSON.stringify(unprintable)}`,
    );
  }
  return [
    'ply',
    'format binary_little_endian 1.0',
    ...lines.map((line) => `comment ${line}`),
    `element vertex ${countVertices(surfaces)}`,
    ...['x', 'y', 'z'].map((name) => `property float ${name}`),
    ...['red', 'green', 'blue'].map((name) => `property uchar ${name}`),
    `element face ${countTriangles(surfaces)}`,
    'property list uchar int vertex_indices',
    'end_header\n',
  ].join('\n');
}

/** Writes the vertices from a byte on; returns the byte after the last. */
function writeVertices(view: DataView, from: number, { positions, colour }: ColouredSurface): number {
  let to = from;
  for (let v = 0; v < positions.length; v += 3, to += bytesPerVertex) {
    for (let d = 0; d < 3; d++) {
      view.setFloat32(to + 4 * d, positions[v + d]!, true);
      view.setUint8(to + 12 + d, colour[d]!);
    }
  }
  return to;
}

/** Writes the triangles from a byte on; returns the byte after the last. */
function writeTriangles(view: DataView, from: number, { triangles }: Surface, firstVertex: number): number {
  let to = from;
  for (let at = 0; at < triangles.length; at += 3, to += bytesPerTriangle) {
    view.setUint8(to, 3);
    for (let corner = 0; corner < 3; corner++) {
      view.setInt32(to + 1 + 4 * corner, firstVertex + triangles[at + corner]!, true);
    }
  }
  return to;
}

function checkColoured(surface: ColouredSurface): void {
  checkSurface(surface, 'encodePly');
  const { colour, title } = surface;
  if (colour.length !== 3 || !colour.every((c) => Number.isInteger(c) && c >= 0 && c <= 255)) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `encodePly: colour of ${title} must be three whole numbers from 0 to 255, got ${colour.join(' ')}`,
    );
  }
}
