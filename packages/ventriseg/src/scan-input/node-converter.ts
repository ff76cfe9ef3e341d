/**
 * dcm2niix for Node: loads the WebAssembly module that lies in `@niivue/dcm2niix`.
 *
 * The package exports only its browser worker, but the module beside it runs in Node as it is; so its file is
 * looked up in the package's folder instead of being imported by name.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Dcm2niixFactory, dcm2niixConverter } from '../dicom/dcm2niix-converter.ts';
import type { SeriesConverter } from '../dicom/series-converter.ts';
import { VentrisegError } from '../errors.ts';

const MODULE = join('@niivue', 'dcm2niix', 'dist', 'dcm2niix.jpeg.js');

/** Converts DICOM series in this process, without a browser. */
export function nodeDcm2niixConverter(): SeriesConverter {
  return dcm2niixConverter(async () => {
    const folders = createRequire(import.meta.url).resolve.paths(MODULE) ?? [];
    const file = folders.map((folder) => join(folder, MODULE)).find((path) => existsSync(path));
    if (file === undefined) {
      throw new VentrisegError(
        'DICOM_CONVERSION_FAILED',
        `@niivue/dcm2niix is not installed (no ${MODULE} in ${folders.length} node_modules folders); ` +
          `install it to open DICOM`,
      );
    }
    const loaded = (await import(pathToFileURL(file).href)) as { default: Dcm2niixFactory };
    return loaded.default;
  });
}
