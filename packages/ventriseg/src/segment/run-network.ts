/**
 * Runs a slice network over the part of a conformed scan that its plan covers, and stacks the probabilities.
 *
 * The stack stays on the grid of the pictures (say 2 x 2 x 1 mm): it is interpolated once, straight to the grid
 * where labels are wanted, and its memory is small. Pictures without a trace of a class are dropped at once,
 * and the stack is cut to the box that holds all traces.
 */
import { type Grid, multiplyAffines, type Volume } from '@ventriseg/imaging';
import { outputClasses } from '../recipes/index.ts';
import { extractSlice, planeAxes, type SlicePlan, sliceToVoxel } from '../slices/index.ts';
import type { Extent } from './find-head.ts';
import type { LoadedSliceModel } from './load-model.ts';
import { type NetworkView, networkView } from './network-view.ts';

/** Probabilities of the classes, background left out, on one grid. */
export interface ClassProbabilities {
  readonly grid: Grid;
  /** One array a class of the plan, 0 to 1, x-fastest. */
  readonly classes: readonly Float32Array[];
}

export interface NetworkResult {
  /** undefined when no picture shows a trace of any class. */
  readonly probabilities: ClassProbabilities | undefined;
  readonly view: NetworkView;
}

/** Pictures a run of the network. */
const batchSize = 16;
/** Probability below which a pixel shows no trace of a class. */
const trace = 0.01;
/** Pixels kept around the traces, so that interpolation fades out. */
const margin = 2;

/**
 * @param conformed 256^3, LIA, uint8
 * @param head extent of the head along the conformed axes; slices outside are not run
 * @throws VentrisegError MODEL_FAILED; the signal's reason when aborted
 */
export async function runNetwork(
  conformed: Volume<Uint8Array>,
  model: LoadedSliceModel,
  head: readonly [Extent, Extent, Extent],
  options: { signal?: AbortSignal | undefined; onProgress?: (done: number, total: number) => void } = {},
): Promise<NetworkResult> {
  const { plan } = model.metadata;
  const { rows, columns } = plan.crop;
  const pixels = rows * columns;
  const channels = outputClasses(plan.classes.length);
  const skip = channels === 1 ? 0 : 1;
  const along = head[planeAxes[plan.plane].slice]!;
  const first = Math.max(plan.slices.first, along.first);
  const last = Math.min(plan.slices.last, along.last);
  const kept = plan.classes.map(() => new Map<number, Float32Array>());
  const box = new PictureBox(rows, columns);
  for (let start = first; start <= last; start += batchSize) {
    options.signal?.throwIfAborted();
    const count = Math.min(batchSize, last + 1 - start);
    const batch = new Float32Array(count * pixels);
    for (let n = 0; n < count; n++) {
      const picture = extractSlice(conformed, plan, start + n);
      const base = n * pixels;
      for (let i = 0; i < pixels; i++) batch[base + i] = picture[i]! / plan.intensityDivisor;
    }
    const output = await model.run(batch, count);
    for (let n = 0; n < count; n++) {
      kept.forEach((pictures, k) => {
        const base = (n * channels + k + skip) * pixels;
        const picture = output.subarray(base, base + pixels);
        if (box.include(picture, start + n)) pictures.set(start + n, picture.slice());
      });
    }
    options.onProgress?.(start + count - first, last + 1 - first);
  }
  options.signal?.throwIfAborted();
  const slices = { first, last };
  return {
    view: networkView(conformed, plan, slices, along),
    probabilities: stack(kept, box.grown(slices), plan, conformed),
  };
}

interface StackBox {
  readonly rows: Extent;
  readonly columns: Extent;
  readonly slices: Extent;
}

/** The rows, columns and slices with traces. */
class PictureBox {
  private readonly rowCount: number;
  private readonly columnCount: number;
  private traces = emptyBox();

  constructor(rows: number, columns: number) {
    this.rowCount = rows;
    this.columnCount = columns;
  }

  /** Whether the picture has traces. */
  include(picture: Float32Array, slice: number): boolean {
    let any = false;
    for (let row = 0, at = 0; row < this.rowCount; row++) {
      for (let column = 0; column < this.columnCount; column++, at++) {
        if (!(picture[at]! >= trace)) continue;
        any = true;
        widen(this.traces, row, column, slice);
      }
    }
    return any;
  }

  grown(run: Extent): StackBox | undefined {
    const { rows, columns, slices } = this.traces;
    if (rows.last < rows.first) return undefined;
    return {
      rows: grow(rows, { first: 0, last: this.rowCount - 1 }),
      columns: grow(columns, { first: 0, last: this.columnCount - 1 }),
      slices: grow(slices, run),
    };
  }
}

type MutableBox = { [side in keyof StackBox]: { first: number; last: number } };

function emptyBox(): MutableBox {
  const none = () => ({ first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY });
  return { rows: none(), columns: none(), slices: none() };
}

function widen(box: MutableBox, row: number, column: number, slice: number): void {
  const { rows, columns, slices } = box;
  if (row < rows.first) rows.first = row;
  if (row > rows.last) rows.last = row;
  if (column < columns.first) columns.first = column;
  if (column > columns.last) columns.last = column;
  if (slice < slices.first) slices.first = slice;
  if (slice > slices.last) slices.last = slice;
}

function grow({ first, last }: Extent, within: Extent): Extent {
  return { first: Math.max(within.first, first - margin), last: Math.min(within.last, last + margin) };
}

function stack(
  kept: readonly ReadonlyMap<number, Float32Array>[],
  box: StackBox | undefined,
  plan: SlicePlan,
  conformed: Volume,
): ClassProbabilities | undefined {
  if (box === undefined) return undefined;
  const { rows, columns, slices } = box;
  const nx = columns.last - columns.first + 1;
  const ny = rows.last - rows.first + 1;
  const nz = slices.last - slices.first + 1;
  const classes = kept.map((pictures) => {
    const data = new Float32Array(nx * ny * nz);
    for (const [slice, picture] of pictures) {
      for (let y = 0; y < ny; y++) {
        const from = (rows.first + y) * plan.crop.columns + columns.first;
        data.set(picture.subarray(from, from + nx), nx * (y + ny * (slice - slices.first)));
      }
    }
    return data;
  });
  const toVoxel = sliceToVoxel(plan, slices.first);
  const start = [1, 0, 0, columns.first, 0, 1, 0, rows.first, 0, 0, 1, 0, 0, 0, 0, 1];
  const voxelToWorld = multiplyAffines(conformed.voxelToWorld, multiplyAffines(toVoxel, start));
  return { grid: { shape: [nx, ny, nz], voxelToWorld }, classes };
}
