/** Training in the page, on a dataset of real scans: stop, resume, download, and use for segmenting. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResultRecord } from 'ventriseg';
import { describe, expect } from 'vitest';
import { shown } from './browser.ts';
import { give, patience, saved, usePage, violations } from './page-test.ts';
import { runJson } from './run-command.ts';
import { small } from './scans.ts';
import { startTraining, trainingState, withSmallDataset } from './small-training.ts';

describe('training in the page', () => {
  const { pageTest } = usePage();

  pageTest('learns, stops, goes on; the command finds the same scores for its network', (page) =>
    withSmallDataset(async (folder, dataset) => {
      await page.click('#tab-train');
      expect(await page.isDisabled('#train-start')).toBe(true);
      expect(await violations(page)).toEqual([]);
      await startTraining(page, dataset, 2);
      const state = () => trainingState(page);
      await expect.poll(state, patience).toMatch(/^Epoch 1 of 2, step \d+ of 40$/);
      await page.click('#train-stop');
      await expect.poll(state, patience).toMatch(/^Stopped after step \d+\.$/);
      await page.reload();
      await page.waitForSelector('body[data-ready=yes]');
      await page.click('#tab-train');
      expect(await state()).toMatch(/^Kept from before: \d+ steps\.$/);
      await page.click('#train-resume');
      await expect.poll(state, { timeout: 600_000 }).toBe('Done after 40 steps.');
      expect(await violations(page)).toEqual([]);

      const cells = await page.locator('#scores tbody td').allTextContents();
      const model = join(folder, 'quick.onnx');
      await writeFile(model, await saved(page, 'model'));
      const { classes } = await runJson<{ classes: { bySlice: { dice: number } }[] }>(
        'evaluate',
        model,
        dataset,
      );
      expect(Number(cells[0])).toBeCloseTo(classes[0]!.bySlice.dice, 2);
      const loss = await page.locator('#loss-chart').getAttribute('aria-label');
      console.log(`training in the page, 40 steps: ${loss}; Dice ${cells[0]}`);
      expect(loss).toMatch(/^Now train \d\.\d+, test \d\.\d+$/);

      await page.click('#use-model');
      await give(page, small.file);
      await shown(page, small.name);
      const record = JSON.parse((await saved(page, 'json')).toString()) as ResultRecord;
      expect(record.model).toMatchObject({ name: 'quick', steps: 40 });

      await page.click('#tab-train');
      await page.click('#train-delete');
      expect(await page.isDisabled('#train-resume')).toBe(true);
      await page.reload();
      await page.waitForSelector('body[data-ready=yes]');
      await page.click('#tab-train');
      expect(await page.locator('#dataset-summary').textContent()).toBe('No dataset yet.');
    }),
  );
});
