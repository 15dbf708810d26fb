import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ExpectedError, throwIfCancelled, type ErrorCode } from '../domain/errors.ts';
import type { Limits } from '../domain/limits.ts';
import { Budget } from './budget.ts';
import type { ByteStream } from './byte-stream.ts';
import type { Container, ContainerEntry } from './container.ts';
import { listFolder, openFolder } from './folder.ts';
import { HashingSource } from './hashing-source.ts';
import type { BundleMember } from './member.ts';
import { showName } from './member-names.ts';
import { openPacked } from './packed.ts';
import { rangeStream, type RandomSource } from './random-source.ts';
import type { ReasonCode } from './reasons.ts';
import { headBytes, sniffArchive } from './sniff.ts';
import { Spool } from './spool.ts';
import { utcFromSeconds } from './stored-time.ts';
import { openTar } from './tar.ts';
import { walk, type WalkContext } from './walk.ts';
import { openZip, type ZipArchive } from './zip.ts';

export type { BundleMember, MemberOutcome } from './member.ts';
export type { MemberState, ReasonCode } from './reasons.ts';
export type { StoredTime } from './stored-time.ts';

export interface BundleProgress {
  /** Bytes of the bundle's file, or of the files of its folder, consumed so far ... */
  readonly bytes: number;
  /** ... of how many. */
  readonly total: number;
  /** Path of the member under way. */
  readonly member: string | null;
  /** Members met so far. */
  readonly members: number;
}

/**
 * What becomes of a zip with locked members when no password is given. Those of nested zips are always listed.
 *
 * - `refuse-alone`: they are listed beside others; a zip of nothing else is refused with `password-needed`.
 * - `refuse`: a zip with any is refused with `password-needed`, for someone who can be asked.
 * - `list`: they are listed, also when there is nothing else.
 */
export type LockedMembers = 'refuse-alone' | 'refuse' | 'list';

export interface OpenBundleOptions {
  readonly limits: Limits;
  readonly password?: string | null;
  /** Without it: `refuse-alone`. */
  readonly locked?: LockedMembers;
  readonly signal?: AbortSignal;
  /** Called at most once for each read of the file system. */
  readonly onProgress?: (progress: BundleProgress) => void;
  /**
   * Folder for private files of nested zips that are too big for memory; each is unlinked right after it was
   * opened where the system allows that, else when it is done with.
   */
  readonly spoolFolder: string;
}

export interface BundleIdentity {
  readonly name: string;
  /** Of the file; of a folder the sum of its files. */
  readonly bytes: number;
  /**
   * Of the file, in hex. Of a folder: of the lines `<SHA-256 of the file> <space> <space> <path> <line feed>` of
   * its files, sorted by path in code units, with `-` where there is none (symlinks, refused files).
   */
  readonly sha256: string;
  /** Whether the bundle itself is not whole: cut off, or without a directory that fits. */
  readonly damaged: boolean;
  /** Whether the file, or one of the folder, was no longer the same when it had been read. */
  readonly changed: boolean;
}

export interface OpenBundle {
  /**
   * The members in the order of their bytes; call once. Throws ExpectedError `no-members`, `damaged-archive`, `unsupported-archive` when
   * there turns out to be nothing to give, and CancelledError; all handles are closed then.
   */
  members(): AsyncGenerator<BundleMember, void, undefined>;
  /** Call after `members` ended. */
  identity(): Promise<BundleIdentity>;
  /** Closes all handles; may be called at any time, more than once. A walk under way is cancelled. */
  close(): Promise<void>;
}

/**
 * Opens a bundle: a zip, tar, gzip, xz, a folder, or a single file, told by its content.
 *
 * @throws ExpectedError `not-found`, `not-readable`, `empty-file`, `no-members`, `damaged-archive`,
 *   `password-needed` (see {@link LockedMembers}), `password-wrong`; and CancelledError
 */
export async function openBundle(path: string, options: OpenBundleOptions): Promise<OpenBundle> {
  const name = showName(basename(resolve(path)));
  throwIfCancelled(options.signal);
  const session = newSession(options);
  const stats = await stat(path).catch((error: unknown) => failOpening(error, name));
  if (stats.isDirectory()) return openFolderBundle(path, name, session);
  if (!stats.isFile()) throw new ExpectedError('not-readable', name);
  if (stats.size === 0) throw new ExpectedError('empty-file', name);
  return openFileBundle(path, name, stats, session);
}

function failOpening(error: unknown, name: string): never {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  throw new ExpectedError(missing ? 'not-found' : 'not-readable', name, {}, error);
}

/** What is walked, and what its members' paths begin with. */
interface Root {
  readonly container: Container;
  readonly prefix: string;
  /** Whether the only entry is the bundle itself or what it packs: nothing of it read is nothing readable. */
  readonly single: boolean;
}

/** Windows does not have the flag. */
const openFlags = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

async function openFileBundle(
  path: string,
  name: string,
  stats: Stats,
  session: Session,
): Promise<OpenBundle> {
  const { size } = stats;
  const { signal } = session;
  const modified = utcFromSeconds(Math.floor(stats.mtimeMs / 1000));
  // What has become a pipe meanwhile must not be waited for.
  const handle = await open(path, openFlags).catch((error: unknown) => failOpening(error, name));
  const progress = new Progress(size, session.options);
  const source = new HashingSource(handle, size, {
    signal,
    onAdvance: (bytes) => {
      progress.reach(bytes);
    },
  });
  const context = newContext(session, progress);
  try {
    const locked = session.options.locked ?? 'refuse-alone';
    const root = await openRoot(source, name, modified, context, locked);
    return new WalkedBundle(name, root, context, {
      own: () => undefined,
      identify: async () => ({
        bytes: size,
        sha256: await source.sha256(),
        damaged: root.container.fault !== null || source.impaired,
        changed: await source.isChanged(stats),
      }),
      release: async () => {
        session.end();
        await root.container.close();
        await context.spool.close();
        await source.close();
      },
    });
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openRoot(
  source: HashingSource,
  name: string,
  modified: ContainerEntry['modified'],
  context: WalkContext,
  locked: LockedMembers,
): Promise<Root> {
  const head = await source.read(0, headBytes);
  if (head.length === 0) throw new ExpectedError('not-readable', name);
  const whole = () => rangeStream(source, 0, source.size);
  const kind = sniffArchive(head, name);
  switch (kind) {
    case 'zip': {
      const zip = await openZip(source, context.password);
      if (zip.size === 0)
        throw new ExpectedError(zip.fault === null ? 'no-members' : 'damaged-archive', name);
      return zipRoot(zip, name, locked);
    }
    case 'tar':
      return { container: openTar(whole()), prefix: '', single: false };
    case 'gzip':
    case 'xz': {
      const file = { kind, name, head, stream: whole(), reopen: whole };
      const container = await openPacked(file, context.budget);
      return { container, prefix: container.isTar ? '' : `${name}!/`, single: !container.isTar };
    }
    case null: {
      const zip = head[0] === 0x50 && head[1] === 0x4b ? null : await openPrefixedZip(source, context);
      if (zip !== null) return zipRoot(zip, name, locked);
      return { container: singleFile(source, name, modified), prefix: '', single: true };
    }
  }
}

/** A zip with other bytes before its first header, such as a self-extracting one, or the last of several parts. */
async function openPrefixedZip(source: RandomSource, context: WalkContext): Promise<ZipArchive | null> {
  const longestEnd = 22 + 0xffff;
  const tail = await source.read(Math.max(0, source.size - longestEnd), longestEnd);
  if (!Buffer.from(tail.buffer, tail.byteOffset, tail.length).includes('PK\u0005\u0006', 0, 'latin1'))
    return null;
  const zip = await openZip(source, context.password);
  return zip.size === 0 || (zip.fault !== null && zip.fault !== 'split-archive') ? null : zip;
}

function zipRoot(zip: ZipArchive, name: string, locked: LockedMembers): Root {
  if (zip.passwordFits === false) throw new ExpectedError('password-wrong', name);
  const isRefused =
    (locked === 'refuse-alone' && zip.encryption === 'all') ||
    (locked === 'refuse' && zip.encryption !== 'none');
  if (isRefused && zip.passwordFits === null) throw new ExpectedError('password-needed', name);
  return { container: zip, prefix: '', single: false };
}

function singleFile(source: HashingSource, name: string, modified: ContainerEntry['modified']): Container {
  const streams: ByteStream[] = [];
  const entry: ContainerEntry = {
    name,
    kind: 'file',
    linkTarget: null,
    declaredBytes: source.size,
    packedBytes: null,
    modified,
    fault: null,
    open: () => {
      const stream = source.wholeStream();
      streams.push(stream);
      return stream;
    },
    repeatable: true,
  };
  return {
    fault: null,

    async *entries() {
      yield entry;
    },
    // They read the source's own file.
    close: async () => {
      for (const stream of streams) await stream.close();
    },
  };
}

async function openFolderBundle(path: string, name: string, session: Session): Promise<OpenBundle> {
  const { signal } = session;
  const listing = await listFolder(path, signal);
  if (listing.files.length === 0) throw new ExpectedError('no-members', name);
  const progress = new Progress(listing.bytes, session.options);
  const context = newContext(session, progress);
  let read = 0;
  let changed = false;
  const container = openFolder(
    listing,
    signal,
    (bytes) => {
      read += bytes;
      progress.reach(Math.min(read, listing.bytes));
    },
    () => {
      changed = true;
    },
  );
  const root: Root = { container, prefix: '', single: false };
  const hash = createHash('sha256');
  return new WalkedBundle(name, root, context, {
    own: (member) => {
      hash.update(`${member.outcome().sha256 ?? '-'}  ${member.path}\n`);
    },
    identify: () =>
      Promise.resolve({ bytes: listing.bytes, sha256: hash.digest('hex'), damaged: false, changed }),
    release: () => {
      session.end();
      return context.spool.close();
    },
  });
}

/** What ends with the bundle: its signal fires when the caller's does, or when the bundle is closed. */
interface Session {
  readonly options: OpenBundleOptions;
  readonly signal: AbortSignal;
  end(): void;
}

function newSession(options: OpenBundleOptions): Session {
  const closing = new AbortController();
  const { signal } = options;
  return {
    options,
    signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
    end: () => {
      closing.abort();
    },
  };
}

function newContext(session: Session, progress: Progress): WalkContext {
  const { signal } = session;
  const { limits, password, spoolFolder } = session.options;
  const budget = new Budget(limits);
  return {
    budget,
    spool: new Spool(spoolFolder, signal),
    password: password ?? null,
    signal,
    onMember: (path) => {
      progress.member = path;
      progress.members = budget.members + 1;
    },
    full: false,
  };
}

class Progress {
  member: string | null = null;
  members = 0;
  readonly #total: number;
  readonly #tell: OpenBundleOptions['onProgress'];

  constructor(total: number, options: OpenBundleOptions) {
    this.#total = total;
    this.#tell = options.onProgress;
  }

  reach(bytes: number): void {
    this.#tell?.({ bytes, total: this.#total, member: this.member, members: this.members });
  }
}

/** What differs between a file and a folder once it is open. */
interface BundleKind {
  /** Told of each member of the bundle itself, those in nested archives left out, when it is settled. */
  own(member: BundleMember): void;
  identify(): Promise<Omit<BundleIdentity, 'name'>>;
  release(): Promise<void>;
}

class WalkedBundle implements OpenBundle {
  readonly #name: string;
  readonly #root: Root;
  readonly #context: WalkContext;
  readonly #kind: BundleKind;
  #started = false;
  #ended = false;
  #identity: Promise<BundleIdentity> | null = null;
  #closing: Promise<void> | null = null;

  constructor(name: string, root: Root, context: WalkContext, kind: BundleKind) {
    this.#name = name;
    this.#root = root;
    this.#context = context;
    this.#kind = kind;
  }

  async *members(): AsyncGenerator<BundleMember, void, undefined> {
    if (this.#started) throw new Error('the members of a bundle are given once');
    this.#started = true;
    try {
      yield* this.#walk();
      throwIfCancelled(this.#context.signal);
      this.#ended = true;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      // The consumer may meet the cancellation first, in the member it reads, and leave.
      if (this.#context.signal?.aborted === true) await this.close();
    }
  }

  async identity(): Promise<BundleIdentity> {
    if (!this.#ended) throw new Error('a bundle is identified after its members');
    this.#identity ??= this.#identify();
    return this.#identity;
  }

  close(): Promise<void> {
    this.#closing ??= this.#kind.release();
    return this.#closing;
  }

  async #identify(): Promise<BundleIdentity> {
    try {
      return { name: this.#name, ...(await this.#kind.identify()) };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async *#walk(): AsyncGenerator<BundleMember, void, undefined> {
    const { container, prefix, single } = this.#root;
    let own: BundleMember | null = null;
    for await (const member of walk(container, prefix, 0, this.#context)) {
      if (member.depth === 0) {
        const nothingRead = single && container.fault !== null && (await member.head()).length === 0;
        if (nothingRead) throw new ExpectedError(whyNothing(container.fault), this.#name);
        if (own !== null) this.#kind.own(own);
        own = member;
      }
      yield member;
    }
    if (own === null) {
      throw new ExpectedError(whyNothing(container.fault), this.#name);
    }
    this.#kind.own(own);
  }
}

function whyNothing(fault: ReasonCode | null): ErrorCode {
  if (fault === null) return 'no-members';
  return fault === 'unsupported-method' ? 'unsupported-archive' : 'damaged-archive';
}
