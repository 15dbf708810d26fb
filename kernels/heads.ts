/*
 * Reads the stamps and levels at the heads of many lines at once: the same language of stamps as
 * parsers/text/stamp.ts, and the level words of parsers/text/level.ts. See parsers/text/stamped-lines.ts, which lays
 * out the memory and says what stands in it.
 */

/** Kinds of steps. */
const LITERAL: u32 = 0;
const DIGITS: u32 = 1;
const FRACTION: u32 = 2;
const OFFSET: u32 = 3;
const MONTH: u32 = 4;
const BLANKS: u32 = 5;
const WEEKDAY: u32 = 6;
const HALF: u32 = 7;
const EPOCH: u32 = 8;

/** No offset is stated. */
const noOffset: i32 = 32767;

/** Levels by their codes; behind the last: the level word near the stamp, and one that somebody else looks for. */
const ofWords: u32 = 7;
const ofOthers: u32 = 8;
const unknownLevel: u32 = 255;
/** So far behind the stamp a level word is looked for. */
const reach: usize = 64;

/** Bytes of a head; what stands where in it. */
const headBytes: usize = 128;
const stepsAt: usize = 0;
const stepCount: usize = 4;
/** The first step behind the minute, and the bytes up to there; 0 where lines of one minute do not start alike. */
const restStep: usize = 8;
const prefixBytes: usize = 12;
const yearOf: usize = 16;
const fixedOffset: usize = 20;
const within: usize = 24;
const levelMode: usize = 28;
/** Milliseconds of the minute that was read last; NaN before. */
const knownMinute: usize = 32;
/** The byte that has to stand behind the stamp; 0 where any may. */
const followedBy: usize = 40;
/** Bytes of the minute that was read last, and which of them count. */
const known: usize = 64;
const knownMask: usize = 96;

/** Readings of one stamp, by their places: year, month, day, hour, minute, second, millisecond, half of the day. */
const fields: usize = 64;
const YEAR: usize = 0;
const MONTH_FIELD: usize = 4;
const DAY: usize = 8;
const HOUR: usize = 12;
const MINUTE: usize = 16;
const SECOND: usize = 20;
const MILLISECOND: usize = 24;
const HALF_FIELD: usize = 28;

let base: usize = 0;
let offset: i32 = noOffset;
let epoch: i64 = -1;
/** The day that was read last. */
let dayYear: i32 = -1;
let dayMonth: i32 = -1;
let dayOfMonth: i32 = -1;
let dayValue: i64 = -1;
const noDay: i64 = i64.MIN_VALUE;

/** Where the level words stand: by first letter less `a` the first of them (and behind the last letter the end), then the words. */
let words: usize = 0;
const wordBytes: usize = 40;
const wordsStart: usize = 128;

function isLetter(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26;
}

function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

/** @returns behind the stamp, or 0 */
function runSteps(step: usize, stop: usize, start: usize, end: usize): usize {
  let at = start;
  for (; step < stop; step += 4) {
    const kind = <u32>load<u8>(step);
    switch (kind) {
      case LITERAL:
        if (at >= end || load<u8>(at) != load<u8>(step, 1)) return 0;
        at++;
        break;
      case DIGITS: {
        let value: u32 = 0;
        const from = at;
        const limit = min(from + <usize>load<u8>(step, 3), end);
        while (at < limit) {
          const digit = <u32>load<u8>(at) - 0x30;
          if (digit > 9) break;
          value = value * 10 + digit;
          at++;
        }
        if (at - from < <usize>load<u8>(step, 2)) return 0;
        store<u32>(base + fields + ((<usize>load<u8>(step, 1)) << 2), value);
        break;
      }
      case FRACTION:
        at = readFraction(at, end);
        break;
      case OFFSET:
        at = readOffset(at, end);
        break;
      case MONTH: {
        const month = at + 2 < end ? monthOf(at) : 0;
        store<u32>(base + fields, month, MONTH_FIELD);
        at = month == 0 ? 0 : at + 3;
        break;
      }
      case WEEKDAY:
        if (
          at + 3 > end ||
          !isLetter(load<u8>(at)) ||
          !isLetter(load<u8>(at, 1)) ||
          !isLetter(load<u8>(at, 2))
        )
          return 0;
        at += 3;
        break;
      case HALF:
        at = readHalf(at, end);
        break;
      case BLANKS: {
        const from = at;
        while (at < end && (load<u8>(at) == 0x20 || load<u8>(at) == 0x09)) at++;
        if (at == from) return 0;
        break;
      }
      case EPOCH:
        at = readEpoch(at, end);
        break;
      default:
        return 0;
    }
    if (at == 0) return 0;
  }
  return at;
}

function readFraction(from: usize, end: usize): usize {
  let at = from;
  let value: u32 = 0;
  let digits: u32 = 0;
  while (at < end && digits < 9) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9) break;
    if (digits < 3) value = value * 10 + digit;
    digits++;
    at++;
  }
  if (digits == 0) return 0;
  store<u32>(base + fields, digits == 1 ? value * 100 : digits == 2 ? value * 10 : value, MILLISECOND);
  return at;
}

function readOffset(from: usize, end: usize): usize {
  let at = from;
  if (at >= end) return 0;
  const sign = load<u8>(at);
  if (sign == 0x5a || sign == 0x7a) {
    offset = 0;
    return at + 1;
  }
  if (sign != 0x2b && sign != 0x2d) return 0;
  at++;
  const hours = twoDigits(at, end);
  if (hours < 0) return 0;
  at += 2;
  if (load<u8>(at) == 0x3a) at++;
  let minutes = twoDigits(at, end);
  if (minutes < 0) minutes = 0;
  else at += 2;
  if (hours > 14 || minutes > 59) return 0;
  const value = hours * 60 + minutes;
  offset = sign == 0x2d ? -value : value;
  return at;
}

function twoDigits(at: usize, end: usize): i32 {
  if (at + 1 >= end) return -1;
  const high = <u32>load<u8>(at) - 0x30;
  const low = <u32>load<u8>(at, 1) - 0x30;
  return high > 9 || low > 9 ? -1 : <i32>(high * 10 + low);
}

function readHalf(at: usize, end: usize): usize {
  if (at + 1 >= end || (load<u8>(at, 1) | 0x20) != 0x6d) return 0;
  const first = load<u8>(at) | 0x20;
  if (first != 0x61 && first != 0x70) return 0;
  store<u32>(base + fields, first == 0x61 ? 1 : 2, HALF_FIELD);
  return at + 2;
}

function readEpoch(from: usize, end: usize): usize {
  let at = from;
  let value: i64 = 0;
  while (at < end && at - from < 14) {
    const digit = <u32>load<u8>(at) - 0x30;
    if (digit > 9) break;
    value = value * 10 + <i64>digit;
    at++;
  }
  if (at - from == 13) {
    epoch = value;
    return at;
  }
  if (at - from != 10) return 0;
  epoch = value * 1000;
  if (load<u8>(at) != 0x2e) return at;
  const after = readFraction(at + 1, end);
  if (after == 0) return at;
  epoch += <i64>load<u32>(base + fields, MILLISECOND);
  return after;
}

/** The names' letters in lower case, as they stand in a number of three bytes. */
function monthOf(at: usize): u32 {
  switch ((<u32>load<u16>(at)) | ((<u32>load<u8>(at, 2)) << 16) | 0x202020) {
    case 0x6e616a:
      return 1;
    case 0x626566:
      return 2;
    case 0x72616d:
      return 3;
    case 0x727061:
      return 4;
    case 0x79616d:
      return 5;
    case 0x6e756a:
      return 6;
    case 0x6c756a:
      return 7;
    case 0x677561:
      return 8;
    case 0x706573:
      return 9;
    case 0x74636f:
      return 10;
    case 0x766f6e:
      return 11;
    case 0x636564:
      return 12;
    default:
      return 0;
  }
}

/** Milliseconds of the start of a day in the Gregorian calendar, or {@link noDay}. */
function dayStart(year: i32, month: i32, day: i32): i64 {
  if (day == dayOfMonth && month == dayMonth && year == dayYear) return dayValue;
  dayYear = year;
  dayMonth = month;
  dayOfMonth = day;
  dayValue = noDay;
  if (year < 1000 || month < 1 || month > 12 || day < 1) return noDay;
  const isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const days =
    month == 2 ? (isLeap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  if (day > days) return noDay;
  // Years from March on, so that the odd day comes last.
  const y = month <= 2 ? year - 1 : year;
  const fromMarch = month <= 2 ? month + 9 : month - 3;
  const dayOfYear = (153 * fromMarch + 2) / 5 + day - 1;
  dayValue = (<i64>(365 * y + y / 4 - y / 100 + y / 400 + dayOfYear) - 719468) * 86400000;
  return dayValue;
}

let local: f64 = 0;

/** @returns behind the stamp that starts at `at`, or 0; its time stands in `local` and `offset` */
function readStamp(head: usize, at: usize, end: usize): usize {
  const steps = <usize>load<u32>(head, stepsAt);
  const stop = steps + ((<usize>load<u32>(head, stepCount)) << 2);
  const prefix = <usize>load<u32>(head, prefixBytes);
  offset = load<i32>(head, fixedOffset);
  const minute = load<f64>(head, knownMinute);
  if (minute == minute && at + prefix <= end) {
    const differs = v128.or(
      v128.and(v128.xor(v128.load(at), v128.load(head, known)), v128.load(head, knownMask)),
      v128.and(v128.xor(v128.load(at, 16), v128.load(head, known + 16)), v128.load(head, knownMask + 16)),
    );
    if (!v128.any_true(differs)) {
      store<u32>(base + fields, 0, SECOND);
      store<u32>(base + fields, 0, MILLISECOND);
      const behind = runSteps(steps + ((<usize>load<u32>(head, restStep)) << 2), stop, at + prefix, end);
      const second = load<u32>(base + fields, SECOND);
      if (behind == 0 || second > 60) return 0;
      local = minute + <f64>(second * 1000 + load<u32>(base + fields, MILLISECOND));
      return behind;
    }
  }
  epoch = -1;
  const zero = i8x16.splat(0);
  v128.store(base + fields, zero);
  v128.store(base + fields, zero, 16);
  store<u32>(base + fields, load<u32>(head, yearOf), YEAR);
  const behind = runSteps(steps, stop, at, end);
  if (behind == 0) return 0;
  if (epoch >= 0) {
    local = <f64>epoch;
    offset = 0;
    return behind;
  }
  let hour = load<u32>(base + fields, HOUR);
  const half = load<u32>(base + fields, HALF_FIELD);
  if (half != 0) {
    if (hour < 1 || hour > 12) return 0;
    hour = (hour % 12) + (half == 2 ? 12 : 0);
  }
  const minutes = load<u32>(base + fields, MINUTE);
  const second = load<u32>(base + fields, SECOND);
  if (hour > 23 || minutes > 59 || second > 60) return 0;
  const day = dayStart(
    load<i32>(base + fields, YEAR),
    load<i32>(base + fields, MONTH_FIELD),
    load<i32>(base + fields, DAY),
  );
  if (day == noDay) return 0;
  const minuteStart = <f64>(day + <i64>(hour * 3600000 + minutes * 60000));
  local = minuteStart + <f64>(second * 1000 + load<u32>(base + fields, MILLISECOND));
  if (prefix != 0) {
    store<f64>(head, minuteStart, knownMinute);
    v128.store(head, v128.load(at), known);
    v128.store(head, v128.load(at, 16), known + 16);
  }
  return behind;
}

/** The code of the level word that starts at `at`, or 0. */
function wordAt(at: usize, end: usize, previous: u32): u32 {
  const first = ((<usize>load<u8>(at)) | 0x20) - 0x61;
  let word = words + <usize>load<u32>(words + (first << 2));
  const stop = words + <usize>load<u32>(words + ((first + 1) << 2));
  if (word == stop) return 0;
  const text = v128.or(v128.load(at), i8x16.splat(0x20));
  for (; word < stop; word += wordBytes) {
    const length = <usize>load<u32>(word, 32);
    if (at + length > end) continue;
    if (v128.any_true(v128.and(v128.xor(text, v128.load(word)), v128.load(word, 16)))) continue;
    const next: u32 = at + length < end ? load<u8>(at + length) : 0x20;
    if (isLetter(next) || isDigit(next) || next == 0x5f) continue;
    const isCapital = load<u8>(at) < 0x61;
    const isDelimited =
      previous == 0x5b ||
      previous == 0x7c ||
      previous == 0x3c ||
      previous == 0x09 ||
      next == 0x3a ||
      next == 0x7c;
    if (isCapital || isDelimited) return load<u32>(word, 36);
  }
  return 0;
}

/** The first level word that starts from `from` on, within reach and before `end`. @returns its code, or 0 */
function findLevel(from: usize, end: usize): u32 {
  const stop = min(end, from + reach);
  const a = i8x16.splat(0x61);
  const zero = i8x16.splat(0x30);
  const under = i8x16.splat(0x5f);
  const lower = i8x16.splat(0x20);
  let before: u32 = 0;
  for (let at = from; at < stop; at += 16) {
    const block = v128.load(at);
    const isLetters = i8x16.lt_u(i8x16.sub(v128.or(block, lower), a), i8x16.splat(26));
    const isDigits = i8x16.lt_u(i8x16.sub(block, zero), i8x16.splat(10));
    const letters = <u32>i8x16.bitmask(isLetters);
    const parts = <u32>i8x16.bitmask(v128.or(v128.or(isLetters, isDigits), i8x16.eq(block, under)));
    let starts = letters & ~((parts << 1) | before);
    before = (parts >> 15) & 1;
    while (starts != 0) {
      const place = at + <usize>ctz(starts);
      starts &= starts - 1;
      if (place >= stop) return 0;
      const code = wordAt(place, end, place == from ? 0x20 : load<u8>(place - 1));
      if (code != 0) return code;
    }
  }
  return 0;
}

/** Letters and digits, which no stamp starts among. */
function isWordByte(byte: u32): bool {
  return isLetter(byte) || isDigit(byte);
}

/**
 * Reads the heads of the lines `fromLine` to `toLine` (without it).
 *
 * @param memory of this kernel: the readings at 64, the heads at `headsAt`
 * @param text where the first line of all starts
 * @param ends places of the line feeds relative to `text`, four bytes each
 * @param out by line read: the time (8 bytes), where the stamp starts and ends relative to `text` (4 each), the offset (2),
 * the level's code or 255 (1), and the number of the head from 1, 0 for none (1): each an array of `room` elements
 */
export function readHeads(
  memory: usize,
  headsAt: usize,
  headCount: u32,
  wordsAt: usize,
  text: usize,
  ends: usize,
  fromLine: u32,
  toLine: u32,
  out: usize,
  room: u32,
): void {
  base = memory;
  words = wordsAt;
  const starts = out + ((<usize>room) << 3);
  const bodies = starts + ((<usize>room) << 2);
  const offsets = bodies + ((<usize>room) << 2);
  const levels = offsets + ((<usize>room) << 1);
  const numbers = levels + <usize>room;
  const lastHead = headsAt + <usize>headCount * headBytes;
  let start = fromLine == 0 ? text : text + <usize>load<u32>(ends + ((<usize>fromLine - 1) << 2)) + 1;
  for (let line = fromLine; line < toLine; line++) {
    const next = text + <usize>load<u32>(ends + ((<usize>line) << 2)) + 1;
    let end = next - 1;
    while (end > start && load<u8>(end - 1) == 0x0d) end--;
    const nth = <usize>(line - fromLine);
    const head = findHead(headsAt, lastHead, start, end);
    if (head == 0) {
      store<u8>(numbers + nth, 0);
    } else {
      const mode = load<u32>(head, levelMode);
      let level = mode;
      if (mode == ofWords) {
        level = findLevel(stampEnd, end);
        // A level word may stand before the stamp.
        if (level == 0 && stampStart > start) level = findLevel(start, stampStart);
      } else if (mode == ofOthers) level = unknownLevel;
      store<f64>(out + (nth << 3), local);
      store<u32>(starts + (nth << 2), <u32>(stampStart - text));
      store<u32>(bodies + (nth << 2), <u32>(stampEnd - text));
      store<i16>(offsets + (nth << 1), <i16>offset);
      store<u8>(levels + nth, <u8>level);
      store<u8>(numbers + nth, <u8>((head - headsAt) / headBytes + 1));
    }
    start = next;
  }
}

let stampStart: usize = 0;
let stampEnd: usize = 0;

/** @returns the first of the heads that reads the line, or 0; the stamp lies from `stampStart` to `stampEnd` */
function findHead(heads: usize, lastHead: usize, start: usize, end: usize): usize {
  for (let head = heads; head < lastHead; head += headBytes) {
    const latest = start + <usize>load<u32>(head, within);
    for (let at = start; at <= latest && at < end; at++) {
      if (at > start && isWordByte(load<u8>(at - 1)) && isWordByte(load<u8>(at))) continue;
      const behind = readStamp(head, at, end);
      if (behind == 0) continue;
      const follow = load<u32>(head, followedBy);
      if (follow != 0 && (behind >= end || load<u8>(behind) != follow)) continue;
      stampStart = at;
      stampEnd = behind;
      return head;
    }
  }
  return 0;
}
