import { gunzipSync, constants } from 'node:zlib';
import { openBundle } from '../archive/bundle.ts';
import type { BundleMember, BundleProgress } from '../archive/bundle.ts';
import { NameRegister } from '../archive/member-names.ts';
import { sniffArchive } from '../archive/sniff.ts';
import { ExpectedError, throwIfCancelled } from '../domain/errors.ts';
import { workbookBytes } from '../domain/limits.ts';
import type { Limits } from '../domain/limits.ts';
import { probe } from '../formats/probe.ts';
import { ByteKeeper, writeGzip, writeTar, writeZip } from './archive-writer.ts';
import type { ArchiveWriter, ByteSink, KeptBytes } from './archive-writer.ts';
import { ByteRedactor } from './redact-bytes.ts';
import { redactWorkbook } from './redact-workbook.ts';
import type { Redactor } from './redactor.ts';

export const redactionSchema = 'patchtrail.redaction/1';
export const manifestName = 'patchtrail-redaction.json';

/** What became of a member in the copy. */
export type MemberFate = 'redacted' | 'unchanged' | 'left-out' | 'included-unsearched';

/** A line of the manifest. Paths are those of the copy: names of the original may be what is to be taken out. */
export interface ManifestMember {
  readonly path: string;
  readonly fate: MemberFate;
  /** Why it was left out or is not the same file: `picture`, `binary`, `encrypted`, `repacked-as-gzip` ...; else null. */
  readonly reason: string | null;
  readonly original: { readonly bytes: number; readonly sha256: string | null };
  /** Null for what was left out. */
  readonly copy: { readonly bytes: number; readonly sha256: string } | null;
  /** How many values were replaced in it, its name included. */
  readonly replaced: number;
}

export interface RedactionManifest {
  readonly schema: typeof redactionSchema;
  readonly tool: { readonly name: 'patchtrail'; readonly version: string };
  readonly original: { readonly bytes: number; readonly sha256: string };
  readonly kinds: readonly string[];
  readonly counts: {
    readonly members: number;
    readonly redacted: number;
    readonly unchanged: number;
    readonly leftOut: number;
    readonly includedUnsearched: number;
    readonly replaced: number;
  };
  readonly members: readonly ManifestMember[];
}

export interface RedactBundleOptions {
  readonly redactor: Redactor;
  readonly limits: Limits;
  readonly password: string | null;
  readonly spoolFolder: string;
  readonly version: string;
  /** Takes over members that cannot be searched as they are; else they are left out. */
  readonly keepUnsearched: boolean;
  /** What the bundle was when it was looked through; another one now is an error. Null: not checked. */
  readonly sha256: string | null;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BundleProgress) => void) | undefined;
}

/** An archive within the copy that is not finished yet. */
interface OpenArchive {
  readonly prefix: string;
  readonly depth: number;
  readonly writer: ArchiveWriter;
  readonly names: NameRegister;
  /** Path within the copy of what is in it. */
  readonly copyPrefix: string;
  /** What it becomes in its own archive; null for the copy itself. */
  readonly nested: {
    readonly member: BundleMember;
    readonly name: string;
    readonly reason: string | null;
    readonly keeper: ByteKeeper;
    readonly replaced: number;
  } | null;
}

/**
 * Writes a redacted copy of a bundle: a zip with every member that can be searched, nested archives written anew,
 * and a manifest with hashes before and after. The bundle itself is only read.
 *
 * @param sink takes the copy's bytes in order
 * @throws ExpectedError as `openBundle`, and `bundle-changed`; CancelledError
 */
export async function redactBundle(
  path: string,
  sink: ByteSink,
  options: RedactBundleOptions,
): Promise<RedactionManifest> {
  const copy = new BundleCopy(sink, options);
  const { signal, onProgress } = options;
  const bundle = await openBundle(path, {
    limits: options.limits,
    password: options.password,
    spoolFolder: options.spoolFolder,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  try {
    for await (const member of bundle.members()) {
      throwIfCancelled(signal);
      await copy.add(member);
    }
    const identity = await bundle.identity();
    if (options.sha256 !== null && identity.sha256 !== options.sha256) {
      throw new ExpectedError('bundle-changed', identity.name);
    }
    return await copy.finish(identity);
  } finally {
    await copy.discard();
    await bundle.close();
  }
}

class BundleCopy {
  readonly #options: RedactBundleOptions;
  readonly #stack: OpenArchive[];
  readonly #rows: ManifestMember[] = [];

  constructor(sink: ByteSink, options: RedactBundleOptions) {
    this.#options = options;
    this.#stack = [
      {
        prefix: '',
        depth: 0,
        writer: writeZip(sink),
        names: new NameRegister(),
        copyPrefix: '',
        nested: null,
      },
    ];
    // Its own name is taken: a member of the bundle that is called so gets another.
    this.#top().names.claim(manifestName);
  }

  async add(member: BundleMember): Promise<void> {
    while (this.#stack.length > 1 && !member.path.startsWith(this.#top().prefix)) await this.#close();
    const archive = this.#top();
    const { redactor } = this.#options;
    redactor.takeCount();
    const name = archive.names.claim(this.#nameOf(member, archive));
    const inName = redactor.takeCount();
    if (member.role === 'archive') {
      await this.#open(member, archive, name, inName);
      return;
    }
    if (member.role !== 'file') {
      await readPast(member);
      this.#leaveOut(member, archive, name, member.role, inName);
      return;
    }
    const keeper = new ByteKeeper(this.#options.spoolFolder);
    try {
      const result = await this.#content(member, keeper);
      const outcome = member.outcome();
      if (result.unread !== null || outcome.state === 'refused' || outcome.state === 'encrypted') {
        this.#leaveOut(member, archive, name, result.unread ?? outcome.reason ?? outcome.state, inName);
        return;
      }
      const kept = await keeper.finish();
      await archive.writer.add(name, member.modified, kept);
      await kept.release();
      const replaced = redactor.takeCount() + inName;
      const same = kept.sha256 === outcome.sha256;
      this.#rows.push({
        path: archive.copyPrefix + name,
        fate: result.unsearched ? 'included-unsearched' : same && inName === 0 ? 'unchanged' : 'redacted',
        reason: outcome.state === 'complete' ? null : (outcome.reason ?? outcome.state),
        original: { bytes: outcome.bytes, sha256: outcome.sha256 },
        copy: { bytes: kept.bytes, sha256: kept.sha256 },
        replaced,
      });
    } finally {
      await keeper.discard();
    }
  }

  async finish(identity: { readonly bytes: number; readonly sha256: string }): Promise<RedactionManifest> {
    while (this.#stack.length > 1) await this.#close();
    const count = (fate: MemberFate): number => this.#rows.filter((row) => row.fate === fate).length;
    const manifest: RedactionManifest = {
      schema: redactionSchema,
      tool: { name: 'patchtrail', version: this.#options.version },
      original: { bytes: identity.bytes, sha256: identity.sha256 },
      kinds: [...this.#options.redactor.settings.kinds],
      counts: {
        members: this.#rows.length,
        redacted: count('redacted'),
        unchanged: count('unchanged'),
        leftOut: count('left-out'),
        includedUnsearched: count('included-unsearched'),
        replaced: this.#rows.reduce((sum, row) => sum + row.replaced, 0),
      },
      members: this.#rows,
    };
    const { writer } = this.#top();
    const keeper = new ByteKeeper(this.#options.spoolFolder);
    const { members, ...head } = manifest;
    const opening = JSON.stringify(head, null, 1).replace(/\n\}$/u, '');
    await keeper.write(Buffer.from(`${opening},\n "members": [`, 'utf8'));
    for (const [index, row] of members.entries()) {
      await keeper.write(Buffer.from(`${index === 0 ? '' : ','}\n  ${JSON.stringify(row)}`, 'utf8'));
    }
    await keeper.write(Buffer.from('\n ]\n}\n', 'utf8'));
    const kept = await keeper.finish();
    await writer.add(manifestName, null, kept);
    await kept.release();
    await writer.finish();
    return manifest;
  }

  async discard(): Promise<void> {
    for (const { nested } of this.#stack) await nested?.keeper.discard();
  }

  #top(): OpenArchive {
    const top = this.#stack[this.#stack.length - 1];
    if (top === undefined) throw new Error('the copy is finished');
    return top;
  }

  /** The name within its archive, redacted, and such that no program unpacks it elsewhere. */
  #nameOf(member: BundleMember, archive: OpenArchive): string {
    const name = this.#options.redactor.text(member.path.slice(archive.prefix.length));
    const safe = name
      .replaceAll('\\', '/')
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .map((part) => (part === '..' ? '__' : part.replaceAll(/[:\u0000-\u001F]/gu, '_')))
      .join('/');
    return safe === '' ? '_' : safe;
  }

  /** Reads the member; its redacted bytes go to the keeper. */
  async #content(
    member: BundleMember,
    keeper: ByteKeeper,
  ): Promise<{ readonly unread: string | null; readonly unsearched: boolean }> {
    const { redactor, keepUnsearched, limits, signal } = this.#options;
    const { shape } = probe(member.plainPath, await member.head());
    switch (shape) {
      case 'workbook': {
        const pieces: Uint8Array[] = [];
        let bytes = 0;
        for await (const chunk of member.chunks()) {
          throwIfCancelled(signal);
          bytes += chunk.length;
          if (bytes <= limits.documentBytes) pieces.push(chunk);
          else pieces.length = 0;
        }
        const whole = Buffer.concat(pieces);
        const redacted =
          bytes > limits.documentBytes ? null : redactWorkbook(whole, redactor, workbookBytes(limits));
        if (redacted !== null) {
          await keeper.write(redacted);
          return { unread: null, unsearched: false };
        }
        if (!keepUnsearched || bytes > limits.documentBytes) return { unread: 'binary', unsearched: false };
        await keeper.write(whole);
        return { unread: null, unsearched: true };
      }
      case 'image':
      case 'binary':
        for await (const chunk of member.chunks()) {
          throwIfCancelled(signal);
          if (keepUnsearched) await keeper.write(chunk);
        }
        return {
          unread: keepUnsearched ? null : shape === 'image' ? 'picture' : 'binary',
          unsearched: keepUnsearched,
        };
      case 'empty':
      case 'text':
      case 'html':
      case 'mhtml':
      case 'delimited':
      case 'json':
      case 'xml': {
        const bytes = new ByteRedactor(redactor);
        for await (const chunk of member.chunks()) {
          throwIfCancelled(signal);
          await keeper.write(bytes.push(chunk));
        }
        await keeper.write(bytes.end());
        return { unread: null, unsearched: false };
      }
    }
  }

  /** A nested archive: what is in it comes next, and goes into an archive of the same kind. */
  async #open(member: BundleMember, archive: OpenArchive, name: string, inName: number): Promise<void> {
    const kind = nestedKind(name, await member.head());
    await readPast(member);
    const keeper = new ByteKeeper(this.#options.spoolFolder);
    const sink: ByteSink = (bytes) => keeper.write(bytes);
    const writer =
      kind.write === 'zip'
        ? writeZip(sink)
        : kind.write === 'gzip'
          ? writeGzip(sink)
          : writeTar(sink, kind.write === 'tgz');
    this.#stack.push({
      prefix: `${member.path}!/`,
      depth: member.depth + 1,
      writer,
      names: new NameRegister(),
      copyPrefix: `${archive.copyPrefix}${kind.name}!/`,
      nested: { member, name: kind.name, reason: kind.reason, keeper, replaced: inName },
    });
  }

  /** The members of a nested archive are over: it becomes a member itself. */
  async #close(): Promise<void> {
    const { nested, writer } = this.#top();
    this.#stack.pop();
    if (nested === null) return;
    const { member, name, reason, keeper, replaced } = nested;
    const archive = this.#top();
    await writer.finish();
    const kept: KeptBytes = await keeper.finish();
    const outcome = member.outcome();
    if (outcome.state === 'refused' || outcome.state === 'encrypted') {
      this.#leaveOut(member, archive, name, outcome.reason ?? outcome.state, replaced);
    } else {
      await archive.writer.add(name, member.modified, kept);
      this.#rows.push({
        path: archive.copyPrefix + name,
        fate: 'redacted',
        reason: outcome.state === 'complete' ? reason : (outcome.reason ?? outcome.state),
        original: { bytes: outcome.bytes, sha256: outcome.sha256 },
        copy: { bytes: kept.bytes, sha256: kept.sha256 },
        replaced,
      });
    }
    await kept.release();
  }

  #leaveOut(
    member: BundleMember,
    archive: OpenArchive,
    name: string,
    reason: string,
    replaced: number,
  ): void {
    const { bytes, sha256 } = member.outcome();
    this.#rows.push({
      path: archive.copyPrefix + name,
      fate: 'left-out',
      reason,
      original: { bytes, sha256 },
      copy: null,
      replaced,
    });
  }
}

interface NestedKind {
  readonly write: 'zip' | 'tar' | 'tgz' | 'gzip';
  readonly name: string;
  readonly reason: string | null;
}

/** How a nested archive is written anew; xz can be read and not written, and becomes gzip. */
function nestedKind(name: string, head: Uint8Array): NestedKind {
  switch (sniffArchive(head, name)) {
    case 'tar':
      return { write: 'tar', name, reason: null };
    case 'gzip':
      return { write: holdsTar(head) ? 'tgz' : 'gzip', name, reason: null };
    case 'xz': {
      const isTar = /\.(?:txz|tar\.xz)$/iu.test(name);
      const renamed = name.replace(/\.txz$/iu, '.tgz').replace(/\.xz$/iu, '.gz');
      return { write: isTar ? 'tgz' : 'gzip', name: renamed, reason: 'repacked-as-gzip' };
    }
    case 'zip':
    case null:
      return { write: 'zip', name, reason: null };
  }
}

function holdsTar(head: Uint8Array): boolean {
  try {
    // The head is a part: what can be unpacked of it is enough.
    return sniffArchive(gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }), '') === 'tar';
  } catch {
    return false;
  }
}

async function readPast(member: BundleMember): Promise<void> {
  for await (const chunk of member.chunks()) if (chunk.length < 0) return;
}
