/**
 * Files on disk as `InputFile`s (Node only). What the system refuses becomes an UNREADABLE_FILE with its reason.
 */
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VentrisegError } from '../errors.ts';
import type { InputFile } from './input-file.ts';

/** A folder with more files than this was hardly meant. */
const MAX_FILES = 200_000;

/** A file on disk; nothing is read yet. */
export function diskFile(path: string, size: number): InputFile {
  return {
    path,
    size,
    read: () => naming(path, () => readFile(path)),
    readHead: (length) =>
      naming(path, async () => {
        const handle = await open(path, 'r');
        try {
          const bytes = new Uint8Array(Math.min(length, size));
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
          return bytes.subarray(0, bytesRead);
        } finally {
          await handle.close();
        }
      }),
  };
}

/**
 * The files of a folder, by path. Links are followed, each folder is entered once, and links that lead nowhere
 * come with a size of 0 and fail when they are read.
 *
 * @throws VentrisegError UNREADABLE_FILE, BAD_ARGUMENT (over 200000 files).
 */
export async function listFolder(
  root: string,
  options: { readonly recursive: boolean; readonly signal?: AbortSignal },
): Promise<InputFile[]> {
  const files: InputFile[] = [];
  const entered = new Set<string>();
  const enter = async (folder: string): Promise<void> => {
    options.signal?.throwIfAborted();
    const identity = await naming(folder, () => realpath(folder));
    if (entered.has(identity)) return;
    entered.add(identity);
    const entries = await naming(folder, () => readdir(folder, { withFileTypes: true }));
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (options.recursive) await enter(path);
        continue;
      }
      if (!entry.isFile() && !entry.isSymbolicLink()) continue;
      const found = await statOrUndefined(path);
      if (found?.isDirectory() && options.recursive) await enter(path);
      if (found !== undefined && !found.isFile()) continue;
      files.push(diskFile(path, found?.size ?? 0));
      if (files.length > MAX_FILES) {
        throw new VentrisegError(
          'BAD_ARGUMENT',
          `${root}: the folder holds over ${MAX_FILES} files; name the folder of the scan itself`,
          { path: root },
        );
      }
    }
  };
  await enter(root);
  return files;
}

/** What the file system says of a path; undefined when there is nothing, or a link that leads nowhere. */
export async function statOrUndefined(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
    throw unreadable(path, error);
  }
}

async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreadable(path, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'reading it is not permitted; change its permissions',
  EPERM: 'reading it is not permitted; change its permissions',
  ENOENT: 'it is a link that leads nowhere, or was removed; fetch the file it stands for',
  ERR_FS_FILE_TOO_LARGE: 'it is over 2 GiB; unpack it or give a smaller file',
};

function unreadable(path: string, cause: unknown): VentrisegError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? message.replace(/\s+/g, ' ');
  return new VentrisegError('UNREADABLE_FILE', `${path}: cannot be read: ${reason}`, { path, cause });
}
