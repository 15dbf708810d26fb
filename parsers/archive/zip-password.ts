import iconv from 'iconv-lite';
import type { RandomSource } from './random-source.ts';
import { openZipEntry } from './zip-entry-stream.ts';
import { entryAt, isEncrypted, type ZipEntry, type ZipRecords } from './zip-records.ts';

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
  records: ZipRecords,
  password: string,
): Promise<Uint8Array | null> {
  const smallest = await smallestEncrypted(records, source.size);
  for (const key of encodings(password)) {
    for (const entry of smallest) {
      if (await opens(source, entry, key)) return key;
    }
  }
  return null;
}

async function smallestEncrypted(records: ZipRecords, end: number): Promise<readonly ZipEntry[]> {
  const found: { readonly index: number; readonly packedBytes: number }[] = [];
  for (let index = 0; index < records.count; index++) {
    const record = await records.at(index);
    if (record === null || !isEncrypted(record)) continue;
    found.push({ index, packedBytes: record.packedBytes ?? 0 });
    if (found.length <= entriesToTry) continue;
    found.sort((a, b) => a.packedBytes - b.packedBytes || a.index - b.index).pop();
  }
  found.sort((a, b) => a.packedBytes - b.packedBytes || a.index - b.index);
  const entries = await Promise.all(found.map(({ index }) => entryAt(records, index, end)));
  return entries.filter((entry) => entry !== null);
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
