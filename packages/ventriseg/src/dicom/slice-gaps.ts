/**
 * Finds slices that are missing inside a series, from the slices' positions along their common normal.
 *
 * An interrupted transfer leaves such holes. dcm2niix then writes a volume whose slices are at the wrong height,
 * and every volume measured in it would be wrong, so a gap stops the conversion.
 */
import type { DicomHeader } from './dicom-header.ts';

export interface SliceGaps {
  /** Different slice positions that are there. */
  readonly positions: number;
  /** Slices that would fill the gaps. */
  readonly missing: number;
  /** The usual distance between neighbours, mm (median). */
  readonly spacingMm: number;
  readonly largestGapMm: number;
}

/** Positions closer than this are the same slice (another echo, another frame). */
const SAME_POSITION_MM = 0.02;

/**
 * The gaps of a series; undefined when there are none, or when positions cannot tell (multi-frame objects, slices
 * in different orientations, fewer than four positions).
 */
export function findSliceGaps(headers: readonly DicomHeader[]): SliceGaps | undefined {
  const orientation = headers[0]?.orientationLps;
  if (orientation === undefined) return undefined;
  const [rx, ry, rz, cx, cy, cz] = orientation as [number, number, number, number, number, number];
  const normal = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx] as const;
  const heights: number[] = [];
  for (const { positionLps: position, orientationLps, frames } of headers) {
    if (frames > 1 || position === undefined || orientationLps === undefined) return undefined;
    if (orientationLps.some((value, i) => Math.abs(value - orientation[i]!) > 1e-3)) return undefined;
    heights.push(position[0]! * normal[0] + position[1]! * normal[1] + position[2]! * normal[2]);
  }
  heights.sort((a, b) => a - b);
  const distances: number[] = [];
  let last = heights[0]!;
  for (const height of heights) {
    if (height - last > SAME_POSITION_MM) {
      distances.push(height - last);
      last = height;
    }
  }
  if (distances.length < 3) return undefined;
  const spacingMm = [...distances].sort((a, b) => a - b)[distances.length >> 1]!;
  let missing = 0;
  for (const distance of distances) missing += Math.max(0, Math.round(distance / spacingMm) - 1);
  if (missing === 0) return undefined;
  return { positions: distances.length + 1, missing, spacingMm, largestGapMm: Math.max(...distances) };
}
