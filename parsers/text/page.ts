import { anyCells } from './cell-limits.ts';
import type { CellLimits } from './cell-limits.ts';
import { readDate } from './dates.ts';
import { readHtml } from './html.ts';
import { decodeBytes, looksLikeMhtml, readMhtml } from './mhtml.ts';
import type { Page } from './page-model.ts';

export type { Heading, Page, Pair, Tab } from './page-model.ts';

/**
 * Reads a saved page: HTML, or a web archive (MHTML) whose first page it is. Lines are those of the
 * page's text; of an archive, those of the decoded page.
 *
 * @param source the bytes, or the decoded text. Of an archive give the bytes: its parts have
 *   encodings of their own.
 * @throws TooManyCells
 */
export function readPage(source: Uint8Array | string, limits: CellLimits = anyCells): Page {
  const head = typeof source === 'string' ? source.slice(0, 4096) : latin1Head(source);
  if (looksLikeMhtml(head)) {
    const archive = readMhtml(source);
    const page = readHtml(archive.html ?? '', limits);
    return { ...page, savedAt: archive.date ?? page.savedAt ?? printedDate(page) };
  }
  const page = readHtml(typeof source === 'string' ? source : decodeBytes(source), limits);
  return { ...page, savedAt: page.savedAt ?? printedDate(page) };
}

function latin1Head(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4096)).toString('latin1');
}

/** Words before the time at which a page was printed, exported or saved; not before that of creating a thing. */
const captureWords =
  '(?:印刷|出力|取得|保存|エクスポート|表示)(?:日時|時刻|日)|レポート(?:生成|作成)?日時|(?:printed|generated|exported|saved|captured)(?: on| at| date)?|report (?:generated|date)|(?:print|export|capture) (?:date|time)';
const captureLabel = new RegExp(`^(?:${captureWords})$`, 'iu');
const captureText = new RegExp(
  `(?:^|[\\s(（])(?:${captureWords})\\s*[:：]?\\s*(?<date>(?:\\p{L}{3,9},? )?[\\p{Nd}\\p{L}][^\\n]{7,48})`,
  'iu',
);
const dateStart =
  /^\d{4}[-/年.]\s?\d{1,2}[-/月.]\s?\d{1,2}日?(?:[ T]+(?:午前|午後)?\s?\d{1,2}[:時]\d{2}(?:[:分]\d{0,2}秒?)?(?: ?[AP]M)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?/iu;

function printedDate(page: Page): string | null {
  for (const pair of page.pairs) {
    if (captureLabel.test(pair.label.trim()) && isDate(pair.value)) return pair.value;
  }
  for (const { text } of page.texts) {
    if (text.length > 500) continue;
    const rest = captureText.exec(text)?.groups?.['date']?.trim();
    if (rest === undefined) continue;
    const folded = rest.normalize('NFKC');
    for (const candidate of [rest, rest.replace(/[)）。.\s]+$/u, ''), dateStart.exec(folded)?.[0] ?? '']) {
      if (isDate(candidate)) return candidate;
    }
  }
  return null;
}

function isDate(text: string): boolean {
  const reading = readDate(text);
  return reading !== null && reading !== 'never';
}
