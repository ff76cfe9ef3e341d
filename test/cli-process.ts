/** Runs the built `ventriseg` command as users do: a process of its own. Build it first (`npm test` does). */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../packages/cli/bin/ventriseg.js', import.meta.url));
const built = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url));

export interface CliResult {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends this signal, once, as soon as `when` says so; it is told what stderr has so far. */
  readonly interrupt?: { readonly signal: NodeJS.Signals; readonly when: (stderr: string) => boolean };
}

export function runVentriseg(args: readonly string[], options: CliRunOptions = {}): Promise<CliResult> {
  if (!existsSync(built)) throw new Error(`${built} is missing; run npm run build`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const { interrupt } = options;
    const watch =
      interrupt &&
      setInterval(() => {
        if (!interrupt.when(stderr)) return;
        child.kill(interrupt.signal);
        clearInterval(watch);
      }, 20);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, stdout, stderr });
    });
  });
}
