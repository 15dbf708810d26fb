import type { Evidence } from '../../evidence/evidence.ts';
import type { Fact } from '../../domain/evidence.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  bestSummary,
  eachInstallation,
  mostCited,
  oncePerRuns,
  platformOf,
  primaryCoreLog,
  runName,
  runsBeside,
  settingsOf,
  troublesOf,
} from './view.ts';
import type { RunGroup } from './view.ts';

/** A restart is needed and was not made: for want of time, or because the setting forbids it. */
export const rebootRequiredNotDone = defineRule({
  id: 'azure/reboot-required-not-done',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/core-log'],
  source: 'src',
  check: (_bundle, evidence) => eachInstallation(evidence, (group) => judgeRequired(group, evidence)),
});

function judgeRequired(group: RunGroup, evidence: Evidence): Verdict {
  const installation = bestSummary(group, 'installation');
  const skipped = troublesOf(group, 'reboot-no-time');
  if (installation?.value.rebootStatus !== 'Required' && skipped.length === 0) {
    return installation === null && group.coreLogs.length === 0
      ? cannotTell('azure-status', group.device)
      : consistent;
  }
  const since = installation?.value.modifiedTime ?? skipped.at(-1)?.at ?? null;
  const key = evidence.deviceKey(group.device);
  if (since !== null && key !== '' && evidence.restart(key, since, null).answer === 'evidenced')
    return consistent;
  if (isSettledLater(group, evidence)) return consistent;
  const setting = settingsOf(group)?.value.rebootSetting ?? null;
  return found({
    device: group.device,
    severity: setting === 'Never' ? 'info' : 'medium',
    parameters: {
      run: runName(group),
      rebootSetting: setting ?? 'unknown',
      noTime: skipped.length > 0,
      since: atText(since),
    },
    witnesses: [
      ...(installation?.value.rebootStatus === 'Required'
        ? [place(installation.citation, 'azure-reboot-status', { rebootState: 'Required' })]
        : []),
      ...skipped
        .slice(0, mostCited)
        .map(({ citation, at }) => place(citation, 'azure-no-time-for-reboot', { toldAt: atText(at) })),
    ],
  });
}

/** A later run of the machine found no restart pending any more. */
function isSettledLater(group: RunGroup, evidence: Evidence): boolean {
  const at = bestSummary(group, 'installation')?.value.modifiedTime ?? null;
  if (at === null) return false;
  const runs = runsBeside(evidence, group);
  // A run has one best summary of each kind: the second later one is not its own.
  return Object.values(settledTimes(runs)).some((times) =>
    times.firstFew(2, { at, is: ['after'] }).some((place) => runs[place] !== group),
  );
}

/** When the runs of a machine found no restart pending, by kind of summary. */
const settledTimes = oncePerRuns((runs) => {
  const times = (
    kind: 'installation' | 'assessment',
    isSettled: (value: Fact<'azure/summary'>['value']) => boolean,
  ): OrderedMoments =>
    new OrderedMoments(
      runs.map((run) => {
        const value = bestSummary(run, kind)?.value;
        return value !== undefined && isSettled(value) ? value.modifiedTime : null;
      }),
    );
  return {
    installation: times('installation', ({ rebootStatus }) =>
      /^(?:NotNeeded|Completed)$/u.test(rebootStatus ?? ''),
    ),
    assessment: times(
      'assessment',
      ({ rebootPending, status }) => rebootPending === false && status === 'success',
    ),
  };
});

/** A restart was begun and never came, or failed. */
export const rebootStuck = defineRule({
  id: 'azure/reboot-stuck',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/core-log'],
  source: 'src',
  check: (_bundle, evidence) =>
    eachInstallation(evidence, (group) => {
      const installation = bestSummary(group, 'installation');
      const state = installation?.value.rebootStatus ?? null;
      if (installation === null || (state !== 'Started' && state !== 'Failed')) return notApplicable;
      const fact = primaryCoreLog(group);
      const waiting = troublesOf(group, 'reboot-waiting').at(-1);
      if (state === 'Started') {
        if (fact === null)
          return platformOf(group) === 'windows' ? notApplicable : cannotTell('azure-core-log', group.device);
        if (waiting === undefined || hasLaterLog(group) || goesOn(group, waiting.citation.line ?? 0))
          return consistent;
        const key = evidence.deviceKey(group.device);
        if (
          waiting.at !== null &&
          key !== '' &&
          evidence.restart(key, waiting.at, null).answer === 'evidenced'
        )
          return consistent;
      }
      return found({
        device: group.device,
        parameters: { run: runName(group), rebootState: state, waitedAt: atText(waiting?.at ?? null) },
        witnesses: [
          place(installation.citation, 'azure-reboot-status', { rebootState: state }),
          ...(waiting === undefined
            ? []
            : [place(waiting.citation, 'azure-waiting-for-reboot', { toldAt: atText(waiting.at) })]),
        ],
      });
    }),
});

/** Another log of the same run that begins after this one ends: the core went on after the restart. */
function hasLaterLog(group: RunGroup): boolean {
  const starts = new OrderedMoments(group.coreLogs.map(({ value }) => value.startedAt));
  return group.coreLogs.some(
    ({ value }) => value.lastAt !== null && starts.has({ at: value.lastAt, is: ['after'] }),
  );
}

/** The log itself goes on behind the last line that waits. */
function goesOn(group: RunGroup, line: number): boolean {
  const log = primaryCoreLog(group)?.value ?? null;
  return log !== null && (log.closed || (log.assessment?.line ?? 0) > line);
}
