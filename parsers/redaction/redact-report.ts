import { productWords } from '../report/exports/json-lines.ts';
import type { ReportModel } from '../report/report-model.ts';
import type { Redactor } from './redactor.ts';

/** Everything that a report says, without what must not leave; its words and the product's own stay. */
export function redactedReport(model: ReportModel, redactor: Redactor): ReportModel {
  const { words, ...said } = model;
  return { words, ...redactor.value(said, productWords) };
}
