/** Tests that drive the page: each has a page of its own, which must ask nothing of others and complain of nothing. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { whyNoChromium } from '../../../test/chromium.ts';
import { dataPath, testWithData } from '../../../test/shared-data.ts';
import { launchBrowser, open, type ServedPage, serve, watch } from './browser.ts';

export const timeoutMs = 900_000;
/** For what a machine that does other work may be slow to show. */
export const patience = { timeout: 120_000 };
const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

type PageTest = (name: string, run: (page: Page, browser: Browser) => Promise<void>) => void;

/**
 * Starts browser and server for the tests of a file.
 *
 * @param flags of the browser
 * @returns `pageTest` for tests of real scans, `pageTestWithout` for others
 */
export function usePage(flags: readonly string[] = []): { pageTest: PageTest; pageTestWithout: PageTest } {
  const reason = whyNoChromium();
  let browser: Browser;
  let served: ServedPage;
  beforeAll(async () => {
    if (reason !== undefined) return;
    [browser, served] = await Promise.all([launchBrowser(flags), serve()]);
  }, timeoutMs);
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });
  const inPage = async (context: TestContext, run: (page: Page, browser: Browser) => Promise<void>) => {
    if (reason !== undefined) return context.skip(reason);
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    page.setDefaultTimeout(300_000);
    const watched = watch(page);
    try {
      await open(page, served.url);
      await run(page, browser);
    } finally {
      await page.context().close();
    }
    const foreign = watched.requests.filter(
      (url) => !/^(data|blob):/.test(url) && !url.startsWith(served.url),
    );
    expect(foreign).toEqual([]);
    expect(watched.complaints).toEqual([]);
  };
  return {
    pageTest: (name, run) => testWithData(name, (context) => inPage(context, run), timeoutMs),
    pageTestWithout: (name, run) => test(name, (context) => inPage(context, run), timeoutMs),
  };
}

/** Picks scans of the real ones in the page's dialog. */
export async function give(page: Page, ...files: string[]): Promise<void> {
  await page.setInputFiles(
    '#files',
    files.map((file) => dataPath(file)),
  );
}

/** What a button of the page downloads. */
export async function saved(page: Page, kind: string): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(`#save-${kind}`)]);
  return readFile(await file.path());
}

/** Violations of axe's rules, named. */
export async function violations(page: Page): Promise<string[]> {
  // By the protocol, not as a script of the page, which its policy would refuse.
  await page.evaluate(await readFile(axeSource, 'utf8'));
  const results = (await page.evaluate('axe.run(document)')) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
