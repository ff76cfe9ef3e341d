/**
 * Draws the brightness of each tissue: Gaussian mixtures as in SynthSeg (Billot et al. 2023), with each tissue's
 * mean and spread drawn anew for each image.
 *
 * T1-like images follow what T1-weighted scans have in common: the brain's tissues lie in a fixed order on the
 * line from fluid over cortex to white matter, whose three ends are drawn, and tissues outside the brain have
 * each their range relative to white matter. Positions and ranges were set by the means of FreeSurfer's labels
 * in real T1 scans and by eye.
 */
import type { SeededRandom } from 'onnx-autograd';
import type { SynthesisOptions } from './options.ts';
import { slotTissues, type Tissue, tissues } from './tissues.ts';

/** Brightness by slot; white matter of a T1-like image is 1, the brightest of any other contrast is at most 1. */
export interface SlotContrast {
  readonly mean: Float32Array;
  /** Standard deviation from voxel to voxel. */
  readonly spread: Float32Array;
  /** Standard deviation of a texture with grains of about 4 mm. */
  readonly mottle: Float32Array;
}

/** How a tissue looks in T1-like images. */
interface T1Look {
  /** On the brain's line: 0 fluid, 1 cortex, 2 white matter; or a range relative to white matter. */
  readonly place: number | readonly [low: number, high: number];
  /** Standard deviation of the mean around its place. */
  readonly jitter: number;
  readonly spread: number;
  readonly mottle: number;
}

const brain = (place: number, jitter = 0.025): T1Look => ({ place, jitter, spread: 0.035, mottle: 0.015 });
const outside = (low: number, high: number, spread: number, mottle: number): T1Look => ({
  place: [low, high],
  jitter: 0,
  spread,
  mottle,
});

const t1Looks: Readonly<Record<Tissue, T1Look>> = {
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
  'choroid-plexus': { place: 0.5, jitter: 0.08, spread: 0.07, mottle: 0.03 },
  lesion: brain(1.2, 0.1),
  vessel: brain(0.6, 0.1),
  csf: { place: 0.15, jitter: 0.04, spread: 0.06, mottle: 0.05 },
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

/** Fluid and cortex relative to white matter in T1-like images. */
const fluidRange = [0.08, 0.42] as const;
const cortexRange = [0.58, 0.8] as const;

export function drawContrast(contrast: SynthesisOptions['contrast'], random: SeededRandom): SlotContrast {
  const looks = contrast === 't1-like' ? t1Contrast(random) : anyContrast(random);
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

function t1Contrast(random: SeededRandom): Map<Tissue, Look> {
  const fluid = random.uniform(...fluidRange);
  const cortex = random.uniform(...cortexRange);
  // Coarser in some images than in others, in all tissues alike.
  const coarseness = random.uniform(0.5, 1.5);
  const looks = new Map<Tissue, Look>();
  for (const tissue of tissues) {
    const { place, jitter, spread, mottle } = t1Looks[tissue];
    const mean =
      typeof place === 'number'
        ? onLine(place, fluid, cortex) + jitter * random.normal()
        : random.uniform(...place);
    looks.set(tissue, {
      mean: Math.max(mean, 0),
      spread: spread * coarseness,
      mottle: mottle * random.uniform(0.5, 1.5),
    });
  }
  return looks;
}

function onLine(place: number, fluid: number, cortex: number): number {
  return place < 1 ? fluid + place * (cortex - fluid) : cortex + (place - 1) * (1 - cortex);
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
