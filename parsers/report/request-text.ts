import type { CoverageItem } from '../domain/evidence.ts';
import { visibleText } from './visible-text.ts';
import type { ReportWords } from './report-words.ts';

/**
 * A text that asks the customer for what the bundle lacks, numbered, with the way to collect each item,
 * ready to send. Items of which a part is there come last. Null when nothing is missing.
 */
export function requestText(
  bundleName: string,
  coverage: readonly CoverageItem[],
  words: ReportWords,
): string | null {
  const missing = coverage.filter((item) => item.state === 'missing').map((item) => requestOf(item, words));
  const partial = coverage
    .filter((item) => item.state === 'partial')
    .map((item) => words.text('request.partial', { request: requestOf(item, words) }));
  const requests = [...missing, ...partial];
  if (requests.length === 0) return null;
  return [
    words.text('request.intro', { bundle: visibleText(bundleName) }),
    '',
    ...requests.map((request, index) => words.text('request.item', { number: index + 1, request })),
    '',
    words.text('request.close'),
    '',
  ].join('\n');
}

function requestOf(item: CoverageItem, words: ReportWords): string {
  return words.wording.evidenceItem(item.item).request;
}
