/**
 * Runs the tests and ends with one line that people and machines read: `N passed, N failed, N skipped`. Before
 * it, each skipped test with its reason: what could not be checked must not go unnoticed.
 *
 * What is given on the command line goes on to vitest: `npm test -- packages/imaging`. After `--then` come the
 * arguments of another run of vitest, which is counted in: tests that must not share the machine with others.
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
const reporters = ['--reporter=default', '--reporter=./scripts/tally-reporter.ts'];

const tally = runsOf(process.argv.slice(2)).map(runVitest).reduce(added);
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
if (tally.passed + failed === 0) console.log('no test was run');
console.log(`${tally.passed} passed, ${failed} failed, ${tally.skipped.length} skipped`);
process.exitCode = failed > 0 || tally.passed === 0 ? 1 : 0;

/** The arguments of each run. */
function runsOf(args: readonly string[]): string[][] {
  const runs: string[][] = [[]];
  for (const arg of args) {
    if (arg === '--then') runs.push([]);
    else runs.at(-1)!.push(arg);
  }
  return runs;
}

function runVitest(args: readonly string[]): TestTally {
  const folder = mkdtempSync(join(tmpdir(), 'ventriseg-tests-'));
  const path = join(folder, 'tally.json');
  try {
    const run = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: root,
      env: { ...process.env, VENTRISEG_TEST_TALLY: path },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const tally = readTally(path);
    if (run.status === 0 || tally.failed.length + tally.unhandled > 0) return tally;
    return {
      ...tally,
      failed: [`vitest ${args.join(' ')}: ended with ${run.signal ?? `code ${run.status}`}`],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readTally(path: string): TestTally {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestTally;
  } catch {
    // Vitest ended before its reporters; its exit code counts as a failure.
    return { passed: 0, passedByProject: {}, failed: [], skipped: [], unhandled: 0 };
  }
}

function added(a: TestTally, b: TestTally): TestTally {
  return {
    passed: a.passed + b.passed,
    passedByProject: { ...a.passedByProject, ...b.passedByProject },
    failed: [...a.failed, ...b.failed],
    skipped: [...a.skipped, ...b.skipped],
    unhandled: a.unhandled + b.unhandled,
  };
}
