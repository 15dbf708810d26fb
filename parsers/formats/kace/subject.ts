import { readDate, placeReading } from '../../text/dates.ts';
import type { Moment } from '../../domain/moment.ts';
import { findKb } from '../../domain/names.ts';
import { foldWord } from '../../text/vocabulary.ts';
import type { Page, Pair } from '../../text/page.ts';
import type { MemberContext } from '../define-format.ts';
import type { KacePageFact } from './facts.ts';
import { detectionWords, deploymentWords, isNothing, pageKeys, pageTitles, tabWords } from './words.ts';
import type { PageKey } from './words.ts';

export type SubjectKind = keyof typeof pageTitles;

/** What a title says before the subject, between them, and behind it. */
const separators = '(?:\\s*[:：»›>|]\\s*|\\s+[-–—]\\s+)';
const productSuffix =
  /\s*[-–—|»]\s*(?:Quest|Dell)?\s*(?:KACE|K1000|SMA\b|システム管理アプライアンス|Systems? Management).*$/iu;

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}

function titleExpression(kind: SubjectKind, between: string): RegExp {
  const titles = [...pageTitles[kind]].sort((a, b) => b.length - a.length).map(escapeExpression);
  return new RegExp(`(?:^|${separators})(?:${titles.join('|')})${between}(?<name>\\S.*)$`, 'iu');
}

const titled: Readonly<Record<SubjectKind, RegExp>> = {
  device: titleExpression('device', separators),
  patch: titleExpression('patch', separators),
  schedule: titleExpression('schedule', separators),
};

/** What the title or heading of a page of this kind is about, or null: `デバイスの詳細: PC-0042` is about PC-0042. */
export function subjectOf(text: string, kind: SubjectKind): string | null {
  const bare = text.slice(0, 1000).replace(productSuffix, '').trim();
  const name = titled[kind].exec(bare)?.groups?.['name']?.trim();
  return name === undefined || name === '' ? null : name;
}

/** The subject of a page by its title or one of its headings. */
export function pageSubject(page: Page, kind: SubjectKind): string | null {
  for (const text of [page.title ?? '', ...page.headings.map((heading) => heading.text)]) {
    const subject = subjectOf(text, kind);
    if (subject !== null) return subject;
  }
  return null;
}

/**
 * The device that a page of one device is about: by title or heading, in either order (`PC-0042 - Device
 * Detail`), by a pair such as `System Name`, or by the only heading that looks like a host's name.
 *
 * @param titled whether the page says that it is one of a device: else only the first counts
 */
export function pageDevice(page: Page, titled: boolean): string | null {
  const stated = pageSubject(page, 'device');
  if (stated !== null) return stated;
  const texts = [page.title ?? '', ...page.headings.map((heading) => heading.text)].map((text) =>
    text.slice(0, 1000).replace(productSuffix, '').trim(),
  );
  for (const text of texts) {
    const name = beforeTitle.exec(text)?.groups?.['name'];
    if (name !== undefined && looksLikeDevice(name)) return name;
  }
  if (!titled) return null;
  const named = new PageValues(page).all('deviceName').find(({ value }) => hostName.test(value.trim()));
  if (named !== undefined) return named.value.trim();
  const hosts = new Set(texts.filter(looksLikeDevice));
  const [only] = hosts;
  return hosts.size === 1 && only !== undefined ? only : null;
}

const hostName = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,62}(?:\.[A-Za-z0-9-]{1,63})*$/u;
const beforeTitle = new RegExp(
  `^(?<name>[A-Za-z0-9.-]{2,100})${separators}(?:${pageTitles.device.map(escapeExpression).join('|')})$`,
  'iu',
);

/** Whether a title or heading names the kind of page, with or without a subject. */
export function pageIsTitled(page: Page, kind: SubjectKind): boolean {
  if (pageSubject(page, kind) !== null) return true;
  const names = new Set(
    pageTitles[kind].filter((title) => title.length > 6 || kind === 'schedule').map(foldWord),
  );
  return [page.title ?? '', ...page.headings.map((heading) => heading.text)].some((text) =>
    names.has(foldWord(text.replace(productSuffix, ''))),
  );
}

/** Words of file names that no device is called. */
const fileWords: ReadonlySet<string> = new Set(
  (
    'device devices machine machines computer computers host patch patches patching page pages export exported exports ' +
    'report reports list lists status detail details schedule schedules kace sma k1000 kbox quest inventory detect ' +
    'detection deploy deployed deployment all missing result results table tables data csv tsv sql query log logs ' +
    'windows update updates security catalog label labels copy image screen screenshot sheet book new index html mhtml ' +
    'view saved web archive summary history before after test sample bundle case evidence file output xlsx txt'
  ).split(' '),
);

/**
 * The device that a file's name states, or null. A browser saves `デバイスの詳細: PC-0042` under a name
 * with `_` for the colon; else one part of the name must look like a host's: letters and a digit.
 */
export function deviceOfFileName(path: string): string | null {
  const name = bareFileName(path);
  const saved = titleExpression('device', '\\s*[_:：]\\s*').exec(name)?.groups?.['name']?.trim();
  if (saved !== undefined && saved !== '') return saved;
  const parts = name.split(/[\s_()[\]（）＿]+/u).filter((part) => part !== '');
  const candidates = parts.flatMap((part) => {
    const host = withoutFileWords(part);
    return host === null ? [] : [host];
  });
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

/** The patch that a file's name states: `パッチの詳細_ NAME`, or one KB number in it; null when it states none. */
export function patchOfFileName(path: string): string | null {
  const name = bareFileName(path);
  const saved = titleExpression('patch', '\\s*[_:：]\\s*').exec(name)?.groups?.['name']?.trim();
  if (saved !== undefined && saved !== '') return saved;
  const kb = findKb(name.replaceAll('_', ' '));
  return kb !== null &&
    findKb(name.replaceAll('_', ' ').replace(new RegExp(kb.replace('KB', 'KB[\\s-]?'), 'giu'), '')) === null
    ? kb
    : null;
}

function bareFileName(path: string): string {
  return path
    .replaceAll('\\', '/')
    .replace(/^.*[/!]/u, '')
    .replace(/\.(?:x?html?|mht|mhtml|csv|tsv|txt|xlsx?|xlsm)$/iu, '')
    .trim();
}

function withoutFileWords(part: string): string | null {
  const pieces = part.split('-');
  while (pieces.length > 1 && fileWords.has((pieces.at(-1) ?? '').toLowerCase())) pieces.pop();
  if (pieces.some((piece) => fileWords.has(piece.toLowerCase()))) return null;
  const host = pieces.join('-');
  return looksLikeDevice(host) ? host : null;
}

/** Whether a word could be a host's name: it has letters and a digit and is no KB number, version or date. */
export function looksLikeDevice(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9-]{1,62}(?:\.[A-Za-z0-9-]{1,63})*$/u.test(text)) return false;
  if (!/\d/u.test(text) || /^(?:kb|v|ver|r|sp|build)-?\d+/iu.test(text)) return false;
  return (
    !/^[a-z]{3,9}-?\d{4}$/iu.test(text) ||
    !/^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/iu.test(text)
  );
}

/** When the source was captured: what it states of itself, else its modification time; on the exporter's clock. */
export function capturedAt(document: MemberContext, page: Page | null): Moment | null {
  const saved = page?.savedAt ?? null;
  const reading = saved === null ? null : readDate(saved);
  if (saved !== null && reading !== null && reading !== 'never')
    return placeReading(reading, saved, 'exporter');
  return document.modified === null ? null : { ...document.modified, clock: 'exporter' };
}

// ---------------------------------------------------------------- tabs

/** `すべて (12)`, `All: 12`: the count is no part of the name. */
function tabName(text: string): string {
  return text.replace(/[\s:：]*[([（［]?\s*\p{Nd}[\p{Nd},]*\s*[)\]）］]?\s*$/u, '');
}

/**
 * Which tab of the table was saved. A chosen tab counts when it is called All or Missing, or stands in
 * one row with a tab of that name; a row that has both is believed before others. Null when nothing tells.
 */
export function chosenTab(page: Page): KacePageFact['tab'] {
  const groups = new Map<number, { all: boolean; missing: boolean }>();
  for (const tab of page.tabs) {
    const word = tabWords.read(tabName(tab.text));
    const group = groups.get(tab.group) ?? { all: false, missing: false };
    if (word === 'all') group.all = true;
    if (word === 'missing') group.missing = true;
    groups.set(tab.group, group);
  }
  let best: KacePageFact['tab'] = null;
  let bestRank = 0;
  for (const tab of page.tabs) {
    if (!tab.selected) continue;
    const raw = tab.text;
    const canonical = tabWords.read(tabName(raw));
    const group = groups.get(tab.group);
    const both = group?.all === true && group.missing;
    // "All" alone may be any filter of the page.
    const rank = both ? 3 : canonical === null ? (isStatusWord(raw) && group?.all === true ? 2 : 0) : 1;
    if (rank > bestRank) {
      best = { raw, canonical: canonical ?? 'other' };
      bestRank = rank;
    }
  }
  return best;
}

function isStatusWord(text: string): boolean {
  const name = tabName(text);
  return detectionWords.read(name) !== null || deploymentWords.read(name) !== null;
}

// ---------------------------------------------------------------- pairs

/** Values of a page by the folded label before them. */
export class PageValues {
  readonly #byLabel = new Map<string, Pair[]>();

  constructor(page: Page) {
    for (const pair of page.pairs) this.#add(pair);
    for (const { text, line } of page.texts) {
      // Loose text of the form "label: value"; true pairs come first.
      const match = text.length > 400 ? null : /^(?<label>[^:：]{1,60})[:：]\s*(?<value>\S.*)$/u.exec(text);
      if (match?.groups !== undefined) {
        this.#add({ label: match.groups['label'] ?? '', value: match.groups['value'] ?? '', line });
      }
    }
  }

  #add(pair: Pair): void {
    const key = foldWord(pair.label);
    const known = this.#byLabel.get(key);
    if (known === undefined) this.#byLabel.set(key, [pair]);
    else known.push(pair);
  }

  /** All values under any label of a key, in the order of the labels. */
  all(key: PageKey): readonly Pair[] {
    return pageKeys[key].flatMap((label) => this.#byLabel.get(foldWord(label)) ?? []);
  }

  /** The first value that is not blank, else a blank one; null without the label. */
  first(key: PageKey): Pair | null {
    const pairs = this.all(key);
    return pairs.find((pair) => pair.value.trim() !== '') ?? pairs[0] ?? null;
  }
}

/** The items of a value: labels and files are listed with commas of any width. */
export function listOf(value: string): readonly string[] {
  if (isNothing(value)) return [];
  return value
    .split(/[,、，;；\n]/u)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
