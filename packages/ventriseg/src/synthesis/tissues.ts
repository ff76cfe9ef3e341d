/**
 * The tissues that label numbers stand for, as far as an image is concerned: which labels share an intensity, and
 * which change places when a head is mirrored.
 *
 * Numbers below 256 are FreeSurfer's, with the choroid plexus also as 136, 137, 163 and 164, as in SynthSeg's
 * training maps (Billot et al. 2023). Numbers from 500 are those maps' tissues outside the brain; their names are
 * not published and were read off the maps: where they lie and what they touch.
 */
import type { Volume } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';

export const tissues = [
  'air',
  'white-matter',
  'cortex',
  'lateral-ventricle',
  'third-ventricle',
  'fourth-ventricle',
  'cerebellar-white-matter',
  'cerebellar-cortex',
  'thalamus',
  'caudate',
  'putamen',
  'pallidum',
  'brain-stem',
  'hippocampus',
  'amygdala',
  'accumbens',
  'ventral-diencephalon',
  'choroid-plexus',
  'lesion',
  'vessel',
  'csf',
  'optic-nerve',
  'spinal-cord',
  'artery',
  'venous-sinus',
  'eye',
  'soft-tissue',
  'gland',
  'mucosa',
  'scalp',
  'bone',
  'marrow',
] as const;

export type Tissue = (typeof tissues)[number];

/** [label, label on the other side, tissue, whether it is brain or ventricle]. */
type Row = readonly [label: number, mirrored: number, tissue: Tissue, brain: boolean];

const rows: readonly Row[] = [
  [0, 0, 'air', false],
  ...sides(2, 41, 'white-matter'),
  ...sides(3, 42, 'cortex'),
  ...sides(4, 43, 'lateral-ventricle'),
  ...sides(5, 44, 'lateral-ventricle'),
  ...sides(7, 46, 'cerebellar-white-matter'),
  ...sides(8, 47, 'cerebellar-cortex'),
  ...sides(10, 49, 'thalamus'),
  ...sides(11, 50, 'caudate'),
  ...sides(12, 51, 'putamen'),
  ...sides(13, 52, 'pallidum'),
  [14, 14, 'third-ventricle', true],
  [15, 15, 'fourth-ventricle', true],
  [16, 16, 'brain-stem', true],
  ...sides(17, 53, 'hippocampus'),
  ...sides(18, 54, 'amygdala'),
  [24, 24, 'csf', false],
  ...sides(25, 57, 'lesion'),
  ...sides(26, 58, 'accumbens'),
  ...sides(28, 60, 'ventral-diencephalon'),
  ...sides(30, 62, 'vessel'),
  ...sides(31, 63, 'choroid-plexus'),
  [72, 72, 'third-ventricle', true],
  [77, 77, 'lesion', true],
  [80, 80, 'lesion', true],
  [85, 85, 'optic-nerve', true],
  ...sides(136, 163, 'choroid-plexus'),
  ...sides(137, 164, 'choroid-plexus'),
  ...[251, 252, 253, 254, 255].map((label): Row => [label, label, 'white-matter', true]),
  [502, 502, 'artery', false],
  [506, 506, 'eye', false],
  [507, 507, 'soft-tissue', false],
  [508, 508, 'gland', false],
  [509, 509, 'mucosa', false],
  [511, 511, 'scalp', false],
  [512, 512, 'spinal-cord', false],
  [514, 514, 'venous-sinus', false],
  [515, 515, 'bone', false],
  [516, 516, 'marrow', false],
  [530, 530, 'optic-nerve', false],
];

/** Labels by slot: a slot is a position in these arrays, small enough for one byte a voxel. Slot 0 is air. */
export const slotLabels: readonly number[] = rows.map(([label]) => label);
export const slotTissues: readonly Tissue[] = rows.map(([, , tissue]) => tissue);
export const slotIsBrain: readonly boolean[] = rows.map(([, , , brain]) => brain);
export const slotMirrored: readonly number[] = rows.map(([, mirrored]) => slotLabels.indexOf(mirrored));

/** Highest label number that is understood: FreeSurfer's white matter parcels end at 4999. */
const labelLimit = 5000;
const unknownSlot = 255;

/**
 * The slot of each voxel; cortical and white matter parcels (1000 to 4999) become cortex and white matter.
 *
 * @throws VentrisegError BAD_LABELS naming the labels whose tissue is not known.
 */
export function labelSlots(labels: Volume): Uint8Array {
  const table = new Uint8Array(labelLimit).fill(unknownSlot);
  rows.forEach(([label], slot) => {
    table[label] = slot;
  });
  [3, 42, 2, 41].forEach((label, k) => {
    table.fill(slotLabels.indexOf(label), 1000 * (k + 1), 1000 * (k + 2));
  });
  const source = labels.data;
  const slots = new Uint8Array(source.length);
  const unknown = new Set<number>();
  for (let i = 0; i < source.length; i++) {
    const slot = table[source[i]!] ?? unknownSlot;
    slots[i] = slot;
    if (slot === unknownSlot) unknown.add(source[i]!);
  }
  if (unknown.size > 0) {
    const named = [...unknown].sort((a, b) => a - b).slice(0, 12);
    throw new VentrisegError(
      'BAD_LABELS',
      `no image can be made of labels ${named.join(' ')}${unknown.size > 12 ? ' ...' : ''}: their tissue is ` +
        "not known; FreeSurfer's numbers, and those of SynthSeg's training maps outside the brain, are",
    );
  }
  return slots;
}

function sides(left: number, right: number, tissue: Tissue): Row[] {
  return [
    [left, right, tissue, true],
    [right, left, tissue, true],
  ];
}
