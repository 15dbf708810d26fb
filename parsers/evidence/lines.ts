import type { Level } from '../domain/evidence.ts';
import type { Moment } from '../domain/moment.ts';
import { readMoment } from './line-reader.ts';
import { draftLinesAt } from './draft-list.ts';
import type { DraftLines, DraftList } from './draft-list.ts';
import type { MemberDraft } from './member-draft.ts';
import type { MemberZone } from './build-evidence.ts';
import { mergeLines } from './merge-lines.ts';
import type { MergedMembers } from './merge-lines.ts';
import { NearestAbove } from './nearest-above.ts';
import type { LineTable } from './short-lines.ts';
import { atOnce } from './steps.ts';
import type { Steps } from './steps.ts';
import type { TextStore } from './text-store.ts';

/** A line by member and 0-based number. */
export interface LinePlace {
  readonly position: number;
  readonly line: number;
}

const unknownZone: MemberZone = { offset: null, source: 'unknown', zone: null };

/** The members that have lines, by number; typed arrays, since there can be a million of them. */
class MemberTable implements MergedMembers {
  readonly size: number;
  /** Minutes east of UTC by which readings of unknown offset are placed. */
  placementOffset = 0;
  readonly #drafts: DraftList;
  readonly #zones: readonly MemberZone[];
  readonly #positions: Uint32Array;
  /** Ids of the first lines; of the last one's end as well. */
  readonly #bases: Float64Array;
  /** By position in the bundle; -1 for a member without lines. */
  readonly #numbers: Int32Array;

  constructor(drafts: DraftList, zones: readonly MemberZone[]) {
    this.#drafts = drafts;
    this.#zones = zones;
    this.#numbers = new Int32Array(drafts.length).fill(-1);
    this.#positions = new Uint32Array(drafts.length);
    this.#bases = new Float64Array(drafts.length + 1);
    let member = 0;
    for (let position = 0; position < drafts.length; position += 1) {
      const lines = draftLinesAt(drafts, position)?.lines ?? null;
      if (lines === null) continue;
      // The last line of a member that is still being read grows.
      const count = lines.finished ? lines.count : Math.max(0, lines.count - 1);
      this.#numbers[position] = member;
      this.#positions[member] = position;
      this.#bases[member + 1] = this.base(member) + count;
      member += 1;
    }
    this.size = member;
  }

  /** Undefined for a member without lines. */
  at(position: number): number | undefined {
    const member = this.#numbers[position];
    return member === -1 ? undefined : member;
  }

  position(member: number): number {
    return this.#positions[member] as number;
  }

  draft(member: number): MemberDraft {
    return this.#drafts.at(this.position(member)) as MemberDraft;
  }

  index(member: number): LineTable {
    return this.#lines(member).lines as LineTable;
  }

  timeline(member: number): MemberDraft['timeline'] {
    return this.#lines(member).timeline;
  }

  zone(member: number): MemberZone {
    return this.#zones[this.position(member)] ?? unknownZone;
  }

  base(member: number): number {
    return this.#bases[member] as number;
  }

  count(member: number): number {
    return this.base(member + 1) - this.base(member);
  }

  isOnlyDated(member: number): boolean {
    return this.timeline(member) === 'dated';
  }

  keyOf(member: number, line: number, local: number, index = this.index(member)): number {
    const stated = index.offsetTable.length === 1 ? Number.NaN : index.offset(line);
    const offset = Number.isNaN(stated)
      ? (zoneOffset(this.zone(member), local) ?? this.placementOffset)
      : stated;
    return local - offset * 60_000;
  }

  /** The member that a line belongs to. */
  of(id: number): number {
    let low = 0;
    let high = this.size - 1;
    // Members without lines share their base with the next one.
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.base(middle) <= id) low = middle;
      else high = middle - 1;
    }
    while (low > 0 && this.count(low) === 0) low -= 1;
    if (this.size === 0 || !(id >= this.base(low) && id < this.base(low + 1)))
      throw new RangeError(`line id ${id}`);
    return low;
  }

  #last: DraftLines | null = null;
  #lastMember = -1;

  /** Often asked for the member that was asked for before. */
  #lines(member: number): DraftLines {
    if (this.#last === null || this.#lastMember !== member) {
      this.#last = draftLinesAt(this.#drafts, this.position(member)) as DraftLines;
      this.#lastMember = member;
    }
    return this.#last;
  }
}

/** Lines looked at one by one before a table is asked. */
const shortWalk = 32;

/** What is looked for above a line. */
interface Walks {
  readonly timed: NearestAbove;
  readonly head: NearestAbove;
  /** Timed, or the start of a record that has no time. */
  readonly told: NearestAbove;
}

/** Lines of a text handed out as one string are cut here; the file view asks for the rest. */
const longestShownLine = 64 * 1024;

/**
 * All lines of a bundle: global ids (bundle order), and the merged order of those that belong to the
 * timeline.
 *
 * **The timeline's scale** is milliseconds UTC where an offset is known (stated, inferred or assumed).
 * A reading of unknown offset is *placed* as if its clock stood in the offset that most lines of the
 * bundle state (UTC when none does): this is for putting rows into one list and is never used to
 * decide an order that a rule depends on.
 */
export class BundleLines {
  readonly #members: MemberTable;
  readonly #deviceKeyOf: (position: number) => string;
  readonly #store: TextStore;
  /** Merged order: ids; null while it is the bundle order of a single member. */
  readonly #order: Uint32Array | null;
  readonly #identity: { readonly base: number; readonly count: number };
  /** How many of the first entries of the order have a place in time. */
  readonly #placed: number;

  constructor(
    drafts: DraftList,
    zones: readonly MemberZone[],
    deviceKeyOf: (position: number) => string,
    store: TextStore,
    merged: MergedLines = atOnce(mergedLines(drafts, zones)),
  ) {
    this.#store = store;
    this.#deviceKeyOf = deviceKeyOf;
    this.#members = merged.members;
    this.#order = merged.order;
    this.#identity = merged.identity;
    this.#placed = merged.placed;
  }

  /** The same with pauses while the lines are merged. */
  static *inSteps(
    drafts: DraftList,
    zones: readonly MemberZone[],
    deviceKeyOf: (position: number) => string,
    store: TextStore,
  ): Steps<BundleLines> {
    return new BundleLines(drafts, zones, deviceKeyOf, store, yield* mergedLines(drafts, zones));
  }

  /** Minutes east of UTC by which readings of unknown offset are placed. */
  get placementOffset(): number {
    return this.#members.placementOffset;
  }

  /** Lines of the timeline. */
  get total(): number {
    return this.#order?.length ?? this.#identity.count;
  }
  get timed(): number {
    return this.#sum((timeline, index) => (timeline === 'none' ? 0 : index.timed));
  }
  get outOfOrder(): number {
    return this.#sum((timeline, index) => (timeline === 'none' ? 0 : index.outOfOrder));
  }

  /** Bytes of the indexes and of the merged order. */
  get memory(): number {
    return this.#sum((_, index) => index.memory) + (this.#order?.byteLength ?? 0);
  }

  /** Whether the merged order is that of the ids, as of a single log. */
  get isInIdOrder(): boolean {
    return this.#order === null;
  }

  /** Id of the line at a position of the merged order. */
  idAt(at: number): number {
    return this.#order === null ? this.#identity.base + at : (this.#order[at] ?? 0);
  }

  /** All ids in merged order; a copy only where there is no array yet. */
  ids(): Uint32Array {
    if (this.#order !== null) return this.#order;
    const { base, count } = this.#identity;
    const ids = new Uint32Array(count);
    for (let at = 0; at < count; at += 1) ids[at] = base + at;
    return ids;
  }

  /** Number of entries at the start of the merged order that have a place in time. */
  get placed(): number {
    return this.#placed;
  }

  idOf(position: number, line: number): number | null {
    const member = this.#members.at(position);
    return member === undefined || line < 0 || line >= this.#members.count(member)
      ? null
      : this.#members.base(member) + line;
  }

  placeOf(id: number): LinePlace {
    const member = this.#memberOf(id);
    return { position: this.#members.position(member), line: id - this.#members.base(member) };
  }

  pathOf(id: number): string {
    return this.#members.draft(this.#memberOf(id)).path;
  }

  deviceKeyOf(id: number): string {
    return this.#deviceKeyOf(this.#members.position(this.#memberOf(id)));
  }

  levelCodeOf(id: number): number {
    const member = this.#memberOf(id);
    return this.#members.index(member).levelCode(id - this.#members.base(member));
  }

  levelOf(id: number): Level {
    const member = this.#memberOf(id);
    return this.#members.index(member).level(id - this.#members.base(member));
  }

  continues(id: number): boolean {
    const member = this.#memberOf(id);
    return !this.#members.index(member).isHead(id - this.#members.base(member));
  }

  isOutOfOrder(id: number): boolean {
    const member = this.#memberOf(id);
    return this.#members.index(member).isOutOfOrder(id - this.#members.base(member));
  }

  /** Text of a line without its line end, and how many bytes the whole line has. @param limit bytes at most */
  textOf(
    id: number,
    limit = longestShownLine,
  ): { readonly text: string; readonly cut: boolean; readonly bytes: number } {
    const member = this.#memberOf(id);
    const index = this.#members.index(member);
    const line = id - this.#members.base(member);
    const start = index.start(line);
    const length = index.end(line) - start;
    const bytes = this.#store.read(start, Math.min(length, limit));
    let end = bytes.length;
    if (length <= limit && bytes[end - 1] === 0x0a) end -= 1;
    while (end > 0 && bytes[end - 1] === 0x0d) end -= 1;
    const text = bytes.toString('utf8', 0, end);
    return {
      text: length > limit ? text.replace(/\uFFFD+$/u, '') : text,
      cut: length > limit,
      bytes: length,
    };
  }

  /** The moment of a line with its raw stamp; null for a line without a time. */
  momentOf(id: number): Moment | null {
    const member = this.#memberOf(id);
    const draft = this.#members.draft(member);
    const index = this.#members.index(member);
    const line = id - this.#members.base(member);
    if (!index.isTimed(line)) return null;
    const zone = this.#members.zone(member);
    const deviceKey = this.#deviceKeyOf(this.#members.position(member));
    const local = index.local(line);
    const head = this.#store.read(index.start(line), Math.min(1024, index.end(line) - index.start(line)));
    const read = readMoment(draft.heads, stripLineEnd(head), draft.clock, deviceKey);
    const stated = index.offset(line);
    const known = Number.isNaN(stated) ? zoneOffset(zone, local) : stated;
    return {
      raw: read?.at.raw ?? draft.shownTime(line)?.raw ?? '',
      local,
      offset: known,
      offsetSource: Number.isNaN(stated) ? (known === null ? 'unknown' : zone.source) : 'stated',
      precision: read?.at.precision ?? draft.shownTime(line)?.precision ?? 'second',
      clock: draft.clock,
      clockOf: deviceKey === '' ? `?${draft.path}` : deviceKey,
    };
  }

  /** Place of a line on the timeline's scale; its own or that of the record it belongs to; NaN without one. */
  scaleOf(id: number): number {
    const member = this.#memberOf(id);
    const index = this.#members.index(member);
    const line = Math.max(0, this.#aboveOf(member, 'told', id - this.#members.base(member)));
    return index.isTimed(line) ? this.#key(member, line) : Number.NaN;
  }

  /** The first line of the record that a line belongs to; a file may begin in the middle of one. */
  headOf(id: number): number {
    const member = this.#memberOf(id);
    const base = this.#members.base(member);
    return base + Math.max(0, this.#aboveOf(member, 'head', id - base));
  }

  /** Place of any moment on the timeline's scale. */
  scaleOfMoment(moment: Moment): number {
    return moment.local - (moment.offset ?? this.placementOffset) * 60_000;
  }

  /** First position of the merged order whose place in time is not before `scale`. */
  lowerBound(scale: number): number {
    let low = 0;
    let high = this.#placed;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.orderKey(this.idAt(middle)) < scale) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a line has a time or belongs to a record that has one; other lines never borrow the time of a neighbour. */
  hasOwnTime(id: number): boolean {
    return !Number.isNaN(this.scaleOf(id));
  }

  /** The key by which a line stands in the merged order; +Infinity for lines of files without any time. */
  orderKey(id: number): number {
    const member = this.#memberOf(id);
    return this.#effectiveKey(member, id - this.#members.base(member));
  }

  /** Members with their id ranges and store offsets, for searching. */
  *ranges(): Generator<{
    readonly position: number;
    readonly path: string;
    readonly deviceKey: string;
    readonly base: number;
    readonly count: number;
    readonly index: LineTable;
    readonly timeline: 'all' | 'dated' | 'none';
  }> {
    const members = this.#members;
    for (let member = 0; member < members.size; member += 1) {
      const position = members.position(member);
      const { path, timeline } = members.draft(member);
      yield {
        position,
        path,
        deviceKey: this.#deviceKeyOf(position),
        base: members.base(member),
        count: members.count(member),
        index: members.index(member),
        timeline,
      };
    }
  }

  get store(): TextStore {
    return this.#store;
  }

  /** Ids over all members, timeline or not. */
  get idCount(): number {
    return this.#members.base(this.#members.size);
  }

  /** Only of members with lines far from what they belong to. */
  readonly #walksOf = new Map<number, Walks>();

  #sum(value: (timeline: MemberDraft['timeline'], index: LineTable) => number): number {
    let sum = 0;
    for (let member = 0; member < this.#members.size; member += 1)
      sum += value(this.#members.timeline(member), this.#members.index(member));
    return sum;
  }

  #lastMember = 0;

  /** Number of the member that a line belongs to: often that of the line asked for before. */
  #memberOf(id: number): number {
    const members = this.#members;
    const last = this.#lastMember;
    if (last < members.size && id >= members.base(last) && id < members.base(last + 1)) return last;
    this.#lastMember = members.of(id);
    return this.#lastMember;
  }

  #key(member: number, line: number): number {
    return this.#members.keyOf(member, line, this.#members.index(member).local(line));
  }

  /** Key of the last timed line at or above; before the first timed line, that one's. */
  #effectiveKey(member: number, line: number): number {
    let at = this.#aboveOf(member, 'timed', line);
    if (at === -1) {
      at = this.#walks(member).timed.first;
      if (at >= this.#members.count(member)) return Number.POSITIVE_INFINITY;
    }
    return this.#key(member, at);
  }

  /** The nearest line at or above one that is timed, that starts a record, or either; -1 without one. */
  #aboveOf(member: number, what: keyof Walks, line: number): number {
    const index = this.#members.index(member);
    // Most lines are the one that is looked for, or stand next to it.
    for (let at = line; at >= 0 && line - at < shortWalk; at -= 1) {
      if (what !== 'head' && index.isTimed(at)) return at;
      if (what !== 'timed' && index.isHead(at)) return at;
    }
    return line < shortWalk ? -1 : this.#walks(member)[what].of(line);
  }

  #walks(member: number): Walks {
    let walks = this.#walksOf.get(member);
    if (walks === undefined) {
      const index = this.#members.index(member);
      const count = this.#members.count(member);
      walks = {
        timed: new NearestAbove(count, (line) => index.isTimed(line)),
        head: new NearestAbove(count, (line) => index.isHead(line)),
        told: new NearestAbove(count, (line) => index.isTimed(line) || index.isHead(line)),
      };
      this.#walksOf.set(member, walks);
    }
    return walks;
  }
}

interface MergedLines {
  readonly members: MemberTable;
  readonly order: Uint32Array | null;
  readonly identity: { readonly base: number; readonly count: number };
  readonly placed: number;
}

function* mergedLines(drafts: DraftList, zones: readonly MemberZone[]): Steps<MergedLines> {
  const members = new MemberTable(drafts, zones);
  members.placementOffset = commonOffset(members);
  yield;
  const timelineOf = (member: number): MemberDraft['timeline'] => members.timeline(member);
  const taken = Uint32Array.from({ length: members.size }, (_, member) => member).filter(
    (member) => timelineOf(member) !== 'none' && members.count(member) > 0,
  );
  const [only] = taken;
  if (only === undefined) return { members, order: null, identity: { base: 0, count: 0 }, placed: 0 };
  const { outOfOrder, timed } = members.index(only);
  if (taken.length === 1 && timelineOf(only) === 'all' && (outOfOrder === 0 || timed === 0)) {
    const count = members.count(only);
    return {
      members,
      order: null,
      identity: { base: members.base(only), count },
      placed: timed === 0 ? 0 : count,
    };
  }
  const total = taken.reduce(
    (sum, member) =>
      sum + (timelineOf(member) === 'all' ? members.count(member) : members.draft(member).datedCount),
    0,
  );
  const order = new Uint32Array(total);
  const merged = yield* mergeLines(members, taken, order);
  return {
    members,
    order: merged.total === total ? order : order.slice(0, merged.total),
    identity: { base: 0, count: 0 },
    placed: merged.placed,
  };
}

function zoneOffset(zone: MemberZone, local: number): number | null {
  if (zone.offset !== null) return zone.offset;
  return zone.zone === null ? null : zone.zone.offsetAtLocal(local);
}

/** The local offset that most lines of the bundle state; UTC is what services write, so it counts only when alone. */
function commonOffset(members: MemberTable): number {
  const counts = new Map<number, number>();
  for (let member = 0; member < members.size; member += 1) {
    const index = members.index(member);
    const offset = index.offsetTable[1] ?? members.zone(member).offset;
    if (offset === null || offset === 0) continue;
    counts.set(offset, (counts.get(offset) ?? 0) + index.timed);
  }
  const [best] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  return best?.[0] ?? 0;
}

function stripLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1;
  return bytes.subarray(0, end);
}
