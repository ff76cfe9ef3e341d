/** Scans that must not give numbers without a word: of the wrong kind, spoiled, cut, or of no head at all. */
import {
  applyAffine,
  cropVolume,
  dilate,
  foregroundBox,
  reorient,
  resample,
  type Shape3,
  type Volume,
  voxelCount,
} from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { ricianNoise } from '../../packages/ventriseg/src/synthesis/rician-noise.ts';
import { inverted, middleOf, regrid, withNoise } from '../change-scan.ts';

/** A scan and its ventricles, on one grid. */
export interface HeadWithVentricles {
  readonly scan: Volume;
  readonly ventricles: Volume<Uint8Array>;
}

export interface Spoiling {
  readonly name: string;
  make(head: HeadWithVentricles): Volume;
}

export const spoilings: readonly Spoiling[] = [
  { name: 'inverted in the head', make: ({ scan }) => inverted(scan) },
  { name: 'noise of 30 % of tissue', make: ({ scan }) => withNoise(scan, 0.3) },
  { name: 'noise of 60 % of tissue', make: ({ scan }) => withNoise(scan, 0.6) },
  {
    name: 'voxels of 6 mm',
    make: ({ scan }) => resample(scan, regrid(scan, [6, 6, 6]), { antiAlias: true }),
  },
  { name: 'upside down', make: ({ scan }) => turnedOver(scan) },
  { name: 'voxels of tissue exchanged', make: ({ scan }) => exchanged(scan) },
  { name: 'right half cut off', make: (head) => cut(head, 'RAS', 0) },
  { name: 'front half cut off', make: (head) => cut(head, 'RAS', 1) },
  { name: 'back half cut off', make: (head) => cut(head, 'RPS', 1) },
  { name: 'upper half cut off', make: (head) => cut(head, 'RAS', 2) },
  { name: 'lower half cut off', make: (head) => cut(head, 'RAI', 2) },
  { name: 'ventricles filled with tissue', make: filled },
  { name: 'no head: a ball', make: ({ scan }) => ball(scan) },
  { name: 'no head: noise', make: ({ scan }) => noiseOf(scan) },
  { name: 'no head: zeros', make: ({ scan }) => ({ ...scan, data: new Uint8Array(scan.data.length) }) },
];

/** The voxels in reverse from bottom to top, the geometry as it was. */
function turnedOver(scan: Volume): Volume {
  const { shape, voxelToWorld } = reorient(scan, 'RAS');
  return { data: reorient(scan, 'RAI').data, shape, voxelToWorld };
}

/** Every voxel brighter than the mean gets the value of another one: the outline of a head with nothing in it. */
function exchanged(scan: Volume): Volume {
  let sum = 0;
  for (const value of scan.data) sum += value;
  const mean = sum / scan.data.length;
  const bright: number[] = [];
  for (let at = 0; at < scan.data.length; at++) if (scan.data[at]! > mean) bright.push(at);
  const random = new SeededRandom(1);
  const data = Float32Array.from(scan.data);
  for (const at of bright) data[at] = scan.data[bright[random.nextInt(bright.length)]!]!;
  return { ...scan, data };
}

/** Without what lies beyond the middle of the ventricles, towards the last index of an axis of this orientation. */
function cut({ scan, ventricles }: HeadWithVentricles, axes: string, axis: 0 | 1 | 2): Volume {
  const whole = reorient(scan, axes);
  const { start, size } = foregroundBox(reorient(ventricles, axes))!;
  const kept = whole.shape.map((n, a) => (a === axis ? Math.floor(start[a]! + size[a]! / 2) : n));
  return cropVolume(whole, { start: [0, 0, 0], size: kept as unknown as Shape3 });
}

/** The ventricles and what lies within 2 mm as bright as what lies 2 to 6 mm away. */
function filled({ scan, ventricles }: HeadWithVentricles): Volume {
  const hole = dilate(ventricles, { radiusMm: 2 }).data;
  const around = dilate(ventricles, { radiusMm: 6 }).data;
  const tissue: number[] = [];
  for (let at = 0; at < hole.length; at++)
    if (around[at] === 1 && hole[at] === 0) tissue.push(scan.data[at]!);
  const random = new SeededRandom(1);
  const data = Float32Array.from(scan.data);
  for (let at = 0; at < hole.length; at++) {
    if (hole[at] === 1) data[at] = tissue[random.nextInt(tissue.length)]!;
  }
  return { ...scan, data };
}

/** A bottle of water as large as a head, 75 mm in radius, with a little noise. */
function ball({ shape, voxelToWorld }: Volume): Volume {
  const data = new Float32Array(voxelCount(shape));
  const centre = middleOf({ shape, voxelToWorld });
  for (let k = 0, at = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++, at++) {
        const [x, y, z] = applyAffine(voxelToWorld, [i, j, k]);
        if (Math.hypot(x - centre[0], y - centre[1], z - centre[2]) < 75) data[at] = 100;
      }
    }
  }
  return withNoise({ data, shape, voxelToWorld }, 0.03);
}

function noiseOf(scan: Volume): Volume {
  const data = new Float32Array(scan.data.length);
  ricianNoise(new SeededRandom(1), 100)(data);
  return { ...scan, data };
}
