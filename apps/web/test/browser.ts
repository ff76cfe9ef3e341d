/** The browser that the page is tested in, and the page served as users get it: by `ventriseg serve`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumFlags, chromiumPath } from '../../../test/chromium.ts';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const builtPage = `${root}packages/cli/dist-web/`;
export const command = `${root}packages/cli/bin/ventriseg.js`;

export function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: [...chromiumFlags, ...flags] });
}

/** Largest memory that any page's process has had so far, bytes (Linux). */
export async function peakMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8');
      return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
    });
  return Math.max(...(await Promise.all(peaks)));
}

export interface ServedPage {
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs `ventriseg serve` on a free port. */
export async function serve(): Promise<ServedPage> {
  const child = spawn(process.execPath, [command, 'serve', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await firstUrl(child);
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** The built page on a server that sends files and their types, and nothing else. */
export async function serveWithoutHeaders(): Promise<ServedPage> {
  const types: Record<string, string> = {
    '.css': 'text/css',
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.mjs': 'text/javascript',
    '.wasm': 'application/wasm',
  };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.replace(/\/$/, '/index.html');
    try {
      const bytes = await readFile(join(builtPage, path));
      response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (part: Buffer) => {
      text += part;
      const url = /"url": "([^"]+)"/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`ventriseg serve ended with code ${code}`)));
  });
}

/** What the page asked for and complained about. */
export interface Watched {
  readonly requests: string[];
  /** Errors of the page and of its console, Content-Security-Policy reports among them. */
  readonly complaints: string[];
}

export function watch(page: Page): Watched {
  const watched: Watched = { requests: [], complaints: [] };
  page.context().on('request', (request) => watched.requests.push(request.url()));
  page.on('pageerror', (error) => watched.complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') watched.complaints.push(message.text());
  });
  return watched;
}

/** Opens the page and waits until it takes scans. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForSelector('body[data-ready=yes]', { timeout: 120_000 });
}

/** Waits until the scan of this name is shown with its labels; throws the page's error if there is one. */
export async function shown(page: Page, name: string): Promise<void> {
  await page.waitForSelector(`body[data-shown="${name}"], #error:not([hidden])`, {
    timeout: 500_000,
    state: 'attached',
  });
  const error = page.locator('#error');
  if (await error.isVisible()) throw new Error((await error.textContent()) ?? '');
}
