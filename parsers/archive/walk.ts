import { throwIfCancelled } from '../domain/errors.ts';
import type { Budget } from './budget.ts';
import { borrowed, drain, PeekStream } from './byte-stream.ts';
import type { Container, ContainerEntry } from './container.ts';
import { WalkedMember, type BundleMember, type MemberPlace } from './member.ts';
import { NameRegister } from './member-names.ts';
import { MemberReader } from './member-reader.ts';
import { openPacked } from './packed.ts';
import { rangeStream } from './random-source.ts';
import type { ReasonCode } from './reasons.ts';
import { headBytes, sniffArchive, type ArchiveKind } from './sniff.ts';
import type { Spool, Spooled } from './spool.ts';
import { openTar } from './tar.ts';
import { openZip } from './zip.ts';

/** What all levels of one walk share. */
export interface WalkContext {
  readonly budget: Budget;
  readonly spool: Spool;
  readonly password: string | null;
  readonly signal: AbortSignal | undefined;
  /** Told of each member before it is read. */
  readonly onMember: (path: string) => void;
  /** Set when the limit of members is reached; the walk then ends at every level. */
  full: boolean;
}

/**
 * Gives the members of a container and, after each that is itself an archive, the members of that one. A member
 * that the consumer has not read is read past, so that its hash and outcome are always there.
 *
 * The member that is one too many is given as `refused`, and ends the walk.
 */
export async function* walk(
  container: Container,
  prefix: string,
  depth: number,
  context: WalkContext,
): AsyncGenerator<BundleMember, void, undefined> {
  const names = new NameRegister();
  for await (const entry of container.entries()) {
    throwIfCancelled(context.signal);
    const index = context.budget.members;
    const path = prefix + names.claim(entry.name);
    const place: MemberPlace = { index, path, plainPath: prefix + entry.name, depth };
    context.onMember(path);
    if (!context.budget.admit()) {
      context.full = true;
      yield settled(place, entry, 'too-many-members');
      return;
    }
    const refusal = entry.fault ?? context.budget.judgeDeclared(entry.declaredBytes, entry.packedBytes);
    if (entry.kind !== 'file' || refusal !== null) yield settled(place, entry, refusal);
    else yield* walkFile(place, entry, context);
    if (context.full) return;
  }
}

function settled(place: MemberPlace, entry: ContainerEntry, reason: ReasonCode | null): WalkedMember {
  const member = new WalkedMember(place, entry, entry.kind, null);
  member.settle(reason);
  return member;
}

interface Content {
  readonly reader: MemberReader;
  readonly stream: PeekStream;
}

async function* walkFile(
  place: MemberPlace,
  entry: ContainerEntry,
  context: WalkContext,
): AsyncGenerator<BundleMember, void, undefined> {
  const reader = new MemberReader(entry.open(), context.budget, context.signal);
  const content: Content = { reader, stream: new PeekStream(reader) };
  try {
    const head = await content.stream.head(headBytes);
    const kind = sniffArchive(head, entry.name);
    if (kind !== null) {
      yield* walkArchive(kind, place, entry, content, context);
    } else if (mayBeZip(entry.name, head)) {
      yield* walkSuspect(place, entry, content, context);
    } else {
      const member = new WalkedMember(place, entry, 'file', content);
      if (isPart(entry.name)) reader.markPart();
      yield member;
      await drain(content.stream);
      member.settle(null);
    }
  } finally {
    await content.stream.close();
  }
}

/** A part of an archive that was cut into several is told by its name, as the tools that do so give it. */
function isPart(name: string): boolean {
  return /\.(?:z\d{2}|(?:zip|7z|tar|tgz|gz|xz)\.\d{3})$/iu.test(name);
}

/** A zip can have anything before its first header; then only its name tells. */
function mayBeZip(name: string, head: Uint8Array): boolean {
  const isDocument = head[0] === 0x50 && head[1] === 0x4b;
  return head.length > 0 && !isDocument && /\.zip$/iu.test(name);
}

async function* walkArchive(
  kind: ArchiveKind,
  place: MemberPlace,
  entry: ContainerEntry,
  content: Content,
  context: WalkContext,
): AsyncGenerator<BundleMember, void, undefined> {
  const member = new WalkedMember(place, entry, 'archive', content);
  if (place.depth >= context.budget.limits.depth) {
    await content.stream.close();
    const refused = new WalkedMember(place, entry, 'archive', null);
    refused.settle('too-deep');
    yield refused;
    return;
  }
  yield member;
  const container = await openNested(kind, entry, content, context);
  let fault: ReasonCode | null;
  try {
    yield* walk(container, `${place.path}!/`, place.depth + 1, context);
    fault = container.fault !== null && isPart(entry.name) ? 'split-archive' : container.fault;
  } finally {
    await container.close();
  }
  await drain(content.stream);
  member.settle(fault);
}

async function openNested(
  kind: ArchiveKind,
  entry: ContainerEntry,
  content: Content,
  context: WalkContext,
): Promise<Container> {
  const stream = borrowed(content.stream);
  switch (kind) {
    case 'tar':
      return openTar(stream);
    case 'gzip':
    case 'xz': {
      const head = await content.stream.head(headBytes);
      const reopen = entry.repeatable ? () => entry.open() : null;
      return openPacked({ kind, name: entry.name, head, stream, reopen }, context.budget);
    }
    case 'zip': {
      const spooled = await context.spool.keep(stream);
      return openSpooled(spooled, context);
    }
  }
}

async function openSpooled(
  spooled: Spooled,
  context: WalkContext,
): Promise<Container & { readonly size: number }> {
  const archive = await openZip(spooled.source, context.password);
  return {
    size: archive.size,
    get fault() {
      return archive.fault;
    },
    entries: () => archive.entries(),
    close: () => spooled.release(),
  };
}

/** A file that only its name calls a zip: an archive when a zip is found in it, else a file as it is. */
async function* walkSuspect(
  place: MemberPlace,
  entry: ContainerEntry,
  content: Content,
  context: WalkContext,
): AsyncGenerator<BundleMember, void, undefined> {
  const spooled = await context.spool.keep(content.stream);
  const zip = await openSpooled(spooled, context);
  try {
    if (zip.size === 0) {
      const stream = new PeekStream(rangeStream(spooled.source, 0, spooled.source.size));
      const member = new WalkedMember(place, entry, 'file', { reader: content.reader, stream });
      yield member;
      member.settle(null);
    } else {
      const member = new WalkedMember(place, entry, 'archive', content);
      if (place.depth < context.budget.limits.depth) {
        yield member;
        yield* walk(zip, `${place.path}!/`, place.depth + 1, context);
        member.settle(zip.fault);
      } else {
        member.settle('too-deep');
        yield member;
      }
    }
  } finally {
    await zip.close();
  }
}
