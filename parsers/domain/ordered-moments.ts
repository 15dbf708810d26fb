import { distance, instantOf, order } from './moment.ts';
import type { Moment, Order } from './moment.ts';

/** What is asked of every moment of a list: how `order` puts it to `at`. */
export interface MomentTest {
  readonly at: Moment;
  /** The answers of `order(moment, at)` that pass. */
  readonly is: readonly Order[];
  /** When given, the two have to be on one scale as well, and the moment at most so many milliseconds after `at`. */
  readonly atMost?: number;
  /** When given, on one scale and at least so many milliseconds after `at`. */
  readonly atLeast?: number;
}

/** Places of one list that `order` treats alike, by their reading. */
interface Group {
  /** Places in the list, by the reading; of equal readings in the order of the list. */
  readonly places: Int32Array;
  readonly moments: readonly Moment[];
  /** The lowest and the highest place of every stretch: binary trees over `places`. */
  readonly lowest: Int32Array;
  readonly highest: Int32Array;
}

interface Groups {
  /** Of one clock, offset and precision. */
  readonly exact: readonly Group[];
  /** Those of them without an offset. */
  readonly local: readonly Group[];
  /** All with an offset, by precision. */
  readonly instants: readonly Group[];
}

/** The first place with the latest reading of a group. */
interface Top {
  readonly place: number;
  readonly moment: Moment;
}

/** A stretch of a group: from, up to but not including. */
type Stretch = readonly [number, number];

/**
 * Answers for a list of moments what `order` says of all of them and another one, without asking each: moments of
 * one clock, one offset and one precision have one order, and with it those before, those after and those between
 * are stretches. A question takes logarithmic time for each such group; there are as many as the list has clocks,
 * offsets and precisions, and for a moment whose offset is known all those with an offset count as one clock's.
 */
export class OrderedMoments {
  /** Positions that have a moment. */
  readonly size: number;
  readonly #moments: readonly (Moment | null)[];
  #groups: Groups | null = null;
  #topsKnown: readonly Top[] | null = null;

  /** @param moments null where a place of the list has none: such places are never found */
  constructor(moments: readonly (Moment | null)[]) {
    this.#moments = moments;
    this.size = moments.reduce((sum, at) => sum + (at === null ? 0 : 1), 0);
  }

  /** The first place of the list that passes every test; null when none does. */
  first(...tests: readonly MomentTest[]): number | null {
    return this.#edge(tests, 'lowest');
  }

  /** The last place of the list that passes every test; null when none does. */
  last(...tests: readonly MomentTest[]): number | null {
    return this.#edge(tests, 'highest');
  }

  /** The moment at a place of the list. */
  at(place: number): Moment | null {
    return this.#moments[place] ?? null;
  }

  has(...tests: readonly MomentTest[]): boolean {
    return this.first(...tests) !== null;
  }

  /** Of the places that pass a test those with the latest moments: so many of each clock, in the order of the list. */
  latest(few: number, test: MomentTest): number[] {
    const found: number[] = [];
    for (const group of this.#groupsFor([test])) {
      const places = stretchesOf(group, [test]).flatMap(([from, to]) => [
        ...group.places.subarray(Math.max(from, to - few), to),
      ]);
      found.push(...places.slice(-few));
    }
    return found.sort((a, b) => a - b);
  }

  /** How many places pass every test. */
  count(...tests: readonly MomentTest[]): number {
    let count = 0;
    for (const group of this.#groupsFor(tests))
      for (const [from, to] of stretchesOf(group, tests)) count += to - from;
    return count;
  }

  /** All places that pass every test, in the order of the list: takes as long as there are such places. */
  all(...tests: readonly MomentTest[]): number[] {
    const found: number[] = [];
    for (const group of this.#groupsFor(tests)) {
      for (const stretch of stretchesOf(group, tests))
        for (const place of group.places.subarray(...stretch)) found.push(place);
    }
    return found.sort((a, b) => a - b);
  }

  /** The first places of the list that pass every test, at most so many, in the order of the list. */
  firstFew(most: number, ...tests: readonly MomentTest[]): number[] {
    const found: number[] = [];
    for (const group of this.#groupsFor(tests)) {
      for (const stretch of stretchesOf(group, tests)) takeLowest(group, stretch, most, found);
    }
    return found.sort((a, b) => a - b).slice(0, most);
  }

  /**
   * Of the places whose moment is after `at` the one with the latest moment: that of the latest reading of each clock,
   * and of those the first that none of the others is known to follow. null when none is after it.
   */
  latestAfter(at: Moment): number | null {
    let latest: Top | null = null;
    for (const top of this.#tops()) {
      if (order(top.moment, at) !== 'after') continue;
      if (latest === null || order(latest.moment, top.moment) === 'before') latest = top;
    }
    return latest?.place ?? null;
  }

  /** Of the places whose moment is not known to be after `at` the one with the latest moment; of equal ones the last. */
  latestNotAfter(at: Moment): number | null {
    const candidates: Top[] = [];
    for (const { moments, places } of this.#all().exact) {
      const end = partition(moments.length, (nth) => {
        const one = moments[nth];
        return one !== undefined && order(one, at) !== 'after';
      });
      const [moment, place] = [moments[end - 1], places[end - 1]];
      if (moment !== undefined && place !== undefined) candidates.push({ moment, place });
    }
    let latest: Top | null = null;
    for (const top of candidates.sort((a, b) => a.place - b.place))
      if (latest === null || order(latest.moment, top.moment) !== 'after') latest = top;
    return latest?.place ?? null;
  }

  #tops(): readonly Top[] {
    this.#topsKnown ??= this.#all()
      .exact.flatMap(({ moments, places }) => {
        const last = moments.at(-1);
        const from =
          last === undefined ? 0 : partition(moments.length, (at) => (moments[at]?.local ?? 0) < last.local);
        const [moment, place] = [moments[from], places[from]];
        return moment === undefined || place === undefined ? [] : [{ moment, place }];
      })
      .sort((a, b) => a.place - b.place);
    return this.#topsKnown;
  }

  #edge(tests: readonly MomentTest[], side: 'lowest' | 'highest'): number | null {
    let edge: number | null = null;
    for (const group of this.#groupsFor(tests)) {
      for (const stretch of stretchesOf(group, tests)) {
        const place = edgeOf(group, stretch, side);
        if (edge === null || (side === 'lowest' ? place < edge : place > edge)) edge = place;
      }
    }
    return edge;
  }

  /** Between offsets that are all known the instant alone counts: fewer groups. */
  *#groupsFor(tests: readonly MomentTest[]): Iterable<Group> {
    if (this.size === 0) return;
    const { exact, local, instants } = this.#all();
    if (tests.every(({ at }) => at.offset !== null)) {
      yield* instants;
      yield* local;
    } else {
      yield* exact;
    }
  }

  #all(): Groups {
    if (this.#groups !== null) return this.#groups;
    const exact = new Map<string, number[]>();
    const instants = new Map<string, number[]>();
    this.#moments.forEach((at, place) => {
      if (at === null) return;
      const { clock, clockOf, offset, precision } = at;
      push(exact, `${precision} ${String(offset)} ${clock} ${clockOf}`, place);
      if (offset !== null) push(instants, precision, place);
    });
    const made = [...exact.values()].map((places) => this.#group(places));
    this.#groups = {
      exact: made,
      local: made.filter(({ moments }) => moments[0]?.offset === null),
      instants: [...instants.values()].map((places) => this.#group(places)),
    };
    return this.#groups;
  }

  #group(list: readonly number[]): Group {
    const valueAt = (place: number): number => {
      const at = this.#moments[place];
      return at === null || at === undefined ? 0 : (instantOf(at) ?? at.local);
    };
    const places = Int32Array.from(list).sort((a, b) => valueAt(a) - valueAt(b) || a - b);
    const moments = [...places].flatMap((place) => this.#moments[place] ?? []);
    return {
      places,
      moments,
      lowest: treeOf(places, Math.min),
      highest: treeOf(places, Math.max),
    };
  }
}

function push(map: Map<string, number[]>, key: string, place: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [place]);
  else list.push(place);
}

/** The leaves stand in the second half; a node holds the lower (or higher) of the two below it. */
function treeOf(places: Int32Array, of: (a: number, b: number) => number): Int32Array {
  const { length } = places;
  const tree = new Int32Array(2 * length);
  tree.set(places, length);
  for (let at = length - 1; at > 0; at -= 1) tree[at] = of(tree[2 * at] ?? 0, tree[2 * at + 1] ?? 0);
  return tree;
}

/** The lowest or highest place of a stretch that is not empty. */
function edgeOf(group: Group, [from, to]: Stretch, side: 'lowest' | 'highest'): number {
  const tree = group[side];
  const of = side === 'lowest' ? Math.min : Math.max;
  let edge = side === 'lowest' ? Number.MAX_SAFE_INTEGER : -1;
  const { length } = group.places;
  for (let left = from + length, right = to + length; left < right; left >>= 1, right >>= 1) {
    if (left % 2 === 1) {
      edge = of(edge, tree[left] ?? edge);
      left += 1;
    }
    if (right % 2 === 1) {
      right -= 1;
      edge = of(edge, tree[right] ?? edge);
    }
  }
  return edge;
}

/** Puts the lowest places of a stretch to `found`, at most so many. */
function takeLowest(group: Group, stretch: Stretch, most: number, found: number[]): void {
  const open: { readonly stretch: Stretch; readonly place: number }[] = [];
  const add = (from: number, to: number): void => {
    if (from < to) open.push({ stretch: [from, to], place: edgeOf(group, [from, to], 'lowest') });
  };
  add(...stretch);
  for (let taken = 0; taken < most && open.length > 0; taken += 1) {
    let best = 0;
    open.forEach(({ place }, at) => {
      if (place < (open[best]?.place ?? 0)) best = at;
    });
    const [next] = open.splice(best, 1);
    if (next === undefined) return;
    found.push(next.place);
    const [from, to] = next.stretch;
    const at = leafOf(group, next.stretch, next.place);
    add(from, at);
    add(at + 1, to);
  }
}

/** Where in a stretch a place stands that is its lowest. */
function leafOf(group: Group, [from, to]: Stretch, place: number): number {
  let [left, right] = [from, to];
  while (right - left > 1) {
    const middle = (left + right) >> 1;
    if (edgeOf(group, [left, middle], 'lowest') === place) right = middle;
    else left = middle;
  }
  return left;
}

function stretchesOf(group: Group, tests: readonly MomentTest[]): readonly Stretch[] {
  let stretches: readonly Stretch[] = [[0, group.moments.length]];
  for (const test of tests) {
    const own = passing(group, test);
    stretches = stretches.flatMap(([from, to]) =>
      own.flatMap(([ownFrom, ownTo]): Stretch[] => {
        const stretch: Stretch = [Math.max(from, ownFrom), Math.min(to, ownTo)];
        return stretch[0] < stretch[1] ? [stretch] : [];
      }),
    );
  }
  return stretches;
}

/** The stretches of a group that pass a test: before, between, the same, between, after. */
function passing({ moments }: Group, { at, is, atMost, atLeast }: MomentTest): readonly Stretch[] {
  const count = moments.length;
  const said = (place: number): Order => {
    const moment = moments[place];
    return moment === undefined ? 'after' : order(moment, at);
  };
  const before = partition(count, (place) => said(place) === 'before');
  const after = partition(count, (place) => said(place) !== 'after');
  const value = valueIn(moments, at);
  const sameFrom = partition(count, (place) => valueOf(moments, place) < value);
  const sameTo = partition(count, (place) => valueOf(moments, place) <= value);
  const isSame = sameFrom < sameTo && said(sameFrom) === 'same';
  const [from, to] = isSame ? [sameFrom, sameTo] : [before, before];
  const parts: readonly (readonly [Order, Stretch])[] = [
    ['before', [0, before]],
    ['undecidable', [before, from]],
    ['same', [from, to]],
    ['undecidable', [to, after]],
    ['after', [after, count]],
  ];
  const [low, high] = reach(moments, at, atLeast, atMost);
  return parts.flatMap(([relation, [start, stop]]): Stretch[] => {
    const stretch: Stretch = [Math.max(start, low), Math.min(stop, high)];
    return is.includes(relation) && stretch[0] < stretch[1] ? [stretch] : [];
  });
}

/** From where to where moments are on one scale with `at` and not less and not more than so much after it. */
function reach(
  moments: readonly Moment[],
  at: Moment,
  atLeast: number | undefined,
  atMost: number | undefined,
): Stretch {
  const [first] = moments;
  if (atLeast === undefined && atMost === undefined) return [0, moments.length];
  if (first === undefined || distance(at, first) === null) return [0, 0];
  const apart = (place: number): number => {
    const moment = moments[place];
    return (moment === undefined ? null : distance(at, moment)) ?? Number.POSITIVE_INFINITY;
  };
  return [
    atLeast === undefined ? 0 : partition(moments.length, (place) => apart(place) < atLeast),
    atMost === undefined ? moments.length : partition(moments.length, (place) => apart(place) <= atMost),
  ];
}

/** By what a group is sorted, and the other moment on the same scale. */
function valueOf(moments: readonly Moment[], place: number): number {
  const moment = moments[place];
  return moment === undefined ? Number.POSITIVE_INFINITY : (instantOf(moment) ?? moment.local);
}

function valueIn([first]: readonly Moment[], at: Moment): number {
  if (first === undefined) return 0;
  if (first.offset === null) return at.local;
  // A reading without an offset is compared with the readings of its clock, which all have this offset.
  return instantOf(at) ?? at.local - first.offset * 60_000;
}

/** How many places from the start on pass: all that do come before all that do not. */
export function partition(count: number, passes: (place: number) => boolean): number {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (passes(middle)) from = middle + 1;
    else to = middle;
  }
  return from;
}
