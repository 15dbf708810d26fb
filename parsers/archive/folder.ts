import { constants } from 'node:fs';
import { open, readdir, readlink, lstat, type FileHandle } from 'node:fs/promises';
import { sep } from 'node:path';
import { CancelledError, throwIfCancelled } from '../domain/errors.ts';
import type { ByteStream, Digests } from './byte-stream.ts';
import type { Container, ContainerEntry } from './container.ts';
import { FileStream, isForFileStream } from './file-stream.ts';
import { decodeName, showName } from './member-names.ts';
import type { ReasonCode } from './reasons.ts';
import { utcFromSeconds, type StoredTime } from './stored-time.ts';

/**
 * How a file of the folder is opened: it may have become a pipe, which must not be waited for, or a link, which is
 * not followed. Windows has neither flag.
 */
const openFlags =
  constants.O_RDONLY |
  ((constants.O_NONBLOCK as number | undefined) ?? 0) |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0);

/** Files that the file system is asked about at once. */
const filesAtOnce = 64;

/** Bytes of a file read at once. */
const pieceBytes = 512 * 1024;

export interface FolderListing {
  readonly files: readonly FolderFile[];
  /** Bytes of all files together. */
  readonly bytes: number;
}

interface FolderFile {
  /** Relative, with slashes. */
  readonly path: string;
  /** For the file system, in its own bytes: a name there need not be text. */
  readonly location: Buffer;
  readonly kind: ContainerEntry['kind'];
  readonly bytes: number;
  readonly linkTarget: string | null;
  readonly modified: StoredTime | null;
  /** As the file system has it; null where that says nothing. */
  readonly mtimeMs: number | null;
  readonly fault: ReasonCode | null;
}

/** Lists a folder, sorted by path in code units. Symlinks are listed, never followed. */
export async function listFolder(folder: string, signal: AbortSignal | undefined): Promise<FolderListing> {
  const files: FolderFile[] = [];
  const pending = [{ location: Buffer.from(folder), prefix: '' }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    throwIfCancelled(signal);
    const { location, prefix } = next;
    const children = await readdir(location, { withFileTypes: true, encoding: 'buffer' }).catch(() => null);
    if (children === null) {
      files.push(unreadable(location, prefix));
      continue;
    }
    const described: (() => Promise<FolderFile>)[] = [];
    for (const child of children) {
      const inside = Buffer.concat([location, Buffer.from(sep), child.name]);
      const path = prefix + showName(decodeName(child.name));
      if (child.isDirectory()) pending.push({ location: inside, prefix: `${path}/` });
      else described.push(() => describe(inside, path));
    }
    for (let at = 0; at < described.length; at += filesAtOnce) {
      throwIfCancelled(signal);
      const batch = described.slice(at, at + filesAtOnce).map((start) => start());
      for (const file of await Promise.all(batch)) files.push(file);
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : Buffer.compare(a.location, b.location)));
  return { files, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

/**
 * @param onRead told of the bytes of each read
 * @param onChanged told of each file that is no longer as it was listed
 */
export function openFolder(
  listing: FolderListing,
  signal: AbortSignal | undefined,
  onRead: (bytes: number) => void,
  onChanged: () => void,
): Container {
  return {
    fault: null,
    entries: () => describeAll(listing, signal, onRead, onChanged),
    close: () => Promise.resolve(),
  };
}

async function* describeAll(
  listing: FolderListing,
  signal: AbortSignal | undefined,
  onRead: (bytes: number) => void,
  onChanged: () => void,
): AsyncGenerator<ContainerEntry, void, undefined> {
  for (const file of listing.files) {
    yield {
      name: file.path,
      kind: file.kind,
      linkTarget: file.linkTarget,
      declaredBytes: file.kind === 'file' ? file.bytes : null,
      packedBytes: null,
      modified: file.modified,
      fault: file.fault,
      open: () => new FolderFileStream(file, signal, onRead, onChanged),
      repeatable: true,
    };
  }
}

async function describe(location: Buffer, path: string): Promise<FolderFile> {
  try {
    const stats = await lstat(location);
    const kind = stats.isFile() ? 'file' : stats.isSymbolicLink() ? 'symlink' : 'special';
    const target = kind === 'symlink' ? await readlink(location, { encoding: 'buffer' }) : null;
    return {
      path,
      location,
      kind,
      bytes: kind === 'file' ? stats.size : 0,
      linkTarget: target === null ? null : showName(decodeName(target)),
      modified: utcFromSeconds(Math.floor(stats.mtimeMs / 1000)),
      mtimeMs: stats.mtimeMs,
      fault: null,
    };
  } catch {
    return { ...unreadable(location, path), kind: 'file' };
  }
}

function unreadable(location: Buffer, path: string): FolderFile {
  const fault = 'not-readable';
  return {
    path,
    location,
    kind: 'special',
    bytes: 0,
    linkTarget: null,
    modified: null,
    mtimeMs: null,
    fault,
  };
}

/** A file of the folder, opened when it is first read and read to the size it had when it was listed. */
class FolderFileStream implements ByteStream {
  fault: ReasonCode | null = null;
  packedBytes = 0;
  readonly #file: FolderFile;
  readonly #signal: AbortSignal | undefined;
  readonly #onRead: (bytes: number) => void;
  readonly #onChanged: () => void;
  #handle: FileHandle | null = null;
  /** Reads and hashes a large file beside this thread. */
  #aside: FileStream | null = null;
  #lends = false;
  #ended = false;

  constructor(
    file: FolderFile,
    signal: AbortSignal | undefined,
    onRead: (bytes: number) => void,
    onChanged: () => void,
  ) {
    this.#file = file;
    this.#signal = signal;
    this.#onRead = onRead;
    this.#onChanged = onChanged;
  }

  get digests(): Digests | null | undefined {
    return this.#aside === null ? undefined : this.#aside.digests;
  }

  lend(): void {
    this.#lends = true;
    this.#aside?.lend();
  }

  async next(): Promise<Uint8Array | null> {
    throwIfCancelled(this.#signal);
    if (this.#aside !== null && !this.#ended) return this.#nextAside(this.#aside);
    const wanted = Math.min(pieceBytes, this.#file.bytes - this.packedBytes);
    if (this.#ended || wanted <= 0) {
      await this.#compare();
      await this.close();
      return null;
    }
    try {
      if (this.#handle === null) {
        this.#handle = await open(this.#file.location, openFlags);
        if (isForFileStream(this.#file.bytes)) this.#aside = new FileStream(this.#handle, this.#file.bytes);
        if (this.#lends) this.#aside?.lend();
      }
      if (this.#aside !== null) return await this.#nextAside(this.#aside);
      const { buffer, bytesRead } = await this.#handle.read(
        Buffer.allocUnsafe(wanted),
        0,
        wanted,
        this.packedBytes,
      );
      this.packedBytes += bytesRead;
      this.#onRead(bytesRead);
      if (bytesRead > 0) return buffer.subarray(0, bytesRead);
      this.fault = 'truncated';
      this.#onChanged();
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      this.fault = 'not-readable';
    }
    await this.close();
    return null;
  }

  async #nextAside(stream: FileStream): Promise<Uint8Array | null> {
    const before = this.packedBytes;
    const piece = await stream.next();
    this.packedBytes = stream.packedBytes;
    this.#onRead(this.packedBytes - before);
    if (piece !== null) return piece;
    this.fault = stream.fault;
    await this.#compare();
    await this.close();
    return null;
  }

  /** Whether the file is still as it was listed; one that grows is read as far as it went then. */
  async #compare(): Promise<void> {
    const now = await this.#handle?.stat().catch(() => null);
    if (now === undefined || now === null || this.#file.mtimeMs === null) return;
    if (now.size === this.#file.bytes && now.mtimeMs === this.#file.mtimeMs) return;
    this.fault ??= 'changed-while-read';
    this.#onChanged();
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#aside?.close();
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }
}
