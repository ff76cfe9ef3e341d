/**
 * The ways in which a scan is changed to see what a model bears. Each gives the scan and, made in the same way, the
 * labels that are true for it.
 */
import {
  applyAffine,
  axisCodes,
  conformGrid,
  dilate,
  fillHoles,
  type Grid,
  gridOf,
  invertAffine,
  labelMask,
  multiplyAffines,
  reorient,
  resample,
  rigidAbout,
  rigidToAffine,
  type Shape3,
  type Vec3,
  type Volume,
  voxelMeans,
  voxelSizesMm,
  voxelVolumeMl,
} from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { moveScan } from 'ventriseg';
import { labelVoxels } from '../../packages/ventriseg/src/segment/label-regions.ts';
import { paintLesions, type WhiteMatterLesions } from '../../packages/ventriseg/src/synthesis/index.ts';
import { slotLabels } from '../../packages/ventriseg/src/synthesis/tissues.ts';
import { displace, ventricleGrowth } from '../../packages/ventriseg/src/synthesis/ventricle-growth.ts';
import { linearAt } from '../../test/linear-at.ts';
import { inverted, middleOf, regrid, withNoise } from '../change-scan.ts';

/** A scan and its true labels by FreeSurfer's numbers, on one grid, and a mask of its brain. */
export interface LabelledHead {
  readonly scan: Volume;
  readonly labels: Volume<Uint8Array>;
  /** Where any structure of the brain is labelled. */
  readonly brain: Volume<Uint8Array>;
  /** Masks of the lateral ventricles, with horns and plexus, and of the white matter. */
  readonly ventricles: Uint8Array;
  readonly whiteMatter: Uint8Array;
}

export interface Variation {
  readonly name: string;
  /** Heading that it stands under. */
  readonly kind: string;
  /** undefined where it makes no sense for the head, such as stripping a stripped one. */
  make(head: LabelledHead, wholeHead: boolean): Pick<LabelledHead, 'scan' | 'labels'> | undefined;
}

const orders = ['RAS', 'LPS', 'ASR', 'PIL', 'SPR', 'IRP', 'LIA', 'RSP'];

/** Every variation, the scan as it is first. */
export const variations: readonly Variation[] = [
  { kind: 'none', name: 'as it is', make: ({ scan, labels }) => ({ scan, labels }) },
  ...orders.map((order) => of('storage', order, (head) => both(head, (v) => reorient(v, order)))),
  ...turns('rotation', [10, 20, 30]),
  ...[0.5, 10, 25].map((mm) =>
    of('shift', `${mm} mm`, (head) => {
      const motion = rigidToAffine(rigidAbout([0, 0, 0], [0, 0, 0], [mm, -mm, mm]));
      return moved(head, motion);
    }),
  ),
  ...[0.7, 1.2, 1.5, 2].map((mm) =>
    of('resolution', `${mm} mm`, (head) => onGrid(head, regrid(head.scan, [mm, mm, mm]))),
  ),
  ...(['sagittal', 'coronal', 'axial'] as const).map((plane, axis) =>
    of('resolution', `1 x 1 x 5 mm, ${plane}`, (head) => {
      const upright = both(head, (v) => reorient(v, 'RAS'));
      const sizes = [0, 1, 2].map((a) => (a === axis ? 5 : 1)) as unknown as Vec3;
      return onGrid({ ...head, ...upright }, regrid(upright.scan, sizes));
    }),
  ),
  ...[3, 6, 10].map((percent) =>
    of('noise', `${percent} % of tissue`, ({ scan, labels }) => ({
      scan: withNoise(scan, percent / 100),
      labels,
    })),
  ),
  ...[20, 40, 60].map((percent) =>
    of('bias field', `+-${percent} %`, ({ scan, labels }) => ({
      scan: withBias(scan, percent / 100),
      labels,
    })),
  ),
  of('field of view', 'neck cut off', (head) => cropped(head, 'below')),
  of('field of view', 'vertex cut off', (head) => cropped(head, 'above')),
  {
    kind: 'field of view',
    name: 'skull-stripped',
    make: ({ scan, labels, brain }, wholeHead) =>
      wholeHead ? { scan: masked(scan, brain), labels } : undefined,
  },
  {
    kind: 'field of view',
    name: 'defaced',
    make: (head, wholeHead) => (wholeHead ? { scan: defaced(head), labels: head.labels } : undefined),
  },
  ...[1, 2].map((degrees) =>
    of('motion', `nodding by ${degrees} and ${2 * degrees} degrees`, ({ scan, labels }) => ({
      scan: withMotion(scan, degrees),
      labels,
    })),
  ),
  of('intensity', 'inverted in the head', ({ scan, labels }) => ({ scan: inverted(scan), labels })),
  ...[3, 6].map((mm) => of('size', `ventricles widened by ${mm} mm`, (head) => widened(head, mm))),
  // Halfway to the fluid's brightness is a little darker than cortex.
  lesions('a rim of 1.5 mm', { haloMm: 1.5, edgeMm: 1.5, patchesAbove: 2.5, towardsFluid: 0.4 }),
  lesions('a halo of 3 mm, patches', { haloMm: 3, edgeMm: 1.5, patchesAbove: 2, towardsFluid: 0.4 }),
  lesions('a dark halo of 3 mm, patches', { haloMm: 3, edgeMm: 1.5, patchesAbove: 2, towardsFluid: 0.55 }),
  lesions('a halo of 6 mm, many patches', { haloMm: 6, edgeMm: 1.5, patchesAbove: 1.3, towardsFluid: 0.4 }),
];

function of(
  kind: string,
  name: string,
  make: (head: LabelledHead) => Pick<LabelledHead, 'scan' | 'labels'>,
): Variation {
  return { kind, name, make };
}

function turns(kind: string, degrees: readonly number[]): Variation[] {
  const axes = ['pitch', 'roll', 'yaw'];
  const world = [0, 1, 2];
  return degrees.flatMap((angle) =>
    world.map((axis) =>
      of(kind, `${angle} degrees of ${axes[axis]}`, (head) => {
        const turn = world.map((a) => (a === axis ? (angle * Math.PI) / 180 : 0)) as unknown as Vec3;
        return moved(head, rigidToAffine(rigidAbout(middleOf(head.scan), turn, [0, 0, 0])));
      }),
    ),
  );
}

/** White matter as old age has it; see `paintLesions`. */
function lesions(name: string, painted: WhiteMatterLesions): Variation {
  return of('white matter lesions', name, ({ scan, labels, ventricles, whiteMatter }) => {
    const image = Float32Array.from(scan.data);
    const voxelMm = Math.cbrt(1000 * voxelVolumeMl(scan));
    paintLesions(
      { image, ventricles, whiteMatter, shape: scan.shape, voxelMm },
      painted,
      new SeededRandom(1),
    );
    return { scan: { ...scan, data: image }, labels };
  });
}

/**
 * The walls of the ventricles moved outwards and the tissue with them (see `ventricleGrowth`), on the same grid; brightness
 * is interpolated, labels are read at the nearest voxel.
 */
function widened({ scan, labels }: LabelledHead, mm: number) {
  const standard = conformGrid(scan);
  const numbers = resample(labels, standard, { method: 'nearest' }).data;
  const slots = Uint8Array.from(numbers, (number) => slotLabels.indexOf(number));
  const growth = ventricleGrowth(slots, mm, new SeededRandom(1));
  const toScan = multiplyAffines(invertAffine(scan.voxelToWorld), standard.voxelToWorld);
  const toStandard = invertAffine(toScan);
  const [nx, ny] = scan.shape;
  const image = Float32Array.from(scan.data);
  const wide = Uint8Array.from(labels.data);
  const point = new Float64Array(3);
  eachVoxel(scan, (at, voxel) => {
    point.set(applyAffine(toStandard, voxel));
    displace(growth, point);
    const [x, y, z] = applyAffine(toScan, point as unknown as Vec3);
    if (![x, y, z].every((value, axis) => value >= 0 && value <= scan.shape[axis]! - 1)) return;
    image[at] = linearAt(scan, [x, y, z]);
    wide[at] = labels.data[Math.round(x) + nx * (Math.round(y) + ny * Math.round(z))]!;
  });
  return { scan: { ...scan, data: image }, labels: { ...labels, data: wide } };
}

function both(head: LabelledHead, change: <T extends Volume>(volume: T) => Volume) {
  return { scan: change(head.scan), labels: change(head.labels) as Volume<Uint8Array> };
}

/** The head moved in the field of view: interpolated on the same grid. */
function moved({ scan, labels }: LabelledHead, motion: readonly number[]) {
  const grid = gridOf(scan);
  const carried = { ...labels, voxelToWorld: multiplyAffines(motion, labels.voxelToWorld) };
  return { scan: moveScan(scan, motion, grid), labels: labelsOn(carried, grid) };
}

function onGrid({ scan, labels }: Pick<LabelledHead, 'scan' | 'labels'>, grid: Grid) {
  return { scan: resample(scan, grid, { antiAlias: true }), labels: labelsOn(labels, grid) };
}

/** The label with the largest share of each voxel that is over half labelled, so that borders move by no half voxel. */
function labelsOn(labels: Volume<Uint8Array>, grid: Grid): Volume<Uint8Array> {
  const numbers = [4, 43, 5, 44, 14, 15];
  const shares = numbers.map((number) => voxelMeans(labelMask(labels, [number]), grid).data);
  const data = labelVoxels(shares, 0.5).map((k) => (k === 0 ? 0 : numbers[k - 1]!));
  return { data, shape: grid.shape, voxelToWorld: grid.voxelToWorld };
}

/** A smooth field over the head: brighter on one side, darker on the other, along all three axes. */
function withBias(scan: Volume, share: number): Volume {
  const [nx, ny, nz] = scan.shape;
  const data = Float32Array.from(scan.data);
  eachVoxel(scan, (at, [x, y, z]) => {
    const field =
      Math.sin((Math.PI * x) / nx) * Math.cos((Math.PI * y) / ny) + Math.cos((Math.PI * z) / nz) / 2;
    data[at]! *= 1 + (share * field) / 1.5;
  });
  return { ...scan, data };
}

/** Where a face must not be left: in front of a plane from the forehead to below the middle of the brain. */
const faceFrom = { upShare: 0.5, inFrontMm: 8 };
const faceTo = { forwardShare: 0.55 };
/** What a defacing tool keeps around the brain. */
const keptMm = 5;

/** Without its face, as scans are before they are shared. */
function defaced({ scan, brain }: LabelledHead): Volume<Float32Array> {
  const kept = dilate(brain, { radiusMm: keptMm }).data;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  eachVoxel(scan, (at, voxel) => {
    if (brain.data[at] === 0) return;
    applyAffine(scan.voxelToWorld, voxel).forEach((mm, axis) => {
      low[axis] = Math.min(low[axis]!, mm);
      high[axis] = Math.max(high[axis]!, mm);
    });
  });
  const [, back, bottom] = low as [number, number, number];
  const [, front, top] = high as [number, number, number];
  const up = bottom + faceFrom.upShare * (top - bottom);
  const [y0, y1] = [front + faceFrom.inFrontMm, back + faceTo.forwardShare * (front - back)];
  const data = Float32Array.from(scan.data);
  eachVoxel(scan, (at, voxel) => {
    const [, y, z] = applyAffine(scan.voxelToWorld, voxel);
    if (z < up && y > y0 - ((y0 - y1) * (up - z)) / (up - bottom) && kept[at] === 0) data[at] = 0;
  });
  return { ...scan, data };
}

function eachVoxel({ shape: [nx, ny, nz] }: Grid, visit: (at: number, voxel: Vec3) => void) {
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) visit(at, [x, y, z]);
    }
  }
}

/** Share of the head that a head in motion shows again, half a field of view away along the phase encoding. */
const ghostShare = 0.1;

/** As of a head that nodded while it was taken: the mean of three poses, and a ghost of it in front and behind. */
function withMotion(scan: Volume, degrees: number): Volume<Float32Array> {
  const middle = middleOf(scan);
  const poses = [0, degrees, -2 * degrees].map((angle) =>
    moveScan(
      scan,
      rigidToAffine(rigidAbout(middle, [(angle * Math.PI) / 180, 0, 0], [0, 0, 0])),
      gridOf(scan),
    ),
  );
  const upright = poses.map((pose) => reorient(pose, 'RAS'));
  const { shape } = upright[0]!;
  const [nx, ny] = shape;
  const blurred = upright[0]!.data.map((_, at) => upright.reduce((sum, { data }) => sum + data[at]!, 0) / 3);
  const data = Float32Array.from(blurred, (value, at) => {
    const row = Math.floor(at / nx) % ny;
    const ghost = blurred[at + nx * (((row + (ny >> 1)) % ny) - row)]!;
    return (1 - ghostShare) * value + ghostShare * ghost;
  });
  return reorient({ ...upright[0]!, data }, axisCodes(scan.voxelToWorld));
}

/** Without what lies 25 mm below, or 10 mm above, the ventricles. */
function cropped(head: LabelledHead, side: 'below' | 'above') {
  const { scan, labels } = both(head, (v) => reorient(v, 'RAS'));
  const [nx, ny, nz] = labels.shape;
  let first = nz;
  let last = 0;
  for (let at = 0; at < labels.data.length; at++) {
    if (labels.data[at] === 0) continue;
    const z = Math.floor(at / (nx * ny));
    first = Math.min(first, z);
    last = Math.max(last, z);
  }
  const mm = voxelSizesMm(labels.voxelToWorld)[2];
  const from = side === 'below' ? Math.max(0, first - Math.round(25 / mm)) : 0;
  const to = side === 'above' ? Math.min(nz, last + 1 + Math.round(10 / mm)) : nz;
  const origin = applyAffine(labels.voxelToWorld, [0, 0, from]);
  const voxelToWorld = labels.voxelToWorld.map((v, at) =>
    at < 12 && at % 4 === 3 ? origin[(at - 3) / 4]! : v,
  );
  const shape: Shape3 = [nx, ny, to - from];
  const cut = <T extends Volume>(volume: T) => ({
    data: volume.data.slice(nx * ny * from, nx * ny * to),
    shape,
    voxelToWorld,
  });
  return { scan: cut(scan), labels: cut(labels) as Volume<Uint8Array> };
}

/** Only the brain and what lies within 3 mm of it, as programs that strip skulls leave it. */
function masked(scan: Volume, brain: Volume<Uint8Array>): Volume {
  const mask = fillHoles(dilate(brain, { radiusMm: 3 })).mask.data;
  return { ...scan, data: scan.data.map((value, at) => (mask[at] === 0 ? 0 : value)) as Volume['data'] };
}
