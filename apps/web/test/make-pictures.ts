/**
 * Makes the pictures of `docs/web`: the built page in each of its states, on real scans (`npm run pictures:web`).
 * The names of pictures on the command line make only those.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { dataPath } from '../../../test/data-folder.ts';
import { launchBrowser, open, root, serve, shown } from './browser.ts';
import { writeGrownHead } from './grown-head.ts';
import { prepareSmallDataset } from './run-command.ts';
import { other, pictured, small } from './scans.ts';

const scan = dataPath(pictured.file);
const folder = await mkdtemp(join(tmpdir(), 'ventriseg-pictures-'));
const browser = await launchBrowser();
const served = await serve();
const begun = performance.now();

/** What is done in a page of its own, taking pictures on the way. */
const walks: readonly {
  readonly pictures: readonly string[];
  readonly walk: (page: Page) => Promise<void>;
}[] = [
  { pictures: ['empty', 'error', 'choice'], walk: beforeAnyScan },
  {
    pictures: ['progress', 'result', 'dark', 'three-d', 'corrected', 'laptop', 'tablet', 'upright'],
    walk: oneScan,
  },
  { pictures: ['comparing', 'comparison', 'comparison-laptop', 'comparison-tablet'], walk: twoScans },
  { pictures: ['training', 'kept'], walk: training },
];

try {
  await mkdir(`${root}docs/web`, { recursive: true });
  const wanted = process.argv.slice(2);
  for (const { pictures, walk } of walks) {
    if (wanted.length > 0 && !pictures.some((name) => wanted.includes(name))) continue;
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    // Three dimensions are drawn by the processor, which can take long.
    page.setDefaultTimeout(900_000);
    await open(page, served.url);
    await walk(page);
    await page.context().close();
  }
} finally {
  await browser.close();
  await served.stop();
  await rm(folder, { recursive: true });
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${root}docs/web/${name}.png` });
  console.log(`docs/web/${name}.png after ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}

async function beforeAnyScan(page: Page): Promise<void> {
  await take(page, 'empty');
  await page.setInputFiles('#files', {
    ...{ name: 'notes.nii', mimeType: '', buffer: Buffer.from('no scan at all') },
  });
  await page.waitForSelector('#error:not([hidden])');
  await take(page, 'error');
  await page.click('#error-close');
  await page.setInputFiles('#files', [dataPath(small.file), dataPath(other.file)]);
  await page.waitForSelector('#choice:not([hidden])');
  await take(page, 'choice');
}

async function oneScan(page: Page): Promise<void> {
  await page.setInputFiles('#files', scan);
  await page.waitForFunction(() => document.querySelector<HTMLProgressElement>('#bar')!.value > 40);
  await take(page, 'progress');
  await shown(page, pictured.name);
  await take(page, 'result');
  await page.click('#theme');
  await take(page, 'dark');
  await page.click('#theme');
  await page.selectOption('#layout', '3-D');
  await page.check('#surfaces');
  await take(page, 'three-d');
  await page.selectOption('#layout', 'all');
  await page.uncheck('#surfaces');
  await page.setViewportSize({ width: 1366, height: 768 });
  await take(page, 'laptop');
  await page.setViewportSize({ width: 1024, height: 768 });
  await take(page, 'tablet');
  await page.setViewportSize({ width: 820, height: 1180 });
  await take(page, 'upright');
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.click('#tool-brush');
  const box = (await page.locator('#canvas').boundingBox())!;
  const [x, y] = [box.x + box.width * 0.24, box.y + box.height * 0.18];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 10, { steps: 8 });
  await page.mouse.up();
  await page.waitForSelector('#result:not([aria-busy=true])');
  await take(page, 'corrected');
}

async function twoScans(page: Page): Promise<void> {
  await page.setInputFiles('#files', scan);
  await shown(page, pictured.name);
  const place = (await page.locator('#place').textContent()) ?? '';
  const [x, y, z] = /x (\S+), y (\S+), z (\S+) mm/.exec(place)!.slice(1).map(Number);
  const second = join(folder, 'two-years-later.nii.gz');
  await writeGrownHead(scan, second, [x!, y!, z!]);
  await page.setInputFiles('#files', second);
  await shown(page, 'two-years-later');
  await page.click('#go-compare');
  await page.fill('#years', '2');
  await page.fill('#repetitions', '4');
  await page.click('#compare-start');
  await page.waitForFunction(() => document.querySelector<HTMLProgressElement>('#compare-bar')!.value > 40);
  await take(page, 'comparing');
  await page.waitForSelector('#change:not([hidden])');
  await take(page, 'comparison');
  await page.setViewportSize({ width: 1366, height: 768 });
  await take(page, 'comparison-laptop');
  await page.setViewportSize({ width: 1024, height: 768 });
  await take(page, 'comparison-tablet');
}

async function training(page: Page): Promise<void> {
  const dataset = await prepareSmallDataset(folder);
  await page.click('#tab-train');
  await page.setInputFiles('#dataset-folder', dataset);
  await page.waitForSelector('#training:not([disabled])');
  await page.fill('#epochs', '3');
  await page.click('#train-start');
  await page.waitForFunction(() => document.querySelector('#train-state')!.textContent.startsWith('Epoch 3'));
  await take(page, 'training');
  await page.reload();
  await page.waitForSelector('body[data-ready=yes]');
  await page.click('#tab-train');
  await take(page, 'kept');
}
