import type { Level } from '../domain/evidence.ts';
import type { Moment } from '../domain/moment.ts';
import { readMoment } from './line-reader.ts';
import type { MemberDraft } from './member-draft.ts';
import type { MemberZone } from './build-evidence.ts';
import { mergeLines } from './merge-lines.ts';
import type { LineTable } from './short-lines.ts';
import type { TextStore } from './text-store.ts';

/** A line by member and 0-based number. */
export interface LinePlace {
  readonly position: number;
  readonly line: number;
}

interface MemberLines {
  readonly draft: MemberDraft;
  readonly position: number;
  readonly index: LineTable;
  /** Lines when the bundle was looked at: the index of a member that is still being read grows. */
  readonly count: number;
  readonly zone: MemberZone;
  /** Id of its first line. */
  readonly base: number;
  readonly deviceKey: string;
  readonly onlyDated: boolean;
}

const unknownZone: MemberZone = { offset: null, source: 'unknown', zone: null };

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
  readonly #members: readonly MemberLines[];
  /** Place in the members by position in the bundle; -1 for a member without lines. */
  readonly #byPosition: Int32Array;
  readonly #store: TextStore;
  /** Merged order: ids; null while it is the bundle order of a single member. */
  readonly #order: Uint32Array | null;
  readonly #identity: { readonly base: number; readonly count: number };
  /** How many of the first entries of the order have a place in time. */
  readonly #placed: number;
  /** Minutes east of UTC by which readings of unknown offset are placed. */
  readonly placementOffset: number;

  constructor(
    drafts: readonly MemberDraft[],
    zones: readonly MemberZone[],
    deviceKeyOf: (position: number) => string,
    store: TextStore,
  ) {
    this.#store = store;
    const members: MemberLines[] = [];
    let base = 0;
    drafts.forEach((draft, position) => {
      if (draft.lines === null) return;
      const zone = zones[position] ?? unknownZone;
      const count = draft.lines.finished ? draft.lines.count : Math.max(0, draft.lines.count - 1);
      members.push({
        draft,
        position,
        index: draft.lines,
        count,
        zone,
        base,
        deviceKey: deviceKeyOf(position),
        onlyDated: draft.timeline === 'dated',
      });
      base += count;
    });
    this.#members = members;
    this.#byPosition = new Int32Array(drafts.length).fill(-1);
    members.forEach((member, at) => (this.#byPosition[member.position] = at));
    this.placementOffset = commonOffset(members);
    const merged = this.#merge();
    this.#order = merged.order;
    this.#identity = merged.identity;
    this.#placed = merged.placed;
  }

  /** Lines of the timeline. */
  get total(): number {
    return this.#order?.length ?? this.#identity.count;
  }
  get timed(): number {
    return this.#sum((member) => (member.draft.timeline === 'none' ? 0 : member.index.timed));
  }
  get outOfOrder(): number {
    return this.#sum((member) => (member.draft.timeline === 'none' ? 0 : member.index.outOfOrder));
  }

  /** Bytes of the indexes and of the merged order. */
  get memory(): number {
    return this.#sum((member) => member.index.memory) + (this.#order?.byteLength ?? 0);
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
    const member = this.#members[this.#byPosition[position] ?? -1];
    return member === undefined || line < 0 || line >= member.count ? null : member.base + line;
  }

  placeOf(id: number): LinePlace {
    const member = this.#memberOf(id);
    return { position: member.position, line: id - member.base };
  }

  pathOf(id: number): string {
    return this.#memberOf(id).draft.path;
  }

  deviceKeyOf(id: number): string {
    return this.#memberOf(id).deviceKey;
  }

  levelCodeOf(id: number): number {
    const member = this.#memberOf(id);
    return member.index.levelCode(id - member.base);
  }

  levelOf(id: number): Level {
    const member = this.#memberOf(id);
    return member.index.level(id - member.base);
  }

  continues(id: number): boolean {
    const member = this.#memberOf(id);
    return !member.index.isHead(id - member.base);
  }

  isOutOfOrder(id: number): boolean {
    const member = this.#memberOf(id);
    return member.index.isOutOfOrder(id - member.base);
  }

  /** Text of a line without its line end. @param limit bytes at most */
  textOf(id: number, limit = longestShownLine): { readonly text: string; readonly cut: boolean } {
    const member = this.#memberOf(id);
    const line = id - member.base;
    const start = member.index.start(line);
    const length = member.index.end(line) - start;
    const bytes = this.#store.read(start, Math.min(length, limit));
    let end = bytes.length;
    if (length <= limit && bytes[end - 1] === 0x0a) end -= 1;
    while (end > 0 && bytes[end - 1] === 0x0d) end -= 1;
    const text = bytes.toString('utf8', 0, end);
    return { text: length > limit ? text.replace(/\uFFFD+$/u, '') : text, cut: length > limit };
  }

  /** The moment of a line with its raw stamp; null for a line without a time. */
  momentOf(id: number): Moment | null {
    const member = this.#memberOf(id);
    const line = id - member.base;
    if (!member.index.isTimed(line)) return null;
    const { draft, zone } = member;
    const local = member.index.local(line);
    const head = this.#store.read(
      member.index.start(line),
      Math.min(1024, member.index.end(line) - member.index.start(line)),
    );
    const read = readMoment(draft.heads, stripLineEnd(head), draft.clock, member.deviceKey);
    const stated = member.index.offset(line);
    const known = Number.isNaN(stated) ? zoneOffset(zone, local) : stated;
    return {
      raw: read?.at.raw ?? draft.datedLines.get(line)?.at?.raw ?? '',
      local,
      offset: known,
      offsetSource: Number.isNaN(stated) ? (known === null ? 'unknown' : zone.source) : 'stated',
      precision: read?.at.precision ?? draft.datedLines.get(line)?.at?.precision ?? 'second',
      clock: draft.clock,
      clockOf: member.deviceKey === '' ? `?${draft.path}` : member.deviceKey,
    };
  }

  /** Place of a line on the timeline's scale; its own or that of the record it belongs to; NaN without one. */
  scaleOf(id: number): number {
    const member = this.#memberOf(id);
    let line = id - member.base;
    while (line > 0 && !member.index.isTimed(line) && !member.index.isHead(line)) line -= 1;
    return member.index.isTimed(line) ? this.#key(member, line) : Number.NaN;
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
    return this.#effectiveKey(member, id - member.base);
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
    for (const member of this.#members) {
      yield {
        position: member.position,
        path: member.draft.path,
        deviceKey: member.deviceKey,
        base: member.base,
        count: member.count,
        index: member.index,
        timeline: member.draft.timeline,
      };
    }
  }

  get store(): TextStore {
    return this.#store;
  }

  /** Ids over all members, timeline or not. */
  get idCount(): number {
    const last = this.#members[this.#members.length - 1];
    return last === undefined ? 0 : last.base + last.count;
  }

  #sum(value: (member: MemberLines) => number): number {
    return this.#members.reduce((sum, member) => sum + value(member), 0);
  }

  #lastMember: MemberLines | null = null;

  #memberOf(id: number): MemberLines {
    const last = this.#lastMember;
    if (last !== null && id >= last.base && id < last.base + last.count) return last;
    let low = 0;
    let high = this.#members.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#members[middle]?.base ?? 0) <= id) low = middle;
      else high = middle - 1;
    }
    let member = this.#members[low];
    // Members without lines share their base with the next one.
    while (member?.count === 0 && low > 0) member = this.#members[(low -= 1)];
    if (member === undefined || id < member.base || id >= member.base + member.count) {
      throw new RangeError(`line id ${id}`);
    }
    this.#lastMember = member;
    return member;
  }

  #key(member: MemberLines, line: number): number {
    return this.#keyOfReading(member, line, member.index.local(line));
  }

  #keyOfReading(member: MemberLines, line: number, local: number): number {
    const { index } = member;
    const stated = index.offsetTable.length === 1 ? Number.NaN : index.offset(line);
    const offset = Number.isNaN(stated) ? (zoneOffset(member.zone, local) ?? this.placementOffset) : stated;
    return local - offset * 60_000;
  }

  /** Key of the last timed line at or above; before the first timed line, that one's. */
  #effectiveKey(member: MemberLines, line: number): number {
    let at = line;
    while (at >= 0 && !member.index.isTimed(at)) at -= 1;
    if (at < 0) {
      at = line + 1;
      while (at < member.count && !member.index.isTimed(at)) at += 1;
      if (at >= member.count) return Number.POSITIVE_INFINITY;
    }
    return this.#key(member, at);
  }

  #merge(): { order: Uint32Array | null; identity: { base: number; count: number }; placed: number } {
    const taking = this.#members.filter((member) => member.draft.timeline !== 'none' && member.count > 0);
    const timed = taking.filter((member) => member.index.timed > 0);
    const [only] = taking;
    if (taking.length === 0 || only === undefined)
      return { order: null, identity: { base: 0, count: 0 }, placed: 0 };
    if (
      taking.length === 1 &&
      only.draft.timeline === 'all' &&
      (only.index.outOfOrder === 0 || timed.length === 0)
    ) {
      const count = only.count;
      return { order: null, identity: { base: only.base, count }, placed: timed.length === 0 ? 0 : count };
    }
    const total = taking.reduce(
      (sum, member) => sum + (member.draft.timeline === 'all' ? member.count : member.draft.datedLines.size),
      0,
    );
    const order = new Uint32Array(total);
    const merged = mergeLines(taking, order, (member, line, local) =>
      this.#keyOfReading(member, line, local),
    );
    return {
      order: merged.total === total ? order : order.slice(0, merged.total),
      identity: { base: 0, count: 0 },
      placed: merged.placed,
    };
  }
}

function zoneOffset(zone: MemberZone, local: number): number | null {
  if (zone.offset !== null) return zone.offset;
  return zone.zone === null ? null : zone.zone.offsetAtLocal(local);
}

/** The local offset that most lines of the bundle state; UTC is what services write, so it counts only when alone. */
function commonOffset(members: readonly MemberLines[]): number {
  const counts = new Map<number, number>();
  for (const member of members) {
    const offset = member.index.offsetTable[1] ?? member.zone.offset;
    if (offset === null || offset === 0) continue;
    counts.set(offset, (counts.get(offset) ?? 0) + member.index.timed);
  }
  const [best] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || a - b);
  return best?.[0] ?? 0;
}

function stripLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1;
  return bytes.subarray(0, end);
}
