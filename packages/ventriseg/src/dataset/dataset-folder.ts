/**
 * Writes a dataset's folder so that it is whole or not there: everything goes into a folder beside it, which
 * takes the name only when it is complete. Slices are appended to the arrays as they come, so that a dataset may
 * be larger than memory.
 */
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { VentrisegError } from '../errors.ts';
import { writeWhole } from '../files/index.ts';
import { encodeNpyHeader, npyHeaderLength } from '../npy/index.ts';

/** An array of uint8 pictures that is written picture by picture; its header comes last, in place. */
export class NpyAppender {
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #rows: number;
  readonly #columns: number;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  private constructor(file: string, handle: FileHandle, rows: number, columns: number) {
    this.file = file;
    this.#handle = handle;
    this.#rows = rows;
    this.#columns = columns;
  }

  static async create(path: string, rows: number, columns: number): Promise<NpyAppender> {
    const appender = new NpyAppender(basename(path), await open(path, 'wx'), rows, columns);
    await appender.#handle.write(encodeNpyHeader('uint8', [0, rows, columns]), 0, npyHeaderLength, 0);
    return appender;
  }

  /** Pictures written so far. */
  get count(): number {
    return this.#bytes / (this.#rows * this.#columns);
  }

  /** @param pictures Whole pictures, one after another. */
  async append(pictures: Uint8Array): Promise<void> {
    let done = 0;
    while (done < pictures.length) {
      const position = npyHeaderLength + this.#bytes + done;
      const { bytesWritten } = await this.#handle.write(pictures, done, pictures.length - done, position);
      done += bytesWritten;
    }
    this.#hash.update(pictures);
    this.#bytes += pictures.length;
  }

  /** Writes the final header and closes the file. */
  async finish(): Promise<{
    file: string;
    type: 'uint8';
    shape: [number, number, number];
    sha256: string;
  }> {
    const shape: [number, number, number] = [this.count, this.#rows, this.#columns];
    await this.#handle.write(encodeNpyHeader('uint8', shape), 0, npyHeaderLength, 0);
    await this.#handle.sync();
    await this.#handle.close();
    return { file: this.file, type: 'uint8', shape, sha256: this.#hash.digest('hex') };
  }

  /** Closes the file as it is. */
  async abandon(): Promise<void> {
    await this.#handle.close();
  }
}

/** A folder in the making. */
export interface PendingFolder {
  /** Where to write; beside the final place, on the same disk. */
  readonly path: string;
  /** Gives it the final name. */
  commit(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

/**
 * @throws VentrisegError OUTPUT_EXISTS when something is there that may not be replaced: anything without
 * `overwrite`, and with it anything but a dataset or an empty folder.
 */
export async function beginFolder(output: string, overwrite: boolean): Promise<PendingFolder> {
  const target = resolve(output);
  await requireReplaceable(target, overwrite);
  await mkdir(dirname(target), { recursive: true });
  const path = join(dirname(target), `.${basename(target)}.partial-${randomBytes(4).toString('hex')}`);
  await mkdir(path);
  return {
    path,
    async commit() {
      await requireReplaceable(target, overwrite);
      const old = `${path}.old`;
      const replaced = (await stat(target).catch(missing)) !== undefined;
      if (replaced) await rename(target, old);
      await rename(path, target);
      if (replaced) await rm(old, { recursive: true });
    },
    async discard() {
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Writes JSON for people to read. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function requireReplaceable(target: string, overwrite: boolean): Promise<void> {
  const info = await stat(target).catch(missing);
  if (info === undefined) return;
  if (!overwrite) {
    throw new VentrisegError(
      'OUTPUT_EXISTS',
      `${target}: exists already; choose another folder, or allow it to be overwritten`,
      { path: target },
    );
  }
  const entries = info.isDirectory() ? await readdir(target) : undefined;
  if (entries === undefined || (entries.length > 0 && !entries.includes('manifest.json'))) {
    throw new VentrisegError(
      'OUTPUT_EXISTS',
      `${target}: is not a dataset (no manifest.json), so it is not overwritten; choose another folder`,
      { path: target },
    );
  }
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
