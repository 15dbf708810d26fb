import { productWords } from '../report/exports/json-lines.ts';
import type { ReportModel } from '../report/report-model.ts';
import type { Redactor } from './redactor.ts';

/** Members of the model by whose values it is written out: they are words of the product. */
const reportWords: ReadonlySet<string> = new Set([
  ...productWords,
  'locale',
  'choice',
  'on',
  'to',
  'of',
  'lane',
  'what',
  'hash',
]);

/** Everything that a report says, without what must not leave; the product's own words stay. */
export function redactedReport(model: ReportModel, redactor: Redactor): ReportModel {
  return redactor.value(model, reportWords);
}
