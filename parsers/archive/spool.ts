import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../domain/errors.ts';
import type { ByteStream } from './byte-stream.ts';
import { FileSource, MemorySource, type RandomSource } from './random-source.ts';

/** Memory for all nested zips that are open at once, in bytes. */
const memoryBytes = 64 * 1024 * 1024;

/** A nested zip made readable at any place. */
export interface Spooled {
  readonly source: RandomSource;
  release(): Promise<void>;
}

/**
 * Holds nested zips while they are walked: in memory as long as there is room, else in a private file that is
 * unlinked as soon as it is open, or, where the system does not allow that, when it is released.
 */
export class Spool {
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;
  readonly #open = new Set<Spooled>();
  #held = 0;

  constructor(folder: string, signal: AbortSignal | undefined) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /**
   * Reads a stream to its end and keeps what came.
   *
   * @throws ExpectedError `not-writable` when the folder takes no file, or is full
   */
  async keep(stream: ByteStream): Promise<Spooled> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for (let piece = await stream.next(); piece !== null; piece = await stream.next()) {
      pieces.push(piece);
      bytes += piece.length;
      if (this.#held + bytes > memoryBytes) return this.#register(await this.#keepInFile(pieces, stream));
    }
    this.#held += bytes;
    return this.#register({
      source: new MemorySource(pieces),
      release: () => {
        this.#held -= bytes;
        return Promise.resolve();
      },
    });
  }

  /** Releases whatever is still held. */
  async close(): Promise<void> {
    for (const spooled of [...this.#open]) await spooled.release();
  }

  #register(spooled: Spooled): Spooled {
    const registered: Spooled = {
      source: spooled.source,
      release: async () => {
        if (this.#open.delete(registered)) await spooled.release();
      },
    };
    this.#open.add(registered);
    return registered;
  }

  async #keepInFile(pieces: Uint8Array[], stream: ByteStream): Promise<Spooled> {
    const path = join(this.#folder, `nested-${randomUUID()}.zip`);
    const handle = await open(path, 'wx+', 0o600).catch(failWriting);
    const unlinked = await unlink(path).then(
      () => true,
      () => false,
    );
    const discard = async () => {
      await handle.close();
      if (!unlinked) await unlink(path);
    };
    try {
      const size = await writeAll(handle, pieces, stream);
      const source = new FileSource(handle, size, { signal: this.#signal });
      return { source, release: discard };
    } catch (error) {
      await discard();
      throw error;
    }
  }
}

function failWriting(error: unknown): never {
  throw new ExpectedError('not-writable', null, {}, error);
}

async function writeAll(handle: FileHandle, pieces: Uint8Array[], stream: ByteStream): Promise<number> {
  let size = 0;
  const write = async (piece: Uint8Array) => {
    for (let at = 0; at < piece.length;) {
      const { bytesWritten } = await handle.write(piece, at, piece.length - at, size).catch(failWriting);
      at += bytesWritten;
      size += bytesWritten;
    }
  };
  for (const piece of pieces.splice(0)) await write(piece);
  for (let piece = await stream.next(); piece !== null; piece = await stream.next()) await write(piece);
  return size;
}
