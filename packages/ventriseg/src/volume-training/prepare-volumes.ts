/**
 * Makes a dataset of volumes out of labelled heads, to train the networks that find and draw the ventricles:
 *
 *   manifest.json                     who is in it, how it was made; written last
 *   cases/<name>.json                 one head's record; written after its volumes
 *   segment/<name>_{image,codes}.nii.gz   the ventricles and their surroundings at 1 mm
 *   locate/<name>_{image,codes}.nii.gz    the whole head at 2 mm
 *
 * What is wrong with a head is collected, and the others go on. A preparation that was cut short goes on where it
 * was with `resume`, and several processes can share one folder: each takes a `part`, then one call without it
 * writes the manifest.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNifti } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { type SplitRequest, type SynthesiseInput, synthesiseRequestSchema } from '../dataset/manifest.ts';
import { Identities, peopleOf } from '../dataset/people.ts';
import { issueOf } from '../dataset/prepare-dataset.ts';
import { type FindSubjectsOptions, findSubjects, type SubjectSource } from '../dataset/sources.ts';
import { checkSplitRequest, defaultSplit, splitPeople } from '../dataset/split.ts';
import { VentrisegError } from '../errors.ts';
import { requireNewFolder, writeAllWhole, writeWhole } from '../files/index.ts';
import { softwareVersion } from '../software-version.ts';
import type { VolumeRole } from '../volumes/index.ts';
import {
  aroundVentricles,
  type CodedImage,
  halved,
  type LabelledHead,
  readLabelledHead,
  synthesiseLabelledHead,
} from './labelled-head.ts';
import { type VolumeManifest, volumeManifestSchema } from './volume-manifest.ts';

export const VOLUME_MANIFEST = 'manifest.json';

export interface PrepareVolumesOptions extends Omit<FindSubjectsOptions, 'synthesise'> {
  /** FreeSurfer subject folders, folders of such folders, or `.tsv` tables with columns image and labels. */
  readonly inputs: readonly string[];
  /** Folder to make. */
  readonly output: string;
  /** Seeds the synthesis and the drawing of the split; default 1. */
  readonly seed?: number;
  readonly split?: SplitRequest;
  /** Make images for label maps without one. */
  readonly synthesise?: SynthesiseInput;
  /** Go on with a folder that is there: heads whose files are complete are kept. */
  readonly resume?: boolean;
  /** Only every `of`-th head from `index`, for processes side by side; no manifest is written. */
  readonly part?: { readonly index: number; readonly of: number };
  readonly signal?: AbortSignal;
  /** Told before each head and at the end. */
  readonly onProgress?: (progress: { done: number; total: number; subject: string | undefined }) => void;
}

type CaseRecord = LabelledHead['record'] & { readonly name: string };

/** Paths of a head's volumes in a dataset. */
export function volumePaths(directory: string, role: VolumeRole, name: string) {
  const path = (what: string) => join(directory, role, `${name}_${what}.nii.gz`);
  return { image: path('image'), codes: path('codes') };
}

/**
 * @returns the manifest; undefined for a part
 * @throws VentrisegError OUTPUT_EXISTS, BAD_SPLIT, NO_SUCH_FILE or BAD_TABLE for wrong use; NO_SUBJECTS when none
 * could be prepared; the signal's reason when aborted
 */
export async function prepareVolumes(options: PrepareVolumesOptions): Promise<VolumeManifest | undefined> {
  const { output, signal, seed = 1, part } = options;
  const synthesise =
    options.synthesise === undefined ? null : synthesiseRequestSchema.parse(options.synthesise);
  const { sources, issues } = await findSubjects(options.inputs, {
    ...options,
    synthesise: synthesise ?? undefined,
  });
  const split = options.split ?? defaultSplit;
  const identities = new Identities();
  checkSplitRequest(split, peopleOf(sources, identities));
  await openFolder(output, options.resume ?? false);
  const own = part === undefined ? sources : sources.filter((_, i) => i % part.of === part.index);
  const prepared: SubjectSource[] = [];
  const records: CaseRecord[] = [];
  for (const [done, source] of own.entries()) {
    signal?.throwIfAborted();
    options.onProgress?.({ done, total: own.length, subject: source.subject });
    const name = fileName(source.subject);
    try {
      const kept = await readRecord(output, name);
      records.push(kept ?? (await prepareCase(source, name, output, () => headOf(source))));
      prepared.push(source);
    } catch (error) {
      signal?.throwIfAborted();
      issues.push(issueOf(error, source));
    }
  }
  options.onProgress?.({ done: own.length, total: own.length, subject: undefined });
  if (part !== undefined) return undefined;
  if (records.length === 0) {
    throw new VentrisegError('NO_SUBJECTS', `${options.inputs.join(', ')}: no head could be prepared`, {});
  }
  const placed = splitPeople(peopleOf(prepared, identities), split, new SeededRandom(seed));
  const manifest = volumeManifestSchema.parse({
    format: 'ventriseg-volumes',
    formatVersion: 1,
    software: softwareVersion,
    seed,
    synthesise,
    split,
    cases: records.map((record, i) => {
      const person = identities.nameOf(prepared[i]!.person);
      return { ...record, person, dataset: prepared[i]!.dataset ?? null, split: placed.get(person)! };
    }),
    issues,
  });
  await writeWhole(join(output, VOLUME_MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;

  function headOf(source: SubjectSource): Promise<LabelledHead> {
    return source.imagePath === undefined
      ? synthesiseLabelledHead(source, seed, synthesise!)
      : readLabelledHead(source);
  }
}

async function openFolder(output: string, resume: boolean): Promise<void> {
  if (!resume) await requireNewFolder(output);
  for (const folder of ['cases', 'segment', 'locate']) await mkdir(join(output, folder), { recursive: true });
}

/** Characters that are awkward in file names become hyphens: `map_01#2` is `map_01-2`. */
function fileName(subject: string): string {
  return subject.replaceAll(/[^\w.-]/g, '-');
}

function recordPath(output: string, name: string): string {
  return join(output, 'cases', `${name}.json`);
}

async function readRecord(output: string, name: string): Promise<CaseRecord | undefined> {
  const text = await readFile(recordPath(output, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as CaseRecord);
}

async function prepareCase(
  source: SubjectSource,
  name: string,
  output: string,
  read: () => Promise<LabelledHead>,
): Promise<CaseRecord> {
  const head = await read();
  const roles: [VolumeRole, CodedImage][] = [
    ['segment', aroundVentricles(head, source.labelsPath)],
    ['locate', halved(head)],
  ];
  const files = await Promise.all(
    roles.flatMap(([role, { image, codes }]) => {
      const paths = volumePaths(output, role, name);
      return [
        writeNifti(image).then((content) => ({ path: paths.image, content })),
        writeNifti(codes, { intent: 'label' }).then((content) => ({ path: paths.codes, content })),
      ];
    }),
  );
  await writeAllWhole(files);
  const record = { name, ...head.record };
  await writeWhole(recordPath(output, name), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}
