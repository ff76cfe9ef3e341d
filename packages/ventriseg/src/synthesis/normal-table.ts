/**
 * Normal deviates fast enough for every voxel: 65,536 of them are drawn with the seeded generator, and voxels take
 * them from random places, which a xorshift generator (Marsaglia 2003) seeded from the same one chooses. Several
 * times faster than a transform for each voxel, and still the same on every machine.
 */
import type { SeededRandom } from 'onnx-autograd';

export interface NormalTable {
  /** 65,536 normal deviates; look up by the low and by the high half of a state. */
  readonly values: Float32Array;
  /** First state of the xorshift generator `s ^= s << 13; s ^= s >>> 17; s ^= s << 5`; never 0. */
  readonly state: number;
}

export function drawNormalTable(random: SeededRandom): NormalTable {
  const values = new Float32Array(65_536);
  for (let i = 0; i < values.length; i++) values[i] = random.normal();
  return { values, state: random.nextUint32() | 1 };
}
