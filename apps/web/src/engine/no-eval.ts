/** Tells zod not to try `new Function`, which the page's Content-Security-Policy forbids and would report. */
import { config } from 'zod';

config({ jitless: true });
