import { sortRuns } from './sort-runs.ts';
import type { LineTable } from './short-lines.ts';

/** The lines of a member that the merge takes from. */
export interface MergedMember {
  readonly index: LineTable;
  /** Lines that count: a member that is still being read grows. */
  readonly count: number;
  /** Id of its first line. */
  readonly base: number;
  /** Only the lines that a format dated belong to the merged order. */
  readonly onlyDated: boolean;
}

/** The place in time of a timed line. @param local its reading */
type KeyOf<T> = (member: T, line: number, local: number) => number;

/**
 * Merges lines by their places in time: writes their ids in merged order, those of members without any time last.
 *
 * What moves is a unit: a timed line and the undated ones that follow it. Units of one place stand in the order of their
 * members, then of their lines.
 *
 * @returns how many of the ids have a place in time, and how many there are
 */
export function mergeLines<T extends MergedMember>(
  members: readonly T[],
  order: Uint32Array,
  keyOf: KeyOf<T>,
): { readonly placed: number; readonly total: number } {
  const merge = new Merge(
    members.filter(({ index }) => index.timed > 0),
    order,
    keyOf,
  );
  const placed = merge.run();
  let at = placed;
  for (const { index, base, count } of members) {
    if (index.timed > 0) continue;
    for (let line = 0; line < count; line += 1) order[at++] = base + line;
  }
  return { placed, total: at };
}

/** A binary heap of members by the place in time of their next unit, without an object for each of a hundred thousand. */
class Merge<T extends MergedMember> {
  readonly #members: readonly T[];
  readonly #order: Uint32Array;
  readonly #keyOf: KeyOf<T>;
  /** Of each member: the place in time of its next unit, infinite behind the last one. */
  readonly #keys: Float64Array;
  /** The first line of that unit. */
  readonly #lines: Uint32Array;
  /** First lines of the units in order, for members that are not in order themselves, and how many are taken. */
  readonly #units = new Map<number, { readonly lines: Uint32Array; taken: number }>();
  readonly #heap: Uint32Array;

  constructor(members: readonly T[], order: Uint32Array, keyOf: KeyOf<T>) {
    const size = members.length;
    this.#members = members;
    this.#order = order;
    this.#keyOf = keyOf;
    this.#keys = new Float64Array(size);
    this.#lines = new Uint32Array(size);
    this.#heap = new Uint32Array(size);
    members.forEach((member, nth) => {
      if (member.onlyDated || member.index.outOfOrder > 0)
        this.#units.set(nth, { lines: this.#sortedUnits(member), taken: 0 });
      this.#moveTo(nth, 0);
      this.#heap[nth] = nth;
    });
    for (let at = (size >> 1) - 1; at >= 0; at -= 1) this.#down(at);
  }

  run(): number {
    const keys = this.#keys;
    const heap = this.#heap;
    let at = 0;
    for (
      let nth = heap[0];
      nth !== undefined && keys[nth] !== Number.POSITIVE_INFINITY;
      nth = heap[0] as number
    ) {
      // Runs of one file are usual: take units as long as no other file comes first.
      const limit = this.#secondKey();
      do at = this.#take(nth, at);
      while ((keys[nth] as number) < limit);
      this.#down(0);
    }
    return at;
  }

  /** Writes the ids of the next unit. @returns the next free place */
  #take(nth: number, from: number): number {
    const member = this.#members[nth] as T;
    const { index, base, count, onlyDated } = member;
    const order = this.#order;
    let line = this.#lines[nth] as number;
    let at = from;
    order[at++] = base + line;
    line += 1;
    // A line without a time has none in the index either: that is asked once for both.
    let local = Number.NaN;
    if (!onlyDated) {
      while (line < count && Number.isNaN((local = index.local(line)))) order[at++] = base + line++;
    }
    if (this.#units.size > 0 && this.#units.has(nth)) this.#moveTo(nth, line);
    else {
      this.#lines[nth] = line;
      this.#keys[nth] = line < count ? this.#keyOf(member, line, local) : Number.POSITIVE_INFINITY;
    }
    return at;
  }

  /** @param line behind the unit before, for members that are in order themselves */
  #moveTo(nth: number, line: number): void {
    const member = this.#members[nth] as T;
    const units = this.#units.get(nth);
    let next = line;
    if (units !== undefined) {
      next = units.lines[units.taken] ?? member.count;
      units.taken += 1;
    }
    this.#lines[nth] = next;
    this.#keys[nth] = this.#unitKey(member, next);
  }

  /** The first unit of a file may start with undated lines: they stand before its first timed line. */
  #unitKey(member: T, line: number): number {
    const { index, count } = member;
    let local = Number.NaN;
    let at = line;
    while (at < count && Number.isNaN((local = index.local(at)))) at += 1;
    return at < count ? this.#keyOf(member, at, local) : Number.POSITIVE_INFINITY;
  }

  #sortedUnits(member: T): Uint32Array {
    const { index, count, onlyDated } = member;
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
