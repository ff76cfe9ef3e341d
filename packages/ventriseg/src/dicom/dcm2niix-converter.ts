/**
 * DICOM to NIfTI with dcm2niix compiled to WebAssembly (`@niivue/dcm2niix`): voxels and affine are byte for byte
 * those of the native program, including its treatment of mosaics, multi-frame objects and compressed pixels.
 *
 * Each conversion gets a fresh instance: the program keeps state in globals, and its memory never shrinks. It runs
 * on the calling thread (0.2 to 0.5 s for 170 slices of 256 x 256). Text that a scanner or operator typed in
 * (description, comments) is blanked in the NIfTI header, since it may name the patient.
 */
import { VentrisegError } from '../errors.ts';
import type { ConvertedImage, ConvertedSeries, SeriesConverter, SeriesFile } from './series-converter.ts';

/** The part of an Emscripten module that is used here. */
export interface Dcm2niixModule {
  readonly FS: {
    mkdir(path: string): void;
    readdir(path: string): string[];
    readFile(path: string): Uint8Array;
    writeFile(path: string, bytes: Uint8Array): void;
  };
  callMain(args: string[]): number;
}

/** The default export of `@niivue/dcm2niix/dist/dcm2niix.jpeg.js`. */
export type Dcm2niixFactory = (options: {
  noInitialRun: true;
  print: (line: string) => void;
  printErr: (line: string) => void;
}) => Promise<Dcm2niixModule>;

const IN = '/in';
const OUT = '/out';
/** The last lines of dcm2niix's output that are quoted when it fails. */
const QUOTED_LINES = 4;

/**
 * A converter that runs dcm2niix.
 *
 * @param load gives the module's factory; called once a conversion
 */
export function dcm2niixConverter(load: () => Promise<Dcm2niixFactory>): SeriesConverter {
  return {
    convert: async (files, { path, signal }) => {
      const factory = await load();
      const output: string[] = [];
      const print = (line: string) => output.push(line);
      const module = await factory({ noInitialRun: true, print, printErr: print });
      signal?.throwIfAborted();
      module.FS.mkdir(IN);
      module.FS.mkdir(OUT);
      files.forEach((file, index) => {
        module.FS.writeFile(`${IN}/${index}.dcm`, file.bytes);
      });
      // -z n: not compressed; -b y -ba y: a sidecar without the patient; -f: a name of our own.
      const args = ['-z', 'n', '-b', 'y', '-ba', 'y', '-f', 'image', '-o', OUT, IN];
      const failure = runMain(module, args);
      const lines = output.map((line) => nameFiles(line, files));
      const images = failure.crash === undefined ? readImages(module) : [];
      if (images.length === 0) throw conversionError(path, files.length, failure, lines);
      return { images, warnings: complaints(lines) } satisfies ConvertedSeries;
    },
  };
}

/**
 * Runs the program. Under Node, Emscripten sets the exit code of the whole process to that of the program: it is
 * put back, or a converted scan would clear the failure of an earlier one.
 */
function runMain(module: Dcm2niixModule, args: string[]): { status?: number; crash?: unknown } {
  const host = (globalThis as { process?: { exitCode?: unknown } }).process;
  const before = host?.exitCode;
  try {
    return { status: module.callMain(args) };
  } catch (crash) {
    return { crash };
  } finally {
    if (host !== undefined) host.exitCode = before;
  }
}

function readImages(module: Dcm2niixModule): ConvertedImage[] {
  const names = module.FS.readdir(OUT).sort();
  return names
    .filter((name) => name.endsWith('.nii'))
    .map((name) => {
      const stem = name.slice(0, -'.nii'.length);
      const sidecar = `${stem.replace(/_Eq(_\d+)?$/, '')}.json`;
      const nifti = module.FS.readFile(`${OUT}/${name}`);
      blankFreeText(nifti);
      return {
        nifti,
        echoTimeMs: names.includes(sidecar) ? echoTime(module.FS.readFile(`${OUT}/${sidecar}`)) : undefined,
        content: contentOf(stem),
      };
    });
}

/** What dcm2niix's file name suffixes mean. */
function contentOf(stem: string): ConvertedImage['content'] {
  if (/_(ph|real|imaginary|ROI\d*)(_|\d|[a-z]?$)/.test(stem)) return 'other';
  return /_(Eq|Tilt)(_|$)/.test(stem) ? 'resampled' : 'magnitude';
}

function echoTime(sidecar: Uint8Array): number | undefined {
  const { EchoTime: seconds } = JSON.parse(new TextDecoder().decode(sidecar)) as { EchoTime?: unknown };
  return typeof seconds === 'number' ? Math.round(seconds * 1e6) / 1e3 : undefined;
}

/** NIfTI-1's data_type and db_name (bytes 4 to 31), descrip and aux_file (148 to 251). */
function blankFreeText(nifti: Uint8Array): void {
  nifti.fill(0, 4, 32);
  nifti.fill(0, 148, 252);
}

/** Puts the original paths in the place of the names that dcm2niix saw. */
function nameFiles(line: string, files: readonly SeriesFile[]): string {
  return line.replace(/\/in\/(\d+)\.dcm/g, (name, index: string) => files[Number(index)]?.path ?? name);
}

/** What dcm2niix warned of, but for an empty protocol name, which every anonymised series has. */
function complaints(lines: readonly string[]): string[] {
  const found = lines.filter(
    (line) => /^(warning|error)\b/i.test(line.trim()) && !/empty protocol name/i.test(line),
  );
  return [...new Set(found)].map((line) => `dcm2niix: ${oneLine(line)}`);
}

function conversionError(
  path: string,
  count: number,
  failure: { status?: number; crash?: unknown },
  lines: readonly string[],
): VentrisegError {
  const said = lines
    .map(oneLine)
    .filter((line) => line !== '' && !line.startsWith("Chris Rorden's"))
    .slice(-QUOTED_LINES);
  const how =
    failure.crash === undefined
      ? `ended with status ${failure.status} and no volume`
      : `broke down (${oneLine(failure.crash instanceof Error ? failure.crash.message : String(failure.crash))})`;
  return new VentrisegError(
    'DICOM_CONVERSION_FAILED',
    `${path}: dcm2niix ${how} on a series of ${count} ${count === 1 ? 'file' : 'files'}` +
      `${said.length === 0 ? '' : `; it said: ${said.join(' | ')}`}; ` +
      `convert the series to NIfTI by other means and give that`,
    { path, cause: failure.crash },
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
