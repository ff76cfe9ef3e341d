/**
 * Finds the subjects: FreeSurfer subject folders, a SUBJECTS_DIR of them, or a table of image and label files.
 *
 * Nothing is read here but folders and tables; what is wrong with one subject becomes an issue, and the others
 * go on.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { VentrisegError } from '../errors.ts';
import { type LabelScheme, labelSchemes } from '../labels/index.ts';
import { type Issue, type SplitName, splitNames } from './manifest.ts';

/** One scan with its labels, or labels that an image is made from; not yet read. */
export interface SubjectSource {
  readonly subject: string;
  readonly person: string;
  readonly dataset: string | undefined;
  readonly head: string | undefined;
  /** undefined when the image is to be synthesised. */
  readonly imagePath: string | undefined;
  readonly labelsPath: string;
  readonly scheme: LabelScheme | undefined;
  readonly split: SplitName | undefined;
  /** Which of the images synthesised from the labels, from 1. */
  readonly copy?: number;
}

export interface FindSubjectsOptions {
  /** File names in a FreeSurfer subject's mri folder, tried in this order. */
  imageNames?: readonly string[];
  labelNames?: readonly string[];
  /** Only rows of a table whose `dataset` is one of these. */
  datasets?: readonly string[];
  /** The scheme of table rows that state none. FreeSurfer folders are always FreeSurfer's. */
  scheme?: LabelScheme;
  /** Subjects with labels but no image: how many images to make of them; without it they are left out. */
  synthesise?: { readonly copies: number } | undefined;
}

/** Whole heads before skull-stripped ones: a network should see what it will be given. */
export const defaultImageNames: readonly string[] = ['nu.mgz', 'T1.mgz', 'orig.mgz', 'norm.mgz', 'brain.mgz'];
export const defaultLabelNames: readonly string[] = ['aparc+aseg.mgz', 'aseg.mgz'];

/**
 * The subjects of all inputs, in order, and what is wrong with those that are not among them.
 *
 * @param inputs FreeSurfer subject folders, folders of such folders, or `.tsv` tables.
 * @throws VentrisegError NO_SUCH_FILE or BAD_TABLE when an input as a whole is missing or is none of these.
 */
export async function findSubjects(
  inputs: readonly string[],
  options: FindSubjectsOptions = {},
): Promise<{ sources: SubjectSource[]; issues: Issue[] }> {
  const sources: SubjectSource[] = [];
  const issues: Issue[] = [];
  for (const input of inputs) {
    const path = resolve(input);
    const info = await stat(path).catch((cause: unknown) => {
      throw new VentrisegError('NO_SUCH_FILE', `${input}: no such file or folder`, { path, cause });
    });
    if (!info.isDirectory()) await readTable(path, options, sources, issues);
    else if (await isFolder(join(path, 'mri'))) await addFreeSurfer(path, options, sources, issues);
    else await addSubjectsDirectory(path, options, sources, issues);
  }
  return { sources: withoutRepeats(sources, issues), issues };
}

/** Each pair of files once, however often the inputs name it. */
function withoutRepeats(sources: readonly SubjectSource[], issues: Issue[]): SubjectSource[] {
  const seen = new Set<string>();
  return sources.filter(({ imagePath, labelsPath, subject, copy }) => {
    const key = `${imagePath ?? copy}\n${labelsPath}`;
    if (!seen.has(key)) return seen.add(key);
    const path = imagePath ?? labelsPath;
    const message = `${path}: named more than once by the inputs; used once`;
    issues.push({ severity: 'note', code: 'REPEATED_INPUT', path, subject, message });
    return false;
  });
}

async function addSubjectsDirectory(
  path: string,
  options: FindSubjectsOptions,
  sources: SubjectSource[],
  issues: Issue[],
): Promise<void> {
  let found = 0;
  for (const name of (await readdir(path)).sort()) {
    const folder = join(path, name);
    if (!(await isFolder(join(folder, 'mri')))) continue;
    found++;
    await addFreeSurfer(folder, options, sources, issues);
  }
  if (found === 0) {
    throw new VentrisegError(
      'NO_SUCH_FILE',
      `${path}: neither a FreeSurfer subject (no mri folder) nor a folder of them; for other data give a ` +
        '.tsv table with columns image and labels',
      { path },
    );
  }
}

async function addFreeSurfer(
  folder: string,
  options: FindSubjectsOptions,
  sources: SubjectSource[],
  issues: Issue[],
): Promise<void> {
  const subject = basename(folder);
  const mri = join(folder, 'mri');
  const present = new Set(await readdir(mri));
  const imageNames = options.imageNames ?? defaultImageNames;
  const labelNames = options.labelNames ?? defaultLabelNames;
  const image = imageNames.find((name) => present.has(name));
  const labels = labelNames.find((name) => present.has(name));
  if (image === undefined && (labels === undefined || options.synthesise === undefined)) {
    const message = `${mri}: none of ${imageNames.join(', ')} is there`;
    issues.push({ severity: 'error', code: 'NO_IMAGE', path: mri, subject, message });
  }
  if (labels === undefined) {
    const message = `${mri}: none of ${labelNames.join(', ')} is there`;
    issues.push({ severity: 'error', code: 'NO_LABELS', path: mri, subject, message });
  }
  if (labels === undefined) return;
  const source: SubjectSource = {
    subject,
    person: subject,
    dataset: undefined,
    head: undefined,
    imagePath: image === undefined ? undefined : join(mri, image),
    labelsPath: join(mri, labels),
    scheme: 'freesurfer',
    split: undefined,
  };
  sources.push(...(image === undefined ? copiesOf(source, options) : [source]));
}

/** The images to be made from the labels of a subject without one. */
function copiesOf(source: SubjectSource, { synthesise }: FindSubjectsOptions): SubjectSource[] {
  return Array.from({ length: synthesise?.copies ?? 0 }, (_, k) => ({
    ...source,
    subject: `${source.subject}#${k + 1}`,
    copy: k + 1,
  }));
}

async function readTable(
  path: string,
  options: FindSubjectsOptions,
  sources: SubjectSource[],
  issues: Issue[],
): Promise<void> {
  const rows = parseTsv(await readFile(path, 'utf8'), path);
  const folder = dirname(path);
  for (const { line, cells } of rows) {
    const dataset = cells.get('dataset');
    if (options.datasets !== undefined && !options.datasets.includes(dataset ?? '')) continue;
    const image = cells.get('image');
    const labels = cells.get('labels');
    const subject = cells.get('subject') ?? nameOfScan(image ?? labels ?? `line-${line}`);
    const where = `${path} line ${line} (${subject})`;
    const scheme = cells.get('scheme') ?? options.scheme;
    const split = cells.get('split');
    if (image === undefined && (labels === undefined || options.synthesise === undefined)) {
      issues.push({
        severity: 'note',
        code: 'NO_IMAGE',
        path,
        subject,
        message: `${where}: names no image; skipped`,
      });
    } else if (labels === undefined) {
      issues.push({
        severity: 'error',
        code: 'NO_LABELS',
        path,
        subject,
        message: `${where}: names no labels`,
      });
    } else if (!isOneOf(labelSchemes, scheme)) {
      const message = `${where}: scheme '${scheme}' is not one of ${labelSchemes.join(', ')}`;
      issues.push({ severity: 'error', code: 'BAD_TABLE', path, subject, message });
    } else if (!isOneOf(splitNames, split)) {
      const message = `${where}: split '${split}' is not one of ${splitNames.join(', ')}`;
      issues.push({ severity: 'error', code: 'BAD_TABLE', path, subject, message });
    } else {
      const source: SubjectSource = {
        subject,
        person: cells.get('person') ?? subject,
        dataset,
        head: cells.get('head'),
        imagePath: image === undefined ? undefined : resolve(folder, image),
        labelsPath: resolve(folder, labels),
        scheme,
        split,
      };
      sources.push(...(image === undefined ? copiesOf(source, options) : [source]));
    }
  }
}

/** Rows of a table with their non-empty cells by column name; 'n/a' counts as empty, as in BIDS. */
function parseTsv(text: string, path: string): { line: number; cells: Map<string, string> }[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const columns = (lines[0] ?? '').split('\t').map((name) => name.trim().toLowerCase());
  for (const required of ['image', 'labels']) {
    if (columns.includes(required)) continue;
    throw new VentrisegError(
      'BAD_TABLE',
      `${path}: has no column '${required}'; its first line must name the columns, separated by tabs ` +
        `(found: ${columns.join(', ').slice(0, 120)})`,
      { path },
    );
  }
  const rows: { line: number; cells: Map<string, string> }[] = [];
  for (let k = 1; k < lines.length; k++) {
    if (lines[k]!.trim() === '') continue;
    const cells = new Map<string, string>();
    lines[k]!.split('\t').forEach((cell, column) => {
      const value = cell.trim();
      const name = columns[column];
      if (name !== undefined && value !== '' && value !== 'n/a') cells.set(name, value);
    });
    rows.push({ line: k + 1, cells });
  }
  return rows;
}

function isOneOf<T extends string>(allowed: readonly T[], value: string | undefined): value is T | undefined {
  return value === undefined || (allowed as readonly string[]).includes(value);
}

function nameOfScan(path: string): string {
  return basename(path).replace(/\.(nii(\.gz)?|mgz|mgh|img|hdr)$/i, '');
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
