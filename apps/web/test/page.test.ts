/** The page from end to end on real scans, in Chromium. Screenshots go to docs/web when VENTRISEG_SCREENSHOTS is set. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readNifti, type Volume } from '@ventriseg/imaging';
import type { Browser, Page } from 'playwright-core';
import type { ResultRecord } from 'ventriseg';
import type { BackendChoice } from 'ventriseg/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoChromium } from '../../../test/chromium.ts';
import { dataPath, testWithData } from '../../../test/shared-data.ts';
import {
  command,
  launchBrowser,
  open,
  pageModel,
  root,
  type ServedPage,
  serve,
  serveWithoutHeaders,
  shown,
  watch,
} from './browser.ts';

const reason = whyNoChromium();
const small = 'ixi-2mm/IXI012-HH-1211_T1.nii.gz';
const smallName = 'IXI012-HH-1211_T1';
const other = 'ixi-2mm/IXI013-HH-1212_T1.nii.gz';
const large = 'unlabelled/t1_crop.nii.gz';
/** The head in the pictures: published by its owner for demonstrations. */
const pictured = 'unlabelled/chris_t1.nii.gz';
const timeoutMs = 900_000;
const patience = { timeout: 120_000 };
const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let browser: Browser;
let served: ServedPage;

beforeAll(async () => {
  if (reason !== undefined) return;
  [browser, served] = await Promise.all([launchBrowser(), serve()]);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

/** A test with a page of its own, which must ask nothing of others and complain of nothing. */
function pageTest(name: string, run: (page: Page) => Promise<void>) {
  testWithData(
    name,
    async (context) => {
      if (reason !== undefined) return context.skip(reason);
      const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
      // Long enough for a machine that does other work.
      page.setDefaultTimeout(300_000);
      const watched = watch(page);
      try {
        await open(page, served.url);
        await run(page);
      } finally {
        await page.context().close();
      }
      const foreign = watched.requests.filter(
        (url) => !/^(data|blob):/.test(url) && !url.startsWith(served.url),
      );
      expect(foreign).toEqual([]);
      expect(watched.complaints).toEqual([]);
    },
    timeoutMs,
  );
}

async function give(page: Page, ...files: string[]): Promise<void> {
  await page.setInputFiles(
    '#files',
    files.map((file) => dataPath(file)),
  );
}

async function saved(page: Page, kind: string): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(`#save-${kind}`)]);
  return readFile(await file.path());
}

async function picture(page: Page, name: string): Promise<void> {
  if (process.env.VENTRISEG_SCREENSHOTS === undefined) return;
  await mkdir(`${root}docs/web`, { recursive: true });
  await page.screenshot({ path: `${root}docs/web/${name}.png` });
}

/** Violations of axe's rules, named. */
async function violations(page: Page): Promise<string[]> {
  // By the protocol, not as a script of the page, which its policy would refuse.
  await page.evaluate(await readFile(axeSource, 'utf8'));
  const results = (await page.evaluate('axe.run(document)')) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Labels as the command makes them, with the page's model. */
async function labelsOfCommand(path: string, backend: BackendChoice): Promise<Volume> {
  const output = await mkdtemp(join(tmpdir(), 'ventriseg-web-'));
  try {
    const args = [
      'segment',
      dataPath(path),
      '-o',
      output,
      '--model',
      pageModel,
      '--backend',
      backend,
      '--json',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...args]);
    const { results } = JSON.parse(stdout) as { results: { files: { labels: string } }[] };
    return (await readNifti(await readFile(results[0]!.files.labels))).volume;
  } finally {
    await rm(output, { recursive: true });
  }
}

function nonZero(data: ArrayLike<number>): number {
  let count = 0;
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) count++;
  return count;
}

function differing(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let count = 0;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) count++;
  return count;
}

/** The downloaded mask equals the command's on WebAssembly; what differs on the native runtime is counted. */
async function expectSameMask(page: Page, path: string): Promise<void> {
  const mask = await readNifti(new Uint8Array(await saved(page, 'mask')));
  const scan = await readNifti(await readFile(dataPath(path)));
  expect(mask.volume.shape).toEqual(scan.volume.shape);
  expect(mask.volume.voxelToWorld).toEqual(scan.volume.voxelToWorld);
  const wasm = await labelsOfCommand(path, 'wasm');
  expect(differing(mask.volume.data, wasm.data)).toBe(0);
  expect(nonZero(wasm.data)).toBeGreaterThan(0);
  console.log(`${path}: page and command --backend wasm: identical`);
  const native = await labelsOfCommand(path, 'cpu');
  const count = differing(mask.volume.data, native.data);
  console.log(`${path}: page and command: ${count} of ${native.data.length} voxels differ`);
  expect(count).toBeLessThan(nonZero(wasm.data) / 1000);
}

describe('the page', () => {
  pageTest('is isolated, accessible, and takes scans', async (page) => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await violations(page)).toEqual([]);
    await picture(page, 'empty');
  });

  pageTest('segments a dropped scan as the library does; its files hold the same numbers', async (page) => {
    const bytes = (await readFile(dataPath(small))).toString('base64');
    await page.evaluate(
      ([text, name]) => {
        const data = new DataTransfer();
        const content = Uint8Array.from(atob(text!), (character) => character.charCodeAt(0));
        data.items.add(new File([content], name!));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
      },
      [bytes, `${smallName}.nii.gz`],
    );
    await shown(page, smallName);
    expect(await violations(page)).toEqual([]);
    await expectSameMask(page, small);
    const record = JSON.parse((await saved(page, 'json')).toString()) as ResultRecord;
    expect(record.volumes.total.ml).toBeGreaterThan(1);
    const csv = (await saved(page, 'csv')).toString();
    expect(csv.split('\n')[1]).toContain(`${smallName},${smallName}.nii.gz,`);
    expect(csv).toContain(`,${record.volumes.total.ml},`);
    expect((await saved(page, 'png')).subarray(1, 4).toString()).toBe('PNG');
    expect(await page.locator('#volumes tr.total').textContent()).toContain(
      record.volumes.total.ml.toFixed(2),
    );
    await page.click('#theme');
    expect(await violations(page)).toEqual([]);
  });

  pageTest('corrects labels: brush, undo, redo, eraser; the record says so', async (page) => {
    await give(page, pictured);
    await shown(page, 'chris_t1');
    await picture(page, 'result');
    const total = async () => Number(await page.locator('#volumes tr.total td').textContent());
    const before = await total();
    await page.click('#tool-brush');
    await page.check('#ball');
    const box = (await page.locator('#canvas').boundingBox())!;
    const [x, y] = [box.x + box.width * 0.2, box.y + box.height * 0.15];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 10, { steps: 5 });
    await page.mouse.up();
    await expect.poll(total, patience).toBeGreaterThan(before);
    const painted = await total();
    await picture(page, 'corrected');
    await page.keyboard.press('Control+z');
    await expect.poll(total, patience).toBe(before);
    await page.keyboard.press('Control+y');
    await expect.poll(total, patience).toBe(painted);
    const record = JSON.parse((await saved(page, 'json')).toString()) as ResultRecord;
    expect(record.edit).toMatchObject({ strokes: 1 });
    expect(record.edit!.voxels.added).toBeGreaterThan(0);
    expect(record.volumes.total).toEqual({ ml: expect.closeTo(painted, 1), mlByProbability: null });
    const mask = await readNifti(new Uint8Array(await saved(page, 'mask')));
    const voxelMl = record.scan.voxelMm.reduce((product, mm) => product * mm, 1) / 1000;
    expect(nonZero(mask.volume.data) * voxelMl).toBeCloseTo(record.volumes.total.ml, 2);
    await page.click('#tool-eraser');
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 10, { steps: 5 });
    await page.mouse.up();
    await expect.poll(total, patience).toBeLessThan(painted);
  });

  pageTest('compares two scans, and shows either', async (page) => {
    await give(page, small);
    await shown(page, smallName);
    await give(page, pictured);
    await shown(page, 'chris_t1');
    const cells = await page.locator('#comparison-table tr.total td').allTextContents();
    const [a, b, change] = cells.map((text) => Number(text.replace('−', '-').replace('+', '')));
    expect(b! - a!).toBeCloseTo(change!, 1);
    await picture(page, 'comparison');
    expect(await violations(page)).toEqual([]);
    await page.locator('#scan-list input').first().check();
    await shown(page, smallName);
  });

  pageTest('says what is wrong with a file, and can be asked again', async (page) => {
    await page.setInputFiles('#files', {
      name: 'notes.nii',
      mimeType: '',
      buffer: Buffer.from('no scan at all'),
    });
    await page.waitForSelector('#error:not([hidden])');
    expect(await page.locator('#error-code').textContent()).toBe('NOT_A_SCAN');
    expect(await page.locator('#error-message').textContent()).toContain('notes.nii');
    await picture(page, 'error');
    expect(await violations(page)).toEqual([]);
    await give(page, small);
    await shown(page, smallName);
  });

  pageTest('opens a DICOM folder', async (page) => {
    await page.setInputFiles('#folder', dataPath('dicom/siemens-sagittal-memprage'));
    await shown(page, 'siemens-sagittal-memprage');
    expect(await page.locator('#doubts').textContent()).toContain('it is the only image series');
  });

  pageTest('lets choose among several scans', async (page) => {
    await give(page, small, other);
    await page.waitForSelector('#choice:not([hidden])');
    await picture(page, 'choice');
    expect(await violations(page)).toEqual([]);
    await page.check('#candidates label:nth-child(2) input');
    await page.click('#choice button[type=submit]');
    await shown(page, 'IXI013-HH-1212_T1');
  });

  pageTest('can be cancelled, and used after that', async (page) => {
    await give(page, large);
    await page.waitForSelector('#progress:not([hidden])');
    await picture(page, 'progress');
    await page.click('#cancel');
    await page.waitForSelector('#progress', { state: 'hidden' });
    expect(await page.locator('#error').isVisible()).toBe(false);
    await give(page, small);
    await shown(page, smallName);
  });

  pageTest('segments a scan of 256^3 as the library does', async (page) => {
    await give(page, large);
    await shown(page, 't1_crop');
    const record = JSON.parse((await saved(page, 'json')).toString()) as ResultRecord;
    console.log(`${large}: ${(record.timingsMs.total! / 1000).toFixed(1)} s from files to labels`);
    await expectSameMask(page, large);
  });

  pageTest('works by keys', async (page) => {
    await give(page, pictured);
    await shown(page, 'chris_t1');
    const place = () => page.locator('#place').textContent();
    const before = await place();
    await page.focus('#canvas');
    await page.keyboard.press('ArrowUp');
    await expect.poll(place, patience).not.toBe(before);
    await page.keyboard.press('5');
    expect(await page.inputValue('#layout')).toBe('3-D');
    await picture(page, 'three-d');
    await page.click('#theme');
    await page.keyboard.press('1');
    await picture(page, 'dark');
    await page.keyboard.press('r');
    expect(await page.isChecked('#radiological')).toBe(false);
  });

  pageTest('works without its server after the first visit', async (page) => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await page.waitForSelector('body[data-ready=yes]');
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForSelector('body[data-ready=yes]');
    await give(page, small);
    await shown(page, smallName);
  });
});

describe('on a static host that sends no headers', () => {
  testWithData(
    'the service worker isolates the page',
    async (context) => {
      if (reason !== undefined) return context.skip(reason);
      const host = await serveWithoutHeaders();
      const page = await browser.newPage();
      try {
        await open(page, host.url);
        expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
        await give(page, small);
        await shown(page, smallName);
      } finally {
        await page.context().close();
        await host.stop();
      }
    },
    timeoutMs,
  );
});

test('a browser is there, or the reason is told', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(browser.isConnected()).toBe(true);
});
