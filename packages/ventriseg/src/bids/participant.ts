/**
 * Sex and age of a scan's person from `participants.tsv` of its BIDS dataset (BIDS 1.10, "Participants file"), and from
 * `sub-X_sessions.tsv` where the session has an age of its own.
 */
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Person } from '../norms/index.ts';
import { statOrUndefined } from '../scan-input/disk-files.ts';
import { parseBidsName } from './bids-name.ts';
import { sourceDatasetOf } from './source-dataset.ts';

const unknown: Person = { sex: undefined, ageYears: undefined };

/**
 * What the dataset tells of the person; nothing for a scan that is in none.
 *
 * @throws VentrisegError BAD_DATASET when the dataset's description is damaged
 */
export async function participantOf(scanPath: string): Promise<Person> {
  const name = parseBidsName(basename(resolve(scanPath)));
  if (typeof name === 'string') return unknown;
  const subject = `sub-${name.entities.get('sub')}`;
  const session = name.entities.get('ses');
  const { root, description } = await sourceDatasetOf(scanPath, name);
  if (description === undefined) return unknown;
  const person = await rowOf(join(root, 'participants.tsv'), 'participant_id', subject);
  const visit =
    session === undefined
      ? undefined
      : await rowOf(join(root, subject, `${subject}_sessions.tsv`), 'session_id', `ses-${session}`);
  return {
    sex: sexOf(person?.get('sex') ?? person?.get('gender')),
    ageYears: ageOf(visit?.get('age')) ?? ageOf(person?.get('age')),
  };
}

/** The row of a tab-separated table whose column has the value, by column names in lower case. */
async function rowOf(path: string, column: string, value: string): Promise<Map<string, string> | undefined> {
  if ((await statOrUndefined(path)) === undefined) return undefined;
  const [head, ...rows] = (await readFile(path, 'utf8'))
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.split('\t').map((cell) => cell.trim()));
  const names = head!.map((cell) => cell.toLowerCase());
  const at = names.indexOf(column);
  const row = at < 0 ? undefined : rows.find((cells) => cells[at] === value);
  return row && new Map(names.map((name, k) => [name, row[k] ?? '']));
}

/** BIDS recommends `female`, `f`, `F` and the like; `n/a` is missing. */
function sexOf(text: string | undefined): Person['sex'] {
  const letter = text?.toLowerCase();
  if (letter === 'f' || letter === 'female') return 'F';
  return letter === 'm' || letter === 'male' ? 'M' : undefined;
}

/** Years; BIDS allows `89+` for those whose age must not be told, which is none here. */
function ageOf(text: string | undefined): number | undefined {
  const years = Number(text === undefined || text === '' ? Number.NaN : text);
  return years >= 0 && years <= 120 ? years : undefined;
}
