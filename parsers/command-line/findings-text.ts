import type { Citation } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import type { Analysis } from '../report/analysis.ts';
import { placeText } from '../report/report-model.ts';
import type { ReportWords } from '../report/report-words.ts';
import { visibleText } from '../report/visible-text.ts';
import { text } from './sentences.ts';

/** The findings as an analyst reads them on a terminal: what, where, and by which witness. */
export function findingsText(analysis: Analysis, words: ReportWords): string {
  const { bundle, evidence, findings, counts, lines } = analysis;
  const { wording } = words;
  const blocks = [
    text(words.locale, 'summary', {
      bundle: visibleText(bundle.name),
      sha256: bundle.sha256,
      members: evidence.members.length,
      devices: counts.devices,
      records: evidence.records.length,
      lines: lines.total,
      findings: findings.length,
    }),
  ];
  for (const finding of findings) {
    const { title, explanation } = wording.finding(finding);
    const about = [finding.device, finding.patch]
      .filter((part) => part !== null)
      .map(visibleText)
      .join(' · ');
    blocks.push(
      [
        `${wording.kind(finding.kind)} · ${wording.severity(finding.severity)} · ${finding.rule}`,
        `  ${title}`,
        ...(about === '' ? [] : [`  ${about}`]),
        `  ${explanation}`,
        ...citedOnce(finding).map(
          (citation) => `    ${placeText(citation, words)}: ${visibleText(shorten(citation.quote))}`,
        ),
      ].join('\n'),
    );
  }
  for (const { name, off } of analysis.packs) {
    const rules = words.list(off.map(({ rule }) => wording.ruleName(rule)));
    if (off.length > 0) blocks.push(text(words.locale, 'rules-off', { pack: visibleText(name), rules }));
  }
  if (analysis.undecided.length > 0) {
    blocks.push(text(words.locale, 'undecided', { count: analysis.undecided.length }));
  }
  return `${blocks.join('\n\n')}\n`;
}

/** Several witnesses are often cells of one row. */
function citedOnce(finding: Finding): readonly Citation[] {
  const places = new Map<string, Citation>();
  for (const { citation } of finding.witnesses) {
    const key = JSON.stringify([citation.member, citation.line, citation.row, citation.pointer]);
    if (!places.has(key)) places.set(key, citation);
  }
  return [...places.values()];
}

/** Quotes on a terminal are for finding the place again, not for reading whole. */
function shorten(quote: string): string {
  const line = quote.replace(/\s+/gu, ' ');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
