import type { EvidenceParams, EvidenceResult } from '../../preload/contract/evidence.ts';
import type { CaseContent } from '../../preload/contract/window.ts';
import { defaultRedaction, kindsAmong } from '../domain/redaction.ts';
import { previewRedaction, surveyBundle } from '../redaction/survey.ts';
import type { RedactionRow, Survey } from '../redaction/survey.ts';
import type { Snapshot } from './session.ts';

/** So many rows of the preview cross to the window; nobody reads more one by one. */
const mostRows = 2_000;

/** What redaction would do with these choices. */
export async function redactionPreview(
  snapshot: Snapshot,
  settings: EvidenceParams<'redactionPreview'>,
  signal: AbortSignal,
): Promise<EvidenceResult<'redactionPreview'>> {
  const { analysis, lines } = snapshot;
  const bundle = { analysis, lines, notes: settings.notes };
  const survey = await surveyBundle(bundle, {
    settings: { kinds: kindsAmong(settings.kinds), words: settings.words, ignored: settings.ignored },
    tokens: settings.tokens,
    signal,
  });
  const { replaced, suspected } = await previewRedaction(survey, bundle, { signal });
  return {
    replaced: replaced.slice(0, mostRows).map(rowView),
    suspected: suspected.slice(0, mostRows).map(rowView),
    counts: { replaced: replaced.length, suspected: suspected.length },
    tokens: survey.redactor.tokens.saved(),
  };
}

/** The last survey of a reading, with what it was made for: previews of a report follow each other quickly. */
const surveys = new WeakMap<Snapshot, { readonly of: string; readonly survey: Survey }>();

/** A redactor with the choices and tokens of a case. */
export async function surveyForCase(
  snapshot: Snapshot,
  content: CaseContent,
  caseName: string | null,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void },
): Promise<Survey> {
  const { analysis, lines } = snapshot;
  const { redaction, annotations, bookmarks, mutes } = content;
  const notes = [
    ...(caseName === null ? [] : [caseName]),
    ...annotations.map(({ note, quote, tags }) => [note, quote, ...tags].join('\n')),
    ...bookmarks.map(({ label }) => label),
    ...mutes.map(({ reason }) => reason),
  ];
  const settings = {
    kinds: redaction === undefined ? defaultRedaction.kinds : kindsAmong(redaction.kinds),
    words: redaction?.words ?? [],
    ignored: redaction?.ignored ?? [],
  };
  const tokens = redaction?.tokens ?? {};
  const of = JSON.stringify([settings, notes]);
  const before = surveys.get(snapshot);
  if (before?.of === of && holds(before.survey, tokens)) return before.survey;
  const survey = await surveyBundle({ analysis, lines, notes }, { settings, tokens, ...options });
  surveys.set(snapshot, { of, survey });
  return survey;
}

/** Whether a survey gives all of these tokens. */
function holds({ redactor }: Survey, tokens: Readonly<Record<string, string>>): boolean {
  const given = redactor.tokens.saved();
  return Object.entries(tokens).every(([key, token]) => given[key] === token);
}

function rowView(row: RedactionRow): EvidenceResult<'redactionPreview'>['replaced'][number] {
  const { kind, value, token, count, places } = row;
  const shown = value.length > 200 ? `${value.slice(0, 200)}…` : value;
  return { kind, value: shown, token, count, places: places.map(({ member, line }) => ({ member, line })) };
}
