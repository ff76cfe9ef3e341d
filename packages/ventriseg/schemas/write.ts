/** Writes the published JSON Schemas beside itself: `npm run schemas -w ventriseg`. */
import { writeFileSync } from 'node:fs';
import { resultJsonSchema } from '../src/segment/result-json-schema.ts';

writeFileSync(
  new URL('result-1.schema.json', import.meta.url),
  `${JSON.stringify(resultJsonSchema(), null, 2)}\n`,
);
