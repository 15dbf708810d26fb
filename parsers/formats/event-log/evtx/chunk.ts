import { crc32 } from 'node:zlib';
import { BinaryXmlReader } from './binary-xml.ts';
import { EvtxDamage } from './model.ts';
import type { EvtxNoteCode, EvtxRecord } from './model.ts';

/** A chunk is this long whatever it holds. */
export const chunkBytes = 65_536;
export const chunkMagic = Buffer.from('ElfChnk\0', 'latin1');

/** The header, and the tables of names and templates behind it; the first record starts here. */
const headBytes = 512;
const recordMagic = Buffer.from([0x2a, 0x2a, 0, 0]);
/** Header, the least fragment, and the size repeated. */
const leastRecord = 28;

/** Where a chunk's content goes. */
export interface ChunkHandler {
  record(record: EvtxRecord): void;
  /** @param at byte offset in the chunk */
  note(code: EvtxNoteCode, at: number, detail: string): void;
}

/** Record numbers of a chunk, as far as they were read. */
export interface ChunkRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads the records of one chunk. A chunk that was closed properly ends where its header says; of one
 * that was not, records are read for as long as they follow each other.
 *
 * @param chunk at most {@link chunkBytes}; shorter where the file ends inside
 * @param fileOffset where the chunk starts in the file
 * @returns the runs of record numbers that follow each other
 */
export function readChunk(chunk: Buffer, fileOffset: number, handler: ChunkHandler): ChunkRange[] {
  const ranges: { first: number; last: number }[] = [];
  if (chunk.length < headBytes) return ranges;
  const free = chunk.readUInt32LE(48);
  const whole = chunk.length === chunkBytes && checkSums(chunk, free, handler);
  const stop = whole ? Math.min(free, chunk.length) : chunk.length;
  const reader = new BinaryXmlReader(chunk);
  let at = headBytes;
  let last = -1;
  while (at + leastRecord <= stop) {
    if (!hasMagic(chunk, at)) {
      const next = whole || last >= 0 ? -1 : chunk.indexOf(recordMagic, at + 1);
      if (whole) handler.note('bad-record', at, 'no record where one belongs');
      if (next < 0) break;
      at = next;
      continue;
    }
    const size = chunk.readUInt32LE(at + 4);
    const id = readNumber(chunk, at + 8);
    // What lies behind the last record of an open chunk may be left over from an older one.
    if (!whole && id <= last) break;
    if (size < leastRecord || at + size > chunk.length || chunk.readUInt32LE(at + size - 4) !== size) {
      handler.note('bad-record', at, String(id));
      const next = chunk.indexOf(recordMagic, at + 4);
      if (next < 0 || next >= stop) break;
      at = next;
      continue;
    }
    if (readOne(reader, chunk, at, size, id, fileOffset, handler)) {
      const range = ranges.at(-1);
      if (range !== undefined && id === range.last + 1) range.last = id;
      else ranges.push({ first: id, last: id });
    }
    last = id;
    at += size;
  }
  return ranges;
}

function readOne(
  reader: BinaryXmlReader,
  chunk: Buffer,
  at: number,
  size: number,
  id: number,
  fileOffset: number,
  handler: ChunkHandler,
): boolean {
  let record: EvtxRecord;
  try {
    const event = reader.read(at + 24, at + size - 4);
    record = { id, written: chunk.readBigUInt64LE(at + 16), offset: fileOffset + at, event };
  } catch (thrown) {
    // Anything but damaged bytes is a mistake of this program and has to be seen.
    if (!(thrown instanceof EvtxDamage) && !(thrown instanceof RangeError)) throw thrown;
    handler.note('bad-record', at, `${id}: ${thrown.message}`);
    return false;
  }
  handler.record(record);
  return true;
}

/** Header: its first 120 bytes and the tables; records: from the first to the free space. */
function checkSums(chunk: Buffer, free: number, handler: ChunkHandler): boolean {
  const head = crc32(chunk.subarray(128, headBytes), crc32(chunk.subarray(0, 120)));
  if (head !== chunk.readUInt32LE(124)) {
    handler.note('bad-chunk-checksum', 0, 'header');
    return false;
  }
  if (
    free < headBytes ||
    free > chunk.length ||
    crc32(chunk.subarray(headBytes, free)) !== chunk.readUInt32LE(52)
  ) {
    handler.note('bad-chunk-checksum', headBytes, 'records');
    return false;
  }
  return true;
}

function hasMagic(chunk: Buffer, at: number): boolean {
  return chunk[at] === 0x2a && chunk[at + 1] === 0x2a && chunk[at + 2] === 0 && chunk[at + 3] === 0;
}

/** A 64-bit number; record numbers stay far below the 2^53 that a number holds exactly. */
function readNumber(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
}
