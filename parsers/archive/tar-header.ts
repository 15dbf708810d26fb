import { indexOfByte } from '../text/find-byte.ts';

/** A tar is made of blocks of this many bytes. */
export const tarBlockBytes = 512;

/** A header of one block (POSIX.1-1988 ustar, GNU, star, V7), its names still as bytes. */
export interface TarHeader {
  readonly name: Uint8Array;
  readonly link: Uint8Array;
  /** As a character; NUL of V7 is `0`. */
  readonly type: string;
  /** Bytes of what follows. */
  readonly bytes: number;
  /** In seconds since 1970; null when it cannot be read. */
  readonly mtime: number | null;
  readonly block: Buffer;
}

/** A stretch of a sparse file that has bytes; what lies between is zeros. */
export interface SparsePiece {
  readonly offset: number;
  readonly bytes: number;
}

/** Whether these bytes start with a header: told by its checksum, which also fits the headers older than `ustar`. */
export function isTarHeader(bytes: Buffer): boolean {
  return bytes.length >= tarBlockBytes && bytes[0] !== 0 && hasChecksum(bytes);
}

/** Reads a block as a header; null when it is none, or says nothing usable of its size. */
export function readTarHeader(block: Buffer): TarHeader | null {
  return hasChecksum(block) ? readFields(block) : null;
}

/** Reads a block that was the header of a file before it was damaged; null when it has not even the look of one. */
export function readDamagedHeader(block: Buffer): TarHeader | null {
  if (block.toString('latin1', 257, 262) !== 'ustar') return null;
  const header = readFields(block);
  return header?.type === '0' || header?.type === '7' ? header : null;
}

function readFields(block: Buffer): TarHeader | null {
  const bytes = readNumber(block, 124, 12);
  if (bytes === null || bytes < 0) return null;
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0);
  const name = readText(block, 0, 100);
  const prefix = prefixOf(block);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    link: readText(block, 157, 100),
    type,
    bytes,
    mtime: readNumber(block, 136, 12),
    block,
  };
}

/** The map in an old GNU header of a sparse file, and the size that it unpacks to. */
export function readSparseHeader(block: Buffer): {
  readonly pieces: SparsePiece[];
  readonly bytes: number;
  /** Whether a block with more of the map follows. */
  readonly continues: boolean;
} {
  return {
    pieces: readPieces(block, 386, 4),
    bytes: readNumber(block, 483, 12) ?? 0,
    continues: block[482] !== 0,
  };
}

/** A block that continues such a map. */
export function readSparseBlock(block: Buffer): {
  readonly pieces: SparsePiece[];
  readonly continues: boolean;
} {
  return { pieces: readPieces(block, 0, 21), continues: block[504] !== 0 };
}

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function readPieces(block: Buffer, from: number, count: number): SparsePiece[] {
  const pieces: SparsePiece[] = [];
  for (let index = 0; index < count; index++) {
    const at = from + index * 24;
    if (block[at] === 0) break;
    pieces.push({ offset: readNumber(block, at, 12) ?? -1, bytes: readNumber(block, at + 12, 12) ?? -1 });
  }
  return pieces;
}

/** The sum counts the checksum itself as blanks. Old systems added the bytes up as signed ones. */
function hasChecksum(block: Buffer): boolean {
  const stored = readNumber(block, 148, 8);
  if (stored === null) return false;
  let sum = 8 * 0x20;
  let high = 0;
  for (let at = 0; at < tarBlockBytes; at++) {
    if (at >= 148 && at < 156) continue;
    const byte = block[at] ?? 0;
    sum += byte;
    if (byte > 127) high += 1;
  }
  return stored === sum || stored === sum - high * 256;
}

/** Octal digits, or 95 bits of two's complement where the first bit is set (GNU, star); null for anything else. */
function readNumber(block: Buffer, at: number, length: number): number | null {
  if (((block[at] ?? 0) & 0x80) !== 0) return readBinary(block, at, length);
  const digits = /^[ \0]*(?<digits>[0-7]*)(?:[ \0]|$)/u.exec(block.toString('latin1', at, at + length));
  const text = digits?.groups?.['digits'];
  return text === undefined ? null : text === '' ? 0 : Number.parseInt(text, 8);
}

function readBinary(block: Buffer, at: number, length: number): number {
  const negative = ((block[at] ?? 0) & 0x40) !== 0;
  let value = negative ? -1 : 0;
  for (let index = 0; index < length; index++) {
    const byte = block[at + index] ?? 0;
    value = value * 256 + (index === 0 && !negative ? byte & 0x7f : byte);
  }
  return value;
}

function readText(block: Buffer, at: number, length: number): Buffer {
  const field = block.subarray(at, at + length);
  const end = indexOfByte(field, 0, 0);
  return end < 0 ? field : field.subarray(0, end);
}

/** POSIX keeps the front of a long name apart; GNU has times there, star fewer bytes. */
function prefixOf(block: Buffer): Buffer {
  if (block.toString('latin1', 257, 263) !== 'ustar\0') return block.subarray(0, 0);
  return readText(block, 345, block.toString('latin1', 508, 512) === 'tar\0' ? 131 : 155);
}
