/** WebGPU, computed by the processor: right, and how far from WebAssembly. Says nothing of a graphics card's speed. */
import { describe, expect } from 'vitest';
import { webgpuFlags } from '../../../test/chromium.ts';
import { dataPath } from '../../../test/shared-data.ts';
import { shown } from './browser.ts';
import { compareMask } from './command.ts';
import { give, usePage } from './page-test.ts';
import { small } from './scans.ts';

describe('the page on WebGPU', () => {
  const { pageTest } = usePage(webgpuFlags);

  pageTest('segments as WebAssembly does, up to voxels on borders', async (page) => {
    await page.click('#settings summary');
    await page.selectOption('#compute', 'webgpu');
    await give(page, small.file);
    await shown(page, small.name);
    expect(await page.locator('#compute-used').textContent()).toBe('The last scan: WebGPU.');
    const { differing, voxels, labelled } = await compareMask(page, dataPath(small.file), 'wasm');
    console.log(
      `${small.file}: page on WebGPU and command on WebAssembly: ${differing} of ${voxels} voxels differ, ` +
        `${labelled} are labelled`,
    );
    expect(differing).toBeLessThanOrEqual(labelled / 1000);
  });

  pageTest('by itself does not take a graphics card that the processor emulates', async (page) => {
    await give(page, small.file);
    await shown(page, small.name);
    expect(await page.locator('#compute-used').textContent()).toMatch(
      /^The last scan: WebAssembly, .*\(webgpu: the graphics card is emulated by the processor\)\.$/,
    );
  });
});
