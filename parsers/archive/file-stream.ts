import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ByteStream, Digests } from './byte-stream.ts';
import { isInflateThreadFree, readOnThread } from './inflate-thread.ts';
import type { ReasonCode } from './reasons.ts';
import type { DecodeRun } from './salvage.ts';

/** Smaller files are read faster where they are needed. */
const leastBytes = 2 * 1024 * 1024;
const pieceBytes = 1024 * 1024;

/** Whether {@link FileStream} is worth its while, and can be had. */
export function isForFileStream(bytes: number): boolean {
  return bytes >= leastBytes && isInflateThreadFree();
}

/**
 * An open file from its first byte to the size that it had, read and hashed beside the thread that looks at it. The
 * owner closes the file, after the stream.
 */
export class FileStream implements ByteStream {
  fault: ReasonCode | null = null;
  digests: Digests | null = null;
  packedBytes = 0;
  readonly #handle: FileHandle;
  readonly #bytes: number;
  readonly #run: DecodeRun;
  /** From where on the thread could not go on. */
  #failedAt: number | null = null;
  readonly #hash = createHash('sha256');
  #ended = false;

  constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.#bytes = bytes;
    this.#run = readOnThread(handle.fd, bytes);
  }

  lend(): void {
    this.#run.lend?.();
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#ended) return null;
    if (this.#failedAt === null) {
      const piece = await this.#run.next();
      if (piece !== null) {
        this.packedBytes += piece.length;
        return piece;
      }
      if (!this.#run.failed) {
        if (this.packedBytes < this.#bytes) this.fault = 'truncated';
        this.digests = this.#run.digests ?? null;
        this.#ended = true;
        return null;
      }
      await this.#takeOver();
    }
    const piece = await this.#read(this.packedBytes);
    if (piece.length > 0) {
      this.#hash.update(piece);
      this.packedBytes += piece.length;
      return piece;
    }
    if (this.packedBytes < this.#bytes) this.fault ??= 'truncated';
    this.digests = { sha256: this.#hash.digest('hex'), crc32: 0 };
    this.#ended = true;
    return null;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#run.close();
  }

  /** The thread is gone, or could not read: what it gave is hashed anew, the rest is read here. */
  async #takeOver(): Promise<void> {
    this.#failedAt = this.packedBytes;
    for (let at = 0; at < this.#failedAt;) {
      const piece = await this.#read(at);
      if (piece.length === 0) break;
      const part = piece.subarray(0, this.#failedAt - at);
      this.#hash.update(part);
      at += part.length;
    }
  }

  /** Nothing where the file ends or cannot be read. */
  async #read(at: number): Promise<Uint8Array> {
    const wanted = Math.min(pieceBytes, this.#bytes - at);
    if (wanted <= 0) return nothing;
    try {
      const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      return buffer.subarray(0, bytesRead);
    } catch {
      this.fault = 'not-readable';
      return nothing;
    }
  }
}

const nothing = new Uint8Array(0);
