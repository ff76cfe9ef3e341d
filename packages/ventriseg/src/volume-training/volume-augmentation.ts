/** How much training volumes are changed; every range is symmetric around "no change". */
import { z } from 'zod';

const share = z.number().min(0).max(1);

export const volumeAugmentationSchema = z.strictObject({
  /** Chance that the head is mirrored and left and right change places. */
  flip: share.default(0.5),
  /** Largest rotation about each axis, degrees. */
  rotationDeg: z.number().min(0).max(45).default(0),
  /** 0.1: between 1 / 1.1 and 1.1 times the size, along each axis up to half as much again. */
  scale: z.number().min(0).max(0.5).default(0),
  /** Largest standard deviation of the smooth displacement, mm. */
  elasticMm: z.number().min(0).max(6).default(0),
  /** Largest shift of the middle along each axis, mm. */
  shiftMm: z.number().min(0).default(0),
  /** Largest logarithm of gamma, of the intensities as a share of the brightest. */
  gamma: z.number().min(0).max(1).default(0),
  /** Largest standard deviation of the logarithm of the bias field. */
  bias: z.number().min(0).max(1).default(0),
  /** Largest standard deviation of the noise, as a share of the brightest. */
  noise: z.number().min(0).max(0.5).default(0),
  /** Chance of thick slices along one axis, and how thick at most, voxels. */
  thickSlices: share.default(0),
  thickest: z.number().min(1).default(4),
  /** Chance that the field of view ends somewhere in the volume. */
  cut: share.default(0),
  /** Chance that brightness is turned over, as T2-weighted scans have it. */
  invert: share.default(0),
  /** Chance that all outside the skull is set to 0. */
  strip: share.default(0),
  /** Chance that the white matter has lesions. */
  lesions: share.default(0),
});

export type VolumeAugmentation = z.infer<typeof volumeAugmentationSchema>;

/** No change at all: for evaluation. */
export const noAugmentation: VolumeAugmentation = volumeAugmentationSchema.parse({ flip: 0 });
