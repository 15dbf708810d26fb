import { groupBy } from '../../domain/group-by.ts';
import type { Citation } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { order } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { repositoryCause, transportTrouble } from '../../formats/azure/troubles.ts';
import { assumedFor, changedParameters } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  detailsOf,
  eachRun,
  hasLogs,
  mostCited,
  oncePerRuns,
  operationOf,
  outsideRuns,
  platformOf,
  runName,
  runsBeside,
  settingsOf,
  troublesOf,
} from './view.ts';
import type { RunGroup } from './view.ts';
import { lineIn } from './window.ts';

/** So many of its newest logs the extension keeps: what is older may be gone for good. */
const keptLogs = 15;

/** The agent handed a request to the extension, and its core left no log, or the handler gave up. */
export const enabledButNeverRan = defineRule({
  id: 'azure/enabled-but-never-ran',
  kind: 'contradiction',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/agent-log', 'azure/extension-log', 'azure/core-log'],
  assumes: { keptLogs },
  source: 'S1, src',
  check: (_bundle, evidence) => [
    ...eachRun(evidence, (group) => judgeEnabled(group, evidence)),
    ...judgeWindows(evidence),
  ],
});

function judgeEnabled(group: RunGroup, evidence: Evidence): Verdict {
  const calls = group.calls.filter(({ value }) => value.command === 'Enable');
  const enables = group.steps.filter(({ detail }) => detail.step === 'enable');
  const gaveUp = group.steps.find(({ detail }) => detail.step === 'exit') ?? null;
  const enabled = calls[0]?.citation ?? enables[0]?.citation ?? gaveUp?.citation ?? null;
  if (enabled === null || group.sequence === null || platformOf(group) === 'windows') return notApplicable;
  if (operationOf(group) === 'NoOperation') return notApplicable;
  const exits = [
    ...calls.map(({ value, citation }) => ({
      code: value.code,
      citation: value.exit === null ? citation : lineIn(citation, value.exit),
    })),
    ...group.steps.map(({ detail, citation }) => ({ code: detail.code, citation })),
  ].find(({ code }) => code !== null && code !== 0);
  if (group.coreLogs.some(({ value }) => !value.auto)) return consistent;
  if (exits === undefined) {
    if (logOfFolder(group, evidence) === null) return cannotTell('azure-log-folder', group.device);
    const kept = assumedFor(evidence, 'azure/enabled-but-never-ran', { keptLogs }).keptLogs;
    if (newerLogs(group, evidence) > kept) return consistent;
  }
  const folder = logOfFolder(group, evidence);
  return found({
    device: group.device,
    parameters: {
      run: runName(group),
      operation: operationOf(group),
      handlerExitCode: exits?.code ?? null,
      enabledAt: atText(calls[0]?.value.at ?? enables[0]?.at ?? gaveUp?.at ?? null),
      launched: calls.some(({ value }) => value.launched),
      ...changedParameters(evidence, 'azure/enabled-but-never-ran'),
    },
    witnesses: [
      place(enabled, 'azure-enabled', { run: runName(group) }),
      ...(exits === undefined
        ? folder === null
          ? []
          : [place(folder, 'azure-log-of-folder')]
        : [place(exits.citation, 'azure-handler-exit', { exitCode: exits.code })]),
    ],
  });
}

/** A log of the extension's folder, of the same machine: the newest core log, else a call of the handler. */
function logOfFolder(group: RunGroup, evidence: Evidence): Citation | null {
  const { other } = logsOf(runsBeside(evidence, group));
  const log =
    other?.coreLogs[0]?.citation ?? group.calls.at(-1)?.citation ?? other?.calls[0]?.citation ?? null;
  return log === null ? null : { member: log.member, line: null, row: null, pointer: null, quote: '' };
}

function newerLogs(group: RunGroup, evidence: Evidence): number {
  const { sequences } = logsOf(runsBeside(evidence, group));
  let [from, to] = [0, sequences.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sequences[middle] ?? -1) > (group.sequence ?? -1)) to = middle;
    else from = middle + 1;
  }
  return sequences.length - from;
}

/** The run of a machine whose logs stand for the folder, and the sequences that have a core log, rising. */
const logsOf = oncePerRuns((runs) => {
  const own = runs.filter(hasLogs);
  const withCore = own.filter(({ coreLogs }) => coreLogs.length > 0);
  return {
    other: withCore[0] ?? own[0],
    sequences: withCore.map(({ sequence }) => sequence ?? -1).sort((a, b) => a - b),
  };
});

/** Windows: the agent's commands name a sequence that the extension's own log, which covers the time, does not. */
function judgeWindows(evidence: Evidence): readonly Verdict[] {
  const steps = evidence.events('azure/agent-step');
  const own = evidence.facts('azure/windows-log').filter(({ value }) => value.file === 'extension');
  const logsByDevice = groupBy(own, ({ device }) => evidence.deviceKey(device));
  const told = new Set(
    steps.flatMap(({ detail, device }) =>
      detail.step === 'extension' ? [`${String(detail.sequence)} ${evidence.deviceKey(device)}`] : [],
    ),
  );
  return steps
    .filter(({ detail }) => detail.step === 'command')
    .map((command): Verdict => {
      const key = evidence.deviceKey(command.device);
      const { sequence } = command.detail;
      const logs = logsByDevice.get(key) ?? [];
      const [first] = logs;
      if (first === undefined) return cannotTell('azure-windows-log', command.device);
      if (told.has(`${String(sequence)} ${key}`)) return consistent;
      const covering = logs.find(
        ({ value }) =>
          command.at !== null &&
          value.firstAt !== null &&
          value.lastAt !== null &&
          order(value.firstAt, command.at) === 'before' &&
          order(value.lastAt, command.at) === 'after',
      );
      if (covering === undefined) return cannotTell('azure-windows-log', command.device);
      return found({
        device: command.device,
        parameters: {
          run: sequence === null ? null : String(sequence),
          operation: null,
          handlerExitCode: null,
          enabledAt: atText(command.at),
          launched: false,
        },
        witnesses: [
          place(command.citation, 'azure-enabled', { run: sequence === null ? null : String(sequence) }),
          place(covering.citation, 'azure-log-covers', {
            firstAt: atText(covering.value.firstAt),
            lastAt: atText(covering.value.lastAt),
          }),
        ],
      });
    });
}

/** The extension may not use sudo. The check is made six times; one success is enough. */
export const sudoMissing = defineRule({
  id: 'azure/sudo-missing',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/core-log', 'azure/extension-log', 'azure/status'],
  source: 'S1, src',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      if (platformOf(group) === 'windows') return notApplicable;
      const details = detailsOf(group).filter(({ code }) => code === 'CL_SUDO_CHECK_FAILED');
      const failed = troublesOf(group, 'sudo-failed');
      const succeeded = troublesOf(group, 'sudo-succeeded');
      const lastSuccess = new Map<string, number>();
      for (const { citation } of succeeded)
        lastSuccess.set(citation.member, Math.max(lastSuccess.get(citation.member) ?? 0, citation.line ?? 0));
      const open = failed.filter(
        ({ citation }) => (lastSuccess.get(citation.member) ?? 0) <= (citation.line ?? 0),
      );
      if (details.length + open.length === 0) {
        return hasLogs(group) || group.summaries.length > 0
          ? consistent
          : cannotTell('azure-extension-logs', group.device);
      }
      return found({
        device: group.device,
        parameters: { run: runName(group), count: open.length, firstAt: atText(open[0]?.at ?? null) },
        witnesses: [
          ...details.map(({ citation, code }) => place(citation, 'azure-error-detail', { code })),
          ...open
            .slice(0, mostCited)
            .map(({ citation, at }) => place(citation, 'azure-sudo-failed', { toldAt: atText(at) })),
        ],
      });
    }),
});

const packageManagerCodes = /^(?:CL_)?PACKAGE_MANAGER_FAILURE$/u;

/** The package manager gave up: as a rule a repository could not be reached. */
export const repositoryUnreachable = defineRule({
  id: 'azure/repository-unreachable',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/core-log'],
  source: 'S1, src',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      const details = detailsOf(group).filter(
        ({ code, message }) => packageManagerCodes.test(code) && transportTrouble(message) === null,
      );
      const lines = troublesOf(group, 'repository');
      // The status repeats what a line tells; where that line is one of transport security, its rule speaks.
      const ofTransport = troublesOf(group, 'tls', 'https').length > 0 && lines.length === 0;
      if (details.length + lines.length === 0 || ofTransport) {
        return group.summaries.length === 0 && !hasLogs(group)
          ? cannotTell('azure-status', group.device)
          : consistent;
      }
      const cause =
        lines.map(({ detail }) => detail.cause).find((one) => one !== null) ??
        details.map(({ message }) => repositoryCause(message)).find((one) => one !== null) ??
        null;
      return found({
        device: group.device,
        parameters: {
          run: runName(group),
          cause: cause ?? 'unknown',
          count: lines.length,
          message: details[0]?.message ?? null,
          firstAt: atText(lines[0]?.at ?? null),
        },
        witnesses: [
          ...details.map(({ citation, code }) => place(citation, 'azure-error-detail', { code })),
          ...lines
            .slice(0, mostCited)
            .map(({ citation, at }) =>
              place(citation, 'azure-package-manager-failed', { toldAt: atText(at) }),
            ),
        ],
      });
    }),
});

/** A start without a fraction of a second cannot be read by the extension's arithmetic. */
export const badStartTime = defineRule({
  id: 'azure/bad-start-time',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/settings', 'azure/core-log'],
  source: 'src',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      const lines = troublesOf(group, 'bad-start-time');
      const details = detailsOf(group).filter(({ message }) =>
        message.includes('Error calculating time remaining'),
      );
      if (lines.length + details.length === 0) return notApplicable;
      const settings = settingsOf(group);
      const start = settings?.value.startRaw ?? null;
      if (settings === null || start === null) return cannotTell('azure-settings', group.device);
      if (/[.,]\d+/u.test(start)) return consistent;
      return found({
        device: group.device,
        parameters: { run: runName(group), start },
        witnesses: [
          place(settings.citation, 'azure-start-time', { start }),
          ...lines
            .slice(0, mostCited)
            .map(({ citation, at }) => place(citation, 'azure-time-not-counted', { toldAt: atText(at) })),
          ...(lines.length > 0
            ? []
            : details.map(({ citation, code }) => place(citation, 'azure-error-detail', { code }))),
        ],
      });
    }),
});

interface Told {
  readonly citation: Citation;
  readonly at: string | null;
}

/** What lines and error details say, by a text that both may bear. */
function toldBy(
  group: RunGroup,
  kind: 'tls' | 'https' | 'unresponsive' | 'auto-service' | 'not-assessed',
  isMeant: (text: string) => boolean,
): readonly Told[] {
  return [
    ...troublesOf(group, kind).map(({ citation, at }) => ({ citation, at: atText(at) })),
    ...detailsOf(group)
      .filter(({ code, message }) => isMeant(`${code}: ${message}`))
      .map(({ citation }) => ({ citation, at: null })),
    ...group.statuses
      .filter(({ value }) => value.message !== '' && isMeant(value.message))
      .map(({ value, citation }) => ({
        citation: { ...citation, quote: value.message },
        at: atText(value.timestamp),
      })),
  ];
}

function toldWitnesses(told: readonly Told[], says: string): readonly Witness[] {
  return told.slice(0, mostCited).map(({ citation, at }) => place(citation, says, { toldAt: at }));
}

function transportRule(id: 'azure/tls-too-old' | 'azure/https-blocked', kind: 'tls' | 'https') {
  return defineRule({
    id,
    kind: 'fault',
    severity: 'high',
    system: 'azure-update-manager',
    looksAt: 'bundle',
    needs: ['azure/core-log', 'azure/extension-log', 'azure/status'],
    source: 'S1',
    check: (_bundle, evidence) =>
      eachRun(evidence, (group) => {
        const told = toldBy(group, kind, (text) => transportTrouble(text) === kind);
        if (told.length === 0) {
          return hasLogs(group) || group.summaries.length > 0
            ? consistent
            : cannotTell('azure-extension-logs', group.device);
        }
        return found({
          device: group.device,
          parameters: { run: runName(group), count: told.length, firstAt: told[0]?.at ?? null },
          witnesses: toldWitnesses(told, kind === 'tls' ? 'azure-tls-named' : 'azure-https-named'),
        });
      }),
  });
}

/** Transport security below what the endpoints ask for. */
export const tlsTooOld = transportRule('azure/tls-too-old', 'tls');
/** HTTPS does not get through. */
export const httpsBlocked = transportRule('azure/https-blocked', 'https');

/** The service's word for a machine that was off, or was deleted and created again. */
export const shutdownOrUnresponsive = defineRule({
  id: 'azure/shutdown-or-unresponsive',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/core-log', 'azure/resource-graph'],
  source: 'S1',
  check(_bundle, evidence) {
    const handlers = evidence
      .facts('azure/handler')
      .filter(({ value }) => `${value.status} ${value.message ?? ''}`.includes('ShutdownOrUnresponsive'));
    const verdicts = eachRun(evidence, (group) => {
      const told = toldBy(group, 'unresponsive', (text) => text.includes('ShutdownOrUnresponsive'));
      if (told.length === 0) {
        return group.summaries.length + group.statuses.length === 0
          ? cannotTell('azure-status', group.device)
          : consistent;
      }
      return found({
        device: group.device,
        parameters: { run: runName(group), firstAt: told[0]?.at ?? null },
        witnesses: toldWitnesses(told, 'azure-unresponsive'),
      });
    });
    return [
      ...verdicts,
      ...handlers.map(({ device, citation }) =>
        found({
          device,
          parameters: { run: null, firstAt: null },
          witnesses: [place(citation, 'azure-unresponsive', { toldAt: null })],
        }),
      ),
      // A log of the Windows extension may name no sequence: what it says holds of its machine.
      ...outsideRuns(evidence, 'unresponsive').map(([first, ...more]) =>
        found({
          device: first.device,
          parameters: { run: null, firstAt: atText(first.at) },
          witnesses: toldWitnesses(
            [first, ...more].map(({ citation, at }) => ({ citation, at: atText(at) })),
            'azure-unresponsive',
          ),
        }),
      ),
    ];
  },
});

const autoServiceStopped =
  /MsftLinuxPatchAutoAssess.{0,120}(?:not running|inactive|dead|failed to start|not active|stopped)/iu;

/** The timer of the automatic assessment does not run. */
export const autoAssessServiceStopped = defineRule({
  id: 'azure/auto-assess-service-stopped',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/core-log', 'azure/extension-log'],
  source: 'S1',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      if (platformOf(group) === 'windows') return notApplicable;
      const told = toldBy(group, 'auto-service', (text) => autoServiceStopped.test(text));
      if (told.length > 0) {
        return found({
          device: group.device,
          parameters: { run: runName(group), firstAt: told[0]?.at ?? null },
          witnesses: toldWitnesses(told, 'azure-service-stopped'),
        });
      }
      return hasLogs(group) ? consistent : cannotTell('azure-extension-logs', group.device);
    }),
});

const failingResult = /\b0x8[0-9a-f]{7}\b|\bHRESULT\b.{0,40}-2\d{9}\b/iu;

/** The assessment did not come about, with the code of the Windows Update client where there is one. */
export const notAssessed = defineRule({
  id: 'azure/not-assessed',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status'],
  source: 'S1',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      const assessments = group.summaries.filter(({ value }) => value.kind === 'assessment');
      const named = toldBy(group, 'not-assessed', (text) => /\bNot ?assessed\b/iu.test(text));
      const failed = assessments.flatMap(({ value, citation }) => {
        const details = value.details.filter(({ code, message }) => failingResult.test(`${code} ${message}`));
        const states = /^not ?assessed$/iu.test(value.status);
        return details.length === 0 && !states
          ? []
          : [{ value, citation, message: details[0]?.message ?? value.status, code: codeIn(details[0]) }];
      });
      if (assessments.length === 0 && named.length === 0) return cannotTell('azure-assessment', group.device);
      const [first] = failed;
      if (first === undefined && named.length === 0) return consistent;
      return found({
        device: group.device,
        parameters: {
          run: runName(group),
          exitCode: first?.code ?? null,
          message: first?.message ?? null,
          toldAt: atText(first?.value.modifiedTime ?? null),
        },
        witnesses: [
          ...failed.map(({ citation, message }) =>
            place({ ...citation, quote: message }, 'azure-assessment-error', { message }),
          ),
          ...toldWitnesses(named, 'azure-not-assessed'),
        ],
      });
    }),
});

function codeIn(detail: { readonly code: string; readonly message: string } | undefined): number | null {
  if (detail === undefined) return null;
  const hex = /0x8[0-9a-f]{7}/iu.exec(`${detail.code} ${detail.message}`)?.[0];
  return hex === undefined ? null : Number(hex);
}
