/** The JSON Schema of result records, for programs in other languages; `schemas/result-1.schema.json` holds it. */
import { z } from 'zod';
import { resultRecordSchema, resultSchemaUrl } from './result-record.ts';

/** JSON Schema, draft 2020-12. */
export function resultJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(resultRecordSchema, { target: 'draft-2020-12' });
  return { $schema, $id: resultSchemaUrl, ...schema };
}
