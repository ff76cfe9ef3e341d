/** IEEE 754 half precision, which typed arrays do not have in Node 20: 1 sign, 5 exponent and 10 fraction bits. */

/** The largest finite half. */
export const LARGEST_HALF = 65504;

const bits = new Uint32Array(1);
const single = new Float32Array(bits.buffer);

/**
 * Rounds to the nearest half, ties to even; what is half a unit or more above `LARGEST_HALF` becomes infinite.
 *
 * @returns the halves as their 16 bits
 */
export function encodeHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = encodeHalf(values[i]!);
  return halves;
}

export function decodeHalves(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = decodeHalf(halves[i]!);
  return values;
}

function encodeHalf(value: number): number {
  single[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = bits[0]! & 0x7fffffff;
  // NaN stays one, whatever it carries; infinity and what rounds beyond 65504 become infinity.
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 halves are spaced evenly, by 2^-24. Rounding up into 2^-14 gives its very bits.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24);
  // 13 fraction bits go; a carry of their rounding runs into the exponent, as it must.
  const kept = magnitude - 0x38000000;
  const odd = (kept >>> 13) & 1;
  return sign | ((kept + 0xfff + odd) >>> 13);
}

function decodeHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest whole number, the even one of two as near. */
function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return Math.round(x);
  return below + (below % 2);
}
