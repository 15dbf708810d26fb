import { Reader, ZipReader, type Entry } from '@zip.js/zip.js';
import { CancelledError } from '../domain/errors.ts';
import type { RandomSource } from './random-source.ts';
import { zipEntryName } from './zip-names.ts';
import { kindOf, readPlainDirectory } from './zip-plain-directory.ts';
import {
  directorySignature,
  ListedRecords,
  methodAes,
  readExtraFields,
  type ZipDirectory,
  type ZipRecord,
} from './zip-records.ts';

/** Bytes after the end record that are put up with, such as padding or a signature. */
const appendedBytes = 1024 * 1024;

/** Longest end record (4.3.16) with its comment, and its signature. */
const endBytes = 22 + 0xffff;
const endSignature = Buffer.from('PK\u0005\u0006', 'latin1');

/** Of a directory's entry (4.3.12), without its name, extra fields and comment. */
const entryBytes = 46;

/** More of a central directory than this is taken for damage; it would be some five million entries. */
const directoryBytes = 512 * 1024 * 1024;

/**
 * Reads the central directory: Zip64, bytes before the first header and comments included. One that is as it should be
 * is read in place, whatever else there is by a library that knows the ways of other programs.
 */
export async function readZipDirectory(source: RandomSource): Promise<ZipDirectory> {
  return (await readPlainDirectory(source, directoryBytes)) ?? readForeignDirectory(source);
}

/** The same by the library alone. */
export async function readForeignDirectory(source: RandomSource): Promise<ZipDirectory> {
  const reader = new ZipReader(new SourceReader(source), {
    strictness: 'tolerant',
    maxAppendedDataSize: appendedBytes,
    // Names are decoded from their raw bytes here; the library knows no CP932.
    decodeText: () => '',
  });
  const records: ZipRecord[] = [];
  let whole = false;
  let firstOffset: number | null = null;
  let read = 0;
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      firstOffset = Math.min(firstOffset ?? entry.offset, entry.offset);
      read += entryBytes + entry.rawFilename.length + entry.rawExtraField.length + entry.rawComment.length;
      const record = readRecord(entry);
      if (record !== null) records.push(record);
    }
    whole = true;
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    // Whatever the library could not make sense of: what it gave before stands.
  }
  const end = await readEnd(source);
  // The count of the entries may be lower than what stands there.
  if (end !== null && directorySignature.equals(await source.read(end.directoryOffset + read, 4)))
    whole = false;
  return { records: new ListedRecords(records), whole, firstOffset, split: end?.split === true };
}

/** Where the directory starts if it stands right before the end record, and what that says; null where none stands near the end. */
async function readEnd(
  source: RandomSource,
): Promise<{ readonly directoryOffset: number; readonly split: boolean } | null> {
  const from = Math.max(0, source.size - endBytes);
  const raw = await source.read(from, endBytes);
  const tail = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const at = tail.lastIndexOf(endSignature);
  if (at < 0 || at + 22 > tail.length) return null;
  const disk = tail.readUInt16LE(at + 4);
  return {
    directoryOffset: Math.max(0, from + at - tail.readUInt32LE(at + 12)),
    // All bits are set where the Zip64 record has the number.
    split: disk > 0 && disk < 0xffff,
  };
}

function readRecord(entry: Entry): ZipRecord | null {
  const extra = readExtraFields(entry.rawExtraField);
  const name = zipEntryName(entry.rawFilename, extra);
  const kind = kindOf(entry.versionMadeBy, entry.externalFileAttributes, name, entry.uncompressedSize);
  if (kind === 'directory') return null;
  return {
    name,
    headerOffset: entry.offset,
    flags: entry.rawBitFlag ?? 0,
    method: extra.aes === null || !entry.encrypted ? entry.compressionMethod : methodAes,
    aes: entry.encrypted ? extra.aes : null,
    crc32: entry.crc32 ?? null,
    packedBytes: entry.compressedSize,
    bytes: entry.uncompressedSize,
    kind,
    // The library puts an NTFS time in its place, as a bigint; the extra field has that as well.
    dosTime: typeof entry.rawLastModDate === 'number' ? entry.rawLastModDate : 0,
    utcSeconds: extra.utcSeconds,
  };
}

/** The library's view of a source. It asks for whole ranges; one it may not have ends the attempt. */
class SourceReader extends Reader<RandomSource> {
  readonly #source: RandomSource;

  constructor(source: RandomSource) {
    super(source);
    this.#source = source;
    this.size = source.size;
  }

  override async readUint8Array(offset: number, length: number): Promise<Uint8Array> {
    if (length > directoryBytes) throw new Error('implausible length');
    return this.#source.read(Math.max(0, offset), length);
  }
}
