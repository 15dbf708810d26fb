import type { RandomSource } from './random-source.ts';
import { zipEntryName } from './zip-names.ts';
import {
  directorySignature,
  flagEncrypted,
  methodAes,
  readExtraFields,
  type ZipDirectory,
  type ZipRecord,
  type ZipRecords,
} from './zip-records.ts';

/**
 * The central directory as nearly all programs write it: in one piece right before the end records, every header where
 * the one before ends. It is not held in memory: of a record its two places are, twelve bytes.
 */

const endSignature = Buffer.from('PK\u0005\u0006', 'latin1');
const endBytes = 22;
const commentLimit = 0xffff;
const wideEndSignature = Buffer.from('PK\u0006\u0006', 'latin1');
const wideEndBytes = 56;
const locatorSignature = Buffer.from('PK\u0006\u0007', 'latin1');
const locatorBytes = 20;

const headerBytes = 46;
/** A header with the longest name, extra fields and comment there can be. */
const mostHeaderBytes = headerBytes + 3 * 0xffff;
/** Bytes of the directory that are read at once. */
const windowBytes = 1024 * 1024;

const in16Bits = 0xffff;
const in32Bits = 0xffff_ffff;

const directoryAttribute = 0x10;
const unixTypeMask = 0xf000;
const unixSymlink = 0xa000;
const unixDirectory = 0x4000;

/** What an entry is, by its external attributes (4.4.15) and its name. */
export function kindOf(
  versionMadeBy: number,
  attributes: number,
  name: string,
  bytes: number,
): ZipRecord['kind'] | 'directory' {
  const unixType = versionMadeBy >>> 8 === 0 ? 0 : (attributes >>> 16) & unixTypeMask;
  const isDirectory =
    name.endsWith('/') || unixType === unixDirectory || (attributes & directoryAttribute) !== 0;
  // One with bytes is no directory whatever it says, and must not hide them.
  if (isDirectory && bytes === 0) return 'directory';
  return unixType === unixSymlink ? 'symlink' : 'file';
}

/** Where the end records (4.3.14 to 4.3.16) say that the directory is. */
interface Extent {
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

/**
 * Reads a directory that is all as it should be; null for every other one.
 *
 * @param mostBytes of a directory that is read
 */
export async function readPlainDirectory(
  source: RandomSource,
  mostBytes: number,
): Promise<ZipDirectory | null> {
  const extent = await findDirectory(source);
  if (extent === null || extent.length > mostBytes) return null;
  const { count } = extent;
  const bytes = new DirectoryBytes(source, extent);
  const headers = new Uint32Array(count);
  const places = new Float64Array(count);
  let [kept, encrypted, firstOffset, previous, at] = [0, 0, Number.POSITIVE_INFINITY, 0, 0];
  let isOrdered = true;
  for (let nth = 0; nth < count; nth += 1) {
    const header = readHeader(await bytes.from(at));
    if (header === null) return null;
    const { headerOffset } = header;
    firstOffset = Math.min(firstOffset, headerOffset);
    if (header.kind() !== 'directory') {
      if (headerOffset < previous) isOrdered = false;
      previous = headerOffset;
      headers[kept] = at;
      places[kept] = headerOffset;
      kept += 1;
      if ((header.flags & flagEncrypted) !== 0) encrypted += 1;
    }
    at += header.length;
  }
  if (at !== extent.length) return null;
  const records = new PlainRecords(bytes, headers.subarray(0, kept), places.subarray(0, kept), encrypted);
  return { records: isOrdered ? records : await records.inOrder(), whole: true, firstOffset, split: false };
}

async function findDirectory(source: RandomSource): Promise<Extent | null> {
  const tailAt = Math.max(0, source.size - endBytes - commentLimit);
  const tail = toBuffer(await source.read(tailAt, source.size - tailAt));
  let end: number | null = null;
  for (let at = tail.length - endBytes; at >= 0; at -= 1) {
    at = tail.lastIndexOf(endSignature, at);
    if (at < 0) break;
    if (at + endBytes + tail.readUInt16LE(at + 20) !== tail.length) continue;
    // Of two that both reach the end of the file, who knows which is the comment.
    if (end !== null) return null;
    end = at;
  }
  if (end === null) return null;
  // All on one disk.
  if (tail.readUInt32LE(end + 4) !== 0) return null;
  const extent = {
    start: tail.readUInt32LE(end + 16),
    length: tail.readUInt32LE(end + 12),
    count: tail.readUInt16LE(end + 10),
  };
  const isWide = extent.start === in32Bits || extent.length === in32Bits || extent.count === in16Bits;
  const found = isWide ? await findWideDirectory(source, tailAt + end) : { ...extent, end: tailAt + end };
  if (found === null) return null;
  const isPlain =
    found.start + found.length === found.end &&
    (extent.start === in32Bits || extent.start === found.start) &&
    (extent.length === in32Bits || extent.length === found.length) &&
    (extent.count === in16Bits || extent.count === found.count) &&
    found.count > 0 &&
    found.count * headerBytes <= found.length;
  return isPlain ? found : null;
}

/** By the Zip64 end record, right before its locator and the end record at `endAt`. */
async function findWideDirectory(
  source: RandomSource,
  endAt: number,
): Promise<(Extent & { readonly end: number }) | null> {
  const at = endAt - locatorBytes - wideEndBytes;
  if (at < 0) return null;
  const record = toBuffer(await source.read(at, wideEndBytes + locatorBytes));
  if (record.length < wideEndBytes + locatorBytes) return null;
  const locator = record.subarray(wideEndBytes);
  const isPlain =
    startsWith(record, wideEndSignature) &&
    record.readBigUInt64LE(4) === BigInt(wideEndBytes - 12) &&
    record.readBigUInt64LE(16) === 0n &&
    startsWith(locator, locatorSignature) &&
    locator.readUInt32LE(4) === 0 &&
    locator.readBigUInt64LE(8) === BigInt(at);
  if (!isPlain) return null;
  return {
    count: Number(record.readBigUInt64LE(32)),
    length: Number(record.readBigUInt64LE(40)),
    start: Number(record.readBigUInt64LE(48)),
    end: at,
  };
}

/** A header of the directory (4.3.12). */
interface DirectoryHeader {
  /** With its name, extra fields and comment. */
  readonly length: number;
  readonly flags: number;
  readonly headerOffset: number;
  kind(): ZipRecord['kind'] | 'directory';
  record(kind: ZipRecord['kind']): ZipRecord;
}

/** The header at the start of `bytes`; null for one that is cut off, or not plain. */
function readHeader(bytes: Buffer): DirectoryHeader | null {
  if (bytes.length < headerBytes || !startsWith(bytes, directorySignature)) return null;
  const nameBytes = bytes.readUInt16LE(28);
  const extraBytes = bytes.readUInt16LE(30);
  const length = headerBytes + nameBytes + extraBytes + bytes.readUInt16LE(32);
  if (length > bytes.length || bytes.readUInt16LE(34) !== 0) return null;
  const flags = bytes.readUInt16LE(8);
  const method = bytes.readUInt16LE(10);
  const isLocked = (flags & flagEncrypted) !== 0;
  if (method === methodAes && !isLocked) return null;
  const extra = readExtraFields(
    bytes.subarray(headerBytes + nameBytes, headerBytes + nameBytes + extraBytes),
  );
  const wide = new WideValues(extra.zip64);
  const size = wide.of(bytes.readUInt32LE(24));
  const packedBytes = wide.of(bytes.readUInt32LE(20));
  const headerOffset = wide.of(bytes.readUInt32LE(42));
  if (wide.areUnsound) return null;
  const versionMadeBy = bytes.readUInt16LE(4);
  const attributes = bytes.readUInt32LE(38);
  const name = (): string => zipEntryName(bytes.subarray(headerBytes, headerBytes + nameBytes), extra);
  return {
    length,
    flags,
    headerOffset,
    // With bytes it is no directory, whatever its name: that need not be read.
    kind: () => kindOf(versionMadeBy, attributes, size === 0 ? name() : '', size),
    record: (kind) => ({
      name: name(),
      headerOffset,
      flags,
      method: extra.aes === null || !isLocked ? method : methodAes,
      aes: isLocked ? extra.aes : null,
      // AE-2 has none: its authentication code stands for it.
      crc32: isLocked && extra.aes?.version === 2 ? null : bytes.readUInt32LE(16),
      packedBytes,
      bytes: size,
      kind,
      dosTime: bytes.readUInt32LE(12),
      utcSeconds: extra.utcSeconds,
    }),
  };
}

/** What does not fit 32 bits stands in the Zip64 field (4.5.3), in the order in which it is asked for. */
class WideValues {
  areUnsound = false;
  readonly #field: Buffer | null;
  #at = 0;

  constructor(field: Buffer | null) {
    this.#field = field;
  }

  of(value: number): number {
    if (value !== in32Bits) return value;
    const field = this.#field;
    if (field === null || this.#at + 8 > field.length) {
      this.areUnsound = true;
      return value;
    }
    const wide = Number(field.readBigUInt64LE(this.#at));
    this.#at += 8;
    if (!Number.isSafeInteger(wide)) this.areUnsound = true;
    return wide;
  }
}

/** The bytes of a directory, read window by window as they are asked for. */
class DirectoryBytes {
  readonly #source: RandomSource;
  readonly #extent: Extent;
  #windowBytes = windowBytes;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;

  constructor(source: RandomSource, extent: Extent) {
    this.#source = source;
    this.#extent = extent;
  }

  /** The bytes from a place on, a whole header at least where there is one; at once where they are at hand. */
  from(at: number): Buffer | Promise<Buffer> {
    const needed = Math.min(mostHeaderBytes, this.#extent.length - at);
    const from = at - this.#windowAt;
    return from >= 0 && from + needed <= this.#window.length ? this.#window.subarray(from) : this.#read(at);
  }

  /** Reads all of them, for who will not ask in their order. */
  async hold(): Promise<void> {
    this.#windowBytes = this.#extent.length;
    await this.#read(0);
  }

  async #read(at: number): Promise<Buffer> {
    const length = Math.min(this.#windowBytes, this.#extent.length - at);
    this.#window = toBuffer(await this.#source.read(this.#extent.start + at, length));
    this.#windowAt = at;
    return this.#window;
  }
}

class PlainRecords implements ZipRecords {
  readonly encrypted: number;
  readonly #bytes: DirectoryBytes;
  /** Places of their headers in the directory. */
  readonly #headers: Uint32Array;
  readonly #places: Float64Array;

  constructor(bytes: DirectoryBytes, headers: Uint32Array, places: Float64Array, encrypted: number) {
    this.#bytes = bytes;
    this.#headers = headers;
    this.#places = places;
    this.encrypted = encrypted;
  }

  get count(): number {
    return this.#places.length;
  }

  place(index: number): number {
    return this.#places[index] as number;
  }

  at(index: number): ZipRecord | null | Promise<ZipRecord | null> {
    const bytes = this.#bytes.from(this.#headers[index] as number);
    return bytes instanceof Promise ? bytes.then(recordOf) : recordOf(bytes);
  }

  passed(): void {
    // Nothing is held of a single one.
  }

  /** The same in the order of their bytes; of one place in that of the directory. */
  async inOrder(): Promise<PlainRecords> {
    await this.#bytes.hold();
    const order = Uint32Array.from(this.#places.keys());
    order.sort((a, b) => this.place(a) - this.place(b) || a - b);
    const headers = order.map((nth) => this.#headers[nth] as number);
    const places = Float64Array.from(order, (nth) => this.place(nth));
    return new PlainRecords(this.#bytes, headers, places, this.encrypted);
  }
}

/** Null when the file is another by now, or cannot be read any more. */
function recordOf(bytes: Buffer): ZipRecord | null {
  const header = readHeader(bytes);
  const kind = header?.kind() ?? 'directory';
  return header === null || kind === 'directory' ? null : header.record(kind);
}

function startsWith(bytes: Buffer, signature: Buffer): boolean {
  return (
    bytes.length >= signature.length &&
    bytes.compare(signature, 0, signature.length, 0, signature.length) === 0
  );
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
