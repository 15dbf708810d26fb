import type { PatchRecord } from '../../domain/evidence.ts';
import { isMoment, type Moment } from '../../domain/moment.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { cannotTell, cell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText, minutesBetween, timeText } from '../parameters.ts';
import { homelessSightings, sightingsOf } from '../windows-update/installs.ts';
import type { InstallSighting } from '../windows-update/installs.ts';
import { extreme, relationOf } from '../windows-update/relation.ts';
import { namesOf } from './install-successes.ts';

/**
 * One source counts a patch as installed; later the device's own log says that its installation failed,
 * and no success follows. The newest detection of the source counts.
 */
export const patchedHereFailedThere = defineRule({
  id: 'cross/patched-here-failed-there',
  kind: 'contradiction',
  severity: 'high',
  system: null,
  looksAt: 'pair',
  needs: ['patch-records', 'windows-update/reporting-events', 'windows-update/event-log'],
  source: 'S0, S1, S2',
  check(pair, evidence) {
    if (pair.system === 'windows-update') return notApplicable;
    const patched = pair.records.filter((record) => record.detection.status === 'patched');
    if (patched.length === 0) return notApplicable;
    const sightings = sightingsOf(evidence, pair.deviceKey, namesOf(pair));
    const failures = sightings.filter(({ step }) => step === 'failed');
    if (failures.length === 0) {
      const homeless = homelessSightings(evidence, namesOf(pair)).some(({ step }) => step === 'failed');
      return homeless ? cannotTell('update-log-device', pair.device, pair.patch) : notApplicable;
    }
    const successes = sightings.filter(({ step }) => step === 'installed' || step === 'pending');
    return judge(pair, patched, failures, successes, evidence);
  },
});

interface Dated {
  readonly record: PatchRecord;
  readonly at: Moment;
  readonly citation: PatchRecord['citation'];
}

function judge(
  pair: PatchOnDevice,
  patched: readonly PatchRecord[],
  failures: readonly InstallSighting[],
  successes: readonly InstallSighting[],
  evidence: Evidence,
): Verdict {
  const unclear = (missing: string): Verdict => cannotTell(missing, pair.device, pair.patch);
  const dated = patched.flatMap((record): Dated[] =>
    isMoment(record.detection.at) ? [{ record, at: record.detection.at, citation: record.citation }] : [],
  );
  const newest = extreme(dated, 'after', evidence);
  if (newest === undefined) return unclear('detection-time');
  const failure = extreme(failures, 'after', evidence);
  if (failure?.at === undefined) return consistent;
  if (failure.at === null) return unclear('update-event-time');
  const relation = relationOf(newest, failure, evidence);
  if (relation.is === 'undecidable') return unclear(relation.missing);
  if (relation.is !== 'before') return relation.is === 'same' ? unclear('finer-times') : consistent;
  for (const success of successes) {
    const next = relationOf(failure, success, evidence);
    if (next.is === 'before') return consistent;
    if (next.is === 'undecidable') return unclear(next.missing);
    if (next.is === 'same') return unclear('finer-times');
  }
  const later = failures.filter((one) => relationOf(newest, one, evidence).is === 'before');
  return found({
    device: pair.device,
    patch: pair.patch,
    parameters: {
      detectionSystem: newest.record.system,
      detectionStatus: newest.record.detection.status,
      detectedAt: timeText(newest.at),
      failedAt: timeText(failure.at),
      failures: later.length,
      failedExitCode: failure.code,
      apartMinutes: minutesBetween(newest.at, failure.at),
    },
    witnesses: [
      cell(newest.record, 'detection.status', 'detection-of-system', {
        system: newest.record.system,
        detectionStatus: newest.record.detection.status,
        detectedAt: timeText(newest.at),
      }),
      ...later.map((one) =>
        place(one.citation, 'install-failure', { exitCode: one.code, failedAt: atText(one.at) }),
      ),
    ],
  });
}
