import { throwIfCancelled } from '../../domain/errors.ts';
import { nextTurn } from '../../evidence/steps.ts';
import { csvFolder } from './csv-folder.ts';
import { analysisDocument, jsonLines } from './json-lines.ts';
import type { ExportOptions, ExportPiece, ExportSource } from './export-source.ts';
import { exportText } from './export-words.ts';
import { markdownSummary } from './markdown-summary.ts';
import { timesketchLines } from './timesketch.ts';

/** Exports that are written from the evidence, piece by piece. */
export type WrittenKind = 'csv' | 'json' | 'ndjson' | 'timesketch' | 'markdown';

/** Characters that are made before others have their turn. */
const turnLength = 1024 * 1024;

/**
 * The pieces of an export, made as they are taken: no export stands in memory as a whole. Between two of them requests
 * are served and signals heard.
 *
 * @throws CancelledError
 */
export async function* writeExport(
  kind: WrittenKind,
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<ExportPiece, void, undefined> {
  let made = 0;
  for await (const piece of piecesOf(kind, source, options)) {
    yield piece;
    made += piece.text.length;
    if (made < turnLength) continue;
    made = 0;
    await nextTurn();
    throwIfCancelled(options.signal);
  }
}

function piecesOf(
  kind: WrittenKind,
  source: ExportSource,
  options: ExportOptions,
): Iterable<ExportPiece> | AsyncIterable<ExportPiece> {
  switch (kind) {
    case 'csv':
      return csvFolder(source, options);
    case 'json':
      return analysisDocument(source);
    case 'ndjson':
      return jsonLines(source, options);
    case 'timesketch':
      return timesketchLines(source, options);
    case 'markdown':
      return markdownSummary(source);
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
