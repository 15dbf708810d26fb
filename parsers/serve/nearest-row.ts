/** The row of a device nearest to a moment, among its records or its runs. */
import type { MomentView } from '../../preload/contract/shapes.ts';
import type { PatchRecord, Run } from '../domain/evidence.ts';
import { distance, isMoment } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';

/** Milliseconds from the moment to the row, negative when the row is earlier; null when the two cannot be compared. */
export interface NearRow {
  readonly id: string;
  readonly distance: number | null;
}

/** A moment that came over the port, with the clock it was read from. */
export function momentOf(at: MomentView, deviceKey: string | null): Moment {
  return { ...at, clockOf: at.clock === 'device' ? (deviceKey ?? '') : '' };
}

/** The record of the patch first, then the one nearest in time; without a comparable time the first. */
export function nearestRecord(
  records: readonly Pick<PatchRecord, 'id' | 'kb' | 'detection' | 'deployment'>[],
  kb: string | null,
  at: Moment | null,
): NearRow | null {
  const ofPatch = kb === null ? [] : records.filter((record) => record.kb === kb);
  return nearest(ofPatch.length > 0 ? ofPatch : records, at, ({ deployment, detection }, moment) =>
    nearer(
      [deployment.at, detection.at].flatMap((one) => (isMoment(one) ? (distance(moment, one) ?? []) : [])),
    ),
  );
}

/** The run in which a moment lies (distance 0), else the one that starts or ends nearest to it. */
export function nearestRun(
  runs: readonly Pick<Run, 'id' | 'startedAt' | 'endedAt'>[],
  at: Moment | null,
): NearRow | null {
  return nearest(runs, at, ({ startedAt, endedAt }, moment) => {
    const toStart = startedAt === null ? null : distance(moment, startedAt);
    const toEnd = endedAt === null ? null : distance(moment, endedAt);
    if (toStart !== null && toEnd !== null && toStart <= 0 && toEnd >= 0) return 0;
    return nearer([toStart, toEnd].filter((one) => one !== null));
  });
}

function nearest<T extends { readonly id: string }>(
  rows: readonly T[],
  at: Moment | null,
  distanceTo: (row: T, at: Moment) => number | null,
): NearRow | null {
  let best: NearRow | null = null;
  for (const row of rows) {
    const far = at === null ? null : distanceTo(row, at);
    // Rows that cannot be compared never win against one that can; among equals the first stays.
    const wins =
      best === null || (far !== null && (best.distance === null || Math.abs(far) < Math.abs(best.distance)));
    if (wins) best = { id: row.id, distance: far };
  }
  return best;
}

function nearer(distances: readonly number[]): number | null {
  let best: number | null = null;
  for (const one of distances) if (best === null || Math.abs(one) < Math.abs(best)) best = one;
  return best;
}
