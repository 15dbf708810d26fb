import type { Container, ContainerEntry } from './container.ts';
import { showName } from './member-names.ts';
import type { RandomSource } from './random-source.ts';
import type { ReasonCode } from './reasons.ts';
import { readZipDirectory } from './zip-directory.ts';
import { openZipEntry } from './zip-entry-stream.ts';
import { findPassword } from './zip-password.ts';
import {
  descriptorSignature,
  entryAt,
  isEncrypted,
  ListedRecords,
  localHeaderSignature,
  modifiedTime,
  type ZipDirectory,
  type ZipEntry,
  type ZipRecord,
  type ZipRecords,
} from './zip-records.ts';
import { recoverZipEntries } from './zip-recovery.ts';

/** Longest target of a symlink that is read; longer ones are no paths. */
const linkTargetBytes = 64 * 1024;

/** Entries whose local headers are looked at before a directory is believed. */
const entriesToProbe = 8;

export interface ZipArchive extends Container {
  /** Entries that are not directories. */
  readonly size: number;
  readonly encryption: 'none' | 'some' | 'all';
  /** What the given password is worth; null when none was given or nothing is encrypted. */
  readonly passwordFits: boolean | null;
}

/**
 * Opens a zip. Its entries come in the order of their bytes in the file, which is nearly always that of the
 * directory. Where the directory is missing, broken or does not fit the file, they are found from their local
 * headers, and the container's fault is `damaged-data`, or `split-archive` for a part of a zip in several.
 */
export async function openZip(source: RandomSource, password: string | null): Promise<ZipArchive> {
  const { records, fault: found } = await readRecords(source);
  const { count, encrypted } = records;
  const tried = password !== null && encrypted > 0;
  const key = tried ? await findPassword(source, records, password) : null;
  let fault = found;
  return {
    size: count,
    encryption: encrypted === 0 ? 'none' : encrypted < count ? 'some' : 'all',
    passwordFits: tried ? key !== null : null,
    get fault() {
      return fault;
    },
    entries: () =>
      describeAll(source, records, key, tried, () => {
        fault = 'not-readable';
      }),
    close: () => Promise.resolve(),
  };
}

async function readRecords(
  source: RandomSource,
): Promise<{ readonly records: ZipRecords; readonly fault: ReasonCode | null }> {
  const directory = await readZipDirectory(source);
  const foreign = await isForeign(source, directory);
  const fits = !foreign && (await pointsAtHeaders(source, directory.records));
  if (directory.whole && fits) return { records: directory.records, fault: null };

  const recovered = await recoverZipEntries(source);
  const listed = foreign ? [] : await allOf(directory.records);
  const records = fits ? mergeByPlace(listed, recovered) : mergeByName(recovered, listed);
  const split = directory.split || (await isFirstPart(source));
  return { records: new ListedRecords(records), fault: split ? 'split-archive' : 'damaged-data' };
}

async function allOf(records: ZipRecords): Promise<ZipRecord[]> {
  const all: ZipRecord[] = [];
  for (let index = 0; index < records.count; index++) {
    const record = await records.at(index);
    if (record !== null) all.push(record);
  }
  return all;
}

/**
 * Whether a directory is that of another zip: the file starts with an entry that it does not know. A file that was
 * cut off can end with the directory of a zip that it holds.
 */
async function isForeign(source: RandomSource, directory: ZipDirectory): Promise<boolean> {
  return directory.firstOffset !== 0 && directory.firstOffset !== null && (await isLocalHeader(source, 0));
}

/** Whether local headers stand where the directory says; a file that lost a piece has them elsewhere. */
async function pointsAtHeaders(source: RandomSource, records: ZipRecords): Promise<boolean> {
  const step = Math.max(1, Math.floor(records.count / entriesToProbe));
  for (let index = 0; index < records.count; index += step) {
    if (!(await isLocalHeader(source, records.place(index)))) return false;
  }
  return true;
}

/** The first of several parts has a mark of its own before its first header (8.5.3). */
async function isFirstPart(source: RandomSource): Promise<boolean> {
  return descriptorSignature.equals(await source.read(0, 4)) && (await isLocalHeader(source, 4));
}

async function isLocalHeader(source: RandomSource, at: number): Promise<boolean> {
  return localHeaderSignature.equals(await source.read(at, localHeaderSignature.length));
}

/** The directory's entries, which know more, and those that only their local headers tell of. */
function mergeByPlace(known: readonly ZipRecord[], recovered: readonly ZipRecord[]): ZipRecord[] {
  const places = new Set(known.map((record) => record.headerOffset));
  return [...known, ...recovered.filter((record) => !places.has(record.headerOffset))];
}

/** What is there, and of a directory that points elsewhere the names that were not met. */
function mergeByName(recovered: readonly ZipRecord[], listed: readonly ZipRecord[]): ZipRecord[] {
  if (recovered.length === 0) return [];
  const names = new Set(recovered.map((record) => record.name));
  return [...recovered, ...listed.filter((record) => !names.has(record.name))];
}

/** @param onLoss told when what is left of the directory cannot be read any more */
async function* describeAll(
  source: RandomSource,
  records: ZipRecords,
  key: Uint8Array | null,
  tried: boolean,
  onLoss: () => void,
): AsyncGenerator<ContainerEntry, void, undefined> {
  for (let index = 0; index < records.count; index++) {
    const entry = await entryAt(records, index, source.size);
    if (entry === null) {
      onLoss();
      return;
    }
    records.passed(index);
    await source.passedBy(Math.min(entry.headerOffset, source.size));
    const fault = entry.fault ?? lockedFault(entry, key, tried);
    yield {
      name: entry.name,
      kind: entry.kind,
      linkTarget: entry.kind === 'symlink' && fault === null ? await readTarget(source, entry, key) : null,
      declaredBytes: entry.bytes,
      packedBytes: entry.packedBytes,
      modified: modifiedTime(entry),
      fault,
      open: () => openZipEntry(source, entry, key),
      repeatable: true,
    };
  }
}

function lockedFault(entry: ZipEntry, key: Uint8Array | null, tried: boolean): ReasonCode | null {
  if (!isEncrypted(entry) || key !== null) return null;
  return tried ? 'password-wrong' : 'password-needed';
}

async function readTarget(
  source: RandomSource,
  entry: ZipEntry,
  key: Uint8Array | null,
): Promise<string | null> {
  if ((entry.bytes ?? 0) > linkTargetBytes) return null;
  const stream = openZipEntry(source, entry, key);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (let piece = await stream.next(); piece !== null; piece = await stream.next()) {
      bytes += piece.length;
      if (bytes > linkTargetBytes) return null;
      pieces.push(piece);
    }
  } finally {
    await stream.close();
  }
  return showName(Buffer.concat(pieces).toString('utf8'));
}
