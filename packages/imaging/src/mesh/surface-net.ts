/**
 * The net of quadrilaterals between the inside and the outside of a region, closed and manifold by construction.
 *
 * Surface nets (Gibson, "Constrained elastic surface nets", MICCAI 1998): each pair of face-neighbours, one
 * inside and one outside, is parted by a quadrilateral with a vertex in each of the four cells around it. A cell
 * that several sheets of the surface pass through has a vertex for each of them (see cell-sheets.ts), so that
 * the quadrilaterals around a vertex form one ring. Inside voxels that share an edge are joined; ones that share
 * a corner only are not.
 *
 * One knot is left: where both cells beside an ambiguous face have a sheet that crosses it twice, two edges of
 * four quadrilaterals would join the same two vertices (Wenger, "Isosurfaces", CRC Press 2013, on manifold dual
 * contouring). There the inside voxels are parted. That divides one sheet in each of the two cells and joins
 * none, so one pass over the faces unties all knots.
 */
import { ImagingError } from '../errors.ts';
import { cropMask, foregroundBox, growBox, type VoxelBox } from '../morphology/foreground-box.ts';
import type { Shape3, Vec3, Volume } from '../volume/volume.ts';
import { cellSheets, edgeCorners, edgeNumber, isAmbiguous, isCrossedTwice } from './cell-sheets.ts';

/** A net in voxel coordinates: fastest axis first, whole numbers are voxel centres. */
export interface SurfaceNet {
  /** x, y, z of each vertex. */
  readonly positions: Float64Array;
  /** x, y, z of the middle of each vertex's cell, which reaches 0.5 to each side. */
  readonly cellCentres: Float64Array;
  /** Four vertices a quadrilateral, counter-clockwise seen from outside where the axes are right-handed. */
  readonly quads: Uint32Array;
}

/** The cells in and around the region, x-fastest; each lies between the voxel of its own index and the next. */
interface Cells {
  readonly shape: Shape3;
  /** Voxel of the volume that is the first corner of the first cell; it may lie one before the grid. */
  readonly start: Vec3;
  /** A bit for each corner of each cell that lies inside. */
  readonly inside: Uint8Array;
  /** A bit for each face of each cell on which inside corners are parted. */
  readonly parted: Uint8Array;
}

/**
 * The net around the voxels above a level; what lies beyond the grid is outside, with value 0.
 *
 * The vertices of a mask, which holds two values only, lie in the middle of their cells, where voxels meet corner
 * to corner: the net encloses exactly the voxels. Otherwise a vertex lies at the mean of the points where the
 * edges of its cell cross the level.
 *
 * @throws ImagingError NON_FINITE when a voxel beside the surface is infinite or NaN
 */
export function surfaceNet(volume: Volume, level: number): SurfaceNet {
  const region = regionAbove(volume, level);
  const box = foregroundBox({ data: region, shape: volume.shape });
  if (box === undefined) {
    return { positions: new Float64Array(0), cellCentres: new Float64Array(0), quads: new Uint32Array(0) };
  }
  const cells = cellsAround(region, volume.shape, growBox(box, [1, 1, 1]));
  untieKnots(cells);
  const firstVertex = numberVertices(cells);
  const quads = joinVertices(cells, firstVertex);
  const cellCentres = centresOfCells(cells, firstVertex);
  const positions = hasTwoValues(volume) ? cellCentres : meanCrossings(cells, firstVertex, volume, level);
  return { positions, cellCentres, quads };
}

/** Whether no third value occurs, so that the volume is a mask. */
function hasTwoValues({ data }: Volume): boolean {
  let other: number | undefined;
  for (let at = 1; at < data.length; at++) {
    if (data[at] === data[0]) continue;
    other ??= data[at];
    if (data[at] !== other) return false;
  }
  return true;
}

/** 1 where the volume is above the level, 0 elsewhere. */
function regionAbove({ data }: Volume, level: number): Uint8Array {
  const region = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) if (data[at]! > level) region[at] = 1;
  return region;
}

function cellsAround(region: Uint8Array, shape: Shape3, box: VoxelBox): Cells {
  const voxels = cropMask(region, shape, box);
  const [bx, by, bz] = box.size;
  const size: Shape3 = [bx - 1, by - 1, bz - 1];
  const inside = new Uint8Array(size[0] * size[1] * size[2]);
  const cornerSteps = Int32Array.from(
    { length: 8 },
    (_, corner) => (corner & 1) + bx * (((corner >> 1) & 1) + by * (corner >> 2)),
  );
  for (let k = 0, cell = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, cell++) {
        const first = i + bx * (j + by * k);
        let bits = 0;
        for (let corner = 0; corner < 8; corner++) bits |= voxels[first + cornerSteps[corner]!]! << corner;
        inside[cell] = bits;
      }
    }
  }
  const start = box.start;
  return { shape: size, start, inside, parted: new Uint8Array(inside.length) };
}

/** Index steps from a cell to the next along each axis. */
function stepsOf([nx, ny]: Shape3): Shape3 {
  return [1, nx, nx * ny];
}

/** Parts the inside voxels on every face that would join the same two vertices twice. */
function untieKnots({ shape, inside, parted }: Cells): void {
  const steps = stepsOf(shape);
  for (let axis = 0; axis < 3; axis++) {
    const [lower, upper] = [2 * axis, 2 * axis + 1];
    // The last cells along an axis end outside the region, where no face is ambiguous.
    for (let cell = 0; cell < inside.length - steps[axis]!; cell++) {
      if (!isAmbiguous(inside[cell]!, upper)) continue;
      const next = cell + steps[axis]!;
      const isKnot =
        isCrossedTwice(cellSheets(inside[cell]!, parted[cell]!), upper) &&
        isCrossedTwice(cellSheets(inside[next]!, parted[next]!), lower);
      if (!isKnot) continue;
      parted[cell]! |= 1 << upper;
      parted[next]! |= 1 << lower;
    }
  }
}

/** Number of the first vertex of each cell; one entry more than cells, the last being the number of vertices. */
function numberVertices({ inside, parted }: Cells): Uint32Array {
  const first = new Uint32Array(inside.length + 1);
  for (let cell = 0; cell < inside.length; cell++) {
    first[cell + 1] = first[cell]! + cellSheets(inside[cell]!, parted[cell]!).count;
  }
  return first;
}

/** One quadrilateral for each cut edge between voxels, wound so that its front is outside. */
function joinVertices({ shape, inside, parted }: Cells, firstVertex: Uint32Array): Uint32Array {
  const steps = stepsOf(shape);
  const quads: number[] = [];
  for (let cell = 0; cell < inside.length; cell++) {
    const bits = inside[cell]!;
    if (bits === 0 || bits === 255) continue;
    for (let axis = 0; axis < 3; axis++) {
      // The edge that leaves the cell's first corner; the other cells around it lie one back on the other axes.
      const startsInside = bits & 1;
      if (startsInside === ((bits >> (1 << axis)) & 1)) continue;
      const backU = steps[(axis + 1) % 3]!;
      const backV = steps[(axis + 2) % 3]!;
      const vertex = (u: number, v: number) => {
        const around = cell - u * backU - v * backV;
        const sheets = cellSheets(inside[around]!, parted[around]!);
        return firstVertex[around]! + sheets.ofEdge[edgeNumber(axis, u, v)]!;
      };
      if (startsInside) quads.push(vertex(0, 0), vertex(1, 0), vertex(1, 1), vertex(0, 1));
      else quads.push(vertex(0, 0), vertex(0, 1), vertex(1, 1), vertex(1, 0));
    }
  }
  return Uint32Array.from(quads);
}

function centresOfCells({ shape, start, inside }: Cells, firstVertex: Uint32Array): Float64Array {
  const [nx, ny] = shape;
  const centres = new Float64Array(3 * firstVertex.at(-1)!);
  for (let cell = 0; cell < inside.length; cell++) {
    for (let vertex = firstVertex[cell]!; vertex < firstVertex[cell + 1]!; vertex++) {
      centres[3 * vertex] = start[0] + (cell % nx) + 0.5;
      centres[3 * vertex + 1] = start[1] + (Math.floor(cell / nx) % ny) + 0.5;
      centres[3 * vertex + 2] = start[2] + Math.floor(cell / (nx * ny)) + 0.5;
    }
  }
  return centres;
}

/** Means of the points where the edges of a vertex's cell that its sheet cuts cross the level. */
function meanCrossings(
  { shape, start, inside, parted }: Cells,
  firstVertex: Uint32Array,
  volume: Volume,
  level: number,
): Float64Array {
  const [nx, ny] = shape;
  const positions = new Float64Array(3 * firstVertex.at(-1)!);
  const values = new Float64Array(8);
  for (let cell = 0; cell < inside.length; cell++) {
    const { count, ofEdge } = cellSheets(inside[cell]!, parted[cell]!);
    if (count === 0) continue;
    const corner0 = [
      start[0] + (cell % nx),
      start[1] + (Math.floor(cell / nx) % ny),
      start[2] + Math.floor(cell / (nx * ny)),
    ] as const;
    for (let corner = 0; corner < 8; corner++) values[corner] = valueAt(volume, corner0, corner);
    for (let sheet = 0; sheet < count; sheet++) {
      const mean = meanCrossing(ofEdge, sheet, values, level);
      for (let d = 0; d < 3; d++) positions[3 * (firstVertex[cell]! + sheet) + d] = corner0[d]! + mean[d]!;
    }
  }
  return positions;
}

/** Mean of the crossings of one sheet in a cell, from its first corner. */
function meanCrossing(ofEdge: Int8Array, sheet: number, values: Float64Array, level: number): Vec3 {
  const sum: [number, number, number] = [0, 0, 0];
  let crossings = 0;
  for (let edge = 0; edge < 12; edge++) {
    if (ofEdge[edge] !== sheet) continue;
    const [low, high] = edgeCorners[edge]!;
    for (let d = 0; d < 3; d++) sum[d]! += (low >> d) & 1;
    sum[edge >> 2]! += (level - values[low]!) / (values[high]! - values[low]!);
    crossings++;
  }
  return [sum[0] / crossings, sum[1] / crossings, sum[2] / crossings];
}

/** Value at a corner of the cell that begins at a voxel, 0 beyond the grid. */
function valueAt({ data, shape }: Volume, first: Vec3, corner: number): number {
  const [nx, ny, nz] = shape;
  const x = first[0] + (corner & 1);
  const y = first[1] + ((corner >> 1) & 1);
  const z = first[2] + (corner >> 2);
  if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) return 0;
  const value = data[x + nx * (y + ny * z)]!;
  if (!Number.isFinite(value)) {
    throw new ImagingError(
      'NON_FINITE',
      `surface: voxel ${x}, ${y}, ${z} is ${value}; replace such voxels by finite numbers first`,
    );
  }
  return value;
}
