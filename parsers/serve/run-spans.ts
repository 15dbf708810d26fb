import type { Run } from '../domain/evidence.ts';
import { order } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { BundleLines } from '../evidence/lines.ts';
import { runSpan } from '../evidence/run-view.ts';

export type RunRole = 'relay' | 'agent';

/** Whether a run is one of a relay or of an agent: as its detail states it, in words or as the number of its lane. */
export function roleOf(run: Run): RunRole | null {
  const { role, lane } = run.detail;
  if (role === 'relay' || role === 'agent') return role;
  if (lane === 0) return 'relay';
  return lane === 1 ? 'agent' : null;
}

/**
 * Runs that share time with another one. A system that has looked itself says so in `detail.overlap`;
 * else runs of one system on one device are compared, and only what is certain counts.
 */
export function overlappingRuns(evidence: Evidence, lines: BundleLines): ReadonlySet<string> {
  const found = new Set<string>();
  const byDevice = new Map<string, Run[]>();
  for (const run of evidence.runs) {
    if (typeof run.detail['overlap'] === 'boolean') {
      if (run.detail['overlap']) found.add(run.id);
      continue;
    }
    const device = evidence.deviceKey(run.device);
    if (device === '') continue;
    const key = `${run.system} ${device}`;
    const list = byDevice.get(key);
    if (list === undefined) byDevice.set(key, [run]);
    else list.push(run);
  }
  for (const runs of byDevice.values()) {
    const placed = runs
      .flatMap((run) => {
        const span = runSpan(run, lines);
        return span === null ? [] : [{ run, span }];
      })
      .sort((a, b) => a.span.from - b.span.from);
    // The one that reaches furthest so far is the one that a later start can lie in.
    let furthest = placed[0];
    for (const one of placed.slice(1)) {
      if (furthest !== undefined && certainlyMeet(furthest.run, one.run)) {
        found.add(furthest.run.id).add(one.run.id);
      }
      if (furthest === undefined || one.span.to > furthest.span.to) furthest = one;
    }
  }
  return found;
}

function certainlyMeet(a: Run, b: Run): boolean {
  return isBefore(b.startedAt, a.endedAt) && isBefore(a.startedAt, b.endedAt);
}

function isBefore(a: Moment | null, b: Moment | null): boolean {
  return a !== null && b !== null && order(a, b) === 'before';
}
