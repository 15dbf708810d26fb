import type { Analysis } from './analysis.ts';
import { reportHtml, runningFooter, runningHeader } from './report-html.ts';
import { reportModel } from './report-model.ts';
import type { ReportContext, ReportModel } from './report-model.ts';
import { visibleText } from './visible-text.ts';
import type { Wording } from './wording.ts';

/** A report as the printer and the HTML export take it. */
export interface ReportParts {
  readonly title: string;
  /** For the printer, which serves the fonts beside it. */
  readonly html: string;
  /** Running header and footer; the printer puts numbers into the classes `pageNumber` and `totalPages`. */
  readonly header: string;
  readonly footer: string;
  /** One file that needs nothing beside it: whoever opens it has the fonts or sees their next of kin. */
  standaloneHtml(): string;
}

/**
 * The report of an analysis, in the language of the wording, with what the analyst added.
 * @param change is given everything that the report says before any markup: redaction takes values out of it
 */
export function reportParts(
  analysis: Analysis,
  wording: Wording,
  context: ReportContext,
  change: (model: ReportModel) => ReportModel = (model) => model,
): ReportParts {
  const model = change(reportModel(analysis, wording, context));
  return {
    title: visibleText(model.title),
    html: reportHtml(model, { fonts: 'fonts.css' }),
    header: runningHeader(model),
    footer: runningFooter(model),
    standaloneHtml: () => reportHtml(model, { fonts: null }),
  };
}
