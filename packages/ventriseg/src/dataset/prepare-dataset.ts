/**
 * Makes a dataset of two-dimensional slices for training out of labelled scans.
 *
 * The stages are: find the subjects, prepare each (read, conform, cut), split the people, write the folder. What
 * is wrong with a subject is collected, and the others go on; only wrong use, or no subject at all, is an error.
 */
import { join } from 'node:path';
import { ImagingError } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import { writeWhole } from '../files/index.ts';
import { encodePng } from '../pictures/index.ts';
import { planeAxes } from '../slices/index.ts';
import { softwareVersion } from '../software-version.ts';
import { beginFolder, NpyAppender, writeJson } from './dataset-folder.ts';
import { drawDatasetSheet, type SheetEntry, sheetEntry, subjectsOnSheet } from './dataset-sheet.ts';
import { lastLabelMapKept } from './labelled-scan.ts';
import {
  type DatasetManifest,
  datasetManifestSchema,
  type Issue,
  type SplitRequest,
  type SubjectRecord,
  type SynthesiseInput,
  type SynthesiseRequest,
  splitNames,
  synthesiseRequestSchema,
} from './manifest.ts';
import { Identities, peopleOf, repeatedSubjects } from './people.ts';
import {
  type DatasetPresetName,
  datasetPresets,
  overriddenFields,
  type PlanOverrides,
  resolveDatasetPlan,
} from './plan.ts';
import { prepareSubject } from './prepare-subject.ts';
import { type FindSubjectsOptions, findSubjects, type SubjectSource } from './sources.ts';
import { checkSplitRequest, defaultSplit, splitPeople } from './split.ts';

export interface PrepareOptions extends Omit<FindSubjectsOptions, 'synthesise'> {
  /** FreeSurfer subject folders, folders of such folders, or `.tsv` tables with columns image and labels. */
  inputs: readonly string[];
  /** Folder to make. */
  output: string;
  /** Default '2017'. */
  preset?: DatasetPresetName;
  /** Changes to the preset's plan. */
  plan?: PlanOverrides;
  /** Seeds the drawing of the split; default 1. */
  seed?: number;
  /** Default: the tables' own split column where it is filled, else four fifths to train, one to test, by dataset. */
  split?: SplitRequest;
  /**
   * Make images for subjects with labels but no image, such as SynthSeg's training maps: `copies` of each, drawn
   * anew, named `<subject>#1` and so on, one person. Without it such subjects are left out, with a note.
   */
  synthesise?: SynthesiseInput;
  /** Replace a dataset that is there already. */
  overwrite?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: PrepareProgress) => void;
}

/** Told before each subject and at the end (`done === total`). */
export interface PrepareProgress {
  readonly done: number;
  readonly total: number;
  /** The subject that is prepared next; undefined at the end. */
  readonly subject: string | undefined;
}

export interface PreparedDataset {
  readonly directory: string;
  readonly manifest: DatasetManifest;
  /** The same as the manifest's: subjects left out, and what to look at. */
  readonly issues: readonly Issue[];
}

type UnsplitRecord = Omit<SubjectRecord, 'split'>;

/**
 * Prepares a dataset; see `openDataset` for reading it.
 *
 * @throws VentrisegError BAD_PLAN, BAD_SPLIT, NO_SUCH_FILE, BAD_TABLE or OUTPUT_EXISTS for wrong use; NO_SUBJECTS
 * when no subject could be prepared; the signal's reason when aborted. Nothing is left behind then.
 *
 * @example
 * await prepareDataset({ inputs: ['/data/subjects'], output: 'ventricles', plan: { classes: [[4], [43]] } });
 */
export async function prepareDataset(options: PrepareOptions): Promise<PreparedDataset> {
  const { signal, seed = 1, preset = '2017' } = options;
  const plan = resolveDatasetPlan(preset, options.plan);
  const random = new SeededRandom(seed);
  const synthesise = checkSynthesise(options.synthesise);
  const { sources, issues } = await findSubjects(options.inputs, {
    ...options,
    synthesise: synthesise ?? undefined,
  });
  if (sources.length === 0) throw noSubjects('none was found', options, issues);
  const identities = new Identities();
  issues.push(...repeatedSubjects(sources));
  const split = chooseSplit(options.split, sources, issues);
  checkSplitRequest(split, peopleOf(sources, identities));

  const folder = await beginFolder(options.output, options.overwrite ?? false);
  const appenders: NpyAppender[] = [];
  try {
    const { rows, columns } = plan.crop;
    const images = await NpyAppender.create(join(folder.path, 'images.npy'), rows, columns);
    appenders.push(images);
    const labels = await NpyAppender.create(join(folder.path, 'labels.npy'), rows, columns);
    appenders.push(labels);
    const readLabelMap = lastLabelMapKept();
    const prepared: SubjectSource[] = [];
    const records: UnsplitRecord[] = [];
    const shown: SheetEntry[] = [];
    const sheetStep = Math.ceil(sources.length / subjectsOnSheet);
    for (const [done, source] of sources.entries()) {
      signal?.throwIfAborted();
      options.onProgress?.({ done, total: sources.length, subject: source.subject });
      const subject = await prepareSubject(source, {
        plan,
        seed,
        synthesise,
        readLabelMap,
        signal,
      }).catch((error: unknown) => {
        signal?.throwIfAborted();
        issues.push(issueOf(error, source));
      });
      if (subject === undefined) continue;
      records.push({ ...subject.record, person: source.person, offset: images.count });
      prepared.push(source);
      if (prepared.length % sheetStep === 1 % sheetStep) shown.push(sheetEntry(subject, records.length - 1));
      noteSubject(subject.record, issues);
      const twin = identities.noteImage(source, subject.record.image);
      if (twin !== undefined) issues.push(twin);
      await images.append(subject.images);
      await labels.append(subject.labels);
    }
    options.onProgress?.({ done: sources.length, total: sources.length, subject: undefined });
    if (records.length === 0) throw noSubjects('none could be prepared', options, issues);

    const placed = splitPeople(peopleOf(prepared, identities), split, random);
    const subjects = records.map((record): SubjectRecord => {
      const person = identities.nameOf(record.person);
      return { ...record, person, split: placed.get(person)! };
    });
    warnOfEmptySplits(split, subjects, issues);
    const manifest: DatasetManifest = datasetManifestSchema.parse({
      format: 'ventriseg-dataset',
      formatVersion: 1,
      software: softwareVersion,
      preset: {
        name: preset,
        overridden: overriddenFields(options.plan),
        deviations: [...datasetPresets[preset].deviations],
      },
      plan,
      conformed: { shape: [256, 256, 256], voxelMm: 1, axes: 'LIA' },
      pictures: {
        rows: planeAxes[plan.plane].rows,
        columns: planeAxes[plan.plane].columns,
        pixelMm: 256 / plan.scaledSize,
      },
      seed,
      synthesise,
      split,
      arrays: { images: await images.finish(), labels: await labels.finish() },
      subjects,
      issues,
    });
    appenders.length = 0;
    const sheet = encodePng(drawDatasetSheet(shown, subjects, plan));
    await writeWhole(join(folder.path, 'contact-sheet.png'), sheet);
    await writeJson(join(folder.path, 'manifest.json'), manifest);
    signal?.throwIfAborted();
    await folder.commit();
    return { directory: options.output, manifest, issues };
  } catch (error) {
    for (const appender of appenders) await appender.abandon();
    await folder.discard();
    throw error;
  }
}

function checkSynthesise(input: SynthesiseInput | undefined): SynthesiseRequest | null {
  if (input === undefined) return null;
  const parsed = synthesiseRequestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new VentrisegError('BAD_PLAN', `synthesise: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}

function chooseSplit(
  requested: SplitRequest | undefined,
  sources: readonly SubjectSource[],
  issues: Issue[],
): SplitRequest {
  const stated = sources.some((source) => source.split !== undefined);
  if (requested === undefined) return stated ? { column: true } : defaultSplit;
  if (stated && !('column' in requested)) {
    issues.push({
      severity: 'note',
      code: 'SPLIT_COLUMN_UNUSED',
      path: null,
      subject: null,
      message: 'the split that was asked for is used, not the split column of the tables',
    });
  }
  return requested;
}

function noteSubject({ subject, labels, labelledVoxels }: PreparedNote, issues: Issue[]): void {
  if (labelledVoxels.cropped === 0) return;
  issues.push({
    severity: 'warning',
    code: 'LABELS_CROPPED',
    path: labels.path,
    subject,
    message:
      `${labels.path}: ${labelledVoxels.cropped} of ${labelledVoxels.slices} labelled voxels of the kept ` +
      'slices lie outside the crop',
  });
}

type PreparedNote = Pick<SubjectRecord, 'subject' | 'labels' | 'labelledVoxels'>;

function warnOfEmptySplits(split: SplitRequest, subjects: readonly SubjectRecord[], issues: Issue[]): void {
  for (const name of splitNames) {
    const asked =
      name === 'train' ||
      ('fractions' in split && (split.fractions[name] ?? 0) > 0) ||
      ('counts' in split && split.counts[name] === 'rest');
    if (!asked || subjects.some((subject) => subject.split === name)) continue;
    issues.push({
      severity: 'warning',
      code: 'EMPTY_SPLIT',
      path: null,
      subject: null,
      message: `no one is in the split '${name}': there are only ${subjects.length} subjects`,
    });
  }
}

/** What went wrong with a subject's files as an issue; anything else is a mistake of the program and is thrown. */
/** What is wrong with a subject. @throws what was thrown when it is a fault of the program */
export function issueOf(error: unknown, source: SubjectSource): Issue {
  const known = error instanceof VentrisegError || error instanceof ImagingError;
  const fromSystem = error instanceof Error && 'syscall' in error && 'code' in error;
  if (!known && !fromSystem) throw error;
  const { code, path } = error as { code: string; path?: string };
  return {
    severity: 'error',
    code: code === 'ENOENT' ? 'NO_SUCH_FILE' : code,
    path: path ?? source.imagePath ?? source.labelsPath,
    subject: source.subject,
    message: (error as Error).message,
  };
}

function noSubjects(what: string, options: PrepareOptions, issues: readonly Issue[]): VentrisegError {
  const shown = issues.slice(0, 5).map((issue) => `\n  ${issue.code} ${issue.message}`);
  const more = issues.length > 5 ? `\n  and ${issues.length - 5} more` : '';
  const filter = options.datasets === undefined ? '' : ` (datasets: ${options.datasets.join(', ')})`;
  return new VentrisegError(
    'NO_SUBJECTS',
    `no subjects in ${options.inputs.join(', ')}${filter}: ${what}${shown.join('')}${more}`,
  );
}
