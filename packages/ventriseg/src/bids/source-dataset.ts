/** The dataset that a scan comes from: the folder above its subject's, BIDS or not. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import { statOrUndefined } from '../scan-input/disk-files.ts';
import type { BidsName } from './bids-name.ts';
import { subjectFolders } from './derivative-paths.ts';

export const DESCRIPTION_FILE = 'dataset_description.json';

/** As much of `dataset_description.json` as is used here; the rest is kept as it is. */
const datasetDescriptionSchema = z.looseObject({
  Name: z.string().optional(),
  DatasetType: z.string().optional(),
  DatasetDOI: z.string().optional(),
  DatasetLinks: z.record(z.string(), z.string()).optional(),
  GeneratedBy: z.array(z.looseObject({ Name: z.string(), Version: z.string().optional() })).optional(),
  SourceDatasets: z
    .array(z.looseObject({ URL: z.string().optional(), DOI: z.string().optional() }))
    .optional(),
});

export type DatasetDescription = z.infer<typeof datasetDescriptionSchema>;

export interface SourceDataset {
  /** Absolute. */
  readonly root: string;
  /** undefined when the folder is no BIDS dataset. */
  readonly description: DatasetDescription | undefined;
  /** The scan's path in the dataset, with `/`. */
  readonly scanPath: string;
}

/** @throws VentrisegError BAD_DATASET when the folder's description is damaged */
export async function sourceDatasetOf(scanPath: string, name: BidsName): Promise<SourceDataset> {
  const path = resolve(scanPath);
  let root = dirname(path);
  for (const folder of ['anat', ...subjectFolders(name).reverse()]) {
    if (basename(root) === folder) root = dirname(root);
  }
  return {
    root,
    description: await readDescription(root),
    scanPath: relative(root, path).split(sep).join('/'),
  };
}

/**
 * The description of the BIDS dataset in a folder; undefined when there is none.
 *
 * @throws VentrisegError BAD_DATASET when it cannot be understood
 */
export async function readDescription(root: string): Promise<DatasetDescription | undefined> {
  const path = join(root, DESCRIPTION_FILE);
  if ((await statOrUndefined(path)) === undefined) return undefined;
  try {
    return datasetDescriptionSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new VentrisegError(
      'BAD_DATASET',
      `${path}: is no description of a BIDS dataset (${reason.replace(/\s+/g, ' ')}); repair it`,
      { path, cause },
    );
  }
}
