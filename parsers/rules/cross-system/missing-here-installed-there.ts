import type { PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { isMoment, order, type Moment } from '../../domain/moment.ts';
import { restartCodes } from '../../domain/numbers.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { cannotTell, cell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText, minutesBetween, timeText } from '../parameters.ts';
import { relationOf } from '../windows-update/relation.ts';
import { homelessSuccesses, removalsOf, successesOf } from './install-successes.ts';
import type { InstallSuccess } from './install-successes.ts';

/** What one detection and one success say together. */
type Judgement =
  | { readonly says: 'installed-before' | 'installed-after'; readonly success: InstallSuccess }
  | { readonly says: 'nothing' }
  | { readonly says: 'unclear'; readonly missing: string };

interface Clash {
  readonly record: PatchRecord;
  readonly detectedAt: Moment;
  readonly success: InstallSuccess;
}

/**
 * One source installed a patch, another finds it missing. Installed before the detection: both cannot be
 * right. Installed after it: the status is stale. An installation that asks for a restart counts only once
 * the restart is evidenced, and one that was removed again not at all.
 */
export const missingHereInstalledThere = defineRule({
  id: 'cross/missing-here-installed-there',
  kind: 'contradiction',
  severity: 'critical',
  system: null,
  looksAt: 'pair',
  needs: ['patch-records', 'windows-update/reporting-events', 'windows-update/event-log'],
  source: 'S0, S1, S2',
  check(pair, evidence) {
    const missing = pair.records.filter((record) => record.detection.status === 'not-patched');
    if (missing.length === 0) return notApplicable;
    const successes = successesOf(evidence, pair);
    if (successes.length === 0) {
      return homelessSuccesses(evidence, pair).length === 0
        ? notApplicable
        : cannotTell('update-log-device', pair.device, pair.patch);
    }
    return judge(pair, missing, successes, evidence);
  },
});

function judge(
  pair: PatchOnDevice,
  missing: readonly PatchRecord[],
  successes: readonly InstallSuccess[],
  evidence: Evidence,
): Verdict {
  const before: Clash[] = [];
  const after: Clash[] = [];
  const unclear: string[] = [];
  for (const record of missing) {
    const { at } = record.detection;
    if (!isMoment(at)) {
      unclear.push('detection-time');
      continue;
    }
    for (const success of successes) {
      const judgement = compare(pair, record, at, success, evidence);
      if (judgement.says === 'unclear') unclear.push(judgement.missing);
      if (judgement.says === 'installed-before') before.push({ record, detectedAt: at, success });
      if (judgement.says === 'installed-after') after.push({ record, detectedAt: at, success });
    }
  }
  if (before.length > 0) return statement(pair, before, 'before');
  // A detection that follows the installation and finds the patch is the one that counts.
  const stale = after.filter(({ success }) => !isSettled(pair, success));
  if (stale.length > 0) return statement(pair, stale, 'after');
  const [first] = unclear;
  return first === undefined ? consistent : cannotTell(first, pair.device, pair.patch);
}

function compare(
  pair: PatchOnDevice,
  record: PatchRecord,
  detectedAt: Moment,
  success: InstallSuccess,
  evidence: Evidence,
): Judgement {
  if (success.at === null) return { says: 'unclear', missing: 'update-event-time' };
  const detection = { at: detectedAt, citation: record.citation };
  const relation = relationOf(success, detection, evidence);
  if (relation.is === 'undecidable') return { says: 'unclear', missing: relation.missing };
  if (relation.is === 'same') return { says: 'unclear', missing: 'finer-times' };
  const isBefore = relation.is === 'before';
  if (success.asksForRestart) {
    const restart = evidence.restart(pair.deviceKey, success.at, isBefore ? detectedAt : null);
    if (restart.answer === 'none') return { says: 'nothing' };
    if (restart.answer === 'undecidable') return { says: 'unclear', missing: 'restart-order' };
  }
  for (const removal of removalsOf(evidence, pair)) {
    const afterSuccess = relationOf(success, removal, evidence).is;
    const beforeDetection = isBefore ? relationOf(removal, detection, evidence).is : 'before';
    if (afterSuccess === 'after' || beforeDetection === 'after') continue;
    return { says: 'nothing' };
  }
  return { says: isBefore ? 'installed-before' : 'installed-after', success };
}

function isSettled(pair: PatchOnDevice, success: InstallSuccess): boolean {
  return pair.records.some(
    ({ detection }) =>
      detection.status === 'patched' &&
      isMoment(detection.at) &&
      success.at !== null &&
      order(success.at, detection.at) === 'before',
  );
}

function statement(pair: PatchOnDevice, clashes: readonly Clash[], side: 'before' | 'after'): Verdict {
  const [shown] = clashes;
  if (shown === undefined || shown.success.at === null) return consistent;
  const { record, detectedAt, success } = shown;
  const records = [...new Set(clashes.map((clash) => clash.record))];
  const successes = [...new Set(clashes.map((clash) => clash.success))];
  return found({
    device: pair.device,
    patch: pair.patch,
    severity: side === 'before' ? 'critical' : 'medium',
    parameters: {
      side,
      detectionSystem: record.system,
      detectionStatus: record.detection.status,
      detectedAt: timeText(detectedAt),
      installedAt: timeText(shown.success.at),
      installSystem: success.system,
      apartMinutes: minutesBetween(shown.success.at, detectedAt),
    },
    witnesses: [
      ...records.map((one) =>
        cell(one, 'detection.status', 'detection-of-system', {
          system: one.system,
          detectionStatus: one.detection.status,
          detectedAt: atText(one.detection.at),
        }),
      ),
      ...successes.map(successWitness),
    ],
  });
}

function successWitness(success: InstallSuccess): Witness {
  return place(success.citation, 'install-of-system', {
    system: success.system,
    exitCode: success.code !== null && restartCodes.has(success.code) ? success.code : null,
    installedAt: atText(success.at),
  });
}
