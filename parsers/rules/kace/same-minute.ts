import type { PatchRecord } from '../../domain/evidence.ts';
import { isMoment, order } from '../../domain/moment.ts';
import { cell, consistent, defineRule, notApplicable } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { judgeRecords, minuteKey, recordParameters, statement, type Judgement } from './statements.ts';

/**
 * The appliance's pages write no seconds, so two times of one minute have no known order (S0).
 * Exports with seconds are ordered within the minute and do not come here.
 */
export const sameMinute = defineRule({
  id: 'kace/same-minute',
  kind: 'note',
  severity: 'info',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, judge);
  },
});

function judge(record: PatchRecord): Judgement {
  const { detection, deployment } = record;
  if (detection.status !== 'not-patched') return notApplicable;
  if (!isMoment(detection.at) || !isMoment(deployment.at)) return notApplicable;
  const relation = order(detection.at, deployment.at);
  if (relation === 'before' || relation === 'after') return consistent;
  if (minuteKey(detection.at) !== minuteKey(deployment.at)) return notApplicable;
  return statement({
    key: minuteKey(detection.at),
    parameters: recordParameters(record),
    witnesses: [
      cell(record, 'detection.at', 'detected-at', {
        detectionStatus: detection.status,
        detectedAt: atText(detection.at),
      }),
      cell(record, 'deployment.at', 'deployed-at', {
        deploymentStatus: deployment.status,
        deployedAt: atText(deployment.at),
      }),
    ],
  });
}
