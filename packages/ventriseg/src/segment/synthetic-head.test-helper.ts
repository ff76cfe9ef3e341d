/** Made-up heads, defined in the world so that they can be sampled on any grid, and networks that see them. */
import {
  applyAffine,
  createVolume,
  type Grid,
  invertAffine,
  type Vec3,
  type Volume,
  voxelCount,
} from '@ventriseg/imaging';
import {
  add,
  buildInferenceGraph,
  concat,
  encodeModel,
  multiply,
  type Network,
  type Value,
} from 'onnx-autograd';
import * as onnxruntime from 'onnxruntime-node';
import { type PlanOverrides, resolveDatasetPlan } from '../dataset/plan.ts';
import type { SliceModelMetadata } from '../model/index.ts';
import { builtInRecipe } from '../recipes/index.ts';
import { softwareVersion } from '../software-version.ts';
import { type LoadedSliceModel, loadSliceModel } from './load-model.ts';

/** An ellipsoid, mm and RAS, with its intensity. */
export interface Blob {
  readonly centre: Vec3;
  readonly radii: Vec3;
  readonly value: number;
}

export const head: Blob = { centre: [0, 0, 0], radii: [70, 88, 75], value: 100 };
/** The patient's left is at negative x; the left one is larger, so that sides cannot be confused. */
export const leftVentricle: Blob = { centre: [-14, 4, 12], radii: [8, 30, 13], value: 220 };
export const rightVentricle: Blob = { centre: [14, 4, 12], radii: [6, 26, 11], value: 220 };

/** Six tenths of a blob's size and place: a small head takes a fifth of the time. */
export const small = ({ centre, radii, value }: Blob): Blob => ({
  centre: centre.map((mm) => 0.6 * mm) as unknown as Vec3,
  radii: radii.map((mm) => 0.6 * mm) as unknown as Vec3,
  value,
});

/** Field of view of a small head, mm. */
export const smallFieldMm: Vec3 = [108, 126, 108];

/** mL of an ellipsoid. */
export const mlOf = ({ radii: [a, b, c] }: Blob) => ((4 / 3) * Math.PI * a * b * c) / 1000;

/**
 * Calls `visit` with the index of each voxel in a box around the blob and its signed distance to the surface,
 * nearly, in mm; negative inside.
 */
export function aroundBlob(
  grid: Grid,
  { centre, radii }: Blob,
  visit: (at: number, mm: number) => void,
): void {
  const toVoxel = invertAffine(grid.voxelToWorld);
  const middle = applyAffine(toVoxel, centre);
  const largest = Math.max(...radii) + 2;
  const reach = [0, 4, 8].map((row) => largest * Math.hypot(...toVoxel.slice(row, row + 3)));
  const first = middle.map((value, axis) => Math.max(0, Math.floor(value - reach[axis]!)));
  const last = middle.map((value, axis) => Math.min(grid.shape[axis]! - 1, Math.ceil(value + reach[axis]!)));
  const m = grid.voxelToWorld.map((value, n) =>
    n % 4 === 3 && n < 12 ? value - centre[(n - 3) / 4]! : value,
  );
  for (let k = first[2]!; k <= last[2]!; k++) {
    for (let j = first[1]!; j <= last[1]!; j++) {
      for (let i = first[0]!; i <= last[0]!; i++) {
        const x = (m[0]! * i + m[1]! * j + m[2]! * k + m[3]!) / radii[0];
        const y = (m[4]! * i + m[5]! * j + m[6]! * k + m[7]!) / radii[1];
        const z = (m[8]! * i + m[9]! * j + m[10]! * k + m[11]!) / radii[2];
        const r = Math.sqrt(x * x + y * y + z * z);
        const gradient = Math.sqrt((x / radii[0]) ** 2 + (y / radii[1]) ** 2 + (z / radii[2]) ** 2);
        const mm = gradient === 0 ? -Math.min(...radii) : (r * (r - 1)) / gradient;
        visit(i + grid.shape[0] * (j + grid.shape[1] * k), mm);
      }
    }
  }
}

/** The blobs painted one over the other, with edges 1.5 mm wide as partial volume makes them, or of another width. */
export function paint(grid: Grid, blobs: readonly Blob[], edgeMm = 1.5): Volume<Uint8Array> {
  const data = new Uint8Array(voxelCount(grid.shape));
  for (const blob of blobs) {
    aroundBlob(grid, blob, (at, mm) => {
      const cover = Math.min(1, 0.5 - mm / edgeMm);
      if (cover > 0) data[at] = Math.round(data[at]! + (blob.value - data[at]!) * cover);
    });
  }
  return createVolume(data, grid.shape, grid.voxelToWorld);
}

/** The voxels whose centres lie in one of the blobs. */
export function maskOf(grid: Grid, blobs: readonly Blob[]): Volume<Uint8Array> {
  const data = new Uint8Array(voxelCount(grid.shape));
  for (const blob of blobs) {
    aroundBlob(grid, blob, (at, mm) => {
      if (mm < 0) data[at] = 1;
    });
  }
  return createVolume(data, grid.shape, grid.voxelToWorld);
}

/** An upright grid around the origin: voxel sizes in mm, fields of view in mm, turned about x then z (radians). */
export function gridAround(
  spacing: Vec3,
  fieldMm: Vec3 = [170, 200, 170],
  turn: readonly [number, number] = [0, 0],
): Grid {
  const shape = spacing.map((mm, axis) => Math.round(fieldMm[axis]! / mm)) as unknown as Vec3;
  const [cx, sx, cz, sz] = [Math.cos(turn[0]), Math.sin(turn[0]), Math.cos(turn[1]), Math.sin(turn[1])];
  const rotation = [
    [cz, -sz * cx, sz * sx],
    [sz, cz * cx, -cz * sx],
    [0, sx, cx],
  ];
  const voxelToWorld = rotation.flatMap((row) => {
    const steps = row.map((value, axis) => value * spacing[axis]!);
    return [...steps, -steps.reduce((sum, step, axis) => sum + (step * (shape[axis]! - 1)) / 2, 0)];
  });
  return { shape, voxelToWorld: [...voxelToWorld, 0, 0, 0, 1] };
}

/** One voxel of 1 mm a picture pixel, all slices: what the network says is what comes out. */
export const wholePlan: PlanOverrides = {
  slices: 'all',
  scaledSize: 256,
  crop: { rows: 256, columns: 256 },
};

/**
 * A model that labels by intensity: one class where it is over the first threshold; several where it is within 20
 * of each class's own.
 */
export function intensityModel(levels: readonly number[], plan: PlanOverrides): Uint8Array {
  const resolved = resolveDatasetPlan('2017', plan);
  const network: Network = {
    name: 'intensity',
    inputShape: [1, resolved.crop.rows, resolved.crop.columns],
    build(images) {
      const g = images.graph;
      const affine = (x: Value, scale: number, shift: number) =>
        add(multiply(x, g.scalar(scale)), g.scalar(shift));
      if (levels.length === 1) return affine(images, 255, -levels[0]!);
      const nothing = affine(images, 0, 0);
      const classes = levels.map((level) => {
        const difference = affine(images, 255 / 20, -level / 20);
        return affine(multiply(difference, difference), -20, 20);
      });
      return concat([nothing, ...classes], 1);
    },
  };
  const metadata: SliceModelMetadata = {
    formatVersion: 1,
    kind: 'slices-2d',
    name: 'intensity',
    software: softwareVersion,
    plan: resolved,
    recipe: builtInRecipe('ed-cnn-2017'),
    steps: 0,
  };
  return encodeModel(buildInferenceGraph(network, 1), {
    weights: new Map(),
    dynamicBatch: true,
    metadata: { ventriseg: JSON.stringify(metadata) },
  });
}

/** A model that finds the ventricles of the blobs above in scans of any kind of slices. */
export function loadVentricleModel(): Promise<LoadedSliceModel> {
  return loadIntensityModel([160.5], { slices: 'all' });
}

export function loadIntensityModel(
  levels: readonly number[],
  plan: PlanOverrides = wholePlan,
): Promise<LoadedSliceModel> {
  return loadSliceModel(intensityModel(levels, plan), 'test.onnx', onnxruntime, { intraOpNumThreads: 1 });
}
