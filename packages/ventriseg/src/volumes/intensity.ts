/**
 * Intensities as the volume networks see them. Training and segmenting call these same functions.
 *
 * A scan's numbers mean nothing by themselves: scanners differ in scale, heads in how much air, neck and fat is
 * with them, and some have no skull. Each network gets its own scale: that of the whole head for finding the
 * ventricles, that of the brain around them for drawing their borders.
 */
import { quantile } from './quantile.ts';

/** Share of the voxels above the least value that is taken for air or dark tissue. */
const DARK_SHARE = 0.01;
/** Share of the tissue that lies below full intensity; the rest is fat, vessels, artefacts. */
const BRIGHT_SHARE = 0.99;
/** Voxels brighter than this share of all count as that bright in the mean, so that artefacts do not raise it. */
const MEAN_SHARE = 0.995;
/** What is brighter than full intensity goes up to here. */
const LOCATE_LIMIT = 1.5;
/** Standard deviations on both sides of the mean. */
const SEGMENT_LIMIT = 5;

/**
 * Scales the 4 mm image of a head: 0 is the first percentile of all voxels above the least value (padding and
 * stripped background have that value and do not count), 1 the 99th percentile of the tissue, which is what is
 * brighter than their mean: so the amount of air around the head changes nothing. Limited to 0..1.5.
 *
 * @param image intensities, any scale and order
 * @returns a new array; all 0 for an image of one value
 */
export function normaliseLocateImage(image: Float32Array): Float32Array {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < image.length; at++) if (image[at]! < least) least = image[at]!;
  const above = image.filter((value) => value > least);
  const out = new Float32Array(image.length);
  if (above.length === 0) return out;
  const limit = quantile(above, MEAN_SHARE);
  let sum = 0;
  for (let at = 0; at < above.length; at++) sum += Math.min(above[at]!, limit);
  const mean = sum / above.length;
  const tissue = above.filter((value) => value >= mean);
  const dark = quantile(above, DARK_SHARE);
  const bright = quantile(tissue, BRIGHT_SHARE);
  // Two values only: the darker one is the background, the other full intensity.
  const zero = bright > dark ? dark : least;
  const scale = 1 / (bright - zero);
  for (let at = 0; at < out.length; at++) {
    out[at] = Math.min(Math.max((image[at]! - zero) * scale, 0), LOCATE_LIMIT);
  }
  return out;
}

/**
 * Scales the 1 mm image around the ventricles: mean 0 and standard deviation 1 over the voxels inside the skull,
 * limited to -5..5.
 *
 * @param image intensities, any scale; what lies outside the scan has the value `airLevel` gives
 * @param mask not 0 inside the skull: brain, fluid and ventricles. Where it has none, all voxels count
 * @returns a new array; all 0 where the voxels that count have one value
 */
export function normaliseSegmentImage(image: Float32Array, mask: Uint8Array): Float32Array {
  const everywhere = mask.every((value) => value === 0);
  let count = 0;
  let sum = 0;
  for (let at = 0; at < image.length; at++) {
    if (!everywhere && mask[at] === 0) continue;
    count++;
    sum += image[at]!;
  }
  const mean = sum / count;
  let squares = 0;
  for (let at = 0; at < image.length; at++) {
    if (everywhere || mask[at] !== 0) squares += (image[at]! - mean) ** 2;
  }
  const deviation = Math.sqrt(squares / count);
  const out = new Float32Array(image.length);
  if (!(deviation > 0)) return out;
  for (let at = 0; at < out.length; at++) {
    const score = (image[at]! - mean) / deviation;
    out[at] = Math.min(Math.max(score, -SEGMENT_LIMIT), SEGMENT_LIMIT);
  }
  return out;
}

/** What air is in a scan, for the outside of its field of view: 0, or the least value of one that goes below. */
export function airLevel(image: Float32Array): number {
  let least = 0;
  for (let at = 0; at < image.length; at++) if (image[at]! < least) least = image[at]!;
  return least;
}
