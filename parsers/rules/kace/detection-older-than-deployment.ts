import type { PatchRecord } from '../../domain/evidence.ts';
import { isMoment, order } from '../../domain/moment.ts';
import type { Evidence, PatchOnDevice, RestartAnswer } from '../../evidence/evidence.ts';
import { cannotTell, cell, consistent, defineRule, notApplicable } from '../define-rule.ts';
import { atText, minutesBetween, timeText, whyUndecidable } from '../parameters.ts';
import {
  codesOf,
  judgeRecords,
  minuteKey,
  recordParameters,
  statement,
  type Judgement,
} from './statements.ts';

/**
 * A detection confirms a deployment only when it is later (S0). A status from before the deployment
 * says nothing of its result, whichever way it reads; "patched" misleads less than "not patched".
 * The same minute is no order: `kace/same-minute` speaks there.
 */
export const detectionOlderThanDeployment = defineRule({
  id: 'kace/detection-older-than-deployment',
  kind: 'contradiction',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair, evidence) {
    return judgeRecords(pair, (record) => judge(record, pair, evidence));
  },
});

function judge(record: PatchRecord, pair: PatchOnDevice, evidence: Evidence): Judgement {
  const { detection, deployment } = record;
  if (!isMoment(deployment.at)) return notApplicable;
  // A source without any word on detection (a list of deployments) has nothing that could be too old.
  if (detection.at === null) return detection.status === null ? notApplicable : cannotTell('detection-time');
  if (detection.at === 'never') return notApplicable;
  const relation = order(detection.at, deployment.at);
  if (relation === 'undecidable') {
    return minuteKey(detection.at) === minuteKey(deployment.at)
      ? consistent
      : cannotTell(whyUndecidable(detection.at, deployment.at));
  }
  if (relation !== 'before') return consistent;
  const restart = evidence.restart(pair.deviceKey, deployment.at, null);
  const restartDue =
    deployment.status === 'pending-reboot' || codesOf(pair, record).meaning('restart') !== null;
  return statement({
    key: `${String(detection.status)} ${minuteKey(detection.at)} ${minuteKey(deployment.at)}`,
    severity: detection.status === 'patched' ? 'medium' : 'high',
    parameters: {
      ...recordParameters(record),
      apartMinutes: minutesBetween(detection.at, deployment.at),
      restartDue,
      restart: restart.answer,
      restartAt: restartTime(restart),
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
  });
}

function restartTime(restart: RestartAnswer): string | null {
  return restart.answer === 'evidenced' ? atText(restart.event.at) : null;
}
