/** Starts the page. */
import './engine/no-eval.ts';
import { goOffline } from './offline/register.ts';
import { startPage } from './page.ts';

// Without isolation the page is loaded once more, with the service worker's headers.
if (await goOffline()) await startPage();
