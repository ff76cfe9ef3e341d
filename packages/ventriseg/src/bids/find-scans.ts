/**
 * The scans that paths stand for: a BIDS dataset is every T1-weighted image of its subjects, all else is itself.
 *
 * Only `sub-*` folders are entered, so `derivatives/`, `sourcedata/` and `code/` are passed over.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VentrisegError } from '../errors.ts';
import { listFolder, statOrUndefined } from '../scan-input/disk-files.ts';
import { baseName } from '../scan-input/input-file.ts';
import { parseBidsName } from './bids-name.ts';
import { readDescription } from './source-dataset.ts';

export interface FoundScans {
  readonly paths: readonly string[];
  /** What was found in datasets and what is left aside, each a line. */
  readonly notes: readonly string[];
}

/** Names with numbers in the order that people expect: sub-2 before sub-10. */
const { compare: byName } = new Intl.Collator('en', { numeric: true });

/** @throws VentrisegError NO_IMAGE for a dataset without T1-weighted images, BAD_DATASET, UNREADABLE_FILE */
export async function findScans(paths: readonly string[]): Promise<FoundScans> {
  const scans: string[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const isFolder = (await statOrUndefined(path))?.isDirectory();
    if (!isFolder || (await readDescription(path)) === undefined) {
      scans.push(path);
      continue;
    }
    const found = await findInDataset(path);
    scans.push(...found.scans);
    notes.push(found.note);
  }
  return { paths: scans, notes };
}

async function findInDataset(root: string): Promise<{ scans: string[]; note: string }> {
  const scans: string[] = [];
  const others = new Map<string, number>();
  const subjects = await foldersNamed(root, /^sub-/);
  for (const subject of subjects) {
    const sessions = await foldersNamed(subject, /^ses-/);
    const folders = await Promise.all([subject, ...sessions].map((folder) => foldersNamed(folder, /^anat$/)));
    for (const folder of folders.flat()) {
      const files = (await listFolder(folder, { recursive: false })).map(({ path }) => path);
      for (const path of files.sort(byName)) {
        const name = parseBidsName(baseName(path));
        if (typeof name === 'string' || !/^\.nii(\.gz)?$/.test(name.extension)) continue;
        if (name.suffix === 'T1w') scans.push(path);
        else others.set(name.suffix, (others.get(name.suffix) ?? 0) + 1);
      }
    }
  }
  const aside = [...others].sort().map(([suffix, count]) => `${count} ${suffix}`);
  const people = `${subjects.length} subject${subjects.length === 1 ? '' : 's'}`;
  if (scans.length === 0) {
    throw new VentrisegError(
      'NO_IMAGE',
      `${root}: is a BIDS dataset of ${people} without a T1-weighted image ` +
        `(sub-*/[ses-*/]anat/*_T1w.nii.gz)${aside.length > 0 ? `, only ${aside.join(', ')}` : ''}; name the scans`,
      { path: root },
    );
  }
  const left = aside.length > 0 ? `; left aside: ${aside.join(', ')}` : '';
  return { scans, note: `${root}: ${scans.length} T1w of ${people}${left}` };
}

async function foldersNamed(folder: string, name: RegExp): Promise<string[]> {
  const names = (await readdir(folder)).filter((entry) => name.test(entry)).sort(byName);
  const paths = names.map((entry) => join(folder, entry));
  const found = await Promise.all(paths.map(statOrUndefined));
  return paths.filter((_, k) => found[k]?.isDirectory());
}
