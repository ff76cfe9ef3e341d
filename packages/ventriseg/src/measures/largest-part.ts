/** Keeps what belongs together: specks beside a structure would lengthen its widths. */
import { labelComponents, type Shape3 } from '@ventriseg/imaging';

/** The values with all connected parts of at least one half but the largest set to 0; lower values are kept. */
export function largestPart(values: Float32Array, shape: Shape3): Float32Array {
  const mask = Uint8Array.from(values, (value) => (value >= 0.5 ? 1 : 0));
  const { labels, sizes } = labelComponents({ data: mask, shape });
  let largest = 1;
  for (let part = 2; part < sizes.length; part++) if (sizes[part]! > sizes[largest]!) largest = part;
  return values.map((value, at) => (labels[at] === largest || value < 0.5 ? value : 0));
}
