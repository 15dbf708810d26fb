import { crc32, inflateRawSync } from 'node:zlib';
import type { ByteStream, Digests } from './byte-stream.ts';
import { inflate } from './inflate.ts';
import { rangeStream, type RandomSource } from './random-source.ts';
import type { ReasonCode } from './reasons.ts';
import { readForeign } from './zip-foreign.ts';
import {
  flagDescriptor,
  flagEncrypted,
  isEncrypted,
  localHeaderBytes,
  methodDeflate,
  methodDeflate64,
  methodStored,
  readLocalHeader,
  type LocalHeader,
  type ZipEntry,
} from './zip-records.ts';

/** Up to this many bytes a member is inflated at once and in place: setting up a stream would cost more. */
const smallBytes = 256 * 1024;
/** Deflate makes at most 1,032 bytes of one. */
const mostRatio = 1032;
/** Zlib inflates into pieces of no less. */
const leastChunk = 64;

/** The unpacked bytes of an entry, checked against its local header, its CRC-32 and its size. */
export function openZipEntry(source: RandomSource, entry: ZipEntry, password: Uint8Array | null): ByteStream {
  return new ZipEntryStream(source, entry, password);
}

class ZipEntryStream implements ByteStream {
  fault: ReasonCode | null = null;
  readonly #source: RandomSource;
  readonly #entry: ZipEntry;
  readonly #password: Uint8Array | null;
  #content: ByteStream | null = null;
  #ended = false;
  #disagrees = false;
  #clipped = false;
  #lends = false;
  #crc = 0;
  #bytes = 0;

  constructor(source: RandomSource, entry: ZipEntry, password: Uint8Array | null) {
    this.#source = source;
    this.#entry = entry;
    this.#password = password;
  }

  get packedBytes(): number {
    return this.#content?.packedBytes ?? 0;
  }

  get digests(): Digests | null | undefined {
    return this.#content?.digests;
  }

  lend(): void {
    this.#lends = true;
    this.#content?.lend?.();
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#ended) return null;
    if (this.#content === null) {
      this.#content = await this.#start();
      if (this.#lends) this.#content?.lend?.();
    }
    const piece = (await this.#content?.next()) ?? null;
    if (piece === null) {
      this.#ended = true;
      this.#crc = this.#content?.digests?.crc32 ?? this.#crc;
      this.fault ??= this.#verdict();
      return null;
    }
    if (this.#content?.digests === undefined) this.#crc = crc32(piece, this.#crc);
    this.#bytes += piece.length;
    return piece;
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#content?.close();
  }

  async #start(): Promise<ByteStream | null> {
    const entry = this.#entry;
    const header = await this.#readHeader();
    if (header === null) {
      this.fault = 'bad-header';
      return null;
    }
    this.#disagrees = disagrees(entry, header);
    const dataOffset = entry.headerOffset + localHeaderBytes + header.nameBytes + header.extraBytes;
    const room = Math.max(0, entry.endOffset - dataOffset);
    const packedBytes = Math.min(entry.packedBytes ?? room, room);
    this.#clipped = packedBytes < (entry.packedBytes ?? 0);
    const extent = { headerOffset: entry.headerOffset, dataOffset, packedBytes };
    const encrypted = isEncrypted(entry);
    const method = entry.aes?.method ?? entry.method;
    if (method !== methodStored && method !== methodDeflate && method !== methodDeflate64) {
      this.fault = 'unsupported-method';
      return null;
    }
    if (encrypted && this.#password === null) {
      this.fault = 'password-needed';
      return null;
    }
    if (method === methodDeflate64) {
      return readForeign(this.#source, entry, header, extent, this.#password, true);
    }
    const packed = () =>
      encrypted
        ? readForeign(this.#source, entry, header, extent, this.#password, false)
        : rangeStream(this.#source, dataOffset, packedBytes);
    if (method === methodStored) return packed();
    const small = encrypted ? null : await this.#inflateSmall(dataOffset, packedBytes);
    return small ?? inflate('deflate', packed(), packed);
  }

  async #readHeader(): Promise<LocalHeader | null> {
    const at = this.#entry.headerOffset;
    const fixed = toBuffer(await this.#source.read(at, localHeaderBytes));
    if (fixed.length < localHeaderBytes) return null;
    const length = localHeaderBytes + fixed.readUInt16LE(26) + fixed.readUInt16LE(28);
    return readLocalHeader(toBuffer(await this.#source.read(at, length)), 0);
  }

  /** Null when the entry is not small, or not what it says; the long way then finds out how far it goes. */
  async #inflateSmall(dataOffset: number, packedBytes: number): Promise<ByteStream | null> {
    const { bytes } = this.#entry;
    if (bytes === null || bytes > smallBytes || packedBytes > smallBytes) return null;
    const packed = await this.#source.read(dataOffset, packedBytes);
    // In one piece; what is said to be much larger than it can be gets no room for that.
    const chunkSize = Math.max(leastChunk, Math.min(bytes, packed.length * mostRatio) + 1);
    const options = { maxOutputLength: Math.max(1, bytes), chunkSize };
    try {
      return new OnePieceStream(inflateRawSync(packed, options), packedBytes);
    } catch {
      return null;
    }
  }

  #verdict(): ReasonCode | null {
    const reason = this.#content?.fault ?? null;
    if (this.#clipped && (reason === null || reason === 'truncated') && !this.#isWhole()) {
      return this.#entry.endOffset < this.#source.size ? 'overlapping-entry' : 'truncated';
    }
    if (reason !== null) return reason;
    if (!this.#matchesCrc()) return 'bad-crc';
    if (this.#entry.bytes !== null && this.#entry.bytes !== this.#bytes) return 'bad-size';
    if (this.#hasUnknownEnd()) return 'truncated';
    return this.#disagrees ? 'header-mismatch' : null;
  }

  #isWhole(): boolean {
    return this.#entry.crc32 !== null && this.#matchesCrc() && this.#entry.bytes === this.#bytes;
  }

  /** Stored bytes do not tell where they end: without a size or a checksum anything behind them may be lost or be none of them. */
  #hasUnknownEnd(): boolean {
    const { aes, bytes, crc32: stated, method } = this.#entry;
    return bytes === null && stated === null && aes === null && method === methodStored;
  }

  #matchesCrc(): boolean {
    const { aes, crc32: stated } = this.#entry;
    // AE-2 leaves the CRC empty; the authentication code stands for it.
    return stated === null || aes?.version === 2 || stated === this.#crc;
  }
}

class OnePieceStream implements ByteStream {
  readonly fault = null;
  readonly packedBytes: number;
  #piece: Uint8Array | null;

  constructor(piece: Uint8Array, packedBytes: number) {
    this.#piece = piece.length === 0 ? null : piece;
    this.packedBytes = packedBytes;
  }

  next(): Promise<Uint8Array | null> {
    const piece = this.#piece;
    this.#piece = null;
    return Promise.resolve(piece);
  }

  close(): Promise<void> {
    this.#piece = null;
    return Promise.resolve();
  }
}

/** Whether the local header says something else than the directory. Its sizes may be left to a descriptor. */
function disagrees(entry: ZipEntry, header: LocalHeader): boolean {
  if (header.method !== entry.method) return true;
  if ((header.flags & flagEncrypted) !== (entry.flags & flagEncrypted)) return true;
  if ((header.flags & flagDescriptor) !== 0) return false;
  if (header.crc32 === 0 && header.packedBytes === 0 && header.bytes === 0) return false;
  return (
    (entry.crc32 !== null && header.crc32 !== entry.crc32) ||
    (entry.packedBytes !== null && header.packedBytes !== entry.packedBytes) ||
    (entry.bytes !== null && header.bytes !== entry.bytes)
  );
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
