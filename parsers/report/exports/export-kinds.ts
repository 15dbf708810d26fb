import { escapeHtml } from '../visible-text.ts';
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

/** A report's HTML that says at its top by what it is limited; as it is when by nothing. */
export function withNotice(
  html: string,
  { filter, redaction, words }: Pick<ExportSource, 'filter' | 'redaction' | 'words'>,
): string {
  const shown = redaction === null ? filter : filter.map((part) => redaction.text(part));
  const sentences = [
    ...(shown.length === 0 ? [] : [exportText(words.locale, 'notice.filter', { filter: shown.join(' · ') })]),
    ...(redaction === null
      ? []
      : [exportText(words.locale, 'notice.redacted', { kinds: redaction.kinds.join(', ') })]),
  ];
  if (sentences.length === 0) return html;
  const style = 'margin:0 0 12pt;padding:6pt 8pt;border:0.5pt solid currentColor';
  const notice = `<p role="note" style="${style}">${sentences.map(escapeHtml).join('<br>')}</p>`;
  return html.replace(/<body[^>]*>/iu, (body) => body + notice);
}
