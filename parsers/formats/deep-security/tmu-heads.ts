import type { Level } from '../../domain/evidence.ts';
import type { HeadFields, LineHead } from '../../text/line-head.ts';
import { stampHead } from '../../text/stamp.ts';

/** Level words of TmuDump.txt by their bytes; the old dialect (AU 2) writes them in full with a colon. */
const shortLevels: readonly (readonly [word: string, level: Level])[] = [
  ['Inf ', 'info'],
  ['Err ', 'error'],
  ['Wrn ', 'warning'],
  ['Dbg ', 'debug'],
];
const longLevels: readonly (readonly [word: string, level: Level])[] = [
  ['Info: ', 'info'],
  ['Information: ', 'info'],
  ['Error: ', 'error'],
  ['Warning: ', 'warning'],
  ['Debug: ', 'debug'],
];

/** `20250323 12:08:4` and `2024-12-10 23:02:3`: everything up to the seconds, which are read apart. */
const compactDate = stampHead('YYYYMMDD~H:mm:', { level: 'none' });
const dashedDate = stampHead('YYYY-MM-DD~H:mm:', { level: 'none' });
const oldDate = stampHead('EEE~MMM~D~H:mm:ss~YYYY', { level: 'none' });

/**
 * The heads of the four dialects. A single digit of seconds is the first of two, the other one is lost
 * (`23:02:3` is 23:02:30 to 23:02:39): the reading is exact to ten seconds. A lost digit cannot be one of
 * 6 to 9; then no more than the minute is known.
 */
export const tmuHeads: readonly LineHead[] = [
  shortHead('tmudump-compact', compactDate),
  shortHead('tmudump-dashed', dashedDate),
  longHead('tmudump-au2'),
  damagedHead(),
];

function shortHead(name: string, stamp: LineHead): LineHead {
  return {
    name,
    yearless: false,
    read(bytes, start, end, out) {
      const level = levelAt(bytes, start, end, shortLevels);
      if (level === null || !stamp.read(bytes, start + level.length, end, out)) return false;
      const at = start + level.length + out.body;
      const seconds = readSeconds(bytes, at, end);
      if (seconds === null) return false;
      out.local += seconds.milliseconds;
      out.precision = seconds.precision;
      out.level = level.level;
      out.body = at + seconds.digits - start;
      return true;
    },
  };
}

function longHead(name: string): LineHead {
  return {
    name,
    yearless: false,
    read(bytes, start, end, out) {
      const level = levelAt(bytes, start, end, longLevels);
      if (level === null || !oldDate.read(bytes, start + level.length, end, out)) return false;
      out.level = level.level;
      out.body += level.length;
      return true;
    },
  };
}

/** A line that starts like a record, with a stamp that no clock shows: it stands on its own, without a time. */
function damagedHead(): LineHead {
  return {
    name: 'tmudump-damaged',
    yearless: false,
    read(bytes, start, end, out) {
      const level = levelAt(bytes, start, end, shortLevels);
      if (level === null) return false;
      for (let at = start + level.length; at < start + level.length + 4; at += 1)
        if (!isDigit(bytes[at])) return false;
      out.local = Number.NaN;
      out.offset = Number.NaN;
      out.precision = 'second';
      out.level = level.level;
      out.body = level.length;
      return true;
    },
  };
}

function readSeconds(
  bytes: Uint8Array,
  at: number,
  end: number,
): {
  readonly milliseconds: number;
  readonly precision: HeadFields['precision'];
  readonly digits: number;
} | null {
  const first = (bytes[at] ?? 0) - 0x30;
  if (at >= end || first < 0 || first > 9) return null;
  if (at + 1 < end && isDigit(bytes[at + 1])) {
    const value = first * 10 + (bytes[at + 1] ?? 0) - 0x30;
    return value > 59 ? null : { milliseconds: value * 1000, precision: 'second', digits: 2 };
  }
  return first > 5
    ? { milliseconds: 0, precision: 'minute', digits: 1 }
    : { milliseconds: first * 10_000, precision: 'ten-seconds', digits: 1 };
}

function levelAt(
  bytes: Uint8Array,
  start: number,
  end: number,
  words: readonly (readonly [word: string, level: Level])[],
): { readonly level: Level; readonly length: number } | null {
  for (const [word, level] of words) {
    if (end - start < word.length) continue;
    let same = 0;
    while (same < word.length && bytes[start + same] === word.charCodeAt(same)) same += 1;
    if (same === word.length) return { level, length: word.length };
  }
  return null;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
