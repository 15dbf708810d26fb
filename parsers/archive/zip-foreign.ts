import { Reader, ZipReader } from '@zip.js/zip.js';
import { CancelledError } from '../domain/errors.ts';
import type { ByteStream } from './byte-stream.ts';
import type { RandomSource } from './random-source.ts';
import type { ReasonCode } from './reasons.ts';
import type { LocalHeader, ZipEntry } from './zip-records.ts';

/** Place of an entry's bytes, local header included. */
export interface EntryExtent {
  readonly headerOffset: number;
  readonly dataOffset: number;
  readonly packedBytes: number;
}

/**
 * Reads an entry with the library's own decoders: the encrypted ones, and methods that zlib does not know. The
 * library wants a whole zip, so it is shown one that holds this entry alone; that also serves entries whose
 * central directory is lost.
 *
 * @param unpack false gives the packed bytes, decrypted
 */
export function readForeign(
  source: RandomSource,
  entry: ZipEntry,
  header: LocalHeader,
  extent: EntryExtent,
  password: Uint8Array | null,
  unpack: boolean,
): ByteStream {
  return new ForeignStream(new SingleEntryReader(source, entry, header, extent), password, unpack);
}

/** The messages of the library, which are its constants, and what they mean here. */
const reasons: ReadonlyMap<string, ReasonCode> = new Map([
  ['Invalid password', 'password-wrong'],
  ['Invalid authentication code', 'bad-crc'],
  ['Encryption method not supported', 'unsupported-method'],
  ['Compression method not supported', 'unsupported-method'],
]);

class ForeignStream implements ByteStream {
  fault: ReasonCode | null = null;
  readonly #abort = new AbortController();
  readonly #reader: SingleEntryReader;
  readonly #done: Promise<void>;
  #piece: Uint8Array | null = null;
  #ended = false;
  #cancelled: CancelledError | null = null;
  #wakeConsumer: (() => void) | null = null;
  #wakeWriter: (() => void) | null = null;

  constructor(reader: SingleEntryReader, password: Uint8Array | null, unpack: boolean) {
    this.#reader = reader;
    this.#done = this.#run(password, unpack);
  }

  get packedBytes(): number {
    return this.#reader.packedBytes;
  }

  async next(): Promise<Uint8Array | null> {
    this.#wakeWriter?.();
    while (this.#piece === null && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
    if (this.#cancelled !== null) throw this.#cancelled;
    const piece = this.#piece;
    this.#piece = null;
    return piece;
  }

  async close(): Promise<void> {
    this.#piece = null;
    this.#ended = true;
    this.#abort.abort();
    this.#wakeWriter?.();
    await this.#done;
  }

  async #run(password: Uint8Array | null, unpack: boolean): Promise<void> {
    try {
      const zip = new ZipReader(this.#reader, { strictness: 'tolerant', decodeText: () => '' });
      for await (const entry of zip.getEntriesGenerator()) {
        if (entry.directory) break;
        await entry.getData(new WritableStream({ write: (piece: Uint8Array) => this.#accept(piece) }), {
          useWebWorkers: false,
          // The caller checks it, also for what the library only decrypts.
          checkCrc32: false,
          signal: this.#abort.signal,
          ...(unpack ? {} : { passThrough: 'compressed' as const }),
          ...(password === null ? {} : { rawPassword: password }),
        });
      }
    } catch (error) {
      if (error instanceof CancelledError) this.#cancelled = error;
      else if (!this.#ended) this.fault = reasonOf(error);
    }
    this.#ended = true;
    this.#wakeConsumer?.();
  }

  /** Takes one piece and lets the library go on when it has been asked for the next one. */
  async #accept(piece: Uint8Array): Promise<void> {
    if (piece.length === 0 || this.#ended) return;
    this.#piece = piece;
    const taken = new Promise<void>((resolve) => {
      this.#wakeWriter = resolve;
    });
    this.#wakeConsumer?.();
    await taken;
  }
}

function reasonOf(error: unknown): ReasonCode {
  return (error instanceof Error ? reasons.get(error.message) : undefined) ?? 'damaged-data';
}

/** A zip of one entry: its local header and data as they are, and a directory made for it. */
class SingleEntryReader extends Reader<null> {
  packedBytes = 0;
  readonly #source: RandomSource;
  readonly #start: number;
  readonly #ownBytes: number;
  readonly #directory: Buffer;

  constructor(source: RandomSource, entry: ZipEntry, header: LocalHeader, extent: EntryExtent) {
    super(null);
    this.#source = source;
    this.#start = extent.headerOffset;
    this.#ownBytes = extent.dataOffset + extent.packedBytes - extent.headerOffset;
    this.#directory = directoryOf(entry, header, extent.packedBytes, this.#ownBytes);
    this.size = this.#ownBytes + this.#directory.length;
  }

  override async readUint8Array(offset: number, length: number): Promise<Uint8Array> {
    const own = Math.max(0, Math.min(length, this.#ownBytes - offset));
    this.packedBytes = Math.max(this.packedBytes, Math.min(offset + own, this.#ownBytes));
    const bytes = own === 0 ? null : await this.#source.read(this.#start + offset, own);
    if (own === length && bytes !== null) return bytes;
    const from = Math.max(0, offset - this.#ownBytes);
    const tail = this.#directory.subarray(from, from + length - own);
    return bytes === null ? tail : Buffer.concat([bytes, tail]);
  }
}

/** Central directory header (4.3.12), Zip64 end record and locator (4.3.14, 15) and end record (4.3.16). */
function directoryOf(entry: ZipEntry, header: LocalHeader, packedBytes: number, offset: number): Buffer {
  const zip64 = Buffer.alloc(20);
  zip64.writeUInt16LE(0x0001, 0);
  zip64.writeUInt16LE(16, 2);
  zip64.writeBigUInt64LE(BigInt(Math.min(entry.bytes ?? 0, Number.MAX_SAFE_INTEGER)), 4);
  zip64.writeBigUInt64LE(BigInt(packedBytes), 12);
  const aes = entry.aes === null ? Buffer.alloc(0) : Buffer.alloc(11);
  if (entry.aes !== null) {
    aes.writeUInt16LE(0x9901, 0);
    aes.writeUInt16LE(7, 2);
    aes.writeUInt16LE(entry.aes.version, 4);
    aes.write('AE', 6, 'latin1');
    aes.writeUInt8(entry.aes.strength, 8);
    aes.writeUInt16LE(entry.aes.method, 9);
  }
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x0201_4b50, 0);
  record.writeUInt16LE(45, 4);
  record.writeUInt16LE(45, 6);
  record.writeUInt16LE(entry.flags, 8);
  record.writeUInt16LE(entry.method, 10);
  record.writeUInt32LE(header.dosTime, 12);
  record.writeUInt32LE(entry.crc32 ?? 0, 16);
  record.writeUInt32LE(0xffff_ffff, 20);
  record.writeUInt32LE(0xffff_ffff, 24);
  record.writeUInt16LE(zip64.length + aes.length, 30);
  const directory = Buffer.concat([record, zip64, aes]);

  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x0606_4b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(45, 12);
  end64.writeUInt16LE(45, 14);
  end64.writeBigUInt64LE(1n, 24);
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x0706_4b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(0xffff, 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(0xffff_ffff, 12);
  end.writeUInt32LE(0xffff_ffff, 16);
  return Buffer.concat([directory, end64, locator, end]);
}
