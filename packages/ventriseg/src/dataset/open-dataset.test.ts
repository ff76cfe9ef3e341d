import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from './open-dataset.ts';
import { prepareDataset } from './prepare-dataset.ts';
import { writeSubjects } from './synthetic-subjects.test-helper.ts';

let root: string;
let output: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-open-'));
  output = join(root, 'out');
  await writeSubjects(root, ['anna']);
});
afterAll(() => rmSync(root, { recursive: true }));

describe('openDataset', () => {
  test('refuses what does not fit together', async () => {
    await expect(openDataset(join(root, 'subjects'))).rejects.toMatchObject({ code: 'NO_SUCH_FILE' });
    await prepareDataset({ inputs: [join(root, 'subjects', 'anna')], output });
    const manifestPath = join(output, 'manifest.json');
    const good = readFileSync(manifestPath, 'utf8');
    const images = readFileSync(join(output, 'images.npy'));
    const refused = async (message: string | RegExp) => {
      await expect(openDataset(output)).rejects.toMatchObject({ code: 'BAD_DATASET' });
      await expect(openDataset(output)).rejects.toThrow(message);
    };
    writeFileSync(join(output, 'images.npy'), images.subarray(0, -1));
    await refused(/images\.npy: holds uint8 24x96x96 in 221375 bytes, .* which takes 221376/);
    rmSync(join(output, 'images.npy'));
    await refused('images.npy: named by the manifest, but cannot be read');
    writeFileSync(manifestPath, good.replace('"offset": 0', '"offset": 1'));
    await refused('subject anna starts at slice 1, expected 0');
    writeFileSync(manifestPath, good.replace('"formatVersion": 1', '"formatVersion": 2'));
    await refused('formatVersion');
    writeFileSync(manifestPath, good.slice(0, 100));
    await refused('is not JSON');
  });
});
