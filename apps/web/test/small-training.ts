/** A dataset of two real people, small enough to train on in a test, and what the page says while it trains. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { patience } from './page-test.ts';
import { prepareSmallDataset } from './run-command.ts';

/** Runs with a folder that holds the dataset as `dataset`; removed afterwards. */
export async function withSmallDataset(
  run: (folder: string, dataset: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ventriseg-train-'));
  try {
    await run(folder, await prepareSmallDataset(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** In the tab for training: gives the dataset and starts the recipe that is chosen. */
export async function startTraining(page: Page, dataset: string, epochs: number): Promise<void> {
  await page.setInputFiles('#dataset-folder', dataset);
  await expect
    .poll(() => page.locator('#dataset-summary').textContent(), patience)
    .toMatch(
      /^dataset: \d+ slices to train, \d+ to test, of 2 people; 96 × 96 pixels; lateral ventricles\.$/,
    );
  await page.fill('#epochs', String(epochs));
  await page.click('#train-start');
}

export async function trainingState(page: Page): Promise<string | null> {
  return page.locator('#train-state').textContent();
}
