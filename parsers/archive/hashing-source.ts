import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ByteStream, Digests } from './byte-stream.ts';
import { FileStream, isForFileStream } from './file-stream.ts';
import { FileSource, rangeStream, type RandomSource } from './random-source.ts';
import type { ReasonCode } from './reasons.ts';

export interface HashingSourceOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many of the first bytes of the file have been hashed, each time that grows. */
  readonly onAdvance?: (bytes: number) => void;
}

/**
 * The bundle's file. Its SHA-256 is computed from the reads that the walk makes anyway: a read that continues
 * where the hash stands is hashed, a gap that the walk leaves is filled when it has passed by, and the
 * rest at the end. Walked in the order of its bytes, a file is read once.
 */
export class HashingSource implements RandomSource {
  readonly size: number;
  readonly #file: FileSource;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  readonly #onAdvance: ((bytes: number) => void) | undefined;
  #hashed = 0;
  #digest: string | null = null;

  constructor(handle: FileHandle, size: number, options: HashingSourceOptions = {}) {
    this.size = size;
    this.#handle = handle;
    this.#onAdvance = options.onAdvance;
    this.#file = new FileSource(handle, size, {
      signal: options.signal,
      onRead: (offset, bytes) => {
        this.#take(offset, bytes);
      },
    });
  }

  /** Whether the file gave fewer bytes than it had when it was opened. */
  get impaired(): boolean {
    return this.#file.impaired;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#file.read(offset, length);
  }

  async passedBy(offset: number): Promise<void> {
    while (this.#hashed < offset) {
      const before = this.#hashed;
      const bytes = await this.#file.read(before, Math.min(offset - before, 1024 * 1024));
      this.#take(before, bytes);
      if (this.#hashed === before) return;
    }
  }

  /** The file itself as a member: of a large one the digest is made once, for both. Close it before this. */
  wholeStream(): ByteStream {
    if (!isForFileStream(this.size)) return rangeStream(this, 0, this.size);
    return new WholeStream(new FileStream(this.#handle, this.size), (bytes, sha256) => {
      if (bytes > this.#hashed && this.#digest === null) this.#onAdvance?.(bytes);
      if (sha256 === null) return;
      this.#digest ??= sha256;
      this.#hashed = this.size;
    });
  }

  /** The SHA-256 of the whole file, in hex; reads what the walk has left out. */
  async sha256(): Promise<string> {
    await this.passedBy(this.size);
    this.#digest ??= this.#hash.digest('hex');
    return this.#digest;
  }

  /** Whether the file is no longer as it was when it was opened; a file put in its place is another. */
  async isChanged(before: { readonly size: number; readonly mtimeMs: number }): Promise<boolean> {
    const now = await this.#handle.stat();
    return now.size !== before.size || now.mtimeMs !== before.mtimeMs;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #take(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (offset > this.#hashed || end <= this.#hashed || this.#digest !== null) return;
    this.#hash.update(bytes.subarray(this.#hashed - offset));
    this.#hashed = end;
    this.#onAdvance?.(end);
  }
}

class WholeStream implements ByteStream {
  readonly #stream: FileStream;
  readonly #tell: (bytes: number, sha256: string | null) => void;

  /** @param tell told how far the file was read, and at its whole end of its digest */
  constructor(stream: FileStream, tell: (bytes: number, sha256: string | null) => void) {
    this.#stream = stream;
    this.#tell = tell;
  }

  get fault(): ReasonCode | null {
    return this.#stream.fault;
  }

  get packedBytes(): number {
    return this.#stream.packedBytes;
  }

  get digests(): Digests | null {
    return this.#stream.digests;
  }

  lend(): void {
    this.#stream.lend();
  }

  async next(): Promise<Uint8Array | null> {
    const piece = await this.#stream.next();
    const isWhole = piece === null && this.fault === null;
    this.#tell(this.packedBytes, isWhole ? (this.digests?.sha256 ?? null) : null);
    return piece;
  }

  close(): Promise<void> {
    return this.#stream.close();
  }
}
