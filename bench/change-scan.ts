/** Ways to change a scan that several benchmarks share. */
import {
  applyAffine,
  type Grid,
  type Shape3,
  type Vec3,
  type Volume,
  voxelSizesMm,
} from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { ricianNoise } from '../packages/ventriseg/src/synthesis/rician-noise.ts';

/** The place in the middle of a field of view, world mm. */
export function middleOf({ shape, voxelToWorld }: Grid): Vec3 {
  return applyAffine(voxelToWorld, shape.map((n) => (n - 1) / 2) as unknown as Vec3);
}

/** A scan's field of view in voxels of other sizes, mm along its axes. */
export function regrid({ shape, voxelToWorld: m }: Grid, sizes: Vec3): Grid {
  const own = voxelSizesMm(m);
  const counts = shape.map((n, axis) => Math.max(1, Math.floor((n * own[axis]!) / sizes[axis]!)));
  const steps = sizes.map((size, axis) => size / own[axis]!);
  const first = applyAffine(
    m,
    shape.map((n, axis) => (n - 1 - (counts[axis]! - 1) * steps[axis]!) / 2) as unknown as Vec3,
  );
  return {
    shape: counts as unknown as Shape3,
    voxelToWorld: m.map((value, at) =>
      at >= 12 ? value : at % 4 === 3 ? first[(at - 3) / 4]! : value * steps[at % 4]!,
    ),
  };
}

/** Mean of what is brighter than the mean. */
function tissueLevel({ data }: Volume): number {
  let sum = 0;
  for (let at = 0; at < data.length; at++) sum += data[at]!;
  const mean = sum / data.length;
  let tissue = 0;
  let count = 0;
  for (let at = 0; at < data.length; at++) {
    if (data[at]! <= mean) continue;
    tissue += data[at]!;
    count++;
  }
  return tissue / Math.max(count, 1);
}

/** With Rice's noise of a share of the brightness of tissue; the same seed gives the same scan. */
export function withNoise(scan: Volume, share: number, seed = 1): Volume<Float32Array> {
  const data = Float32Array.from(scan.data);
  ricianNoise(new SeededRandom(seed), share * tissueLevel(scan))(data);
  return { ...scan, data };
}

/** Dark tissue bright and the other way round, as a T2-weighted scan has it; air stays dark. */
export function inverted(scan: Volume): Volume<Float32Array> {
  const level = tissueLevel(scan);
  const data = Float32Array.from(scan.data, (value) => {
    const share = Math.min(value / (1.3 * level), 1);
    return share < 0.12 ? value : level * (1.1 - share);
  });
  return { ...scan, data };
}
