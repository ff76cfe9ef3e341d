/**
 * WebGPU, computed by the processor: right, and how far from WebAssembly. It says nothing of a graphics card's speed,
 * and is slow: of the shipped network not one batch was done after four minutes. So the page trains a small one first.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { webgpuFlags } from '../../../test/chromium.ts';
import { dataPath } from '../../../test/shared-data.ts';
import { shown } from './browser.ts';
import { compareMask } from './compare-mask.ts';
import { give, saved, usePage } from './page-test.ts';
import { small } from './scans.ts';
import { startTraining, trainingState, withSmallDataset } from './small-training.ts';

describe('the page on WebGPU', () => {
  const { pageTest } = usePage(webgpuFlags);

  pageTest('by itself does not take a graphics card that the processor emulates', async (page) => {
    await give(page, small.file);
    await shown(page, small.name);
    expect(await page.locator('#compute-used').textContent()).toMatch(
      /^The last scan: WebAssembly, .*\(webgpu: the graphics card is emulated by the processor\)\.$/,
    );
  });

  pageTest('segments as WebAssembly does, up to voxels on borders', (page) =>
    withSmallDataset(async (folder, dataset) => {
      await page.click('#tab-train');
      await startTraining(page, dataset, 1);
      await expect.poll(() => trainingState(page), { timeout: 300_000 }).toBe('Done after 20 steps.');
      const model = join(folder, 'quick.onnx');
      await writeFile(model, await saved(page, 'model'));
      await page.click('#use-model');
      await page.click('#settings summary');
      await page.selectOption('#compute', 'webgpu');
      await give(page, small.file);
      await shown(page, small.name);
      expect(await page.locator('#compute-used').textContent()).toBe('The last scan: WebGPU.');
      const { differing, voxels, labelled } = await compareMask(page, dataPath(small.file), 'wasm', model);
      console.log(
        `${small.file}: page on WebGPU and command on WebAssembly: ${differing} of ${voxels} voxels differ, ` +
          `${labelled} are labelled`,
      );
      expect(labelled).toBeGreaterThan(0);
      expect(differing).toBeLessThanOrEqual(labelled / 1000);
    }),
  );
});
