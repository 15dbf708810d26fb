import type { Citation } from '../../domain/evidence.ts';
import { order, sameClock, type Moment, type Order } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { whyUndecidable } from '../parameters.ts';
import { partition } from '../../domain/ordered-moments.ts';

/** Something that happened at a place of the bundle. */
export interface Happened {
  readonly at: Moment | null;
  readonly citation: Citation;
}

/** What is known of the order of two happenings, or what is missing for it (a key under `missing.`). */
export type Relation =
  { readonly is: Exclude<Order, 'undecidable'> } | { readonly is: 'undecidable'; readonly missing: string };

/**
 * The order of two happenings. Within one file, times that do not tell leave it to the file's own order.
 * Event logs write UTC and name it; beside a local time without an offset their reading says nothing,
 * although the same machine wrote both.
 */
export function relationOf(a: Happened, b: Happened, evidence: Evidence): Relation {
  const said = orderOf(a, b, evidence);
  if (said.is === 'before' || said.is === 'after') return said;
  if (a.citation.member !== b.citation.member) return said;
  const [first, second] = [placeOf(a.citation), placeOf(b.citation)];
  if (first === null || second === null || first === second) return said;
  return { is: first < second ? 'before' : 'after' };
}

function orderOf(a: Happened, b: Happened, evidence: Evidence): Relation {
  if (a.at === null || b.at === null) return { is: 'undecidable', missing: 'update-event-time' };
  const mixed =
    (a.at.offset === null && isUtcLog(b, evidence)) || (b.at.offset === null && isUtcLog(a, evidence));
  if (mixed && sameClock(a.at, b.at)) {
    // As for two clocks: only readings that no zone can bring together have an order.
    const apart = order({ ...a.at, clockOf: 'a' }, { ...b.at, clockOf: 'b' });
    return apart === 'undecidable' ? { is: apart, missing: 'device-offset' } : { is: apart };
  }
  const said = order(a.at, b.at);
  return said === 'undecidable' ? { is: said, missing: whyUndecidable(a.at, b.at) } : { is: said };
}

function isUtcLog(happened: Happened, evidence: Evidence): boolean {
  return happened.at?.offset === 0 && isEventLog(happened.citation, evidence);
}

/** Whether a place lies in a Windows event log, in any of its containers. */
export function isEventLog(citation: Citation, evidence: Evidence): boolean {
  return evidence.member(citation.member)?.kind?.startsWith('event-log/') ?? false;
}

function placeOf(citation: Citation): number | null {
  return citation.line ?? citation.row;
}

/** The earliest (`before`) or latest (`after`) of some happenings; of those that cannot be ordered the first. */
export function extreme<T extends Happened>(
  happenings: readonly T[],
  side: 'before' | 'after',
  evidence: Evidence,
): T | undefined {
  let best: T | undefined;
  for (const one of happenings) {
    if (best === undefined || relationOf(one, best, evidence).is === side) best = one;
  }
  return best;
}

/** Happenings of one file: by their places in it, so that of those whose times do not tell the last is the last in the file. */
interface HappeningsOfMember {
  /** Those with a place, in the order of their places; which of the list each is. */
  readonly placed: readonly number[];
  readonly placedTimes: OrderedMoments;
  /** The last place of one without a time. */
  readonly lastUntimed: number;
  /** All, in the order of the list. */
  readonly all: readonly number[];
  readonly allTimes: OrderedMoments;
  readonly untimed: readonly number[];
}

/**
 * Answers for a list of happenings what {@link relationOf} says of all of them and another one, without asking
 * each: the time it takes grows with the files that they stand in, not with the happenings.
 */
export class Happenings<T extends Happened> {
  readonly #happenings: readonly T[];
  readonly #evidence: Evidence;
  #members: ReadonlyMap<string, HappeningsOfMember> | null = null;

  constructor(happenings: readonly T[], evidence: Evidence) {
    this.#happenings = happenings;
    this.#evidence = evidence;
  }

  get size(): number {
    return this.#happenings.length;
  }

  /** Whether one of them is known to come after another happening. */
  anyAfter(other: Happened): boolean {
    const { at, citation } = other;
    for (const [member, own] of this.#byMember()) {
      if (at !== null && own.allTimes.has({ at, is: ['after'] })) return true;
      const place = member === citation.member ? placeOf(citation) : null;
      if (place === null) continue;
      if (own.lastUntimed > place) return true;
      const last =
        at === null
          ? own.placed.length - 1
          : (own.placedTimes.last({ at, is: ['same', 'undecidable'] }) ?? -1);
      if (this.#placeOf(own.placed[last]) > place) return true;
    }
    return false;
  }

  /** What is missing for the order with the first of them for which it is not known; null when it is for all. */
  missingFor(other: Happened): string | null {
    const { at, citation } = other;
    const unknown: number[] = [];
    const take = (nth: number | undefined): void => {
      if (nth !== undefined) unknown.push(nth);
    };
    for (const [member, own] of this.#byMember()) {
      const place = member === citation.member ? placeOf(citation) : null;
      if (place === null) {
        take(own.untimed[0]);
        const unclear = at === null ? 0 : own.allTimes.first({ at, is: ['same', 'undecidable'] });
        if (unclear !== null) take(own.all[unclear]);
        continue;
      }
      // In the file itself the order of its lines tells, save for what stands on the same line or on none.
      for (const nth of this.#unplaced(own, place)) {
        const happening = this.#happenings[nth];
        if (happening === undefined) continue;
        const { is } = relationOf(other, happening, this.#evidence);
        if (is === 'undecidable' || is === 'same') take(nth);
      }
    }
    const first = unknown.reduce<number | null>(
      (least, nth) => (least === null || nth < least ? nth : least),
      null,
    );
    const happening = first === null ? undefined : this.#happenings[first];
    if (happening === undefined) return null;
    const relation = relationOf(other, happening, this.#evidence);
    return relation.is === 'undecidable' ? relation.missing : 'finer-times';
  }

  #placeOf(nth: number | undefined): number {
    const citation = nth === undefined ? undefined : this.#happenings[nth]?.citation;
    return (citation === undefined ? null : placeOf(citation)) ?? -1;
  }

  /** Those that stand at this place of the file, or at none. */
  *#unplaced(own: HappeningsOfMember, place: number): Iterable<number> {
    for (let at = partition(own.placed.length, (nth) => this.#placeOf(own.placed[nth]) < place); ; at += 1) {
      const nth = own.placed[at];
      if (nth === undefined || this.#placeOf(nth) !== place) break;
      yield nth;
    }
    if (own.placed.length < own.all.length) for (const nth of own.all) if (this.#placeOf(nth) < 0) yield nth;
  }

  #byMember(): ReadonlyMap<string, HappeningsOfMember> {
    if (this.#members !== null) return this.#members;
    const lists = new Map<string, number[]>();
    this.#happenings.forEach(({ citation }, nth) => {
      const list = lists.get(citation.member);
      if (list === undefined) lists.set(citation.member, [nth]);
      else list.push(nth);
    });
    const timeOf = (nth: number): Moment | null => this.#happenings[nth]?.at ?? null;
    this.#members = new Map(
      [...lists].map(([member, all]) => {
        const placed = all
          .filter((nth) => this.#placeOf(nth) >= 0)
          .sort((a, b) => this.#placeOf(a) - this.#placeOf(b) || a - b);
        const untimed = all.filter((nth) => timeOf(nth) === null);
        return [
          member,
          {
            placed,
            placedTimes: new OrderedMoments(placed.map(timeOf)),
            lastUntimed: untimed.reduce((last, nth) => Math.max(last, this.#placeOf(nth)), -1),
            all,
            allTimes: new OrderedMoments(all.map(timeOf)),
            untimed,
          },
        ];
      }),
    );
    return this.#members;
  }
}
