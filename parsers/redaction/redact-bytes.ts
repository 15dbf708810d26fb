import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { decodeCp932, looksLikeUtf16le } from '../text/decode.ts';
import type { Redactor } from './redactor.ts';
import { hasByte, indexOfByte, lastIndexOfByte } from '../text/find-byte.ts';

const LF = 0x0a;
/** Text is looked at in pieces of whole lines of about this size. */
const pieceBytes = 1024 * 1024;
/** A piece without a place to cut it grows to this size; then it is cut where it is. */
const longestPiece = 32 * 1024 * 1024;

/**
 * Redacts the bytes of a text as they stream, in the encoding that they have, line by line where a file mixes
 * several. Lines in which nothing goes keep their bytes.
 */
export class ByteRedactor {
  readonly #redactor: Redactor;
  #mode: 'start' | 'bytes' | 'utf-16le' | 'utf-16be' = 'start';
  #waiting: Buffer[] = [];
  #length = 0;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  push(chunk: Uint8Array): Buffer {
    this.#waiting.push(Buffer.from(chunk));
    this.#length += chunk.length;
    return this.#length < pieceBytes ? nothing : this.#take(false);
  }

  end(): Buffer {
    return this.#take(true);
  }

  #take(last: boolean): Buffer {
    const bytes = Buffer.concat(this.#waiting);
    if (this.#mode === 'start') this.#mode = modeOf(bytes);
    const wide = this.#mode !== 'bytes';
    const cut = last ? bytes.length : cutOf(bytes, wide);
    if (cut === 0 && bytes.length < longestPiece) {
      this.#waiting = [bytes];
      return nothing;
    }
    const end = cut === 0 ? bytes.length & ~1 : cut;
    const rest = Buffer.from(bytes.subarray(end));
    this.#waiting = [rest];
    this.#length = rest.length;
    const piece = bytes.subarray(0, end);
    return wide ? this.#wide(piece, this.#mode === 'utf-16be') : this.#bytes(piece);
  }

  #wide(piece: Buffer, big: boolean): Buffer {
    const even = piece.subarray(0, piece.length & ~1);
    const little = big ? Buffer.from(even).swap16() : even;
    const text = little.toString('utf16le');
    const redacted = this.#redactor.text(text);
    let written = even;
    if (redacted !== text) {
      written = Buffer.from(redacted, 'utf16le');
      if (big) written.swap16();
    }
    // Another program may have gone on in a byte encoding: that part is no UTF-16 and is looked at as bytes.
    return this.#latin(Buffer.concat([written, piece.subarray(even.length)]));
  }

  #bytes(piece: Buffer): Buffer {
    if (!hasByte(piece, 0) && isUtf8(piece)) return this.#utf8(piece);
    const lines: Buffer[] = [];
    let group: Buffer[] = [];
    let kind: LineKind = 'utf-8';
    const close = (): void => {
      if (group.length > 0) lines.push(this.#line(Buffer.concat(group), kind));
      group = [];
    };
    for (let at = 0; at < piece.length;) {
      const found = indexOfByte(piece, LF, at);
      // The zero byte behind a line feed of UTF-16 belongs to it.
      const next = found === -1 ? piece.length : found + 1 + (piece[found + 1] === 0 ? 1 : 0);
      const line = piece.subarray(at, next);
      const ofLine = kindOf(line);
      if (ofLine !== kind) close();
      kind = ofLine;
      group.push(line);
      at = next;
    }
    close();
    return Buffer.concat(lines);
  }

  #line(bytes: Buffer, kind: LineKind): Buffer {
    switch (kind) {
      case 'utf-8':
        return this.#utf8(bytes);
      case 'cp932': {
        const text = iconv.decode(bytes, 'cp932');
        const redacted = this.#redactor.text(text);
        return redacted === text ? bytes : iconv.encode(redacted, 'cp932');
      }
      case 'latin1':
        return this.#latin(bytes);
      case 'zeros': {
        const start = looksLikeUtf16le(bytes.subarray(0, 512))
          ? 0
          : looksLikeUtf16le(bytes.subarray(1, 513))
            ? 1
            : -1;
        if (start !== -1) {
          const text = bytes.toString('utf16le', start);
          const redacted = this.#redactor.text(text);
          if (redacted !== text) {
            const odd = (bytes.length - start) & 1 ? bytes.subarray(bytes.length - 1) : nothing;
            return Buffer.concat([bytes.subarray(0, start), Buffer.from(redacted, 'utf16le'), odd]);
          }
        }
        const plain = Buffer.from(bytes.filter((byte) => byte !== 0));
        const redacted = this.#bytes(plain);
        return redacted.equals(plain) ? bytes : redacted;
      }
    }
  }

  #utf8(bytes: Buffer): Buffer {
    const text = bytes.toString('utf8');
    const redacted = this.#redactor.text(text);
    return redacted === text ? bytes : Buffer.from(redacted, 'utf8');
  }

  #latin(bytes: Buffer): Buffer {
    const text = bytes.toString('latin1');
    const redacted = this.#redactor.text(text);
    return redacted === text ? bytes : Buffer.from(redacted, 'latin1');
  }
}

type LineKind = 'utf-8' | 'cp932' | 'latin1' | 'zeros';

const nothing = Buffer.alloc(0);

function kindOf(line: Buffer): LineKind {
  if (hasByte(line, 0)) return 'zeros';
  if (isUtf8(line)) return 'utf-8';
  return decodeCp932(line) === null ? 'latin1' : 'cp932';
}

function modeOf(bytes: Buffer): 'bytes' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return looksLikeUtf16le(bytes) ? 'utf-16le' : 'bytes';
}

/**
 * Where a piece may end: behind a line that does not go on. A line goes on when it ends in `=` (quoted-printable)
 * or `\` (registry exports), or when it and the next look like lines of one block of base64. 0: nowhere yet.
 */
function cutOf(bytes: Buffer, wide: boolean): number {
  if (wide) {
    for (let at = (bytes.length & ~1) - 2; at >= 0; at -= 2) {
      const isBreak = (bytes[at] === LF && bytes[at + 1] === 0) || (bytes[at] === 0 && bytes[at + 1] === LF);
      if (isBreak) return at + 2;
    }
    return 0;
  }
  for (let end = lastIndexOfByte(bytes, LF); end > 0; end = lastIndexOfByte(bytes, LF, end - 1)) {
    const before = bytes[end - 1] === 0x0d ? end - 2 : end - 1;
    if (bytes[before] === 0x3d || bytes[before] === 0x5c) continue;
    if (bytes[end + 1] === 0) continue;
    const start = lastIndexOfByte(bytes, LF, end - 1) + 1;
    const line = bytes.toString('latin1', start, Math.max(start, before + 1));
    if (!/^[A-Za-z0-9+/]{40,100}$/u.test(line)) return end + 1;
  }
  return 0;
}
