/**
 * What may vary from one synthesised image to the next, and how much. Every field has a default; together they
 * are recorded in a dataset's manifest.
 */
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';

const share = z.number().min(0).max(1);
const range = (low: number, high: number) =>
  z
    .tuple([z.number().min(low).max(high), z.number().min(low).max(high)])
    .refine(([a, b]) => a <= b, 'the first must not be above the second');

export const contrasts = ['t1-like', 't2-like', 'flair-like', 'any'] as const;
export type Contrast = (typeof contrasts)[number];

/** How many of the images have which contrast, in proportions. */
export const contrastWeightsSchema = z
  .partialRecord(z.enum(contrasts), z.number().min(0))
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'one of them must be above 0');
export type ContrastWeights = z.infer<typeof contrastWeightsSchema>;

export const synthesisOptionsSchema = z.strictObject({
  /**
   * 't1-like': white matter over grey over fluid, fat bright, bone dark, as in T1-weighted scans of all kinds;
   * 't2-like': fluid over grey over white matter; 'flair-like': grey over white matter, fluid dark;
   * 'any': every tissue its own random brightness (SynthSeg's domain randomisation).
   */
  contrast: z.enum(contrasts).default('t1-like'),
  /** Chance that the head is mirrored and left and right labels change places. */
  flip: share.default(0.5),
  /** Largest rotation about each axis, degrees; drawn uniformly. */
  rotationDeg: z.number().min(0).max(45).default(15),
  /** Largest change of size: 0.1 is 91 % to 110 %; along each axis up to half as much on top of it. */
  scale: z.number().min(0).max(0.4).default(0.1),
  /** Largest shear between two axes. */
  shear: z.number().min(0).max(0.2).default(0.03),
  /** Largest shift to the left, downwards and to the front, mm. */
  shiftMm: z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]).default([8, 12, 12]),
  /** Largest standard deviation of the smooth random displacement, mm; drawn from 0 up to it. */
  elasticMm: z.number().min(0).max(6).default(3),
  /** Chance that the ventricles are made larger or smaller. */
  ventricleChange: share.default(0.65),
  /** How far a broad ventricle's wall is moved outwards, mm; negative is inwards (less for small ventricles). */
  ventricleGrowthMm: range(-3, 7).default([-2, 5]),
  /** Standard deviation in mm of the blur that makes partial volumes. */
  partialVolumeMm: range(0, 3).default([0.4, 0.8]),
  /** Chances of thick slices along one axis, and of larger voxels along all three; else voxels are of 1 mm. */
  thickSlices: share.default(0.3),
  coarseVoxels: share.default(0.3),
  /** Distance and thickness of slices, and side of the larger voxels, mm. */
  sliceMm: range(1, 10).default([1.5, 6]),
  voxelMm: range(1, 4).default([1, 2.2]),
  /** Largest standard deviation of the logarithm of the bias field; drawn from 0 up to it. */
  bias: z.number().min(0).max(1).default(0.35),
  /** Standard deviation of the noise, as a share of the brightest of white matter, cortex and fluid. */
  noise: range(0, 0.5).default([0.005, 0.06]),
  /** Largest change of the logarithm of gamma. */
  gamma: z.number().min(0).max(1).default(0.35),
  /** Chance that all outside the brain is 0. */
  skullStripped: share.default(0.3),
  /** Chance that a whole head ends somewhere in the neck, that its crown is cut, that its face is removed. */
  neckCut: share.default(0.35),
  crownCut: share.default(0.05),
  defaced: share.default(0.1),
  /** Chance that faint background is exactly 0, as many scanners and programs make it. */
  cleanBackground: share.default(0.4),
  /** Chance that 255 is not reached, as in scans that come with 8 bits and are left as they are. */
  headroom: share.default(0.25),
});

export type SynthesisOptions = z.infer<typeof synthesisOptionsSchema>;
/** What a caller may set; the rest takes its default. */
export type SynthesisInput = z.input<typeof synthesisOptionsSchema>;

/** @throws VentrisegError BAD_ARGUMENT naming the option that does not hold. */
export function resolveSynthesisOptions(input: SynthesisInput = {}): SynthesisOptions {
  const parsed = synthesisOptionsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new VentrisegError('BAD_ARGUMENT', `synthesis options: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}
