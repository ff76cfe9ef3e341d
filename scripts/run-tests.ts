/**
 * Runs the tests and ends with one line that people and machines read: `N passed, N failed, N skipped`. Before
 * it, each skipped test with its reason: what could not be checked must not go unnoticed.
 *
 * What is given on the command line goes on to vitest: `npm test -- packages/imaging`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestTally } from './tally-reporter.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const folder = mkdtempSync(join(tmpdir(), 'ventriseg-tests-'));
const tallyPath = join(folder, 'tally.json');
const reporters = ['--reporter=default', '--reporter=./scripts/tally-reporter.ts'];

const run = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, VENTRISEG_TEST_TALLY: tallyPath },
  stdio: ['ignore', 'inherit', 'inherit'],
});

const tally = readTally();
for (const { test, reason } of tally.skipped) console.log(`skipped ${test} (${reason})`);
for (const [project, passed] of Object.entries(tally.passedByProject)) {
  console.log(`${project}: ${passed} tests passed`);
}
for (const test of tally.failed) console.log(`failed ${test}`);
let failed = tally.failed.length;
if (tally.unhandled > 0) {
  console.log(`failed: ${tally.unhandled} errors outside of tests`);
  failed += tally.unhandled;
}
if (failed === 0 && run.status !== 0) {
  console.log(`failed: vitest ended with ${run.signal ?? `code ${run.status}`}`);
  failed = 1;
}
if (tally.passed + failed === 0) console.log('no test was run');
console.log(`${tally.passed} passed, ${failed} failed, ${tally.skipped.length} skipped`);
process.exitCode = failed > 0 || tally.passed === 0 ? 1 : 0;

function readTally(): TestTally {
  try {
    return JSON.parse(readFileSync(tallyPath, 'utf8')) as TestTally;
  } catch {
    // Vitest ended before its reporters; its exit code counts as a failure below.
    return { passed: 0, passedByProject: {}, failed: [], skipped: [], unhandled: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
