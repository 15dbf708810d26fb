import type { Moment } from '../domain/moment.ts';
import { MemberDraft } from './member-draft.ts';
import type { KeptDigests, Manner } from './member-draft.ts';
import { SharedColumn } from './shared-column.ts';
import { ShortLines, ShortLinesColumns } from './short-lines.ts';
import type { LineTable } from './short-lines.ts';

/** Members in bundle order, by position. An array of them is one as well. */
export interface DraftList extends Iterable<MemberDraft> {
  readonly length: number;
  at(position: number): MemberDraft | undefined;
  forEach(use: (draft: MemberDraft, position: number) => void): void;
  map<T>(make: (draft: MemberDraft, position: number) => T): T[];
  some(test: (draft: MemberDraft, position: number) => boolean): boolean;
}

/** What is asked of a member once for every line, without making all of it. */
export interface DraftLines {
  readonly lines: LineTable | null;
  readonly timeline: MemberDraft['timeline'];
}

const pageSlots = 1024;

/**
 * The members of a bundle that is being read. Of most nothing but few lines was taken: these are kept in columns, some
 * seventy bytes each beside their paths, and made again for whoever asks.
 */
export class KeptDrafts implements DraftList {
  /** Null where the member stands in its page. */
  readonly #drafts: (MemberDraft | null)[] = [];
  readonly #pages: (DraftPage | undefined)[] = [];

  get length(): number {
    return this.#drafts.length;
  }

  /** Takes up the next member, as it is begun. */
  push(draft: MemberDraft): void {
    this.#drafts.push(draft);
  }

  /** The member that was pushed last was settled and will not change any more. */
  keepLast(): void {
    const position = this.#drafts.length - 1;
    const draft = this.#drafts[position] ?? null;
    const manner = draft?.mannerAlone ?? null;
    if (draft === null || manner === null) return;
    if (draft.lines !== null && !(draft.lines instanceof ShortLines)) return;
    const number = Math.floor(position / pageSlots);
    const page = (this.#pages[number] ??= new DraftPage(number * pageSlots));
    page.keep(position, draft, draft.lines, manner);
    this.#drafts[position] = null;
  }

  at(position: number): MemberDraft | undefined {
    return this.#drafts[position] ?? this.#pages[Math.floor(position / pageSlots)]?.draft(position);
  }

  linesAt(position: number): DraftLines | undefined {
    return this.#drafts[position] ?? this.#pages[Math.floor(position / pageSlots)]?.lines(position);
  }

  forEach(use: (draft: MemberDraft, position: number) => void): void {
    for (let position = 0; position < this.length; position += 1)
      use(this.at(position) as MemberDraft, position);
  }

  map<T>(make: (draft: MemberDraft, position: number) => T): T[] {
    const made: T[] = [];
    this.forEach((draft, position) => made.push(make(draft, position)));
    return made;
  }

  some(test: (draft: MemberDraft, position: number) => boolean): boolean {
    for (let position = 0; position < this.length; position += 1)
      if (test(this.at(position) as MemberDraft, position)) return true;
    return false;
  }

  *[Symbol.iterator](): Generator<MemberDraft, void, undefined> {
    for (let position = 0; position < this.length; position += 1) yield this.at(position) as MemberDraft;
  }
}

/** What of a member lines are read by. */
export function draftLinesAt(drafts: DraftList, position: number): DraftLines | undefined {
  return drafts instanceof KeptDrafts ? drafts.linesAt(position) : drafts.at(position);
}

const digestBytes = 32;

/** Members of which nothing was taken but their lines, in columns. */
class DraftPage implements KeptDigests {
  readonly #first: number;
  readonly #paths: string[] = [];
  readonly #kept = new Uint8Array(pageSlots);
  readonly #bytes = new Float64Array(pageSlots);
  readonly #digests = Buffer.alloc(pageSlots * digestBytes);
  readonly #hasDigest = new Uint8Array(pageSlots);
  readonly #modified = new SharedColumn<Moment | null>(pageSlots);
  readonly #manners = new SharedColumn<Manner>(pageSlots);
  readonly #lines = new ShortLinesColumns(pageSlots);

  constructor(first: number) {
    this.#first = first;
  }

  keep(position: number, draft: MemberDraft, lines: ShortLines | null, manner: Manner): void {
    const slot = position - this.#first;
    while (this.#paths.length < slot) this.#paths.push('');
    this.#paths.push(draft.path);
    this.#kept[slot] = 1;
    this.#bytes[slot] = draft.bytes;
    this.#modified.set(slot, draft.modified);
    this.#manners.set(slot, manner);
    if (lines !== null) this.#lines.set(slot, lines);
    const { sha256 } = draft;
    if (sha256 === null) return;
    this.#hasDigest[slot] = 1;
    this.#digests.write(sha256, slot * digestBytes, 'hex');
  }

  draft(position: number): MemberDraft | undefined {
    const slot = position - this.#first;
    if (this.#kept[slot] !== 1) return undefined;
    const draft = new MemberDraft(position, this.#paths[slot] as string, this.#modified.at(slot), {
      manner: this.#manners.at(slot),
      digests: this,
    });
    draft.bytes = this.#bytes[slot] as number;
    draft.lines = this.#lines.at(slot);
    return draft;
  }

  lines(position: number): DraftLines | undefined {
    const slot = position - this.#first;
    if (this.#kept[slot] !== 1) return undefined;
    return { lines: this.#lines.at(slot), timeline: this.#manners.at(slot).timeline };
  }

  sha256(position: number): string | null {
    const slot = position - this.#first;
    const at = slot * digestBytes;
    return this.#hasDigest[slot] === 1 ? this.#digests.toString('hex', at, at + digestBytes) : null;
  }
}
