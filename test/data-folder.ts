/** The one place that knows where the real scans are: `../shared/data` beside the project, or `VENTRISEG_DATA`. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Folder of the real scans, whether or not it exists. */
export const dataRoot = process.env.VENTRISEG_DATA ?? resolve(projectRoot, '../shared/data');

/** Path of a file or folder of the real scans. */
export function dataPath(...parts: string[]): string {
  return join(dataRoot, ...parts);
}
