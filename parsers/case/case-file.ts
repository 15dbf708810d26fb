/**
 * The content of `.patchtrail` files: what the analyst adds to a bundle. JSON, versioned, bound to the bundle by
 * SHA-256 and never by a path. Reading and writing files is the caller's work.
 */
import * as v from 'valibot';
import { caseContentSchema } from '../../preload/contract/window.ts';
import type { CaseContent } from '../../preload/contract/window.ts';
import { ExpectedError } from '../domain/errors.ts';
import { caseVersion, migrated } from './case-migrations.ts';
import { logEntrySchema } from './custody-log.ts';

export const caseSchemaName = 'patchtrail.case/2';

/** What a case is bound to. */
export const caseBundleSchema = v.object({
  name: v.string(),
  bytes: v.number(),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u)),
});
export type CaseBundle = v.InferOutput<typeof caseBundleSchema>;

export const caseFileSchema = v.object({
  schema: v.literal(caseSchemaName),
  bundle: caseBundleSchema,
  content: caseContentSchema,
  /**
   * Members of the bundle, to tell which ones differ in another version of it: `<SHA-256>␠␠<path>`, `-` for one
   * that has no hash. Null where there are too many to keep, or in a case of a version that kept none.
   */
  members: v.nullable(v.array(v.string())),
  /** Ids of annotations that changed after the last log entry about them: typing is saved at once, logged later. */
  unlogged: v.array(v.string()),
  log: v.array(logEntrySchema),
  savedBy: v.object({ tool: v.string(), version: v.string(), author: v.string(), at: v.string() }),
});
export type CaseFile = v.InferOutput<typeof caseFileSchema>;

export const emptyContent: CaseContent = {
  annotations: [],
  bookmarks: [],
  mutes: [],
  transcriptions: [],
  zone: null,
  view: {},
};

/** Whether there is something in it that the analyst made; a window's layout alone is no case. */
export function hasContent(content: CaseContent): boolean {
  return (
    content.annotations.length > 0 ||
    content.bookmarks.length > 0 ||
    content.mutes.length > 0 ||
    content.transcriptions.length > 0 ||
    content.zone !== null ||
    content.redaction !== undefined ||
    content.report !== undefined
  );
}

/**
 * Reads a case of this version or an older one.
 *
 * @param name for the error
 * @throws ExpectedError `case-damaged`, or `case-newer` for a schema of a later version
 */
export function parseCase(text: string, name: string): CaseFile {
  const { json, version } = versionedJson(text, name);
  const parsed = v.safeParse(caseFileSchema, migrated(json, version));
  if (!parsed.success) throw new ExpectedError('case-damaged', name);
  return parsed.output;
}

const schemaPattern = /^patchtrail\.case\/(?<version>[1-9]\d{0,5})$/u;
const versionSchema = v.object({ schema: v.pipe(v.string(), v.regex(schemaPattern)) });

/** @throws ExpectedError `case-damaged`, `case-newer` */
export function versionedJson(
  text: string,
  name: string,
): { readonly json: unknown; readonly version: number } {
  const json = jsonOf(text);
  const versioned = v.safeParse(versionSchema, json);
  if (!versioned.success) throw new ExpectedError('case-damaged', name);
  const { schema } = versioned.output;
  const version = Number(schemaPattern.exec(schema)?.groups?.['version']);
  if (version > caseVersion) throw new ExpectedError('case-newer', name, { schema });
  return { json, version };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function writeCaseText(file: CaseFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}
