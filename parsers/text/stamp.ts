import type { Level } from '../domain/evidence.ts';
import type { Precision } from '../domain/moment.ts';
import { findLevel } from './level.ts';
import type { HeadFields, LineHead } from './line-head.ts';

/** How the level of a line is found once its stamp has been read. */
export type LevelReader = (bytes: Uint8Array, from: number, end: number) => Level;

export interface StampOptions {
  /** Name shown to the analyst; the pattern when left out. */
  readonly name?: string;
  /** Default: a level word near the stamp. */
  readonly level?: LevelReader;
  /** The offset of every stamp of this form when the form itself says so (`Z` is read from the pattern). */
  readonly offset?: number;
  /** The stamp may start later in the line: how many bytes in at most. Default 0. */
  readonly within?: number;
  /** What the times are worth when it is less than what is written (a log whose clock loses digits). */
  readonly precision?: Precision;
}

type Step =
  | { readonly kind: 'literal'; readonly byte: number }
  | { readonly kind: 'digits'; readonly field: Field; readonly least: number; readonly most: number }
  | { readonly kind: 'fraction' }
  | { readonly kind: 'offset' }
  | { readonly kind: 'month' }
  | { readonly kind: 'blanks' }
  | { readonly kind: 'weekday' }
  | { readonly kind: 'half' }
  | { readonly kind: 'epoch' };

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

const tokens: readonly (readonly [string, Step])[] = [
  ['YYYY', { kind: 'digits', field: 'year', least: 4, most: 4 }],
  ['MMM', { kind: 'month' }],
  ['MM', { kind: 'digits', field: 'month', least: 2, most: 2 }],
  ['M', { kind: 'digits', field: 'month', least: 1, most: 2 }],
  ['DD', { kind: 'digits', field: 'day', least: 2, most: 2 }],
  ['D', { kind: 'digits', field: 'day', least: 1, most: 2 }],
  ['HH', { kind: 'digits', field: 'hour', least: 2, most: 2 }],
  ['H', { kind: 'digits', field: 'hour', least: 1, most: 2 }],
  ['mm', { kind: 'digits', field: 'minute', least: 2, most: 2 }],
  ['ss', { kind: 'digits', field: 'second', least: 2, most: 2 }],
  ['fff', { kind: 'fraction' }],
  ['zz', { kind: 'offset' }],
  ['AA', { kind: 'half' }],
  ['EEE', { kind: 'weekday' }],
  ['UUUU', { kind: 'epoch' }],
  ['~', { kind: 'blanks' }],
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
  const level = options.level ?? findLevel;
  const within = options.within ?? 0;
  const fixedOffset = options.offset ?? Number.NaN;
  const precision = options.precision ?? precisionOf(steps);
  const hasYear = steps.some((step) => step.kind === 'epoch' || (step.kind === 'digits' && step.field === 'year'));
  const scratch: Fields = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0, offset: 0, half: 0, epoch: Number.NaN };
  const days = new DayCache();

  function readAt(bytes: Uint8Array, start: number, end: number, out: HeadFields, lineStart: number): boolean {
    scratch.offset = fixedOffset;
    scratch.millisecond = 0;
    scratch.half = 0;
    scratch.second = 0;
    scratch.minute = 0;
    scratch.hour = 0;
    scratch.epoch = Number.NaN;
    if (!hasYear) scratch.year = assumedYear;
    const at = runSteps(steps, bytes, start, end, scratch);
    if (at === -1) return false;
    if (Number.isNaN(scratch.epoch)) {
      let hour = scratch.hour;
      if (scratch.half !== 0) {
        if (hour < 1 || hour > 12) return false;
        hour = (hour % 12) + (scratch.half === 2 ? 12 : 0);
      }
      if (hour > 23 || scratch.minute > 59 || scratch.second > 60) return false;
      const day = days.of(scratch.year, scratch.month, scratch.day);
      if (Number.isNaN(day)) return false;
      out.local = day + hour * 3_600_000 + scratch.minute * 60_000 + scratch.second * 1000 + scratch.millisecond;
      out.offset = scratch.offset;
    } else {
      out.local = scratch.epoch;
      out.offset = 0;
    }
    out.precision = precision;
    out.body = at - lineStart;
    out.level = level(bytes, at, end);
    return true;
  }

  return {
    name: options.name ?? pattern,
    yearless: !hasYear,
    read(bytes, start, end, out) {
      if (within === 0) return readAt(bytes, start, end, out, start);
      const last = Math.min(end - 1, start + within);
      for (let at = start; at <= last; at += 1) {
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

/** The year of stamps without one until the file tells better: a leap year, so that 29 February is a date. */
export const assumedYear = 1972;

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  offset: number;
  half: number;
  epoch: number;
}

function compile(pattern: string): readonly Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < pattern.length) {
    if (pattern[at] === "'") {
      const end = pattern.indexOf("'", at + 1);
      for (const byte of Buffer.from(pattern.slice(at + 1, end), 'utf8')) steps.push({ kind: 'literal', byte });
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
    for (const byte of Buffer.from(character, 'utf8')) steps.push({ kind: 'literal', byte });
    at += character.length;
  }
  return steps;
}

function precisionOf(steps: readonly Step[]): Precision {
  if (steps.some((step) => step.kind === 'fraction' || step.kind === 'epoch')) return 'millisecond';
  if (steps.some((step) => step.kind === 'digits' && step.field === 'second')) return 'second';
  return steps.some((step) => step.kind === 'digits' && step.field === 'hour') ? 'minute' : 'day';
}

/** @returns the position behind the stamp, or -1 */
function runSteps(steps: readonly Step[], bytes: Uint8Array, start: number, end: number, out: Fields): number {
  let at = start;
  for (const step of steps) {
    switch (step.kind) {
      case 'literal':
        if (at >= end || bytes[at] !== step.byte) return -1;
        at += 1;
        break;
      case 'digits': {
        let value = 0;
        let count = 0;
        while (count < step.most && at < end) {
          const digit = (bytes[at] ?? 0) - 0x30;
          if (digit < 0 || digit > 9) break;
          value = value * 10 + digit;
          count += 1;
          at += 1;
        }
        if (count < step.least) return -1;
        out[step.field] = value;
        break;
      }
      case 'fraction': {
        let value = 0;
        let scale = 100;
        const from = at;
        while (at < end && at - from < 9) {
          const digit = (bytes[at] ?? 0) - 0x30;
          if (digit < 0 || digit > 9) break;
          value += Math.trunc(digit * scale);
          scale = scale >= 1 ? scale / 10 : 0;
          at += 1;
        }
        if (at === from) return -1;
        out.millisecond = value;
        break;
      }
      case 'offset':
        at = readOffset(bytes, at, end, out);
        if (at === -1) return -1;
        break;
      case 'month': {
        const month = monthOf(bytes, at, end);
        if (month === 0) return -1;
        out.month = month;
        at += 3;
        break;
      }
      case 'weekday':
        for (let letters = 0; letters < 3; letters += 1, at += 1) {
          const lower = (bytes[at] ?? 0) | 0x20;
          if (at >= end || lower < 0x61 || lower > 0x7a) return -1;
        }
        break;
      case 'half': {
        const first = (bytes[at] ?? 0) | 0x20;
        if (at + 1 >= end || ((bytes[at + 1] ?? 0) | 0x20) !== 0x6d) return -1;
        if (first !== 0x61 && first !== 0x70) return -1;
        out.half = first === 0x61 ? 1 : 2;
        at += 2;
        break;
      }
      case 'blanks': {
        const from = at;
        while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at += 1;
        if (at === from) return -1;
        break;
      }
      case 'epoch': {
        const from = at;
        let value = 0;
        while (at < end && at - from < 13) {
          const digit = (bytes[at] ?? 0) - 0x30;
          if (digit < 0 || digit > 9) break;
          value = value * 10 + digit;
          at += 1;
        }
        const digits = at - from;
        // Ten digits are seconds from 2001 to 2286, thirteen are milliseconds.
        if (digits === 13) {
          out.epoch = value;
        } else if (digits === 10) {
          out.epoch = value * 1000;
          if (bytes[at] === 0x2e) {
            const before = at;
            out.millisecond = 0;
            const after = runSteps(fractionOnly, bytes, at + 1, end, out);
            at = after === -1 ? before : after;
            out.epoch += after === -1 ? 0 : out.millisecond;
          }
        } else {
          return -1;
        }
        if (at < end && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) return -1;
        break;
      }
    }
  }
  return at;
}

const fractionOnly: readonly Step[] = [{ kind: 'fraction' }];

function readOffset(bytes: Uint8Array, from: number, end: number, out: Fields): number {
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
const monthByLetters = new Map(monthNames.map((name, index) => [packLetters(Buffer.from(name, 'latin1'), 0), index + 1]));

function packLetters(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) | 0x20) << 16) | (((bytes[at + 1] ?? 0) | 0x20) << 8) | ((bytes[at + 2] ?? 0) | 0x20);
}

function monthOf(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 < end ? (monthByLetters.get(packLetters(bytes, at)) ?? 0) : 0;
}

function isWordByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
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
