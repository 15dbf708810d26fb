import iconv from 'iconv-lite';
import type { RandomSource } from './random-source.ts';
import { openZipEntry } from './zip-entry-stream.ts';
import {
  entryAt,
  isEncrypted,
  methodStored,
  type ZipEntry,
  type ZipRecord,
  type ZipRecords,
} from './zip-records.ts';

/**
 * Entries tried before a password is called wrong: the smallest, of which some may be damaged, and as many among the
 * others, since a zip can have several passwords.
 */
const entriesToTry = 8;

/** Unpacked bytes to read of an entry; with a wrong password it ends long before, or at its check value. */
const proofBytes = 4 * 1024 * 1024;

/**
 * The bytes of a password as this zip was locked with them: UTF-8, or CP932 as Japanese Windows has them. Null
 * when it fits none of the entries. ZipCrypto's own check lets one wrong password of 256 pass, so
 * the smallest entries are decrypted as a proof, and some of the others.
 */
export async function findPassword(
  source: RandomSource,
  records: ZipRecords,
  password: string,
): Promise<Uint8Array | null> {
  const chosen = await entriesToProve(records, source.size);
  for (const key of encodings(password)) {
    for (const entry of chosen) {
      if (await opens(source, entry, key)) return key;
    }
  }
  return null;
}

async function entriesToProve(records: ZipRecords, end: number): Promise<readonly ZipEntry[]> {
  const locked: { readonly index: number; readonly packedBytes: number; readonly provesItself: boolean }[] =
    [];
  for (let index = 0; index < records.count; index++) {
    const record = await records.at(index);
    if (record === null || !isEncrypted(record)) continue;
    locked.push({ index, packedBytes: record.packedBytes ?? 0, provesItself: provesItself(record) });
  }
  locked.sort((a, b) => a.packedBytes - b.packedBytes || a.index - b.index);
  const others = locked.slice(entriesToTry).filter((entry) => entry.provesItself);
  const step = Math.max(1, others.length / entriesToTry);
  // From the largest on: one of another password is more likely a file than a folder full of them.
  const spread = Array.from({ length: Math.min(entriesToTry, others.length) }, (_, n) =>
    others.at(-1 - Math.floor(n * step)),
  );
  const chosen = [...locked.slice(0, entriesToTry), ...spread].filter((entry) => entry !== undefined);
  const entries = await Promise.all(chosen.map(({ index }) => entryAt(records, index, end)));
  return entries.filter((entry) => entry !== null);
}

/** Whether the first bytes of an entry tell a wrong password: of stored ones only the last do. */
function provesItself(record: ZipRecord): boolean {
  return record.aes !== null || record.method !== methodStored || (record.bytes ?? proofBytes) < proofBytes;
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
