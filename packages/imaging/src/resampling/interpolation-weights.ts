/**
 * One-dimensional interpolation: which source samples a position reads, and with what weights.
 *
 * - nearest: the sample whose half-open interval [-0.5, 0.5) around its centre holds the position.
 * - linear: the two neighbours.
 * - cubic: the four neighbours by Keys's cubic convolution with a = -0.5, which is the Catmull-Rom spline
 *   (R. Keys, "Cubic convolution interpolation for digital image processing", IEEE TASSP 29, 1981). It passes
 *   through the samples and may overshoot between them.
 *
 * Smoothing before shrinking: a Gaussian of sigma = 0.42466 sqrt(ratio^2 - 1) source samples, `ratio` being
 * target over source spacing. 0.42466 = 1 / (2 sqrt(2 ln 2)) turns a full width at half maximum into sigma, so a
 * sample of one source spacing wide becomes one target spacing wide (M. J. Cardoso et al., "Scale factor point
 * spread function matching: beyond aliasing in image resampling", MICCAI 2015).
 */

export type InterpolationMethod = 'nearest' | 'linear' | 'cubic';

/** Samples read by each method. */
export const tapCount: { readonly [method in InterpolationMethod]: number } = {
  nearest: 1,
  linear: 2,
  cubic: 4,
};

const FWHM_TO_SIGMA = 1 / (2 * Math.sqrt(2 * Math.LN2));

/** Standard deviation, in source samples, of the smoothing before shrinking by `ratio`; 0 for ratios up to 1. */
export function antiAliasSigma(ratio: number): number {
  // Spacings that differ by rounding in a header do not call for smoothing.
  return ratio > 1 + 1e-4 ? FWHM_TO_SIGMA * Math.sqrt(ratio * ratio - 1) : 0;
}

/** Weights of a sampled Gaussian from -radius to radius (radius = 4 sigma, rounded up); their sum is 1. */
export function gaussianWeights(sigma: number): Float64Array {
  if (sigma === 0) return Float64Array.of(1);
  const radius = Math.ceil(4 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, n) =>
    Math.exp(-0.5 * ((n - radius) / sigma) ** 2),
  );
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}

/**
 * Fills `weights` with those of the samples first, first + 1, ... and returns `first`, for a position that is
 * `position` samples from the first one. Samples beyond the ends may be named; the caller clamps them.
 */
export function interpolationWeights(
  method: InterpolationMethod,
  position: number,
  weights: Float64Array,
): number {
  if (method === 'nearest') {
    weights[0] = 1;
    return Math.floor(position + 0.5);
  }
  const below = Math.floor(position);
  const t = position - below;
  if (method === 'linear') {
    weights[0] = 1 - t;
    weights[1] = t;
    return below;
  }
  weights[0] = ((-0.5 * t + 1) * t - 0.5) * t;
  weights[1] = (1.5 * t - 2.5) * t * t + 1;
  weights[2] = ((-1.5 * t + 2) * t + 0.5) * t;
  weights[3] = (0.5 * t - 0.5) * t * t;
  return below - 1;
}
