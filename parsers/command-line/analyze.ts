import { severities } from '../domain/finding.ts';
import type { Severity } from '../domain/finding.ts';
import { ExpectedError } from '../domain/errors.ts';
import { conclude } from '../analyse.ts';
import type { Concluded } from '../analyse.ts';
import { withNotice, writeExport } from '../report/exports/export-kinds.ts';
import type { WrittenKind } from '../report/exports/export-kinds.ts';
import type { ExportSource } from '../report/exports/export-source.ts';
import { redactedReport } from '../redaction/redact-report.ts';
import { LineView } from '../evidence/line-view.ts';
import { reportParts } from '../report/report-document.ts';
import type { ReportParts } from '../report/report-document.ts';
import type { ReportContext } from '../report/report-model.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { ReportWords } from '../report/report-words.ts';
import { createWording } from '../report/wording.ts';
import { parseWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { bundleOptions, localeOf, openForCommand } from './open.ts';
import { readCase } from './read-case.ts';
import { findingsText } from './findings-text.ts';
import { redactionOptions, surveyForCommand } from './redaction-words.ts';
import { text } from './sentences.ts';
import { writeFolder, writeWhole } from './write-whole.ts';

const options = {
  ...bundleOptions,
  ...redactionOptions,
  json: 'value',
  pdf: 'value',
  html: 'value',
  csv: 'value',
  timesketch: 'value',
  markdown: 'value',
  ndjson: 'value',
  redact: 'switch',
  'fail-on': 'value',
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
  const { reading, concluded: read } = await openForCommand(bundle, parsed, io);
  try {
    const casePath = parsed.value('case');
    const content = casePath === null ? null : await readCase(casePath, read.analysis.bundle);
    const transcriptions = content?.transcriptions ?? [];
    const concluded =
      transcriptions.length === 0
        ? read
        : conclude(reading, reading.identity, parsed.value('timezone'), io.signal, transcriptions);
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
      const parts = reportOf(concluded, reportWords, parsed.value('timezone'), content, redactor);
      if (html !== null) {
        await writeWhole(html, (output) => {
          output.write(withNotice(parts.standaloneHtml(), source));
        });
      }
      if (pdf !== null) {
        if (io.print === null) throw new ExpectedError('not-yet-available', '--pdf');
        const { header, footer } = parts;
        await io.print({ html: withNotice(parts.html, source), header, footer, pdfPath: pdf });
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
  words: ReportWords,
  zone: string | null,
  content: Awaited<ReturnType<typeof readCase>> | null,
  redactor: Redactor | null,
): ReportParts {
  const { analysis, lines } = concluded;
  const context: ReportContext = {
    caseName: content?.name ?? null,
    annotations: content?.annotations ?? [],
    zone: zone ?? content?.zone ?? null,
    lines,
    lineMoment: (member, line) => {
      const position = analysis.evidence.member(member)?.index;
      const id = position === undefined ? null : lines.idOf(position, line - 1);
      return id === null ? null : lines.momentOf(id);
    },
  };
  return reportParts(analysis, words.wording, context, (model) =>
    redactor === null ? model : redactedReport(model, redactor),
  );
}

/** Index into `severities` of the mildest severity that fails; null for `never`. */
function failOnOf(value: string): number | null {
  if (value === 'never') return null;
  const index = severities.indexOf(value as Severity);
  if (index === -1 || value === 'info')
    throw new ExpectedError('usage', 'analyze', { reason: `--fail-on ${value}` });
  return index;
}
