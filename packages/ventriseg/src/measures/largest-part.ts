/** Keeps what belongs together: specks beside a structure would lengthen its widths. */
import { labelComponents, type Shape3 } from '@ventriseg/imaging';

/** The values with all connected parts of at least one half but the largest set to 0; lower values are kept. */
export function largestPart(values: Float32Array, shape: Shape3): Float32Array {
  const mask = new Uint8Array(values.length);
  for (let at = 0; at < mask.length; at++) mask[at] = values[at]! >= 0.5 ? 1 : 0;
  const { labels, sizes } = labelComponents({ data: mask, shape });
  let largest = 1;
  for (let part = 2; part < sizes.length; part++) if (sizes[part]! > sizes[largest]!) largest = part;
  const kept = values.slice();
  for (let at = 0; at < kept.length; at++) if (mask[at] === 1 && labels[at] !== largest) kept[at] = 0;
  return kept;
}
