import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PageServer, servePage } from './page-server.ts';

let folder: string;
let server: PageServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ventriseg-page-'));
  await mkdir(join(folder, 'page', 'ort'), { recursive: true });
  const page = (name: string) => join(folder, 'page', name);
  await writeFile(page('headers.json'), JSON.stringify({ 'Cross-Origin-Opener-Policy': 'same-origin' }));
  await writeFile(page('index.html'), '<p>page</p>');
  await writeFile(page('ort/a.wasm'), 'wasm');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await symlink(join(folder, 'secret.txt'), page('link.txt'));
  server = await servePage(join(folder, 'page'), 0);
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true });
});

/** A request with its path as it is, which fetch would tidy up. */
function get(path: string, options: { host?: string; method?: string } = {}) {
  const { port, host } = new URL(server.url);
  return new Promise<{ status: number; type: string; coop: string; body: string }>((resolve, reject) => {
    const headers = { host: options.host ?? host };
    const sent = request(
      { host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers },
      (response) => {
        let body = '';
        response.on('data', (part) => {
          body += part;
        });
        response.on('end', () => {
          const type = response.headers['content-type'] ?? '';
          const coop = String(response.headers['cross-origin-opener-policy']);
          resolve({ status: response.statusCode!, type, coop, body });
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

describe('servePage', () => {
  test('sends the page with its headers and types', async () => {
    const page = { status: 200, type: 'text/html; charset=utf-8', coop: 'same-origin', body: '<p>page</p>' };
    expect(await get('/')).toEqual(page);
    expect(await get('/index.html?a=b')).toEqual(page);
    expect(await get('/ort/a.wasm')).toMatchObject({ status: 200, type: 'application/wasm', body: 'wasm' });
    expect(await get('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/ort/../../secret.txt',
    '/..%5csecret.txt',
    '/link.txt',
    '/%00',
    '/%zz',
    '/ort',
    '/missing.js',
  ])('gives nothing for %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: 'not found\n', coop: 'same-origin' });
  });

  test('is for this machine only, and for reading', async () => {
    expect(await get('/', { host: 'example.org' })).toMatchObject({ status: 403 });
    expect(await get('/', { host: 'localhost.example.org' })).toMatchObject({ status: 403 });
    expect(await get('/', { host: 'localhost:1' })).toMatchObject({ status: 200 });
    expect(await get('/', { method: 'POST' })).toMatchObject({ status: 405 });
  });

  test('offers the example scan, and only it', async () => {
    const path = join(folder, 'head.nii.gz');
    await writeFile(path, 'head');
    const page = join(folder, 'page');
    await writeFile(join(page, 'example.json'), 'null');
    expect(await get('/example.json')).toMatchObject({ status: 200, body: 'null' });
    const plain = server;
    try {
      server = await servePage(page, 0, { path, origin: 'made up' });
      expect(JSON.parse((await get('/example.json')).body)).toEqual({
        name: 'head.nii.gz',
        origin: 'made up',
      });
      expect(await get('/example/head.nii.gz')).toMatchObject({ status: 200, body: 'head' });
      expect(await get('/example/../secret.txt')).toMatchObject({ status: 404 });
      await server.close();
    } finally {
      server = plain;
    }
  });

  test('says when there is no page, or the port is taken', async () => {
    await expect(servePage(join(folder, 'nothing'), 0)).rejects.toMatchObject({ code: 'PAGE_NOT_BUILT' });
    const port = Number(new URL(server.url).port);
    await expect(servePage(join(folder, 'page'), port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  });
});
