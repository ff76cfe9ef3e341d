/**
 * The contract between opening a DICOM series and whatever turns its files into volumes.
 *
 * Node and the page run the same converter (dcm2niix compiled to WebAssembly); tests put others in its place.
 */

/** One file of a series. */
export interface SeriesFile {
  /** Where it came from, for messages. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One volume made from a series; a series may give several, e.g. one an echo. */
export interface ConvertedImage {
  /** Uncompressed NIfTI (.nii). */
  readonly nifti: Uint8Array;
  readonly echoTimeMs: number | undefined;
  /**
   * `magnitude` is what can be measured; `resampled` is a magnitude image that the converter put on equidistant
   * slices; `other` is phase, real, imaginary or an overlay.
   */
  readonly content: 'magnitude' | 'resampled' | 'other';
}

export interface ConvertedSeries {
  /** At least one. */
  readonly images: readonly ConvertedImage[];
  /** What the converter complained of, each a full sentence. */
  readonly warnings: readonly string[];
}

export interface SeriesConverter {
  /**
   * Converts the files of one series.
   *
   * @param path where the series is, for messages
   * @throws VentrisegError DICOM_CONVERSION_FAILED
   */
  convert(
    files: readonly SeriesFile[],
    options: { readonly path: string; readonly signal?: AbortSignal },
  ): Promise<ConvertedSeries>;
}
