import { setImmediate as nextTurn } from 'node:timers/promises';
import { extract, type Header } from 'tar-stream';
import type { ByteStream } from './byte-stream.ts';
import type { Container, ContainerEntry } from './container.ts';
import { decodeName, showName } from './member-names.ts';
import type { ReasonCode } from './reasons.ts';
import { utcFromSeconds, type StoredTime } from './stored-time.ts';

/** Reads a tar from a stream, in order and without copies. */
export function openTar(source: ByteStream): Container {
  return new TarContainer(source);
}

type LibraryOptions = NonNullable<Parameters<typeof extract>[0]>;

/** What the library takes and its types do not know. Latin-1 keeps the bytes of names for `decodeName` to judge. */
const libraryOptions: LibraryOptions & {
  readonly allowUnknownFormat: boolean;
  readonly filenameEncoding: string;
} = {
  allowUnknownFormat: true,
  filenameEncoding: 'latin1',
};

interface EntryStream {
  on(event: 'data', listener: (piece: Uint8Array) => void): unknown;
  on(event: 'end' | 'error', listener: () => void): unknown;
}

/**
 * Drives the library by hand: a piece of the source is written only when the one before has been used up. What
 * an entry has of a piece is queued at once, so that nothing is lost when the source ends in the middle.
 */
class TarContainer implements Container {
  fault: ReasonCode | null = null;
  readonly #source: ByteStream;
  readonly #extract = extract(libraryOptions);
  #arrived: TarEntryStream | null = null;
  #release: (() => void) | null = null;
  #idle = true;
  #sourceEnded = false;
  #finished = false;
  #broken = false;
  #wake: (() => void) | null = null;

  constructor(source: ByteStream) {
    this.#source = source;
    this.#extract.on('entry', (header, stream, release) => {
      this.#arrived = new TarEntryStream(this, header, stream as EntryStream);
      this.#release = () => {
        release();
      };
      this.stir();
    });
    this.#extract.on('drain', () => {
      this.#idle = true;
      this.stir();
    });
    this.#extract.on('finish', () => {
      this.#finished = true;
      this.stir();
    });
    this.#extract.on('error', () => {
      this.#broken = true;
      this.stir();
    });
  }

  async *entries(): AsyncGenerator<ContainerEntry, void, undefined> {
    for (;;) {
      const stream = await this.#nextEntry();
      if (stream === null) return;
      const entry = describe(stream);
      if (entry !== null) yield entry;
      stream.discard();
      const release = this.#release;
      this.#release = null;
      // The next entry may arrive within this call.
      release?.();
    }
  }

  async close(): Promise<void> {
    this.#broken = true;
    this.#arrived?.discard();
    this.#extract.destroy();
    await this.#source.close();
  }

  /** Why the entry under way cannot get more bytes; null while it can, after having tried to bring some. */
  async advance(): Promise<ReasonCode | null> {
    if (this.#broken) return 'damaged-data';
    if (!this.#idle) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      return null;
    }
    if (this.#sourceEnded) return this.#source.fault ?? 'truncated';
    const piece = await this.#source.next();
    if (piece === null) {
      this.#sourceEnded = true;
      // The library hands on what it holds in its own time.
      await nextTurn();
    } else {
      this.#idle = this.#extract.write(piece);
    }
    return null;
  }

  /** Tells whoever waits in `advance` that something has come. */
  stir(): void {
    this.#wake?.();
    this.#wake = null;
  }

  async #nextEntry(): Promise<TarEntryStream | null> {
    for (;;) {
      const stream = this.#arrived;
      if (stream !== null) {
        this.#arrived = null;
        return stream;
      }
      const reason = await this.advance();
      if (reason === null) continue;
      if (!this.#broken && !this.#finished) await this.#finish();
      if (this.#arrived !== null) continue;
      this.fault = this.#source.fault ?? (this.#broken ? reason : null);
      return null;
    }
  }

  /** The library complains when the end comes in the middle of something. */
  async #finish(): Promise<void> {
    const settled = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#extract.end(null);
    await settled;
  }
}

class TarEntryStream implements ByteStream {
  fault: ReasonCode | null = null;
  packedBytes = 0;
  readonly header: Header;
  readonly #container: TarContainer;
  #queue: Uint8Array[] = [];
  #ended = false;
  #discarded = false;

  constructor(container: TarContainer, header: Header, stream: EntryStream) {
    this.#container = container;
    this.header = header;
    stream.on('data', (piece) => {
      if (!this.#discarded) this.#queue.push(piece);
      container.stir();
    });
    stream.on('end', () => {
      this.#ended = true;
      container.stir();
    });
    // The container hears of it as well and says why.
    stream.on('error', () => undefined);
  }

  async next(): Promise<Uint8Array | null> {
    while (this.fault === null && !this.#discarded) {
      const piece = this.#queue.shift();
      if (piece !== undefined) {
        this.packedBytes += piece.length;
        return piece;
      }
      if (this.#ended) return null;
      const reason = await this.#container.advance();
      if (!this.#hasNews()) this.fault = reason;
    }
    return null;
  }

  #hasNews(): boolean {
    return this.#queue.length > 0 || this.#ended;
  }

  /** Lets the rest go by unread. */
  discard(): void {
    this.#discarded = true;
    this.#queue = [];
  }

  close(): Promise<void> {
    this.discard();
    return Promise.resolve();
  }
}

function describe(stream: TarEntryStream): ContainerEntry | null {
  const { header } = stream;
  const kind = kindOf(header);
  if (kind === null) return null;
  // The library's types have no null here; its decoder does.
  const link = header.linkname as string | null;
  return {
    name: showName(textOf(header, 'path', header.name)),
    kind,
    linkTarget: link === null || link === '' ? null : showName(textOf(header, 'linkpath', link)),
    declaredBytes: kind === 'file' ? header.size : null,
    packedBytes: null,
    modified: modifiedOf(header),
    fault: null,
    open: () => stream,
    repeatable: false,
  };
}

function kindOf(header: Header): ContainerEntry['kind'] | null {
  switch (header.type) {
    case 'directory':
      return null;
    case 'symlink':
      return 'symlink';
    case 'link': // a hard link: its bytes stand under the other name
    case 'character-device':
    case 'block-device':
    case 'fifo':
      return 'special';
    default:
      // POSIX: a type that is not known is to be read like a file.
      return 'file';
  }
}

/** PAX names are UTF-8 by definition and already text; the others are bytes, one to a character. */
function textOf(header: Header, field: 'path' | 'linkpath', stored: string): string {
  const { pax } = header;
  const isText = typeof pax === 'object' && pax !== null && field in pax;
  return isText ? stored : decodeName(Buffer.from(stored, 'latin1'));
}

function modifiedOf(header: Header): StoredTime | null {
  const milliseconds = header.mtime.getTime();
  return milliseconds === 0 || Number.isNaN(milliseconds) ? null : utcFromSeconds(milliseconds / 1000);
}
