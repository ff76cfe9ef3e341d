/** For what makes a folder and can go on with one that is there. */
import { stat } from 'node:fs/promises';
import { VentrisegError } from '../errors.ts';

/** @throws VentrisegError OUTPUT_EXISTS when there is something of that name */
export async function requireNewFolder(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  throw new VentrisegError(
    'OUTPUT_EXISTS',
    `${path}: exists already; give another folder, or --resume to go on with it`,
    { path },
  );
}
