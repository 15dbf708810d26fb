import type { Level } from '../domain/evidence.ts';
import type { Precision } from '../domain/moment.ts';
import { findLevel } from './level.ts';
import type { HeadFields, LevelReader, LineHead, StampForm, StampStep } from './line-head.ts';

export interface StampOptions {
  /** Name shown to the analyst; the pattern when left out. */
  readonly name?: string;
  /** Default: a level word near the stamp. One level: that of every line. */
  readonly level?: LevelReader | Level;
  /** Literals of two to 255 bytes, as {@link level} looks for them: only lines that hold one need to be shown to it. */
  readonly levelMarks?: readonly string[];
  /** The offset of every stamp of this form when the form itself says so (`Z` is read from the pattern). */
  readonly offset?: number;
  /** The stamp may start later in the line: how many bytes in at most. Default 0. */
  readonly within?: number;
  /** An ASCII character that has to stand behind the stamp, which is no part of it. */
  readonly followedBy?: string;
  /** What the times are worth when it is less than what is written (a log whose clock loses digits). */
  readonly precision?: Precision;
}

/** Kinds of steps, as numbers: reading a stamp is the hottest loop of all. */
const LITERAL = 0;
const DIGITS = 1;
const FRACTION = 2;
const OFFSET = 3;
const MONTH = 4;
const BLANKS = 5;
const WEEKDAY = 6;
const HALF = 7;
const EPOCH = 8;

/** Places in the readings of a stamp. */
const YEAR = 0;
const MONTH_FIELD = 1;
const DAY = 2;
const HOUR = 3;
const MINUTE = 4;
const SECOND = 5;
const MILLISECOND = 6;
/** 0 none, 1 AM, 2 PM. */
const HALF_FIELD = 7;

function step(kind: number, value = 0, least = 0, most = 0): StampStep {
  return { kind, value, least, most };
}

const tokens: readonly (readonly [string, StampStep])[] = [
  ['YYYY', step(DIGITS, YEAR, 4, 4)],
  ['MMM', step(MONTH)],
  ['MM', step(DIGITS, MONTH_FIELD, 2, 2)],
  ['M', step(DIGITS, MONTH_FIELD, 1, 2)],
  ['DD', step(DIGITS, DAY, 2, 2)],
  ['D', step(DIGITS, DAY, 1, 2)],
  ['HH', step(DIGITS, HOUR, 2, 2)],
  ['H', step(DIGITS, HOUR, 1, 2)],
  ['mm', step(DIGITS, MINUTE, 2, 2)],
  ['ss', step(DIGITS, SECOND, 2, 2)],
  ['fff', step(FRACTION)],
  ['zz', step(OFFSET)],
  ['AA', step(HALF)],
  ['EEE', step(WEEKDAY)],
  ['UUUU', step(EPOCH)],
  ['~', step(BLANKS)],
];

/**
 * Makes a head out of a stamp pattern, e.g. `[YYYY-MM-DD.HH:mm:ss]`.
 *
 * Fields: `YYYY` `MM`/`M` `MMM` (English month) `DD`/`D` `HH`/`H` `mm` `ss` `fff` (1-9 fraction digits)
 * `zz` (`Z`, `±hhmm`, `±hh:mm`) `AA` (AM/PM) `EEE` (English weekday) `UUUU` (epoch seconds, fraction
 * allowed) `~` (one or more blanks or tabs). `'text'` is literal, everything else stands for itself.
 * Impossible dates do not match.
 */
export function stampHead(pattern: string, options: StampOptions = {}): LineHead {
  const steps = compile(pattern);
  const level = levelReader(options.level);
  const within = options.within ?? 0;
  const fixedOffset = options.offset ?? Number.NaN;
  const precision = options.precision ?? precisionOf(steps);
  const hasYear = steps.some(({ kind, value }) => kind === EPOCH || (kind === DIGITS && value === YEAR));
  const scratch: Readings = { fields: new Int32Array(8), offset: Number.NaN, epoch: Number.NaN };
  const { fields } = scratch;
  const days = new DayCache();
  const form: StampForm = {
    steps,
    shared: sharedPrefix(steps),
    hasYear,
    offset: fixedOffset,
    within,
    followedBy: options.followedBy?.charCodeAt(0) ?? 0,
    level: options.level ?? 'words',
    levelMarks: options.levelMarks ?? null,
  };
  // Lines of one minute start alike: up to the minute the bytes are compared, not read.
  const { shared } = form;
  const rest = shared === null ? steps : steps.slice(shared.steps);
  const known = new Uint8Array(shared?.bytes ?? 0);
  let knownMinute = Number.NaN;
  const firsts = firstBytes(steps);
  // The stamp read last: where it comes again, with the two bytes that reading it may look at behind, it says the same.
  const last = new Uint8Array(longestRemembered);
  let lastBytes = 0;
  let lastLocal = Number.NaN;
  let lastOffset = Number.NaN;

  /** @returns the position behind the stamp, or -1; its time stands in `out` */
  function readRest(bytes: Uint8Array, start: number, end: number, out: HeadFields): number {
    scratch.offset = fixedOffset;
    fields[SECOND] = 0;
    fields[MILLISECOND] = 0;
    const at = runSteps(rest, bytes, start + known.length, end, scratch);
    const second = fields[SECOND];
    if (at === -1 || second > 60) return -1;
    out.local = knownMinute + second * 1000 + fields[MILLISECOND];
    out.offset = scratch.offset;
    return at;
  }

  /** The same without anything known. */
  function readWhole(bytes: Uint8Array, start: number, end: number, out: HeadFields): number {
    scratch.offset = fixedOffset;
    scratch.epoch = Number.NaN;
    for (let place = 0; place <= HALF_FIELD; place += 1) fields[place] = 0;
    if (!hasYear) fields[YEAR] = assumedYear;
    const at = runSteps(steps, bytes, start, end, scratch);
    if (at === -1) return -1;
    if (!Number.isNaN(scratch.epoch)) {
      out.local = scratch.epoch;
      out.offset = 0;
      return at;
    }
    let hour = fields[HOUR] ?? 0;
    const half = fields[HALF_FIELD];
    if (half !== 0) {
      if (hour < 1 || hour > 12) return -1;
      hour = (hour % 12) + (half === 2 ? 12 : 0);
    }
    const minute = fields[MINUTE] ?? 0;
    const second = fields[SECOND] ?? 0;
    if (hour > 23 || minute > 59 || second > 60) return -1;
    const day = days.of(fields[YEAR] ?? 0, fields[MONTH_FIELD] ?? 0, fields[DAY] ?? 0);
    if (Number.isNaN(day)) return -1;
    out.local = day + hour * 3_600_000 + minute * 60_000 + second * 1000 + (fields[MILLISECOND] ?? 0);
    out.offset = scratch.offset;
    if (shared !== null) {
      knownMinute = out.local - second * 1000 - (fields[MILLISECOND] ?? 0);
      for (let place = 0; place < known.length; place += 1) known[place] = bytes[start + place] as number;
    }
    return at;
  }

  function readAt(
    bytes: Uint8Array,
    start: number,
    end: number,
    out: HeadFields,
    lineStart: number,
  ): boolean {
    let at: number;
    if (lastBytes > 0 && startsWith(bytes, start, end, last, lastBytes)) {
      at = start + lastBytes - behindStamp;
      out.local = lastLocal;
      out.offset = lastOffset;
    } else {
      at =
        !Number.isNaN(knownMinute) && startsWith(bytes, start, end, known, known.length)
          ? readRest(bytes, start, end, out)
          : readWhole(bytes, start, end, out);
      if (at === -1 || (form.followedBy !== 0 && (at >= end || bytes[at] !== form.followedBy))) return false;
      const length = at - start + behindStamp;
      lastBytes = length <= longestRemembered && start + length <= end ? length : 0;
      for (let place = 0; place < lastBytes; place += 1) last[place] = bytes[start + place] as number;
      lastLocal = out.local;
      lastOffset = out.offset;
    }
    out.precision = precision;
    out.body = at - lineStart;
    out.level = level(bytes, at, end);
    return true;
  }

  return {
    name: options.name ?? pattern,
    yearless: !hasYear,
    ...(within === 0 ? { firsts } : {}),
    form,
    read(bytes, start, end, out) {
      if (within === 0) {
        return start < end && firsts[bytes[start] as number] === 1 && readAt(bytes, start, end, out, start);
      }
      const latest = Math.min(end - 1, start + within);
      for (let at = start; at <= latest; at += 1) {
        if (firsts[bytes[at] as number] !== 1) continue;
        if (at > start && isWordByte(bytes[at - 1] ?? 0) && isWordByte(bytes[at] ?? 0)) continue;
        if (readAt(bytes, at, end, out, start)) {
          // A level word may stand before the stamp.
          if (out.level === 'none' && at > start) out.level = level(bytes, start, at);
          return true;
        }
      }
      return false;
    },
  };
}

function levelReader(level: LevelReader | Level | undefined): LevelReader {
  return level === undefined ? findLevel : typeof level === 'function' ? level : () => level;
}

/** The steps up to the minute, when they have a fixed width and nothing before the seconds is left to chance. */
function sharedPrefix(
  steps: readonly StampStep[],
): { readonly steps: number; readonly bytes: number } | null {
  let bytes = 0;
  for (const [index, { kind, value, least, most }] of steps.entries()) {
    if (kind === LITERAL) bytes += 1;
    else if (kind === MONTH) bytes += 3;
    else if (kind === DIGITS && least === most) bytes += least;
    else return null;
    if (kind === DIGITS && value === MINUTE) {
      return steps.some((later) => later.kind === HALF) ? null : { steps: index + 1, bytes };
    }
  }
  return null;
}

/** A stamp of at most so many bytes is remembered, with those behind it. */
const longestRemembered = 64;
/** So far behind its end reading a stamp looks at most: whether the minutes of an offset or a fraction follow. */
const behindStamp = 2;

/** By byte: whether a stamp can start with it. */
function firstBytes([first]: readonly StampStep[]): Uint8Array {
  switch (first?.kind) {
    case LITERAL: {
      const { value } = first;
      return bytesWhere((byte) => byte === value);
    }
    case DIGITS:
    case EPOCH:
      return digitBytes;
    case MONTH:
    case WEEKDAY:
      return letterBytes;
    default:
      return anyBytes;
  }
}

function bytesWhere(test: (byte: number) => boolean): Uint8Array {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte += 1) if (test(byte)) table[byte] = 1;
  return table;
}

const digitBytes = bytesWhere((byte) => byte >= 0x30 && byte <= 0x39);
const letterBytes = bytesWhere(isLetter);
const anyBytes = bytesWhere(() => true);

function startsWith(
  bytes: Uint8Array,
  start: number,
  end: number,
  prefix: Uint8Array,
  length: number,
): boolean {
  if (start + length > end) return false;
  // From its end: what differs from line to line stands there.
  for (let at = length - 1; at >= 0; at -= 1) if (bytes[start + at] !== prefix[at]) return false;
  return true;
}

/** The year of stamps without one until the file tells better: a leap year, so that 29 February is a date. */
export const assumedYear = 1972;

/** What a stamp says, in parts; one object is reused for all lines. */
interface Readings {
  readonly fields: Int32Array;
  /** Minutes east of UTC; NaN when not stated. */
  offset: number;
  /** Milliseconds of an epoch stamp; NaN for others. */
  epoch: number;
}

function compile(pattern: string): readonly StampStep[] {
  const steps: StampStep[] = [];
  let at = 0;
  while (at < pattern.length) {
    if (pattern[at] === "'") {
      const end = pattern.indexOf("'", at + 1);
      for (const byte of Buffer.from(pattern.slice(at + 1, end), 'utf8')) steps.push(step(LITERAL, byte));
      at = end + 1;
      continue;
    }
    const token = tokens.find(([text]) => pattern.startsWith(text, at));
    if (token !== undefined) {
      steps.push(token[1]);
      at += token[0].length;
      continue;
    }
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    for (const byte of Buffer.from(character, 'utf8')) steps.push(step(LITERAL, byte));
    at += character.length;
  }
  return steps;
}

function precisionOf(steps: readonly StampStep[]): Precision {
  const reads = (place: number): boolean =>
    steps.some(({ kind, value }) => kind === DIGITS && value === place);
  if (steps.some(({ kind }) => kind === FRACTION || kind === EPOCH)) return 'millisecond';
  if (reads(SECOND)) return 'second';
  return reads(HOUR) ? 'minute' : 'day';
}

/** @returns the position behind the stamp, or -1 */
function runSteps(
  steps: readonly StampStep[],
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Readings,
): number {
  const { fields } = out;
  let at = start;
  for (let index = 0; index < steps.length; index += 1) {
    const current = steps[index] as StampStep;
    switch (current.kind) {
      case LITERAL:
        if (at >= end || bytes[at] !== current.value) return -1;
        at += 1;
        break;
      case DIGITS: {
        let value = 0;
        const from = at;
        const limit = from + current.most < end ? from + current.most : end;
        while (at < limit) {
          const digit = (bytes[at] as number) - 0x30;
          if (digit < 0 || digit > 9) break;
          value = value * 10 + digit;
          at += 1;
        }
        if (at - from < current.least) return -1;
        fields[current.value] = value;
        break;
      }
      case FRACTION:
        at = readFraction(bytes, at, end, fields);
        break;
      case OFFSET:
        at = readOffset(bytes, at, end, out);
        break;
      case MONTH: {
        const month = monthOf(bytes, at, end);
        fields[MONTH_FIELD] = month;
        at = month === 0 ? -1 : at + 3;
        break;
      }
      case WEEKDAY:
        at = readWeekday(bytes, at, end);
        break;
      case HALF:
        at = readHalf(bytes, at, end, fields);
        break;
      case BLANKS: {
        const from = at;
        while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at += 1;
        if (at === from) return -1;
        break;
      }
      case EPOCH:
        at = readEpoch(bytes, at, end, out);
        break;
      default:
        return -1;
    }
    if (at === -1) return -1;
  }
  return at;
}

/** 1-9 digits behind the point; what is finer than a millisecond is read and dropped. */
function readFraction(bytes: Uint8Array, from: number, end: number, fields: Int32Array): number {
  let at = from;
  let value = 0;
  let digits = 0;
  while (at < end && digits < 9) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    if (digits < 3) value = value * 10 + digit;
    digits += 1;
    at += 1;
  }
  if (digits === 0) return -1;
  fields[MILLISECOND] = digits === 1 ? value * 100 : digits === 2 ? value * 10 : value;
  return at;
}

function readWeekday(bytes: Uint8Array, from: number, end: number): number {
  if (from + 3 > end) return -1;
  for (let at = from; at < from + 3; at += 1) if (!isLetter(bytes[at] ?? 0)) return -1;
  return from + 3;
}

function readHalf(bytes: Uint8Array, at: number, end: number, fields: Int32Array): number {
  const first = (bytes[at] ?? 0) | 0x20;
  if (at + 1 >= end || ((bytes[at + 1] ?? 0) | 0x20) !== 0x6d) return -1;
  if (first !== 0x61 && first !== 0x70) return -1;
  fields[HALF_FIELD] = first === 0x61 ? 1 : 2;
  return at + 2;
}

/** Ten digits are seconds from 2001 to 2286, with or without a fraction; thirteen are milliseconds. */
function readEpoch(bytes: Uint8Array, from: number, end: number, out: Readings): number {
  let at = from;
  let value = 0;
  while (at < end && at - from < 14) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    at += 1;
  }
  if (at - from === 13) {
    out.epoch = value;
    return at;
  }
  if (at - from !== 10) return -1;
  out.epoch = value * 1000;
  if (bytes[at] !== 0x2e) return at;
  const after = readFraction(bytes, at + 1, end, out.fields);
  if (after === -1) return at;
  out.epoch += out.fields[MILLISECOND] ?? 0;
  return after;
}

function readOffset(bytes: Uint8Array, from: number, end: number, out: Readings): number {
  let at = from;
  const sign = bytes[at];
  if (at >= end) return -1;
  if (sign === 0x5a || sign === 0x7a) {
    out.offset = 0;
    return at + 1;
  }
  if (sign !== 0x2b && sign !== 0x2d) return -1;
  at += 1;
  const hours = twoDigits(bytes, at, end);
  if (hours === -1) return -1;
  at += 2;
  if (bytes[at] === 0x3a) at += 1;
  let minutes = twoDigits(bytes, at, end);
  if (minutes === -1) minutes = 0;
  else at += 2;
  if (hours > 14 || minutes > 59) return -1;
  out.offset = (sign === 0x2d ? -1 : 1) * (hours * 60 + minutes);
  return at;
}

function twoDigits(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return -1;
  const high = (bytes[at] ?? 0) - 0x30;
  const low = (bytes[at + 1] ?? 0) - 0x30;
  return high < 0 || high > 9 || low < 0 || low > 9 ? -1 : high * 10 + low;
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthByLetters = new Map(
  monthNames.map((name, index) => [packLetters(Buffer.from(name, 'latin1'), 0), index + 1]),
);

function packLetters(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) | 0x20) << 16) | (((bytes[at + 1] ?? 0) | 0x20) << 8) | ((bytes[at + 2] ?? 0) | 0x20)
  );
}

function monthOf(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 < end ? (monthByLetters.get(packLetters(bytes, at)) ?? 0) : 0;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isWordByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || isLetter(byte);
}

/** Milliseconds of the start of a day; lines of a log share their day with the line before. */
class DayCache {
  #year = -1;
  #month = -1;
  #day = -1;
  #value = Number.NaN;

  of(year: number, month: number, day: number): number {
    if (day === this.#day && month === this.#month && year === this.#year) return this.#value;
    const value = Date.UTC(year, month - 1, day);
    const date = new Date(value);
    const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1000;
    this.#year = year;
    this.#month = month;
    this.#day = day;
    this.#value = exists ? value : Number.NaN;
    return this.#value;
  }
}
