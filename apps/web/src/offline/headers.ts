/**
 * The headers that the page is served with. The build writes them to `headers.json`, which `ventriseg serve` sends;
 * the service worker adds them where a server does not.
 *
 * The policy lets nothing be fetched from or sent to anywhere but the page's own origin. `data:` and `blob:` images
 * are NiiVue's font and downloads; `wasm-unsafe-eval` compiles WebAssembly and nothing else.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self' data: blob:",
  "img-src 'self' data: blob:",
  "style-src 'self'",
  "font-src 'self' data:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** COOP and COEP make the page cross-origin isolated, without which WebAssembly has no threads. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};
