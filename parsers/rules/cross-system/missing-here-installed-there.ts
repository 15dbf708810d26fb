import type { PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { isMoment, type Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import { restartCodes } from '../../domain/numbers.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { cannotTell, cell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText, minutesBetween, timeText } from '../parameters.ts';
import type { InstallSighting } from '../windows-update/installs.ts';
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
    return missing.length * successes.length <= mostCompared
      ? judge(pair, missing, successes, evidence)
      : judge(pair, missing.slice(0, mostOfEach), successes.slice(0, mostOfEach), evidence);
  },
});

/**
 * So many detections of a patch on a device are held against so many installations, in the order of the bundle.
 * Where a source repeats both by the thousand, the first of each tell what there is to tell.
 */
const mostOfEach = 200;
const mostCompared = mostOfEach ** 2;

function judge(
  pair: PatchOnDevice,
  missing: readonly PatchRecord[],
  successes: readonly InstallSuccess[],
  evidence: Evidence,
): Verdict {
  const before: Clash[] = [];
  const after: Clash[] = [];
  const unclear: string[] = [];
  const removals = removalsOf(evidence, pair);
  for (const record of missing) {
    const { at } = record.detection;
    if (!isMoment(at)) {
      unclear.push('detection-time');
      continue;
    }
    for (const success of successes) {
      const judgement = compare(pair, record, at, success, removals, evidence);
      if (judgement.says === 'unclear') unclear.push(judgement.missing);
      if (judgement.says === 'installed-before') before.push({ record, detectedAt: at, success });
      if (judgement.says === 'installed-after') after.push({ record, detectedAt: at, success });
    }
  }
  if (before.length > 0) return statement(pair, before, 'before');
  // A detection that follows the installation and finds the patch is the one that counts.
  const patched = new OrderedMoments(
    after.length === 0
      ? []
      : pair.records.map(({ detection }) =>
          detection.status === 'patched' && isMoment(detection.at) ? detection.at : null,
        ),
  );
  const stale = after.filter(({ success }) => !isSettled(patched, success));
  if (stale.length > 0) return statement(pair, stale, 'after');
  const [first] = unclear;
  return first === undefined ? consistent : cannotTell(first, pair.device, pair.patch);
}

function compare(
  pair: PatchOnDevice,
  record: PatchRecord,
  detectedAt: Moment,
  success: InstallSuccess,
  removals: readonly InstallSighting[],
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
  // Removed again and again: nothing can be said of a single installation.
  if (removals.length > mostOfEach) return { says: 'nothing' };
  for (const removal of removals) {
    const afterSuccess = relationOf(success, removal, evidence).is;
    const beforeDetection = isBefore ? relationOf(removal, detection, evidence).is : 'before';
    if (afterSuccess === 'after' || beforeDetection === 'after') continue;
    return { says: 'nothing' };
  }
  return { says: isBefore ? 'installed-before' : 'installed-after', success };
}

function isSettled(patched: OrderedMoments, { at }: InstallSuccess): boolean {
  return at !== null && patched.has({ at, is: ['after'] });
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
