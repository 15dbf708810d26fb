import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { readDate } from '../../text/dates.ts';

/** A server may be as much as this off, and an answer as old, for its `Date` to tell the zone. */
const mostResidualMinutes = 3;
const zoneStepMinutes = 15;

/**
 * Collects what HTTP `Date` headers (RFC 9110: always GMT) tell of the offset of the local times beside
 * them. Answers out of a proxy's cache carry an old date; they fall between the steps that zones have.
 */
export class OffsetVotes {
  readonly #votes = new Map<number, { count: number; readonly citation: Citation }>();

  /** @param local the log's own stamp @param header what stands behind `Date:` */
  add(local: Moment, header: string, cite: () => Citation): void {
    const date = readDate(header.trim());
    if (date === null || date === 'never' || date.offset !== 0 || local.offset !== null) return;
    const minutes = (local.local - date.local) / 60_000;
    const offset = Math.round(minutes / zoneStepMinutes) * zoneStepMinutes;
    if (Math.abs(minutes - offset) > mostResidualMinutes || offset < -720 || offset > 840) return;
    const vote = this.#votes.get(offset);
    if (vote === undefined) this.#votes.set(offset, { count: 1, citation: cite() });
    else vote.count += 1;
  }

  /**
   * The offset on which the headers agree. Null without any, and where a second offset has more than one
   * header in fifty behind it: a log across a change of summer time has no single offset.
   */
  result(): { readonly offset: number; readonly samples: number; readonly citation: Citation } | null {
    const [best, second] = [...this.#votes].sort((a, b) => b[1].count - a[1].count || a[0] - b[0]);
    if (best === undefined) return null;
    if (second !== undefined && second[1].count * 50 > best[1].count) return null;
    return { offset: best[0], samples: best[1].count, citation: best[1].citation };
  }

  /** Whether headers were there and contradict each other. */
  get disagree(): boolean {
    return this.#votes.size > 1 && this.result() === null;
  }
}
