import type { PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { isMoment, order, type Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { cannotTell, cell, consistent, defineRule, notApplicable, place } from '../define-rule.ts';
import { atText, whyUndecidable } from '../parameters.ts';
import {
  detectionTimes,
  judgeRecords,
  meaningOf,
  minuteKey,
  oncePerPair,
  recordParameters,
  statement,
  type Judgement,
} from './statements.ts';
import { deployersOf, kaceView } from './view.ts';

/**
 * The deployment asked for a restart (3010, 1641 or 0x240005, or a status that says so) and nothing
 * shows that it was done and checked (S0). A later "patched" settles it. A later "not patched" does
 * not, unless a restart lies in between: then `kace/still-missing-after-deployment` speaks.
 */
export const rebootPending = defineRule({
  id: 'kace/reboot-pending',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair, evidence) {
    return judgeRecords(pair, (record) => judge(record, pair, evidence));
  },
});

/**
 * Results of a deployment that needs a restart return only after it: a schedule that never restarts
 * leaves them open for good (S0). With several schedules that deploy the patch, all have to be so.
 */
export const rebootNeededButScheduleNeverReboots = defineRule({
  id: 'kace/reboot-needed-but-schedule-never-reboots',
  kind: 'contradiction',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records', 'kace/schedule-page'],
  source: 'S0',
  check(pair, evidence) {
    return judgeRecords(pair, (record) => {
      const pending = judge(record, pair, evidence);
      if (!('statement' in pending)) return pending;
      const view = kaceView(evidence);
      const { certain, possible } = deployersOf(view, pair);
      if (certain.length === 0) {
        if (view.schedules.length === 0) return cannotTell('schedule-page');
        return possible.length === 0 ? notApplicable : cannotTell('schedule-labels');
      }
      const [first] = certain;
      if (first === undefined || certain.every((schedule) => schedule.reboot === 'unknown')) {
        return cannotTell('reboot-option');
      }
      const never = certain.filter((schedule) => schedule.reboot === 'none');
      if (never.length === 0) return consistent;
      if (never.length < certain.length) return cannotTell('which-schedule');
      return statement({
        ...pending.statement,
        parameters: { ...pending.statement.parameters, schedule: first.name, rebootRaw: first.rebootRaw },
        shared: certain.map((schedule) =>
          place(schedule.places.reboot, 'schedule-reboot', {
            schedule: schedule.name,
            reboot: schedule.reboot,
            rebootRaw: schedule.rebootRaw,
          }),
        ),
      });
    });
  },
});

function judge(record: PatchRecord, pair: PatchOnDevice, evidence: Evidence): Judgement {
  const { detection, deployment } = record;
  const asksByCode = deployment.exitCode !== null && meaningOf(deployment.exitCode) === 'restart';
  const saysPending = detection.status === 'pending-reboot' || deployment.status === 'pending-reboot';
  if (!asksByCode && !saysPending) return notApplicable;

  if (!isMoment(deployment.at)) {
    if (detection.status === 'patched') return cannotTell('deployment-time');
    // A page that says "restart pending" needs no date for it; a code without one may be long settled.
    return saysPending || deployment.at === 'never'
      ? pendingStatement(record, null)
      : cannotTell('deployment-time');
  }

  const times = laterDetections(pair);
  if (times.patched.has({ at: deployment.at, is: ['after'] })) return consistent;
  const newest = newestMissing(pair, times.missing, deployment.at);
  if (newest !== null) {
    const restart = evidence.restart(pair.deviceKey, deployment.at, newest.at);
    return restart.answer === 'evidenced'
      ? consistent
      : pendingStatement(record, restart.answer, newest.record);
  }
  if (detectionTimes(pair).has({ at: deployment.at, is: ['after'] })) return consistent;

  if (detection.at === 'never') return pendingStatement(record, null);
  if (detection.at === null) {
    if (detection.status === null) return pendingStatement(record, null);
    return saysMissing(record) ? unlessRestarted(record, deployment.at) : cannotTell('detection-time');
  }
  const relation = order(detection.at, deployment.at);
  if (relation === 'undecidable' && minuteKey(detection.at) !== minuteKey(deployment.at)) {
    return saysMissing(record)
      ? unlessRestarted(record, deployment.at)
      : cannotTell(whyUndecidable(detection.at, deployment.at));
  }
  return pendingStatement(record, null);

  /**
   * A "not patched" whose place in time is unknown: pending when it is before the deployment, and
   * pending when it is after it without a restart. Only a restart makes the two answers differ.
   */
  function unlessRestarted(missing: PatchRecord, after: Moment): Judgement {
    const restart = evidence.restart(pair.deviceKey, after, null);
    return restart.answer === 'evidenced'
      ? cannotTell('detection-time')
      : pendingStatement(missing, restart.answer);
  }
}

function saysMissing(record: PatchRecord): boolean {
  return record.detection.status === 'not-patched' || record.detection.status === 'pending-reboot';
}

/** The dated detections that find the patch, and those that still miss it. */
const laterDetections = oncePerPair((pair) => ({
  patched: timesOf(pair, ({ detection }) => detection.status === 'patched'),
  missing: timesOf(pair, saysMissing),
}));

function timesOf(pair: PatchOnDevice, counts: (record: PatchRecord) => boolean): OrderedMoments {
  return new OrderedMoments(
    pair.records.map((record) =>
      isMoment(record.detection.at) && counts(record) ? record.detection.at : null,
    ),
  );
}

interface DatedRecord {
  readonly record: PatchRecord;
  readonly at: Moment;
}

/** The newest of the records that still miss the patch after a moment. */
function newestMissing(pair: PatchOnDevice, missing: OrderedMoments, after: Moment): DatedRecord | null {
  const place = missing.latestAfter(after);
  const record = place === null ? undefined : pair.records[place];
  const at = record?.detection.at ?? null;
  return record === undefined || !isMoment(at) ? null : { record, at };
}

/**
 * @param restart what is known of a restart up to the later detection; null without one
 * @param later the record whose later detection still misses the patch
 */
function pendingStatement(
  record: PatchRecord,
  restart: 'none' | 'undecidable' | null,
  later: PatchRecord | null = null,
): Judgement {
  const { deployment } = record;
  const { detection } = later ?? record;
  const byCode = deployment.exitCode !== null && meaningOf(deployment.exitCode) === 'restart';
  const byDeployment = deployment.status === 'pending-reboot';
  const witnesses: Witness[] = [];
  if (byCode) {
    witnesses.push(
      cell(record, 'deployment.exitCode', 'exit-code', {
        exitCode: deployment.exitCode,
        raw: record.exitCodeRaw,
      }),
    );
  }
  if (byDeployment) {
    witnesses.push(
      cell(record, 'deployment.status', 'deployed-at', {
        deploymentStatus: deployment.status,
        deployedAt: atText(deployment.at),
      }),
    );
  }
  if (detection.status !== null || detection.at !== null) {
    witnesses.push(
      cell(later ?? record, 'detection.status', 'detected-at', {
        detectionStatus: detection.status,
        detectedAt: atText(detection.at),
      }),
    );
  }
  return statement({
    key: minuteKey(deployment.at),
    parameters: {
      ...recordParameters(record),
      detectionStatus: detection.status,
      detectedAt: atText(detection.at),
      reason: byCode ? 'exit-code' : byDeployment ? 'deployment-status' : 'detection-status',
      restart,
      detectedAfter: later !== null,
    },
    witnesses,
  });
}
