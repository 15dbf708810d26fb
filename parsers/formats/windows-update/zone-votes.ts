import type { Citation } from '../../domain/evidence.ts';

/** Zones stand on quarters of an hour. */
const zoneStepMinutes = 15;

/** Collects what lines of a log tell of the offset of its stamps. */
export class ZoneVotes {
  readonly #votes = new Map<number, { count: number; readonly citation: Citation }>();

  /** @param offset minutes east of UTC */
  add(offset: number, cite: () => Citation): void {
    if (offset < -720 || offset > 840) return;
    const vote = this.#votes.get(offset);
    if (vote === undefined) this.#votes.set(offset, { count: 1, citation: cite() });
    else vote.count += 1;
  }

  /**
   * A time in UTC beside the local stamp of the same line.
   *
   * @param mostResidual milliseconds by which the two may differ besides the zone
   */
  addReadings(local: number, utc: number, mostResidual: number, cite: () => Citation): void {
    const offset = Math.round((local - utc) / 60_000 / zoneStepMinutes) * zoneStepMinutes;
    if (Math.abs(local - utc - offset * 60_000) <= mostResidual) this.add(offset, cite);
  }

  /**
   * The offset on which the lines agree. Null without any, and where a second offset has more than one
   * line in fifty behind it: a log across a change of summer time has no single offset.
   */
  result(): { readonly offset: number; readonly samples: number; readonly citation: Citation } | null {
    const [best, second] = [...this.#votes].sort((a, b) => b[1].count - a[1].count || a[0] - b[0]);
    if (best === undefined) return null;
    if (second !== undefined && second[1].count * 50 > best[1].count) return null;
    return { offset: best[0], samples: best[1].count, citation: best[1].citation };
  }
}
