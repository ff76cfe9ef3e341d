/**
 * Builds the page into `packages/cli/dist-web`, from where `ventriseg serve` serves it: everything it needs is in there, nothing is fetched from elsewhere.
 *
 * The runtime, dcm2niix and the weights are copied as they are, since they are loaded by address at run time. The
 * models are those that ventriseg ships; VENTRISEG_WEB_MODEL names another file instead.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partnerOf, shippedModels } from 'ventriseg/node';
import { defineConfig, type Plugin } from 'vite';
import { contentSecurityPolicy, pageHeaders } from './src/offline/headers.ts';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

/** Vite copies these from `public`. */
const publicFiles = ['icon.svg', 'manifest.webmanifest'];

/** Runs only where there is WebGPU, and is large: the service worker keeps it only there. */
const webgpuRuntime = 'ort-wasm-simd-threaded.asyncify';

/** The models: name, and where each of their files lies and comes from; a pair of volume networks has two. */
async function models() {
  const own = process.env.VENTRISEG_WEB_MODEL;
  const found =
    own === undefined
      ? await shippedModels()
      : [{ name: basename(own, '.onnx'), path: own, isDefault: true }];
  return Promise.all(
    found.map(async ({ name, path, isDefault }) => {
      const paths = path.endsWith('-segment.onnx') ? [path, await partnerOf(path)] : [path];
      const files = paths.map((from) => ({ from, file: `models/${basename(from)}` }));
      return { name, isDefault, files };
    }),
  );
}

/** Files that are loaded by address, by their place in the page. */
function filesAsTheyAre(): Record<string, string> {
  const ort = dirname(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  const folders = require.resolve.paths('@niivue/dcm2niix') ?? [];
  const dcm2niix = folders
    .map((folder) => join(folder, '@niivue/dcm2niix/dist'))
    .find((folder) => isThere(join(folder, 'dcm2niix.jpeg.js')));
  if (dcm2niix === undefined) throw new Error('@niivue/dcm2niix is not installed; run npm ci');
  return {
    'ort/ort-wasm-simd-threaded.mjs': join(ort, 'ort-wasm-simd-threaded.mjs'),
    'ort/ort-wasm-simd-threaded.wasm': join(ort, 'ort-wasm-simd-threaded.wasm'),
    [`ort/${webgpuRuntime}.mjs`]: join(ort, `${webgpuRuntime}.mjs`),
    [`ort/${webgpuRuntime}.wasm`]: join(ort, `${webgpuRuntime}.wasm`),
    'dcm2niix/dcm2niix.jpeg.js': join(dcm2niix, 'dcm2niix.jpeg.js'),
    'dcm2niix/dcm2niix.jpeg.wasm': join(dcm2niix, 'dcm2niix.jpeg.wasm'),
  };
}

function isThere(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Emits the copied files, the headers, the list of all files, and the service worker's hash of them. */
function wholePage(): Plugin {
  return {
    name: 'whole-page',
    apply: 'build',
    transformIndexHtml: (html) => html.replace('CONTENT_SECURITY_POLICY', contentSecurityPolicy),
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const networks = await models();
        const listed = networks.map(({ files, ...model }) => ({
          ...model,
          files: files.map(({ file }) => file),
        }));
        const hash = createHash('sha256').update(JSON.stringify(listed));
        const files = Object.keys(bundle).filter(
          (name) => name !== 'service-worker.js' && !name.endsWith('.map'),
        );
        for (const name of [...files].sort()) {
          const output = bundle[name]!;
          hash.update(name).update(output.type === 'chunk' ? output.code : output.source);
        }
        const copied = {
          ...filesAsTheyAre(),
          ...Object.fromEntries(networks.flatMap(({ files }) => files.map(({ file, from }) => [file, from]))),
        };
        for (const [fileName, path] of Object.entries(copied)) {
          if (!isThere(path)) {
            this.error(`${path} is missing; name a model with VENTRISEG_WEB_MODEL, or run npm ci`);
          }
          const source = readFileSync(path);
          hash.update(fileName).update(source);
          files.push(fileName);
          this.emitFile({ type: 'asset', fileName, source });
        }
        for (const name of publicFiles) {
          hash.update(name).update(readFileSync(join(here, 'public', name)));
          files.push(name);
        }
        const worker = bundle['service-worker.js'];
        if (worker?.type !== 'chunk') throw new Error('internal: the build made no service worker');
        worker.code = worker.code.replace('BUILD_HASH', hash.digest('hex').slice(0, 16));
        const emitJson = (fileName: string, value: unknown) =>
          this.emitFile({ type: 'asset', fileName, source: JSON.stringify(value, null, 2) });
        emitJson('models.json', listed);
        const isForWebGpu = (name: string) => name.includes(webgpuRuntime);
        emitJson('precache.json', {
          always: [
            './',
            'models.json',
            ...files.filter((name) => name !== 'index.html' && !isForWebGpu(name)),
          ],
          withWebGpu: files.filter(isForWebGpu),
        });
        emitJson('headers.json', pageHeaders);
        // A server that has a scan to try the page with says so here instead.
        emitJson('example.json', null);
      },
    },
  };
}

export default defineConfig({
  root: here,
  base: './',
  plugins: [wholePage()],
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'production'] },
  worker: { format: 'es' },
  build: {
    outDir: join(here, '../../packages/cli/dist-web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 5000,
    rollupOptions: {
      input: {
        main: join(here, 'index.html'),
        'service-worker': join(here, 'src/offline/service-worker.ts'),
      },
      output: {
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
