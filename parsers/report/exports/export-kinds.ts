import { csvFolder } from './csv-folder.ts';
import { analysisDocument, jsonLines } from './json-lines.ts';
import type { ExportOptions, ExportPiece, ExportSource } from './export-source.ts';
import { exportText } from './export-words.ts';
import { markdownSummary } from './markdown-summary.ts';
import { timesketchLines } from './timesketch.ts';

/** Exports that are written from the evidence, piece by piece. */
export type WrittenKind = 'csv' | 'json' | 'ndjson' | 'timesketch' | 'markdown';

/** The pieces of an export, made as they are taken: no export stands in memory as a whole. */
export async function* writeExport(
  kind: WrittenKind,
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<ExportPiece, void, undefined> {
  switch (kind) {
    case 'csv':
      yield* csvFolder(source, options);
      return;
    case 'json':
      yield* analysisDocument(source);
      return;
    case 'ndjson':
      yield* jsonLines(source, options);
      return;
    case 'timesketch':
      yield* timesketchLines(source, options);
      return;
    case 'markdown':
      yield* markdownSummary(source);
  }
}

/** What a report says of itself where it is limited, in sentences; none when it is the whole and plain one. */
export function noticeOf({
  filter,
  redaction,
  words,
}: Pick<ExportSource, 'filter' | 'redaction' | 'words'>): readonly string[] {
  const shown = redaction === null ? filter : filter.map((part) => redaction.text(part));
  return [
    ...(shown.length === 0 ? [] : [exportText(words.locale, 'notice.filter', { filter: shown.join(' · ') })]),
    ...(redaction === null
      ? []
      : [exportText(words.locale, 'notice.redacted', { kinds: redaction.kinds.join(', ') })]),
  ];
}
