/** The page's labels beside the command's: the same scan and model, and how far they differ. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNifti, type Volume } from '@ventriseg/imaging';
import type { Page } from 'playwright-core';
import type { BackendChoice } from 'ventriseg/node';
import { expect } from 'vitest';
import { saved } from './page-test.ts';
import { runJson } from './run-command.ts';

async function labelsOfCommand(path: string, backend: BackendChoice, model?: string): Promise<Volume> {
  const output = await mkdtemp(join(tmpdir(), 'ventriseg-web-'));
  try {
    const { results } = await runJson<{ results: { files: { labels: string } }[] }>(
      'segment',
      path,
      '-o',
      output,
      '--backend',
      backend,
      ...(model === undefined ? [] : ['--model', model]),
    );
    return (await readNifti(await readFile(results[0]!.files.labels))).volume;
  } finally {
    await rm(output, { recursive: true });
  }
}

export interface MaskComparison {
  readonly voxels: number;
  /** Of the command's mask. */
  readonly labelled: number;
  readonly differing: number;
}

/**
 * The mask that the page downloads beside the command's; it must lie on the scan's own grid.
 *
 * @param model the command's; the shipped one when left out
 */
export async function compareMask(
  page: Page,
  path: string,
  backend: BackendChoice,
  model?: string,
): Promise<MaskComparison> {
  const { volume: mask } = await readNifti(new Uint8Array(await saved(page, 'mask')));
  const { volume: scan } = await readNifti(await readFile(path));
  expect(mask.shape).toEqual(scan.shape);
  expect(mask.voxelToWorld).toEqual(scan.voxelToWorld);
  const { data } = await labelsOfCommand(path, backend, model);
  expect(mask.data.length).toBe(data.length);
  let differing = 0;
  for (let at = 0; at < data.length; at++) if (data[at] !== mask.data[at]) differing++;
  return { voxels: data.length, labelled: nonZero(data), differing };
}

/** The downloaded mask equals the command's on WebAssembly to the voxel. */
export async function expectIdentical(page: Page, path: string): Promise<void> {
  const { differing, labelled } = await compareMask(page, path, 'wasm');
  expect(differing).toBe(0);
  expect(labelled).toBeGreaterThan(0);
  console.log(`${path}: page and command --backend wasm: identical (${labelled} voxels labelled)`);
}

export function nonZero(data: ArrayLike<number>): number {
  let count = 0;
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) count++;
  return count;
}
