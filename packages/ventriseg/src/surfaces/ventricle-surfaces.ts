/**
 * The ventricles of a label volume as surfaces, each with its name, colour and measures, and as one PLY file.
 */
import {
  type ColouredSurface,
  cropToForeground,
  encodePly,
  extractSurface,
  labelMask,
  measureSurface,
  type SurfaceMeasures,
  type SurfaceOptions,
  type Volume,
} from '@ventriseg/imaging';
import { type Ventricle, ventricles } from '../labels/index.ts';
import { softwareVersion } from '../software-version.ts';

/** A ventricle's surface in world RAS mm, with its entry in the table of ventricles. */
export interface VentricleSurface extends ColouredSurface, Ventricle {
  readonly measures: SurfaceMeasures;
}

/**
 * One closed surface for each ventricle that occurs, in the order of `ventricles`; all its parts are kept, down
 * to single voxels. Ventricles that touch have a wall each, a fraction of a voxel apart or across each other.
 *
 * @param labels FreeSurfer's numbers (see `toCanonicalLabels`); others are passed over
 * @throws ImagingError BAD_ARGUMENT when smoothingSteps is not a whole number of 0 or more.
 *
 * @example
 * const surfaces = ventricleSurfaces(segmentation.labels);
 * const ply = encodeVentriclePly(surfaces);
 */
export function ventricleSurfaces(
  labels: Volume,
  options: Pick<SurfaceOptions, 'smoothingSteps'> = {},
): VentricleSurface[] {
  const part = cropToForeground(labels);
  if (part === undefined) return [];
  return ventricles.flatMap((ventricle) => {
    const mask = cropToForeground(labelMask(part, ventricle.number));
    if (mask === undefined) return [];
    const surface = extractSurface(mask, options);
    return [{ ...ventricle, ...surface, measures: measureSurface(surface) }];
  });
}

/** All surfaces in one binary PLY file with their colours; comments tell what they are and how large. */
export function encodeVentriclePly(surfaces: readonly VentricleSurface[]): Uint8Array<ArrayBuffer> {
  return encodePly(surfaces, {
    comments: [
      `cerebral ventricles by ${softwareVersion.name} ${softwareVersion.version}; not a medical device`,
      ...surfaces.map(
        ({ number, name, title, measures }) =>
          `${title}: FreeSurfer label ${number} ${name}, ` +
          `${measures.volumeMl.toFixed(3)} mL, ${measures.areaMm2.toFixed(0)} mm2`,
      ),
    ],
  });
}
