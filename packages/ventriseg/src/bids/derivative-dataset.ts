/**
 * The files of a BIDS derivative dataset beside the results themselves: its description, its README, what validators
 * are to pass over, and for each scan the metadata and the meaning of the labels (BIDS 1.10, "Derivatives").
 *
 * The dataset stands alone: it needs none of the source's files, and only links to them.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { VentrisegError } from '../errors.ts';
import type { FileToWrite } from '../files/index.ts';
import { ventricles } from '../labels/index.ts';
import { statOrUndefined } from '../scan-input/disk-files.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { softwareVersion } from '../software-version.ts';
import { bidsNameOf, derivativePaths, ignoredResults } from './derivative-paths.ts';
import {
  type DatasetDescription,
  DESCRIPTION_FILE,
  readDescription,
  type SourceDataset,
  sourceDatasetOf,
} from './source-dataset.ts';

const bidsVersion = '1.10.0';

/** Short names for the label table. */
const abbreviations: Readonly<Record<number, string>> = {
  4: 'LLV',
  43: 'RLV',
  5: 'LTH',
  44: 'RTH',
  14: 'V3',
  15: 'V4',
};

/**
 * Makes sure that a folder can become, or is, a derivative dataset of ours.
 *
 * @throws VentrisegError BAD_ARGUMENT when it holds another dataset, BAD_DATASET when its description is damaged
 */
export async function requireDerivativeDataset(output: string): Promise<DatasetDescription | undefined> {
  const description = await readDescription(output);
  const isOurs =
    description === undefined ||
    (description.DatasetType === 'derivative' &&
      description.GeneratedBy?.some(({ Name }) => Name === softwareVersion.name));
  if (isOurs) return description;
  throw new VentrisegError(
    'BAD_ARGUMENT',
    `${output}: holds another BIDS dataset ("${description.Name ?? 'unnamed'}"); choose a folder of its own for the ` +
      `derivatives, such as ${join(output, 'derivatives', softwareVersion.name)}`,
    { path: output },
  );
}

/**
 * What is to be written beside a scan's results.
 *
 * @param output root of the derivative dataset
 * @throws VentrisegError BAD_ARGUMENT, BAD_DATASET
 */
export async function derivativeFiles(
  output: string,
  scanPath: string,
  { volumes }: ResultRecord,
): Promise<FileToWrite[]> {
  const source = await sourceDatasetOf(scanPath, bidsNameOf(scanPath));
  const { link, description } = describe(output, source, await requireDerivativeDataset(output));
  const { sidecarPath, labelTablePath } = derivativePaths(output, scanPath);
  return [
    { path: sidecarPath, content: json(sidecar(scanPath, source, link)) },
    { path: labelTablePath, content: labelTable(volumes.labels.map(({ label }) => label)) },
    { path: join(output, DESCRIPTION_FILE), content: json(description) },
    await ignoreFile(output),
    ...(await readme(output)),
  ];
}

/** The dataset's description with `source` among its sources, and the name that BIDS URIs have for it. */
function describe(
  output: string,
  { root, description: ofSource }: SourceDataset,
  existing: DatasetDescription | undefined,
): { description: DatasetDescription; link: string } {
  const links = existing?.DatasetLinks ?? {};
  const known = Object.entries(links).find(([, path]) => resolve(output, path) === root)?.[0];
  const link = known ?? freeName('raw', Object.keys(links));
  const doi = ofSource?.DatasetDOI;
  const sources = existing?.SourceDatasets ?? [];
  const generators = existing?.GeneratedBy ?? [];
  const source = doi === undefined ? { URL: pathToFileURL(root).href } : { DOI: doi };
  const generator = { Name: softwareVersion.name, Version: softwareVersion.version };
  return {
    link,
    description: {
      Name: 'Cerebral ventricles, segmented by ventriseg',
      BIDSVersion: bidsVersion,
      DatasetType: 'derivative',
      ...existing,
      GeneratedBy: withOne(generators, generator),
      SourceDatasets: withOne(sources, source),
      DatasetLinks: { ...links, [link]: relative(output, root).split(sep).join('/') || '.' },
    },
  };
}

/** The list with `item`, once. */
function withOne<T extends object>(list: readonly T[], item: T): T[] {
  const isIn = list.some((other) =>
    Object.entries(item).every(([key, value]) => (other as Record<string, unknown>)[key] === value),
  );
  return isIn ? [...list] : [...list, item];
}

function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let n = 2; taken.includes(name); n++) name = `${wanted}${n}`;
  return name;
}

function sidecar(scanPath: string, source: SourceDataset, link: string): Record<string, unknown> {
  const { entities } = bidsNameOf(scanPath);
  const uri = `bids:${link}:${source.scanPath}`;
  return {
    Description: "Cerebral ventricles with FreeSurfer's label numbers, on the grid of the scan",
    Sources: [uri],
    SpatialReference: entities.has('space') ? uri : 'orig',
    ...(entities.has('res') && { Resolution: 'That of the scan' }),
    Manual: false,
  };
}

/** The table that says what the labels mean: tab-separated, colours as in FreeSurfer. */
function labelTable(labels: readonly number[]): string {
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  const rows = ventricles
    .filter(({ number }) => labels.includes(number))
    .map(({ number, name, colour }) => [number, name, abbreviations[number], `#${colour.map(hex).join('')}`]);
  return [['index', 'name', 'abbreviation', 'color'], ...rows].map((row) => `${row.join('\t')}\n`).join('');
}

/** `.bidsignore` with our lines, those that are there kept. */
async function ignoreFile(output: string): Promise<FileToWrite> {
  const path = join(output, '.bidsignore');
  const text = (await statOrUndefined(path)) === undefined ? '' : await readFile(path, 'utf8');
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const missing = ignoredResults.filter((line) => !lines.includes(line));
  return { path, content: `${[...lines, ...missing].join('\n')}\n` };
}

const readmeText = `Cerebral ventricles in T1-weighted head MRI, segmented by ventriseg: a BIDS derivative dataset.

*_dseg.nii.gz  labels with FreeSurfer's numbers, on the grid of the scan; *_dseg.tsv says what they mean
*_result.json  volumes in mL, doubts about them, and how they were made
*_result.png   picture for checking
*_result.html  report, to read and to print
*_result.stl, *_result.ply  surfaces, where they were asked for
ventricles.csv volumes of the last scans that were segmented together

Not a medical device: for research, not for diagnosis or treatment.
`;

/** A README, where there is none of any kind. */
async function readme(output: string): Promise<FileToWrite[]> {
  const isThere =
    (await statOrUndefined(output)) !== undefined &&
    (await readdir(output)).some((name) => /^readme(\.|$)/i.test(name));
  return isThere ? [] : [{ path: join(output, 'README'), content: readmeText }];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
