import type { Citation } from '../../domain/evidence.ts';
import { order, sameClock, type Moment, type Order } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { whyUndecidable } from '../parameters.ts';

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
