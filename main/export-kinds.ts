/** How exports are named and offered in the save dialog. */
import type { ExportKind } from '../preload/contract/window.ts';
import type { SentenceId } from './sentences.ts';

export interface ExportFileKind {
  /** With its dot; '' for a folder. */
  readonly extension: string;
  readonly name: SentenceId;
  readonly filter: SentenceId | null;
}

export const exportFileKinds: Readonly<Record<ExportKind, ExportFileKind>> = {
  pdf: { extension: '.pdf', name: 'dialog.export.name.report', filter: 'dialog.filter.pdf' },
  html: { extension: '.html', name: 'dialog.export.name.report', filter: 'dialog.filter.html' },
  csv: { extension: '', name: 'dialog.export.name.csv', filter: null },
  json: { extension: '.json', name: 'dialog.export.name.analysis', filter: 'dialog.filter.json' },
  timesketch: { extension: '.jsonl', name: 'dialog.export.name.timesketch', filter: 'dialog.filter.jsonl' },
  markdown: { extension: '.md', name: 'dialog.export.name.summary', filter: 'dialog.filter.markdown' },
  ndjson: { extension: '.ndjson', name: 'dialog.export.name.analysis', filter: 'dialog.filter.ndjson' },
  bundle: { extension: '.zip', name: 'dialog.export.name.bundle', filter: 'dialog.filter.zip' },
};
