/** Error bars as a part of JSON records. */
import { z } from 'zod';
import type { ErrorBars } from './error-bars.ts';
import { largestShiftVoxels, largestTurnDegrees, largestVoxelFactor } from './variations.ts';

const amount = z.number().min(0).nullable();

export const variationFields = {
  method: z.literal('test-time-variation'),
  variations: z.number().int().min(2).describe('How many times a scan was segmented again.'),
  largestTurnDegrees: z.number().describe('Turns of the head about each axis go up to this, both ways.'),
  largestShiftVoxels: z.number().describe('Shifts along each axis go up to this, both ways.'),
  largestVoxelFactor: z.number().describe("Sides of voxels go from 1 / this to this times the scan's own."),
};

export const errorBarsSchema = z.strictObject({
  ...variationFields,
  numbers: z.array(
    z.strictObject({
      id: z.string().describe('Stable id, such as totalMl.'),
      title: z.string().describe('Name in words.'),
      unit: z.string(),
      digits: z.number().int().min(0).describe('Decimals that are worth showing.'),
      value: z.number().describe('The number of the scan itself.'),
      mean: z
        .number()
        .nullable()
        .describe('Mean over the variations; null where one did not give the number.'),
      standardError: amount.describe(
        "Standard deviation over the variations, or Dahlberg's error of the scan and each of them where that is larger.",
      ),
      smallestDetectableChange: amount.describe(
        "t sqrt(2) standard errors, with Student's t for the variations: a smaller difference of two scans may be chance.",
      ),
    }),
  ),
});

/** How the variations of scans were made. */
export function variationsRecord({ variations }: Pick<ErrorBars, 'variations'>) {
  return {
    method: 'test-time-variation',
    variations,
    largestTurnDegrees,
    largestShiftVoxels,
    largestVoxelFactor,
  } as const;
}

/** Numbers are rounded to six digits after the point. */
export function errorBarsRecord(errorBars: ErrorBars): z.infer<typeof errorBarsSchema> {
  return {
    ...variationsRecord(errorBars),
    numbers: errorBars.numbers.map(({ value, mean, standardError, smallestDetectableChange, ...name }) => ({
      ...name,
      value: rounded(value),
      mean: roundedOrNull(mean),
      standardError: roundedOrNull(standardError),
      smallestDetectableChange: roundedOrNull(smallestDetectableChange),
    })),
  };
}

function roundedOrNull(value: number | null): number | null {
  return value === null ? null : rounded(value);
}

function rounded(value: number): number {
  // Plus 0, so that there is no -0, which JSON does not keep.
  return Math.round(value * 1e6) / 1e6 + 0;
}
