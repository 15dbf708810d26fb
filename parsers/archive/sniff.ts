import { isTarHeader, tarBlockBytes } from './tar-header.ts';
import { localHeaderBytes, localHeaderSignature, readLocalHeader } from './zip-records.ts';

/** First bytes looked at to tell what a file is. */
export const headBytes = 64 * 1024;

export type ArchiveKind = 'zip' | 'gzip' | 'xz' | 'tar';

const gzipMagic = Buffer.from([0x1f, 0x8b, 0x08]);
const xzMagic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const zipStart = localHeaderSignature;
const zipEmpty = Buffer.from('PK\u0005\u0006', 'latin1');
/** Before the first header of a zip in parts, and of one that was made to be one and then fit into a single part (8.5). */
const zipSpanned = Buffer.from('PK\u0007\u0008PK\u0003\u0004', 'latin1');
const zipOnePart = Buffer.from('PK00PK\u0003\u0004', 'latin1');

/**
 * What kind of archive begins with these bytes; null for everything else. Documents that happen to be
 * zips (OOXML, OpenDocument, EPUB) and programs (jar, apk) are files to this product, not archives, unless their name
 * says `.zip`.
 */
export function sniffArchive(head: Uint8Array, name: string): ArchiveKind | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (startsWith(bytes, gzipMagic)) return 'gzip';
  if (startsWith(bytes, xzMagic)) return 'xz';
  if (startsWith(bytes, zipEmpty)) return 'zip';
  if (startsWith(bytes, zipStart) || startsWith(bytes, zipSpanned) || startsWith(bytes, zipOnePart))
    return !/\.zip$/iu.test(name) && isZipDocument(bytes) ? null : 'zip';
  return isTarHeader(bytes) || isEmptyTar(bytes, name) ? 'tar' : null;
}

/** A tar without entries is an end mark alone: zeros, which only the name tells from others. */
function isEmptyTar(bytes: Buffer, name: string): boolean {
  const isTar = /\.(?:tar(?:\.[gx]z)?|t[gx]z)$/iu.test(name);
  return isTar && bytes.length >= 2 * tarBlockBytes && bytes.every((byte) => byte === 0);
}

function startsWith(bytes: Buffer, magic: Buffer): boolean {
  return bytes.length >= magic.length && bytes.compare(magic, 0, magic.length, 0, magic.length) === 0;
}

/** Entries of a document's head to look at; the telling one is nearly always the first. */
const entriesToCheck = 8;

function isZipDocument(bytes: Buffer): boolean {
  let at = bytes.indexOf(zipStart);
  for (let index = 0; index < entriesToCheck && at >= 0; index++) {
    const header = readLocalHeader(bytes, at);
    if (header === null) return false;
    const name = header.rawName.toString('latin1');
    if (name === '[Content_Types].xml') return true;
    if (index === 0 && (name === 'mimetype' || name.startsWith('META-INF/'))) return true;
    const next = at + localHeaderBytes + header.nameBytes + header.extraBytes + (header.packedBytes ?? 0);
    at = bytes.indexOf(zipStart, next);
  }
  return false;
}
