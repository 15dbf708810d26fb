import type { PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { isMoment, order } from '../../domain/moment.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { cannotTell, cell, consistent, defineRule, notApplicable, place } from '../define-rule.ts';
import { atText, minutesBetween, timeText, whyUndecidable } from '../parameters.ts';
import {
  codesOf,
  judgeRecords,
  minuteKey,
  pairCodes,
  recordParameters,
  statement,
  type Judgement,
} from './statements.ts';

/**
 * The installer reported success and a later detection still misses the patch (S0). A failing code
 * belongs to `kace/status-contradicts-exit-code`; a restart that is due and not evidenced to
 * `kace/reboot-pending`: until the restart, "not patched" is what one must expect.
 */
export const stillMissingAfterDeployment = defineRule({
  id: 'kace/still-missing-after-deployment',
  kind: 'contradiction',
  severity: 'critical',
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
  if (detection.status !== 'not-patched' || deployment.status !== 'succeeded') return notApplicable;
  if (deployment.at === 'never' || detection.at === 'never') return notApplicable;
  if (deployment.at === null) return cannotTell('deployment-time');
  if (detection.at === null) return cannotTell('detection-time');
  const relation = order(detection.at, deployment.at);
  if (relation === 'undecidable' && minuteKey(detection.at) !== minuteKey(deployment.at)) {
    return cannotTell(whyUndecidable(detection.at, deployment.at));
  }
  if (relation !== 'after') return consistent;

  const own = codesOf(pair, record);
  const codes = own.first === null ? pairCodes(pair) : own;
  if (codes.meaning('failure') !== null) return consistent;
  if (codes.meaning('unknown') !== null) return cannotTell('exit-code-meaning');

  const restart =
    codes.meaning('restart') !== null ? evidence.restart(pair.deviceKey, deployment.at, detection.at) : null;
  if (restart?.answer === 'undecidable') return cannotTell('restart-order');
  if (restart?.answer === 'none') return consistent;

  const stated = codes.first;
  const shared: Witness[] = [];
  if (stated !== null) {
    shared.push(
      cell(stated.record, 'deployment.exitCode', 'exit-code', {
        exitCode: stated.code,
        raw: stated.record.exitCodeRaw,
      }),
    );
  }
  if (restart?.answer === 'evidenced') {
    shared.push(place(restart.event.citation, 'restarted-at', { restartedAt: atText(restart.event.at) }));
  }
  return statement({
    key: `${minuteKey(detection.at)} ${minuteKey(deployment.at)}`,
    parameters: {
      ...recordParameters(record),
      exitCode: stated?.code ?? null,
      apartMinutes: minutesBetween(deployment.at, detection.at),
      restartAt:
        restart?.answer === 'evidenced' && isMoment(restart.event.at) ? timeText(restart.event.at) : null,
    },
    witnesses: [
      cell(record, 'deployment.status', 'deployed-at', {
        deploymentStatus: deployment.status,
        deployedAt: timeText(deployment.at),
      }),
      cell(record, 'detection.status', 'detected-at', {
        detectionStatus: detection.status,
        detectedAt: timeText(detection.at),
      }),
    ],
    shared,
  });
}
