import type { Paper } from '../domain/report-choice.ts';
import type { Analysis } from './analysis.ts';
import { reportHtml, runningFooter, runningHeader } from './report-html.ts';
import { reportModel } from './report-model.ts';
import type { ReportContext, ReportModel } from './report-model.ts';
import { previewStyle } from './report-preview.ts';
import { ReportWords } from './report-words.ts';
import { visibleText } from './visible-text.ts';
import type { Wording } from './wording.ts';

/** A report as the printer takes it. */
export interface ReportPages {
  readonly title: string;
  /** For the printer, which serves the fonts beside it. */
  readonly html: string;
  /** Running header and footer; the printer puts numbers into the classes `pageNumber` and `totalPages`. */
  readonly header: string;
  readonly footer: string;
  readonly paper: Paper;
  /** Of the document's words. */
  readonly language: string;
  /** Name and version of the application. */
  readonly creator: string;
}

/** A report in all its forms; each is written when it is asked for. */
export interface ReportParts {
  pages(): ReportPages;
  /** The printed document laid out for a screen, sheet by sheet. */
  previewHtml(): string;
  /** One file that needs nothing beside it: whoever opens it has the fonts or sees their next of kin. */
  standaloneHtml(): string;
}

/**
 * The report of an analysis, in the language of the wording, with what the analyst added.
 * @param change what becomes of the model before any markup: redaction takes values out of it
 */
export function reportParts(
  analysis: Analysis,
  wording: Wording,
  context: ReportContext,
  change: (model: ReportModel) => ReportModel = (model) => model,
): ReportParts {
  const words = new ReportWords(wording);
  const model = change(reportModel(analysis, words, context));
  const { paper } = model.choice;
  return {
    pages: () => ({
      title: visibleText(model.title),
      html: reportHtml(model, words, { fonts: 'fonts.css' }),
      header: runningHeader(model, words),
      footer: runningFooter(model, words),
      paper,
      language: words.locale,
      creator: `Patchtrail ${model.tool.version}`,
    }),
    previewHtml: () => reportHtml(model, words, { fonts: '/fonts.css', style: previewStyle(paper) }),
    standaloneHtml: () => reportHtml(model, words, { fonts: null }),
  };
}
