/** Small JSON files of the application's own: validated when read, replaced as a whole when written. */
import { readFile, rename } from 'node:fs/promises';
import * as v from 'valibot';
import { systemCode, writeAtomically } from './atomic-file.ts';

/**
 * Reads a file that the application can do without: a missing one answers the fallback, a damaged one too, and is
 * put aside as `.damaged`.
 */
export async function readJsonFile<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  fallback: v.InferOutput<Schema>,
): Promise<v.InferOutput<Schema>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === null) throw error;
    return fallback;
  }
  const parsed = v.safeParse(schema, parseJson(text));
  if (parsed.success) return parsed.output;
  await rename(path, `${path}.damaged`).catch(() => undefined);
  return fallback;
}

export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** @returns undefined for what is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
