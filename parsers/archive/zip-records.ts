import type { ReasonCode } from './reasons.ts';
import { localFromDosTime, secondsFromFileTime, utcFromSeconds, type StoredTime } from './stored-time.ts';

/** Structures of a zip file, after PKWARE's APPNOTE.TXT 6.3.10; section numbers in the comments are its. */

export const localHeaderSignature = Buffer.from('PK\u0003\u0004', 'latin1');
export const descriptorSignature = Buffer.from('PK\u0007\u0008', 'latin1');
export const directorySignature = Buffer.from('PK\u0001\u0002', 'latin1');
export const localHeaderBytes = 30;

/** General purpose bits (4.4.4). */
export const flagEncrypted = 0x0001;
export const flagDescriptor = 0x0008;

/** Methods (4.4.5). */
export const methodStored = 0;
export const methodDeflate = 8;
export const methodDeflate64 = 9;
export const methodAes = 99;

const in32Bits = 0xffff_ffff;
const extraZip64 = 0x0001;
const extraNtfs = 0x000a;
const extraTimestamp = 0x5455;
const extraAes = 0x9901;
const extraUnicodePath = 0x7075;

/**
 * What is known of one entry from the central directory or, when that is gone, from its local header. A zip can have
 * a million, all held at once: nothing in here that can be made of something else.
 */
export interface ZipRecord {
  readonly name: string;
  /** Place of the local header. */
  readonly headerOffset: number;
  readonly flags: number;
  /** As stored; 99 for AES, whose true method stands in `aes`. */
  readonly method: number;
  readonly aes: AesField | null;
  /** Null when nothing states it. */
  readonly crc32: number | null;
  readonly packedBytes: number | null;
  readonly bytes: number | null;
  readonly kind: 'file' | 'symlink';
  readonly dosTime: number;
  /** Modification time in seconds since 1970, when an extra field has it. */
  readonly utcSeconds: number | null;
}

/** A record with its place among the others. */
export interface ZipEntry extends ZipRecord {
  /** Where the next entry begins: no byte from there on can belong to this one. */
  readonly endOffset: number;
  /** Why it cannot be read, known from the records alone. */
  readonly fault: ReasonCode | null;
}

/** The AE-x extra field: https://www.winzip.com/en/support/aes-encryption/ */
export interface AesField {
  readonly version: number;
  readonly strength: number;
  readonly method: number;
}

export interface LocalHeader {
  readonly flags: number;
  readonly method: number;
  readonly dosTime: number;
  readonly crc32: number;
  readonly packedBytes: number | null;
  readonly bytes: number | null;
  readonly nameBytes: number;
  readonly extraBytes: number;
  /** Cut short where the bytes at hand end. */
  readonly rawName: Buffer;
  readonly extra: ExtraFields;
}

/** What the extra fields (4.5) say that matters here. */
export interface ExtraFields {
  /** Modification time in seconds since 1970. */
  readonly utcSeconds: number | null;
  readonly aes: AesField | null;
  readonly zip64: Buffer | null;
  /** Info-ZIP's Unicode path (4.6.9), for the raw name whose CRC-32 it states. */
  readonly unicodePath: { readonly crc32: number; readonly rawName: Buffer } | null;
}

/** Reads the local header (4.3.7) at a place; null when there is none. */
export function readLocalHeader(bytes: Buffer, at: number): LocalHeader | null {
  if (at < 0 || at + localHeaderBytes > bytes.length) return null;
  if (bytes.compare(localHeaderSignature, 0, 4, at, at + 4) !== 0) return null;
  const nameBytes = bytes.readUInt16LE(at + 26);
  const extraBytes = bytes.readUInt16LE(at + 28);
  const nameAt = at + localHeaderBytes;
  const extra = readExtraFields(bytes.subarray(nameAt + nameBytes, nameAt + nameBytes + extraBytes));
  const flags = bytes.readUInt16LE(at + 6);
  const stated = (flags & flagDescriptor) === 0;
  const packed32 = bytes.readUInt32LE(at + 18);
  const bytes32 = bytes.readUInt32LE(at + 22);
  const sizes = widenSizes(packed32, bytes32, extra.zip64);
  return {
    flags,
    method: bytes.readUInt16LE(at + 8),
    dosTime: bytes.readUInt32LE(at + 10),
    crc32: bytes.readUInt32LE(at + 14),
    packedBytes: stated || sizes.packedBytes !== 0 ? sizes.packedBytes : null,
    bytes: stated || sizes.bytes !== 0 ? sizes.bytes : null,
    nameBytes,
    extraBytes,
    rawName: bytes.subarray(nameAt, nameAt + nameBytes),
    extra,
  };
}

export function isEncrypted(record: ZipRecord): boolean {
  return (record.flags & flagEncrypted) !== 0;
}

/** The modification time that says most: UTC from an extra field, else the local one of MS-DOS. */
export function modifiedTime(record: ZipRecord): StoredTime | null {
  const utc = record.utcSeconds === null ? null : utcFromSeconds(record.utcSeconds);
  return utc ?? localFromDosTime(record.dosTime);
}

/** Reads the extra fields, as far as they are well-formed. */
export function readExtraFields(raw: Uint8Array): ExtraFields {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  let utcSeconds: number | null = null;
  let aes: AesField | null = null;
  let zip64: Buffer | null = null;
  let unicodePath: ExtraFields['unicodePath'] = null;
  for (let at = 0; at + 4 <= bytes.length;) {
    const size = bytes.readUInt16LE(at + 2);
    const data = bytes.subarray(at + 4, at + 4 + size);
    switch (bytes.readUInt16LE(at)) {
      case extraZip64:
        zip64 = data;
        break;
      case extraTimestamp:
        if (data.length >= 5 && ((data[0] ?? 0) & 1) !== 0) utcSeconds = data.readInt32LE(1);
        break;
      case extraNtfs:
        // Reserved 4, tag 1, size 24, then modification, access and creation time.
        if (data.length >= 16 && data.readUInt16LE(4) === 1) {
          utcSeconds ??= secondsFromFileTime(data.readBigUInt64LE(8));
        }
        break;
      case extraAes:
        if (data.length >= 7) {
          aes = { version: data.readUInt16LE(0), strength: data.readUInt8(4), method: data.readUInt16LE(5) };
        }
        break;
      case extraUnicodePath:
        if (data.length > 5 && data[0] === 1) {
          unicodePath = { crc32: data.readUInt32LE(1), rawName: data.subarray(5) };
        }
        break;
      default:
    }
    at += 4 + size;
  }
  return { utcSeconds, aes, zip64, unicodePath };
}

/** Sizes too large for 32 bits stand in the Zip64 field (4.5.3), unpacked first. */
function widenSizes(
  packed32: number,
  bytes32: number,
  zip64: Buffer | null,
): { readonly packedBytes: number; readonly bytes: number } {
  let at = 0;
  const widen = (value: number): number => {
    if (value !== in32Bits || zip64 === null || at + 8 > zip64.length) return value;
    const wide = zip64.readBigUInt64LE(at);
    at += 8;
    return Number(wide);
  };
  const bytes = widen(bytes32);
  return { packedBytes: widen(packed32), bytes };
}

/** The records of a zip in the order of their bytes. There can be a million: they are made when they are asked for. */
export interface ZipRecords {
  readonly count: number;
  /** How many of them are encrypted. */
  readonly encrypted: number;
  /** Place of a record's local header. */
  place(index: number): number;
  /** A record; most are at hand. Null for one that was passed, or when it cannot be read any more. */
  at(index: number): ZipRecord | null | Promise<ZipRecord | null>;
  /** Says that a record will not be asked for again, only its place. */
  passed(index: number): void;
}

/** What the central directory of a zip says. */
export interface ZipDirectory {
  /** Entries for directories are left out. */
  readonly records: ZipRecords;
  /** Whether the directory was read to its end; else `records` are those before the break. */
  readonly whole: boolean;
  /** Place of the first local header, directories included; null when there is none. */
  readonly firstOffset: number | null;
  /** Whether it speaks of other files that the zip goes on in, or began in. */
  readonly split: boolean;
}

/**
 * Records that are at hand, put in the order of their bytes. That is nearly always the order of the directory, which
 * decides between records of one place.
 */
export class ListedRecords implements ZipRecords {
  readonly encrypted: number;
  readonly #records: (ZipRecord | null)[];
  readonly #places: Float64Array;

  constructor(records: readonly ZipRecord[]) {
    const ordered = [...records].sort((a, b) => a.headerOffset - b.headerOffset);
    this.encrypted = ordered.reduce((count, record) => count + (isEncrypted(record) ? 1 : 0), 0);
    this.#places = Float64Array.from(ordered, ({ headerOffset }) => headerOffset);
    this.#records = ordered;
  }

  get count(): number {
    return this.#places.length;
  }

  place(index: number): number {
    return this.#places[index] as number;
  }

  at(index: number): ZipRecord | null {
    return this.#records[index] ?? null;
  }

  /** What is kept of its member takes its place. */
  passed(index: number): void {
    this.#records[index] = null;
  }
}

/**
 * The entry of one of the records. Its bytes end where the next begin, so that overlapping entries cannot unpack the
 * same bytes again and again. Of several at one place the first is read.
 *
 * @param end of the last one's bytes
 */
export async function entryAt(records: ZipRecords, index: number, end: number): Promise<ZipEntry | null> {
  const record = await records.at(index);
  if (record === null) return null;
  const headerOffset = records.place(index);
  if (index > 0 && records.place(index - 1) === headerOffset) {
    return { ...record, endOffset: headerOffset, fault: 'overlapping-entry' };
  }
  let next = index + 1;
  while (next < records.count && records.place(next) === headerOffset) next += 1;
  return { ...record, endOffset: next < records.count ? records.place(next) : end, fault: null };
}
