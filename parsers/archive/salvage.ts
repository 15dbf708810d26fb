import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ByteStream, Digests } from './byte-stream.ts';
import type { ReasonCode } from './reasons.ts';

/** One pass of a decoder over packed bytes; only the first may make digests. */
export interface DecodeRun extends ByteStream {
  /** Whether the decoder found damage, which a finer pass can narrow down. */
  readonly failed: boolean;
  /** Packed bytes that the decoder took in without finding damage. */
  readonly taken: number;
}

/**
 * Decodes, and delivers every byte before damage. Decoders drop what they unpacked in the call that fails, so
 * after damage the packed bytes are read again: the sound ones as before, those of the failing call in
 * smaller and smaller pieces, down to single bytes.
 *
 * @param reopen the packed bytes from their start again; null when they cannot be had, and then what the
 *   failing call unpacked is lost
 * @param steps the most packed bytes given to the decoder at once, for each pass
 */
export function salvaging(
  start: (input: ByteStream, pass: number) => DecodeRun,
  input: ByteStream,
  reopen: (() => ByteStream) | null,
  steps: readonly number[],
): ByteStream {
  return new SalvagingStream(start, input, reopen, steps);
}

class SalvagingStream implements ByteStream {
  fault: ReasonCode | null = null;
  readonly #start: (input: ByteStream, pass: number) => DecodeRun;
  readonly #reopen: (() => ByteStream) | null;
  readonly #steps: readonly number[];
  readonly #coarse: number;
  #run: DecodeRun;
  #pass = 0;
  #delivered = 0;
  #skip = 0;
  #packed = 0;
  readonly #makesDigests: boolean;
  /** From the second pass on, where the first one made digests: of all bytes anew, those skipped too. */
  #anew: { readonly hash: Hash; crc: number } | null = null;
  #digests: Digests | null = null;

  constructor(
    start: (input: ByteStream, pass: number) => DecodeRun,
    input: ByteStream,
    reopen: (() => ByteStream) | null,
    steps: readonly number[],
  ) {
    this.#start = start;
    this.#reopen = reopen;
    this.#steps = steps;
    this.#coarse = steps[0] ?? Number.POSITIVE_INFINITY;
    this.#run = start(new PacedInput(input, this.#coarse, 0, this.#coarse), 0);
    this.#makesDigests = this.#run.digests !== undefined;
  }

  get packedBytes(): number {
    return Math.max(this.#packed, this.#run.packedBytes);
  }

  get digests(): Digests | null | undefined {
    return this.#makesDigests ? this.#digests : undefined;
  }

  lend(): void {
    this.#run.lend?.();
  }

  async next(): Promise<Uint8Array | null> {
    for (;;) {
      const piece = await this.#run.next();
      if (piece === null) {
        if (await this.#restart()) continue;
        this.#digests ??=
          this.#anew === null
            ? (this.#run.digests ?? null)
            : { sha256: this.#anew.hash.digest('hex'), crc32: this.#anew.crc };
        return null;
      }
      this.#digest(piece);
      const skipped = Math.min(this.#skip, piece.length);
      this.#skip -= skipped;
      if (skipped === piece.length) continue;
      this.#delivered += piece.length - skipped;
      return skipped === 0 ? piece : piece.subarray(skipped);
    }
  }

  close(): Promise<void> {
    return this.#run.close();
  }

  #digest(piece: Uint8Array): void {
    if (this.#anew === null) return;
    this.#anew.hash.update(piece);
    this.#anew.crc = crc32(piece, this.#anew.crc);
  }

  async #restart(): Promise<boolean> {
    this.fault = this.#run.fault;
    const step = this.#steps[this.#pass + 1];
    if (!this.#run.failed || this.#reopen === null || step === undefined) return false;
    this.#pass += 1;
    this.#packed = this.packedBytes;
    this.#skip = this.#delivered;
    const sound = this.#run.taken;
    await this.#run.close();
    if (this.#makesDigests) this.#anew = { hash: createHash('sha256'), crc: 0 };
    this.#run = this.#start(new PacedInput(this.#reopen(), this.#coarse, sound, step), this.#pass);
    return true;
  }
}

/** Gives the first `coarseUntil` bytes in pieces of at most `coarse`, those after them of at most `fine`. */
class PacedInput implements ByteStream {
  readonly #source: ByteStream;
  readonly #coarse: number;
  readonly #coarseUntil: number;
  readonly #fine: number;
  #held: Uint8Array = new Uint8Array(0);
  #given = 0;

  constructor(source: ByteStream, coarse: number, coarseUntil: number, fine: number) {
    this.#source = source;
    this.#coarse = coarse;
    this.#coarseUntil = coarseUntil;
    this.#fine = fine;
  }

  get fault(): ReasonCode | null {
    return this.#source.fault;
  }

  get packedBytes(): number {
    return this.#given;
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#held.length === 0) {
      const piece = await this.#source.next();
      if (piece === null) return null;
      this.#held = piece;
    }
    const left = this.#coarseUntil - this.#given;
    const piece = this.#held.subarray(0, left > 0 ? Math.min(left, this.#coarse) : this.#fine);
    this.#held = this.#held.subarray(piece.length);
    this.#given += piece.length;
    return piece;
  }

  close(): Promise<void> {
    this.#held = new Uint8Array(0);
    return this.#source.close();
  }
}
