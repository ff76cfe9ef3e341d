/**
 * Draws the pictures of docs/measures.md: `npx tsx scripts/draw-measures.ts LABELS OUT.png`, LABELS being one of
 * SynthSeg's label maps (Apache-2.0), in which every tissue has a number. The picture behind the lines is made from
 * those numbers, a grey for each kind of tissue.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { labelMask, multiplyAffines, readScan, resample, type Volume } from '@ventriseg/imaging';
import {
  contactSheet,
  drawMeasures,
  encodePng,
  type Intracranial,
  measureVentricles,
  toCanonicalLabels,
} from 'ventriseg';

/** Grey of labels, by FreeSurfer's numbers and those of the maps outside of the brain (500 and more). */
function greyOf(label: number): number {
  if ([2, 41, 7, 46].includes(label)) return 190;
  if ([3, 42, 8, 47].includes(label)) return 120;
  if ([4, 5, 14, 15, 24, 43, 44].includes(label)) return 40;
  if (label === 0 || label === 515) return 0;
  return label >= 500 ? 90 : 150;
}

/** All that is no tissue outside of the brain, as the coarse network would see it: 4 mm, edges falling over 4 mm. */
function intracranialOf(tissues: Volume): Intracranial {
  const outside = [0, 506, 507, 508, 509, 511, 512, 515, 516, 530];
  const { data, ...grid } = labelMask(tissues, outside);
  const inside = { ...grid, data: data.map((value) => 1 - value) };
  const step = [4, 0, 0, 1.5, 0, 4, 0, 1.5, 0, 0, 4, 1.5, 0, 0, 0, 1];
  const shape = [grid.shape[0] >> 2, grid.shape[1] >> 2, grid.shape[2] >> 2] as const;
  const coarse = { shape, voxelToWorld: multiplyAffines(grid.voxelToWorld, step) };
  const probability = resample(inside, coarse, { antiAlias: true });
  const ml = probability.data.reduce((sum, value) => sum + value, 0) * 0.064;
  return { ml, cutAt: [], probability };
}

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('name the label map, and the picture to write');
const { volume } = await readScan(await readFile(from), { path: from });
const labels = toCanonicalLabels(volume, 'freesurfer', from);
const image = { ...volume, data: Uint8Array.from(volume.data, greyOf) };
const measured = measureVentricles(labels, { intracranial: intracranialOf(volume) });
const panels = drawMeasures({ ...measured, labels, shown: { image, black: 0, bright: 190 } }, 400);
const sheet = contactSheet(
  panels.map(({ picture }) => picture),
  { columns: 3, labels: panels.map(({ caption }) => caption.replaceAll('°', ' degrees')) },
);
await writeFile(to, encodePng(sheet));
