import { isAscii } from 'node:buffer';

/** UTF-8 text that is kept elsewhere than in one string, to be read piece by piece and as often as wanted. */
export interface StoredText {
  /** Place of its first byte, as {@link StoredText.read} counts. */
  readonly start: number;
  /** Behind its last byte. */
  readonly end: number;
  /** So many bytes at a place, fewer behind the end. Read-only: it may be the store's own memory. */
  read(offset: number, bytes: number): Buffer;
}

/** Bytes that are decoded at once. */
export const pieceBytes = 1024 * 1024;

/** A piece of a stored text as a string, with the way back from its characters to bytes. */
export class TextPiece {
  readonly text: string;
  /** Place of its first byte. */
  readonly start: number;
  /** Place behind its last byte. */
  readonly end: number;
  /** The stored text ends with it. */
  readonly isLast: boolean;
  readonly #bytes: Buffer;
  readonly #isAscii: boolean;
  /** A character whose byte is known, from which later ones are counted. */
  #character = 0;
  #byte = 0;

  /** @param most bytes; fewer where the last character would be cut */
  constructor(source: StoredText, start: number, most: number) {
    const stop = Math.min(start + most, source.end);
    const bytes = source.read(start, stop - start);
    this.isLast = stop === source.end;
    this.#bytes = this.isLast ? bytes : bytes.subarray(0, wholeCharacters(bytes));
    this.#isAscii = isAscii(this.#bytes);
    this.text = this.#bytes.toString(this.#isAscii ? 'latin1' : 'utf8');
    this.start = start;
    this.end = start + this.#bytes.length;
  }

  /** Place of the byte at which a character begins; the fastest for ascending characters. */
  placeOf(character: number): number {
    if (this.#isAscii) return this.start + character;
    if (character < this.#character) [this.#character, this.#byte] = [0, 0];
    this.#byte += Buffer.byteLength(this.text.slice(this.#character, character), 'utf8');
    this.#character = character;
    return this.start + this.#byte;
  }

  /** The text between two places, as a string of its own that keeps nothing else in memory. */
  copy(from: number, to: number): string {
    return this.#bytes.toString(this.#isAscii ? 'latin1' : 'utf8', from - this.start, to - this.start);
  }
}

/** Length of the part of UTF-8 that does not end within a character. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < needs ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** The text piece by piece, cut between characters. @param bytes of a piece, at least four */
export function* piecesOf(source: StoredText, bytes: number = pieceBytes): Generator<string> {
  for (let at = source.start; at < source.end;) {
    const piece = new TextPiece(source, at, bytes);
    yield piece.text;
    at = piece.end;
  }
}

/** Characters of a line beyond which it is cut: formats look at the first few of each. */
const longestLine = 1024 * 1024;

/** The lines of a text that comes in pieces, without their ends (`\n` and returns in front of it); of very long ones the start. */
export function* linesOf(pieces: Iterable<string>): Generator<string> {
  let carry = '';
  for (const piece of pieces) {
    let from = 0;
    for (let feed = piece.indexOf('\n'); feed !== -1; feed = piece.indexOf('\n', from)) {
      yield withoutEnd(carry + piece.slice(from, feed));
      carry = '';
      from = feed + 1;
    }
    if (carry.length < longestLine) carry += piece.slice(from, from + longestLine);
  }
  yield withoutEnd(carry);
}

function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === 13) end -= 1;
  return end <= longestLine ? line.slice(0, end) : line.slice(0, longestLine);
}
