/**
 * A scan as the rest of ventriseg takes it, whatever it was opened from.
 */
import type { MghHeader, NiftiHeader, ScanFile, Volume } from '@ventriseg/imaging';

/** Where a scan came from; goes into the report's provenance. */
export interface ScanSource {
  /** The path as the user gave it. */
  readonly path: string;
  /**
   * SHA-256, hex. Of a single file: its bytes as stored; of a pair: header, then data; of a file in a zip: its
   * unpacked bytes. Of a DICOM series: of the images' own digests (32 bytes each), sorted, so that it does not
   * depend on file names or on whether they came in a zip.
   */
  readonly sha256: string;
  readonly kind: 'nifti' | 'mgh' | 'dicom';
  /** Only for DICOM. */
  readonly series?: {
    readonly description: string;
    readonly modality: string;
    readonly seriesInstanceUid: string;
    readonly number: number | undefined;
    /** Slices that were converted. */
    readonly images: number;
    /** Why this series was taken, in words. */
    readonly chosenBecause: string;
  };
  /** Only for DICOM, and only these two: nothing else about the patient is kept. */
  readonly patient?: {
    /** 'M', 'F' or 'O'. */
    readonly sex?: string;
    readonly ageYears?: number;
  };
  /** Only for DICOM: the day of the scan, YYYYMMDD, for the time between scans; written into no result. */
  readonly acquisitionDate?: string;
}

export interface OpenedScan {
  /** What outputs are called after: the base name of the path, without the endings of scans. */
  readonly name: string;
  readonly volume: Volume;
  /** The header as read (of a DICOM series: as dcm2niix wrote it); the template for writing on the same grid. */
  readonly header: NiftiHeader | MghHeader;
  /** Format of `header`: 'nifti-1' for a DICOM series. */
  readonly format: ScanFile['format'];
  /** What was repaired, left out or is doubtful, each a full sentence. */
  readonly warnings: readonly string[];
  readonly source: ScanSource;
}

/** How far opening has come; `done` of `total` files in the stage. */
export interface OpenProgress {
  readonly stage: 'headers' | 'reading' | 'converting';
  readonly done: number;
  readonly total: number;
}

export interface OpenScanOptions {
  /** DICOM: the series to take, by UID, number, or part of its description. */
  readonly series?: string;
  /** Stops between files; the error is the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: OpenProgress) => void;
}
