/** Writes a file whole or not at all: beside its place first, then renamed into it. */
import { rename, rm, writeFile } from 'node:fs/promises';

export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.part-${process.pid}`;
  try {
    await writeFile(beside, content);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
