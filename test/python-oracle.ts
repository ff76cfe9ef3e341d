/**
 * Another implementation to compare with: scipy, nibabel or torch in Debian's Python.
 *
 * Install them with `apt install python3-scipy python3-nibabel python3-torch`; `VENTRISEG_PYTHON` names another
 * interpreter. Where a module is missing the test is reported as skipped, with the reason.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { type TestContext, test } from 'vitest';

/** The interpreter that runs the oracles. */
export const python = process.env.VENTRISEG_PYTHON ?? '/usr/bin/python3';

const available = new Map<string, string | undefined>();

/** Why a module cannot be imported, or undefined when it can. */
function missing(module: string): string | undefined {
  if (!available.has(module)) {
    const tried = spawnSync(python, ['-c', `import ${module}`], { encoding: 'utf8' });
    const reason = tried.error?.message ?? tried.stderr.trim().split('\n').at(-1) ?? 'failed';
    available.set(module, tried.status === 0 ? undefined : reason);
  }
  return available.get(module);
}

/** A test against Python modules; skipped, with the reason, where one is missing. */
export function testWithPython(
  name: string,
  modules: readonly string[],
  run: (context: TestContext) => Promise<void> | void,
  timeoutMs = 120_000,
) {
  test(
    name,
    async (context) => {
      skipWithoutPython(context, modules);
      await run(context);
    },
    timeoutMs,
  );
}

/** Reports the running test as skipped, with the reason, where a Python module is missing. */
export function skipWithoutPython(context: TestContext, modules: readonly string[]): void {
  for (const module of modules) {
    const reason = missing(module);
    if (reason) context.skip(`${python} has no ${module} (${reason})`);
  }
}

/** Runs a script with `python -c`, arguments in `sys.argv[1:]`; returns what it prints. Throws when it fails. */
export function runPython(
  script: string,
  args: readonly string[] = [],
  stdin: string | Uint8Array = '',
): string {
  return execFileSync(python, ['-c', script, ...args], {
    input: stdin,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
