import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { caseContentSchema } from '../../preload/contract/window.ts';
import type { CaseContent } from '../../preload/contract/window.ts';
import { versionedJson } from '../case/case-file.ts';
import { migrated } from '../case/case-migrations.ts';
import { checkLog } from '../case/custody-log.ts';
import type { LogState } from '../case/custody-log.ts';
import { ExpectedError } from '../domain/errors.ts';
import type { BundleIdentity } from '../report/analysis.ts';
import type { ReportCustody } from '../report/report-model.ts';

/** What a report needs of a case file. */
export interface CaseForReport extends Pick<
  CaseContent,
  'annotations' | 'bookmarks' | 'mutes' | 'transcriptions' | 'zone' | 'redaction' | 'report'
> {
  /** File name without its ending. */
  readonly name: string;
  readonly custody: ReportCustody;
}

/** A case file as it is checked: its log in whatever state it is. */
export interface CaseAsFound {
  /** File name. */
  readonly name: string;
  readonly bundle: { readonly sha256: string };
  readonly content: CaseContent;
  readonly log: LogState;
}

/** Its log may be damaged and the notes still be read: `verify` is who asks for that. */
const caseSchema = v.object({
  bundle: v.object({ sha256: v.string() }),
  content: caseContentSchema,
  log: v.optional(v.unknown()),
});

/**
 * Reads what the analyst added in a case of this version or an older one; the file stays as it is.
 *
 * @throws ExpectedError `not-found`, `case-damaged`, `case-newer`, `case-other-bundle`
 */
export async function readCase(path: string, bundle: BundleIdentity): Promise<CaseForReport> {
  const { name, bundle: bound, content, log } = await readCaseFile(path);
  if (bound.sha256 !== bundle.sha256) throw new ExpectedError('case-other-bundle', name);
  return {
    ...content,
    name: name.replace(/\.patchtrail$/u, ''),
    custody: { entries: log.entries, broken: log.broken },
  };
}

/**
 * Reads a case file of whichever bundle, of this version or an older one.
 *
 * @throws ExpectedError `not-found`, `case-damaged`, `case-newer`
 */
export async function readCaseFile(path: string): Promise<CaseAsFound> {
  const place = basename(path);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ExpectedError('not-found', place, {}, cause);
  });
  const { json, version } = versionedJson(text, place);
  const parsed = v.safeParse(caseSchema, migrated(json, version));
  if (!parsed.success) throw new ExpectedError('case-damaged', place);
  const { bundle, content, log } = parsed.output;
  return { name: place, bundle, content, log: checkLog(log) };
}
