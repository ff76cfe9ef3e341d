/**
 * One scan from disk to results on disk (Node):
 *
 *   <name>_ventricles.nii.gz   labels on the scan's grid, with the scan's own header geometry
 *   <name>_ventricles.json     volumes, quality, provenance (see result-record.ts)
 *   <name>_ventricles.png      picture for checking
 *   <name>_ventricles.html     report with pictures, to read and to print (see report/)
 *   <name>_ventricles.stl, .ply  with `surfaces`: closed surfaces in world RAS mm, the PLY with colours
 *
 * All appear together or not at all.
 */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Volume } from '@ventriseg/imaging';
import type { BackendChoice } from 'onnx-autograd';
import { openBackend } from 'onnx-autograd/node';
import { derivativeFiles, derivativePaths, participantOf, requireDerivativeDataset } from '../bids/index.ts';
import { estimateErrorBars } from '../error-bar/index.ts';
import { VentrisegError } from '../errors.ts';
import { type FileToWrite, writeAllWhole } from '../files/index.ts';
import { isVolumeModel } from '../model/model-metadata.ts';
import { partnerOf, resolveModel } from '../model/shipped-models.ts';
import type { Person } from '../norms/index.ts';
import { type EncodedPicture, encodePng } from '../pictures/index.ts';
import { drawReportMeasures, drawReportPanels, type ReportPictures, reportHtml } from '../report/index.ts';
import type { OpenedScan, OpenProgress } from '../scan-input/index.ts';
import { openScan } from '../scan-input/open-scan.ts';
import { encodeStl, encodeVentriclePly, ventricleSurfaces } from '../surfaces/index.ts';
import type { ChoroidPlexus } from '../volumes/index.ts';
import { encodeLabels } from './encode-labels.ts';
import { loadModelFiles, type ModelFile } from './load-model-files.ts';
import { nameOfScan } from './output-names.ts';
import { type PictureThread, pictureThread } from './picture-thread.ts';
import type { ShownSegmentation } from './result-panels.ts';
import { drawResult } from './result-picture.ts';
import { patientOf, type ResultRecord, resultRecord } from './result-record.ts';
import { type SegmentModel, segmentVolume } from './segment-volume.ts';
import type { SegmentProgress } from './stages.ts';

export interface SegmentFileOptions {
  /** Folder for the results; made when it is not there. */
  readonly output: string;
  /** A shipped model's name, an `.onnx` file, a run folder, the bytes of a model, or a loaded one. */
  readonly model?: string | Uint8Array | SegmentModel;
  /** What the results are called after; default: the scan's file or folder name. With `bids`, only in them. */
  readonly name?: string;
  /** Threads of the network; default: as many as there are cores. */
  readonly threads?: number;
  /** What runs the network; default `auto`. The result on `wasm` is the page's to the voxel. */
  readonly backend?: BackendChoice;
  /** DICOM: the series to take, by UID, number, or part of its description. */
  readonly series?: string;
  /** Replace results that are there. */
  readonly overwrite?: boolean;
  /**
   * Go on where ventriseg refuses: `overwrite`, and segment where no head is found; errors of the quality only warn
   * then. Recorded in the result.
   */
  readonly force?: boolean;
  /** Lay results out as a BIDS derivative dataset in `output` (see bids/); the scan must be named as BIDS has it. */
  readonly bids?: boolean;
  /** Write the surfaces of the ventricles as STL and PLY as well. */
  readonly surfaces?: boolean;
  readonly fillHoles?: boolean;
  readonly removeIslands?: boolean;
  readonly crf?: boolean;
  /** Volume networks: look at the mirror image as well, and take the mean. */
  readonly flip?: boolean;
  /** Of volume networks that tell it apart: what becomes of the choroid plexus; default 'ventricle'. */
  readonly choroidPlexus?: ChoroidPlexus;
  /** Segment the scan this many times more, varied a little, for the standard error of each number; at least 2. */
  readonly errorBar?: number;
  /** For norms: default what DICOM or the BIDS dataset tells. */
  readonly person?: Partial<Person>;
  /** Cancelled, nothing is written; the error is the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SegmentFileProgress) => void;
}

export type SegmentFileProgress =
  | SegmentProgress
  | OpenProgress
  | { readonly stage: 'error-bar' | 'write'; readonly done: number; readonly total: number };

/** Where the results of a scan lie. */
export interface OutputPaths {
  readonly labelsPath: string;
  readonly recordPath: string;
  readonly picturePath: string;
  readonly reportPath: string;
  /** With `bids`: the metadata of the labels, and the table of what they mean. */
  readonly sidecarPath?: string;
  readonly labelTablePath?: string;
  /** With `surfaces`. */
  readonly stlPath?: string;
  readonly plyPath?: string;
}

export interface SegmentResult extends OutputPaths {
  readonly name: string;
  readonly record: ResultRecord;
}

/** Options of `openModel`. */
export interface OpenModelOptions {
  readonly threads?: number;
  readonly backend?: BackendChoice;
  /** Of volume networks that tell it apart: what becomes of the choroid plexus; default 'ventricle'. */
  readonly choroidPlexus?: ChoroidPlexus;
}

/**
 * Loads a model for Node: a slice model, or a pair of volume networks by one of its files.
 *
 * @throws VentrisegError NO_SUCH_MODEL, BAD_MODEL; BAD_ARGUMENT for `choroidPlexus` with a model that does not tell it
 * apart; AutogradError RUNTIME_UNAVAILABLE
 */
export async function openModel(
  model?: string | Uint8Array,
  options: OpenModelOptions = {},
): Promise<SegmentModel> {
  const files: ModelFile[] = [];
  if (model instanceof Uint8Array) files.push({ bytes: model, path: 'model' });
  else {
    const path = await resolveModel(model);
    files.push({ bytes: await readFile(path), path });
    if (isVolumeModel(files[0]!.bytes, path)) {
      const partner = await partnerOf(path);
      files.push({ bytes: await readFile(partner), path: partner });
    }
  }
  const { runtime, session } = await openBackend(options.backend, options);
  const { choroidPlexus } = options;
  return loadModelFiles(files, runtime, { session, ...(choroidPlexus && { choroidPlexus }) });
}

/**
 * Segments one scan.
 *
 * @throws VentrisegError OUTPUT_EXISTS, NO_SUCH_MODEL, BAD_MODEL, and all that `openScan` throws; with `bids`
 * BAD_ARGUMENT (a name that is none of BIDS, another dataset in `output`) and BAD_DATASET; ImagingError for a
 * damaged scan; the signal's reason when aborted
 * @example
 * const { record } = await segmentFile('sub-01_T1w.nii.gz', { output: 'results' });
 * console.log(record.volumes.lateral?.ml, record.quality);
 */
export async function segmentFile(path: string, options: SegmentFileOptions): Promise<SegmentResult> {
  const name = options.name ?? nameOfScan(path);
  const outputs = withSurfaces(
    options.bids ? derivativePaths(options.output, path) : outputPaths(options.output, name),
    options.surfaces,
  );
  if (options.bids) await requireDerivativeDataset(options.output);
  if (!mayOverwrite(options)) await requireFree(Object.values(outputs));
  const model = isLoaded(options.model) ? options.model : await openModel(options.model, options);
  try {
    return await segmentInto(path, name, outputs, model, options);
  } finally {
    if (model !== options.model) await model.release();
  }
}

export function mayOverwrite({ overwrite, force }: Pick<SegmentFileOptions, 'overwrite' | 'force'>): boolean {
  return overwrite === true || force === true;
}

/** @throws VentrisegError OUTPUT_EXISTS naming the first file that is there */
export async function requireFree(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    throw new VentrisegError(
      'OUTPUT_EXISTS',
      `${path}: exists already; choose another folder, or allow it to be replaced (overwrite)`,
      { path },
    );
  }
}

export function isLoaded(model: SegmentFileOptions['model']): model is SegmentModel {
  return typeof model === 'object' && !(model instanceof Uint8Array);
}

function outputPaths(directory: string, name: string): OutputPaths {
  const base = join(directory, `${name}_ventricles`);
  return {
    labelsPath: `${base}.nii.gz`,
    recordPath: `${base}.json`,
    picturePath: `${base}.png`,
    reportPath: `${base}.html`,
  };
}

/** The surfaces lie beside the report, under its name. */
function withSurfaces(outputs: OutputPaths, surfaces: boolean | undefined): OutputPaths {
  if (!surfaces) return outputs;
  const base = outputs.reportPath.slice(0, -'.html'.length);
  return { ...outputs, stlPath: `${base}.stl`, plyPath: `${base}.ply` };
}

async function segmentInto(
  path: string,
  name: string,
  outputs: OutputPaths,
  model: SegmentModel,
  options: SegmentFileOptions,
): Promise<SegmentResult> {
  const { signal, onProgress } = options;
  const begun = performance.now();
  const thread = pictureThread();
  const scan = await openScan(path, {
    ...(options.series !== undefined && { series: options.series }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const opened = performance.now();
  let drawing: Promise<ReportPictures<EncodedPicture>> | undefined;
  let drawingMs = 0;
  const segmentation = await segmentVolume(scan.volume, model, {
    ...options,
    onLabels: (seen) => {
      const start = performance.now();
      drawing = drawBeforeMeasures(thread, seen);
      // It is waited for below; a failure before that must not count as unhandled.
      drawing.catch(() => undefined);
      drawingMs = performance.now() - start;
    },
  });
  const segmented = performance.now();
  const errorBars =
    options.errorBar === undefined
      ? undefined
      : await estimateErrorBars(scan.volume, segmentation, model, {
          ...segmentation.options,
          ...(signal && { signal }),
          variations: options.errorBar,
          onProgress: (progress) => onProgress?.({ stage: 'error-bar', ...progress }),
        });
  const varied = performance.now();
  onProgress?.({ stage: 'write', done: 0, total: 1 });
  // Compressed beside the drawing.
  const encoding = encodeLabels(scan, segmentation.labels);
  encoding.catch(() => undefined);
  const encodingMeasures = thread.encodeEach(drawReportMeasures(segmentation));
  const surfaces = surfaceFiles(outputs, segmentation.labels);
  // The thread has enough to do.
  const picture = encodePng(drawResult(segmentation, name));
  const pictures = { ...(await drawing!), measures: await encodingMeasures };
  const labels = await encoding;
  const encoded = performance.now();
  const record = resultRecord(
    scan,
    segmentation,
    {
      open: opened - begun,
      ...segmentation.timingsMs,
      ...(errorBars && { 'error-bar': varied - segmented }),
      encode: encoded - varied + drawingMs,
      total: encoded - begun,
    },
    name,
    { errorBars, person: await personOf(path, scan, options.person) },
  );
  const files: FileToWrite[] = [
    { path: outputs.labelsPath, content: labels },
    { path: outputs.picturePath, content: picture },
    { path: outputs.reportPath, content: reportHtml(record, pictures) },
    { path: outputs.recordPath, content: `${JSON.stringify(record, null, 2)}\n` },
    ...surfaces,
    ...(options.bids ? await derivativeFiles(options.output, path, record) : []),
  ];
  await mkdir(dirname(outputs.labelsPath), { recursive: true });
  await writeAllWhole(files, { signal });
  onProgress?.({ stage: 'write', done: 1, total: 1 });
  return { name, ...outputs, record };
}

/** The pictures that need no measures; drawn here and encoded in the thread, while the measures are taken. */
async function drawBeforeMeasures(
  thread: PictureThread,
  seen: ShownSegmentation,
): Promise<ReportPictures<EncodedPicture>> {
  const drawingSurfaces = thread.surfaces(seen.labels);
  const panels = drawReportPanels(seen);
  const [surfaces, planes, slices] = await Promise.all([
    drawingSurfaces,
    thread.encodeEach(panels.planes),
    thread.encodeEach(panels.slices),
  ]);
  return { surfaces, planes, slices };
}

/** What was given of the person, else what DICOM tells, else the BIDS dataset. */
async function personOf(path: string, scan: OpenedScan, given: Partial<Person> = {}): Promise<Person> {
  const patient = patientOf(scan);
  const participant = await participantOf(path);
  return {
    sex: given.sex ?? patient.sex ?? participant.sex,
    ageYears: given.ageYears ?? patient.ageYears ?? participant.ageYears,
  };
}

/** None without `surfaces`. Of a scan without ventricles the files hold no triangles. */
function surfaceFiles({ stlPath, plyPath }: OutputPaths, labels: Volume<Uint8Array>): FileToWrite[] {
  if (stlPath === undefined || plyPath === undefined) return [];
  const surfaces = ventricleSurfaces(labels);
  return [
    { path: stlPath, content: encodeStl(surfaces) },
    { path: plyPath, content: encodeVentriclePly(surfaces) },
  ];
}
