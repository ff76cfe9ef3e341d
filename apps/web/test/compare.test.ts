/** Comparing in the page: the change that the command finds, cancelled and done again, and its files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComparisonRecord } from 'ventriseg';
import { describe, expect } from 'vitest';
import { dataPath } from '../../../test/shared-data.ts';
import { peakMemory, shown } from './browser.ts';
import { writeGrownHead } from './grown-head.ts';
import { give, saved, usePage, violations } from './page-test.ts';
import { runJson } from './run-command.ts';
import { pictured } from './scans.ts';

describe('comparing in the page', () => {
  const { pageTest } = usePage();

  pageTest(
    'measures what the command measures; volumes stand side by side meanwhile',
    async (page, browser) => {
      const folder = await mkdtemp(join(tmpdir(), 'ventriseg-compare-'));
      try {
        const first = dataPath(pictured.file);
        const second = join(folder, 'later.nii.gz');
        await page.click('#tab-compare');
        expect(await page.isVisible('#compare-none')).toBe(true);
        expect(await violations(page)).toEqual([]);
        await page.click('#tab-segment');
        await give(page, pictured.file);
        await shown(page, pictured.name);
        await writeGrownHead(first, second, await placeShown());
        await page.setInputFiles('#files', second);
        await shown(page, 'later');
        await page.click('#go-compare');
        const cells = await page.locator('#side-by-side-table tr.total td').allTextContents();
        const [a, b, change] = cells.map((text) => Number(text.replace('−', '-').replace('+', '')));
        expect(b! - a!).toBeCloseTo(change!, 1);

        await page.fill('#years', '2');
        await page.fill('#repetitions', '2');
        await page.click('#compare-start');
        await page.waitForSelector('#compare-progress:not([hidden])');
        await page.click('#compare-cancel');
        await page.waitForSelector('#compare-progress', { state: 'hidden' });
        expect(await page.isVisible('#error')).toBe(false);

        await page.click('#compare-start');
        await page.waitForSelector('#change:not([hidden]), #error:not([hidden])', { timeout: 800_000 });
        expect(await page.locator('#error').isVisible()).toBe(false);
        expect(await violations(page)).toEqual([]);
        const { timingsMs, ...record } = JSON.parse(
          (await saved(page, 'change-json')).toString(),
        ) as ComparisonRecord;
        const seconds = Object.entries(timingsMs).map(
          ([stage, ms]) => `${stage} ${(ms / 1000).toFixed(0)} s`,
        );
        const bytes = await peakMemory(browser);
        console.log(
          `comparing in the page: ${seconds.join(', ')}; peak memory ${(bytes / 1e9).toFixed(2)} GB`,
        );
        expect(bytes).toBeLessThan(2e9);
        const total = record.changes[0]!.numbers.find(({ id }) => id === 'totalMl')!;
        expect(total).toMatchObject({ perYear: expect.closeTo(total.change / 2, 5) });
        expect(total.change).toBeGreaterThan(0);
        const row = page.locator('#change-tables tr', { hasText: total.title }).last();
        expect(await row.locator('td').first().textContent()).toBe(total.from.toFixed(2));
        const report = (await saved(page, 'change-report')).toString();
        expect(report).toContain(`<h1>Ventricles of ${pictured.name} and later compared</h1>`);
        expect((await saved(page, 'change-png')).subarray(1, 4).toString()).toBe('PNG');

        const command = await runJson<Pick<ComparisonRecord, 'changes' | 'quality' | 'registration'>>(
          ...[
            'compare',
            first,
            second,
            '-o',
            folder,
            '--interval',
            '2',
            '--error-bar',
            '2',
            '--backend',
            'wasm',
          ],
        );
        expect(record.registration).toEqual(command.registration);
        expect(record.quality).toEqual(command.quality);
        // Sines and roots of two versions of V8 may differ in the last bit.
        const nearly = (_: string, value: unknown) =>
          typeof value === 'number' ? expect.closeTo(value, 3) : value;
        expect(record.changes).toEqual(JSON.parse(JSON.stringify(command.changes), nearly));
        console.log('change measured by the page and by the command --backend wasm: equal to 3 decimals');

        await page.click('#tab-segment');
        await page.locator('#scan-list input').first().check();
        await shown(page, pictured.name);
      } finally {
        await rm(folder, { recursive: true });
      }

      /** The middle of the ventricles, where the crosshair stands. */
      async function placeShown(): Promise<[number, number, number]> {
        const text = (await page.locator('#place').textContent()) ?? '';
        const [x, y, z] = /x (\S+), y (\S+), z (\S+) mm/.exec(text)!.slice(1).map(Number);
        return [x!, y!, z!];
      }
    },
  );
});
