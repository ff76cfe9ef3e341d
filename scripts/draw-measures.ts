/**
 * Draws the pictures of docs/measures.md: `npx tsx scripts/draw-measures.ts LABELS OUT.png`, LABELS being one of
 * SynthSeg's label maps (Apache-2.0), in which every tissue has a number. The picture behind the lines is made from
 * those numbers, a grey for each kind of tissue.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { readScan } from '@ventriseg/imaging';
import { contactSheet, drawMeasures, encodePng, measureVentricles, toCanonicalLabels } from 'ventriseg';
import { intracranialOf } from '../test/tissue-maps.ts';

/** Grey of labels, by FreeSurfer's numbers and those of the maps outside of the brain (500 and more). */
function greyOf(label: number): number {
  if ([2, 41, 7, 46].includes(label)) return 190;
  if ([3, 42, 8, 47].includes(label)) return 120;
  if ([4, 5, 14, 15, 24, 43, 44].includes(label)) return 40;
  if (label === 0 || label === 515) return 0;
  return label >= 500 ? 90 : 150;
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
