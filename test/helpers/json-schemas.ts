import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { schemas } from '../../src/outputs/rest-schemas.ts';
import type { SchemaName } from '../../src/outputs/rest-schemas.ts';

/** The same schema, but that refuses properties which it does not name. */
function closed(schema: object): object {
  const isOpen = 'required' in schema && !('additionalProperties' in schema);
  const whole = isOpen ? { ...schema, additionalProperties: false } : schema;
  const parts = Object.entries(whole).map(([key, part]: [string, unknown]) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? [key, closed(part)]
      : [key, part],
  );
  return Object.fromEntries(parts);
}

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** Holds an answer of the API to its schema, which lists every property that may be there. */
export function assertMatches(name: SchemaName, body: unknown): void {
  const validate = ajv.compile(closed(schemas[name]));
  assert.ok(validate(body), `${name}: ${ajv.errorsText(validate.errors)}`);
}
