/**
 * Draws the borders of what was found to the edges of the scan with a dense conditional random field in three
 * dimensions, on the conformed grid (1 mm), in a box around the ventricles.
 */
import { type DenseCrfOptions, denseCrf3d, gridOf, resample, type Volume } from '@ventriseg/imaging';
import { boxInScan } from './label-regions.ts';
import type { ClassProbabilities } from './run-network.ts';

/** The field sees what is at least this probable ... */
const seenFrom = 0.3;
/** ... and this much around it, mm. */
const surroundingsMm = 8;

/**
 * @returns refined probabilities of the box; the same ones when nothing is probable enough
 * @throws the signal's reason when aborted
 */
export async function refineWithCrf(
  source: ClassProbabilities,
  conformed: Volume<Uint8Array>,
  options: Pick<DenseCrfOptions, 'signal' | 'onProgress'> = {},
): Promise<ClassProbabilities> {
  const whole = boxInScan(source.grid, conformed);
  if (whole === undefined) return source;
  const coarse = source.classes.map((data) => resample({ data, ...source.grid }, whole.grid).data);
  const box = probableBox(coarse, whole.grid.shape);
  if (box === undefined) return source;
  const [x0, y0, z0] = box.first as [number, number, number];
  const [bx, by, bz] = [0, 1, 2].map((axis) => box.last[axis]! - box.first[axis]! + 1) as [
    number,
    number,
    number,
  ];
  const count = bx * by * bz;
  const probabilities = new Float32Array((coarse.length + 1) * count);
  const intensities = new Uint8Array(count);
  const [wx, wy] = whole.grid.shape;
  const [cx, cy] = conformed.shape;
  const first = [whole.start[0] + x0, whole.start[1] + y0, whole.start[2] + z0] as const;
  for (let z = 0; z < bz; z++) {
    for (let y = 0; y < by; y++) {
      const to = bx * (y + by * z);
      const from = x0 + wx * (y0 + y + wy * (z0 + z));
      coarse.forEach((data, k) => {
        probabilities.set(data.subarray(from, from + bx), (k + 1) * count + to);
      });
      const seen = first[0] + cx * (first[1] + y + cy * (first[2] + z));
      intensities.set(conformed.data.subarray(seen, seen + bx), to);
    }
  }
  for (let at = 0; at < count; at++) {
    let rest = 1;
    for (let k = 1; k <= coarse.length; k++) rest -= probabilities[k * count + at]!;
    probabilities[at] = Math.max(0, rest);
  }
  const m = gridOf(conformed).voxelToWorld;
  const voxelToWorld = m.map((value, at) =>
    at % 4 === 3 && at < 12
      ? value + m[at - 3]! * first[0] + m[at - 2]! * first[1] + m[at - 1]! * first[2]
      : value,
  );
  const grid = { shape: [bx, by, bz] as const, voxelToWorld };
  const refined = await denseCrf3d(probabilities, { data: intensities, ...grid }, options);
  return {
    grid,
    classes: coarse.map((_, k) => refined.slice((k + 1) * count, (k + 2) * count)),
  };
}

function probableBox(
  classes: readonly Float32Array[],
  shape: readonly [number, number, number],
): { first: number[]; last: number[] } | undefined {
  const [nx, ny, nz] = shape;
  const first = [nx, ny, nz];
  const last = [-1, -1, -1];
  for (const data of classes) {
    for (let z = 0, at = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++, at++) {
          if (data[at]! < seenFrom) continue;
          if (x < first[0]!) first[0] = x;
          if (x > last[0]!) last[0] = x;
          if (y < first[1]!) first[1] = y;
          if (y > last[1]!) last[1] = y;
          if (z < first[2]!) first[2] = z;
          if (z > last[2]!) last[2] = z;
        }
      }
    }
  }
  if (last[0]! < 0) return undefined;
  return {
    first: first.map((value) => Math.max(0, value - surroundingsMm)),
    last: last.map((value, axis) => Math.min(shape[axis]! - 1, value + surroundingsMm)),
  };
}
