import type { ReportPages } from '../report/report-document.ts';

/** What a command may touch besides files: its streams and the printer. */
export interface CommandIo {
  /** Standard output: the answer and nothing else. */
  write(text: string): void;
  /** Standard error: sentences and progress. */
  tell(text: string): void;
  /** Whether standard error is a terminal: only then progress is shown. */
  readonly interactive: boolean;
  /** Prints a report document to a PDF file; null where no printer can be had. */
  readonly print: ((job: PrintJob) => Promise<void>) | null;
  /** Private folder for spooled text; removed by the caller afterwards. */
  readonly spoolFolder: string;
  readonly signal: AbortSignal;
}

export interface PrintJob extends ReportPages {
  /** ISO 8601: the PDF's dates; null: the time of printing. */
  readonly stamp: string | null;
  readonly pdfPath: string;
}
