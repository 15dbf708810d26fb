/**
 * `.patchtrail` files: what the analyst adds to a bundle. JSON, versioned, bound to the bundle by SHA-256 and
 * never by a path.
 */
import { access, readFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { ExpectedError } from '../parsers/domain/errors.ts';
import { caseContentSchema } from '../preload/contract/window.ts';
import type { CaseContent } from '../preload/contract/window.ts';
import { systemCode, writeAtomically } from './atomic-file.ts';
import { logEntrySchema } from './custody-log.ts';
import { parseJson } from './json-file.ts';

export const caseSchemaName = 'patchtrail.case/1';
export const caseExtension = '.patchtrail';

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
  /** Ids of annotations that changed after the last log entry about them: typing is saved at once, logged later. */
  unlogged: v.array(v.string()),
  log: v.array(logEntrySchema),
  savedBy: v.object({ tool: v.string(), version: v.string(), author: v.string(), at: v.string() }),
});
export type CaseFile = v.InferOutput<typeof caseFileSchema>;

export const emptyContent: CaseContent = {
  annotations: [],
  bookmarks: [],
  transcriptions: [],
  zone: null,
  view: {},
};

/** Whether there is something in it that the analyst made; a window's layout alone is no case. */
export function hasContent(content: CaseContent): boolean {
  return (
    content.annotations.length > 0 ||
    content.bookmarks.length > 0 ||
    content.transcriptions.length > 0 ||
    content.zone !== null ||
    content.redaction !== undefined
  );
}

/**
 * @param name for the error
 * @throws ExpectedError `case-damaged`, or `case-newer` for a schema of a later version
 */
export function parseCase(text: string, name: string): CaseFile {
  const json = parseJson(text);
  const version = v.safeParse(v.object({ schema: v.pipe(v.string(), v.regex(schemaPattern)) }), json);
  if (!version.success) throw new ExpectedError('case-damaged', name);
  const number = Number(schemaPattern.exec(version.output.schema)?.groups?.['version']);
  if (number > 1) throw new ExpectedError('case-newer', name, { schema: version.output.schema });
  const parsed = v.safeParse(caseFileSchema, json);
  if (!parsed.success) throw new ExpectedError('case-damaged', name);
  return parsed.output;
}

const schemaPattern = /^patchtrail\.case\/(?<version>[1-9]\d{0,5})$/u;

export function writeCaseText(file: CaseFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

export interface ReadCase {
  readonly file: CaseFile;
  /** Set when the file was damaged and the version before it was taken: where the damaged one was kept. */
  readonly recovered: { readonly damaged: string } | null;
}

/**
 * Reads a case. A damaged one is kept aside as `.damaged` and the version before it is taken when that is whole.
 * @throws ExpectedError `not-found`, `not-readable`, `case-newer`, `case-damaged`
 */
export async function readCase(path: string): Promise<ReadCase> {
  const name = basename(path);
  const text = await readText(path);
  try {
    return { file: parseCase(text, name), recovered: null };
  } catch (error) {
    if (!(error instanceof ExpectedError) || error.code !== 'case-damaged') throw error;
    const before = await readBackup(path);
    const damaged = await keepDamaged(path);
    if (before === null) {
      throw new ExpectedError('case-damaged', name, damaged === null ? {} : { kept: basename(damaged) });
    }
    // The version before it takes its place, so that the next reader finds a whole file.
    if (damaged !== null) await writeAtomically(path, writeCaseText(before)).catch(() => undefined);
    return { file: before, recovered: { damaged: basename(damaged ?? path) } };
  }
}

/**
 * Replaces the file as a whole and keeps the version before it as `.bak`.
 * @throws ExpectedError `not-writable`
 */
export async function writeCase(path: string, file: CaseFile): Promise<void> {
  await writeAtomically(path, writeCaseText(file), { backup: backupOf(path) });
}

export function backupOf(path: string): string {
  return `${path}.bak`;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === null) throw error;
    throw new ExpectedError(code === 'ENOENT' ? 'not-found' : 'not-readable', basename(path), {}, error);
  }
}

async function readBackup(path: string): Promise<CaseFile | null> {
  try {
    return parseCase(await readFile(backupOf(path), 'utf8'), basename(path));
  } catch {
    return null;
  }
}

/** @returns where the damaged file is now; null when its folder cannot be written, and it stayed where it was */
async function keepDamaged(path: string): Promise<string | null> {
  for (let number = 1; number < 1000; number += 1) {
    const kept = number === 1 ? `${path}.damaged` : `${path}.damaged-${number}`;
    const taken = await access(kept).then(
      () => true,
      () => false,
    );
    if (taken) continue;
    return rename(path, kept).then(
      () => kept,
      () => null,
    );
  }
  return null;
}
