import type { WorkerRequest } from '../../preload/contract/worker.ts';
import { ExpectedError } from '../domain/errors.ts';
import { reportChoice } from '../domain/report-choice.ts';
import { reportParts } from '../report/report-document.ts';
import type { ReportParts } from '../report/report-document.ts';
import type { Session } from './session.ts';
import { wordsOf } from './words.ts';

/** The report of the open bundle with what the analyst added. */
export function reportDocument(
  session: Session,
  request: Extract<WorkerRequest, { type: 'report' }>,
): ReportParts {
  const { snapshot } = session;
  if (snapshot === null) throw new ExpectedError('no-bundle');
  // What is muted stays in the evidence: the report itself tells it apart.
  const { whole: analysis, lines } = snapshot;
  const { content, caseName, choice, custody } = request;
  return reportParts(analysis, wordsOf(request.locale).wording, {
    caseName,
    annotations: content.annotations,
    bookmarks: content.bookmarks,
    mutes: content.mutes,
    choice: reportChoice(choice),
    custody,
    zone: snapshot.zone,
    lines,
    lineMoment: (member, line) => {
      const position = analysis.evidence.member(member)?.index;
      const id = position === undefined ? null : lines.idOf(position, line - 1);
      return id === null ? null : lines.momentOf(id);
    },
  });
}
