import type { ReasonCode } from './reasons.ts';

/** Digests of all bytes that a stream gave. */
export interface Digests {
  /** In hex. */
  readonly sha256: string;
  readonly crc32: number;
}

/**
 * Bytes asked for one piece after another. Damage is data: a stream that cannot go on ends early and
 * says why in `fault`; it throws only when cancelled or on a bug.
 */
export interface ByteStream {
  /** The next piece, never empty; null at the end. Asked for again only after the last answer. */
  next(): Promise<Uint8Array | null>;
  /** Why the stream ended early; settled once `next` gave null. */
  readonly fault: ReasonCode | null;
  /** Packed bytes taken in so far, for the ratio limit. */
  readonly packedBytes: number;
  /**
   * Of a stream that makes the digests of what it gives itself, beside the thread that reads it: null until `next`
   * gave null. Absent or undefined on others, from the first piece on.
   */
  readonly digests?: Digests | null | undefined;
  /** From now on a piece need only be good until the next one is asked for, which spares a copy. */
  lend?(): void;
  /** Gives up what the stream holds. May be called at any time, more than once. */
  close(): Promise<void>;
}

/** Reads a stream to its end and forgets it. */
export async function drain(stream: ByteStream): Promise<void> {
  while ((await stream.next()) !== null);
}

/** A stream that others read for a while; closing it leaves the owner's open. */
export function borrowed(stream: ByteStream): ByteStream {
  return {
    next: () => stream.next(),
    get fault() {
      return stream.fault;
    },
    get packedBytes() {
      return stream.packedBytes;
    },
    close: () => Promise.resolve(),
  };
}

/** A stream whose first bytes can be looked at before it is read. */
export class PeekStream implements ByteStream {
  readonly #source: ByteStream;
  #ahead: Uint8Array[] = [];
  #ended = false;

  constructor(source: ByteStream) {
    this.#source = source;
  }

  get fault(): ReasonCode | null {
    return this.#source.fault;
  }

  get packedBytes(): number {
    return this.#source.packedBytes;
  }

  get digests(): Digests | null | undefined {
    return this.#source.digests;
  }

  lend(): void {
    this.#source.lend?.();
  }

  /** Up to `length` first bytes; call before the first `next`. Fewer only when the stream has no more. */
  async head(length: number): Promise<Uint8Array> {
    let held = this.#ahead.reduce((sum, piece) => sum + piece.length, 0);
    while (held < length && !this.#ended) {
      const piece = await this.#source.next();
      if (piece === null) {
        this.#ended = true;
      } else {
        this.#ahead.push(piece);
        held += piece.length;
      }
    }
    if (this.#ahead.length > 1) this.#ahead = [Buffer.concat(this.#ahead)];
    return this.#ahead[0]?.subarray(0, length) ?? new Uint8Array(0);
  }

  async next(): Promise<Uint8Array | null> {
    const held = this.#ahead.shift();
    if (held !== undefined) return held;
    return this.#ended ? null : this.#source.next();
  }

  async close(): Promise<void> {
    this.#ahead = [];
    this.#ended = true;
    await this.#source.close();
  }
}
