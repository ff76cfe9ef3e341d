/** The connected parts of each class in a labelled box, and how they lie to each other. */
import { type Affine, type Grid, labelComponents, type Shape3, voxelSizesMm } from '@ventriseg/imaging';
import type { LabelledBox } from './label-regions.ts';

export interface LabelledPart {
  /** From 1, as in `Parts.partOf`. */
  readonly number: number;
  /** Number of its class, from 1. */
  readonly class: number;
  readonly voxels: number;
  /** Sum of its class's probability over its voxels. */
  readonly sum: number;
  /** First and last voxel along each axis. */
  readonly first: readonly number[];
  readonly last: readonly number[];
}

export interface Parts {
  readonly parts: readonly LabelledPart[];
  /** Number of the part of each voxel; 0 for background. */
  readonly partOf: Int32Array;
}

/** The connected parts (26 neighbours) of each class. */
export function findParts({ classes, probabilities, grid }: LabelledBox): Parts {
  const [nx, ny, nz] = grid.shape;
  const { labels: partOf, sizes } = labelComponents({ data: classes, shape: grid.shape }, { byValue: true });
  const parts = sizes.slice(1).map((voxels, at) => ({
    number: at + 1,
    class: 0,
    voxels,
    sum: 0,
    first: [nx, ny, nz],
    last: [-1, -1, -1],
  }));
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        const number = partOf[at]!;
        if (number === 0) continue;
        const part = parts[number - 1]!;
        const own = classes[at]!;
        part.class = own;
        part.sum += probabilities[own - 1]![at]!;
        const { first, last } = part;
        if (x < first[0]!) first[0] = x;
        if (x > last[0]!) last[0] = x;
        if (y < first[1]!) first[1] = y;
        if (y > last[1]!) last[1] = y;
        if (z < first[2]!) first[2] = z;
        if (z > last[2]!) last[2] = z;
      }
    }
  }
  return { parts, partOf };
}

/** Distance between the boxes around two parts, mm: at most that of the parts themselves. */
export function boxGapMm(a: LabelledPart, b: LabelledPart, grid: Grid): number {
  const sizes = voxelSizesMm(grid.voxelToWorld);
  return Math.hypot(
    ...sizes.map((size, axis) => {
      const gap = Math.max(a.first[axis]! - b.last[axis]!, b.first[axis]! - a.last[axis]!, 0);
      return gap * size;
    }),
  );
}

/** The part's voxels: their places, and where they stand in the box. */
export function* voxelsOfPart(
  { number, first, last }: LabelledPart,
  { partOf }: Parts,
  [nx, ny]: Shape3,
): Generator<readonly [x: number, y: number, z: number, at: number]> {
  for (let z = first[2]!; z <= last[2]!; z++) {
    for (let y = first[1]!; y <= last[1]!; y++) {
      for (let x = first[0]!; x <= last[0]!; x++) {
        const at = x + nx * (y + ny * z);
        if (partOf[at] === number) yield [x, y, z, at];
      }
    }
  }
}

/** Whether a voxel of one of the others lies within a distance, mm, of a voxel of the part. */
export function partComesWithin(
  part: LabelledPart,
  others: readonly LabelledPart[],
  parts: Parts,
  { shape, voxelToWorld }: Grid,
  mm: number,
): boolean {
  const [nx, ny, nz] = shape;
  const wanted = new Set(others.map(({ number }) => number));
  const steps = stepsWithin(voxelToWorld, mm);
  for (const [x, y, z] of voxelsOfPart(part, parts, shape)) {
    for (const [i, j, k] of steps) {
      const [p, q, r] = [x + i, y + j, z + k];
      if (p < 0 || q < 0 || r < 0 || p >= nx || q >= ny || r >= nz) continue;
      const other = parts.partOf[p + nx * (q + ny * r)]!;
      if (other !== 0 && wanted.has(other)) return true;
    }
  }
  return false;
}

/** The class of the kept parts that the part's voxels share most faces with; 0 when they touch none. */
export function touchedClasses(
  part: LabelledPart,
  kept: ReadonlySet<number>,
  parts: Parts,
  { classes, grid }: LabelledBox,
): number {
  const [nx, ny, nz] = grid.shape;
  const faces = new Map<number, number>();
  const count = (neighbour: number) => {
    const other = parts.partOf[neighbour]!;
    if (!kept.has(other)) return;
    const own = classes[neighbour]!;
    faces.set(own, (faces.get(own) ?? 0) + 1);
  };
  for (const [x, y, z, at] of voxelsOfPart(part, parts, grid.shape)) {
    if (x > 0) count(at - 1);
    if (x < nx - 1) count(at + 1);
    if (y > 0) count(at - nx);
    if (y < ny - 1) count(at + nx);
    if (z > 0) count(at - nx * ny);
    if (z < nz - 1) count(at + nx * ny);
  }
  let best = 0;
  for (const [own, n] of faces) {
    const most = faces.get(best) ?? 0;
    if (n > most || (n === most && own < best)) best = own;
  }
  return best;
}

/** Index steps to all voxels within a distance, in world mm, whatever the shape of the voxels, nearest first. */
function stepsWithin(affine: Affine, mm: number): readonly (readonly [number, number, number])[] {
  const columns = [0, 1, 2].map((axis) => [affine[axis]!, affine[4 + axis]!, affine[8 + axis]!]);
  const reach = columns.map((column) => Math.ceil(mm / Math.hypot(...column)));
  const steps: { readonly step: readonly [number, number, number]; readonly length: number }[] = [];
  for (let k = -reach[2]!; k <= reach[2]!; k++) {
    for (let j = -reach[1]!; j <= reach[1]!; j++) {
      for (let i = -reach[0]!; i <= reach[0]!; i++) {
        const move = [0, 1, 2].map(
          (row) => i * columns[0]![row]! + j * columns[1]![row]! + k * columns[2]![row]!,
        );
        const length = Math.hypot(...move);
        if (length <= mm) steps.push({ step: [i, j, k], length });
      }
    }
  }
  return steps.sort((a, b) => a.length - b.length).map(({ step }) => step);
}
