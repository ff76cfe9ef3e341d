/**
 * Whole heads made from the label maps that the shipped model was not trained on. Their truth is exact, their
 * ventricles are of all sizes, and they may have contrasts that no labelled scan here has.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNifti } from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { type ChoroidPlexus, openScan } from 'ventriseg/node';
import { type SynthesisInput, synthesiseImage } from '../../packages/ventriseg/src/synthesis/index.ts';
import { codes, codesOfLabels } from '../../packages/ventriseg/src/volume-training/tissue-codes.ts';
import { dataPath } from '../../test/data-folder.ts';
import { heldOutMaps } from '../labelled-scans.ts';
import type { ScoredScan } from './scores.ts';

/** Voxels of 1 mm and ventricles as they are, unless told otherwise; the rest varies as in training. */
const plain: SynthesisInput = { ventricleChange: 0, thickSlices: 0, coarseVoxels: 0 };

const kinds: Readonly<Record<string, SynthesisInput>> = {
  'T1-like': plain,
  'T1-like, ventricles widened': { ...plain, ventricleChange: 1, ventricleGrowthMm: [4, 6] },
  'T1-like, 2 mm': { ...plain, coarseVoxels: 1, voxelMm: [2, 2] },
  'any contrast': { ...plain, contrast: 'any' },
  'T2-like': { ...plain, contrast: 't2-like' },
  'FLAIR-like': { ...plain, contrast: 'flair-like' },
};

/**
 * Writes the heads and their labels into a folder; the same ones each time.
 *
 * @param plexus whether the labels count the choroid plexus as part of the lateral ventricles
 */
export async function writeSyntheticHeads(
  folder: string,
  plexus: ChoroidPlexus,
  onProgress: (message: string) => void,
): Promise<ScoredScan[]> {
  const scans: ScoredScan[] = [];
  for (const [k, [kind, options]] of Object.entries(kinds).entries()) {
    for (const [n, subject] of heldOutMaps.entries()) {
      onProgress(`making ${subject}, ${kind}`);
      const { volume: map } = await openScan(dataPath('label-maps', `${subject}.nii.gz`));
      const random = new SeededRandom(1000 + heldOutMaps.length * k + n);
      const { image, labels } = synthesiseImage(map, options, random);
      if (plexus === 'ventricle') {
        for (const [at, code] of codesOfLabels(labels, 'freesurfer', true, subject).data.entries()) {
          if (code === codes.leftPlexus) labels.data[at] = 4;
          else if (code === codes.rightPlexus) labels.data[at] = 43;
        }
      }
      const path = (what: string) => join(folder, `head${k + 1}_${subject}_${what}.nii.gz`);
      const scan = {
        dataset: `label-maps, ${kind}`,
        subject,
        imagePath: path('image'),
        labelsPath: path('labels'),
        scheme: 'freesurfer' as const,
        // All that is labelled lies inside the skull; voxels are of 1 mm.
        intracranialMl: labels.data.reduce((count, label) => count + Number(label !== 0), 0) / 1000,
      };
      await writeFile(scan.imagePath, await writeNifti(image));
      await writeFile(scan.labelsPath, await writeNifti(labels, { intent: 'label' }));
      scans.push(scan);
    }
  }
  return scans;
}
