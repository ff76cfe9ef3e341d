/** What somebody who is to help needs to know: versions, what the browser can do, the last result and error. */
import { type ResultRecord, softwareVersion } from 'ventriseg';
import { byId } from './dom.ts';

export interface DiagnosticParts {
  readonly graphics: string | undefined;
  readonly record: ResultRecord | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/** @throws DOMException when the browser refuses the clipboard */
export async function copyDiagnostics(parts: DiagnosticParts): Promise<void> {
  await navigator.clipboard.writeText(`${JSON.stringify(diagnostics(parts), null, 2)}\n`);
  const button = byId('diagnostics');
  const text = button.textContent;
  button.textContent = 'Copied';
  setTimeout(() => {
    button.textContent = text;
  }, 2000);
}

function diagnostics({ graphics, record, error }: DiagnosticParts) {
  return {
    software: softwareVersion,
    page: location.origin + location.pathname,
    browser: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    crossOriginIsolated,
    offline: navigator.serviceWorker?.controller !== null,
    graphics: graphics ?? 'none',
    lastError: error ?? null,
    lastResult: record ?? null,
  };
}
