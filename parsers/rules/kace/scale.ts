import type { PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { isMoment, order } from '../../domain/moment.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { defineRule, found, notApplicable, place } from '../define-rule.ts';
import { meaningOf } from './statements.ts';
import { kaceView, scheduledFor, type KaceView } from './view.ts';

/** How far one patch got, in devices. */
export interface PatchScale {
  readonly patch: string;
  readonly targeted: number;
  readonly ran: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Where the numbers come from; an analyst may enter those that the bundle does not tell. */
  readonly source: 'evidence';
}

/** How far deployment got, in devices over all patches. */
export interface ScaleCounts {
  readonly devices: number;
  readonly targeted: number;
  /** At least one deployment was attempted. */
  readonly deploymentRan: number;
  /** All attempted deployments succeeded. */
  readonly deploymentSucceeded: number;
  /** At least one attempted deployment failed. */
  readonly deploymentFailed: number;
}

export interface KaceScale {
  readonly scale: readonly PatchScale[];
  readonly counts: ScaleCounts;
  /** What says which devices were targeted: a schedule's device table, or merely the records. */
  readonly targetedFrom: 'schedule' | 'records';
}

/** Counts devices from the evidence alone: 2 of 100 is not 5 of 5 (S0). */
export function kaceScale(evidence: Evidence): KaceScale {
  const view = kaceView(evidence);
  const known = scales.get(view);
  if (known !== undefined) return known;
  const made = countScale(view);
  scales.set(view, made);
  return made;
}

const scales = new WeakMap<KaceView, KaceScale>();

interface DeviceSums {
  ran: number;
  succeeded: number;
  failed: number;
}

interface PatchSums extends DeviceSums {
  patch: string | null;
  readonly scheduled: ReadonlyMap<string, unknown>;
  targeted: number;
}

function countScale(view: KaceView): KaceScale {
  const byDevice = new Map<string, DeviceSums>();
  const devices = new Set<string>();
  const targeted = new Set<string>();
  for (const schedule of view.schedules) {
    for (const device of schedule.devices.keys()) {
      devices.add(device);
      targeted.add(device);
    }
  }
  const targetedFrom = targeted.size > 0 ? 'schedule' : 'records';
  for (const device of view.devicePages.keys()) if (device !== '') devices.add(device);

  // Pair by pair in the order of the bundle: patch by patch a million pairs come from all over the memory.
  const byPatch = new Map<string, PatchSums>();
  let deviceKey: string | null = null;
  let device: DeviceSums = { ran: 0, succeeded: 0, failed: 0 };
  for (const pair of view.pairs) {
    let sums = byPatch.get(pair.patchKey);
    if (sums === undefined) {
      const scheduled = scheduledFor(view, pair.patchKey);
      sums = { patch: null, scheduled, targeted: scheduled.size, ran: 0, succeeded: 0, failed: 0 };
      byPatch.set(pair.patchKey, sums);
    }
    sums.patch ??= pair.patch;
    if (pair.deviceKey === '') continue;
    if (pair.deviceKey !== deviceKey) {
      ({ deviceKey } = pair);
      devices.add(deviceKey);
      device = byDevice.get(deviceKey) ?? { ran: 0, succeeded: 0, failed: 0 };
      byDevice.set(deviceKey, device);
    }
    if (pair.records.some((record) => record.detection.status !== 'not-applicable')) {
      targeted.add(deviceKey);
      if (!sums.scheduled.has(deviceKey)) sums.targeted += 1;
    }
    const outcome = outcomeOf(pair);
    if (outcome === null) continue;
    for (const sum of [sums, device]) {
      sum.ran += 1;
      if (outcome === 'succeeded') sum.succeeded += 1;
      if (outcome === 'failed') sum.failed += 1;
    }
  }
  const scale: PatchScale[] = [...byPatch.values()].flatMap(
    ({ patch, targeted: targets, ran, succeeded, failed }) =>
      patch === null ? [] : [{ patch, targeted: targets, ran, succeeded, failed, source: 'evidence' }],
  );
  const attempted = [...byDevice.values()].filter(({ ran }) => ran > 0);
  return {
    scale,
    counts: {
      devices: devices.size,
      targeted: targeted.size,
      deploymentRan: attempted.length,
      deploymentSucceeded: attempted.filter((device) => device.succeeded === device.ran).length,
      deploymentFailed: attempted.filter((device) => device.failed > 0).length,
    },
    targetedFrom,
  };
}

/** How the pair's newest attempted deployment ended; null when none was attempted. */
export function outcomeOf(pair: PatchOnDevice): 'succeeded' | 'failed' | 'open' | null {
  let newest: PatchRecord | null = null;
  for (const record of pair.records) {
    if (!wasAttempted(record)) continue;
    if (newest === null || isNewer(record, newest)) newest = record;
  }
  if (newest === null) return null;
  const { status, exitCode } = newest.deployment;
  switch (status) {
    case 'succeeded':
    case 'failed':
      return status;
    case 'in-progress':
    case 'pending-reboot':
    case 'skipped':
      return 'open';
    case 'not-attempted':
    case 'unknown':
    case null:
      break;
  }
  if (exitCode === null) return 'open';
  switch (meaningOf(exitCode)) {
    case 'success':
    case 'restart':
      return 'succeeded';
    case 'failure':
      return 'failed';
    case 'unknown':
      return 'open';
  }
}

function wasAttempted({ deployment }: PatchRecord): boolean {
  if (isMoment(deployment.at) || (deployment.attempts ?? 0) > 0) return true;
  switch (deployment.status) {
    case 'succeeded':
    case 'failed':
    case 'in-progress':
    case 'pending-reboot':
      return true;
    case 'not-attempted':
    case 'skipped':
    case 'unknown':
    case null:
      return false;
  }
}

/** A later deployment counts more; of the same one, the source that also tells its exit code. */
function isNewer(record: PatchRecord, than: PatchRecord): boolean {
  const [a, b] = [record.deployment.at, than.deployment.at];
  if (isMoment(a) && isMoment(b)) {
    const relation = order(a, b);
    if (relation === 'after') return true;
    if (relation === 'before') return false;
  } else if (isMoment(a) !== isMoment(b)) {
    return isMoment(a);
  }
  return than.deployment.exitCode === null && record.deployment.exitCode !== null;
}

/** Members that are cited for the counts; a bundle of thousands of pages has its numbers all the same. */
const citedMembers = 50;

/** The scale of the problem, once per bundle. */
export const scaleNote = defineRule({
  id: 'kace/scale',
  kind: 'note',
  severity: 'info',
  system: 'kace-sma',
  looksAt: 'bundle',
  needs: ['patch-records'],
  source: 'S0',
  check(_bundle, evidence) {
    const view = kaceView(evidence);
    if (view.recordsByMember.size === 0) return notApplicable;
    const { counts, targetedFrom } = kaceScale(evidence);
    return found({
      parameters: {
        devices: counts.devices,
        targeted: counts.targeted,
        ran: counts.deploymentRan,
        succeeded: counts.deploymentSucceeded,
        failed: counts.deploymentFailed,
        targetedFrom,
      },
      witnesses: [...recordWitnesses(view), ...scheduleWitnesses(view)],
    });
  },
});

function recordWitnesses(view: KaceView): Witness[] {
  return [...view.recordsByMember.values()].slice(0, citedMembers).flatMap((records) => {
    const [first] = records;
    return first === undefined ? [] : [place(first.citation, 'rows-of-member', { rows: records.length })];
  });
}

function scheduleWitnesses(view: KaceView): Witness[] {
  return view.schedules
    .filter((schedule) => schedule.devices.size > 0)
    .map((schedule) =>
      place(schedule.fact.citation, 'schedule-devices', {
        schedule: schedule.name,
        devices: schedule.devices.size,
      }),
    );
}
