import type { At, Clock, Moment, Precision } from '../domain/moment.ts';

export type { At, Clock, Moment };

/** A date as read, without a clock. */
export interface DateReading {
  /** The clock's reading in milliseconds since 1970-01-01T00:00:00 on that clock's own wall. */
  readonly local: number;
  /** Minutes east of UTC when the text states it, else null. */
  readonly offset: number | null;
  readonly precision: Precision;
}

/** Reads a date; see {@link readDate}. */
export type ReadDate = (text: string) => DateReading | 'never' | null;

const dayMilliseconds = 86_400_000;
const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/**
 * Milliseconds since 1970-01-01T00:00:00 of a reading of the calendar and the clock, or null when no
 * such reading exists (30 February, 25:00, 09:60). Leap seconds and 24:00 are none either.
 *
 * @param month 1 to 12.
 */
export function localTime(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  millisecond = 0,
): number | null {
  if (month < 1 || month > 12 || day < 1 || year < 1 || year > 9999) return null;
  const leap = isLeapYear(year);
  if (day > (daysInMonth[month - 1] ?? 0) + (month === 2 && leap ? 1 : 0)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const before = year - 1;
  const days =
    before * 365 +
    Math.floor(before / 4) -
    Math.floor(before / 100) +
    Math.floor(before / 400) -
    719_162 +
    (daysBeforeMonth[month - 1] ?? 0) +
    (month > 2 && leap ? 1 : 0) +
    day -
    1;
  return days * dayMilliseconds + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond;
}

const months: Readonly<Record<string, number>> = {
  jan: 1,
  feb: 2,
  mar: 3,
  apr: 4,
  may: 5,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  oct: 10,
  nov: 11,
  dec: 12,
};

const englishMonth =
  '(?<mon>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const weekday = '(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\\.?,? )?';
const japaneseWeekday = '(?: ?[(][日月火水木金土](?:曜日?)?[)])?';
/** Hours, minutes, seconds, fraction; AM and PM on either side; a stated offset. */
const clockTime =
  '(?:(?<before>午前|午後|[ap]\\.?m\\.?) ?)?(?<h>\\d{1,2})(?::(?<mi>\\d{2})(?::(?<s>\\d{2})(?:[.,:](?<f>\\d{0,9}))?)?|時 ?(?<jmi>\\d{1,2})分(?: ?(?<js>\\d{1,2})秒)?)(?: ?(?<after>午前|午後|[ap]\\.?m\\.?)(?![a-z]))?';
const zone =
  '(?: ?(?<zone>z|(?:utc|gmt)? ?[+-]\\d{1,2}:?\\d{2}|(?:utc|gmt)[+-]\\d{1,2}|[+-]\\d{2}|utc|gmt|jst)(?: ?\\([^()]*\\))?)?';
const separator = '(?:t| ?[ .,] ?|(?<=日)|(?<=[)]))';
const maybeTime = `(?:${separator}${clockTime}${zone})?`;

/** Every slow form; the first that fits is the form. All are anchored and read lower case, folded text. */
const forms: readonly RegExp[] = [
  new RegExp(
    `^(?<y>\\d{4})(?<sep>[-/.])(?<mo>\\d{1,2})\\k<sep>(?<d>\\d{1,2})${japaneseWeekday}${maybeTime}$`,
    'u',
  ),
  new RegExp(
    `^(?<y>\\d{4}) ?年 ?(?<mo>\\d{1,2}) ?月 ?(?<d>\\d{1,2}) ?日${japaneseWeekday}${maybeTime}$`,
    'u',
  ),
  // 令和6年5月10日, R6.5.10, R06/05/10.
  new RegExp(
    `^(?<era>令和|平成) ?(?<ey>元|\\d{1,2}) ?年 ?(?<mo>\\d{1,2}) ?月 ?(?<d>\\d{1,2}) ?日${japaneseWeekday}${maybeTime}$`,
    'u',
  ),
  new RegExp(
    `^(?<era>[rh]) ?(?<ey>元|\\d{1,2})(?<sep>[-/.])(?<mo>\\d{1,2})\\k<sep>(?<d>\\d{1,2})${japaneseWeekday}${maybeTime}$`,
    'u',
  ),
  new RegExp(`^${weekday}${englishMonth} (?<d>\\d{1,2})(?:st|nd|rd|th)?,? (?<y>\\d{4})${maybeTime}$`, 'u'),
  new RegExp(`^(?<y>\\d{4})-${englishMonth}-(?<d>\\d{1,2})${maybeTime}$`, 'u'),
  new RegExp(`^${weekday}(?<d>\\d{1,2})[ -]${englishMonth}[ -](?<y>\\d{4})${maybeTime}$`, 'u'),
  new RegExp(`^${weekday}${englishMonth} (?<d>\\d{1,2}) ${clockTime}${zone} (?<y>\\d{4})$`, 'u'),
  new RegExp(`^(?<mo>\\d{1,2})/(?<d>\\d{1,2})/(?<y>\\d{4})${maybeTime}$`, 'u'),
  new RegExp(`^(?<y>\\d{4})(?<mo>\\d{2})(?<d>\\d{2})${maybeTime}$`, 'u'),
  // Basic ISO 8601: 20240510T091200Z.
  /^(?<y>\d{4})(?<mo>\d{2})(?<d>\d{2})t?(?<h>\d{2})(?<mi>\d{2})(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?(?<zone>z|[+-]\d{2}:?\d{2})?$/u,
];

/** WMI: 20240510091200.000000+540, the offset in minutes (MS-WMIO, CIM DATETIME). */
const wmiForm =
  /^(?<y>\d{4})(?<mo>\d{2})(?<d>\d{2})(?<h>\d{2})(?<mi>\d{2})(?<s>\d{2})\.(?<f>\d{6})(?<minutes>[+-]\d{3})$/u;
const neverForm = /^0000([-/.]?)00\1?00(?:[ t.]+0?0:00(?::00(?:\.0+)?)?)?$/u;
const epochForm = /^(?<seconds>\d{9,10})(?:\.(?<f>\d{1,9}))?$/u;
const epochMillisecondsForm = /^\d{12,13}$/u;

/**
 * Reads a date in any of the forms that `docs/formats.md` lists; digits and blanks may be full-width.
 *
 * A form that says no more than the day has the precision `day`; one without seconds `minute`; one with
 * fewer than three digits of a second `second`. Epoch seconds are UTC by definition, so their offset is
 * stated. Where day and month are both numbers before the year, the month comes first.
 *
 * @returns `'never'` for 0000-00-00; null for anything that is no date or names a time that no clock
 *   shows (2024-02-30, 25:00, 午後13時).
 */
export function readDate(text: string): DateReading | 'never' | null {
  const length = text.length;
  if (length === 19 || length === 16) {
    const fast = readCommonForm(text, length);
    if (fast !== null) return fast;
  }
  return readOtherForm(text);
}

/** Reads `MMM D HH:mm:ss`, the form without a year, in the given year; the caller says that it was assumed. */
export function readDateWithoutYear(text: string, assumedYear: number): DateReading | null {
  const match = withoutYear.exec(fold(text));
  return match === null ? null : fromGroups(match.groups ?? {}, assumedYear);
}

const withoutYear = new RegExp(`^${weekday}${englishMonth} (?<d>\\d{1,2}) ${clockTime}${zone}$`, 'u');

/** How {@link momentFrom} places a reading. */
export interface MomentOptions {
  /** Overrides what the text itself supports. */
  readonly precision?: Precision;
  /** See `Moment.clockOf`; '' by default. */
  readonly clockOf?: string;
}

/** The text as a moment of a clock; null when it is blank or no date. `raw` is the text without outer blanks. */
export function momentFrom(text: string, clock: Clock, options: MomentOptions = {}): At {
  const reading = readDate(text);
  return reading === null || reading === 'never' ? reading : placeReading(reading, text, clock, options);
}

/** A reading as a moment of a clock. */
export function placeReading(
  reading: DateReading,
  text: string,
  clock: Clock,
  options: MomentOptions = {},
): Moment {
  return {
    raw: text.trim(),
    local: reading.local,
    offset: reading.offset,
    offsetSource: reading.offset === null ? 'unknown' : 'stated',
    precision: options.precision ?? reading.precision,
    clock,
    clockOf: options.clockOf ?? '',
  };
}

/** `YYYY-MM-DD HH:mm(:ss)` with `-` or `/`, and a blank, `T` or `.` in the middle; null when it is not quite that. */
function readCommonForm(text: string, length: number): DateReading | null {
  const separatorCode = text.charCodeAt(4);
  if ((separatorCode !== 45 && separatorCode !== 47) || text.charCodeAt(7) !== separatorCode) return null;
  const middle = text.charCodeAt(10);
  if ((middle !== 32 && middle !== 84 && middle !== 46) || text.charCodeAt(13) !== 58) return null;
  const year = digits2(text, 0) * 100 + digits2(text, 2);
  const month = digits2(text, 5);
  const day = digits2(text, 8);
  const hour = digits2(text, 11);
  const minute = digits2(text, 14);
  let second = 0;
  if (length === 19) {
    if (text.charCodeAt(16) !== 58) return null;
    second = digits2(text, 17);
  }
  // NaN from any pair of characters that are not digits ends here.
  if (!(year + month + day + hour + minute + second > 0)) return null;
  const local = localTime(year, month, day, hour, minute, second);
  return local === null ? null : { local, offset: null, precision: length === 19 ? 'second' : 'minute' };
}

function digits2(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function fold(text: string): string {
  // Dates are short; anything long is prose and would only cost time.
  if (text.length > 120) return '';
  return text.normalize('NFKC').replace(/\s+/gu, ' ').trim().toLowerCase();
}

function readOtherForm(text: string): DateReading | 'never' | null {
  const folded = fold(text);
  if (folded.length < 6) return null;
  if (neverForm.test(folded)) return 'never';
  const epoch = epochForm.exec(folded);
  if (epoch !== null) {
    const fraction = epoch.groups?.['f'];
    const local = Number(epoch.groups?.['seconds']) * 1000 + fractionMilliseconds(fraction);
    return { local, offset: 0, precision: fraction === undefined ? 'second' : 'millisecond' };
  }
  if (epochMillisecondsForm.test(folded))
    return { local: Number(folded), offset: 0, precision: 'millisecond' };
  const wmi = wmiForm.exec(folded);
  if (wmi !== null) {
    const reading = fromGroups(wmi.groups ?? {}, null);
    return reading === null ? null : { ...reading, offset: Number(wmi.groups?.['minutes']) };
  }
  for (const form of forms) {
    const match = form.exec(folded);
    if (match !== null) return fromGroups(match.groups ?? {}, null);
  }
  return null;
}

function fractionMilliseconds(fraction: string | undefined): number {
  return fraction === undefined || fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
}

type Groups = Readonly<Record<string, string | undefined>>;

function fromGroups(groups: Groups, assumedYear: number | null): DateReading | null {
  const year = assumedYear ?? yearOf(groups);
  const named = groups['mon'];
  const month = named === undefined ? Number(groups['mo']) : (months[named.slice(0, 3)] ?? 0);
  const day = Number(groups['d']);
  if (groups['h'] === undefined) {
    const local = localTime(year, month, day);
    return local === null ? null : { local, offset: null, precision: 'day' };
  }
  const hour = hourOfDay(Number(groups['h']), groups['before'] ?? groups['after']);
  if (hour === null) return null;
  const seconds = groups['s'] ?? groups['js'];
  const fraction = groups['f'];
  const local = localTime(
    year,
    month,
    day,
    hour,
    Number(groups['mi'] ?? groups['jmi']),
    seconds === undefined ? 0 : Number(seconds),
    fractionMilliseconds(fraction),
  );
  if (local === null) return null;
  const offset = offsetMinutes(groups['zone']);
  if (offset === undefined) return null;
  return { local, offset, precision: precisionOf(seconds, fraction) };
}

/** The year before the first of an era: 令和 counts from 2019, 平成 from 1989. */
const yearsBefore: Readonly<Record<string, number>> = { 令和: 2018, r: 2018, 平成: 1988, h: 1988 };

function yearOf(groups: Groups): number {
  const era = groups['era'];
  if (era === undefined) return Number(groups['y']);
  return (yearsBefore[era] ?? Number.NaN) + (groups['ey'] === '元' ? 1 : Number(groups['ey']));
}

function precisionOf(seconds: string | undefined, fraction: string | undefined): Precision {
  if (seconds === undefined) return 'minute';
  return fraction !== undefined && fraction.length >= 3 ? 'millisecond' : 'second';
}

/** 12 of a half day is its start: 午前12時 and 12 AM are 00, 午後12時 and 12 PM are 12. Null when no such hour exists. */
function hourOfDay(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour;
  if (hour > 12) return null;
  const afternoon = half === '午後' || half.startsWith('p');
  return (hour % 12) + (afternoon ? 12 : 0);
}

/** Minutes east of UTC; null when none is stated, undefined when what is stated is no offset. */
function offsetMinutes(text: string | undefined): number | null | undefined {
  if (text === undefined) return null;
  if (text === 'z' || text === 'utc' || text === 'gmt') return 0;
  if (text === 'jst') return 540;
  const match = /(?<sign>[+-])(?<h>\d{1,2}):?(?<m>\d{2})?$/u.exec(text);
  const hours = Number(match?.groups?.['h']);
  const minutes = Number(match?.groups?.['m'] ?? 0);
  const total = hours * 60 + minutes;
  if (!(total <= 840) || minutes > 59) return undefined;
  return match?.groups?.['sign'] === '-' ? 0 - total : total;
}
