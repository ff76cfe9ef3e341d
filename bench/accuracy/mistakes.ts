/** Where a result differs from the true labels, as a picture: what is too much, and what is missed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gridOf, reorient, type Volume } from '@ventriseg/imaging';
import {
  drawChange,
  encodePng,
  type LabelScheme,
  openScan,
  type Picture,
  toCanonicalLabels,
} from 'ventriseg/node';
import { panelSheet } from '../../packages/ventriseg/src/segment/panel-sheet.ts';
import { quantile } from '../../packages/ventriseg/src/volumes/quantile.ts';
import { diceOfAll, nameOf, type ScanScores } from './scores.ts';

/** Share of the voxels brighter than the mean, which is no air, that are darker than the brain's bright tissue. */
const brightShare = 0.85;

/** Draws the worst scans into a folder, one PNG each; the names begin with the Dice of all ventricles. */
export async function drawWorst(worst: readonly ScanScores[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const scan of worst) {
    const path = join(folder, `${diceOfAll(scan).toFixed(3)}_${nameOf(scan)}.png`);
    await writeFile(path, encodePng(await drawMistakes(scan)));
  }
}

async function drawMistakes(scan: ScanScores): Promise<Picture> {
  const { volume } = await openScan(scan.imagePath);
  const image = reorient(volume, 'LIA');
  const found = await openCanonical(scan.resultPath, 'freesurfer');
  const truth = { ...found, data: (await openCanonical(scan.labelsPath, scan.scheme)).data };
  const shown = { image, black: 0, bright: brightLevel(image) };
  const seen = (labels: Volume<Uint8Array>) => ({ labels, shown, plane: undefined });
  const panels = drawChange(seen(truth), seen(found), gridOf(image), { planeWindowMm: 192, pixelsPerMm: 2 });
  const { truthMl, predictionMl } = scan.structures['All-Ventricles']!;
  const caption = [
    `${scan.dataset}, ${scan.subject}: Dice of all ventricles ${diceOfAll(scan).toFixed(3)}, ` +
      `${predictionMl.toFixed(1)} mL, true are ${truthMl.toFixed(1)}`,
    ...(scan.quality.length > 0 ? [`doubts: ${scan.quality.join(' ')}`] : []),
    'Orange: too much. Blue: missed. What is right keeps its grey.',
  ].join('\n');
  return panelSheet(panels, caption);
}

async function openCanonical(path: string, scheme: LabelScheme): Promise<Volume<Uint8Array>> {
  const { volume } = await openScan(path);
  return toCanonicalLabels(volume, scheme, path);
}

function brightLevel(image: Volume): number {
  const data = Float32Array.from(image.data);
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return quantile(
    data.filter((value) => value > mean),
    brightShare,
  );
}
