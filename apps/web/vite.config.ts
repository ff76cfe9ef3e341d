/**
 * Builds the page into `packages/cli/dist-web`, from where `ventriseg serve` serves it: everything it needs is in there, nothing is fetched from elsewhere.
 *
 * The runtime, dcm2niix and the weights are copied as they are, since they are loaded by address at run time. The
 * model is the shipped one; VENTRISEG_WEB_MODEL names another file.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { contentSecurityPolicy, pageHeaders } from './src/offline/headers.ts';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const shippedModel = join(here, '../../packages/ventriseg/models/ventricles-slices.onnx');

/** Vite copies these from `public`. */
const publicFiles = ['icon.svg', 'manifest.webmanifest'];

/** Files that are loaded by address, by their place in the page. */
function filesAsTheyAre(): Record<string, string> {
  const ort = dirname(require.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
  const folders = require.resolve.paths('@niivue/dcm2niix') ?? [];
  const dcm2niix = folders
    .map((folder) => join(folder, '@niivue/dcm2niix/dist'))
    .find((folder) => isThere(join(folder, 'dcm2niix.jpeg.js')));
  if (dcm2niix === undefined) throw new Error('@niivue/dcm2niix is not installed; run npm ci');
  return {
    'models/ventricles-slices.onnx': process.env.VENTRISEG_WEB_MODEL ?? shippedModel,
    'ort/ort-wasm-simd-threaded.mjs': join(ort, 'ort-wasm-simd-threaded.mjs'),
    'ort/ort-wasm-simd-threaded.wasm': join(ort, 'ort-wasm-simd-threaded.wasm'),
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
      handler(_, bundle) {
        const hash = createHash('sha256');
        const files = Object.keys(bundle).filter(
          (name) => name !== 'service-worker.js' && !name.endsWith('.map'),
        );
        for (const name of [...files].sort()) {
          const output = bundle[name]!;
          hash.update(name).update(output.type === 'chunk' ? output.code : output.source);
        }
        for (const [fileName, path] of Object.entries(filesAsTheyAre())) {
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
        this.emitFile({
          type: 'asset',
          fileName: 'precache.json',
          source: JSON.stringify(['./', ...files.filter((name) => name !== 'index.html')]),
        });
        this.emitFile({
          type: 'asset',
          fileName: 'headers.json',
          source: JSON.stringify(pageHeaders, null, 2),
        });
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
