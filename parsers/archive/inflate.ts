import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw, type ZlibOptions } from 'node:zlib';
import type { ByteStream } from './byte-stream.ts';
import { inflateOnThread, isInflateThreadFree } from './inflate-thread.ts';
import type { ReasonCode } from './reasons.ts';
import { salvaging, type DecodeRun } from './salvage.ts';

/** Unpacked bytes of one piece; large, because each costs a trip to zlib's thread and back. */
const chunkSize = 512 * 1024;

/** Packed bytes given to zlib at once: as they come at first, and to find the place of damage. */
const feedSteps = [Number.POSITIVE_INFINITY, 1024, 1];

type Engine = InflateRaw | Gunzip;

/** The engine is to stop as soon as it holds a piece; taking that sends it on. */
const engineOptions: ZlibOptions & { readonly readableHighWaterMark: number } = {
  chunkSize,
  readableHighWaterMark: 1,
};

const engines: Readonly<Record<'deflate' | 'gzip', () => Engine>> = {
  deflate: () => createInflateRaw(engineOptions),
  gzip: () => createGunzip(engineOptions),
};

/**
 * Inflates ahead of the consumer: what can be read again on a thread of our own while that is free; the rest, and
 * what that thread does not accept, in zlib's.
 *
 * @param reopen see {@link salvaging}
 */
export function inflate(
  format: 'deflate' | 'gzip',
  input: ByteStream,
  reopen: (() => ByteStream) | null,
): ByteStream {
  if (format === 'deflate' && reopen !== null && isInflateThreadFree()) {
    return salvaging(
      (paced, pass) => (pass === 0 ? inflateOnThread(paced) : new InflateRun(engines[format](), paced)),
      input,
      reopen,
      [Number.POSITIVE_INFINITY, ...feedSteps],
    );
  }
  return salvaging((paced) => new InflateRun(engines[format](), paced), input, reopen, feedSteps);
}

class InflateRun implements DecodeRun {
  fault: ReasonCode | null = null;
  failed = false;
  packedBytes = 0;
  taken = 0;
  readonly #engine: Engine;
  readonly #input: ByteStream;
  readonly #pumping: Promise<void>;
  #ended = false;
  #crash: { readonly error: unknown } | null = null;
  #wakeConsumer: (() => void) | null = null;
  #wakePump: (() => void) | null = null;

  constructor(engine: Engine, input: ByteStream) {
    this.#engine = engine;
    this.#input = input;
    engine.on('readable', () => {
      this.#wakeConsumer?.();
    });
    engine.on('end', () => {
      this.#end();
    });
    engine.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.#ended) this.fault = reasonOf(error, this.#input);
      this.failed = error.code !== 'Z_BUF_ERROR';
      this.#end();
    });
    this.#pumping = this.#pump();
  }

  async next(): Promise<Uint8Array | null> {
    for (;;) {
      // Sends zlib on to the next piece before it gives this one.
      const piece: unknown = this.#ended ? null : this.#engine.read();
      if (piece instanceof Uint8Array) {
        this.#wakePump?.();
        return piece;
      }
      if (this.#crash !== null) throw this.#crash.error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
  }

  /** Waits for the piece of input that is under way, so that others can read the input on. */
  async close(): Promise<void> {
    this.#end();
    this.#engine.destroy();
    await this.#pumping;
    await this.#input.close();
  }

  #end(): void {
    this.#ended = true;
    this.#wakeConsumer?.();
    this.#wakePump?.();
  }

  /** Feeds the engine, one piece of input ahead. Never rejects: what went wrong is for the consumer. */
  async #pump(): Promise<void> {
    try {
      let piece = await this.#input.next();
      while (piece !== null && !this.#ended) {
        const upcoming = this.#input.next();
        // Awaited below, after the engine; until then a failure must not count as unhandled.
        upcoming.catch(() => undefined);
        await this.#feed(piece);
        piece = await upcoming;
      }
      if (!this.#ended) this.#engine.end();
    } catch (error) {
      this.#crash ??= { error };
      this.#end();
    }
  }

  /** An error would overtake what the engine still holds, so it gets no more until that is taken. */
  async #feed(piece: Uint8Array): Promise<void> {
    this.packedBytes += piece.length;
    await new Promise<void>((resolve) => {
      this.#wakePump = () => {
        if (this.#ended) resolve();
      };
      this.#engine.write(piece, () => {
        resolve();
      });
    });
    while (this.#engine.readableLength > 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakePump = resolve;
      });
    }
    if (!this.#ended) this.taken += piece.length;
  }
}

function reasonOf(error: NodeJS.ErrnoException, input: ByteStream): ReasonCode {
  if (error.code === 'Z_BUF_ERROR') return input.fault ?? 'truncated';
  // The check values of gzip, met after all bytes have been delivered.
  if (error.message === 'incorrect data check') return 'bad-crc';
  if (error.message === 'incorrect length check') return 'bad-size';
  // The first header was looked at before: this stands where another file would begin.
  if (error.message === 'incorrect header check') return 'trailing-data';
  return 'damaged-data';
}
