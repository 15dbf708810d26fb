import type { PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { isMoment, order, type Moment } from '../../domain/moment.ts';
import type { PatchOnDevice } from '../../evidence/evidence.ts';
import { cannotTell, cell, consistent, defineRule, notApplicable, place } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { judgeRecords, minuteKey, oncePerPair, recordParameters, statement } from './statements.ts';
import {
  deployersOf,
  fieldPlace,
  kaceView,
  labelSide,
  lastRunOn,
  lastRunPlace,
  mayDeploy,
  relationOf,
  sharesLabel,
  type KaceSchedule,
  type KaceView,
} from './view.ts';

/**
 * Missing and never deployed, although nothing known stands in the way (S0). Where something does
 * (the patch is not active, or in no deploy label), the rule for that speaks. A schedule that has not
 * run since the first detection had no occasion yet.
 */
export const neverDeployed = defineRule({
  id: 'kace/never-deployed',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair, evidence) {
    return judgeRecords(pair, (record) => {
      if (!missingAndNever(record)) return notApplicable;
      if (deployedElsewhere(pair)) return consistent;
      const view = kaceView(evidence);
      const patch = view.patches.get(pair.patchKey);
      if (patch?.status?.value === 'inactive' || patch?.status?.value === 'disabled') return consistent;
      if (patch !== undefined && labelSide(view, patch, 'deploy') === 'none') return consistent;
      const { certain, possible } = deployersOf(view, pair);
      const schedules = [...certain, ...possible];
      const first = firstDetection(pair);
      if (first !== null && schedules.length > 0 && schedules.every((one) => ranBefore(one, pair, first))) {
        return consistent;
      }
      return statement({
        key: minuteKey(record.detection.at),
        parameters: {
          ...recordParameters(record),
          attempts: record.deployment.attempts,
          patchStatus: patch?.status?.value ?? 'unknown',
        },
        witnesses: missingAndNeverWitnesses(record),
        shared: [
          ...(patch?.status
            ? [
                place(fieldPlace(patch.status.fact, 'status'), 'patch-status', {
                  patchStatus: patch.status.value,
                }),
              ]
            : []),
          ...certain.map((schedule) =>
            place(lastRunPlace(schedule, pair.deviceKey), 'schedule-last-run', {
              schedule: schedule.name,
              lastRunAt: atText(lastRunOn(schedule, pair.deviceKey)),
            }),
          ),
        ],
      });
    });
  },
});

/** The schedules that reach the pair detect, stage or roll back, and none deploys (S0). */
export const scheduleOnlyDetects = defineRule({
  id: 'kace/schedule-only-detects',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records', 'kace/schedule-page'],
  source: 'S0',
  check(pair, evidence) {
    return judgeRecords(pair, (record) => {
      if (!missingAndNever(record) || deployedElsewhere(pair)) return notApplicable;
      const view = kaceView(evidence);
      const patch = view.patches.get(pair.patchKey);
      const detecting = view.schedules.filter((schedule) => onlyDetects(schedule, view, pair));
      const [first] = detecting;
      if (first === undefined) return notApplicable;
      const relations = view.schedules.map((schedule) => relationOf(schedule, patch, null));
      if (relations.includes('yes') || deployersOf(view, pair).certain.length > 0) return consistent;
      if (relations.includes('open')) return cannotTell('schedule-labels');
      return statement({
        key: minuteKey(record.detection.at),
        parameters: { ...recordParameters(record), schedule: first.name, action: first.action },
        witnesses: missingAndNeverWitnesses(record),
        shared: detecting.map((schedule) =>
          place(schedule.places.action, 'schedule-action', {
            schedule: schedule.name,
            action: schedule.action,
          }),
        ),
      });
    });
  },
});

function missingAndNever(record: PatchRecord): boolean {
  return (
    record.detection.status === 'not-patched' &&
    record.deployment.at === 'never' &&
    (record.deployment.attempts ?? 0) === 0
  );
}

/** "Never" is a statement about the pair: another source with a date or an attempt takes it back. */
const deployedElsewhere = oncePerPair((pair) =>
  pair.records.some((other) => isMoment(other.deployment.at) || (other.deployment.attempts ?? 0) > 0),
);

const firstDetection = oncePerPair((pair): Moment | null => {
  let first: Moment | null = null;
  for (const { detection } of pair.records) {
    if (isMoment(detection.at) && (first === null || order(detection.at, first) === 'before'))
      first = detection.at;
  }
  return first;
});

function ranBefore(schedule: KaceSchedule, pair: PatchOnDevice, detection: Moment): boolean {
  const lastRun = lastRunOn(schedule, pair.deviceKey);
  return isMoment(lastRun) && order(lastRun, detection) === 'before';
}

/** Whether a schedule reaches the pair without ever deploying: device table and detect labels do not exclude it. */
function onlyDetects(schedule: KaceSchedule, view: KaceView, pair: PatchOnDevice): boolean {
  if (mayDeploy(schedule.action)) return false;
  if (schedule.devices.size > 0 && !schedule.devices.has(pair.deviceKey)) return false;
  const labels = view.patches.get(pair.patchKey)?.labels?.value;
  if (labels === undefined || schedule.detectLabels === null || schedule.detectLabels.length === 0)
    return true;
  return sharesLabel(labels, schedule.detectLabels);
}

function missingAndNeverWitnesses(record: PatchRecord): Witness[] {
  return [
    cell(record, 'detection.status', 'detected-at', {
      detectionStatus: record.detection.status,
      detectedAt: atText(record.detection.at),
    }),
    cell(record, 'deployment.at', 'never-deployed'),
  ];
}
