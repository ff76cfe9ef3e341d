/**
 * One NIfTI or MGH file, or a NIfTI pair, to an opened scan.
 */
import { ImagingError, readScan } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import { type InputFile, outputName } from './input-file.ts';
import type { OpenedScan } from './opened-scan.ts';
import { sha256 } from './sha256.ts';

/**
 * Opens a scan that is one file, or the header of a pair.
 *
 * @param path what the user named; goes into the name and the source
 * @param partner the `.img` of a `.hdr`
 * @throws VentrisegError NOT_A_SCAN; ImagingError for a scan that is damaged, naming the file.
 */
export async function openVolume(path: string, file: InputFile, partner?: InputFile): Promise<OpenedScan> {
  const bytes = await file.read();
  const pairedData = await partner?.read();
  try {
    const scan = await readScan(bytes, { path: file.path, ...(pairedData && { pairedData }) });
    const { shape } = scan.volume;
    if (shape.includes(1)) {
      throw new ImagingError(
        'NOT_A_VOLUME',
        `${file.path}: is a single slice of ${shape.join('x')} voxels; a volume is wanted`,
        { path: file.path },
      );
    }
    return {
      name: outputName(path),
      ...scan,
      source: {
        path,
        sha256: await sha256(bytes, ...(pairedData === undefined ? [] : [pairedData])),
        kind: scan.format === 'mgh' ? 'mgh' : 'nifti',
      },
    };
  } catch (error) {
    if (error instanceof ImagingError && error.code === 'WRONG_MAGIC') {
      const supported =
        'ventriseg opens NIfTI, MGH and MGZ files, DICOM files and folders, and zips of these';
      throw new VentrisegError('NOT_A_SCAN', `${error.message}; ${supported}`, { path, cause: error });
    }
    throw error;
  }
}
