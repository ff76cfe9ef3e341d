/** Real series against the native dcm2niix, and real scans in the other formats. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNifti, type Volume } from '@ventriseg/imaging';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { dataPath, testWithData } from '../../../../test/shared-data.ts';
import { dicomBytes, mrSlice } from '../dicom/dicom-bytes.test-helper.ts';
import { openScan } from './open-scan.ts';
import { expectSameVolume } from './same-volume.test-helper.ts';

const SIEMENS = 'siemens-sagittal-memprage';
const PHILIPS = 'philips-sagittal-mprage';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ventriseg-open-scan-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (...parts: string[]) => {
  const path = join(folder, ...parts);
  mkdirSync(join(path, '..'), { recursive: true });
  return path;
};
const write = (path: string, bytes: Uint8Array | string) => {
  writeFileSync(inFolder(path), bytes);
  return join(folder, path);
};

/** What the dcm2niix program on this machine makes of a folder; undefined without the program. */
async function nativeVolume(source: string): Promise<Volume | undefined> {
  if (spawnSync('dcm2niix', ['--version']).error !== undefined) return undefined;
  const out = mkdtempSync(join(folder, 'native-'));
  execFileSync('dcm2niix', ['-z', 'n', '-b', 'n', '-f', 'image', '-o', out, source], { stdio: 'ignore' });
  return (await readNifti(readFileSync(join(out, 'image.nii')))).volume;
}

describe('real series', () => {
  for (const name of [SIEMENS, PHILIPS]) {
    testWithData(`${name}: folder, file and zip open as the native dcm2niix does`, async (context) => {
      const source = dataPath('dicom', name);
      const native = await nativeVolume(source);
      if (native === undefined) return context.skip('no dcm2niix on this machine (apt install dcm2niix)');

      const opened = await openScan(source);
      expectSameVolume(opened.volume, native);
      expect(opened.name).toBe(name);
      expect(opened.warnings).toEqual([]);

      const names = readdirSync(source);
      const single = await openScan(join(source, names[names.length >> 1]!));
      expectSameVolume(single.volume, native);

      const entries = names.map(
        (file) => [`export/dicom/${file}`, readFileSync(join(source, file))] as const,
      );
      const archive = write(`${name}.zip`, zipSync(Object.fromEntries(entries), { level: 0 }));
      const zipped = await openScan(archive);
      expectSameVolume(zipped.volume, native);
      expect(zipped.name).toBe(name);
      expect(zipped.source).toEqual({ ...opened.source, path: archive });
      expect(single.source.sha256).toBe(opened.source.sha256);
    });
  }

  testWithData(
    'a nested folder with both series and strangers: one is chosen, the other can be named',
    async () => {
      const study = inFolder('study', 'x');
      mkdirSync(join(study, 'deep', 'er'), { recursive: true });
      // Links, so that nothing is copied; the two series share folders and their names say nothing.
      for (const [name, prefix] of [
        [SIEMENS, 'A'],
        [PHILIPS, 'B'],
      ] as const) {
        readdirSync(dataPath('dicom', name)).forEach((file, i) => {
          symlinkSync(
            dataPath('dicom', name, file),
            join(study, i % 2 ? 'deep' : 'deep/er', `${prefix}${i}`),
          );
        });
      }
      write('study/readme.txt', 'a text');
      write('study/x/picture.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47));
      write('study/x/report', dicomBytes({ '00080016': '1.2.840.10008.5.1.4.1.1.88.33', '0020000e': '1.1' }));
      const localizer = { series: '9.9', elements: { '0008103e': 'localizer', '00200011': '1' } };
      write('study/x/loc', dicomBytes(mrSlice(localizer)));

      const path = join(folder, 'study');
      const chosen = await openScan(path);
      expect(chosen.volume.shape).toEqual([176, 220, 220]);
      expect(chosen.source.series).toMatchObject({
        description: 'WIPmocoMEMPRAGE 1mm FOV 220 RMS',
        modality: 'MR',
        number: 4,
        images: 176,
      });
      expect(chosen.source.series?.chosenBecause).toMatch(/^best of 3 image series: it .*is called MPRAGE/);
      expect(chosen.source.patient).toEqual({ sex: 'F', ageYears: 10 });
      expect(chosen.warnings.join()).toContain('#1301 "ADNI_Sag3D MPRAGE" (MR, 170 images) could be meant');

      const other = await openScan(path, { series: 'adni' });
      expect(other.volume.shape).toEqual([170, 256, 256]);
      expect(other.source.series?.chosenBecause).toBe('asked for by "adni"');
      expect(other.source.patient).toEqual({ sex: 'M', ageYears: 41 });

      const single = await openScan(join(study, 'deep', 'B1')).catch((error: unknown) => error);
      // Half of the slices lie in another folder: every second one is missing or the spacing doubles.
      expect(single).not.toBeInstanceOf(Error);

      await expect(openScan(path, { series: 'mprage' })).rejects.toMatchObject({ code: 'SERIES_AMBIGUOUS' });
      await expect(openScan(path, { series: '77' })).rejects.toMatchObject({ code: 'SERIES_NOT_FOUND' });
    },
  );

  testWithData('the pieces of one scan are found from NIfTI and MGZ as well', async () => {
    const mgz = await openScan(dataPath('freesurfer-subjects', 'ecog', 'mri', 'T1.mgz'));
    expect(mgz).toMatchObject({ name: 'T1', format: 'mgh', source: { kind: 'mgh' } });
    expect(mgz.volume.shape).toEqual([256, 256, 256]);
    const nifti = await openScan(dataPath('unlabelled', 'chris_t1.nii.gz'));
    expect(nifti).toMatchObject({ name: 'chris_t1', source: { kind: 'nifti' } });
    const sum = execFileSync('sha256sum', [dataPath('unlabelled', 'chris_t1.nii.gz')], { encoding: 'utf8' });
    expect(nifti.source.sha256).toBe(sum.slice(0, 64));
  });
});
