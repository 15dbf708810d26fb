import { readFile } from 'node:fs/promises';
import { ExpectedError } from '../domain/errors.ts';
import { defaultRedaction, kindsAmong } from '../domain/redaction.ts';
import type { Concluded } from '../analyse.ts';
import { previewRedaction, surveyBundle } from '../redaction/survey.ts';
import type { RedactionPreview, Survey, SurveyedBundle } from '../redaction/survey.ts';
import type { ParsedWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import type { CaseForReport } from './read-case.ts';

/** Options of every command that redacts. */
export const redactionOptions = { case: 'value', words: 'value' } as const;

/** A redactor for the bundle: with the choices and tokens of the case when there is one, and the words of `--words`. */
export async function surveyForCommand(
  words: ParsedWords,
  concluded: Concluded,
  content: CaseForReport | null,
  io: CommandIo,
): Promise<{ readonly survey: Survey; readonly bundle: SurveyedBundle }> {
  const path = words.value('words');
  const own = path === null ? [] : await readWords(path);
  const chosen = content?.redaction ?? null;
  const bundle: SurveyedBundle = {
    analysis: concluded.analysis,
    lines: concluded.lines,
    notes:
      content === null
        ? []
        : [
            content.name,
            ...content.annotations.map(({ note, quote, tags }) => [note, quote, ...tags].join('\n')),
            ...content.bookmarks.map(({ label }) => label),
            ...content.mutes.map(({ reason }) => reason),
          ],
  };
  const survey = await surveyBundle(bundle, {
    settings: {
      kinds: chosen === null ? defaultRedaction.kinds : kindsAmong(chosen.kinds),
      words: [...(chosen?.words ?? []), ...own],
      ignored: chosen?.ignored ?? [],
    },
    ...(chosen?.tokens === undefined ? {} : { tokens: chosen.tokens }),
    signal: io.signal,
  });
  return { survey, bundle };
}

export function previewForCommand(
  surveyed: { readonly survey: Survey; readonly bundle: SurveyedBundle },
  io: CommandIo,
): Promise<RedactionPreview> {
  return previewRedaction(surveyed.survey, surveyed.bundle, { signal: io.signal });
}

/** One word or phrase a line, UTF-8; empty lines count for nothing. */
async function readWords(path: string): Promise<readonly string[]> {
  try {
    const text = await readFile(path, 'utf8');
    return text
      .replace(/^\uFEFF/u, '')
      .split(/\r?\n/u)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch (cause) {
    throw new ExpectedError('usage', path, { reason: '--words' }, cause);
  }
}
