/** Writes files whole or not at all: beside their places first, then renamed into them. */
import { rename, rm, writeFile } from 'node:fs/promises';

export interface FileToWrite {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** Writes one file. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeAllWhole([{ path, content }]);
}

/**
 * Writes files that belong together: none takes its name before all of them lie beside their places.
 *
 * @param options.signal nothing is renamed when it is aborted before the last file is written
 */
export async function writeAllWhole(
  files: readonly FileToWrite[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const beside = (path: string) => `${path}.part-${process.pid}`;
  try {
    for (const { path, content } of files) {
      options.signal?.throwIfAborted();
      await writeFile(beside(path), content);
    }
    options.signal?.throwIfAborted();
    for (const { path } of files) await rename(beside(path), path);
  } catch (error) {
    for (const { path } of files) await rm(beside(path), { force: true });
    throw error;
  }
}
