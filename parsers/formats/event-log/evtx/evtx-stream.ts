import { crc32 } from 'node:zlib';
import { chunkBytes, chunkMagic, readChunk } from './chunk.ts';
import type { ChunkHandler, ChunkRange } from './chunk.ts';
import type { EvtxHandler, EvtxSummary } from './model.ts';

const fileMagic = Buffer.from('ElfFile\0', 'latin1');
const fileHeaderBytes = 4096;
const dirtyFlag = 1;
/** Runs of record numbers that are kept to find gaps: one a chunk in a real log, of 6 GB with so many. */
const mostRanges = 100_000;
const zeros = Buffer.alloc(chunkBytes);

/** Whether bytes start like an event log file; one whose header is lost is known by its first chunk. */
export function isEvtx(head: Uint8Array): boolean {
  const bytes = asBuffer(head);
  return startsWith(bytes, 0, fileMagic) || startsWith(bytes, fileHeaderBytes, chunkMagic);
}

/**
 * Reads an event log file (`.evtx`, Windows Vista and later) as its bytes arrive, in pieces of any
 * size. One chunk of 64 KiB is held at a time, so a file of any size is read in the same memory.
 */
export class EvtxStream {
  readonly #handler: EvtxHandler;
  readonly #chunk = Buffer.alloc(chunkBytes);
  #filled = 0;
  #offset = 0;
  #inHeader = true;
  #chunks = 0;
  #damagedChunks = 0;
  #inDamage = false;
  #badRecords = 0;
  #records = 0;
  #dirty = false;
  readonly #ranges: ChunkRange[] = [];

  constructor(handler: EvtxHandler) {
    this.#handler = handler;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const size = this.#inHeader ? fileHeaderBytes : chunkBytes;
      const count = Math.min(size - this.#filled, bytes.length - at);
      this.#chunk.set(bytes.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled < size) return;
      if (this.#inHeader) this.#readHeader();
      else this.#readBlock();
    }
  }

  /** Call once, after the last bytes: reads what is left and tells of missing record numbers. */
  end(): EvtxSummary {
    if (this.#inHeader && this.#filled > 0) this.#readHeader();
    while (!this.#inHeader && this.#filled > 0) {
      const before = this.#filled;
      this.#readBlock();
      if (this.#filled >= before) break;
    }
    return this.#summary();
  }

  #readHeader(): void {
    const head = this.#chunk.subarray(0, this.#filled);
    this.#inHeader = false;
    if (!startsWith(head, 0, fileMagic)) {
      this.#note('not-an-event-log', 0, '');
      // The header may be missing altogether.
      if (startsWith(head, 0, chunkMagic)) return;
    } else if (head.length < 128) {
      this.#note('truncated', head.length, 'file header');
    } else {
      if (crc32(head.subarray(0, 120)) !== head.readUInt32LE(124)) this.#note('bad-file-checksum', 0, '');
      const major = head.readUInt16LE(38);
      if (major !== 3) this.#note('unknown-version', 38, `${major}.${head.readUInt16LE(36)}`);
      this.#dirty = (head.readUInt32LE(120) & dirtyFlag) !== 0;
      if (this.#dirty) this.#note('dirty', null, '');
    }
    this.#take(head.length);
  }

  #readBlock(): void {
    const block = this.#chunk.subarray(0, this.#filled);
    if (!startsWith(block, 0, chunkMagic)) {
      // Space that the log has reserved and not used yet is filled with zeros.
      if (!isZero(block)) this.#tellDamage();
      const next = block.indexOf(chunkMagic, 1);
      this.#take(next < 0 ? block.length : next);
      return;
    }
    this.#inDamage = false;
    const start = this.#offset;
    if (block.length < chunkBytes) this.#note('truncated', start + block.length, String(this.#chunks));
    let told = false;
    const into: ChunkHandler = {
      record: (record) => {
        this.#records += 1;
        this.#handler.record(record);
      },
      note: (code, at, detail) => {
        if (code === 'bad-record') this.#badRecords += 1;
        else if (!told) this.#damagedChunks += 1;
        told = told || code !== 'bad-record';
        this.#note(code, start + at, detail);
      },
    };
    const ranges = readChunk(block, start, into);
    if (this.#ranges.length < mostRanges) this.#ranges.push(...ranges);
    this.#chunks += 1;
    this.#take(block.length);
  }

  /** Once for a stretch of damage, however many blocks it spans. */
  #tellDamage(): void {
    if (!this.#inDamage) {
      this.#damagedChunks += 1;
      this.#note('damaged-chunk', this.#offset, String(this.#chunks));
    }
    this.#inDamage = true;
  }

  #take(count: number): void {
    this.#chunk.copyWithin(0, count, this.#filled);
    this.#filled -= count;
    this.#offset += count;
  }

  #note(code: Parameters<EvtxHandler['note']>[0]['code'], offset: number | null, detail: string): void {
    this.#handler.note({ code, offset, detail });
  }

  #summary(): EvtxSummary {
    const ranges = [...this.#ranges].sort((a, b) => a.first - b.first);
    let missing = 0;
    let last: number | null = null;
    for (const range of ranges) {
      if (last !== null && range.first > last + 1) {
        missing += range.first - last - 1;
        this.#note('record-gap', null, `${last + 1}-${range.first - 1}`);
      }
      last = last === null ? range.last : Math.max(last, range.last);
    }
    return {
      records: this.#records,
      firstId: ranges[0]?.first ?? null,
      lastId: last,
      missing,
      chunks: this.#chunks,
      damagedChunks: this.#damagedChunks,
      badRecords: this.#badRecords,
      dirty: this.#dirty,
    };
  }
}

/** Reads a file from an asynchronous source of its bytes. */
export async function readEvtx(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  handler: EvtxHandler,
): Promise<EvtxSummary> {
  const stream = new EvtxStream(handler);
  for await (const bytes of source) stream.push(bytes);
  return stream.end();
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function startsWith(bytes: Buffer, at: number, magic: Buffer): boolean {
  return (
    bytes.length >= at + magic.length && bytes.compare(magic, 0, magic.length, at, at + magic.length) === 0
  );
}

function isZero(bytes: Buffer): boolean {
  return bytes.compare(zeros, 0, bytes.length) === 0;
}
