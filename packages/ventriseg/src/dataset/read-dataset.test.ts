import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryFile } from '../scan-input/input-file.ts';
import { openZip } from '../scan-input/zip-archive.ts';
import { openDataset } from './open-dataset.ts';
import { prepareDataset } from './prepare-dataset.ts';
import { datasetInFiles, readDataset } from './read-dataset.ts';
import { writeSubjects } from './synthetic-subjects.test-helper.ts';

let root: string;
let output: string;
let files: Record<string, Uint8Array>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-read-'));
  output = join(root, 'out');
  await writeSubjects(root, ['anna']);
  await prepareDataset({ inputs: [join(root, 'subjects')], output });
  files = Object.fromEntries(readdirSync(output).map((name) => [name, readFileSync(join(output, name))]));
});
afterAll(() => rmSync(root, { recursive: true }));

test('files that were dropped, and a zip of them, hold the same dataset as the folder on disk', async () => {
  const wanted = await openDataset(output);
  const dropped = Object.entries(files).map(([name, bytes]) => memoryFile(`out/${name}`, bytes));
  const other = memoryFile('out/old/manifest.json', new Uint8Array(3));
  const zip = openZip(zipSync({ 'a/b': files }), 'd.zip');
  for (const given of [[other, ...dropped], zip]) {
    const dataset = await readDataset(datasetInFiles('given', given));
    expect(dataset.manifest).toEqual(wanted.manifest);
    expect(Buffer.compare(dataset.images, wanted.images)).toBe(0);
    expect(Buffer.compare(dataset.labels, wanted.labels)).toBe(0);
    expect(Buffer.compare(dataset.image(3), wanted.image(3))).toBe(0);
  }
});

test('files without a manifest, or without an array, are refused by name', async () => {
  const scan = [memoryFile('head.nii', new Uint8Array(3))];
  await expect(readDataset(datasetInFiles('head.nii', scan))).rejects.toMatchObject({
    code: 'NO_SUCH_FILE',
    message: 'head.nii: is not a dataset, its manifest.json cannot be read',
  });
  const manifestOnly = [memoryFile('manifest.json', files['manifest.json']!)];
  await expect(readDataset(datasetInFiles('given', manifestOnly))).rejects.toMatchObject({
    code: 'BAD_DATASET',
    message: 'given/images.npy: named by the manifest, but cannot be read',
  });
});
