import { valueParts } from '../../preload/contract/shapes.ts';
import type { Filter, Locale, ValuePart } from '../../preload/contract/shapes.ts';
import type { CaseContent, CaseReport, ExportChoice } from '../../preload/contract/window.ts';
import { ExpectedError } from '../domain/errors.ts';
import { defaultLimits } from '../domain/limits.ts';
import { formatLocal } from '../domain/moment.ts';
import { formatCode } from '../domain/numbers.ts';
import { reportChoice, wholeReport } from '../domain/report-choice.ts';
import { LineView, openLineView } from '../evidence/line-view.ts';
import { openRecordView } from '../evidence/record-view.ts';
import { openRunView } from '../evidence/run-view.ts';
import { redactBundle } from '../redaction/redact-bundle.ts';
import { redactedReport } from '../redaction/redact-report.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { noticeOf, writeExport } from '../report/exports/export-kinds.ts';
import type { ExportSource } from '../report/exports/export-source.ts';
import { exportText } from '../report/exports/export-words.ts';
import { narrowed } from '../report/exports/narrowed.ts';
import { reportParts } from '../report/report-document.ts';
import type { ReportParts } from '../report/report-document.ts';
import type { ReportCustody } from '../report/report-model.ts';
import { toolVersion } from '../version.ts';
import { surveyForCase } from './redaction.ts';
import { filterFindings, lineFilter, recordFilter, runFilter } from './filters.ts';
import { memberPositions } from './requests.ts';
import type { Session, Snapshot } from './session.ts';
import { wordsOf } from './words.ts';

/** Where the pieces of an export go; resolves when there is room for more. */
export type WritePiece = (file: string, bytes: Uint8Array) => Promise<void>;

export interface ExportRequest {
  readonly choice: ExportChoice;
  readonly content: CaseContent;
  readonly caseName: string | null;
  readonly custody: ReportCustody | null;
}

export interface ReportRequest extends Omit<ExportRequest, 'choice'> {
  /** What limits it. */
  readonly choice: Pick<ExportChoice, 'locale' | 'redact' | 'filter'>;
  /** What is chosen of it. */
  readonly reportChoice: Pick<CaseReport, 'content' | 'paper'> & {
    readonly chosen: readonly string[];
    readonly sections: readonly string[];
  };
}

export interface ExportOptions {
  readonly signal: AbortSignal;
  /** From 0 to 1; null while nothing can be said. */
  readonly onProgress: (done: number | null) => void;
}

export interface ExportSummary {
  /** The case's tokens after redaction; null when nothing was redacted. */
  readonly tokens: Readonly<Record<string, string>> | null;
  /** Members left out of a copy; null for everything else. */
  readonly leftOut: number | null;
}

/**
 * Makes an export of the open bundle: what is exported is what is shown, when the choice has a filter.
 *
 * @throws ExpectedError `no-bundle`, those of opening a bundle; CancelledError
 */
export async function exportBundle(
  session: Session,
  { choice, content, caseName, custody }: ExportRequest,
  write: WritePiece,
  options: ExportOptions,
): Promise<ExportSummary> {
  const { snapshot, source: opened } = session;
  if (snapshot === null || opened === null) throw new ExpectedError('no-bundle');
  const { signal, onProgress } = options;
  const { kind } = choice;
  if (kind === 'bundle') {
    const { redactor } = await surveyForCase(snapshot, content, caseName, { signal });
    const { sha256 } = snapshot.analysis.bundle;
    const { counts } = await redactBundle(opened.path, (bytes) => write('', bytes), {
      redactor,
      limits: { ...defaultLimits, ...session.limits },
      password: opened.password,
      spoolFolder: opened.spoolFolder,
      version: toolVersion,
      keepUnsearched: choice.keepUnsearched,
      sha256: sha256 === '' ? null : sha256,
      signal,
      onProgress: ({ bytes, total }) => onProgress(total === 0 ? null : bytes / total),
    });
    return { tokens: redactor.tokens.saved(), leftOut: counts.leftOut };
  }
  const redactor = choice.redact
    ? (await surveyForCase(snapshot, content, caseName, { signal })).redactor
    : null;
  const isReport = kind === 'html' || kind === 'pdf';
  const source = await sourceOf(snapshot, choice, content, redactor, signal, isReport);
  const encoder = new TextEncoder();
  if (isReport) {
    const given = { content, caseName, custody, reportChoice: content.report ?? wholeReport };
    const html = encoder.encode(partsOf(snapshot, source, given, redactor).standaloneHtml());
    // In pieces, so that a long report does not stand in a message as a whole.
    for (let at = 0; at < html.length; at += pieceLength) await write('', html.slice(at, at + pieceLength));
  } else {
    for await (const piece of writeExport(kind, source, { signal, onProgress })) {
      if (piece.text !== '') await write(piece.file, encoder.encode(piece.text));
    }
  }
  return { tokens: redactor?.tokens.saved() ?? null, leftOut: null };
}

const pieceLength = 1024 * 1024;

/** The report with what is chosen of it and what limits it. @throws ExpectedError `no-bundle` */
export async function chosenReport(
  session: Session,
  { choice, reportChoice: chosen, content, caseName, custody }: ReportRequest,
): Promise<{ readonly parts: ReportParts; readonly tokens: Readonly<Record<string, string>> | null }> {
  const { snapshot } = session;
  if (snapshot === null) throw new ExpectedError('no-bundle');
  const { signal } = new AbortController();
  const redactor = choice.redact ? (await surveyForCase(snapshot, content, caseName, {})).redactor : null;
  const source = await sourceOf(snapshot, choice, content, redactor, signal, true);
  const parts = partsOf(snapshot, source, { content, caseName, custody, reportChoice: chosen }, redactor);
  return { parts, tokens: redactor?.tokens.saved() ?? null };
}

function partsOf(
  snapshot: Snapshot,
  source: ExportSource,
  { content, caseName, custody, reportChoice: chosen }: Omit<ReportRequest, 'choice'>,
  redactor: Redactor | null,
): ReportParts {
  const { lines, zone } = snapshot;
  return reportParts(
    source.analysis,
    source.words.wording,
    {
      caseName,
      annotations: content.annotations,
      bookmarks: content.bookmarks,
      mutes: content.mutes,
      choice: reportChoice(chosen),
      custody,
      zone,
      lines,
      lineMoment: (member, line) => {
        const position = snapshot.analysis.evidence.member(member)?.index;
        const id = position === undefined ? null : lines.idOf(position, line - 1);
        return id === null ? null : lines.momentOf(id);
      },
    },
    (model) => ({
      ...(redactor === null ? model : redactedReport(model, redactor)),
      notice: noticeOf(source),
    }),
  );
}

/** What is shown, by the same functions that show it. */
async function sourceOf(
  snapshot: Snapshot,
  { filter, locale }: Pick<ExportChoice, 'filter' | 'locale'>,
  content: CaseContent,
  redaction: Redactor | null,
  signal: AbortSignal,
  isReport = false,
): Promise<ExportSource> {
  // A report lists what is muted in its appendix; everything else holds what the window shows.
  const analysis = isReport ? snapshot.whole : snapshot.analysis;
  const { lines } = snapshot;
  const words = wordsOf(locale);
  const common = { whole: snapshot.whole, lines, words, redaction };
  if (filter === null || Object.keys(filter).length === 0) {
    const { annotations } = content;
    return { ...common, analysis, view: new LineView(lines, null), filter: [], annotations };
  }
  const { evidence } = analysis;
  const records = await openRecordView(evidence, lines, recordFilter(snapshot, filter), [], signal);
  const runs = await openRunView(evidence, lines, runFilter(snapshot, filter), [], signal);
  const unmuted = new Set(snapshot.analysis.findings);
  const passing = new Set(await filterFindings(snapshot, filter, signal));
  const findings = analysis.findings.filter((finding) => passing.has(finding) || !unmuted.has(finding));
  const members = (await memberPositions(snapshot, filter, [], signal)).flatMap(
    (position) => evidence.members[position] ?? [],
  );
  const shown = new Set(findings.map((finding) => finding.id));
  return {
    ...common,
    analysis: narrowed(analysis, {
      findings,
      records: records.window(0, records.count),
      runs: runs.window(0, runs.count),
      members,
    }),
    view: await openLineView(lines, lineFilter(filter), signal),
    filter: filterWords(filter, snapshot, locale),
    annotations: content.annotations.filter(
      ({ target }) => target.on !== 'finding' || shown.has(target.finding),
    ),
  };
}

/** The filter as its chips say it. */
export function filterWords(filter: Filter, snapshot: Snapshot, locale: Locale): readonly string[] {
  const { evidence } = snapshot.analysis;
  const t = (key: Parameters<typeof exportText>[1], values: Readonly<Record<string, string>>): string =>
    exportText(locale, key, values);
  const devices = new Map(evidence.devices.map((device) => [device.key, device.name]));
  const patches = new Map<string, string>();
  if (filter.patches !== undefined) {
    for (const { patchKey, patch, kb } of evidence.pairs) {
      if (!patches.has(patchKey)) patches.set(patchKey, patch ?? kb ?? patchKey);
    }
  }
  const { time, text } = filter;
  return [
    ...(filter.systems ?? []).map((value) => t('filter.systems', { value })),
    ...(filter.devices ?? []).map((value) => t('filter.devices', { value: devices.get(value) ?? value })),
    ...(filter.patches ?? []).map((value) => t('filter.patches', { value: patches.get(value) ?? value })),
    ...(filter.levels ?? []).map((value) => t('filter.levels', { value })),
    ...(filter.members ?? []).map((value) => t('filter.members', { value })),
    ...(filter.rules ?? []).map((value) => t('filter.rules', { value })),
    ...valueParts.flatMap((part) => {
      const values = filter[part]?.map((value) => valueWord(part, value, locale));
      return values === undefined ? [] : [t(`filter.${part}`, { value: wordsOf(locale).list(values) })];
    }),
    ...(time === undefined
      ? []
      : [t('filter.time', { from: scaleText(time.from, snapshot), to: scaleText(time.to, snapshot) })]),
    ...(text === undefined
      ? []
      : [t(text.regex ? 'filter.expression' : 'filter.text', { value: text.expression })]),
    ...(filter.onlyFindings === true ? [t('filter.only-findings', {})] : []),
  ];
}

function valueWord(part: ValuePart, value: string, locale: Locale): string {
  const words = wordsOf(locale);
  if (value === '') return exportText(locale, 'filter.untold');
  switch (part) {
    case 'detections':
      return words.wording.word('detectionStatus', value);
    case 'deployments':
    case 'results':
    case 'outcomes':
      return words.wording.word('deploymentStatus', value);
    case 'exitCodes':
      return formatCode(Number(value));
    case 'operations':
      return words.ofRun('operation', value);
    case 'severities':
      return words.wording.word('severity', value);
    case 'kinds':
      return words.wording.word('kind', value);
  }
}

/** A point of the timeline's scale as the bundle's clocks show it. */
function scaleText(scale: number, { lines }: Snapshot): string {
  const local = scale + lines.placementOffset * 60_000;
  return Math.abs(local) > 8.64e15
    ? String(scale)
    : formatLocal(Math.round(local), 'second').replace('T', ' ');
}
