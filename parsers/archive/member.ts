import type { PeekStream } from './byte-stream.ts';
import type { ContainerEntry } from './container.ts';
import type { MemberReader } from './member-reader.ts';
import { stateOf, type MemberState, type ReasonCode } from './reasons.ts';
import { headBytes } from './sniff.ts';
import type { StoredTime } from './stored-time.ts';

/** How a member ended. */
export interface MemberOutcome {
  /** Unpacked bytes that could be read. */
  readonly bytes: number;
  /** SHA-256 of those bytes, in hex; null for a member that was refused, is encrypted, or is no file. */
  readonly sha256: string | null;
  readonly state: MemberState;
  readonly reason: ReasonCode | null;
}

/** One file of the bundle, to be consumed in order. */
export interface BundleMember {
  /** Position in the bundle, from 0. */
  readonly index: number;
  /** As shown, through nested archives with `!/`; no two members share it. */
  readonly path: string;
  /** `path` before members of the same name were told apart; formats are recognised by it. */
  readonly plainPath: string;
  /** Archives that it lies in, the bundle itself not counted. */
  readonly depth: number;
  /** `special` is a device, a pipe, a hard link or a folder that cannot be read. */
  readonly role: 'file' | 'archive' | 'symlink' | 'special';
  readonly linkTarget: string | null;
  readonly declaredBytes: number | null;
  readonly modified: StoredTime | null;
  /** Up to 64 KiB from its start, without consuming it. Not after `chunks` was called. */
  head(): Promise<Uint8Array>;
  /**
   * The unpacked bytes, to be asked for once; may end early, see `outcome`. An archive gives none: its bytes
   * go to the walk, which gives its members next.
   *
   * @param lent a piece need only be good until the next is asked for
   */
  chunks(lent?: boolean): AsyncIterable<Uint8Array>;
  /**
   * Valid after `chunks` ended or the next member was asked for; of an archive once its members are over.
   * Throws before.
   */
  outcome(): MemberOutcome;
}

export interface MemberPlace {
  readonly index: number;
  readonly path: string;
  readonly plainPath: string;
  readonly depth: number;
}

const nothing = new Uint8Array(0);

/** A member as the walk makes and settles it. */
export class WalkedMember implements BundleMember {
  readonly index: number;
  readonly path: string;
  readonly plainPath: string;
  readonly depth: number;
  readonly role: BundleMember['role'];
  readonly linkTarget: string | null;
  readonly declaredBytes: number | null;
  readonly modified: StoredTime | null;
  readonly #content: { readonly stream: PeekStream; readonly reader: MemberReader } | null;
  #outcome: MemberOutcome | null = null;

  /** @param content null for what has no bytes to give */
  constructor(
    place: MemberPlace,
    entry: ContainerEntry,
    role: BundleMember['role'],
    content: { readonly stream: PeekStream; readonly reader: MemberReader } | null,
  ) {
    this.index = place.index;
    this.path = place.path;
    this.plainPath = place.plainPath;
    this.depth = place.depth;
    this.role = role;
    this.linkTarget = entry.linkTarget;
    this.declaredBytes = entry.declaredBytes;
    this.modified = entry.modified;
    this.#content = content;
  }

  async head(): Promise<Uint8Array> {
    return this.#content === null ? nothing : this.#content.stream.head(headBytes);
  }

  async *chunks(lent = false): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#content === null || this.role === 'archive') return;
    const { stream } = this.#content;
    if (lent) stream.lend();
    for (let piece = await stream.next(); piece !== null; piece = await stream.next()) yield piece;
  }

  outcome(): MemberOutcome {
    if (this.#outcome === null && this.role !== 'archive' && this.#content?.reader.ended === true) {
      this.settle(null);
    }
    if (this.#outcome === null) throw new Error(`the outcome of ${this.path} was asked for too early`);
    return this.#outcome;
  }

  /** @param reason why it is not whole, when its bytes alone do not tell */
  settle(reason: ReasonCode | null): void {
    if (this.#outcome !== null) return;
    const reader = this.#content?.reader ?? null;
    const cause = reader?.fault ?? reason;
    const state = stateOf(cause);
    const hashed = reader !== null && (state === 'complete' || state === 'damaged');
    this.#outcome = {
      bytes: reader?.bytes ?? 0,
      sha256: hashed ? reader.sha256() : null,
      state,
      reason: cause,
    };
  }
}
