import type { ByteStream } from './byte-stream.ts';
import { inflate } from './inflate.ts';
import { decodeName } from './member-names.ts';
import { utcFromSeconds, type StoredTime } from './stored-time.ts';
import { indexOfByte } from '../text/find-byte.ts';

export interface GzipHeader {
  /** The name of the packed file, when it was kept. RFC 1952 says Latin-1; in practice it is anything. */
  readonly name: string | null;
  readonly modified: StoredTime | null;
}

export function gunzip(input: ByteStream, reopen: (() => ByteStream) | null): ByteStream {
  return inflate('gzip', input, reopen);
}

/** Reads the header of a gzip file (RFC 1952, 2.3) as far as `head` has it. */
export function readGzipHeader(head: Uint8Array): GzipHeader {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < 10) return { name: null, modified: null };
  const flags = bytes.readUInt8(3);
  const seconds = bytes.readUInt32LE(4);
  const modified = seconds === 0 ? null : utcFromSeconds(seconds);
  let at = 10;
  const hasExtra = (flags & 4) !== 0;
  if (hasExtra) at += 2 + (at + 2 <= bytes.length ? bytes.readUInt16LE(at) : 0);
  const hasName = (flags & 8) !== 0;
  const end = hasName ? indexOfByte(bytes, 0, at) : -1;
  return { name: end > at ? decodeName(bytes.subarray(at, end), 'latin1') : null, modified };
}
