import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { ZipWriter } from '@zip.js/zip.js';
import { pack } from 'tar-stream';
import type { Pack } from 'tar-stream';
import type { StoredTime } from '../archive/stored-time.ts';

/** Takes bytes; resolves when there is room for more. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

/** Bytes that can be read once or again, and what they are. */
export interface KeptBytes {
  readonly bytes: number;
  readonly sha256: string;
  read(): AsyncIterable<Uint8Array>;
  release(): Promise<void>;
}

const memoryBytes = 8 * 1024 * 1024;

/** Keeps bytes in memory while they are few, else in a private file of the folder. */
export class ByteKeeper {
  readonly #folder: string;
  readonly #hash = createHash('sha256');
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #path: string | null = null;
  #file: Awaited<ReturnType<typeof open>> | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    if (this.#file !== null) {
      await this.#file.writeFile(bytes);
      return;
    }
    this.#pieces.push(Uint8Array.from(bytes));
    if (this.#bytes <= memoryBytes) return;
    this.#path = join(this.#folder, `redacted-${randomUUID()}`);
    this.#file = await open(this.#path, 'wx', 0o600);
    for (const piece of this.#pieces) await this.#file.writeFile(piece);
    this.#pieces = [];
  }

  async finish(): Promise<KeptBytes> {
    await this.#file?.close();
    this.#file = null;
    const [pieces, path] = [this.#pieces, this.#path];
    return {
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      read: () => (path === null ? Readable.from(pieces) : createReadStream(path)),
      release: () => (path === null ? Promise.resolve() : rm(path, { force: true })),
    };
  }

  /** Lets go of what was kept so far. */
  async discard(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    this.#file = null;
    if (this.#path !== null) await rm(this.#path, { force: true });
  }
}

/** An archive that is being written. Names come as they shall stand in it; nothing else of the original is taken over. */
export interface ArchiveWriter {
  add(name: string, modified: StoredTime | null, content: KeptBytes): Promise<void>;
  finish(): Promise<void>;
}

/** Without comments, extra fields and clocks other than the members' own; the same content gives the same bytes. */
export function writeZip(sink: ByteSink): ArchiveWriter {
  const writer = new ZipWriter(new WritableStream<Uint8Array>({ write: (chunk) => sink(chunk) }), {
    useWebWorkers: false,
    extendedTimestamp: false,
    keepOrder: true,
    bufferedWrite: false,
    level: 6,
  });
  return {
    add: async (name, modified, content) => {
      await writer.add(name, Readable.toWeb(Readable.from(content.read())) as ReadableStream<Uint8Array>, {
        lastModDate: wallTime(modified),
        zip64: content.bytes > 0xf000_0000,
      });
    },
    finish: async () => {
      await writer.close();
    },
  };
}

/** A tar, packed or not: names of owners and groups are left empty. */
export function writeTar(sink: ByteSink, packed: boolean): ArchiveWriter {
  const tar: Pack = pack();
  const plain = Readable.from(tar);
  const stream: Readable = packed ? plain.pipe(createGzip({ level: 6 })) : plain;
  const drained = drain(stream, sink);
  // Whoever adds meets the error; until then nobody has to.
  drained.catch(() => undefined);
  return {
    add: async (name, modified, content) => {
      const seconds = modified === null ? 0 : Date.parse(`${modified.local}Z`);
      const added = new Promise<void>((resolve, reject) => {
        const entry = tar.entry(
          { name, size: content.bytes, mtime: new Date(seconds), mode: 0o644 },
          (error) => {
            if (error === null || error === undefined) resolve();
            else reject(error);
          },
        );
        Readable.from(content.read()).pipe(entry);
      });
      await Promise.race([added, drained.then(() => added)]);
    },
    finish: async () => {
      tar.finalize();
      await drained;
    },
  };
}

/** One file, packed; the header names none. */
export function writeGzip(sink: ByteSink): ArchiveWriter {
  return {
    add: async (_name, _modified, content) => {
      await drain(Readable.from(content.read()).pipe(createGzip({ level: 6 })), sink);
    },
    finish: () => Promise.resolve(),
  };
}

async function drain(stream: Readable, sink: ByteSink): Promise<void> {
  for await (const chunk of stream) await sink(chunk as Buffer);
}

/** The clock's reading as such: a zip holds no zone. */
function wallTime(modified: StoredTime | null): Date {
  const [, year = '1980', month = '1', day = '1', hour = '0', minute = '0', second = '0'] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/u.exec(modified?.local ?? '') ?? [];
  const clamped = Math.min(2107, Math.max(1980, Number(year)));
  return new Date(clamped, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
