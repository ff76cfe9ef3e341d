/**
 * The numbers that label maps give to the ventricles, and the way from them to the one numbering used here:
 * FreeSurfer's 4/43 lateral, 5/44 inferior lateral (temporal horn), 14 third, 15 fourth.
 *
 * Mind the trap: 4 is the left lateral ventricle in FreeSurfer's scheme and the third ventricle in
 * Neuromorphometrics' (used by the MICCAI 2012 manual labels and by MUSE). A scheme is therefore guessed only
 * from numbers that exist in one of the two alone, and never when numbers of both occur.
 */
import type { Volume } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';

export type LabelScheme = 'freesurfer' | 'neuromorphometrics';

export const labelSchemes: readonly LabelScheme[] = ['freesurfer', 'neuromorphometrics'];

/** A ventricle, by its canonical (FreeSurfer) number. Left is the patient's left. */
export interface Ventricle {
  readonly number: CanonicalNumber;
  /** Name in FreeSurfer's colour table. */
  readonly name: string;
  /** Name in words, for people. */
  readonly title: string;
  /** Red, green, blue from FreeSurferColorLUT.txt, 0 to 255. */
  readonly colour: readonly [number, number, number];
}

export type CanonicalNumber = 4 | 43 | 5 | 44 | 14 | 15;

/** The six structures, lateral ones first. */
export const ventricles: readonly Ventricle[] = [
  { number: 4, name: 'Left-Lateral-Ventricle', title: 'left lateral ventricle', colour: [120, 18, 134] },
  { number: 43, name: 'Right-Lateral-Ventricle', title: 'right lateral ventricle', colour: [120, 18, 134] },
  { number: 5, name: 'Left-Inf-Lat-Vent', title: 'left temporal horn', colour: [196, 58, 250] },
  { number: 44, name: 'Right-Inf-Lat-Vent', title: 'right temporal horn', colour: [196, 58, 250] },
  { number: 14, name: '3rd-Ventricle', title: 'third ventricle', colour: [204, 182, 142] },
  { number: 15, name: '4th-Ventricle', title: 'fourth ventricle', colour: [42, 204, 164] },
];

/** For each scheme, pairs of its own number and the canonical one. */
export const schemeNumbers: Readonly<
  Record<LabelScheme, readonly (readonly [own: number, canonical: CanonicalNumber])[]>
> = {
  freesurfer: [
    [4, 4],
    [43, 43],
    [5, 5],
    [44, 44],
    [14, 14],
    [15, 15],
  ],
  neuromorphometrics: [
    [52, 4],
    [51, 43],
    [50, 5],
    [49, 44],
    [4, 14],
    [11, 15],
  ],
};

/**
 * Numbers that occur in one scheme and not in the other. FreeSurfer's: left white matter, cortex, temporal horn,
 * cerebellum, thalamus, putamen, pallidum, hippocampus, amygdala, accumbens, ventral diencephalon, the third
 * ventricle, brain stem, right hippocampus and amygdala. Neuromorphometrics': accumbens, brain stem,
 * caudate, cerebellum, white matter, hippocampus, pallidum, thalamus, vermis. Both use 15, 42 and 43
 * (vessels and cerebral exterior in the second), and numbers above 100 decide nothing: cortical parcels in one, other tissue in the
 * other.
 */
const onlyIn: Readonly<Record<LabelScheme, readonly number[]>> = {
  freesurfer: [2, 3, 5, 7, 8, 10, 12, 13, 14, 16, 17, 18, 26, 28, 53, 54],
  neuromorphometrics: [23, 35, 36, 37, 38, 39, 45, 48, 55, 61, 69, 71, 73],
};

/** The distinct label numbers of a map, in increasing order. */
export function distinctLabels(labels: Volume): number[] {
  const seen = new Set<number>();
  const data = labels.data;
  let previous = Number.NaN;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value !== previous) {
      seen.add(value);
      previous = value;
    }
  }
  return [...seen].sort((a, b) => a - b);
}

/**
 * The scheme of a map with these label numbers, or `undefined` when they fit both or neither.
 *
 * Unambiguous means: at least one number that only this scheme has, none that only the other has, and at least
 * one of this scheme's ventricles.
 */
export function guessLabelScheme(numbers: readonly number[]): LabelScheme | undefined {
  const present = new Set(numbers);
  const fits = labelSchemes.filter((scheme) => {
    const other = scheme === 'freesurfer' ? 'neuromorphometrics' : 'freesurfer';
    return (
      onlyIn[scheme].some((n) => present.has(n)) &&
      !onlyIn[other].some((n) => present.has(n)) &&
      schemeNumbers[scheme].some(([own]) => present.has(own))
    );
  });
  return fits.length === 1 ? fits[0] : undefined;
}

/**
 * The scheme to read a label map with: the stated one, else the guessed one.
 *
 * @throws VentrisegError SCHEME_UNKNOWN when none is stated and the numbers do not decide; SCHEME_CONTRADICTED
 * when the numbers can only be the other scheme's.
 */
export function resolveLabelScheme(
  numbers: readonly number[],
  stated: LabelScheme | undefined,
  path: string,
): { scheme: LabelScheme; guessed: boolean } {
  const guess = guessLabelScheme(numbers);
  if (stated === undefined) {
    if (guess === undefined) {
      throw new VentrisegError(
        'SCHEME_UNKNOWN',
        `${path}: cannot tell whether labels ${listed(numbers)} are FreeSurfer's or Neuromorphometrics' ` +
          '(4 is the left lateral ventricle in one, the third ventricle in the other); state the scheme',
        { path },
      );
    }
    return { scheme: guess, guessed: true };
  }
  if (guess !== undefined && guess !== stated) {
    throw new VentrisegError(
      'SCHEME_CONTRADICTED',
      `${path}: stated to use the ${stated} numbers, but labels ${listed(numbers)} are those of ${guess}; ` +
        'correct the stated scheme',
      { path },
    );
  }
  return { scheme: stated, guessed: false };
}

/**
 * A map on the same grid that holds only the ventricles, under their canonical numbers; all else is 0.
 *
 * @throws VentrisegError BAD_LABELS when a voxel is not a whole number: then it is no label map.
 */
export function toCanonicalLabels(labels: Volume, scheme: LabelScheme, path: string): Volume<Uint8Array> {
  const table = new Uint8Array(256);
  for (const [own, canonical] of schemeNumbers[scheme]) table[own] = canonical;
  const source = labels.data;
  const data = new Uint8Array(source.length);
  for (let i = 0; i < source.length; i++) {
    const value = source[i]!;
    if (value > 0 && value < 256) data[i] = table[value] ?? 0;
    if (!Number.isInteger(value)) {
      throw new VentrisegError(
        'BAD_LABELS',
        `${path}: voxel ${i} is ${value}; a label map holds whole numbers (is this an image?)`,
        { path },
      );
    }
  }
  return { data, shape: labels.shape, voxelToWorld: labels.voxelToWorld };
}

function listed(numbers: readonly number[]): string {
  return numbers.length > 12 ? `${numbers.slice(0, 12).join(' ')} ...` : numbers.join(' ');
}
