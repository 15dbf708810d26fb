import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { caseContentSchema } from '../../preload/contract/window.ts';
import type { Annotation } from '../domain/annotation.ts';
import { ExpectedError } from '../domain/errors.ts';
import type { Transcription } from '../domain/transcription.ts';
import type { CaseContent } from '../../preload/contract/window.ts';
import type { BundleIdentity } from '../report/analysis.ts';

/** What a report needs of a case file. */
export interface CaseForReport {
  /** File name without its ending. */
  readonly name: string;
  readonly annotations: readonly Annotation[];
  readonly transcriptions: readonly Transcription[];
  readonly zone: string | null;
  /** The analyst's choices and tokens; null when there are none. */
  readonly redaction: NonNullable<CaseContent['redaction']> | null;
}

/** A case file as it is checked: its log in whatever state it is. */
export interface CaseAsFound {
  readonly name: string;
  readonly bundle: { readonly sha256: string };
  readonly content: CaseContent;
  readonly log: unknown;
}

const caseSchema = v.object({
  schema: v.string(),
  bundle: v.object({ sha256: v.string() }),
  content: caseContentSchema,
  log: v.optional(v.unknown()),
});

/**
 * Reads the annotations of a case; the file stays as it is.
 *
 * @throws ExpectedError `not-found`, `case-damaged`, `case-newer`, `case-other-bundle`
 */
export async function readCase(path: string, bundle: BundleIdentity): Promise<CaseForReport> {
  const { name, bundle: bound, content } = await readCaseFile(path);
  if (bound.sha256 !== bundle.sha256) throw new ExpectedError('case-other-bundle', name);
  return {
    name: name.replace(/\.patchtrail$/u, ''),
    annotations: content.annotations,
    transcriptions: content.transcriptions,
    zone: content.zone,
    redaction: content.redaction ?? null,
  };
}

/**
 * Reads a case file of whichever bundle.
 *
 * @throws ExpectedError `not-found`, `case-damaged`, `case-newer`
 */
export async function readCaseFile(path: string): Promise<CaseAsFound> {
  const place = basename(path);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ExpectedError('not-found', place, {}, cause);
  });
  const parsed = v.safeParse(caseSchema, parseJson(text));
  if (!parsed.success) throw new ExpectedError('case-damaged', place);
  const { schema, bundle, content, log } = parsed.output;
  if (!schema.startsWith('patchtrail.case/')) throw new ExpectedError('case-damaged', place);
  if (schema !== 'patchtrail.case/1') throw new ExpectedError('case-newer', place);
  return { name: place, bundle, content, log };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
