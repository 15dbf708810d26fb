import type { ByteStream } from './byte-stream.ts';
import type { Container, ContainerEntry } from './container.ts';
import { decodeName, showName } from './member-names.ts';
import type { ReasonCode } from './reasons.ts';
import { utcFromSeconds, type StoredTime } from './stored-time.ts';
import {
  isZeroBlock,
  readDamagedHeader,
  readSparseBlock,
  readSparseHeader,
  readTarHeader,
  tarBlockBytes,
  type SparsePiece,
  type TarHeader,
} from './tar-header.ts';
import { pairs, paxNumber, readPax, readPaxSparse, type PaxRecords } from './tar-pax.ts';

/** More of extended records or of a map is not kept. */
const extensionBytes = 16 * 1024 * 1024;

/** Longer names are cut. */
const nameBytes = 64 * 1024;

/** Longest number in a map, and more than any that counts. */
const digits = 32;

/** Zeros of a sparse file are given in pieces of this many. */
const zeroBytes = 256 * 1024;

/**
 * Reads a tar from a stream, in order and without copies: V7, ustar, pax, GNU (long names, sparse files, volumes)
 * and star, several one after another as `cat a.tar b.tar` makes them. A file whose
 * header is damaged ends as `bad-header`. Where a header should stand and does not, the next one is looked for, and
 * the container's fault is `damaged-data`, or `trailing-data` behind the end mark.
 */
export function openTar(source: ByteStream): Container {
  return new TarContainer(source);
}

/** A header, and whether its checksum fits. */
type FoundHeader = TarHeader & { readonly sound: boolean };

/** What the headers before an entry's own say of it. */
interface Extension {
  name: Buffer | null;
  link: Buffer | null;
  pax: PaxRecords;
}

const noRecords: PaxRecords = new Map();

class TarContainer implements Container {
  fault: ReasonCode | null = null;
  readonly #input: BlockInput;
  /** Modification time of all that follow, unless they say another. */
  #mtime: number | null = null;
  /** Whether the last blocks were an end mark, or zeros in its place. */
  #atEnd = false;

  constructor(source: ByteStream) {
    this.#input = new BlockInput(source);
  }

  async *entries(): AsyncGenerator<ContainerEntry, void, undefined> {
    let extension: Extension = { name: null, link: null, pax: noRecords };
    for (;;) {
      const header = await this.#nextHeader();
      if (header === null) break;
      if (await this.#extend(header, extension)) continue;
      const said = extension;
      extension = { name: null, link: null, pax: noRecords };
      const stream = await this.#openEntry(header, said);
      if (stream === null) continue;
      yield describe(header, said, this.#mtime, stream);
      await stream.skip();
      if (stream.fault === 'split-archive') this.fault = 'split-archive';
    }
    if (this.#input.partial) this.fault ??= this.#atEnd ? 'trailing-data' : 'truncated';
    this.fault = this.#input.fault ?? this.fault;
  }

  close(): Promise<void> {
    return this.#input.close();
  }

  async #nextHeader(): Promise<FoundHeader | null> {
    for (;;) {
      const block = await this.#input.block();
      if (block === null) return null;
      if (isZeroBlock(block)) {
        this.#atEnd = true;
        continue;
      }
      const header = readTarHeader(block);
      if (header !== null) {
        this.#atEnd = false;
        return { ...header, sound: true };
      }
      this.fault ??= this.#atEnd ? 'trailing-data' : 'damaged-data';
      const damaged = this.#atEnd ? null : readDamagedHeader(block);
      if (damaged !== null) return { ...damaged, sound: false };
    }
  }

  /** Takes in what only speaks of the entry that follows, or of all; false for an entry. */
  async #extend(header: TarHeader, extension: Extension): Promise<boolean> {
    switch (header.type) {
      case 'L':
        extension.name = beforeNul(await this.#content(header));
        return true;
      case 'K':
        extension.link = beforeNul(await this.#content(header));
        return true;
      case 'x':
      case 'X': // Solaris
        extension.pax = await this.#records(header);
        return true;
      case 'g':
        this.#mtime = paxNumber(await this.#records(header), 'mtime') ?? this.#mtime;
        return true;
      default:
        return false;
    }
  }

  async #records(header: TarHeader): Promise<PaxRecords> {
    const content = await this.#content(header);
    const records = content === null ? null : readPax(content);
    if (records === null) this.fault ??= 'damaged-data';
    return records ?? noRecords;
  }

  /** The content of a header's own; null when there is too much of it. */
  async #content(header: TarHeader): Promise<Buffer | null> {
    if (header.bytes > extensionBytes) {
      await this.#input.skip(padded(header.bytes));
      this.fault ??= 'damaged-data';
      return null;
    }
    const content = await this.#input.take(padded(header.bytes));
    return content.subarray(0, header.bytes);
  }

  /** Null for what is no member. */
  async #openEntry(header: FoundHeader, said: Extension): Promise<TarEntryStream | null> {
    const stated = paxNumber(said.pax, 'size');
    const bytes = stated !== null && stated >= 0 ? Math.floor(stated) : header.bytes;
    if (!header.sound) return new TarEntryStream(this.#input, bytes, null, 'bad-header');
    switch (header.type) {
      case '1':
        // Some say the size of the file that is linked to and do not repeat its bytes.
        return new TarEntryStream(this.#input, (await this.#hasContent(bytes)) ? bytes : 0);
      case '2':
      case '3':
      case '4':
      case '6':
        return new TarEntryStream(this.#input, 0);
      case '5':
        return null;
      case 'D': // GNU: a folder with the list of what was in it
        await this.#input.skip(padded(bytes));
        return null;
      case 'V': // GNU: the name of the volume
        if (bytes === 0) return null;
        break;
      case 'S':
        return this.#openOldSparse(header, bytes);
      case 'M':
        return new TarEntryStream(this.#input, bytes, null, 'split-archive');
      default:
        if (bytes === 0 && header.name.at(-1) === 0x2f) return null;
    }
    const sparse = readPaxSparse(said.pax);
    if (sparse === null) return new TarEntryStream(this.#input, bytes);
    if (sparse.pieces !== null)
      return new TarEntryStream(this.#input, bytes, { ...sparse, pieces: sparse.pieces });
    const before = await this.#readMap(bytes);
    return new TarEntryStream(this.#input, bytes - before.bytes, {
      bytes: sparse.bytes,
      pieces: before.pieces,
    });
  }

  /** Whether what follows a hard link is the content of its file rather than the next header. */
  async #hasContent(bytes: number): Promise<boolean> {
    if (bytes === 0) return false;
    return !(await this.#input.isAtHeader()) && !(await this.#input.isAtZeros());
  }

  async #openOldSparse(header: TarHeader, bytes: number): Promise<TarEntryStream> {
    const map = readSparseHeader(header.block);
    const { pieces } = map;
    for (let more = map.continues; more;) {
      const block = await this.#input.block();
      if (block === null || pieces.length * 24 > extensionBytes) break;
      const next = readSparseBlock(block);
      for (const piece of next.pieces) pieces.push(piece);
      more = next.continues;
    }
    return new TarEntryStream(this.#input, bytes, { bytes: map.bytes, pieces });
  }

  /** The map before the bytes of a sparse file (1.0): how many pieces, then their numbers, a line each; whole blocks. */
  async #readMap(bytes: number): Promise<{ readonly bytes: number; readonly pieces: SparsePiece[] }> {
    let text = '';
    let read = 0;
    let lines: string[] = [];
    let wanted = Number.POSITIVE_INFINITY;
    let complete = 0;
    while (complete < wanted && read < Math.min(bytes, extensionBytes)) {
      const block = await this.#input.block();
      if (block === null) break;
      read += tarBlockBytes;
      text += block.toString('latin1');
      const found = text.split('\n');
      text = found.pop() ?? '';
      lines = read === tarBlockBytes ? found : lines;
      if (read > tarBlockBytes) for (const line of found) lines.push(line);
      complete = lines.length;
      if (wanted === Number.POSITIVE_INFINITY && complete > 0) wanted = 1 + 2 * Number(lines[0]);
      if (Number.isNaN(wanted) || text.length > digits) break;
    }
    const sound = complete >= wanted;
    return {
      bytes: Math.min(read, bytes),
      pieces: sound ? pairs(lines.slice(1, wanted)) : [{ offset: -1, bytes: 0 }],
    };
  }
}

/** The source in blocks, and in stretches of them. */
class BlockInput {
  /** Set where the source ends within something. */
  fault: ReasonCode | null = null;
  /** Whether it ends with less than a block. */
  partial = false;
  readonly #source: ByteStream;
  #held: Uint8Array = new Uint8Array(0);

  constructor(source: ByteStream) {
    this.#source = source;
  }

  /** The next block; null at the end of the source. */
  async block(): Promise<Buffer | null> {
    const block = await this.#fill(tarBlockBytes);
    this.#held = this.#held.subarray(block.length);
    if (block.length === tarBlockBytes) return block;
    this.fault ??= this.#source.fault;
    this.partial = block.some((byte) => byte !== 0);
    return null;
  }

  async isAtHeader(): Promise<boolean> {
    const block = await this.#fill(tarBlockBytes);
    return block.length === tarBlockBytes && readTarHeader(block) !== null;
  }

  async isAtZeros(): Promise<boolean> {
    return isZeroBlock(await this.#fill(tarBlockBytes));
  }

  /** As many bytes, in one piece. */
  async take(bytes: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let taken = 0;
    while (taken < bytes) {
      const piece = await this.next(bytes - taken);
      if (piece === null) break;
      pieces.push(piece);
      taken += piece.length;
    }
    return Buffer.concat(pieces);
  }

  async skip(bytes: number): Promise<void> {
    for (let left = bytes; left > 0;) {
      const piece = await this.next(left);
      if (piece === null) return;
      left -= piece.length;
    }
  }

  /** Up to as many bytes as they come; null when the source has no more. */
  async next(bytes: number): Promise<Uint8Array | null> {
    if (this.#held.length === 0) {
      const piece = await this.#source.next();
      if (piece === null) {
        this.fault ??= this.#source.fault ?? 'truncated';
        return null;
      }
      this.#held = piece;
    }
    const given = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(given.length);
    return given;
  }

  close(): Promise<void> {
    this.#held = this.#held.subarray(0, 0);
    return this.#source.close();
  }

  /** Sees to it that as many bytes are held, and gives them; fewer at the end. */
  async #fill(bytes: number): Promise<Buffer> {
    while (this.#held.length < bytes) {
      const piece = await this.#source.next();
      if (piece === null) break;
      this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    }
    const { buffer, byteOffset, length } = this.#held;
    return Buffer.from(buffer, byteOffset, Math.min(bytes, length));
  }
}

interface SparseMap {
  /** Of the file with its holes. */
  readonly bytes: number;
  readonly pieces: readonly SparsePiece[];
}

class TarEntryStream implements ByteStream {
  fault: ReasonCode | null = null;
  packedBytes = 0;
  /** Unpacked, as its headers say. */
  readonly declaredBytes: number;
  readonly #input: BlockInput;
  /** What is left of its bytes, and of the blocks that they fill. */
  #left: number;
  #padding: number;
  readonly #pieces: readonly SparsePiece[] | null;
  readonly #size: number;
  /** Piece under way, and the place in the file that has been reached. */
  #piece = 0;
  #at = 0;
  #zeros: Buffer | null = null;
  #closed = false;
  readonly #part: ReasonCode | null;

  /** @param part why it is not whole, when that is known beforehand */
  constructor(
    input: BlockInput,
    bytes: number,
    map: SparseMap | null = null,
    part: ReasonCode | null = null,
  ) {
    this.#input = input;
    this.#left = bytes;
    this.#padding = padded(bytes) - bytes;
    const sound = map !== null && isSound(map, bytes);
    this.#pieces = sound ? map.pieces : null;
    this.#size = sound ? map.bytes : bytes;
    this.declaredBytes = this.#size;
    // Of a file whose map is broken its bytes are given as they are.
    this.#part = map !== null && !sound ? 'damaged-data' : part;
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#closed) return null;
    const piece = this.#pieces === null ? await this.#take(this.#left) : await this.#nextOf(this.#pieces);
    if (piece === null) {
      this.#closed = true;
      this.fault ??= this.#part;
      return null;
    }
    this.#at += piece.length;
    return piece;
  }

  /** Lets the rest go by unread. */
  async skip(): Promise<void> {
    this.#closed = true;
    this.fault ??= this.#part;
    if (this.#part === 'bad-header') while ((await this.#take(this.#left)) !== null);
    await this.#input.skip(this.#left + this.#padding);
    this.#left = 0;
    this.#padding = 0;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  async #nextOf(pieces: readonly SparsePiece[]): Promise<Uint8Array | null> {
    for (;;) {
      const piece = pieces[this.#piece];
      const start = piece?.offset ?? this.#size;
      if (this.#at < start) return this.#hole(start - this.#at);
      if (piece === undefined) return null;
      const rest = piece.offset + piece.bytes - this.#at;
      if (rest > 0) return this.#take(rest);
      this.#piece += 1;
    }
  }

  #hole(bytes: number): Uint8Array {
    this.#zeros ??= Buffer.alloc(zeroBytes);
    return this.#zeros.subarray(0, Math.min(bytes, zeroBytes));
  }

  async #take(bytes: number): Promise<Uint8Array | null> {
    if (bytes === 0) return null;
    const guarded = this.#part === 'bad-header';
    if (guarded && (await this.#input.isAtHeader())) {
      this.#left = 0;
      this.#padding = 0;
      return null;
    }
    const piece = await this.#input.next(guarded ? Math.min(bytes, tarBlockBytes) : bytes);
    if (piece === null) {
      this.fault = this.#input.fault;
      this.#left = 0;
      return null;
    }
    this.#left -= piece.length;
    this.packedBytes += piece.length;
    return piece;
  }
}

/** Whether the pieces stand one behind the other within the file, and are all there is of it. */
function isSound(map: SparseMap, bytes: number): boolean {
  let end = 0;
  let sum = 0;
  for (const piece of map.pieces) {
    if (piece.offset < end || piece.bytes < 0) return false;
    end = piece.offset + piece.bytes;
    sum += piece.bytes;
  }
  return end <= map.bytes && sum === bytes;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / tarBlockBytes) * tarBlockBytes;
}

function beforeNul(content: Buffer | null): Buffer | null {
  const end = content?.findIndex((byte) => byte === 0) ?? -1;
  return end < 0 || content === null ? content : content.subarray(0, end);
}

function describe(
  header: TarHeader,
  said: Extension,
  mtimeOfAll: number | null,
  stream: TarEntryStream,
): ContainerEntry {
  const kind = stream.declaredBytes > 0 ? 'file' : kindOf(header.type);
  const text = (key: string) => said.pax.get(key)?.at(-1) ?? null;
  const name = text('GNU.sparse.name') ?? text('path') ?? said.name ?? header.name;
  const link = text('linkpath') ?? said.link ?? header.link;
  const mtime = paxNumber(said.pax, 'mtime') ?? mtimeOfAll ?? header.mtime;
  return {
    name: showName(decodeName(name.subarray(0, nameBytes))),
    kind,
    linkTarget:
      link.length === 0 || header.type === '0' ? null : showName(decodeName(link.subarray(0, nameBytes))),
    declaredBytes: kind === 'file' ? stream.declaredBytes : null,
    packedBytes: null,
    modified: modifiedOf(mtime),
    fault: null,
    open: () => stream,
    repeatable: false,
  };
}

function kindOf(type: string): ContainerEntry['kind'] {
  switch (type) {
    case '2':
      return 'symlink';
    case '1': // a hard link: its bytes stand under the other name
    case '3':
    case '4':
    case '6':
      return 'special';
    default:
      // POSIX: a type that is not known is to be read like a file.
      return 'file';
  }
}

function modifiedOf(seconds: number | null): StoredTime | null {
  return seconds === null || seconds === 0 ? null : utcFromSeconds(Math.floor(seconds));
}
