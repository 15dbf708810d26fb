import { createHash, hash as hashAtOnce, type Hash } from 'node:crypto';
import { throwIfCancelled } from '../domain/errors.ts';
import type { Budget } from './budget.ts';
import type { ByteStream } from './byte-stream.ts';
import type { ReasonCode } from './reasons.ts';

/**
 * A member's bytes on their way to whoever reads them: counted against the limits and hashed. Ends early when a
 * limit is reached; the piece that broke it is not given.
 */
export class MemberReader implements ByteStream {
  fault: ReasonCode | null = null;
  bytes = 0;
  readonly #source: ByteStream;
  readonly #budget: Budget;
  readonly #signal: AbortSignal | undefined;
  // Where the source makes the digest, nothing is hashed here. Most other members are one piece, for which setting up a hash costs more than hashing.
  #only: Uint8Array | null = null;
  #hash: Hash | null = null;
  #ended = false;

  constructor(source: ByteStream, budget: Budget, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#budget = budget;
    this.#signal = signal;
  }

  get packedBytes(): number {
    return this.bytes;
  }

  get ended(): boolean {
    return this.#ended;
  }

  lend(): void {
    this.#source.lend?.();
  }

  async next(): Promise<Uint8Array | null> {
    throwIfCancelled(this.#signal);
    if (this.#ended) return null;
    const piece = await this.#source.next();
    throwIfCancelled(this.#signal);
    const refusal =
      piece === null
        ? null
        : this.#budget.take(piece.length, this.bytes + piece.length, this.#source.packedBytes);
    if (piece === null || refusal !== null) {
      this.fault ??= refusal ?? this.#source.fault;
      this.#ended = true;
      await this.#source.close();
      return null;
    }
    this.bytes += piece.length;
    if (this.#source.digests === undefined) this.#take(piece);
    return piece;
  }

  /** Says that this is a part of an archive in several: it is not whole, however well it is read. */
  markPart(): void {
    this.fault ??= 'split-archive';
  }

  /** SHA-256, in hex, of the bytes that were given. */
  sha256(): string {
    const { digests } = this.#source;
    if (digests === null) throw new Error('the digest of a stream was asked for before its end');
    if (digests !== undefined) return digests.sha256;
    return this.#hash === null
      ? hashAtOnce('sha256', this.#only ?? new Uint8Array(0))
      : this.#hash.digest('hex');
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#source.close();
  }

  #take(piece: Uint8Array): void {
    if (this.#hash === null && this.#only === null) {
      this.#only = piece;
      return;
    }
    if (this.#hash === null) {
      this.#hash = createHash('sha256').update(this.#only ?? new Uint8Array(0));
      this.#only = null;
    }
    this.#hash.update(piece);
  }
}
