import type { Level } from '../domain/evidence.ts';

/** Level words in lower case, at most sixteen bytes each; none is the start of another of its letter that would hide it. */
export const levelWords: readonly (readonly [word: string, level: Level])[] = [
  ['trace', 'trace'],
  ['verbose', 'trace'],
  ['vbs', 'trace'],
  ['debug', 'debug'],
  ['dbg', 'debug'],
  ['information', 'info'],
  ['info', 'info'],
  ['inf', 'info'],
  ['notice', 'info'],
  ['warning', 'warning'],
  ['warn', 'warning'],
  ['wrn', 'warning'],
  ['error', 'error'],
  ['err', 'error'],
  ['severe', 'error'],
  ['critical', 'fatal'],
  ['crit', 'fatal'],
  ['fatal', 'fatal'],
  ['emerg', 'fatal'],
  ['alert', 'fatal'],
];

/** Words by their first letter, each as bytes in lower case. */
const byFirst: readonly (readonly { readonly bytes: Uint8Array; readonly level: Level }[])[] = (() => {
  const table: { readonly bytes: Uint8Array; readonly level: Level }[][] = Array.from(
    { length: 128 },
    () => [],
  );
  for (const [word, level] of levelWords) {
    const bytes = Buffer.from(word, 'latin1');
    table[bytes[0] ?? 0]?.push({ bytes, level });
  }
  return table;
})();

/** How far behind the stamp a level is looked for: components and thread ids may stand between. */
const reach = 64;

/**
 * The level that a log line states near its stamp: the first whole word that is one, in capitals,
 * capitalised, or in brackets; a lower-case word in running text ("an error occurred") is none.
 */
export function findLevel(bytes: Uint8Array, from: number, end: number): Level {
  const stop = Math.min(end, from + reach);
  let previous = 0x20;
  for (let at = from; at < stop; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isLetter(byte) && !isWordPart(previous)) {
      const candidates = byFirst[byte | 0x20];
      if (candidates !== undefined && candidates.length > 0) {
        const level = matchAt(bytes, at, end, candidates, previous);
        if (level !== 'none') return level;
      }
    }
    previous = byte;
  }
  return 'none';
}

function matchAt(
  bytes: Uint8Array,
  at: number,
  end: number,
  candidates: readonly { readonly bytes: Uint8Array; readonly level: Level }[],
  previous: number,
): Level {
  for (const candidate of candidates) {
    const length = candidate.bytes.length;
    if (at + length > end) continue;
    let same = 1;
    while (same < length && ((bytes[at + same] ?? 0) | 0x20) === candidate.bytes[same]) same += 1;
    if (same < length) continue;
    const next = at + length < end ? (bytes[at + length] ?? 0) : 0x20;
    if (isLetter(next) || isWordPart(next)) continue;
    const capital = (bytes[at] ?? 0) < 0x61;
    const delimited =
      previous === 0x5b ||
      previous === 0x7c ||
      previous === 0x3c ||
      previous === 0x09 ||
      next === 0x3a ||
      next === 0x7c;
    if (capital || delimited) return candidate.level;
  }
  return 'none';
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isWordPart(byte: number): boolean {
  return isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
}
