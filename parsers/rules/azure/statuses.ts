import type { Fact } from '../../domain/evidence.ts';
import { order } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  bestSummary,
  detailsOf,
  eachInstallation,
  eachRun,
  groupsOf,
  hasLogs,
  mostCited,
  oncePerRuns,
  ownSummaries,
  platformOf,
  primaryCoreLog,
  runName,
  runsOfDevice,
  troublesOf,
} from './view.ts';
import type { RunGroup } from './view.ts';
import { lineIn } from './window.ts';

/** Error details that only inform. */
const informational: ReadonlySet<string> = new Set([
  'PACKAGE_LIST_TRUNCATED',
  'INFORMATIONAL',
  'INFO',
  'CERTIFICATE_UPDATE',
  'UA_ESM_REQUIRED',
]);

/** The top status says success whatever happened; the truth is in the substatuses (src). */
export const statusHidesError = defineRule({
  id: 'azure/status-hides-error',
  kind: 'contradiction',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status'],
  source: 'S1, src',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      const top = group.statuses.find(({ value }) => value.status === 'success');
      if (group.statuses.length === 0)
        return group.coreLogs.length === 0 ? notApplicable : cannotTell('azure-status', group.device);
      if (top === undefined) return notApplicable;
      const summaries = ownSummaries(group);
      const hidden = summaries.filter(({ value }) => hides(value));
      const [first] = hidden;
      if (first === undefined) {
        return summaries.some(({ value }) => value.cut && value.status === 'warning')
          ? cannotTell('azure-whole-status', group.device)
          : consistent;
      }
      const details = hidden.flatMap(({ value }) =>
        value.details.filter(({ code }) => !informational.has(code)),
      );
      const [detail] = details;
      return found({
        device: group.device,
        parameters: {
          run: runName(group),
          substatuses: hidden.map(({ value }) => value.kind),
          substatus: first.value.kind,
          state: first.value.status,
          errors: hidden.reduce((sum, { value }) => sum + (value.errorsReported ?? value.details.length), 0),
          code: detail?.code ?? null,
          message: detail?.message ?? null,
        },
        witnesses: [
          place(top.citation, 'azure-top-status', { state: top.value.status, code: top.value.code }),
          ...hidden.map(({ value, citation }) =>
            place(citation, 'azure-substatus', { substatus: value.kind, state: value.status }),
          ),
        ],
      });
    }),
});

function hides(summary: Fact<'azure/summary'>['value']): boolean {
  if (summary.status === 'error') return true;
  const more = summary.details.some(({ code }) => !informational.has(code));
  if (summary.status === 'warning') return more;
  return (summary.errorsCode ?? 0) !== 0 && more;
}

const counted = ['Installed', 'Failed', 'Pending', 'NotSelected', 'Excluded'] as const;

/** The list of patches and the counts above it differ. */
export const countsDisagree = defineRule({
  id: 'azure/counts-disagree',
  kind: 'contradiction',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status'],
  source: 'src',
  check: (_bundle, evidence) =>
    eachInstallation(evidence, (group) => {
      const own = group.summaries.filter(
        ({ value }) => value.kind === 'installation' && value.copy !== 'service',
      );
      if (own.length === 0) return cannotTell('azure-status', group.device);
      const summary =
        own.find(({ value }) => value.copy === 'complete' && !value.cut) ??
        bestSummary(group, 'installation');
      if (summary === null) return notApplicable;
      const { value } = summary;
      if (value.cut || value.truncated) return cannotTell('azure-complete-status', group.device);
      const differing = counted.flatMap((state) => {
        const stated = value.counts[state];
        const tally = value.patches.filter((patch) => patch.state === state).length;
        return stated === undefined || stated === tally ? [] : [{ state, stated, tally }];
      });
      const [first] = differing;
      if (first === undefined) return consistent;
      return found({
        device: group.device,
        parameters: {
          run: runName(group),
          state: first.state,
          stated: first.stated,
          tally: first.tally,
          others: differing.slice(1).map(({ state }) => state),
        },
        witnesses: differing.flatMap(({ state, stated, tally }) => [
          place(summary.citation, 'azure-count', { state, stated }),
          place(summary.citation, 'azure-tally', { state, tally }),
        ]),
      });
    }),
});

/** Something wrote over the result: the status is empty while log or complete status have results. */
export const resultOverwritten = defineRule({
  id: 'azure/result-overwritten',
  kind: 'contradiction',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/core-log'],
  source: 'src',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      const empty = group.statuses.find(
        ({ value }) =>
          value.copy === 'file' &&
          value.status === 'success' &&
          (value.operation === '' || value.substatuses === 0),
      );
      if (empty === undefined) return notApplicable;
      const complete = group.statuses.find(({ value }) => value.copy === 'complete' && value.substatuses > 0);
      const fact = primaryCoreLog(group);
      const result =
        fact?.value.performance ?? fact?.value.assessmentCompleted ?? fact?.value.progress ?? null;
      if (complete === undefined && (fact === null || result === null)) {
        return fact === null && platformOf(group) !== 'windows'
          ? cannotTell('azure-core-log', group.device)
          : consistent;
      }
      return found({
        device: group.device,
        parameters: {
          run: runName(group),
          operation: empty.value.operation === '' ? null : empty.value.operation,
        },
        witnesses: [
          place(empty.citation, 'azure-empty-status'),
          ...(complete === undefined ? [] : [place(complete.citation, 'azure-complete-result')]),
          ...(fact === null || result === null
            ? []
            : [place(lineIn(fact.citation, result), 'azure-log-result')]),
        ],
      });
    }),
});

/** A newer request ended this run. */
export const superseded = defineRule({
  id: 'azure/superseded',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/core-log'],
  source: 'S1, src',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      const details = detailsOf(group).filter(({ code }) => code.endsWith('NEWER_OPERATION_SUPERSEDED'));
      const troubles = troublesOf(group, 'superseded');
      if (details.length + troubles.length === 0) {
        return group.summaries.length === 0 && !hasLogs(group)
          ? cannotTell('azure-status', group.device)
          : consistent;
      }
      const next = newerRun(group, evidence);
      return found({
        device: group.device,
        parameters: { run: runName(group), newerRun: next === undefined ? null : runName(next) },
        witnesses: [
          ...details.map(({ citation, code }) => place(citation, 'azure-error-detail', { code })),
          ...troubles
            .slice(0, mostCited)
            .map(({ citation, at }) => place(citation, 'azure-goal-state-changed', { toldAt: atText(at) })),
        ],
      });
    }),
});

/** The next run of the device: they stand by their sequence numbers, those without one last. */
function newerRun(group: RunGroup, evidence: Evidence): RunGroup | undefined {
  const { sequence } = group;
  if (sequence === null) return undefined;
  const runs = numbered(runsOfDevice(evidence, evidence.deviceKey(group.device)));
  let [from, to] = [0, runs.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((runs[middle]?.sequence ?? sequence) > sequence) to = middle;
    else from = middle + 1;
  }
  return runs[from];
}

const numbered = oncePerRuns((runs) => runs.filter(({ sequence }) => sequence !== null));

/** A summary ends before it begins, or an install command is stamped before the installation began. */
export const orderImpossible = defineRule({
  id: 'azure/order-impossible',
  kind: 'contradiction',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/core-log'],
  source: 'src',
  check: (_bundle, evidence) =>
    groupsOf(evidence).flatMap((group) => [...summaryOrders(group), commandOrder(group)]),
});

function summaryOrders(group: RunGroup): readonly Verdict[] {
  return ownSummaries(group).map(({ value, citation }) => {
    const { startTime, modifiedTime, kind } = value;
    if (startTime === null || modifiedTime === null) return cannotTell('azure-times', group.device);
    if (order(modifiedTime, startTime) !== 'before') return consistent;
    // A whole second that holds the start was written without its fraction.
    if (modifiedTime.precision === 'second' && Math.abs(modifiedTime.local - startTime.local) < 1_000)
      return consistent;
    return found({
      device: group.device,
      apart: kind,
      parameters: {
        run: runName(group),
        what: 'summary',
        substatus: kind,
        startAt: atText(startTime),
        modifiedAt: atText(modifiedTime),
      },
      witnesses: [
        place(citation, 'azure-summary-start', { startAt: atText(startTime) }),
        place(citation, 'azure-summary-end', { modifiedAt: atText(modifiedTime) }),
      ],
    });
  });
}

function commandOrder(group: RunGroup): Verdict {
  const fact = primaryCoreLog(group);
  const { installationAt = null, installation = null } = fact?.value ?? {};
  if (fact === null || installationAt === null || installation === null) return notApplicable;
  const early = group.commands.find(
    ({ at, citation }) =>
      at !== null && citation.member === fact.citation.member && order(at, installationAt) === 'before',
  );
  if (early === undefined) return consistent;
  return found({
    device: group.device,
    parameters: {
      run: runName(group),
      what: 'command',
      substatus: 'installation',
      startAt: atText(installationAt),
      modifiedAt: atText(early.at),
    },
    witnesses: [
      place(lineIn(fact.citation, installation), 'azure-run-began', { toldAt: atText(installationAt) }),
      place(early.citation, 'azure-install-command', { toldAt: atText(early.at) }),
    ],
  });
}

/** A status without the settings of its run, on Windows, where settings of other runs are there. */
export const orphanStatus = defineRule({
  id: 'azure/orphan-status',
  kind: 'note',
  severity: 'info',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/settings'],
  source: 'S1',
  check(_bundle, evidence) {
    const windows = groupsOf(evidence).filter((group) => platformOf(group) === 'windows');
    if (windows.length === 0) return notApplicable;
    const files = evidence.facts('azure/settings').filter(({ value }) => value.from === 'file');
    if (files.length === 0) return cannotTell('azure-settings');
    return windows.map((group) => {
      const status = group.statuses.find(({ value }) => value.copy === 'file');
      if (status === undefined || group.settings.length > 0) return consistent;
      return found({
        device: group.device,
        parameters: { run: runName(group) },
        witnesses: [place(status.citation, 'azure-status-of-run', { run: runName(group) })],
      });
    });
  },
});
