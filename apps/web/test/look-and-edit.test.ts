/** Looking at a result and correcting it: keys, surfaces, themes, sizes of the screen, brush and eraser. */
import { readNifti } from '@ventriseg/imaging';
import type { ResultRecord } from 'ventriseg';
import { describe, expect } from 'vitest';
import { shown } from './browser.ts';
import { nonZero } from './compare-mask.ts';
import { give, patience, saved, usePage, violations } from './page-test.ts';
import { pictured } from './scans.ts';

describe('looking and correcting in the page', () => {
  const { pageTest, pageTestWithout } = usePage();

  pageTestWithout('it is isolated and accessible', async (page) => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await violations(page)).toEqual([]);
  });

  pageTest('brush, undo, redo, eraser; the record says so', async (page) => {
    await give(page, pictured.file);
    await shown(page, pictured.name);
    const shownTotal = async () => Number(await page.locator('#volumes tr.total td').textContent());
    /** When the numbers are those of the labels as they are. */
    const total = async () => {
      await page.waitForSelector('#result:not([aria-busy=true])');
      return shownTotal();
    };
    const before = await total();
    await page.click('#tool-brush');
    await page.check('#ball');
    const box = (await page.locator('#canvas').boundingBox())!;
    const [x, y] = [box.x + box.width * 0.2, box.y + box.height * 0.15];
    const stroke = async () => {
      await page.mouse.move(x, y);
      await page.mouse.down();
      const begun = await shownTotal();
      await page.mouse.move(x + 20, y + 5, { steps: 3 });
      // The numbers follow a stroke that has not ended.
      await expect.poll(shownTotal, patience).not.toBe(begun);
      await page.mouse.move(x + 40, y + 10, { steps: 3 });
      await page.mouse.up();
    };
    await stroke();
    const painted = await total();
    expect(painted).toBeGreaterThan(before);
    await page.keyboard.press('Control+z');
    expect(await total()).toBe(before);
    await page.keyboard.press('Control+y');
    expect(await total()).toBe(painted);
    const record = JSON.parse((await saved(page, 'json')).toString()) as ResultRecord;
    expect(record.edit).toMatchObject({ strokes: 1 });
    expect(record.edit!.voxels.added).toBeGreaterThan(0);
    const measure = (wanted: string) => record.measures.find(({ id }) => id === wanted)!.value!;
    const share = (100 * record.volumes.total.ml) / measure('intracranialVolumeMl');
    expect(measure('ventricleSharePercent')).toBeCloseTo(share, 3);
    expect(record.volumes.total).toEqual({ ml: expect.closeTo(painted, 1), mlByProbability: null });
    const mask = await readNifti(new Uint8Array(await saved(page, 'mask')));
    const voxelMl = record.scan.voxelMm.reduce((product, mm) => product * mm, 1) / 1000;
    expect(nonZero(mask.volume.data) * voxelMl).toBeCloseTo(record.volumes.total.ml, 2);
    await page.click('#tool-eraser');
    await stroke();
    expect(await total()).toBeLessThan(painted);
  });

  pageTest('keys, surfaces, themes and a tablet', async (page) => {
    await give(page, pictured.file);
    await shown(page, pictured.name);
    const place = () => page.locator('#place').textContent();
    const before = await place();
    await page.focus('#canvas');
    await page.keyboard.press('ArrowUp');
    await expect.poll(place, patience).not.toBe(before);
    await page.keyboard.press('5');
    expect(await page.inputValue('#layout')).toBe('3-D');
    await page.keyboard.press('s');
    expect(await page.isChecked('#surfaces')).toBe(true);
    await page.click('#theme');
    await page.keyboard.press('1');
    await page.keyboard.press('r');
    expect(await page.isChecked('#radiological')).toBe(false);
    await page.setViewportSize({ width: 820, height: 1180 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(820);
    const canvas = (await page.locator('#canvas').boundingBox())!;
    expect(Math.min(canvas.width, canvas.height)).toBeGreaterThan(400);
    expect(await violations(page)).toEqual([]);
  });
});
