/** Errors, told in the page and never in a dialog; the last one is kept for the diagnostics. */
import { EngineFailure } from '../engine/engine.ts';
import { byId } from './dom.ts';

export interface Problem {
  readonly code: string;
  readonly message: string;
}

export class Problems {
  last: Problem | undefined;

  constructor() {
    byId('error-close').addEventListener('click', () => this.clear());
  }

  clear(): void {
    byId('error').hidden = true;
  }

  /** Shows what went wrong; that the user stopped something is no error. */
  readonly tell = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof EngineFailure ? error.code : 'INTERNAL';
    if (code === 'CANCELLED') return;
    this.last = { code, message };
    byId('error-code').textContent = code;
    byId('error-message').textContent = message;
    byId('error').hidden = false;
  };
}
