import * as published from 'xz-decompress';
import type { ByteStream } from './byte-stream.ts';
import type { ReasonCode } from './reasons.ts';
import { salvaging, type DecodeRun } from './salvage.ts';

// A CommonJS module whose names Node does not see from outside; a bundler does.
const { XzReadableStream } = (Reflect.get(published, 'default') ?? published) as typeof published;

/** Unpacked bytes gathered into one piece; the decoder itself gives 64 KiB and less. */
const gatherBytes = 256 * 1024;

/** Packed bytes given to the decoder at once; its own buffer has 64 KiB. */
const feedSteps = [64 * 1024, 256, 1];

/**
 * The library lets one decoder live at a time and makes the next wait. A walk has several open at once when xz
 * files are nested, and the inner one would wait for the outer for ever.
 */
Reflect.set(XzReadableStream, '_contextMutex', {
  acquire: () => Promise.resolve(),
  release: () => undefined,
});

/**
 * Unpacks xz, also several streams one after another as `cat a.xz b.xz` makes them. What follows and is no xz
 * makes it end as `truncated`: the decoder takes it for the beginning of one.
 *
 * @param reopen see {@link salvaging}
 */
export function unxz(input: ByteStream, reopen: (() => ByteStream) | null): ByteStream {
  return salvaging((paced) => new XzRun(paced), input, reopen, feedSteps);
}

class XzRun implements DecodeRun {
  fault: ReasonCode | null = null;
  failed = false;
  packedBytes = 0;
  taken = 0;
  readonly #input: ByteStream;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #last: Uint8Array = new Uint8Array(0);
  #ended = false;
  #inputEnded = false;
  #crash: { readonly error: unknown } | null = null;

  constructor(input: ByteStream) {
    this.#input = input;
    this.#reader = this.#decode();
  }

  async next(): Promise<Uint8Array | null> {
    const pieces: Uint8Array[] = [];
    let gathered = 0;
    while (gathered < gatherBytes && !this.#ended) {
      const piece = await this.#decoded();
      if (piece !== null && piece.length > 0) {
        pieces.push(piece);
        gathered += piece.length;
      }
    }
    if (gathered === 0) return null;
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }

  async close(): Promise<void> {
    this.#ended = true;
    // A reader whose stream has failed says so again; that has been told.
    await this.#reader.cancel().catch(() => undefined);
    await this.#input.close();
  }

  async #decoded(): Promise<Uint8Array | null> {
    try {
      const { done, value } = await this.#reader.read();
      if (!done) return value;
      this.#ended = true;
    } catch (error) {
      if (this.#crash !== null) throw this.#crash.error;
      this.#ended = true;
      this.#judge(error);
    }
    return null;
  }

  #decode(): ReadableStreamDefaultReader<Uint8Array> {
    const packed = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const piece = await this.#feed();
          if (piece === null) controller.close();
          else controller.enqueue(piece);
        },
      },
      { highWaterMark: 0 },
    );
    return new XzReadableStream(packed).getReader();
  }

  async #feed(): Promise<Uint8Array | null> {
    try {
      this.taken += this.#last.length;
      const piece = await this.#input.next();
      this.#last = piece ?? new Uint8Array(0);
      this.packedBytes += this.#last.length;
      if (piece === null) this.#inputEnded = true;
      return piece;
    } catch (error) {
      this.#crash = { error };
      throw error;
    }
  }

  #judge(error: unknown): void {
    // The library has its decoder's result only in the message: 2 unknown check, 3 and 4 a
    // dictionary beyond its memory, 6 unknown filter or option.
    const code = /error code (?<code>\d+)/u.exec(String(error))?.groups?.['code'] ?? null;
    if (code === null) forgetDecoder();
    if (code !== null && ['2', '3', '4', '6'].includes(code)) {
      this.fault = 'unsupported-method';
    } else if (this.#inputEnded) {
      this.fault = this.#input.fault ?? 'truncated';
    } else {
      this.fault = 'damaged-data';
      this.failed = true;
    }
  }
}

/** All decoders share one WebAssembly instance; one that trapped may have left its memory in disorder. */
function forgetDecoder(): void {
  Reflect.set(XzReadableStream, '_moduleInstance', undefined);
  Reflect.set(XzReadableStream, '_moduleInstancePromise', undefined);
}
