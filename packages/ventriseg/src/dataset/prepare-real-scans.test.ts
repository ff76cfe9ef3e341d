import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { dataPath, dataRoot, testWithData } from '../../../../test/shared-data.ts';
import { type PrepareOptions, prepareDataset } from './prepare-dataset.ts';

let root: string;
let output: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-real-'));
  output = join(root, 'out');
});
afterAll(() => rmSync(root, { recursive: true }));

function prepare(options: Partial<PrepareOptions> = {}) {
  return prepareDataset({ inputs: [], output, overwrite: true, ...options });
}

describe('real scans', () => {
  testWithData('volumes are those of the table; the label maps without images are skipped', async () => {
    const { manifest, issues } = await prepare({
      inputs: [dataPath('cases.tsv')],
      datasets: ['freesurfer-subjects', 'label-maps'],
    });
    const [header, ...rows] = readFileSync(dataPath('cases.tsv'), 'utf8').trim().split('\n');
    const column = (name: string) => header!.split('\t').indexOf(name);
    expect(manifest.subjects.length).toBe(4);
    for (const { subject, volumesMl } of manifest.subjects) {
      const cells = rows.map((row) => row.split('\t')).find((row) => row[1] === subject)!;
      const sum = (...names: string[]) => names.reduce((total, name) => total + volumesMl[name]!, 0);
      const lateral = sum('Left-Lateral-Ventricle', 'Right-Lateral-Ventricle');
      expect(lateral).toBeCloseTo(Number(cells[column('lateral_ml')]), 1);
      expect(sum('3rd-Ventricle')).toBeCloseTo(Number(cells[column('third_ml')]), 1);
      expect(sum('4th-Ventricle')).toBeCloseTo(Number(cells[column('fourth_ml')]), 1);
    }
    expect(issues.map((i) => `${i.severity} ${i.code}`)).toEqual(new Array(20).fill('note NO_IMAGE'));
    expect(manifest.subjects.filter((s) => s.split === 'test').length).toBe(1);
  });

  testWithData(
    'Neuromorphometrics: volumes are those of the table, slices lie around the middle',
    async () => {
      const tsv = join(root, 'one.tsv');
      const files = [dataPath('oasis-manual/1000_T1.nii.gz'), dataPath('oasis-manual/1000_labels.nii.gz')];
      writeFileSync(tsv, `image\tlabels\n${files.join('\t')}\n`);
      const { manifest } = await prepare({ inputs: [tsv] });
      const { scheme, schemeGuessed, volumesMl, slices } = manifest.subjects[0]!;
      expect([scheme, schemeGuessed]).toEqual(['neuromorphometrics', true]);
      expect(volumesMl['Left-Lateral-Ventricle']! + volumesMl['Right-Lateral-Ventricle']!).toBeCloseTo(
        9.76,
        1,
      );
      expect(volumesMl['3rd-Ventricle']).toBeCloseTo(0.58, 2);
      expect(slices.length).toBeGreaterThan(20);
    },
  );

  testWithPython(
    'a FreeSurfer subject gives the very slices that numpy cuts',
    ['numpy', 'nibabel'],
    async (context) => {
      const subject = dataPath('freesurfer-subjects/ecog');
      if (!existsSync(subject)) {
        context.skip(`no real scans at ${dataRoot}; set VENTRISEG_DATA to a folder with cases.tsv`);
      }
      const { manifest } = await prepare({ inputs: [subject] });
      const script = `
import sys, json, numpy as np, nibabel as nib
mri, out = sys.argv[1:]
image = np.asarray(nib.load(mri + '/T1.mgz').dataobj).astype(float)
labels = np.isin(np.asarray(nib.load(mri + '/aparc+aseg.mgz').dataobj), [4, 43])
kept = [i for i in range(109, 145) if labels[i].sum() > 100]
halve = lambda x: (x[0::2, 0::2] + x[1::2, 0::2] + x[0::2, 1::2] + x[1::2, 1::2]) / 4
crop = lambda x: x[16:112, 16:112]
images = np.stack([crop(np.floor(halve(image[i]) + 0.5)) for i in kept])
masks = np.stack([crop(halve(labels[i] * 255.0) > 127) for i in kept])
a, b = np.load(out + '/images.npy'), np.load(out + '/labels.npy')
print(json.dumps([kept, bool((a == images).all()), bool((b == masks).all()), a.shape == images.shape]))
`;
      expect(JSON.parse(runPython(script, [join(subject, 'mri'), output]))).toEqual([
        manifest.subjects[0]!.slices,
        true,
        true,
        true,
      ]);
    },
  );
});
