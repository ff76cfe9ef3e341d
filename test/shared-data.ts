/**
 * Tests of real scans (see data-folder.ts) are declared with `testWithData`; without the scans they are reported
 * as skipped, with the reason.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'vitest';
import { dataPath, dataRoot } from './data-folder.ts';

export { dataPath, dataRoot } from './data-folder.ts';

/** A test that runs on real scans; skipped, with the reason, where there are none. */
export function testWithData(
  name: string,
  run: (context: TestContext) => Promise<void> | void,
  timeoutMs = 120_000,
) {
  test(
    name,
    async (context) => {
      if (!existsSync(dataPath('cases.tsv'))) {
        context.skip(`no real scans at ${dataRoot}; set VENTRISEG_DATA to a folder with cases.tsv`);
      }
      await run(context);
    },
    timeoutMs,
  );
}

/** Bytes of a file of the real scans. */
export function dataBytes(...parts: string[]): Uint8Array {
  return readFileSync(dataPath(...parts));
}
