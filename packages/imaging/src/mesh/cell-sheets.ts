/**
 * Which sheets of a surface pass through a cell: the cube between eight neighbouring voxel centres.
 *
 * Corners are numbered x + 2y + 4z (each 0 or 1). Edges are numbered `4 * axis + u + 2 * v` and faces
 * `2 * axis + side`, where u and v are the places on the two axes that follow `axis` cyclically. An edge between
 * an inside and an outside corner is cut by the surface. On a face, two cut edges belong to the same sheet. With
 * four cut edges, inside and outside corners alternate, the face is ambiguous, and the cut edges are paired
 * either around the outside corners, which joins the inside ones across the face, or around the inside ones,
 * which parts them. (Nielson, "Dual marching cubes", IEEE Visualization 2004, gives each sheet a vertex of its
 * own; the table here is computed, not typed in.)
 */

/** The sheets of a cell. */
export interface CellSheets {
  /** Number of sheets, 0 to 4. */
  readonly count: number;
  /** Sheet of each of the 12 edges, from 0; -1 where the edge is not cut. */
  readonly ofEdge: Int8Array;
}

const table: (CellSheets | undefined)[] = new Array(256 * 64);

/**
 * The sheets of a cell.
 *
 * @param inside a bit for each corner that lies inside
 * @param parted a bit for each face on which, were it ambiguous, inside corners are parted instead of joined
 */
export function cellSheets(inside: number, parted: number): CellSheets {
  const at = inside * 64 + parted;
  table[at] ??= computeSheets(inside, parted);
  return table[at];
}

/** Number of the edge along an axis at u, v on the two axes that follow cyclically. */
export function edgeNumber(axis: number, u: number, v: number): number {
  return 4 * axis + u + 2 * v;
}

/** The two corners of each edge. */
export const edgeCorners: readonly (readonly [number, number])[] = Array.from({ length: 12 }, (_, edge) => {
  const axis = edge >> 2;
  const start = ((edge & 1) << ((axis + 1) % 3)) | (((edge >> 1) & 1) << ((axis + 2) % 3));
  return [start, start | (1 << axis)];
});

/** A face's corners and edges in turn around it: corner k lies between edges k - 1 and k. */
interface CellFace {
  readonly corners: readonly number[];
  readonly edges: readonly number[];
}

const faces: readonly CellFace[] = Array.from({ length: 6 }, (_, face) => {
  const axis = face >> 1;
  const side = face & 1;
  const u = (axis + 1) % 3;
  const v = (axis + 2) % 3;
  const corner = (onU: number, onV: number) => (side << axis) | (onU << u) | (onV << v);
  return {
    corners: [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)],
    edges: [edgeNumber(u, 0, side), edgeNumber(v, side, 1), edgeNumber(u, 1, side), edgeNumber(v, side, 0)],
  };
});

/** A bit for each face whose corners alternate between inside and outside, by the cell's inside corners. */
const ambiguousFaces = Uint8Array.from({ length: 256 }, (_, inside) =>
  faces.reduce((bits, { corners }, face) => {
    const [a, b, c, d] = corners.map((corner) => (inside >> corner) & 1);
    return a === c && b === d && a !== b ? bits | (1 << face) : bits;
  }, 0),
);

/** Whether a face's corners alternate between inside and outside. */
export function isAmbiguous(inside: number, face: number): boolean {
  return ((ambiguousFaces[inside]! >> face) & 1) === 1;
}

/**
 * Whether an ambiguous face is crossed twice by the same sheet; then its four cut edges belong to that sheet.
 */
export function isCrossedTwice(sheets: CellSheets, face: number): boolean {
  const [first, ...others] = faces[face]!.edges.map((edge) => sheets.ofEdge[edge]);
  return others.every((sheet) => sheet === first);
}

function computeSheets(inside: number, parted: number): CellSheets {
  const isInside = (corner: number) => ((inside >> corner) & 1) === 1;
  const isCut = (edge: number) => isInside(edgeCorners[edge]![0]) !== isInside(edgeCorners[edge]![1]);
  // Sheet of each edge while they are being joined: the lowest edge known to be on it.
  const lowest = Array.from({ length: 12 }, (_, edge) => edge);
  const join = (a: number, b: number) => {
    const [from, to] = [Math.max(lowest[a]!, lowest[b]!), Math.min(lowest[a]!, lowest[b]!)];
    for (let edge = 0; edge < 12; edge++) if (lowest[edge] === from) lowest[edge] = to;
  };
  faces.forEach(({ corners, edges }, face) => {
    if (isAmbiguous(inside, face)) {
      const around = ((parted >> face) & 1) === 1;
      corners.forEach((corner, k) => {
        if (isInside(corner) === around) join(edges[(k + 3) % 4]!, edges[k]!);
      });
    } else {
      const cut = edges.filter(isCut);
      if (cut.length === 2) join(cut[0]!, cut[1]!);
    }
  });
  const sheets = [...new Set(lowest.filter((_, edge) => isCut(edge)))];
  const ofEdge = Int8Array.from(lowest, (sheet, edge) => (isCut(edge) ? sheets.indexOf(sheet) : -1));
  return { count: sheets.length, ofEdge };
}
