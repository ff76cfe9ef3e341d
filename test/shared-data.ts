/**
 * The one place that knows where the real scans are: `../shared/data` beside the project, or `VENTRISEG_DATA`.
 *
 * Tests of real scans are declared with `testWithData`; without the scans they are reported as skipped, with
 * the reason.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TestContext, test } from 'vitest';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Folder of the real scans, whether or not it exists. */
export const dataRoot = process.env.VENTRISEG_DATA ?? resolve(projectRoot, '../shared/data');

/** A test that runs on real scans; skipped, with the reason, where there are none. */
export function testWithData(
  name: string,
  run: (context: TestContext) => Promise<void> | void,
  timeoutMs = 120_000,
) {
  test(
    name,
    async (context) => {
      if (!existsSync(join(dataRoot, 'cases.tsv'))) {
        context.skip(`no real scans at ${dataRoot}; set VENTRISEG_DATA to a folder with cases.tsv`);
      }
      await run(context);
    },
    timeoutMs,
  );
}

/** Path of a file or folder of the real scans. */
export function dataPath(...parts: string[]): string {
  return join(dataRoot, ...parts);
}

/** Bytes of a file of the real scans. */
export function dataBytes(...parts: string[]): Uint8Array {
  return readFileSync(dataPath(...parts));
}
