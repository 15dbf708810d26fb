import iconv from 'iconv-lite';
import type { RandomSource } from './random-source.ts';
import { openZipEntry } from './zip-entry-stream.ts';
import { entryAt, isEncrypted, type ZipEntry, type ZipRecord } from './zip-records.ts';

/** Entries tried before a password is called wrong; one of them may be damaged. */
const entriesToTry = 4;

/** Unpacked bytes to read of an entry; with a wrong password it ends long before, or at its check value. */
const proofBytes = 4 * 1024 * 1024;

/**
 * The bytes of a password as this zip was locked with them: UTF-8, or CP932 as Japanese Windows has them. Null
 * when it fits none of the entries. ZipCrypto's own check lets one wrong password of 256 pass, so
 * the smallest entries are decrypted as a proof.
 */
export async function findPassword(
  source: RandomSource,
  records: readonly ZipRecord[],
  password: string,
): Promise<Uint8Array | null> {
  const smallest = smallestEncrypted(records, source.size);
  for (const key of encodings(password)) {
    for (const entry of smallest) {
      if (await opens(source, entry, key)) return key;
    }
  }
  return null;
}

function smallestEncrypted(records: readonly ZipRecord[], end: number): readonly ZipEntry[] {
  return records
    .flatMap((record, index) => (isEncrypted(record) ? [index] : []))
    .sort((a, b) => (records[a]?.packedBytes ?? 0) - (records[b]?.packedBytes ?? 0) || a - b)
    .slice(0, entriesToTry)
    .flatMap((index) => entryAt(records, index, end) ?? []);
}

function encodings(password: string): readonly Uint8Array[] {
  const utf8 = Buffer.from(password, 'utf8');
  const japanese = iconv.encode(password, 'cp932');
  return japanese.equals(utf8) ? [utf8] : [utf8, japanese];
}

async function opens(source: RandomSource, entry: ZipEntry, key: Uint8Array): Promise<boolean> {
  const stream = openZipEntry(source, entry, key);
  try {
    let bytes = 0;
    let piece = await stream.next();
    while (piece !== null && bytes < proofBytes) {
      bytes += piece.length;
      piece = await stream.next();
    }
    return piece !== null || stream.fault === null;
  } finally {
    await stream.close();
  }
}
