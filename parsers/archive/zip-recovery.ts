import type { RandomSource } from './random-source.ts';
import { zipEntryName } from './zip-names.ts';
import {
  descriptorSignature,
  directorySignature,
  flagDescriptor,
  flagEncrypted,
  localHeaderBytes,
  localHeaderSignature,
  methodStored,
  readLocalHeader,
  type LocalHeader,
  type ZipRecord,
} from './zip-records.ts';

/** Bytes searched at once: few at first, because the next header is nearly always near. */
const firstSearchBytes = 4 * 1024;
const searchBytes = 1024 * 1024;

/** Longest name and extra fields of a header that is believed; longer ones are chance. */
const nameLimit = 4096;
const extraLimit = 16 * 1024;

/** Highest "version needed" (4.4.3.2) that is believed. */
const versionLimit = 63;

/**
 * Reads a zip without its central directory: from one local header to the next. An entry whose sizes stand in
 * a descriptor behind it is followed to that descriptor, or to the next header where there is none.
 */
export async function recoverZipEntries(source: RandomSource): Promise<ZipRecord[]> {
  const records: ZipRecord[] = [];
  let at = await findLocalHeader(source, 0);
  while (at !== null) {
    const header = await plausibleHeaderAt(source, at);
    if (header === null) break;
    const dataOffset = at + localHeaderBytes + header.nameBytes + header.extraBytes;
    const extent = await findExtent(source, header, dataOffset);
    const record = describe(header, at, extent);
    if (record !== null) records.push(record);
    at = await findLocalHeader(source, extent.end);
  }
  return records;
}

interface Extent {
  readonly crc32: number | null;
  readonly packedBytes: number;
  readonly bytes: number | null;
  /** Where to look for what comes next. */
  readonly end: number;
}

function describe(header: LocalHeader, headerOffset: number, extent: Extent): ZipRecord | null {
  const name = zipEntryName(header.rawName, header.extra);
  if (name.endsWith('/') && (extent.bytes ?? extent.packedBytes) === 0) return null;
  return {
    name,
    headerOffset,
    flags: header.flags,
    method: header.method,
    aes: (header.flags & flagEncrypted) === 0 ? null : header.extra.aes,
    crc32: extent.crc32,
    packedBytes: extent.packedBytes,
    bytes: extent.bytes,
    // Only the central directory knows of symlinks.
    kind: 'file',
    dosTime: header.dosTime,
    utcSeconds: header.extra.utcSeconds,
  };
}

async function findExtent(source: RandomSource, header: LocalHeader, dataOffset: number): Promise<Extent> {
  if (header.packedBytes !== null) {
    const end = dataOffset + header.packedBytes;
    const stated = { crc32: header.crc32, packedBytes: header.packedBytes, bytes: header.bytes };
    if (await endsPlausibly(source, end)) return { ...stated, end };
    // Cut off, or its size is damaged and hides the entries that follow; they bound it then.
    const inner = await holdsStoredZip(source, header, dataOffset);
    return { ...stated, end: inner ? Math.max(dataOffset, source.size) : dataOffset };
  }
  const extent = await findDescriptor(source, header, dataOffset);
  if (extent !== null) return extent;
  const end = (await holdsStoredZip(source, header, dataOffset))
    ? source.size
    : await findEnd(source, dataOffset);
  const hasDescriptor = (header.flags & flagDescriptor) !== 0 && header.method === methodStored;
  const unsigned = hasDescriptor ? await descriptorBefore(source, dataOffset, end) : null;
  if (unsigned !== null) return unsigned;
  return { crc32: null, packedBytes: end - dataOffset, bytes: null, end };
}

async function endsPlausibly(source: RandomSource, end: number): Promise<boolean> {
  if (end >= source.size) return end === source.size;
  const next = await source.read(end, 2);
  return next[0] === 0x50 && next[1] === 0x4b;
}

/** The headers within a stored zip are its own and not to be taken for those of the outer one. */
async function holdsStoredZip(
  source: RandomSource,
  header: LocalHeader,
  dataOffset: number,
): Promise<boolean> {
  if (header.method !== methodStored || (header.flags & flagEncrypted) !== 0) return false;
  return toBuffer(await source.read(dataOffset, 4)).equals(localHeaderSignature);
}

async function findEnd(source: RandomSource, dataOffset: number): Promise<number> {
  const header = await findLocalHeader(source, dataOffset);
  const next = header ?? (await findSignature(source, directorySignature, dataOffset));
  return next ?? Math.max(dataOffset, source.size);
}

/**
 * The descriptor (4.3.9) behind an entry states its packed size, which has to be the distance to it. The search
 * of a deflated entry ends with the next header; a stored one may hold a zip with headers of its own.
 */
async function findDescriptor(
  source: RandomSource,
  header: LocalHeader,
  dataOffset: number,
): Promise<Extent | null> {
  if ((header.flags & flagDescriptor) === 0) return null;
  const limit = header.method === methodStored ? null : await findLocalHeader(source, dataOffset);
  for (let from = dataOffset; ;) {
    const at = await findSignature(source, descriptorSignature, from);
    if (at === null || (limit !== null && at >= limit)) break;
    const [first, second] = readDescriptor(await source.read(at + 4, 20), at - dataOffset, at + 4);
    if (second !== undefined && (await endsPlausibly(source, second.end))) return second;
    if (first !== undefined) return first;
    from = at + 4;
  }
  // Of a stored entry only its end tells where a descriptor without a signature stands.
  return limit === null ? null : descriptorBefore(source, dataOffset, limit);
}

/** The signature of a descriptor may be missing; it then ends where the next header begins. */
async function descriptorBefore(
  source: RandomSource,
  dataOffset: number,
  next: number,
): Promise<Extent | null> {
  for (const size of [12, 20]) {
    const at = next - size;
    if (at < dataOffset) continue;
    const fitting = readDescriptor(await source.read(at, size), at - dataOffset, at);
    const extent = fitting.find(({ end }) => end === next);
    if (extent !== undefined) return extent;
  }
  return null;
}

/** What a descriptor says when its sizes have 32 bits, when they have 64; small sizes can be read both ways. */
function readDescriptor(raw: Uint8Array, distance: number, at: number): readonly Extent[] {
  const bytes = toBuffer(raw);
  const extents: Extent[] = [];
  if (bytes.length >= 12 && bytes.readUInt32LE(4) === distance) {
    const unpacked = bytes.readUInt32LE(8);
    extents.push({ crc32: bytes.readUInt32LE(0), packedBytes: distance, bytes: unpacked, end: at + 12 });
  }
  if (bytes.length >= 20 && bytes.readBigUInt64LE(4) === BigInt(distance)) {
    const unpacked = Number(bytes.readBigUInt64LE(12));
    extents.push({ crc32: bytes.readUInt32LE(0), packedBytes: distance, bytes: unpacked, end: at + 20 });
  }
  return extents;
}

/** The next place, from `from` on, that has the look of a local header. */
async function findLocalHeader(source: RandomSource, from: number): Promise<number | null> {
  for (let start = from; ;) {
    const at = await findSignature(source, localHeaderSignature, start);
    if (at === null) return null;
    if ((await plausibleHeaderAt(source, at)) !== null) return at;
    start = at + 4;
  }
}

async function plausibleHeaderAt(source: RandomSource, at: number): Promise<LocalHeader | null> {
  const fixed = toBuffer(await source.read(at, localHeaderBytes));
  if (fixed.length < localHeaderBytes || (fixed.readUInt16LE(4) & 0xff) > versionLimit) return null;
  const nameBytes = fixed.readUInt16LE(26);
  const extraBytes = fixed.readUInt16LE(28);
  if (nameBytes === 0 || nameBytes > nameLimit || extraBytes > extraLimit) return null;
  return readLocalHeader(toBuffer(await source.read(at, localHeaderBytes + nameBytes + extraBytes)), 0);
}

async function findSignature(source: RandomSource, signature: Buffer, from: number): Promise<number | null> {
  let size = firstSearchBytes;
  for (let start = from; start + signature.length <= source.size; size = Math.min(size * 4, searchBytes)) {
    const bytes = toBuffer(await source.read(start, size));
    const found = bytes.indexOf(signature);
    if (found >= 0) return start + found;
    if (bytes.length < signature.length) return null;
    start += bytes.length - signature.length + 1;
  }
  return null;
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
