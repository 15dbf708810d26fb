import { severities } from '../domain/finding.ts';
import type { Severity } from '../domain/finding.ts';
import { ExpectedError } from '../domain/errors.ts';
import { reportChoice, wholeReport } from '../domain/report-choice.ts';
import type { ReportChoice } from '../domain/report-choice.ts';
import { concludeSteps } from '../analyse.ts';
import type { Concluded } from '../analyse.ts';
import { noticeOf, writeExport } from '../report/exports/export-kinds.ts';
import type { WrittenKind } from '../report/exports/export-kinds.ts';
import type { ExportSource } from '../report/exports/export-source.ts';
import { redactedReport } from '../redaction/redact-report.ts';
import { LineView } from '../evidence/line-view.ts';
import { inTurns } from '../evidence/steps.ts';
import { reportParts } from '../report/report-document.ts';
import type { ReportParts } from '../report/report-document.ts';
import type { ReportContext } from '../report/report-model.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { ReportWords } from '../report/report-words.ts';
import { createWording } from '../report/wording.ts';
import { parseWords } from './arguments.ts';
import type { ParsedWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { bundleOptions, localeOf, openForCommand } from './open.ts';
import { packsOf } from './packs.ts';
import { readCase } from './read-case.ts';
import { findingsText } from './findings-text.ts';
import { redactionOptions, surveyForCommand } from './redaction-words.ts';
import { text } from './sentences.ts';
import { refuseInPlace, writeFolder, writeWhole } from './write-whole.ts';

const options = {
  ...bundleOptions,
  ...redactionOptions,
  json: 'value',
  pdf: 'value',
  html: 'value',
  csv: 'value',
  timesketch: 'value',
  case: 'value',
  content: 'value',
  paper: 'value',
  stamp: 'value',
  markdown: 'value',
  ndjson: 'value',
  redact: 'switch',
  'fail-on': 'value',
  codes: 'values',
  rules: 'values',
} as const;

/** Exports of one file; `-` is standard output. */
const fileKinds = ['json', 'ndjson', 'timesketch', 'markdown'] as const satisfies readonly WrittenKind[];

/** `analyze <bundle>`: reads a bundle and reports. */
export async function analyze(words: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseWords('analyze', words, options, 1);
  const locale = localeOf(parsed, 'analyze');
  const failOn = failOnOf(parsed.value('fail-on') ?? 'never');
  const toOutput = fileKinds.filter((kind) => parsed.value(kind) === '-');
  if (toOutput.length > 1) {
    throw new ExpectedError('usage', 'analyze', { reason: toOutput.map((kind) => `--${kind} -`).join(' ') });
  }
  const [bundle = ''] = parsed.positionals;
  for (const kind of [...fileKinds, 'csv', 'html', 'pdf'] as const) {
    const path = parsed.value(kind);
    if (path !== null && path !== '-') await refuseInPlace(bundle, path);
  }
  const stamp = stampOf(parsed.value('stamp'));
  const asked = askedChoice(parsed);
  const packs = await packsOf(parsed, locale, io);
  const { reading, concluded: read } = await openForCommand(bundle, parsed, io, packs);
  try {
    const casePath = parsed.value('case');
    const content = casePath === null ? null : await readCase(casePath, read.analysis.bundle);
    const transcriptions = content?.transcriptions ?? [];
    const concluded =
      transcriptions.length === 0
        ? read
        : await inTurns(
            concludeSteps(reading, reading.identity, parsed.value('timezone'), transcriptions, packs),
            io.signal,
          );
    const { analysis } = concluded;
    const redactor = parsed.has('redact')
      ? (await surveyForCommand(parsed, concluded, content, io)).survey.redactor
      : null;
    if (analysis.evidence.systems.size === 0) {
      const name = redactor === null ? analysis.bundle.name : redactor.text(analysis.bundle.name);
      io.tell(`${text(locale, 'bundle-nothing-known', { bundle: name })}\n`);
    }
    const reportWords = new ReportWords(createWording(locale));
    const source: ExportSource = {
      analysis,
      whole: analysis,
      lines: concluded.lines,
      view: new LineView(concluded.lines, null),
      words: reportWords,
      filter: [],
      redaction: redactor,
      annotations: content?.annotations ?? [],
    };
    for (const kind of fileKinds) {
      const path = parsed.value(kind);
      if (path === '-') {
        for await (const piece of writeExport(kind, source, io)) io.write(piece.text);
      } else if (path !== null) {
        await writeWhole(path, async (output) => {
          for await (const piece of writeExport(kind, source, io)) output.write(piece.text);
        });
      }
    }
    const csv = parsed.value('csv');
    if (csv !== null) await writeFolder(csv, writeExport('csv', source, io));
    const html = parsed.value('html');
    const pdf = parsed.value('pdf');
    if (html !== null || pdf !== null) {
      const parts = reportOf(concluded, source, parsed.value('timezone'), content, asked, redactor);
      if (html !== null) {
        await writeWhole(html, (output) => {
          output.write(parts.standaloneHtml());
        });
      }
      if (pdf !== null) {
        if (io.print === null) throw new ExpectedError('not-yet-available', '--pdf');
        await io.print({ ...parts.pages(), stamp, pdfPath: pdf });
      }
    }
    if (parsed.value('json') === null && toOutput.length === 0) {
      const answer = findingsText(analysis, reportWords);
      io.write(redactor === null ? answer : redactor.text(answer));
    }
    return failOn !== null &&
      analysis.findings.some((finding) => severities.indexOf(finding.severity) <= failOn)
      ? 1
      : 0;
  } finally {
    reading.store.close();
  }
}

function reportOf(
  concluded: Concluded,
  source: ExportSource,
  zone: string | null,
  content: Awaited<ReturnType<typeof readCase>> | null,
  asked: Partial<ReportChoice>,
  redactor: Redactor | null,
): ReportParts {
  const { analysis, lines } = concluded;
  const context: ReportContext = {
    caseName: content?.name ?? null,
    annotations: content?.annotations ?? [],
    bookmarks: content?.bookmarks ?? [],
    mutes: content?.mutes ?? [],
    choice: { ...keptChoice(content), ...asked },
    custody: content?.custody ?? null,
    zone: zone ?? content?.zone ?? null,
    lines,
    lineMoment: (member, line) => {
      const position = analysis.evidence.member(member)?.index;
      const id = position === undefined ? null : lines.idOf(position, line - 1);
      return id === null ? null : lines.momentOf(id);
    },
  };
  return reportParts(analysis, source.words.wording, context, (model) => ({
    ...(redactor === null ? model : redactedReport(model, redactor)),
    notice: noticeOf(source),
  }));
}

/** What the case chose for its last report. */
function keptChoice(content: Awaited<ReturnType<typeof readCase>> | null): ReportChoice {
  return content?.report === undefined ? wholeReport : reportChoice(content.report);
}

/** @throws ExpectedError `usage` */
function askedChoice(parsed: ParsedWords): Partial<ReportChoice> {
  const content = parsed.value('content');
  const paper = parsed.value('paper');
  if (content !== null && content !== 'all' && content !== 'annotated' && content !== 'chosen')
    throw new ExpectedError('usage', 'analyze', { reason: `--content ${content}` });
  if (paper !== null && paper !== 'A4' && paper !== 'Letter')
    throw new ExpectedError('usage', 'analyze', { reason: `--paper ${paper}` });
  return { ...(content === null ? {} : { content }), ...(paper === null ? {} : { paper }) };
}

const stampPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/u;

/** @throws ExpectedError `usage` for anything but a moment in ISO 8601 with its offset */
function stampOf(stamp: string | null): string | null {
  if (stamp === null) return null;
  if (!stampPattern.test(stamp) || Number.isNaN(Date.parse(stamp)))
    throw new ExpectedError('usage', 'analyze', { reason: `--stamp ${stamp}` });
  return new Date(stamp).toISOString();
}

/** Index into `severities` of the mildest severity that fails; null for `never`. */
function failOnOf(value: string): number | null {
  if (value === 'never') return null;
  const index = severities.indexOf(value as Severity);
  if (index === -1 || value === 'info')
    throw new ExpectedError('usage', 'analyze', { reason: `--fail-on ${value}` });
  return index;
}
