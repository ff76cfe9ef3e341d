/**
 * A scan as the networks see it: conformed, and its intensities on one scale whatever scanner, software or
 * skull-stripping it has been through.
 *
 * FreeSurfer's conform sets the 99.9th percentile to 255: fat and skin in a whole head, white matter in a
 * stripped one, so that white matter lies at 100 in one and at 240 in the other. FreeSurfer's own later images
 * have it at 110. Here the scale is taken from the middle of the brain, which looks the same with and without a
 * skull: the 85th percentile of the tissue within 45 mm of the centre of the upper head is made 110. On the
 * labelled scans of `cases.tsv` that lies within 2 to 5 % of the median of the labelled white matter.
 */
import { conform, type Volume } from '@ventriseg/imaging';
import { conformedSize } from '../slices/index.ts';

/** as-is: FreeSurfer's conform alone, as in 2017; white-matter: see above. */
export type IntensityScale = 'as-is' | 'white-matter';

export const intensityScales = ['as-is', 'white-matter'] as const satisfies readonly IntensityScale[];

/** Where `white-matter` puts white matter. */
export const WHITE_MATTER_LEVEL = 110;

/** Voxels darker than this share of full intensity are air. */
const AIR_BELOW = 26;
/** The crown is where a plane first has this many mm^2 of tissue. */
const CROWN_AREA = 1000;
/** The head is looked at from the crown down to here, mm; what lies below is neck and face. */
const UPPER_HEAD_MM = 120;
const BALL_RADIUS_MM = 45;
const PERCENTILE = 0.85;

/** Conforms a scan (256^3, 1 mm, LIA, uint8) and puts its intensities on the scale. */
export function conformScan(
  scan: Volume,
  scale: IntensityScale,
): { volume: Volume<Uint8Array>; warnings: string[] } {
  const { volume, warnings } = conform(scan, { sizeVoxels: conformedSize });
  if (scale === 'as-is') return { volume, warnings: [...warnings] };
  const level = brightTissueLevel(volume);
  if (level === undefined) {
    return {
      volume,
      warnings: [...warnings, 'no head was found to scale the intensities by; they are left as they are'],
    };
  }
  return {
    volume: { ...volume, data: rescale(volume.data, WHITE_MATTER_LEVEL / level) },
    warnings: [...warnings],
  };
}

/** Intensity of the bright tissue in the middle of the brain; undefined where there is no head. */
export function brightTissueLevel({ data, shape }: Volume<Uint8Array>): number | undefined {
  const [nx, ny, nz] = shape;
  const crown = findCrown(data, shape);
  if (crown === undefined) return undefined;
  const centre = [0, 0, 0];
  let count = 0;
  const lowest = Math.min(ny, crown + UPPER_HEAD_MM);
  for (let k = 0; k < nz; k++) {
    for (let j = crown; j < lowest; j++) {
      let at = nx * (j + ny * k);
      for (let i = 0; i < nx; i++, at++) {
        if (data[at]! < AIR_BELOW) continue;
        centre[0]! += i;
        centre[1]! += j;
        centre[2]! += k;
        count++;
      }
    }
  }
  const [ci, cj, ck] = centre.map((sum) => sum / count) as [number, number, number];
  const histogram = new Uint32Array(256);
  let inside = 0;
  for (let k = Math.max(0, Math.ceil(ck - BALL_RADIUS_MM)); k < Math.min(nz, ck + BALL_RADIUS_MM); k++) {
    for (let j = Math.max(0, Math.ceil(cj - BALL_RADIUS_MM)); j < Math.min(ny, cj + BALL_RADIUS_MM); j++) {
      const reach = Math.sqrt(Math.max(0, BALL_RADIUS_MM ** 2 - (k - ck) ** 2 - (j - cj) ** 2));
      for (let i = Math.max(0, Math.ceil(ci - reach)); i <= Math.min(nx - 1, ci + reach); i++) {
        const value = data[i + nx * (j + ny * k)]!;
        if (value < AIR_BELOW) continue;
        histogram[value]!++;
        inside++;
      }
    }
  }
  let seen = 0;
  for (let value = 0; value < 256; value++) {
    seen += histogram[value]!;
    if (inside > 0 && seen >= PERCENTILE * inside) return value;
  }
  return undefined;
}

/** First plane from above (second axis of LIA, which runs downwards) with a crown's worth of tissue. */
function findCrown(data: Uint8Array, [nx, ny, nz]: Volume['shape']): number | undefined {
  for (let j = 0; j < ny; j++) {
    let area = 0;
    for (let k = 0; k < nz; k++) {
      const start = nx * (j + ny * k);
      for (let at = start; at < start + nx; at++) if (data[at]! >= AIR_BELOW) area++;
    }
    if (area > CROWN_AREA) return j;
  }
  return undefined;
}

function rescale(data: Uint8Array, factor: number): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, Math.round(value * factor)));
  return data.map((value) => table[value]!);
}
