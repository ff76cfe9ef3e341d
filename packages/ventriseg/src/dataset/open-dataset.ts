/** Opens a prepared dataset that lies in a folder on disk (Node). */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VentrisegError } from '../errors.ts';
import { type Dataset, type DatasetFile, readDataset } from './read-dataset.ts';

/** Files are read in pieces of this many bytes; a single read of more than 2 GiB is refused by Node. */
const pieceBytes = 2 ** 28;

/**
 * Opens the folder that `prepareDataset` made, its arrays read into memory.
 *
 * @throws VentrisegError NO_SUCH_FILE when there is no manifest; BAD_DATASET when the manifest, the arrays' headers
 * and the files' sizes do not fit together.
 */
export function openDataset(directory: string): Promise<Dataset> {
  return readDataset({ path: directory, open: (name) => diskFile(join(directory, name)) });
}

async function diskFile(path: string): Promise<DatasetFile> {
  const { size } = await stat(path);
  const read = async (position: number, length: number) => {
    const file = await open(path);
    try {
      return await readPieces(file, path, position, length);
    } finally {
      await file.close();
    }
  };
  return {
    size,
    readHead: (length) => read(0, Math.min(length, size)),
    readFrom: (position) => read(position, size - position),
  };
}

async function readPieces(
  file: FileHandle,
  path: string,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const data = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const wanted = Math.min(pieceBytes, length - done);
    const { bytesRead } = await file.read(data, done, wanted, position + done);
    if (bytesRead === 0) {
      throw new VentrisegError('BAD_DATASET', `${path}: ends at byte ${position + done}`, { path });
    }
    done += bytesRead;
  }
  return data;
}
