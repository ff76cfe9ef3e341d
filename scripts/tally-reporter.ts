/**
 * A vitest reporter that writes what run-tests.ts needs to the file `VENTRISEG_TEST_TALLY`. Vitest's own JSON
 * reporter leaves out why a test was skipped.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export interface TestTally {
  readonly passed: number;
  /** How many tests passed in each project of vitest.config.ts. */
  readonly passedByProject: Readonly<Record<string, number>>;
  /** Failed tests, and files that failed as a whole. */
  readonly failed: readonly string[];
  readonly skipped: readonly { readonly test: string; readonly reason: string }[];
  /** Errors outside of tests. */
  readonly unhandled: number;
}

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    const passedByProject: Record<string, number> = {};
    const failed: string[] = [];
    const skipped: { test: string; reason: string }[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        const project = module.project.name;
        const name = `${module.relativeModuleId}: ${test.fullName} [${project}]`;
        if (result.state === 'passed') {
          passed++;
          passedByProject[project] = (passedByProject[project] ?? 0) + 1;
        } else if (result.state === 'failed') failed.push(name);
        else
          skipped.push({
            test: name,
            reason: (result.state === 'skipped' && result.note) || 'no reason given',
          });
      }
      if (module.errors().length > 0) failed.push(module.relativeModuleId);
    }
    const tally: TestTally = { passed, passedByProject, failed, skipped, unhandled: unhandled.length };
    const path = process.env.VENTRISEG_TEST_TALLY;
    if (path === undefined) throw new Error('VENTRISEG_TEST_TALLY names no file');
    writeFileSync(path, JSON.stringify(tally));
  }
}
