import type { FileHandle } from 'node:fs/promises';
import { throwIfCancelled } from '../domain/errors.ts';
import type { ByteStream } from './byte-stream.ts';
import type { ReasonCode } from './reasons.ts';

/** Bytes that can be read at any place. */
export interface RandomSource {
  readonly size: number;
  /** The bytes from `offset` on; fewer than `length` where the source ends or cannot be read. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Says that nothing before `offset` will be asked for again, so that it can be hashed on the way. */
  passedBy(offset: number): Promise<void>;
}

/** One read of the file system; small reads near each other are answered from it. */
const windowBytes = 1024 * 1024;

/** One piece of a range; bounds what a hostile member can unpack before its ratio is seen. */
const pieceBytes = 256 * 1024;

export interface FileSourceOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of every read of the file system. */
  readonly onRead?: (offset: number, bytes: Uint8Array) => void;
}

/**
 * An open file. Reads a window ahead so that a hundred thousand small members do not cost as many system
 * calls. A file that shrinks or fails while it is read gives fewer bytes and is marked as `impaired`.
 */
export class FileSource implements RandomSource {
  readonly size: number;
  impaired = false;
  readonly #handle: FileHandle;
  readonly #signal: AbortSignal | undefined;
  readonly #onRead: ((offset: number, bytes: Uint8Array) => void) | undefined;
  #window: Uint8Array = new Uint8Array(0);
  #windowOffset = 0;

  constructor(handle: FileHandle, size: number, options: FileSourceOptions = {}) {
    this.#handle = handle;
    this.size = size;
    this.#signal = options.signal;
    this.#onRead = options.onRead;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    throwIfCancelled(this.#signal);
    const wanted = Math.min(length, this.size - offset);
    if (wanted <= 0) return new Uint8Array(0);
    const start = offset - this.#windowOffset;
    if (start >= 0 && start + wanted <= this.#window.length) {
      return this.#window.subarray(start, start + wanted);
    }
    const bytes = await this.#readFile(offset, Math.min(Math.max(wanted, windowBytes), this.size - offset));
    if (bytes.length <= windowBytes) {
      this.#window = bytes;
      this.#windowOffset = offset;
    }
    if (bytes.length < wanted) this.impaired = true;
    return bytes.subarray(0, wanted);
  }

  passedBy(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#window = new Uint8Array(0);
    await this.#handle.close();
  }

  async #readFile(offset: number, length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    try {
      while (filled < length) {
        const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch {
      this.impaired = true;
    }
    throwIfCancelled(this.#signal);
    const read = bytes.subarray(0, filled);
    this.#onRead?.(offset, read);
    return read;
  }
}

/** Pieces held in memory, read as one. */
export class MemorySource implements RandomSource {
  readonly size: number;
  readonly #pieces: readonly Uint8Array[];
  readonly #starts: readonly number[];

  constructor(pieces: readonly Uint8Array[]) {
    const starts: number[] = [];
    let size = 0;
    for (const piece of pieces) {
      starts.push(size);
      size += piece.length;
    }
    this.#pieces = pieces;
    this.#starts = starts;
    this.size = size;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.size);
    const parts: Uint8Array[] = [];
    for (let at = offset, index = this.#pieceAt(offset); at < end; index++) {
      const piece = this.#pieces[index];
      const start = this.#starts[index];
      if (piece === undefined || start === undefined) break;
      const part = piece.subarray(at - start, end - start);
      parts.push(part);
      at += part.length;
    }
    return Promise.resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts));
  }

  passedBy(): Promise<void> {
    return Promise.resolve();
  }

  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The bytes from `offset` to `offset + length` as a stream; `truncated` when the source has fewer. */
export function rangeStream(source: RandomSource, offset: number, length: number): ByteStream {
  return new RangeStream(source, offset, offset + length);
}

class RangeStream implements ByteStream {
  fault: ReasonCode | null = null;
  packedBytes = 0;
  readonly #source: RandomSource;
  readonly #end: number;
  #position: number;

  constructor(source: RandomSource, start: number, end: number) {
    this.#source = source;
    this.#position = start;
    this.#end = end;
  }

  async next(): Promise<Uint8Array | null> {
    const wanted = Math.min(pieceBytes, this.#end - this.#position);
    if (wanted <= 0) return null;
    const piece = await this.#source.read(this.#position, wanted);
    if (piece.length < wanted) {
      this.fault = 'truncated';
      this.#position = this.#end;
      if (piece.length === 0) return null;
    } else {
      this.#position += piece.length;
    }
    this.packedBytes += piece.length;
    return piece;
  }

  close(): Promise<void> {
    this.#position = this.#end;
    return Promise.resolve();
  }
}
