/** Starts the service worker; where the server sends no isolation headers, reloads once so that the worker's count. */

const triedKey = 'ventriseg-reloaded-for-isolation';

/** @returns false when the page is about to be loaded again */
export async function goOffline(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return true;
  try {
    await navigator.serviceWorker.register('./service-worker.js', { type: 'module' });
  } catch (error) {
    // Private windows and some settings refuse service workers; the page works, but only with its server.
    console.warn('The page cannot be kept for use without its server:', error);
    return true;
  }
  if (crossOriginIsolated) {
    sessionStorage.removeItem(triedKey);
    return true;
  }
  if (sessionStorage.getItem(triedKey) !== null) return true;
  await navigator.serviceWorker.ready;
  sessionStorage.setItem(triedKey, 'yes');
  location.reload();
  return false;
}
