import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';

/** A validator over a schema that the product ships, and nothing looser. */
export function schemaValidator(name: 'analysis' | 'members' | 'lines' | 'rules'): ValidateFunction {
  const path = new URL(`../../resources/schema/${name}-1.schema.json`, import.meta.url);
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  return ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
}

/** What a document breaks, in readable lines; empty when it fits. */
export function complaints(validate: ValidateFunction, document: unknown): readonly string[] {
  if (validate(document)) return [];
  return (validate.errors ?? [])
    .slice(0, 20)
    .map((error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`);
}
