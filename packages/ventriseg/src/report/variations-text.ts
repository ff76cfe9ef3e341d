/** How the variations of a scan were made, in words. */
import type { z } from 'zod';
import type { errorBarsSchema } from '../error-bar/error-bars-record.ts';

type Extent = Pick<
  z.infer<typeof errorBarsSchema>,
  'largestTurnDegrees' | 'largestShiftVoxels' | 'largestVoxelFactor'
>;

/** Such as "turned by up to 4°, shifted by up to 0.5 voxels, ...". */
export function variationsText({
  largestTurnDegrees,
  largestShiftVoxels,
  largestVoxelFactor,
}: Extent): string {
  return (
    `turned by up to ${largestTurnDegrees}°, shifted by up to ${largestShiftVoxels} voxels, in voxels up to ` +
    `${largestVoxelFactor} times larger or smaller, every second time in a mirror`
  );
}
