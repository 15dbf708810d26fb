import type { ReportDocument, WorkerRequest } from '../../preload/contract/worker.ts';
import { ExpectedError } from '../domain/errors.ts';
import { reportParts } from '../report/report-document.ts';
import { chosenReport } from './exports.ts';
import type { Session } from './session.ts';
import { wordsOf } from './words.ts';

/** The report of the open bundle with what the analyst added, ready for the printer. */
export async function reportDocument(
  session: Session,
  request: Extract<WorkerRequest, { type: 'report' }>,
): Promise<ReportDocument> {
  const { choice } = request;
  if (choice !== null) {
    const { title, html, header, footer, tokens } = await chosenReport(session, { ...request, choice });
    return { title, html, header, footer, ...(tokens === null ? {} : { tokens: { ...tokens } }) };
  }
  const { snapshot } = session;
  if (snapshot === null) throw new ExpectedError('no-bundle');
  const { analysis, lines } = snapshot;
  const { content, caseName } = request;
  const { title, html, header, footer } = reportParts(analysis, wordsOf(request.locale).wording, {
    caseName,
    annotations: content.annotations,
    bookmarks: content.bookmarks,
    zone: snapshot.zone,
    lines,
    lineMoment: (member, line) => {
      const position = analysis.evidence.member(member)?.index;
      const id = position === undefined ? null : lines.idOf(position, line - 1);
      return id === null ? null : lines.momentOf(id);
    },
  });
  return { title, html, header, footer };
}
