/** Segmenting in the page: the same labels as the command's, in time and memory; all files. */
import { readFile } from 'node:fs/promises';
import type { ResultRecord } from 'ventriseg';
import { describe, expect } from 'vitest';
import { dataPath } from '../../../test/shared-data.ts';
import { peakMemory, shown } from './browser.ts';
import { expectIdentical } from './compare-mask.ts';
import { give, saved, usePage, violations } from './page-test.ts';
import { large, small } from './scans.ts';

describe('segmenting in the page', () => {
  const { pageTest, pageTestWithout } = usePage();

  pageTest('a dropped scan gives what the library gives; its files hold the same numbers', async (page) => {
    const bytes = (await readFile(dataPath(small.file))).toString('base64');
    await page.evaluate(
      ([text, name]) => {
        const data = new DataTransfer();
        const content = Uint8Array.from(atob(text!), (character) => character.charCodeAt(0));
        data.items.add(new File([content], name!));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
      },
      [bytes, `${small.name}.nii.gz`],
    );
    await shown(page, small.name);
    await expectIdentical(page, dataPath(small.file));
    const record = JSON.parse((await saved(page, 'json')).toString()) as ResultRecord;
    expect(record.volumes.total.ml).toBeGreaterThan(1);
    const totalMl = record.volumes.total.ml.toFixed(2);
    const csv = (await saved(page, 'csv')).toString();
    expect(csv.split('\n')[1]).toContain(`${small.name},${small.name}.nii.gz,`);
    expect(csv).toContain(`,${record.volumes.total.ml},`);
    const report = (await saved(page, 'report')).toString();
    expect(report).toContain(`<h1>Ventricles of ${small.name}</h1>`);
    expect(report).toContain(totalMl);
    const stl = await saved(page, 'stl');
    expect(stl.length).toBe(84 + 50 * stl.readUInt32LE(80));
    expect(stl.readUInt32LE(80)).toBeGreaterThan(100);
    expect((await saved(page, 'png')).subarray(1, 4).toString()).toBe('PNG');
    expect(await page.locator('#volumes tr.total').textContent()).toContain(totalMl);
    expect(await violations(page)).toEqual([]);
    await page.click('#theme');
    expect(await violations(page)).toEqual([]);
  });

  pageTest('a scan of 256^3: the same labels, its time and memory', async (page, browser) => {
    const begun = performance.now();
    await give(page, large.file);
    await shown(page, large.name);
    const seconds = (performance.now() - begun) / 1000;
    const bytes = await peakMemory(browser);
    const { timingsMs } = JSON.parse((await saved(page, 'json')).toString()) as ResultRecord;
    const stages = Object.entries(timingsMs).map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(1)}`);
    console.log(
      `${large.file}: ${(timingsMs.total! / 1000).toFixed(1)} s from drop to labels (${stages.join(', ')}), ` +
        `${seconds.toFixed(1)} s until they are shown; peak memory of the page ${(bytes / 1e9).toFixed(2)} GB`,
    );
    expect(bytes).toBeLessThan(2e9);
    await expectIdentical(page, dataPath(large.file));
  });

  pageTestWithout('the example scan, where the server has one', async (page) => {
    const { name } = ((await page.evaluate("fetch('example.json').then((r) => r.json())")) ?? {}) as {
      name?: string;
    };
    expect(await page.locator('#example').isVisible()).toBe(name !== undefined);
    if (name === undefined) return;
    await page.click('#example');
    await shown(page, name.replace(/\.nii\.gz$/, ''));
    await expectIdentical(page, '/usr/share/mricron/templates/ch2.nii.gz');
  });
});
