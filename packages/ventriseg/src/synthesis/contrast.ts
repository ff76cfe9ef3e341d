/**
 * Draws the brightness of each tissue: Gaussian mixtures as in SynthSeg (Billot et al. 2023), with each tissue's
 * mean and spread drawn anew for each image.
 *
 * Images that look T1-weighted, T2-weighted or like FLAIR follow what such scans have in common: the brain's
 * tissues lie in a fixed order on the line from fluid over cortex to white matter, whose three ends are drawn, and
 * tissues outside the brain have each their range. For T1, places and ranges were set by the means of
 * FreeSurfer's labels in real scans and by eye; for T2 and FLAIR by what is known of these weightings (fluid
 * brightest, or suppressed; fat bright as fast spin echoes have it; flowing blood, bone and iron dark).
 */
import type { SeededRandom } from 'onnx-autograd';
import { type Contrast, type ContrastWeights, contrasts } from './options.ts';
import { slotTissues, type Tissue, tissues } from './tissues.ts';
import { weightedChoice } from './weighted-choice.ts';

/** Brightness by slot; the brightest of white matter, cortex and fluid is 1, or at most 1 in any contrast. */
export interface SlotContrast {
  readonly mean: Float32Array;
  /** Standard deviation from voxel to voxel. */
  readonly spread: Float32Array;
  /** Standard deviation of a texture with grains of about 4 mm. */
  readonly mottle: Float32Array;
}

type Range = readonly [low: number, high: number];

/** How a tissue looks in images of a weighting. */
interface TissueLook {
  /** On the brain's line: 0 fluid, 1 cortex, 2 white matter, beyond it more of the same; or a range of brightness. */
  readonly place: number | Range;
  /** Standard deviation of the mean around its place. */
  readonly jitter: number;
  readonly spread: number;
  readonly mottle: number;
}

const brain = (place: number, jitter = 0.025): TissueLook => ({
  place,
  jitter,
  spread: 0.035,
  mottle: 0.015,
});
const fluid = (place: number, jitter: number): TissueLook => ({ place, jitter, spread: 0.06, mottle: 0.05 });
const plexus = (place: number, jitter: number): TissueLook => ({
  place,
  jitter,
  spread: 0.07,
  mottle: 0.03,
});
const outside = (low: number, high: number, spread: number, mottle: number): TissueLook => ({
  place: [low, high],
  jitter: 0,
  spread,
  mottle,
});

const t1Looks: Readonly<Record<Tissue, TissueLook>> = {
  air: outside(0, 0.02, 0.003, 0),
  'white-matter': brain(2, 0),
  cortex: brain(1, 0),
  'lateral-ventricle': brain(0, 0),
  'third-ventricle': brain(0.05, 0.02),
  'fourth-ventricle': brain(0.05, 0.02),
  'cerebellar-white-matter': brain(1.95),
  'cerebellar-cortex': brain(1.05, 0.04),
  thalamus: brain(1.65, 0.04),
  caudate: brain(1.25, 0.04),
  putamen: brain(1.45, 0.04),
  pallidum: brain(1.85),
  'brain-stem': brain(1.85),
  hippocampus: brain(1.1),
  amygdala: brain(1.15),
  accumbens: brain(1.25, 0.04),
  'ventral-diencephalon': brain(1.8),
  'choroid-plexus': plexus(0.5, 0.08),
  lesion: brain(1.2, 0.1),
  vessel: brain(0.6, 0.1),
  csf: fluid(0.15, 0.04),
  'optic-nerve': brain(1.5, 0.1),
  'spinal-cord': brain(1.8, 0.06),
  artery: outside(0.2, 1.8, 0.12, 0.1),
  'venous-sinus': outside(0.25, 1, 0.1, 0.08),
  eye: outside(0.1, 0.4, 0.03, 0.02),
  'soft-tissue': outside(0.5, 0.85, 0.09, 0.16),
  gland: outside(0.5, 1, 0.08, 0.08),
  mucosa: outside(0.4, 0.9, 0.15, 0.15),
  scalp: outside(0.8, 2.2, 0.16, 0.16),
  bone: outside(0.05, 0.22, 0.03, 0.03),
  marrow: outside(0.4, 1.3, 0.13, 0.15),
};

const t2Looks: Readonly<Record<Tissue, TissueLook>> = {
  ...t1Looks,
  thalamus: brain(1.5, 0.04),
  pallidum: brain(2.3, 0.05),
  'choroid-plexus': plexus(0.4, 0.1),
  lesion: brain(0.6, 0.1),
  vessel: outside(0.1, 0.6, 0.06, 0.03),
  csf: fluid(0.08, 0.05),
  artery: outside(0.02, 0.4, 0.08, 0.05),
  'venous-sinus': outside(0.05, 0.6, 0.08, 0.08),
  eye: outside(0.8, 1.1, 0.04, 0.03),
  'soft-tissue': outside(0.1, 0.4, 0.06, 0.1),
  gland: outside(0.3, 0.8, 0.08, 0.08),
  mucosa: outside(0.4, 1.1, 0.15, 0.15),
  scalp: outside(0.2, 1.1, 0.12, 0.14),
  bone: outside(0.02, 0.15, 0.03, 0.03),
  marrow: outside(0.15, 0.8, 0.1, 0.12),
};

const flairLooks: Readonly<Record<Tissue, TissueLook>> = {
  ...t1Looks,
  // Fluid that flows is not suppressed as well as fluid that rests.
  'third-ventricle': brain(0.1, 0.08),
  'fourth-ventricle': brain(0.1, 0.08),
  thalamus: brain(1.4, 0.04),
  pallidum: brain(2.1, 0.05),
  'choroid-plexus': plexus(0.8, 0.12),
  lesion: outside(1, 1.5, 0.06, 0.06),
  vessel: outside(0.1, 0.7, 0.06, 0.03),
  csf: fluid(0.12, 0.06),
  artery: outside(0.03, 0.5, 0.1, 0.08),
  'venous-sinus': outside(0.1, 0.7, 0.08, 0.08),
  eye: outside(0.05, 0.3, 0.03, 0.02),
  'soft-tissue': outside(0.2, 0.7, 0.08, 0.12),
  gland: outside(0.4, 0.9, 0.08, 0.08),
  mucosa: outside(0.5, 1.3, 0.15, 0.15),
  scalp: outside(0.3, 1.4, 0.14, 0.16),
  bone: outside(0.03, 0.2, 0.03, 0.03),
  marrow: outside(0.15, 0.9, 0.1, 0.12),
};

/** Tissues' looks, and the three ends of the brain's line. */
interface Weighting {
  readonly looks: Readonly<Record<Tissue, TissueLook>>;
  readonly fluid: Range;
  readonly cortex: Range;
  readonly whiteMatter: Range;
}

const weightings: Readonly<Record<Exclude<Contrast, 'any'>, Weighting>> = {
  't1-like': { looks: t1Looks, fluid: [0.08, 0.42], cortex: [0.58, 0.8], whiteMatter: [1, 1] },
  't2-like': { looks: t2Looks, fluid: [1, 1], cortex: [0.44, 0.7], whiteMatter: [0.28, 0.42] },
  'flair-like': { looks: flairLooks, fluid: [0.05, 0.35], cortex: [1, 1], whiteMatter: [0.7, 0.92] },
};

/** Which contrast an image gets. */
export function drawContrastName(weights: ContrastWeights, random: SeededRandom): Contrast {
  return weightedChoice(
    contrasts.map((contrast) => [contrast, weights[contrast] ?? 0] as const),
    random,
  );
}

/** The brightness of an image's tissues. */
export function drawContrast(contrast: Contrast, random: SeededRandom): SlotContrast {
  const looks = contrast === 'any' ? anyContrast(random) : weightedContrast(weightings[contrast], random);
  const bySlot = (of: (tissue: Tissue) => number) => Float32Array.from(slotTissues, of);
  return {
    mean: bySlot((tissue) => looks.get(tissue)!.mean),
    spread: bySlot((tissue) => looks.get(tissue)!.spread),
    mottle: bySlot((tissue) => looks.get(tissue)!.mottle),
  };
}

interface Look {
  mean: number;
  spread: number;
  mottle: number;
}

function weightedContrast(weighting: Weighting, random: SeededRandom): Map<Tissue, Look> {
  const fluid = random.uniform(...weighting.fluid);
  const cortex = random.uniform(...weighting.cortex);
  const whiteMatter = random.uniform(...weighting.whiteMatter);
  const onLine = (place: number) =>
    place < 1 ? fluid + place * (cortex - fluid) : cortex + (place - 1) * (whiteMatter - cortex);
  // Coarser in some images than in others, in all tissues alike.
  const coarseness = random.uniform(0.5, 1.5);
  const looks = new Map<Tissue, Look>();
  for (const tissue of tissues) {
    const { place, jitter, spread, mottle } = weighting.looks[tissue];
    const mean =
      typeof place === 'number' ? onLine(place) + jitter * random.normal() : random.uniform(...place);
    looks.set(tissue, {
      mean: Math.max(mean, 0),
      spread: spread * coarseness,
      mottle: mottle * random.uniform(0.5, 1.5),
    });
  }
  return looks;
}

/** All tissues independent, save that the ventricles are filled with one fluid, which mostly is that around the brain. */
function anyContrast(random: SeededRandom): Map<Tissue, Look> {
  const looks = new Map<Tissue, Look>();
  for (const tissue of tissues) {
    looks.set(tissue, {
      mean: random.uniform(0.03, 1),
      spread: random.uniform(0.01, 0.08),
      mottle: random.uniform(0, 0.06),
    });
  }
  const ventricle = looks.get('lateral-ventricle')!;
  const alike: Tissue[] = ['third-ventricle', 'fourth-ventricle'];
  if (random.next() < 0.7) alike.push('csf');
  for (const tissue of alike) looks.get(tissue)!.mean = Math.max(ventricle.mean + 0.03 * random.normal(), 0);
  if (random.next() < 0.95) {
    looks.set('air', { mean: random.uniform(0, 0.03), spread: 0.003, mottle: 0 });
  }
  return looks;
}
