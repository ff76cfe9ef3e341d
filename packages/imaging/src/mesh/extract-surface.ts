/**
 * The surface of a region of a volume: of a mask, or of where a probability is above a level.
 */
import { ImagingError } from '../errors.ts';
import { affineDeterminant, applyAffine, voxelSizesMm } from '../geometry/index.ts';
import type { Affine, Volume } from '../volume/volume.ts';
import { relaxNet } from './relax-net.ts';
import type { Surface } from './surface.ts';
import { surfaceNet } from './surface-net.ts';

export interface SurfaceOptions {
  /** Voxels above it are inside; more than 0, as beyond the grid all is 0. Default 0.5. */
  readonly level?: number;
  /** Steps of smoothing; 0 leaves a mask the faces of its voxels. Default 10. */
  readonly smoothingSteps?: number;
}

/**
 * Closed surface around the voxels above a level, normals outwards whatever the affine; empty when there are
 * none. Beyond the grid all is outside, so regions that touch its edge are closed there.
 *
 * The method is constrained elastic surface nets (Gibson 1998) with a vertex for each sheet (Nielson 2004) and
 * kept volumes; see surface-net.ts and relax-net.ts. Guaranteed for any volume: every edge joins exactly two
 * triangles that run along it in opposite directions, the triangles around a vertex form one ring, and each
 * vertex of a mask's surface is within 0.45 voxels along each axis of where its voxels meet. A mask's surface
 * encloses the volume of its voxels: exactly without smoothing, and for real ventricles within 0.01 % with it.
 * Around probabilities, the surface cuts the corners of what is curved on the scale of a voxel: it encloses 1 %
 * less than a ball of 10 voxels' radius, 6 % less at 4. Not guaranteed: that triangles near each other keep from
 * crossing.
 *
 * @throws ImagingError BAD_ARGUMENT for an option out of range; NON_FINITE when a voxel beside the surface is
 * infinite or NaN.
 *
 * @example
 * const surface = extractSurface(labelMask(labels, 4));
 * const { volumeMl, areaMm2 } = measureSurface(surface);
 */
export function extractSurface(volume: Volume, options: SurfaceOptions = {}): Surface {
  const { level = 0.5, smoothingSteps = 10 } = options;
  if (!(Number.isFinite(level) && level > 0)) {
    throw new ImagingError('BAD_ARGUMENT', `surface: level must be finite and more than 0, got ${level}`);
  }
  if (!Number.isInteger(smoothingSteps) || smoothingSteps < 0) {
    throw new ImagingError(
      'BAD_ARGUMENT',
      `surface: smoothingSteps must be a whole number of 0 or more, got ${smoothingSteps}`,
    );
  }
  const { voxelToWorld } = volume;
  const { positions, triangles } = relaxNet(
    surfaceNet(volume, level),
    smoothingSteps,
    voxelSizesMm(voxelToWorld),
  );
  // Seen in a mirror, counter-clockwise is clockwise.
  if (affineDeterminant(voxelToWorld) < 0) turnOver(triangles);
  return { positions: toWorld(positions, voxelToWorld), triangles };
}

function turnOver(triangles: Uint32Array): void {
  for (let at = 0; at < triangles.length; at += 3) {
    const second = triangles[at + 1]!;
    triangles[at + 1] = triangles[at + 2]!;
    triangles[at + 2] = second;
  }
}

function toWorld(positions: Float64Array, voxelToWorld: Affine): Float32Array {
  const world = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at += 3) {
    const place = applyAffine(voxelToWorld, [positions[at]!, positions[at + 1]!, positions[at + 2]!]);
    world.set(place, at);
  }
  return world;
}
