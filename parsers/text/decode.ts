import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import type { Encoding } from '../domain/evidence.ts';
import { hasByte, indexOfByte } from './find-byte.ts';

const LF = 0x0a;
/** A partial line is decoded on its own once it is this long: memory stays bounded on files without line breaks. */
const longestCarry = 4 * 1024 * 1024;

/**
 * Turns the bytes of a member into UTF-8, chunk by chunk, in the order of `docs/formats.md`: byte order
 * mark, UTF-16 by its NULs, strict UTF-8, CP932, Windows-1252. The choice is made anew for every line
 * that is not plain UTF-8, so a file that changes its encoding in the middle is read by segment.
 */
export class Utf8Stream {
  #mode: 'start' | 'bytes' | 'utf-16le' | 'utf-16be' = 'start';
  #carry: Uint8Array = empty;
  /** What was kept back is the start of a character in a stretch of UTF-8, not of a line that has to be looked at. */
  #keptCharacter = false;
  /** Nothing has been decoded yet. */
  #atStart = true;
  /** Place of the next NUL in the bytes that are decoded, or their end; before the place in work: not looked for yet. */
  #nul = -1;
  /** Encodings of which more than ASCII was seen. */
  readonly #seen = new Set<Exclude<Encoding, 'mixed'>>();
  /** Lines handed out by the current call; counted on the slow path only, the one that can guess. */
  #lines = 0;
  /** Lines of the output of the last call before the first one for which Windows-1252 had to be assumed; null without one. */
  guessedAfterLines: number | null = null;

  /** The encoding as far as it has been seen. */
  get encoding(): Encoding {
    const [first, second] = this.#seen;
    // Plain ASCII is UTF-8 as well; beside another encoding it says nothing.
    return first === undefined ? 'utf-8' : second === undefined ? first : 'mixed';
  }

  /** Decodes the next bytes; what belongs to an unfinished character or line may be kept for the next call. */
  push(chunk: Uint8Array): Uint8Array {
    this.#lines = 0;
    this.guessedAfterLines = null;
    if (this.#mode === 'start') {
      const joined = join(this.#carry, chunk);
      // Four bytes tell a byte order mark; NULs need some more to be judged.
      if (joined.length < 4) {
        this.#carry = joined;
        return empty;
      }
      this.#carry = empty;
      return this.#start(joined);
    }
    return this.#decode(chunk, false);
  }

  /** What was kept back. Call once, after the last chunk. */
  end(): Uint8Array {
    const rest = this.#carry;
    this.#carry = empty;
    this.#lines = 0;
    this.guessedAfterLines = null;
    if (this.#mode === 'start') return rest.length === 0 ? empty : this.#start(rest, true);
    return rest.length === 0 ? empty : this.#decode(rest, true);
  }

  #start(bytes: Uint8Array, last = false): Uint8Array {
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      this.#mode = 'bytes';
      this.#seen.add('utf-8');
      return this.#decode(bytes.subarray(3), last);
    }
    if (bytes[0] === 0xff && bytes[1] === 0xfe) {
      this.#mode = 'utf-16le';
      return this.#decode(bytes.subarray(2), last);
    }
    if (bytes[0] === 0xfe && bytes[1] === 0xff) {
      this.#mode = 'utf-16be';
      return this.#decode(bytes.subarray(2), last);
    }
    this.#mode = looksLikeUtf16le(bytes) ? 'utf-16le' : (japaneseUtf16(bytes) ?? 'bytes');
    return this.#decode(bytes, last);
  }

  #decode(chunk: Uint8Array, last: boolean): Uint8Array {
    const joined = asBuffer(join(this.#carry, chunk));
    // A line of which the start was kept back is read as one.
    const mayBeWhole = this.#carry.length === 0 || this.#keptCharacter;
    // A character that began in a stretch of UTF-8 and never ends.
    const isCut = last && this.#mode === 'bytes' && this.#keptCharacter && this.#seen.has('utf-8');
    if (isCut && completeUtf8(joined) === 0) {
      this.#carry = empty;
      return brokenCharacter;
    }
    this.#carry = empty;
    if (this.#mode === 'bytes' && mayBeWhole) {
      const cut = last ? joined.length : completeUtf8(joined);
      const whole = joined.subarray(0, cut);
      if (!hasByte(whole, 0) && isUtf8(whole)) {
        this.#carry = Buffer.from(joined.subarray(cut));
        this.#keptCharacter = true;
        this.#atStart &&= cut === 0;
        this.#noteUtf8(whole);
        return whole;
      }
    }
    const out: Uint8Array[] = [];
    this.#nul = -1;
    let at = 0;
    while (at < joined.length) {
      const isBytes = this.#mode === 'bytes';
      let taken = isBytes ? this.#byteLines(joined, at, out) : this.#wideLines(joined, at, out);
      if (taken === 0)
        taken = isBytes ? this.#byteLine(joined, at, last, out) : this.#wideLine(joined, at, last, out);
      if (taken === 0) break;
      at += taken;
    }
    this.#carry = Buffer.from(joined.subarray(at));
    this.#keptCharacter = false;
    this.#atStart &&= at === 0;
    return concat(out);
  }

  /**
   * Whole lines of ASCII, UTF-8 and CP932, up to one that has to be looked at: none with a NUL, none that the table does
   * not know. @returns bytes taken; 0 when the first line is one of those
   */
  #byteLines(bytes: Buffer, from: number, out: Uint8Array[]): number {
    if (this.#nul < from) {
      const nul = indexOfByte(bytes, 0, from);
      this.#nul = nul === -1 ? bytes.length : nul;
    }
    const stop = Math.min(this.#nul, from + mostAtOnce);
    const room = roomFor((stop - from) * 3);
    let to = 0;
    let [taken, written] = [0, 0];
    let lineStart = from;
    let at = from;
    while (at < stop) {
      const byte = bytes[at] as number;
      if (byte < 0x80) {
        room[to++] = byte;
        at += 1;
        if (byte !== LF) continue;
      } else {
        const feed = indexOfByte(bytes, LF, at);
        if (feed === -1 || feed >= stop) break;
        const line = bytes.subarray(lineStart, feed + 1);
        if (isUtf8(line)) {
          room.set(line, written);
          to = written + line.length;
          this.#seen.add('utf-8');
        } else {
          // One that starts in the middle of a character has to be looked at.
          if (this.#atStart && lineStart === 0 && cutUtf8(line, true, false) !== null) break;
          to = writeCp932(line, room, written);
          if (to === -1) break;
          this.#seen.add('cp932');
        }
        at = feed + 1;
      }
      lineStart = at;
      [taken, written] = [at - from, to];
      this.#lines += 1;
    }
    if (taken > 0) out.push(Buffer.from(room.subarray(0, written)));
    return taken;
  }

  /**
   * Whole lines of UTF-16, up to one that may be in a byte encoding (see {@link Utf8Stream.#backToBytes}, which holds of
   * no line that has a NUL before the first byte that could be a line feed). @returns bytes taken
   */
  #wideLines(bytes: Buffer, from: number, out: Uint8Array[]): number {
    const lowAt = this.#mode === 'utf-16le' ? 0 : 1;
    const highAt = 1 - lowAt;
    const stop = Math.min(bytes.length - 1, from + mostAtOnce);
    const room = roomFor(((stop - from) >> 1) * 3 + 4);
    let [to, taken, written] = [0, 0, 0];
    let isWide = false;
    for (let at = from; at < stop; at += 2) {
      const low = bytes[at + lowAt] as number;
      const high = bytes[at + highAt] as number;
      if (high === 0) {
        if (low === LF) {
          room[to++] = LF;
          taken = at + 2 - from;
          written = to;
          this.#lines += 1;
          isWide = false;
          continue;
        }
        isWide = true;
        if (low === 0) continue;
        if (low >= 0x80) {
          room[to++] = 0xc0 | (low >> 6);
          room[to++] = 0x80 | (low & 0x3f);
        } else room[to++] = low;
        continue;
      }
      if (!isWide) {
        if (low === 0) isWide = true;
        else if (low === LF || high === LF) break;
      }
      const unit = (high << 8) | low;
      // A byte order mark in the middle comes from files that were joined; a NUL, above, is padding.
      if (unit === 0xfeff) continue;
      if (unit < 0x800) {
        room[to++] = 0xc0 | (unit >> 6);
      } else if ((unit & 0xf800) !== 0xd800) {
        room[to++] = 0xe0 | (unit >> 12);
        room[to++] = 0x80 | ((unit >> 6) & 0x3f);
      } else {
        const nextHigh = at + 3 < bytes.length ? (bytes[at + 2 + highAt] as number) : 0;
        if ((unit & 0xfc00) === 0xd800 && (nextHigh & 0xfc) === 0xdc) {
          const nextLow = bytes[at + 2 + lowAt] as number;
          if (nextLow === 0) isWide = true;
          else if (nextLow === LF && !isWide) break;
          const point = 0x10000 + ((unit & 0x3ff) << 10) + (((nextHigh & 0x03) << 8) | nextLow);
          room[to++] = 0xf0 | (point >> 18);
          room[to++] = 0x80 | ((point >> 12) & 0x3f);
          room[to++] = 0x80 | ((point >> 6) & 0x3f);
          room[to++] = 0x80 | (point & 0x3f);
          at += 2;
        } else {
          room[to++] = 0xef;
          room[to++] = 0xbf;
          room[to++] = 0xbd;
        }
        continue;
      }
      room[to++] = 0x80 | (unit & 0x3f);
    }
    if (taken > 0) {
      this.#seen.add(lowAt === 0 ? 'utf-16le' : 'utf-16be');
      out.push(Buffer.from(room.subarray(0, written)));
    }
    return taken;
  }

  /** One line of a byte encoding. @returns bytes taken; 0 when the line is not finished yet */
  #byteLine(bytes: Uint8Array, at: number, last: boolean, out: Uint8Array[]): number {
    let end = indexOfByte(bytes, LF, at);
    if (end === -1) {
      if (!last && bytes.length - at < longestCarry) return 0;
      end = last ? bytes.length : at + completeUtf8(bytes.subarray(at));
    } else {
      end += 1;
    }
    const line = bytes.subarray(at, end);
    // NULs in a byte encoding: the writer went over to UTF-16 (PowerShell's `>>`), or padding.
    const nul = indexOfByte(line, 0);
    if (nul !== -1) {
      if (looksLikeUtf16le(bytes.subarray(at, at + 512))) {
        this.#mode = 'utf-16le';
        return this.#wideLine(bytes, at, last, out);
      }
      out.push(this.#oneLine(line.filter((byte) => byte !== 0)));
    } else {
      const cut = cutUtf8(line, this.#atStart && at === 0, last && end === bytes.length);
      if (cut !== null) this.#seen.add('utf-8');
      out.push(cut ?? this.#oneLine(line));
    }
    this.#lines += 1;
    return end - at;
  }

  #oneLine(line: Uint8Array): Uint8Array {
    if (isUtf8(line)) {
      this.#noteUtf8(line);
      return line;
    }
    const japanese = decodeCp932(line);
    if (japanese !== null) {
      this.#seen.add('cp932');
      return Buffer.from(japanese, 'utf8');
    }
    this.#seen.add('windows-1252');
    this.guessedAfterLines ??= this.#lines;
    // Some versions of the platform's own decoder take 0x80 to 0x9F for control characters.
    return Buffer.from(iconv.decode(asBuffer(line), 'win1252'), 'utf8');
  }

  /** A stretch of UTF-16 up to a line break. @returns bytes taken; 0 when it is not finished yet */
  #wideLine(bytes: Uint8Array, at: number, last: boolean, out: Uint8Array[]): number {
    if (this.#backToBytes(bytes, at)) {
      this.#mode = 'bytes';
      return this.#byteLine(bytes, at, last, out);
    }
    const little = this.#mode === 'utf-16le';
    let end = at;
    let found = false;
    for (; end + 1 < bytes.length; end += 2) {
      const low = bytes[little ? end : end + 1];
      const high = bytes[little ? end + 1 : end];
      if (low === LF && high === 0) {
        end += 2;
        found = true;
        break;
      }
    }
    if (!found) {
      if (!last && bytes.length - at < longestCarry) return 0;
      if (last) end = bytes.length;
    }
    this.#seen.add(little ? 'utf-16le' : 'utf-16be');
    const even = at + ((end - at) & ~1);
    const decoder = little ? utf16le : utf16be;
    // A byte order mark in the middle comes from files that were joined; a NUL is padding.
    const text = decoder.decode(bytes.subarray(at, even)).replace(/[\uFEFF\0]/gu, '');
    out.push(Buffer.from(text, 'utf8'));
    this.#lines += 1;
    return end - at;
  }

  /** Whether the line at `at` is in a byte encoding although the file was UTF-16 so far. */
  #backToBytes(bytes: Uint8Array, at: number): boolean {
    const end = indexOfByte(bytes, LF, at);
    if (end === -1 || end === at || bytes[end + 1] === 0) return false;
    const line = bytes.subarray(at, end);
    if (hasByte(line, 0) || (!isUtf8(line) && decodeCp932(line) === null)) return false;
    // A byte of a character may be that of a line feed: the lower one of U+300A, an opening bracket.
    const wide = readAsUtf16(bytes.subarray(at, at + lookAhead), this.#mode === 'utf-16le');
    if (wide.units === 0) return true;
    if (wide.common >= wide.units * commonShare && wide.strange <= wide.units * strangeShare) return false;
    return isUtf8(line) || wide.strange > 0;
  }

  #noteUtf8(bytes: Uint8Array): void {
    if (!this.#seen.has('utf-8') && !isAscii(bytes)) this.#seen.add('utf-8');
  }
}

const empty = new Uint8Array(0);
const brokenCharacter = Buffer.from('\uFFFD', 'utf8');
const utf16le = new TextDecoder('utf-16le', { ignoreBOM: true });
const utf16be = new TextDecoder('utf-16be', { ignoreBOM: true });

/** Code units of CP932 by byte or pair of bytes; 0 for what is none or takes more than a look. */
let cp932Units: Uint16Array | null = null;

/** Bytes that are decoded at once into {@link roomFor}'s memory, which is three times as much. */
const mostAtOnce = 1024 * 1024;
let utf8Room = Buffer.alloc(0);

/** Memory for so many bytes, until it is asked for again. */
function roomFor(bytes: number): Buffer {
  if (utf8Room.length < bytes) utf8Room = Buffer.allocUnsafeSlow(bytes);
  return utf8Room;
}

function readCp932Units(): Uint16Array {
  const units = new Uint16Array(65_536);
  const unitOf = (...bytes: readonly number[]): number => {
    const text = iconv.decode(Buffer.from(bytes), 'cp932');
    const unit = text.length === 1 ? text.charCodeAt(0) : 0;
    return unit === 0xfffd || (unit >= 0x80 && unit <= 0x9f) || (unit & 0xf800) === 0xd800 ? 0 : unit;
  };
  for (let byte = 0; byte < 256; byte += 1) {
    units[byte] = unitOf(byte);
    if (byte < 0x80 || units[byte] !== 0) continue;
    for (let trail = 0x40; trail < 0x100; trail += 1) units[byte * 256 + trail] = unitOf(byte, trail);
  }
  return units;
}

/** Writes a line of CP932 as UTF-8. @returns where it ends; -1 where {@link decodeCp932} has to look at it */
function writeCp932(line: Uint8Array, out: Uint8Array, from: number): number {
  cp932Units ??= readCp932Units();
  const units = cp932Units;
  let to = from;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at] as number;
    let unit = units[byte] as number;
    if (unit === 0 && byte !== 0) {
      at += 1;
      unit = at < line.length ? (units[byte * 256 + (line[at] as number)] as number) : 0;
      if (unit === 0) return -1;
    }
    if (unit < 0x80) out[to++] = unit;
    else {
      if (unit < 0x800) out[to++] = 0xc0 | (unit >> 6);
      else {
        out[to++] = 0xe0 | (unit >> 12);
        out[to++] = 0x80 | ((unit >> 6) & 0x3f);
      }
      out[to++] = 0x80 | (unit & 0x3f);
    }
  }
  return to;
}

/** Decodes CP932, or null when some bytes are none. */
export function decodeCp932(bytes: Uint8Array): string | null {
  const text = iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'cp932');
  // U+FFFD: no character; C1 controls: lone lead bytes that iconv lets through.
  return /[\uFFFD\u0080-\u009F]/u.test(text) ? null : text;
}

/** Decodes a whole member at once; the same rules as {@link Utf8Stream}. */
export function decodeText(bytes: Uint8Array): {
  readonly text: string;
  readonly encoding: Encoding;
  /** 1-based line at which Windows-1252 had to be assumed first; null when it never was. */
  readonly guessedAtLine: number | null;
} {
  const stream = new Utf8Stream();
  const head = stream.push(bytes);
  const guessedInHead = stream.guessedAfterLines;
  const tail = stream.end();
  const guessed = guessedInHead ?? stream.guessedAfterLines;
  const text = tail.length === 0 && isAscii(head) ? latin1Text(head) : utf8Text(head, tail);
  return { text, encoding: stream.encoding, guessedAtLine: guessed === null ? null : guessed + 1 };
}

function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function utf8Text(head: Uint8Array, tail: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder.decode(head, { stream: true }) + decoder.decode(tail);
}

/**
 * A line of UTF-8 that was cut within a character, as the start of a shortened log and the end of a copied one are: each
 * broken one becomes U+FFFD. Null when it is not that.
 */
function cutUtf8(line: Uint8Array, mayLackStart: boolean, mayLackEnd: boolean): Uint8Array | null {
  let from = 0;
  if (mayLackStart) while (from < 3 && ((line[from] ?? 0) & 0xc0) === 0x80) from += 1;
  const to = mayLackEnd ? completeUtf8(line) : line.length;
  if (from === 0 && to === line.length) return null;
  const rest = line.subarray(from, to);
  if (isAscii(rest) || !isUtf8(rest)) return null;
  // A short line of CP932 may read as Greek or Arabic in UTF-8, hardly ever as what takes three bytes.
  if (!hasLongCharacters(rest) && decodeCp932(line) !== null) return null;
  return Buffer.concat([
    from > 0 ? brokenCharacter : empty,
    rest,
    to < line.length ? brokenCharacter : empty,
  ]);
}

/** Whether of the characters of UTF-8 beyond ASCII more than half take three bytes or four. */
function hasLongCharacters(bytes: Uint8Array): boolean {
  let [long, short] = [0, 0];
  for (const byte of bytes) {
    if (byte >= 0xe0) long += 1;
    else if (byte >= 0xc0) short += 1;
  }
  return long > short;
}

/** UTF-16LE without a byte order mark: among the first bytes NULs stand at odd places and hardly elsewhere. */
export function looksLikeUtf16le(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, 512) & ~1;
  if (end < 4) return false;
  let odd = 0;
  let even = 0;
  for (let index = 0; index < end; index += 2) {
    if (bytes[index] === 0) even += 1;
    if (bytes[index + 1] === 0) odd += 1;
  }
  const units = end / 2;
  return odd >= units * 0.25 && even <= units * 0.02 + (units < 32 ? 0 : 1);
}

/** Bytes that tell whether a stretch is UTF-16. */
const lookAhead = 512;
/** Of the characters of Japanese text so many are kana, its punctuation or ASCII ... */
const commonShare = 0.25;
/** ... and hardly any are none that such text has: what bytes make that are no UTF-16. */
const strangeShare = 0.03;
/** Fewer characters tell nothing. */
const fewestUnits = 8;

/**
 * What a stretch would be as UTF-16, up to its first line feed: how many characters, how many of them are kana, the
 * punctuation of Japanese or ASCII, and how many stand in no text of this kind.
 */
function readAsUtf16(
  bytes: Uint8Array,
  little: boolean,
  toLineFeed = true,
): { readonly units: number; readonly common: number; readonly strange: number } {
  let [units, common, strange] = [0, 0, 0];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
    const unit = little ? (second << 8) | first : (first << 8) | second;
    if (unit === LF && toLineFeed) break;
    units += 1;
    if (isCommon(unit)) common += 1;
    else if (isStrange(unit)) strange += 1;
  }
  return { units, common, strange };
}

/** ASCII, kana, and the punctuation that stands between them. */
function isCommon(unit: number): boolean {
  if (unit < 0x80) return unit >= 0x20 || unit === 0x09 || unit === LF || unit === 0x0d;
  return (
    (unit >= 0x3000 && unit <= 0x3011) ||
    (unit >= 0x3041 && unit <= 0x3096) ||
    (unit >= 0x30a1 && unit <= 0x30fe)
  );
}

/** None of Latin, Greek, Cyrillic, signs, ideographs and full or half width forms, nor a pair's half. */
function isStrange(unit: number): boolean {
  if (unit < 0x80) return true;
  return !(
    (unit >= 0xa0 && unit <= 0x45f) ||
    (unit >= 0x2000 && unit <= 0x27bf) ||
    (unit >= 0x3000 && unit <= 0x33ff) ||
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0xd800 && unit <= 0xdfff) ||
    (unit >= 0xf900 && unit <= 0xfaff) ||
    (unit >= 0xff00 && unit <= 0xffee) ||
    unit === 0xfeff
  );
}

/**
 * UTF-16 without a byte order mark whose text has hardly any ASCII, hence few NULs: bytes that are no UTF-8 and, read in
 * one of the two orders, Japanese. Printable ASCII alone is never taken for it.
 */
function japaneseUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const head = bytes.subarray(0, lookAhead);
  if (!hasByte(head, 0) && isUtf8(head.subarray(0, completeUtf8(head)))) return null;
  for (const mode of ['utf-16le', 'utf-16be'] as const) {
    const { units, common, strange } = readAsUtf16(head, mode === 'utf-16le', false);
    if (units >= fewestUnits && common >= units * commonShare && strange <= units * strangeShare) return mode;
  }
  return null;
}

/** Length of the part that does not end in the middle of a UTF-8 sequence. */
function completeUtf8(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let back = 1; back <= Math.min(3, length); back += 1) {
    const byte = bytes[length - back] ?? 0;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < needs ? length - back : length;
    }
  }
  return length;
}

/** The same bytes, with what only buffers can do. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.length === 0 ? b : b.length === 0 ? a : concat([a, b]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return parts.length === 0 ? empty : Buffer.concat(parts);
}
