import type { Citation, PatchRecord } from '../../domain/evidence.ts';
import { distance, isMoment, order, type Moment } from '../../domain/moment.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { assumedFor } from '../assumptions.ts';
import {
  cannotTell,
  cell,
  consistent,
  defineRule,
  found,
  notApplicable,
  place,
  type Verdict,
} from '../define-rule.ts';
import { atText, minutesBetween, timeText, whyUndecidable } from '../parameters.ts';
import {
  detectionTimes,
  judgeRecords,
  minuteKey,
  recordParameters,
  statement,
  type Judgement,
} from './statements.ts';
import {
  deployersOf,
  kaceView,
  lastRunOn,
  lastRunPlace,
  mayDetect,
  relationOf,
  type KaceSchedule,
} from './view.ts';

/**
 * The success of a schedule is not the success of a patch (S0): the run ended well for the device, the
 * row still says missing. A run from before the row's deployment says nothing of it.
 */
export const scheduleDoneButNotPatched = defineRule({
  id: 'kace/schedule-done-but-not-patched',
  kind: 'contradiction',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records', 'kace/schedule-page'],
  source: 'S0',
  check(pair, evidence) {
    if (pair.deviceKey === '') return notApplicable;
    if (pair.records.every((record) => record.detection.status !== 'not-patched')) return notApplicable;
    const view = kaceView(evidence);
    const patch = view.patches.get(pair.patchKey);
    const done = view.schedules.filter(
      (schedule) =>
        schedule.devices.get(pair.deviceKey)?.value.phase === 'completed' &&
        relationOf(schedule, patch, pair.deviceKey) !== 'no',
    );
    return done.flatMap((schedule) => judgeRecords(pair, (record) => judgeDone(record, pair, schedule)));
  },
});

function judgeDone(record: PatchRecord, pair: PatchOnDevice, schedule: KaceSchedule): Judgement {
  const { detection, deployment } = record;
  if (detection.status !== 'not-patched') return notApplicable;
  const row = schedule.devices.get(pair.deviceKey);
  if (row === undefined) return notApplicable;
  const lastRun = lastRunOn(schedule, pair.deviceKey);
  if (isMoment(deployment.at)) {
    if (!isMoment(lastRun)) return cannotTell('schedule-run-time');
    const relation = order(lastRun, deployment.at);
    if (relation === 'before') return consistent;
    if (relation === 'undecidable' && minuteKey(lastRun) !== minuteKey(deployment.at)) {
      return cannotTell(whyUndecidable(lastRun, deployment.at));
    }
  }
  return statement({
    key: `${minuteKey(detection.at)} ${minuteKey(deployment.at)}`,
    parameters: {
      ...recordParameters(record),
      schedule: schedule.name,
      lastRunAt: atText(lastRun),
      deployed: isMoment(deployment.at),
    },
    witnesses: [
      cell(record, 'detection.status', 'detected-at', {
        detectionStatus: detection.status,
        detectedAt: atText(detection.at),
      }),
    ],
    shared: [
      place(row.citation, 'schedule-phase', {
        device: row.device,
        schedule: schedule.name,
        phase: row.value.phase,
        lastRunAt: atText(lastRun),
      }),
    ],
  });
}

/** How long after the newest detection a run still counts as having detected. Assumed: one day. */
const detectionWindowMinutes = 24 * 60;

/** The schedule ran, and the device has no detection from that run: it was skipped (S0). */
export const scheduleRanWithoutDetection = defineRule({
  id: 'kace/schedule-ran-without-detection',
  kind: 'fault',
  severity: 'medium',
  system: 'kace-sma',
  looksAt: 'device',
  needs: ['patch-records', 'kace/schedule-page'],
  assumes: { windowMinutes: detectionWindowMinutes },
  source: 'S0',
  check(deviceKey, evidence) {
    const view = kaceView(evidence);
    const schedules = view.schedules.filter(
      (schedule) => schedule.devices.has(deviceKey) && mayDetect(schedule.action),
    );
    const device = view.deviceNames.get(deviceKey) ?? null;
    const run = newestRun(schedules, deviceKey);
    if (run === null) {
      return schedules.length === 0 ? notApplicable : cannotTell('schedule-run-time', device);
    }
    const newest = newestDetection(evidence, deviceKey);
    if (newest === null) return cannotTell('device-detection', device);
    if (run.schedule.action === 'unknown') return cannotTell('schedule-action', device);
    const relation = order(run.at, newest.at);
    if (relation === 'undecidable' && minuteKey(run.at) !== minuteKey(newest.at)) {
      return cannotTell(whyUndecidable(run.at, newest.at), device);
    }
    if (relation !== 'after') return consistent;
    const apart = distance(newest.at, run.at);
    // Without a common scale the two are known to be more than 26 hours apart: `order` says so.
    const { windowMinutes } = assumedFor(evidence, 'kace/schedule-ran-without-detection', {
      windowMinutes: detectionWindowMinutes,
    });
    if (apart !== null && apart <= windowMinutes * 60_000) return consistent;
    return lateRun(device, run, newest, windowMinutes);
  },
});

interface ScheduleRun {
  readonly schedule: KaceSchedule;
  readonly at: Moment;
  readonly place: Citation;
}

interface NewestDetection {
  readonly record: PatchRecord;
  readonly at: Moment;
}

function lateRun(
  device: string | null,
  run: ScheduleRun,
  newest: NewestDetection,
  windowMinutes: number,
): Verdict {
  return found({
    device,
    parameters: {
      schedule: run.schedule.name,
      lastRunAt: timeText(run.at),
      detectedAt: timeText(newest.at),
      apartMinutes: minutesBetween(newest.at, run.at),
      windowMinutes,
      assumed: ['windowMinutes'],
    },
    witnesses: [
      cell(newest.record, 'detection.at', 'newest-detection', { detectedAt: timeText(newest.at) }),
      place(run.place, 'schedule-last-run', {
        schedule: run.schedule.name,
        lastRunAt: timeText(run.at),
      }),
    ],
  });
}

function newestRun(schedules: readonly KaceSchedule[], deviceKey: string): ScheduleRun | null {
  let newest: ScheduleRun | null = null;
  for (const schedule of schedules) {
    const at = lastRunOn(schedule, deviceKey);
    if (isMoment(at) && (newest === null || order(at, newest.at) === 'after')) {
      newest = { schedule, at, place: lastRunPlace(schedule, deviceKey) };
    }
  }
  return newest;
}

function newestDetection(evidence: Evidence, deviceKey: string): NewestDetection | null {
  let newest: NewestDetection | null = null;
  for (const record of evidence.recordsOfDevice(deviceKey)) {
    const { at } = record.detection;
    if (record.system !== 'kace-sma' || !isMoment(at)) continue;
    if (newest === null || order(newest.at, at) === 'before') newest = { record, at };
  }
  return newest;
}

/**
 * A schedule that restarts runs its check afterwards. The restart is evidenced, the bundle goes on,
 * and the status is still the one from before the deployment (S0).
 */
export const verificationMissingAfterRestart = defineRule({
  id: 'kace/verification-missing-after-restart',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records', 'kace/schedule-page', 'kace/client-log'],
  source: 'S0',
  check(pair, evidence) {
    return judgeRecords(pair, (record) => judgeVerification(record, pair, evidence));
  },
});

function judgeVerification(record: PatchRecord, pair: PatchOnDevice, evidence: Evidence): Judgement {
  const { detection, deployment } = record;
  if (!isMoment(detection.at) || !isMoment(deployment.at)) return notApplicable;
  if (order(detection.at, deployment.at) !== 'before') return notApplicable;
  if (detectionTimes(pair).has({ at: deployment.at, is: ['after'] })) return consistent;

  const view = kaceView(evidence);
  const { certain, possible } = deployersOf(view, pair);
  const [schedule] = certain.filter((one) => one.reboot === 'force' || one.reboot === 'prompt');
  if (schedule === undefined) {
    if (certain.some((one) => one.reboot === 'unknown')) return cannotTell('reboot-option');
    if (certain.length > 0) return notApplicable;
    if (view.schedules.length === 0) return cannotTell('schedule-page');
    return possible.length > 0 ? cannotTell('schedule-labels') : notApplicable;
  }

  const restart = evidence.restart(pair.deviceKey, deployment.at, null);
  if (restart.answer === 'undecidable') return cannotTell('restart-order');
  if (restart.answer === 'none') {
    return evidence.eventsOfDevice(pair.deviceKey).length === 0 ? cannotTell('client-log') : notApplicable;
  }
  const restartedAt = restart.event.at;
  if (restartedAt === null) return cannotTell('restart-order');
  // A page that was saved before the restart cannot show what came after it.
  if (record.capturedAt !== null && order(record.capturedAt, restartedAt) === 'before') {
    return cannotTell('later-page');
  }
  if (!goesOnAfter(evidence, record, restartedAt)) return cannotTell('later-moments');
  return statement({
    key: `${minuteKey(detection.at)} ${minuteKey(deployment.at)}`,
    parameters: {
      ...recordParameters(record),
      restartAt: timeText(restartedAt),
      schedule: schedule.name,
      reboot: schedule.reboot,
    },
    witnesses: [
      cell(record, 'detection.at', 'detected-at', {
        detectionStatus: detection.status,
        detectedAt: timeText(detection.at),
      }),
      cell(record, 'deployment.at', 'deployed-at', {
        deploymentStatus: deployment.status,
        deployedAt: timeText(deployment.at),
      }),
    ],
    shared: [
      place(restart.event.citation, 'restarted-at', { restartedAt: timeText(restartedAt) }),
      place(schedule.places.reboot, 'schedule-reboot', {
        schedule: schedule.name,
        reboot: schedule.reboot,
        rebootRaw: schedule.rebootRaw,
      }),
    ],
  });
}

/** Whether the bundle has a moment after the restart: by the clock that wrote it, the appliance's, or the page's capture. */
function goesOnAfter(evidence: Evidence, record: PatchRecord, restartedAt: Moment): boolean {
  const appliance = isMoment(record.deployment.at) ? record.deployment.at : null;
  const latest = [
    evidence.latest(restartedAt.clock, restartedAt.clockOf),
    appliance === null ? null : evidence.latest(appliance.clock, appliance.clockOf),
    record.capturedAt,
  ];
  return latest.some((moment) => moment !== null && order(moment, restartedAt) === 'after');
}
