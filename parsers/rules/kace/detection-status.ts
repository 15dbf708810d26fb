import { isMoment, order } from '../../domain/moment.ts';
import { cannotTell, cell, consistent, defineRule, notApplicable } from '../define-rule.ts';
import { atText, minutesBetween, whyUndecidable } from '../parameters.ts';
import { judgeRecords, minuteKey, recordParameters, statement } from './statements.ts';

/** The detection itself failed: the status says nothing of the patch (S0). */
export const detectionFailed = defineRule({
  id: 'kace/detection-failed',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, (record) => {
      const { detection } = record;
      if (detection.status === null) return notApplicable;
      if (detection.status !== 'error') return consistent;
      return statement({
        key: minuteKey(detection.at),
        parameters: recordParameters(record),
        witnesses: [
          cell(record, 'detection.status', 'detected-at', {
            detectionStatus: detection.status,
            detectedAt: atText(detection.at),
          }),
        ],
      });
    });
  },
});

/** What was deployed cannot be inapplicable at that time; a deployment before the detection can have made it so (S0). */
export const notApplicableButDeployed = defineRule({
  id: 'kace/not-applicable-but-deployed',
  kind: 'contradiction',
  severity: 'medium',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, (record) => {
      const { detection, deployment } = record;
      if (detection.status !== 'not-applicable') return notApplicable;
      if (!isMoment(deployment.at)) return deployment.at === 'never' ? consistent : notApplicable;
      if (!isMoment(detection.at)) return cannotTell('detection-time');
      const relation = order(deployment.at, detection.at);
      if (relation === 'before') return consistent;
      if (relation === 'undecidable') return cannotTell(whyUndecidable(deployment.at, detection.at));
      return statement({
        key: `${minuteKey(detection.at)} ${minuteKey(deployment.at)}`,
        parameters: {
          ...recordParameters(record),
          apartMinutes: minutesBetween(detection.at, deployment.at),
          sameMinute: relation !== 'after',
        },
        witnesses: [
          cell(record, 'detection.status', 'detected-at', {
            detectionStatus: detection.status,
            detectedAt: atText(detection.at),
          }),
          cell(record, 'deployment.at', 'deployed-at', {
            deploymentStatus: deployment.status,
            deployedAt: atText(deployment.at),
          }),
        ],
      });
    });
  },
});
