import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { FileSource, type RandomSource } from './random-source.ts';

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
  readonly #hash = createHash('sha256');
  readonly #onAdvance: ((bytes: number) => void) | undefined;
  #hashed = 0;
  #digest: string | null = null;

  constructor(handle: FileHandle, size: number, options: HashingSourceOptions = {}) {
    this.size = size;
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

  /** The SHA-256 of the whole file, in hex; reads what the walk has left out. */
  async sha256(): Promise<string> {
    await this.passedBy(this.size);
    this.#digest ??= this.#hash.digest('hex');
    return this.#digest;
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
