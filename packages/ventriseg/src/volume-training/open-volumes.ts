/** Reads a dataset that `prepareVolumes` made, as far as one role's network needs it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readScan, type Volume } from '@ventriseg/imaging';
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import type { VolumeRole } from '../volumes/index.ts';
import { VOLUME_MANIFEST, volumePaths } from './prepare-volumes.ts';
import { codes, isVentricle } from './tissue-codes.ts';
import { type VolumeCaseRecord, type VolumeManifest, volumeManifestSchema } from './volume-manifest.ts';
import type { VolumeCase } from './warp-volume.ts';

export interface VolumeDataset {
  readonly directory: string;
  readonly manifest: VolumeManifest;
  readonly cases: readonly (VolumeCase & { readonly record: VolumeCaseRecord })[];
}

/** @throws VentrisegError BAD_DATASET when the folder is no such dataset; ImagingError when a file is broken */
export async function openVolumes(directory: string, role: VolumeRole): Promise<VolumeDataset> {
  const manifest = await readVolumeManifest(directory);
  const cases = [];
  for (const record of manifest.cases) {
    const paths = volumePaths(directory, role, record.name);
    const image = await readBytes(paths.image);
    const coded = await readBytes(paths.codes);
    cases.push({
      name: record.name,
      image: image.data,
      codes: coded.data,
      shape: image.shape,
      middle: middleOf(coded, role === 'segment' ? isVentricle : (code) => code !== codes.outside),
      voxelMm: role === 'segment' ? 1 : 2,
      record,
    });
  }
  return { directory, manifest, cases };
}

/** @throws VentrisegError BAD_DATASET */
export async function readVolumeManifest(directory: string): Promise<VolumeManifest> {
  const path = join(directory, VOLUME_MANIFEST);
  const bad = (what: string, cause: unknown) =>
    new VentrisegError('BAD_DATASET', `${directory}: ${what}`, { path, cause });
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw bad(`is no dataset, ${VOLUME_MANIFEST} cannot be read`, cause);
  });
  const parsed = volumeManifestSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw bad(`is no dataset of volumes: ${z.prettifyError(parsed.error)}`, parsed.error);
  return parsed.data;
}

async function readBytes(path: string): Promise<Volume<Uint8Array>> {
  const { volume } = await readScan(await readFile(path), { path });
  return { ...volume, data: Uint8Array.from(volume.data) };
}

/** Middle of the box around the voxels that count. */
function middleOf(
  { data, shape: [nx, ny, nz] }: Volume<Uint8Array>,
  counts: (code: number) => boolean,
): [number, number, number] {
  const first = [nx, ny, nz];
  const last = [0, 0, 0];
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (!counts(data[at]!)) continue;
        [x, y, z].forEach((place, axis) => {
          if (place < first[axis]!) first[axis] = place;
          if (place > last[axis]!) last[axis] = place;
        });
      }
    }
  }
  return first.map((from, axis) => (from + last[axis]!) / 2) as [number, number, number];
}
