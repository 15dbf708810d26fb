import { indexOfByte } from '../text/find-byte.ts';
import type { SparsePiece } from './tar-header.ts';

/** The records of an extended header (POSIX.1-2001 pax); of a key that repeats, all values in their order. */
export type PaxRecords = ReadonlyMap<string, readonly Buffer[]>;

/** Reads records of the form `length key=value`, the length counting all of it; null where one is not of that form. */
export function readPax(bytes: Buffer): PaxRecords | null {
  const records = new Map<string, Buffer[]>();
  for (let at = 0; at < bytes.length && bytes[at] !== 0;) {
    const blank = indexOfByte(bytes, 0x20, at);
    const length = blank < 0 || blank - at > 10 ? Number.NaN : Number(bytes.toString('latin1', at, blank));
    const end = at + length;
    const equals = indexOfByte(bytes, 0x3d, blank + 1);
    const fits = length > 0 && end <= bytes.length && bytes[end - 1] === 0x0a && equals > 0 && equals < end;
    if (!fits) return null;
    const key = bytes.toString('utf8', blank + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    const values = records.get(key);
    if (values === undefined) records.set(key, [value]);
    else values.push(value);
    at = end;
  }
  return records;
}

export function paxNumber(records: PaxRecords, key: string): number | null {
  const text = records.get(key)?.at(-1)?.toString('latin1') ?? '';
  return /^-?\d{1,16}(?:\.\d*)?$/u.test(text) ? Number(text) : null;
}

/** What records say of a sparse file in GNU's formats 0.0, 0.1 and 1.0; null when they speak of none. */
export interface PaxSparse {
  /** Unpacked. */
  readonly bytes: number;
  /** Null where it stands before the bytes of the file (1.0). */
  readonly pieces: SparsePiece[] | null;
}

export function readPaxSparse(records: PaxRecords): PaxSparse | null {
  const bytes = paxNumber(records, 'GNU.sparse.realsize') ?? paxNumber(records, 'GNU.sparse.size');
  if (bytes === null || bytes < 0) return null;
  if (paxNumber(records, 'GNU.sparse.major') === 1) return { bytes, pieces: null };
  const map = records.get('GNU.sparse.map')?.at(-1);
  if (map !== undefined) return { bytes, pieces: pairs(map.toString('latin1').split(',')) };
  const offsets = records.get('GNU.sparse.offset') ?? [];
  const lengths = records.get('GNU.sparse.numbytes') ?? [];
  const numbers = offsets.flatMap((offset, index) => [offset.toString(), lengths[index]?.toString() ?? '']);
  return { bytes, pieces: pairs(numbers) };
}

/** Numbers of a map: offset, length, offset, length; -1 for what is none. */
export function pairs(numbers: readonly string[]): SparsePiece[] {
  const number = (text: string | undefined) => (/^\d{1,16}$/u.test(text ?? '') ? Number(text) : -1);
  const pieces: SparsePiece[] = [];
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    pieces.push({ offset: number(numbers[index]), bytes: number(numbers[index + 1]) });
  }
  return pieces;
}
