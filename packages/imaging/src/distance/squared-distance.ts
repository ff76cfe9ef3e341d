/**
 * Exact squared Euclidean distances on an anisotropic grid, one axis after the other.
 *
 * Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions" (Theory of Computing 8, 2012):
 * along a line the distance is the lower envelope of parabolas w^2 (q - v)^2 + f(v), built and read in linear
 * time. The first axis has f = 0 or infinity only, where two sweeps do the same. Lines across slices are
 * gathered row by row into a transposed buffer, as striding through the volume would miss the cache at each
 * step.
 */
import type { Shape3, Vec3 } from '../volume/volume.ts';

/**
 * Squared distance in mm^2 from each voxel to the nearest site; Infinity everywhere when there is none.
 *
 * @param sites x-fastest; voxels equal to `siteValue` (0 or 1) are the sites.
 */
export function squaredDistances(
  sites: Uint8Array,
  siteValue: 0 | 1,
  shape: Shape3,
  spacingMm: Vec3,
): Float32Array {
  const [nx, ny, nz] = shape;
  const out = new Float32Array(sites.length);
  sweepRows(sites, siteValue, out, nx, spacingMm[0]);
  const longest = Math.max(ny, nz);
  const envelope = {
    vertex: new Int32Array(longest),
    value: new Float64Array(longest),
    height: new Float64Array(longest),
    from: new Float64Array(longest + 1),
  };
  const lines = new Float64Array(nx * longest);
  if (ny > 1) {
    for (let z = 0; z < nz; z++) {
      transformLines(out, nx * ny * z, nx, ny, nx, spacingMm[1], lines, envelope);
    }
  }
  if (nz > 1) {
    for (let y = 0; y < ny; y++) {
      transformLines(out, nx * y, nx, nz, nx * ny, spacingMm[2], lines, envelope);
    }
  }
  return out;
}

interface Envelope {
  /** Position of the vertex of each parabola of the envelope. */
  vertex: Int32Array;
  /** f(v) of each parabola. */
  value: Float64Array;
  /** f(v) + w^2 v^2 of each parabola. */
  height: Float64Array;
  /** Where each parabola starts to be the lowest. */
  from: Float64Array;
}

/** Squared distance along x only. */
function sweepRows(
  sites: Uint8Array,
  siteValue: number,
  out: Float32Array,
  nx: number,
  spacing: number,
): void {
  const w = spacing * spacing;
  for (let row = 0; row < sites.length; row += nx) {
    let steps = Number.POSITIVE_INFINITY;
    for (let x = 0; x < nx; x++) {
      steps = sites[row + x] === siteValue ? 0 : steps + 1;
      out[row + x] = w * steps * steps;
    }
    if (steps === Number.POSITIVE_INFINITY) continue;
    steps = Number.POSITIVE_INFINITY;
    for (let x = nx - 1; x >= 0; x--) {
      steps = sites[row + x] === siteValue ? 0 : steps + 1;
      const squared = w * steps * steps;
      if (squared < out[row + x]!) out[row + x] = squared;
    }
  }
}

/** Transforms `count` neighbouring lines (step 1 from line to line, `stride` along a line), in place. */
function transformLines(
  values: Float32Array,
  start: number,
  count: number,
  length: number,
  stride: number,
  spacing: number,
  lines: Float64Array,
  envelope: Envelope,
): void {
  let anyFinite = false;
  let anyNonZero = false;
  for (let q = 0; q < length; q++) {
    const from = start + q * stride;
    for (let line = 0, to = q; line < count; line++, to += length) {
      const value = values[from + line]!;
      lines[to] = value;
      if (value !== Number.POSITIVE_INFINITY) anyFinite = true;
      if (value !== 0) anyNonZero = true;
    }
  }
  if (!anyFinite || !anyNonZero) return;
  for (let line = 0; line < count; line++) transformLine(lines, line * length, length, spacing, envelope);
  for (let q = 0; q < length; q++) {
    const to = start + q * stride;
    for (let line = 0, from = q; line < count; line++, from += length) values[to + line] = lines[from]!;
  }
}

/** One line, contiguous, in place. */
function transformLine(
  line: Float64Array,
  start: number,
  length: number,
  spacing: number,
  envelope: Envelope,
): void {
  const { vertex, value, height, from } = envelope;
  const w = spacing * spacing;
  const half = 1 / (2 * w);
  let top = -1;
  for (let q = 0; q < length; q++) {
    const f = line[start + q]!;
    if (f === Number.POSITIVE_INFINITY) continue;
    const h = f + w * q * q;
    let meets = Number.NEGATIVE_INFINITY;
    while (top >= 0) {
      meets = ((h - height[top]!) * half) / (q - vertex[top]!);
      if (meets > from[top]!) break;
      top--;
      meets = Number.NEGATIVE_INFINITY;
    }
    top++;
    vertex[top] = q;
    value[top] = f;
    height[top] = h;
    from[top] = meets;
  }
  if (top < 0) return;
  from[top + 1] = Number.POSITIVE_INFINITY;
  let k = 0;
  for (let q = 0; q < length; q++) {
    while (from[k + 1]! < q) k++;
    const v = vertex[k]!;
    line[start + q] = w * (q - v) * (q - v) + value[k]!;
  }
}
