import type { Citation } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { assumedFor, changedParameters } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  bestSummary,
  clockText,
  cutoffs,
  eachInstallation,
  minutesBetween,
  platformOf,
  primaryCoreLog,
  runName,
  settingsOf,
  windowOf,
} from './view.ts';
import type { RunGroup } from './view.ts';

interface Remaining {
  readonly startAt: Moment | null;
  readonly windowMinutes: number | null;
  readonly nowAt: Moment | null;
  readonly minutes: number;
  readonly witnesses: readonly Witness[];
}

/**
 * The window counts as exceeded although time was left: the steps of a run look ahead and stop when what
 * comes next would no longer fit (S1; MaintenanceWindow of the Linux extension).
 */
export const windowExceededWithTimeLeft = defineRule({
  id: 'azure/window-exceeded-with-time-left',
  kind: 'contradiction',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/settings', 'azure/core-log'],
  assumes: { ...cutoffs },
  source: 'S1, src',
  check: (_bundle, evidence) => eachInstallation(evidence, (group) => judge(group, evidence)),
});

function judge(group: RunGroup, evidence: Evidence): Verdict {
  const installation = bestSummary(group, 'installation');
  const log = primaryCoreLog(group)?.value ?? null;
  const outOfTime = log?.outOfTime ?? null;
  const exceeded = installation?.value.exceeded ?? log?.performance?.exceeded ?? null;
  if (exceeded === null && outOfTime === null) {
    return installation === null && log === null ? cannotTell('azure-status', group.device) : notApplicable;
  }
  if (exceeded !== true && outOfTime === null) return consistent;
  const remaining = byLog(group) ?? byWindow(group);
  if (remaining === null) return cannotTell('azure-window', group.device);
  if (remaining.minutes <= 0) return consistent;
  const settings = settingsOf(group)?.value ?? null;
  const platform = platformOf(group);
  const zypper = log?.packageManager === 'zypper';
  const rule = 'azure/window-exceeded-with-time-left';
  const minutes = assumedFor(evidence, rule, cutoffs);
  return found({
    device: group.device,
    parameters: {
      run: runName(group),
      remaining: clockText(remaining.minutes),
      counted: countedText(remaining),
      logged: outOfTime === null ? null : clockText(outOfTime.remainingMinutes),
      startAt: atText(remaining.startAt),
      windowMinutes: remaining.windowMinutes,
      nowAt: atText(remaining.nowAt),
      cutoff: outOfTime === null ? null : clockText(outOfTime.cutoffMinutes),
      platform: platform ?? 'unknown',
      packageMinutes: minutes.linuxPackage,
      furtherSeconds: (zypper ? minutes.linuxFurtherPackageZypper : minutes.linuxFurtherPackage) * 60,
      rebootMinutes: settings?.rebootSetting === 'Never' ? 0 : minutes.linuxReboot,
      rebootSetting: settings?.rebootSetting ?? null,
      updateMinutes: minutes.update,
      servicePackMinutes: minutes.servicePack,
      assumed: ['updateMinutes', 'servicePackMinutes'],
      ...changedParameters(evidence, rule, ['updateMinutes', 'servicePackMinutes']),
    },
    witnesses: [
      ...(installation?.value.exceeded === true
        ? [
            place(installation.citation, 'azure-window-exceeded', {
              modifiedAt: atText(installation.value.modifiedTime),
            }),
          ]
        : []),
      ...remaining.witnesses,
    ],
  });
}

/** Start + duration - now; null where one of the three is not known. */
function countedText({ startAt, windowMinutes, nowAt }: Remaining): string | null {
  if (startAt === null || windowMinutes === null || nowAt === null) return null;
  const passed = minutesBetween(startAt, nowAt);
  return passed === null ? null : clockText(windowMinutes - passed);
}

/** What the core itself counted when it stopped. */
function byLog(group: RunGroup): Remaining | null {
  const fact = primaryCoreLog(group);
  const outOfTime = fact?.value.outOfTime ?? null;
  if (fact === null || outOfTime === null) return null;
  const window = windowOf(group);
  return {
    startAt: window?.start ?? fact.value.requestedStart,
    windowMinutes: window?.minutes ?? fact.value.windowMinutes,
    nowAt: fact.value.outOfTimeAt,
    minutes: outOfTime.remainingMinutes,
    witnesses: [
      place(lineIn(fact.citation, outOfTime), 'azure-out-of-time', {
        remaining: clockText(outOfTime.remainingMinutes),
        cutoff: clockText(outOfTime.cutoffMinutes),
      }),
      ...windowWitness(group),
    ],
  };
}

/** Start and duration against the last change of the installation's summary. */
function byWindow(group: RunGroup): Remaining | null {
  const window = windowOf(group);
  const nowAt = bestSummary(group, 'installation')?.value.modifiedTime ?? null;
  const start = window?.start ?? null;
  const windowMinutes = window?.minutes ?? null;
  if (start === null || windowMinutes === null || nowAt === null) return null;
  const passed = minutesBetween(start, nowAt);
  if (passed === null) return null;
  return {
    startAt: start,
    windowMinutes,
    nowAt,
    minutes: windowMinutes - passed,
    witnesses: windowWitness(group),
  };
}

/** The settings; without them the line with which the core began. */
function windowWitness(group: RunGroup): readonly Witness[] {
  const settings = settingsWitness(group);
  const fact = primaryCoreLog(group);
  const installation = fact?.value.installation ?? null;
  if (settings.length > 0 || fact === null || installation === null) return settings;
  return [
    place(lineIn(fact.citation, installation), 'azure-window-set', {
      startAt: atText(fact.value.requestedStart),
      windowMinutes: fact.value.windowMinutes,
    }),
  ];
}

function settingsWitness(group: RunGroup): readonly Witness[] {
  const settings = settingsOf(group);
  if (settings === null) return [];
  return [
    place(settings.citation, 'azure-window-set', {
      startAt: atText(settings.value.startTime),
      windowMinutes: settings.value.minutes,
    }),
  ];
}

export function lineIn(
  citation: Citation,
  { line, quote }: { readonly line: number; readonly quote: string },
): Citation {
  return { member: citation.member, line, row: null, pointer: null, quote };
}

/** The performance line calls the task succeeded, and the same run ran out of its window or failed. */
export const taskSucceededButWindowExceeded = defineRule({
  id: 'azure/task-succeeded-but-window-exceeded',
  kind: 'contradiction',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/core-log', 'azure/status'],
  source: 'src',
  check: (_bundle, evidence) =>
    eachInstallation(evidence, (group) => {
      if (platformOf(group) === 'windows') return notApplicable;
      const fact = primaryCoreLog(group);
      const performance = fact?.value.performance ?? null;
      const installation = bestSummary(group, 'installation');
      if (fact === null || performance === null) {
        return installation?.value.exceeded === true
          ? cannotTell('azure-core-log', group.device)
          : notApplicable;
      }
      const failed = installation?.value.status === 'error';
      if (performance.taskStatus !== 'succeeded' || (!performance.exceeded && !failed)) return consistent;
      return found({
        device: group.device,
        parameters: { run: runName(group), exceeded: performance.exceeded, failed },
        witnesses: [
          place(lineIn(fact.citation, performance), 'azure-task-succeeded'),
          ...(performance.exceeded
            ? [place(lineIn(fact.citation, performance), 'azure-window-exceeded', { modifiedAt: null })]
            : []),
          ...(failed
            ? [place(installation.citation, 'azure-substatus', { substatus: 'installation', state: 'error' })]
            : []),
        ],
      });
    }),
});

/** The scheduled start of a run that a schedule began; null for one that was begun by hand. */
export function scheduledStart(group: RunGroup): { readonly at: Moment; readonly citation: Citation } | null {
  const settings = settingsOf(group);
  const at = settings?.value.startTime ?? null;
  const isScheduled = (settings?.value.maintenanceRunId ?? null) !== null;
  return settings === null || at === null || !isScheduled ? null : { at, citation: settings.citation };
}
