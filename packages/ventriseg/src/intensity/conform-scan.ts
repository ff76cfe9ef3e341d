/**
 * A scan as the networks see it: conformed, and its intensities and place on one scale and in one frame, whatever
 * scanner, software or skull-stripping it has been through. Both are taken from the middle of the upper head,
 * which looks the same with and without a skull.
 *
 * Intensity. FreeSurfer's conform sets the 99.9th percentile to 255: fat and skin in a whole head, white matter in
 * a stripped one, so that white matter lies at 100 in one and at 240 in the other. FreeSurfer's own later images
 * have it at 110. Here the 85th percentile of the tissue within 45 mm of the centre of the upper head is made 110.
 * On the labelled scans of `cases.tsv` that lies within 2 to 5 % of the median of the labelled white matter.
 *
 * Place. Where the head lies in the field of view is chance: the centre of the upper head was found up to 48 mm
 * from that of the field. Moved to the middle, the ventricles' centre lies within 16 mm of one point in all of
 * those scans. The move is by whole voxels, so that nothing is interpolated again.
 */
import { conform, type Shape3, type Volume, voxelCount } from '@ventriseg/imaging';
import { conformedSize } from '../slices/index.ts';

export const intensityScales = ['as-is', 'white-matter'] as const;
export const scanCentres = ['field-of-view', 'head'] as const;

export interface ScanFrame {
  /** as-is: FreeSurfer's conform alone, as in 2017; white-matter: see above. */
  readonly intensity: (typeof intensityScales)[number];
  /** What lies in the middle of the 256^3 voxels: that of the scan, as in 2017, or that of the upper head. */
  readonly centre: (typeof scanCentres)[number];
}

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

/** Conforms a scan (256^3, 1 mm, LIA, uint8) and puts it into the frame. */
export function conformScan(
  scan: Volume,
  frame: ScanFrame,
): { volume: Volume<Uint8Array>; warnings: string[] } {
  const { volume, warnings } = conform(scan, { sizeVoxels: conformedSize });
  if (frame.intensity === 'as-is' && frame.centre === 'field-of-view')
    return { volume, warnings: [...warnings] };
  const centre = upperHeadCentre(volume);
  const level = centre && levelAround(volume, centre);
  if (centre === undefined || level === undefined) {
    return {
      volume,
      warnings: [...warnings, 'no head was found to scale and centre the scan by; it is left as it is'],
    };
  }
  const scaled = frame.intensity === 'as-is' ? volume : rescale(volume, WHITE_MATTER_LEVEL / level);
  return { volume: frame.centre === 'head' ? moveToMiddle(scaled, centre) : scaled, warnings: [...warnings] };
}

/** Centre of the tissue between the crown and 120 mm below it, in voxels; undefined where there is no head. */
function upperHeadCentre({ data, shape }: Volume<Uint8Array>): Shape3 | undefined {
  const [nx, ny, nz] = shape;
  const crown = findCrown(data, shape);
  if (crown === undefined) return undefined;
  const sums: [number, number, number] = [0, 0, 0];
  let count = 0;
  const lowest = Math.min(ny, crown + UPPER_HEAD_MM);
  for (let k = 0; k < nz; k++) {
    for (let j = crown; j < lowest; j++) {
      let at = nx * (j + ny * k);
      for (let i = 0; i < nx; i++, at++) {
        if (data[at]! < AIR_BELOW) continue;
        sums[0] += i;
        sums[1] += j;
        sums[2] += k;
        count++;
      }
    }
  }
  return [Math.round(sums[0] / count), Math.round(sums[1] / count), Math.round(sums[2] / count)];
}

/** Intensity of the bright tissue in the middle of the brain of a conformed scan; undefined without a head. */
export function brightTissueLevel(conformed: Volume<Uint8Array>): number | undefined {
  const centre = upperHeadCentre(conformed);
  return centre && levelAround(conformed, centre);
}

function levelAround({ data, shape }: Volume<Uint8Array>, [ci, cj, ck]: Shape3): number | undefined {
  const [nx, ny, nz] = shape;
  const histogram = new Uint32Array(256);
  let inside = 0;
  for (let k = Math.max(0, ck - BALL_RADIUS_MM); k <= Math.min(nz - 1, ck + BALL_RADIUS_MM); k++) {
    for (let j = Math.max(0, cj - BALL_RADIUS_MM); j <= Math.min(ny - 1, cj + BALL_RADIUS_MM); j++) {
      const reach = Math.floor(Math.sqrt(Math.max(0, BALL_RADIUS_MM ** 2 - (k - ck) ** 2 - (j - cj) ** 2)));
      for (let i = Math.max(0, ci - reach); i <= Math.min(nx - 1, ci + reach); i++) {
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

/** The volume with a voxel of it at index 128 of each axis; what moves in from outside is 0. */
function moveToMiddle(volume: Volume<Uint8Array>, centre: Shape3): Volume<Uint8Array> {
  const { data, shape, voxelToWorld } = volume;
  const [nx, ny, nz] = shape;
  const [di, dj, dk] = centre.map((c) => c - conformedSize / 2) as [number, number, number];
  const moved = new Uint8Array(voxelCount(shape));
  const first = Math.max(0, -di);
  const end = Math.min(nx, nx - di);
  for (let k = Math.max(0, -dk); k < Math.min(nz, nz - dk); k++) {
    for (let j = Math.max(0, -dj); j < Math.min(ny, ny - dj); j++) {
      const from = nx * (j + dj + ny * (k + dk)) + di;
      moved.set(data.subarray(from + first, from + end), nx * (j + ny * k) + first);
    }
  }
  const affine = [...voxelToWorld];
  for (const row of [0, 4, 8]) {
    affine[row + 3]! += affine[row]! * di + affine[row + 1]! * dj + affine[row + 2]! * dk;
  }
  return { data: moved, shape, voxelToWorld: affine };
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

function rescale(volume: Volume<Uint8Array>, factor: number): Volume<Uint8Array> {
  const table = Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, Math.round(value * factor)));
  return { ...volume, data: volume.data.map((value) => table[value]!) };
}
