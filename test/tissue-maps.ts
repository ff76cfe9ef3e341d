/** SynthSeg's label maps, in which tissue outside of the brain has a number as well. */
import { labelMask, multiplyAffines, resample, type Volume } from '@ventriseg/imaging';
import type { Intracranial } from 'ventriseg';

/** Air, and tissue outside of the skull's inside. */
const outside = [0, 506, 507, 508, 509, 511, 512, 515, 516, 530];

/** All that is no tissue outside of the brain, as the coarse network would see it: 4 mm, edges falling over 4 mm. */
export function intracranialOf(tissues: Volume): Intracranial {
  const { data, ...grid } = labelMask(tissues, outside);
  const inside = { ...grid, data: data.map((value) => 1 - value) };
  const step = [4, 0, 0, 1.5, 0, 4, 0, 1.5, 0, 0, 4, 1.5, 0, 0, 0, 1];
  const shape = [grid.shape[0] >> 2, grid.shape[1] >> 2, grid.shape[2] >> 2] as const;
  const coarse = { shape, voxelToWorld: multiplyAffines(grid.voxelToWorld, step) };
  const probability = resample(inside, coarse, { antiAlias: true });
  const ml = probability.data.reduce((sum, value) => sum + value, 0) * 0.064;
  return { ml, cutAt: [], brightAround: 1, probability };
}
