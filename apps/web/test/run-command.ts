/** The built command, beside the page. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dataPath } from '../../../test/data-folder.ts';
import { command } from './browser.ts';

/** Runs the command and reads what it prints with `--json`. */
export async function runJson<T>(...args: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...args, '--json']);
  return JSON.parse(stdout) as T;
}

/** A dataset of two real people, small enough to train on in a test. @returns its folder, in the given one */
export async function prepareSmallDataset(folder: string): Promise<string> {
  const dataset = join(folder, 'dataset');
  const subjects = ['ecog', 'seeg'].map((name) => dataPath('freesurfer-subjects', name));
  await runJson('prepare', ...subjects, '-o', dataset, '--split-counts', 'train=rest,test=1');
  return dataset;
}
