import { readDate, type DateReading } from './dates.ts';
import { findLevel } from './level.ts';
import type { LineHead } from './line-head.ts';

/** Bytes of a line that are looked at: the stamp, what may stand before it, and the longest zone. */
const reach = 160;

const digit = '[0-9０-９]';
/** Folded, as all dates are: a full-width colon or slash is one. */
const colon = '[:：]';
const clockTime = `${digit}{1,2}${colon}${digit}{2}(?:${colon}${digit}{2}(?:[.,:]${digit}{1,9})?)?`;
const japaneseTime = `${digit}{1,2} ?時 ?${digit}{1,2} ?分(?: ?${digit}{1,2} ?秒)?`;
/** A zone as a log writes it; more of them are read in cells, where nothing else can follow. */
const zone =
  '(?: ?(?:(?:UTC|GMT)(?:[+-]\\d{1,2}(?::?\\d{2})?)?|JST|[Zz]|[+-]\\d{2}:?\\d{2})(?![\\w:]|[.-]\\d))?';
const half = '午前|午後|[AaPp]\\.?[Mm]\\.?';
const time = `(?:(?:${half})[ \u3000]?)?(?:${clockTime}|${japaneseTime})(?: ?(?:${half})(?![A-Za-z]))?${zone}`;
const weekday = '(?: ?[(（][日月火水木金土](?:曜日?)?[)）])?';
const month =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const dayName = '(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? +)?';

export interface DatedOptions {
  /** Characters before the stamp at most, or an expression for them. */
  readonly within: number | string;
  /** Turns what was found into a form that cells have. Default: as it stands. */
  readonly spell?: (found: string) => string;
  /** The stamp stands among what the line says: its text is the whole line. */
  readonly inside?: boolean;
}

/**
 * A head whose stamp is found by an expression and read like the date of a cell: for forms that are too rare
 * or too free to be compiled (see {@link stampHead}). The expression looks at the first 160 bytes of a line.
 */
export function datedHead(name: string, stamp: string, { within, spell, inside }: DatedOptions): LineHead {
  const before = typeof within === 'string' ? within : `.{0,${within}}?(?<![0-9０-９A-Za-z])`;
  const expression = new RegExp(`^${before}(?<stamp>${stamp})`, 'su');
  // Lines of one second have one stamp.
  let known: string | null = null;
  let reading: DateReading | null = null;
  const readStamp = (found: string): DateReading | null => {
    if (found !== known) {
      const read = readDate(spell === undefined ? found : spell(found));
      known = found;
      reading = read === 'never' ? null : read;
    }
    return reading;
  };
  return {
    name,
    yearless: false,
    read(bytes, start, end, out) {
      const stop = Math.min(end, start + reach);
      if (!hasDigit(bytes, start, stop)) return false;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('utf8');
      const found = expression.exec(text);
      const stampText = found?.groups?.['stamp'];
      const read = found === null || stampText === undefined ? null : readStamp(stampText);
      if (found === null || read === null) return false;
      const behind = Math.min(end, start + Buffer.byteLength(found[0], 'utf8'));
      out.local = read.local;
      out.offset = read.offset ?? Number.NaN;
      out.precision = read.precision;
      out.body = inside === true ? 0 : behind - start;
      out.level = findLevel(bytes, behind, end);
      if (out.level === 'none') out.level = findLevel(bytes, start, behind);
      return true;
    },
  };
}

function hasDigit(bytes: Uint8Array, start: number, stop: number): boolean {
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at] as number;
    // Full-width digits are EF BC 90 to EF BC 99.
    if ((byte >= 0x30 && byte <= 0x39) || byte === 0xef) return true;
  }
  return false;
}

/**
 * Forms of time stamps beside the compiled ones of `genericHeads`: with a zone by name or behind a blank, to the minute,
 * Japanese with eras, weekdays or halves of the day, English months written out, compact ones. Where day and
 * month are both numbers before the year, the month comes first; see {@link dayFirstHead}.
 */
export const datedHeads: readonly LineHead[] = [
  datedHead(
    'japanese',
    `(?:(?:令和|平成) ?(?:元|${digit}{1,2})|${digit}{4}) ?年 ?${digit}{1,2} ?月 ?${digit}{1,2} ?日${weekday}[ \u3000]?${time}`,
    { within: 40, spell: withoutInnerBlanks },
  ),
  datedHead(
    'year-first',
    `(?:${digit}{4}(?<sep>[-/.／])${digit}{1,2}\\k<sep>${digit}{1,2}|[RH]\\d{1,2}(?<dot>[-/.])\\d{1,2}\\k<dot>\\d{1,2})${weekday}(?:[Tt] ?|[ \u3000]+|,[ \u3000]?|(?<=[)）]))${time}`,
    { within: 40 },
  ),
  datedHead('windows-us', `\\d{1,2}/\\d{1,2}/\\d{4}(?:,? +|T)${time}`, { within: 40, spell: withoutComma }),
  datedHead('day-first', `\\d{1,2}\\.\\d{1,2}\\.\\d{4},? +${time}`, { within: 40, spell: yearFirst }),
  datedHead('month-name', `${dayName}${month}\\.? +\\d{1,2},? +\\d{4}(?:,? +(?:@ )?|T)${time}`, {
    within: 8,
    spell: withoutAt,
  }),
  datedHead('day-month-name', `${dayName}\\d{1,2}[ -]${month}[ -]\\d{4},? +${time}`, { within: 8 }),
  datedHead('day-month-name', `\\d{1,2}-[A-Z]{3}-\\d{4} +${time}`, { within: 8 }),
  datedHead('ctime', `${dayName}${month} +\\d{1,2} \\d{2}:\\d{2}:\\d{2} (?:UTC|GMT|JST) \\d{4}`, {
    within: 8,
  }),
  datedHead('compact', '(?:19|20)\\d{6}[-_ T]?\\d{6}(?:[.,]\\d{1,9})?Z?(?!\\d)', {
    within: 16,
    spell: (found) => found.replace(/[-_ ]/u, ''),
  }),
  // Microseconds and nanoseconds since 1970, from 2001 on: to the millisecond.
  datedHead('epoch', '[12]\\d{12}(?:\\d{3}|\\d{6})(?!\\d)', {
    within: 1,
    spell: (found) => found.slice(0, 13),
  }),
];

/**
 * `25/12/2024 09:12:00`: such a form is only believed where the same log shows days that are no months and nothing
 * that speaks against it.
 */
export const dayFirstHead = datedHead('day-first', `\\d{1,2}/\\d{1,2}/\\d{4}(?:,? +|T)${time}`, {
  within: 40,
  spell: yearFirst,
});

/** A log whose lines are JSON objects: the first time that one names. */
export const jsonTimeHead = datedHead(
  'json',
  '\\d{10}(?:\\.\\d{1,9})?(?=[,}\\s])|\\d{13}(?=[,}\\s])|[0-9][-0-9A-Za-z:.,/+ ]{9,40}(?=")',
  {
    within:
      '\\s*\\{.*?"(?:@?timestamp|time|timegenerated|TimeGenerated|ts|date|datetime|eventtime|eventTime|@t)"\\s*:\\s*"?',
    inside: true,
  },
);

/** `9 時 12 分` as cells have it. */
function withoutInnerBlanks(found: string): string {
  return found.replace(/[ \u3000](?=[年月日時分秒])|(?<=[年月時分])[ \u3000]/gu, '');
}

function withoutComma(found: string): string {
  return found.replace(',', '').replace(/ {2,}/gu, ' ');
}

function withoutAt(found: string): string {
  return found.replace(' @ ', ' ');
}

function yearFirst(found: string): string {
  return withoutComma(found).replace(/^(\d{1,2})([./])(\d{1,2})[./](\d{4})/u, '$4-$3-$1');
}
