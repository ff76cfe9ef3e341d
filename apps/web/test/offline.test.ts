/** The page without its server, and on a host that sends no headers. */
import { describe, expect } from 'vitest';
import { whyNoChromium } from '../../../test/chromium.ts';
import { testWithData } from '../../../test/shared-data.ts';
import { launchBrowser, open, serveWithoutHeaders, shown } from './browser.ts';
import { give, timeoutMs, usePage } from './page-test.ts';
import { small } from './scans.ts';

describe('the page offline', () => {
  const { pageTest } = usePage();

  pageTest('works without its server after the first visit', async (page) => {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await page.waitForSelector('body[data-ready=yes]');
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForSelector('body[data-ready=yes]');
    await give(page, small.file);
    await shown(page, small.name);
  });
});

testWithData(
  'on a static host that sends no headers the service worker isolates the page',
  async (context) => {
    const reason = whyNoChromium();
    if (reason !== undefined) return context.skip(reason);
    const [host, browser] = await Promise.all([serveWithoutHeaders(), launchBrowser()]);
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(300_000);
      await open(page, host.url);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await give(page, small.file);
      await shown(page, small.name);
    } finally {
      await browser.close();
      await host.stop();
    }
  },
  timeoutMs,
);
