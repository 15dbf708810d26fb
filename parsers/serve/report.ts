import type { ReportDocument, WorkerRequest } from '../../preload/contract/worker.ts';
import { chosenReport } from './exports.ts';
import type { Session } from './session.ts';

/** The answer to a request for the report of the open bundle, with what the analyst added. */
export type ReportAnswer =
  | { readonly type: 'report'; readonly id: number; readonly report: ReportDocument }
  | { readonly type: 'preview'; readonly id: number; readonly html: string };

/**
 * Makes the report in the form that was asked for.
 *
 * @throws ExpectedError `no-bundle`
 */
export async function answerReport(
  session: Session,
  request: Extract<WorkerRequest, { type: 'report' }>,
): Promise<ReportAnswer> {
  const { id, locale, form } = request;
  const { parts, tokens } = await chosenReport(session, {
    ...request,
    choice: request.exportChoice ?? { locale, redact: false, filter: null },
  });
  if (form === 'preview') return { type: 'preview', id, html: parts.previewHtml() };
  const report = { ...parts.pages(), ...(tokens === null ? {} : { tokens: { ...tokens } }) };
  return { type: 'report', id, report };
}
