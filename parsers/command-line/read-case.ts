import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { caseContentSchema } from '../../preload/contract/window.ts';
import type { Annotation } from '../domain/annotation.ts';
import { ExpectedError } from '../domain/errors.ts';
import type { Transcription } from '../domain/transcription.ts';
import type { BundleIdentity } from '../report/analysis.ts';

/** What a report needs of a case file. */
export interface CaseForReport {
  /** File name without its ending. */
  readonly name: string;
  readonly annotations: readonly Annotation[];
  readonly transcriptions: readonly Transcription[];
  readonly zone: string | null;
}

const caseSchema = v.object({
  schema: v.string(),
  bundle: v.object({ sha256: v.string() }),
  content: caseContentSchema,
});

/**
 * Reads the annotations of a case; the file stays as it is.
 *
 * @throws ExpectedError `not-found`, `case-damaged`, `case-newer`, `case-other-bundle`
 */
export async function readCase(path: string, bundle: BundleIdentity): Promise<CaseForReport> {
  const place = basename(path);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ExpectedError('not-found', place, {}, cause);
  });
  const parsed = v.safeParse(caseSchema, parseJson(text));
  if (!parsed.success) throw new ExpectedError('case-damaged', place);
  const { schema, bundle: bound, content } = parsed.output;
  if (!schema.startsWith('patchtrail.case/')) throw new ExpectedError('case-damaged', place);
  if (schema !== 'patchtrail.case/1') throw new ExpectedError('case-newer', place);
  if (bound.sha256 !== bundle.sha256) throw new ExpectedError('case-other-bundle', place);
  return {
    name: place.replace(/\.patchtrail$/u, ''),
    annotations: content.annotations,
    transcriptions: content.transcriptions,
    zone: content.zone,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
