import { sortRuns } from './sort-runs.ts';
import type { Steps } from './steps.ts';
import type { LineTable } from './short-lines.ts';

/** The lines of the members that the merge takes from, asked for by number: there can be a million members. */
export interface MergedMembers {
  index(member: number): LineTable;
  /** Lines that count: a member that is still being read grows. */
  count(member: number): number;
  /** Id of its first line. */
  base(member: number): number;
  /** Only the lines that a format dated belong to the merged order. */
  isOnlyDated(member: number): boolean;
  /** The place in time of a timed line. @param local its reading @param index the member's, where it is at hand */
  keyOf(member: number, line: number, local: number, index?: LineTable): number;
}

/**
 * Merges lines by their places in time: writes their ids in merged order, those of members without any time last.
 *
 * What moves is a unit: a timed line and the undated ones that follow it. Units of one place stand in the order of their
 * members, then of their lines.
 *
 * @returns how many of the ids have a place in time, and how many there are
 */
export function* mergeLines(
  members: MergedMembers,
  taken: Uint32Array,
  order: Uint32Array,
): Steps<{ readonly placed: number; readonly total: number }> {
  const merge = new Merge(
    members,
    taken.filter((member) => members.index(member).timed > 0),
    order,
  );
  yield;
  const placed = yield* merge.run();
  yield;
  let at = placed;
  for (const member of taken) {
    if (members.index(member).timed > 0) continue;
    const [base, count] = [members.base(member), members.count(member)];
    for (let line = 0; line < count; line += 1) order[at++] = base + line;
  }
  return { placed, total: at };
}

/** Of a member, what its lines are taken by. */
interface Source {
  readonly member: number;
  readonly index: LineTable;
  readonly base: number;
  readonly count: number;
  readonly isOnlyDated: boolean;
}

/** Up to so many members have their sources at hand; of more they are asked for with every unit. */
const mostSources = 4096;

/** Units taken in a step. */
const stepUnits = 65_536;

/** A binary heap of members by the place in time of their next unit, without an object for each of a hundred thousand. */
class Merge {
  readonly #members: MergedMembers;
  /** Their numbers; the heap has places in this list. */
  readonly #taken: Uint32Array;
  readonly #order: Uint32Array;
  /** Of each member: the place in time of its next unit, infinite behind the last one. */
  readonly #keys: Float64Array;
  /** The first line of that unit. */
  readonly #lines: Uint32Array;
  /** First lines of the units in order, for members that are not in order themselves, and how many are taken. */
  readonly #units = new Map<number, { readonly lines: Uint32Array; taken: number }>();
  readonly #heap: Uint32Array;
  readonly #sources: readonly Source[] | null;

  constructor(members: MergedMembers, taken: Uint32Array, order: Uint32Array) {
    const size = taken.length;
    this.#members = members;
    this.#taken = taken;
    this.#order = order;
    this.#keys = new Float64Array(size);
    this.#lines = new Uint32Array(size);
    this.#heap = new Uint32Array(size);
    this.#sources = size > mostSources ? null : Array.from(taken, (member) => this.#sourceOf(member));
    taken.forEach((member, nth) => {
      if (members.isOnlyDated(member) || members.index(member).outOfOrder > 0)
        this.#units.set(nth, { lines: this.#sortedUnits(member), taken: 0 });
      this.#moveTo(nth, 0);
      this.#heap[nth] = nth;
    });
    for (let at = (size >> 1) - 1; at >= 0; at -= 1) this.#down(at);
  }

  *run(): Steps<number> {
    const keys = this.#keys;
    const heap = this.#heap;
    let at = 0;
    let left = stepUnits;
    for (
      let nth = heap[0];
      nth !== undefined && keys[nth] !== Number.POSITIVE_INFINITY;
      nth = heap[0] as number
    ) {
      // Runs of one file are usual: take units as long as no other file comes first.
      const limit = this.#secondKey();
      do {
        at = this.#take(nth, at);
        left -= 1;
        if (left === 0) {
          left = stepUnits;
          yield;
        }
      } while ((keys[nth] as number) < limit);
      this.#down(0);
    }
    return at;
  }

  /** Writes the ids of the next unit. @returns the next free place */
  #take(nth: number, from: number): number {
    const source = this.#sources?.[nth] ?? this.#sourceOf(this.#taken[nth] as number);
    const { member, index, base, count, isOnlyDated } = source;
    const order = this.#order;
    let line = this.#lines[nth] as number;
    let at = from;
    order[at++] = base + line;
    line += 1;
    // A line without a time has none in the index either: that is asked once for both.
    let local = Number.NaN;
    if (!isOnlyDated) {
      while (line < count && Number.isNaN((local = index.local(line)))) order[at++] = base + line++;
    }
    if (this.#units.size > 0 && this.#units.has(nth)) this.#moveTo(nth, line);
    else {
      this.#lines[nth] = line;
      this.#keys[nth] =
        line < count ? this.#members.keyOf(member, line, local, index) : Number.POSITIVE_INFINITY;
    }
    return at;
  }

  #sourceOf(member: number): Source {
    const members = this.#members;
    return {
      member,
      index: members.index(member),
      base: members.base(member),
      count: members.count(member),
      isOnlyDated: members.isOnlyDated(member),
    };
  }

  /** @param line behind the unit before, for members that are in order themselves */
  #moveTo(nth: number, line: number): void {
    const member = this.#taken[nth] as number;
    const units = this.#units.get(nth);
    let next = line;
    if (units !== undefined) {
      next = units.lines[units.taken] ?? this.#members.count(member);
      units.taken += 1;
    }
    this.#lines[nth] = next;
    this.#keys[nth] = this.#unitKey(member, next);
  }

  /** The first unit of a file may start with undated lines: they stand before its first timed line. */
  #unitKey(member: number, line: number): number {
    const index = this.#members.index(member);
    const count = this.#members.count(member);
    let local = Number.NaN;
    let at = line;
    while (at < count && Number.isNaN((local = index.local(at)))) at += 1;
    return at < count ? this.#members.keyOf(member, at, local) : Number.POSITIVE_INFINITY;
  }

  #sortedUnits(member: number): Uint32Array {
    const index = this.#members.index(member);
    const count = this.#members.count(member);
    const onlyDated = this.#members.isOnlyDated(member);
    const starts = new Uint32Array(index.timed + 1);
    let units = 0;
    for (let line = 0; line < count; line += 1) {
      if (index.isTimed(line) || (line === 0 && !onlyDated)) starts[units++] = line;
    }
    const sorted = starts.subarray(0, units);
    sortRuns(sorted, (line) => this.#unitKey(member, line));
    return sorted;
  }

  /** The smallest key of the others. */
  #secondKey(): number {
    const keys = this.#keys;
    const heap = this.#heap;
    const size = heap.length;
    const left = size > 1 ? (keys[heap[1] as number] as number) : Number.POSITIVE_INFINITY;
    const right = size > 2 ? (keys[heap[2] as number] as number) : Number.POSITIVE_INFINITY;
    return left < right ? left : right;
  }

  #down(from: number): void {
    const keys = this.#keys;
    const heap = this.#heap;
    const size = heap.length;
    const nth = heap[from] as number;
    const key = keys[nth] as number;
    let at = from;
    for (;;) {
      let least = 2 * at + 1;
      if (least >= size) break;
      let child = heap[least] as number;
      let childKey = keys[child] as number;
      if (least + 1 < size) {
        const other = heap[least + 1] as number;
        const otherKey = keys[other] as number;
        if (otherKey < childKey || (otherKey === childKey && other < child)) {
          least += 1;
          child = other;
          childKey = otherKey;
        }
      }
      if (key < childKey || (key === childKey && nth < child)) break;
      heap[at] = child;
      at = least;
    }
    heap[at] = nth;
  }
}
