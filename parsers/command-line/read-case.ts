import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { caseContentSchema } from '../../preload/contract/window.ts';
import type { CaseContent } from '../../preload/contract/window.ts';
import { versionedJson } from '../case/case-file.ts';
import { migrated } from '../case/case-migrations.ts';
import { firstBrokenEntry, logEntrySchema } from '../case/custody-log.ts';
import type { LogEntry } from '../case/custody-log.ts';
import { ExpectedError } from '../domain/errors.ts';
import type { BundleIdentity } from '../report/analysis.ts';

/** What a report needs of a case file. */
export interface CaseForReport extends Pick<
  CaseContent,
  'annotations' | 'mutes' | 'transcriptions' | 'zone' | 'redaction' | 'report'
> {
  /** File name without its ending. */
  readonly name: string;
  readonly bookmarks: CaseContent['bookmarks'];
  readonly custody: { readonly entries: readonly LogEntry[]; readonly broken: number | null };
}

/** Its log may be damaged and the notes still be read: `verify` is who asks for that. */
const caseSchema = v.object({
  bundle: v.object({ sha256: v.string() }),
  content: caseContentSchema,
  log: v.fallback(v.nullable(v.array(logEntrySchema)), null),
});

/**
 * Reads the annotations of a case of this version or an older one; the file stays as it is.
 *
 * @throws ExpectedError `not-found`, `case-damaged`, `case-newer`, `case-other-bundle`
 */
export async function readCase(path: string, bundle: BundleIdentity): Promise<CaseForReport> {
  const place = basename(path);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ExpectedError('not-found', place, {}, cause);
  });
  const { json, version } = versionedJson(text, place);
  const parsed = v.safeParse(caseSchema, migrated(json, version));
  if (!parsed.success) throw new ExpectedError('case-damaged', place);
  const { bundle: bound, content, log } = parsed.output;
  if (bound.sha256 !== bundle.sha256) throw new ExpectedError('case-other-bundle', place);
  return {
    ...content,
    name: place.replace(/\.patchtrail$/u, ''),
    custody: log === null ? { entries: [], broken: 0 } : { entries: log, broken: firstBrokenEntry(log) },
  };
}
