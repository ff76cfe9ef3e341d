/**
 * How well a DICOM series suits ventricle measurement: a whole-head, 3-D, T1-weighted MR series with thin slices.
 *
 * Nothing in DICOM says "T1-weighted", so clues are added up: what the console operator named the series, the
 * sequence's own parameters, the number and thickness of slices, and how the images came about. Each clue keeps
 * its words, so that the choice can be explained. The weights only need to order series sensibly: a name that
 * says T1 counts most of the clues in favour, and clues that exclude a series outweigh all others together.
 */
import type { DicomHeader } from './dicom-header.ts';
import type { DicomSeries } from './dicom-series.ts';

/** One observation about a series. */
export interface SuitabilityClue {
  /** Positive speaks for the series. */
  readonly points: number;
  /** Completes "the series ...", e.g. 'is a 3-D acquisition'. */
  readonly words: string;
}

export interface RatedSeries {
  readonly series: DicomSeries;
  /** Sum of the clues. */
  readonly score: number;
  /** False for what is no MR, a screenshot or a localizer: never to be taken unasked. */
  readonly usable: boolean;
  readonly clues: readonly SuitabilityClue[];
}

/** From this score on a series is taken to be a usable T1-weighted head scan. */
export const T1_LIKE_SCORE = 40;

/** Points of a clue that rules a series out, whatever else speaks for it. */
const EXCLUDED = -200;

/** Names of T1-weighted sequences; `t1` may follow letters (`3dt1`, `sagt1`) but not be part of a number. */
const T1_NAMES =
  /mp[ -]?2?rage|t1(?!\d)|bravo|f?spgr|(?<![a-z])tfl(?![a-z])|(?<![a-z])tfe|(?<![a-z])flash|(?<![a-z])vibe|mdeft/i;
const LOCALIZER_NAMES =
  /locali[sz]er|(?<![a-z])loc(?![a-z])|scout|pilot|survey|smartbrain|3[ -]?(pl|plane)(?![a-z])|calib|(?<![a-z])asset|shim/i;
const OTHER_CONTRAST_NAMES =
  /(?<![a-z])t2|flair|(?<![a-z])dwi|diff|(?<![a-z])dti|(?<![a-z])adc|trace|tensor|(?<![a-z])fa$|(?<![a-z])swi|swan|bold|fmri|(?<![a-z])epi(?![a-z])|(?<![a-z])asl|perf|pcasl|(?<![a-z])tof|angio|(?<![a-z])mra|field.?map|(?<![a-z])b0|(?<![a-z])pd(?![a-z])|(?<![a-z])dir(?![a-z])|fiesta|ciss|spectro|(?<![a-z])dixon|(?<![a-z])mip(?![a-z])/i;
const PARTIAL_T1_NAMES = /t1[ _-]?(map|images)|(?<![a-z])inv[ _-]?[12]|(?<![a-z])phase(?![a-z])/i;
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
const HEAD_PARTS = /HEAD|BRAIN|SKULL|CRANI|WHOLE/;

/** Rates one series; see the file's header for how. */
export function rateSeries(series: DicomSeries): RatedSeries {
  const clues = [...howItCameAbout(series), ...whatItIsCalled(series), ...howItWasAcquired(series)];
  return {
    series,
    clues,
    score: clues.reduce((sum, { points }) => sum + points, 0),
    usable: clues.every(({ points }) => points > EXCLUDED),
  };
}

function howItCameAbout(series: DicomSeries): SuitabilityClue[] {
  const header = series.headers[0]!;
  const type = new Set(header.imageType);
  const clues: SuitabilityClue[] = [];
  if (header.sopClassUid.startsWith(SECONDARY_CAPTURE)) add(clues, EXCLUDED, 'is a secondary capture');
  if (series.modality !== 'MR') {
    add(clues, EXCLUDED, series.modality === '' ? 'has no modality' : `is ${series.modality}, not MR`);
  }
  if (type.has('LOCALIZER')) add(clues, EXCLUDED, 'is a localizer');
  if (type.has('P') || type.has('PHASE') || type.has('PHASE MAP')) add(clues, -100, 'holds phase images');
  if (type.has('R') || type.has('REAL') || type.has('I') || type.has('IMAGINARY')) {
    add(clues, -60, 'holds real or imaginary images');
  }
  if (type.has('DERIVED')) add(clues, -25, 'is derived from another series');
  if (type.has('MPR') || type.has('PROJECTION IMAGE') || type.has('REFORMATTED')) {
    add(clues, -25, 'is reformatted from another series');
  }
  if (type.has('NORM')) add(clues, 2, 'is corrected for coil sensitivity');
  return clues;
}

function whatItIsCalled(series: DicomSeries): SuitabilityClue[] {
  const { seriesDescription, protocolName, sequenceName, bodyPart } = series.headers[0]!;
  const name = `${seriesDescription} ${protocolName}`;
  const clues: SuitabilityClue[] = [];
  const t1 = T1_NAMES.exec(name) ?? T1_NAMES.exec(sequenceName);
  if (t1 !== null) add(clues, 40, `is called ${t1[0].toUpperCase()}`);
  const localizer = LOCALIZER_NAMES.exec(name);
  if (localizer !== null) {
    add(clues, t1 === null ? EXCLUDED : -100, `is called ${localizer[0].trim().toUpperCase()}`);
  }
  const other = OTHER_CONTRAST_NAMES.exec(name);
  if (other !== null) add(clues, -60, `is called ${other[0].toUpperCase()}`);
  const partial = PARTIAL_T1_NAMES.exec(name);
  if (partial !== null) add(clues, -20, `is called ${partial[0].toUpperCase()}`);
  if (/(?<![a-z])rms(?![a-z])/i.test(name)) add(clues, 5, 'combines the echoes');
  if (bodyPart !== '' && !HEAD_PARTS.test(bodyPart)) add(clues, -20, `says body part ${bodyPart}`);
  return clues;
}

function howItWasAcquired(series: DicomSeries): SuitabilityClue[] {
  const header = series.headers[0]!;
  const clues: SuitabilityClue[] = [];
  if (series.images < 16) add(clues, -60, `has only ${plural(series.images)}`);
  else if (series.images < 64) add(clues, -10, `has only ${plural(series.images)}`);
  else add(clues, 10, `has ${plural(series.images)}`);
  if (header.acquisitionType === '3D') add(clues, 20, 'is a 3-D acquisition');
  if (header.acquisitionType === '2D') add(clues, -10, 'is a 2-D acquisition');
  const thickness = header.sliceThicknessMm;
  if (thickness !== undefined && thickness > 0) {
    if (thickness <= 1.5) add(clues, 10, `has ${thickness} mm slices`);
    if (thickness > 3) add(clues, -15, `has ${thickness} mm slices`);
  }
  if (header.hasContrastAgent) add(clues, -5, 'was taken with a contrast agent');
  if (echoes(series.headers) > 1) add(clues, -3, 'has several echoes');
  const contrast = contrastClue(header);
  if (contrast !== undefined) clues.push(contrast);
  return clues;
}

/** What echo, repetition and inversion times say about the contrast. */
function contrastClue(header: DicomHeader): SuitabilityClue | undefined {
  const { scanningSequence: sequence, echoTimeMs: te, repetitionTimeMs: tr, inversionTimeMs: ti } = header;
  if (sequence.includes('EP')) return { points: -50, words: 'is an echo-planar acquisition' };
  if (te === undefined || te <= 0) return undefined;
  if (te > 50) return { points: -40, words: `has an echo time of ${te} ms, as T2-weighted ones do` };
  if (sequence.includes('GR') && te < 10 && header.acquisitionType === '3D') {
    const inversion = ti !== undefined && ti >= 300 && ti <= 1500;
    return inversion
      ? { points: 15, words: `is an inversion-prepared gradient echo (TI ${ti} ms, TE ${te} ms)` }
      : { points: 10, words: `is a gradient echo with a short echo time (TE ${te} ms)` };
  }
  if (sequence.includes('SE') && tr !== undefined && tr < 1000 && te < 30) {
    return { points: 20, words: `is a spin echo with short times (TR ${tr} ms, TE ${te} ms)` };
  }
  return undefined;
}

function echoes(headers: readonly DicomHeader[]): number {
  return new Set(headers.map(({ echoTimeMs }) => echoTimeMs)).size;
}

function plural(images: number): string {
  return images === 1 ? '1 image' : `${images} images`;
}

function add(clues: SuitabilityClue[], points: number, words: string): void {
  clues.push({ points, words });
}
