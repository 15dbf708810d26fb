import { severities } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { placeText } from '../report-model.ts';
import { visibleText } from '../visible-text.ts';
import { targetText, textOf } from './export-source.ts';
import type { ExportPiece, ExportSource } from './export-source.ts';
import { exportText } from './export-words.ts';

/** A ticket is read, not searched: of each severity so many findings are told, and of each so many witnesses. */
const mostFindings = 20;
const mostWitnesses = 3;
const longestQuote = 240;

/** What is found, where, and what is missing, for a ticket. Text of the bundle and of notes stays text. */
export function* markdownSummary(source: ExportSource): Generator<ExportPiece> {
  const { analysis, words, filter, redaction, annotations } = source;
  const { wording, locale } = words;
  const { bundle, evidence, findings, counts } = analysis;
  const t = (key: Parameters<typeof exportText>[1], values?: Parameters<typeof exportText>[2]): string =>
    exportText(locale, key, values);
  const out = (lines: readonly string[]): ExportPiece => ({ file: '', text: `${lines.join('\n')}\n` });
  yield out([
    `# ${t('markdown.title', { bundle: markdownText(textOf(source, bundle.name)) })}`,
    '',
    `- ${t('markdown.hash', { sha256: bundle.sha256 })}`,
    `- ${t('markdown.tool', { version: analysis.tool.version, rules: analysis.tool.rules })}`,
    `- ${t('markdown.counts', {
      members: evidence.members.length,
      devices: counts.devices,
      records: evidence.records.length,
      lines: source.view.count,
      findings: findings.length,
    })}`,
    ...(filter.length === 0
      ? []
      : [`- ${t('markdown.filter')} ${filter.map((part) => markdownCode(textOf(source, part))).join(' ')}`]),
    ...(redaction === null ? [] : [`- ${t('markdown.redacted', { kinds: redaction.kinds.join(', ') })}`]),
    ...(bundle.damaged ? [`- ${t('markdown.damaged')}`] : []),
    '',
  ]);
  if (findings.length === 0) yield out([t('markdown.none'), '']);
  for (const severity of severities) {
    const some = findings.filter((finding) => finding.severity === severity);
    if (some.length === 0) continue;
    yield out([`## ${wording.severity(severity)} (${some.length})`, '']);
    for (const finding of some.slice(0, mostFindings)) yield out(findingLines(finding, source));
    if (some.length > mostFindings) {
      yield out([t('markdown.more', { count: some.length - mostFindings }), '']);
    }
  }
  const missing = evidence.coverage.filter((item) => item.state !== 'present');
  if (missing.length > 0) {
    yield out([
      `## ${t('markdown.missing')}`,
      '',
      ...missing.map(
        ({ item, state }) =>
          `- ${markdownText(wording.evidenceItem(item).name)}${state === 'partial' ? ` (${t('markdown.partial')})` : ''}`,
      ),
      '',
    ]);
  }
  if (analysis.undecided.length > 0) {
    yield out([t('markdown.undecided', { count: analysis.undecided.length }), '']);
  }
  if (annotations.length > 0) {
    yield out([
      `## ${t('markdown.notes')}`,
      '',
      ...annotations.map(({ target, verdict, note }) => {
        const place = markdownCode(textOf(source, targetText(target)));
        return `- ${place} ${t(`markdown.verdict.${verdict}`)}: ${markdownText(textOf(source, note))}`;
      }),
      '',
    ]);
  }
}

function findingLines(finding: Finding, source: ExportSource): readonly string[] {
  const { words } = source;
  const { title, explanation, advice } = words.wording.finding(finding);
  const about = [finding.device, finding.patch].flatMap((part) =>
    part === null ? [] : [markdownCode(textOf(source, part))],
  );
  const places = new Map(
    finding.witnesses.map(({ citation }) => [textOf(source, placeText(citation, words)), citation]),
  );
  return [
    `### ${markdownText(textOf(source, title))}`,
    '',
    `${words.wording.kind(finding.kind)} · ${markdownCode(finding.rule)}${about.length === 0 ? '' : ` · ${about.join(' · ')}`}`,
    '',
    markdownText(textOf(source, explanation)),
    '',
    ...[...places].slice(0, mostWitnesses).map(([place, { quote }]) => {
      const told = textOf(source, quote).replace(/\s+/gu, ' ').trim();
      const short = told.length > longestQuote ? `${told.slice(0, longestQuote)}…` : told;
      return `- ${markdownCode(place)}${short === '' ? '' : `: ${markdownCode(short)}`}`;
    }),
    '',
    ...(advice === '' ? [] : [`→ ${markdownText(textOf(source, advice))}`, '']),
  ];
}

/** Text in a sentence: nothing in it is markup, a link, a mention or a reference. */
export function markdownText(text: string): string {
  return oneLine(text)
    .replace(/[&<>]/gu, (character) => (character === '&' ? '&amp;' : character === '<' ? '&lt;' : '&gt;'))
    .replace(/[\\`*_{}[\]()#+!|~^$=:@-]/gu, String.raw`\$&`)
    .replace(/^\d{1,9}(?=\.)/u, '$&\\')
    .replaceAll('//', String.raw`/\/`)
    .replace(/\bwww\./giu, (www) => `${www.slice(0, -1)}\\.`);
}

/** Text as code: a fence longer than any run of backticks in it. */
export function markdownCode(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$|^ .* $/u.test(line) || line === '' ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function oneLine(text: string): string {
  return visibleText(text).replace(/\s+/gu, ' ').trim();
}
