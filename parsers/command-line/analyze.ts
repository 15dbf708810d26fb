import { openSync, closeSync, writeSync } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { severities } from '../domain/finding.ts';
import type { Severity } from '../domain/finding.ts';
import { ExpectedError } from '../domain/errors.ts';
import { reportChoice, wholeReport } from '../domain/report-choice.ts';
import type { ReportChoice } from '../domain/report-choice.ts';
import { conclude } from '../analyse.ts';
import type { Concluded } from '../analyse.ts';
import { writeAnalysisJson } from '../report/analysis-json.ts';
import { reportParts } from '../report/report-document.ts';
import type { ReportParts } from '../report/report-document.ts';
import { ReportWords } from '../report/report-words.ts';
import { createWording } from '../report/wording.ts';
import { parseWords } from './arguments.ts';
import type { ParsedWords } from './arguments.ts';
import type { CommandIo } from './io.ts';
import { bundleOptions, localeOf, openForCommand } from './open.ts';
import { packsOf } from './packs.ts';
import { readCase } from './read-case.ts';
import { findingsText } from './findings-text.ts';
import { text } from './sentences.ts';

const options = {
  ...bundleOptions,
  json: 'value',
  pdf: 'value',
  html: 'value',
  csv: 'value',
  timesketch: 'value',
  case: 'value',
  content: 'value',
  paper: 'value',
  stamp: 'value',
  redact: 'switch',
  'fail-on': 'value',
  codes: 'values',
  rules: 'values',
} as const;

/** `analyze <bundle>`: reads a bundle and reports. */
export async function analyze(words: readonly string[], io: CommandIo): Promise<number> {
  const parsed = parseWords('analyze', words, options, 1);
  for (const missing of ['csv', 'timesketch'] as const) {
    if (parsed.value(missing) !== null) throw new ExpectedError('not-yet-available', `--${missing}`);
  }
  if (parsed.has('redact')) throw new ExpectedError('not-yet-available', '--redact');
  const locale = localeOf(parsed, 'analyze');
  const failOn = failOnOf(parsed.value('fail-on') ?? 'never');
  const [bundle = ''] = parsed.positionals;
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
        : conclude(reading, reading.identity, parsed.value('timezone'), io.signal, transcriptions, packs);
    const { analysis } = concluded;
    if (analysis.evidence.systems.size === 0) {
      io.tell(`${text(locale, 'bundle-nothing-known', { bundle: analysis.bundle.name })}\n`);
    }
    const reportWords = new ReportWords(createWording(locale));
    const json = parsed.value('json');
    if (json === '-') {
      writeAnalysisJson(analysis, reportWords.wording, (chunk) => {
        io.write(chunk);
      });
    } else if (json !== null) {
      await writeWhole(json, (write) => {
        writeAnalysisJson(analysis, reportWords.wording, write);
      });
    }
    const html = parsed.value('html');
    const pdf = parsed.value('pdf');
    if (html !== null || pdf !== null) {
      const parts = reportOf(concluded, reportWords, parsed.value('timezone'), content, asked);
      if (html !== null) {
        await writeWhole(html, (write) => {
          write(parts.standaloneHtml());
        });
      }
      if (pdf !== null) {
        if (io.print === null) throw new ExpectedError('not-yet-available', '--pdf');
        await io.print({ ...parts.pages(), stamp, pdfPath: pdf });
      }
    }
    if (json === null) io.write(findingsText(analysis, reportWords));
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
  asked: Partial<ReportChoice>,
): ReportParts {
  const { analysis, lines } = concluded;
  return reportParts(analysis, words.wording, {
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
  });
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

/** Writes a file that appears as a whole or not at all; a device or a pipe is written as it is. */
async function writeWhole(path: string, produce: (write: (chunk: string) => void) => void): Promise<void> {
  const isSpecial = await stat(path).then(
    (target) => !target.isFile(),
    () => false,
  );
  // A link keeps pointing where it does: what it points to is replaced.
  const target = isSpecial ? path : await realpath(path).catch(() => path);
  const part = isSpecial ? target : `${target}.part`;
  try {
    const file = openSync(part, 'w');
    try {
      produce((chunk) => {
        writeSync(file, chunk);
      });
    } finally {
      closeSync(file);
    }
    if (!isSpecial) await rename(part, target);
  } catch (cause) {
    if (!isSpecial) await rm(part, { force: true });
    throw cause instanceof ExpectedError ? cause : new ExpectedError('not-writable', path, {}, cause);
  }
}
