/**
 * Serves the built page to this machine only: it listens on the loopback address, answers only requests that were
 * made to a loopback name (so that no foreign page reaches it under a name of its own), and sends files of the
 * page's folder and the example scan and nothing else, with the headers that the build wrote for them.
 */
import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { basename, extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliError } from './errors.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.onnx': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
};

const loopback = '127.0.0.1';
const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A scan to try the page with. */
export interface ExampleScan {
  readonly path: string;
  /** Where it is from, in words. */
  readonly origin: string;
}

/** What there is to send: the page, and what is not of its folder. */
interface Site {
  readonly root: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly example: ExampleScan | undefined;
}

/**
 * @param folder the built page
 * @param port 0 takes a free one
 * @param example offered on the page; without one, its `example.json` says that there is none
 * @throws CliError PAGE_NOT_BUILT, PORT_TAKEN
 */
export async function servePage(folder: string, port: number, example?: ExampleScan): Promise<PageServer> {
  const headersText = await readFile(join(folder, 'headers.json'), 'utf8').catch((cause: unknown) => {
    throw new CliError('PAGE_NOT_BUILT', `there is no page in ${folder}; build it with npm run build:web`, {
      cause,
    });
  });
  const headers = JSON.parse(headersText) as Record<string, string>;
  const site: Site = { root: await realpath(folder), headers, example };
  const server = createServer((request, response) => {
    answer(request, response, site).catch(() => response.destroy());
  });
  const taken = await listen(server, port);
  return {
    url: `http://localhost:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
          ? new CliError(
              'PORT_TAKEN',
              `port ${port} cannot be had (${cause.code}); name another with --port`,
              {
                cause,
              },
            )
          : cause,
      );
    });
    server.listen(port, loopback, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const { headers, example } = site;
  const refuse = (status: number, text: string) => {
    response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(`${text}\n`);
  };
  if (!loopbackHost.test(request.headers.host ?? '')) return refuse(403, 'only for this machine');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET and HEAD');
  const path = pathOf(request.url ?? '/');
  if (path === '/example.json' && example !== undefined) {
    const text = JSON.stringify({ name: basename(example.path), origin: example.origin });
    response.writeHead(200, { ...headers, 'Content-Type': types['.json'], 'Cache-Control': 'no-cache' });
    response.end(request.method === 'HEAD' ? undefined : text);
    return;
  }
  const file = path === undefined ? undefined : await findFile(path, site);
  if (file === undefined) return refuse(404, 'not found');
  response.writeHead(200, {
    ...headers,
    'Content-Type': types[extname(file.path)] ?? 'application/octet-stream',
    'Content-Length': file.size,
    'Cache-Control': 'no-cache',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(createReadStream(file.path), response);
}

/** The path that a URL names, decoded; undefined when it is none. */
function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split(/[?#]/)[0]!);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
}

/** The file at a path; undefined when there is none, or it lies outside of the root, through links too. */
async function findFile(
  pathname: string,
  { root, example }: Site,
): Promise<{ path: string; size: number } | undefined> {
  if (example !== undefined && pathname === `/example/${basename(example.path)}`) {
    return { path: example.path, size: (await stat(example.path)).size };
  }
  const wanted = join(root, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  const path = await realpath(wanted).catch(() => undefined);
  if (path === undefined || !path.startsWith(root + sep)) return undefined;
  const found = await stat(path);
  return found.isFile() ? { path, size: found.size } : undefined;
}
