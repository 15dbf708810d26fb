import { close, fstatSync, mkdirSync, openSync, readSync, rmSync, unlinkSync, write } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError } from '../domain/errors.ts';

const blockBytes = 4 * 1024 * 1024;
/** Blocks that may wait to be written before `ready` holds the reader back. */
const mostWaiting = 6;
/** Blocks kept for use again once they are written: fresh memory costs more than filling it. */
const mostSpare = 4;

/** Where texts go that do not fit the budget. */
export interface SpoolPlace {
  /** Existing or creatable private folder. */
  readonly folder: string;
  /** Distinguishes the file from those of other stores in the same folder. */
  readonly name: string;
}

/**
 * The UTF-8 text of all members, end to end: in memory up to a budget, beyond it in a private file
 * that is unlinked as soon as it is open where the system allows it, and on `close` elsewhere.
 */
export class TextStore {
  readonly #blocks: Buffer[] = [];
  readonly #budget: number;
  readonly #place: SpoolPlace;
  #length = 0;
  #file: number | null = null;
  #path: string | null = null;
  /** Blocks beyond the budget that are being filled or written, by their number; used again once written. */
  readonly #waiting = new Map<number, Buffer>();
  readonly #spare: Buffer[] = [];
  /** Full blocks to be written, one after the other: writes to one file only hinder each other. */
  readonly #queue: number[] = [];
  /** Blocks in the queue and under way. */
  #writes = 0;
  #failed: Error | null = null;
  #closed = false;
  readonly #wake: (() => void)[] = [];

  constructor(budget: number, place: SpoolPlace) {
    this.#budget = Math.ceil(budget / blockBytes) * blockBytes;
    this.#place = place;
  }

  /** Bytes stored. */
  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const room = blockBytes - (this.#length % blockBytes);
      const count = Math.min(room, bytes.length - at);
      this.#target().set(bytes.subarray(at, at + count), this.#length % blockBytes);
      at += count;
      this.#length += count;
      if (this.#length > this.#budget && this.#length % blockBytes === 0)
        this.#write(this.#length / blockBytes - 1);
    }
  }

  /**
   * Resolves when so little waits to be written that more may be appended.
   *
   * @throws ExpectedError `spool-failed` when the disk is full or gone
   */
  async ready(): Promise<void> {
    while (this.#writes > mostWaiting && this.#failed === null) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
    if (this.#failed !== null) throw new ExpectedError('spool-failed', null, {}, this.#failed);
  }

  /** `length` bytes at `offset`, fewer at the end of the store. Read-only: may be a view of the store's own memory. */
  read(offset: number, length: number): Buffer {
    const end = Math.min(offset + length, this.#length);
    if (offset >= end) return Buffer.alloc(0);
    const inOneBlock = Math.floor(offset / blockBytes) === Math.floor((end - 1) / blockBytes);
    if (inOneBlock) {
      const number = Math.floor(offset / blockBytes);
      // What stands in a block that stays in memory is never changed: a view will do.
      const block = offset < this.#budget ? this.#blocks[number] : undefined;
      const from = offset % blockBytes;
      if (block !== undefined) return block.subarray(from, from + (end - offset));
    }
    const out = Buffer.allocUnsafe(end - offset);
    this.readInto(out, offset);
    return out;
  }

  /** Copies the bytes at `offset` into all of `out`, as far as the store has them. */
  readInto(out: Buffer, offset: number): void {
    const end = Math.min(offset + out.length, this.#length);
    for (let at = offset; at < end;) {
      const count = Math.min(blockBytes - (at % blockBytes), end - at);
      this.#copyInto(out, at - offset, at, count);
      at += count;
    }
  }

  close(): void {
    this.#closed = true;
    this.#blocks.length = 0;
    this.#length = 0;
    this.#closeFile();
  }

  /** The file is closed after its last write: its number may belong to another file the moment it is free. */
  #closeFile(): void {
    if (this.#writes > 0) return;
    this.#waiting.clear();
    this.#spare.length = 0;
    if (this.#file !== null) {
      close(this.#file);
      this.#file = null;
    }
    if (this.#path !== null) {
      rmSync(this.#path, { force: true });
      this.#path = null;
    }
  }

  #target(): Buffer {
    if (this.#length < this.#budget) {
      const index = Math.floor(this.#length / blockBytes);
      let block = this.#blocks[index];
      if (block === undefined) {
        block = Buffer.allocUnsafe(blockBytes);
        this.#blocks.push(block);
      }
      return block;
    }
    const number = Math.floor(this.#length / blockBytes);
    let block = this.#waiting.get(number);
    if (block === undefined) {
      block = this.#spare.pop() ?? Buffer.allocUnsafe(blockBytes);
      this.#waiting.set(number, block);
    }
    return block;
  }

  #write(number: number): void {
    if (this.#failed !== null) return;
    this.#writes += 1;
    this.#queue.push(number);
    if (this.#writes === 1) this.#writeNext();
  }

  #writeNext(): void {
    const number = this.#queue[0];
    const block = number === undefined ? undefined : this.#waiting.get(number);
    if (number === undefined || block === undefined) return;
    this.#queue.shift();
    const done = (error: Error | null): void => {
      this.#writes -= 1;
      if (error === null) {
        this.#waiting.delete(number);
        if (this.#spare.length < mostSpare && !this.#closed) this.#spare.push(block);
      } else {
        this.#failed ??= error;
      }
      if (this.#failed !== null || this.#closed) this.#writes -= this.#queue.splice(0).length;
      for (const wake of this.#wake.splice(0)) wake();
      if (this.#closed) this.#closeFile();
      else this.#writeNext();
    };
    let file: number;
    try {
      file = this.#open();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const from = number * blockBytes - this.#budget;
    const writeFrom = (at: number): void => {
      write(file, block, at, blockBytes - at, from + at, (error, written) => {
        if (error !== null) done(error);
        else if (written === 0) done(new Error('nothing written'));
        else if (at + written < blockBytes) writeFrom(at + written);
        else done(null);
      });
    };
    writeFrom(0);
  }

  #open(): number {
    if (this.#file !== null) return this.#file;
    mkdirSync(this.#place.folder, { recursive: true, mode: 0o700 });
    const path = join(this.#place.folder, this.#place.name);
    const file = openSync(path, 'wx+', 0o600);
    this.#file = file;
    try {
      unlinkSync(path);
      // A file system may take the name only when the file closes; then it is removed on close.
      if (fstatSync(file).nlink > 0) this.#path = path;
    } catch {
      this.#path = path;
    }
    return file;
  }

  #copyInto(out: Buffer, outAt: number, offset: number, count: number): void {
    const number = Math.floor(offset / blockBytes);
    const block = offset < this.#budget ? this.#blocks[number] : this.#waiting.get(number);
    if (block !== undefined) {
      block.copy(out, outAt, offset % blockBytes, (offset % blockBytes) + count);
      return;
    }
    let read = 0;
    while (read < count && this.#file !== null) {
      const got = readSync(this.#file, out, outAt + read, count - read, offset - this.#budget + read);
      if (got === 0) break;
      read += got;
    }
    if (read < count) throw new Error('text store: spool file is shorter than what was written');
  }
}
