/** Writes the published JSON Schemas beside itself: `npm run schemas -w ventriseg`. */
import { writeFileSync } from 'node:fs';
import { comparisonJsonSchema } from '../src/compare/comparison-record.ts';
import { resultJsonSchema } from '../src/segment/result-json-schema.ts';

for (const [file, schema] of [
  ['result-1.schema.json', resultJsonSchema()],
  ['comparison-1.schema.json', comparisonJsonSchema()],
] as const) {
  writeFileSync(new URL(file, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
