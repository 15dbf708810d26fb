import type { EvidenceEvent, Fact } from '../../domain/evidence.ts';
import { order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { arcExtension } from '../../formats/azure/paths.ts';
import { assumedFor, changedParameters } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  bestSummary,
  byMachine,
  eachRun,
  minutesBetween,
  newest,
  newestAgents,
  runName,
  runsOfDevice,
  startedAt,
} from './view.ts';
import type { RunGroup } from './view.ts';
import { scheduledStart } from './window.ts';
import { oncePerKey } from '../../domain/once.ts';

/** The automatic assessment is asked for, and does not come or is too old. */
export const assessmentStale = defineRule({
  id: 'azure/assessment-stale',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/settings', 'azure/status'],
  source: 'S1, src',
  check: (_bundle, evidence) =>
    [...byMachine(evidence).values()].map((groups) => judgeStale(groups, evidence)),
});

function judgeStale(groups: readonly RunGroup[], evidence: Evidence): Verdict {
  const device = groups.find((group) => group.device !== null)?.device ?? null;
  const settings = groups
    .flatMap((group) => group.settings)
    .findLast(({ value }) => value.assessmentMode !== null);
  if (settings === undefined)
    return groups.some((group) => group.settings.length > 0)
      ? notApplicable
      : cannotTell('azure-settings', device);
  if (settings.value.assessmentMode !== 'AutomaticByPlatform') return notApplicable;
  const configured = latest(
    groups.flatMap((group) => group.summaries.filter(({ value }) => value.kind === 'configure')),
  );
  const state = configured?.value.autoAssessmentState ?? null;
  if (configured !== null && (state === 'Disabled' || state === 'Error')) {
    return found({
      device,
      parameters: {
        why: 'state',
        autoState: state,
        intervalMinutes: null,
        assessedAt: null,
        nowAt: null,
        ageMinutes: null,
      },
      witnesses: [
        place(settings.citation, 'azure-assessment-mode', { mode: settings.value.assessmentMode }),
        place(configured.citation, 'azure-auto-state', { state }),
      ],
    });
  }
  const interval = settings.value.assessmentIntervalMinutes;
  if (interval === null) return consistent;
  const assessed = latest(
    groups.flatMap((group) => group.summaries.filter(({ value }) => value.kind === 'assessment')),
  );
  const byLog = newest(
    groups.flatMap((group) =>
      group.coreLogs.map(({ value }) => (value.assessmentCompleted === null ? null : value.assessmentAt)),
    ),
  );
  const assessedAt = newest([assessed?.value.modifiedTime ?? null, byLog]);
  if (assessedAt === null) return cannotTell('azure-assessment', device);
  const nowAt = newestStamp(groups, evidence, device);
  const age = nowAt === null ? null : minutesBetween(assessedAt, nowAt);
  if (age === null) return cannotTell('clock-offset', device);
  if (age <= interval) return consistent;
  return found({
    device,
    parameters: {
      why: 'age',
      autoState: state,
      intervalMinutes: interval,
      assessedAt: atText(assessedAt),
      nowAt: atText(nowAt),
      ageMinutes: age,
    },
    witnesses: [
      place(settings.citation, 'azure-assessment-mode', { mode: settings.value.assessmentMode }),
      ...(assessed === null
        ? []
        : [place(assessed.citation, 'azure-assessed', { assessedAt: atText(assessed.value.modifiedTime) })]),
    ],
  });
}

function latest(facts: readonly Fact<'azure/summary'>[]): Fact<'azure/summary'> | null {
  return facts.reduce<Fact<'azure/summary'> | null>((best, fact) => {
    const [a, b] = [fact.value.modifiedTime, best?.value.modifiedTime ?? null];
    return best === null || (a !== null && (b === null || order(b, a) === 'before')) ? fact : best;
  }, null);
}

/** The newest thing that the machine itself wrote, as far as the bundle tells. */
function newestStamp(groups: readonly RunGroup[], evidence: Evidence, device: string | null): Moment | null {
  const key = evidence.deviceKey(device);
  return newest([
    ...groups.flatMap((group) => [
      ...group.coreLogs.map(({ value }) => value.lastAt),
      ...group.statuses.map(({ value }) => value.timestamp),
      ...group.calls.map(({ value }) => value.at),
      ...group.steps.map(({ at }) => at),
    ]),
    ...evidence
      .facts('azure/agent')
      .flatMap((fact) => (key !== '' && evidence.deviceKey(fact.device) === key ? [fact.value.at] : [])),
    inUtc(key === '' ? null : evidence.latest('device', key)),
  ]);
}

/** A stamp without a known zone cannot be measured against those in UTC. */
function inUtc(at: Moment | null): Moment | null {
  return at?.offset === null ? null : at;
}

/** The guest agent is not ready: nothing reaches the extension. */
export const agentNotReady = defineRule({
  id: 'azure/agent-not-ready',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/agent-status'],
  source: 'S1',
  check(_bundle, evidence) {
    const agents = newestAgents(evidence);
    if (agents.length === 0) return cannotTell('azure-agent-status');
    return agents.map(({ value, device, citation }) => {
      if (value.status === '') return cannotTell('azure-agent-status', device);
      if (/^ready$/iu.test(value.status)) return consistent;
      return found({
        device,
        parameters: { state: value.status, message: value.message, version: value.version },
        witnesses: [place(citation, 'azure-agent-state', { state: value.status })],
      });
    });
  },
});

/** The patch extension itself is not in order. */
export const extensionNotReady = defineRule({
  id: 'azure/extension-not-ready',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/agent-status'],
  source: 'S1',
  check(_bundle, evidence) {
    const agents = newestAgents(evidence);
    if (agents.length === 0) return cannotTell('azure-agent-status');
    const members = new Set(agents.map(({ citation }) => citation.member));
    return evidence
      .facts('azure/handler')
      .filter(({ citation }) => members.has(citation.member))
      .map(({ value, device, citation }) => {
        if (/^(?:ready|succeeded|success)$/iu.test(value.status)) return consistent;
        if (value.status === '') return cannotTell('azure-agent-status', device);
        return found({
          device,
          apart: value.name,
          parameters: {
            extension: value.name,
            version: value.version,
            state: value.status,
            message: value.message,
            handlerExitCode: value.code === 0 ? null : value.code,
          },
          witnesses: [place(citation, 'azure-extension-state', { state: value.status })],
        });
      });
  },
});

/** The agent reports its extensions, and the one that patches is none of them. */
export const extensionMissing = defineRule({
  id: 'azure/extension-missing',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/agent-status'],
  source: 'S1',
  check(_bundle, evidence) {
    const agents = newestAgents(evidence);
    if (agents.length === 0) return cannotTell('azure-agent-status');
    return agents.map(({ value, device, citation }) =>
      value.hasPatchExtension
        ? consistent
        : found({
            device,
            parameters: { extensions: value.handlers, count: value.handlers.length },
            witnesses: [place(citation, 'azure-extensions', { count: value.handlers.length })],
          }),
    );
  },
});

/** The machine's own profile forbids extensions. */
export const extensionOperationsDisabled = defineRule({
  id: 'azure/extension-operations-disabled',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/resource-graph'],
  source: 'S1',
  check(_bundle, evidence) {
    const told = evidence
      .facts('azure/machine')
      .filter(({ value }) => value.allowExtensionOperations !== null);
    if (told.length === 0) return cannotTell('azure-machine-export');
    return told.map(({ value, device, citation }) =>
      value.allowExtensionOperations === true
        ? consistent
        : found({ device, witnesses: [place(citation, 'azure-operations-disabled')] }),
    );
  },
});

/** An Arc machine that the service has no assessment of. */
export const arcNoAssessment = defineRule({
  id: 'azure/arc-no-assessment',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/status', 'azure/core-log'],
  source: 'S1',
  check(_bundle, evidence) {
    const member = evidence.members.find(
      ({ path, system }) => system === 'azure-update-manager' && arcExtension.test(path),
    );
    const handler = evidence.facts('azure/handler').find(({ value }) => arcExtension.test(value.name));
    const place_ = handler?.citation ?? (member === undefined ? null : atPath(member.path));
    if (place_ === null) return notApplicable;
    const assessed =
      evidence.facts('azure/summary').some(({ value }) => value.kind === 'assessment') ||
      evidence.facts('azure/core-log').some(({ value }) => value.assessmentCompleted !== null) ||
      evidence.records.some(({ source }) => source === 'azure-graph-assessment');
    if (assessed) return consistent;
    const hasData = evidence.facts('azure/status').length + evidence.facts('azure/core-log').length > 0;
    const device = handler?.device ?? member?.device?.name ?? null;
    if (!hasData) return cannotTell('azure-status', device);
    return found({ device, witnesses: [place(place_, 'azure-arc-machine')] });
  },
});

function atPath(path: string) {
  return { member: path, line: null, row: null, pointer: null, quote: '' };
}

/** Windows patches itself although schedules of Update Manager are to do it. */
export const osManagedUpdates = defineRule({
  id: 'azure/os-managed-updates',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/settings', 'azure/resource-graph'],
  source: 'S1',
  check: (_bundle, evidence) =>
    [...byMachine(evidence).values()].map((groups) => {
      const device = groups.find((group) => group.device !== null)?.device ?? null;
      const key = evidence.deviceKey(device);
      const settings = groups.flatMap((group) => group.settings);
      const modes = [
        ...settings.map(({ value, citation }) => ({ mode: value.patchMode, citation })),
        ...evidence
          .facts('azure/machine')
          .filter((fact) => evidence.deviceKey(fact.device) === key)
          .map(({ value, citation }) => ({ mode: value.patchMode, citation })),
      ].filter(({ mode }) => mode !== null);
      const [first] = modes;
      if (first === undefined) return cannotTell('azure-patch-mode', device);
      const own = modes.find(({ mode }) => /^AutomaticByOS$/iu.test(mode ?? ''));
      if (own === undefined) return consistent;
      const schedule =
        settings.find(({ value }) => value.maintenanceRunId !== null)?.citation ??
        evidence.facts('azure/schedule').find((fact) => evidence.deviceKey(fact.device) === key)?.citation ??
        groups.flatMap((group) => group.summaries).find(({ value }) => value.maintenanceRunId !== null)
          ?.citation ??
        null;
      if (schedule === null) return cannotTell('azure-schedule', device);
      return found({
        device,
        parameters: { mode: own.mode },
        witnesses: [
          place(own.citation, 'azure-patch-mode-is', { mode: own.mode }),
          place(schedule, 'azure-schedule-expected'),
        ],
      });
    }),
});

/** One machine under two resource ids: its schedules stayed behind. */
export const machineMoved = defineRule({
  id: 'azure/machine-moved',
  kind: 'fault',
  severity: 'medium',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/resource-graph'],
  source: 'S1',
  check(_bundle, evidence) {
    const machines = new Map<string, Fact<'azure/machine'>[]>();
    for (const fact of evidence.facts('azure/machine')) {
      const key = evidence.deviceKey(fact.device);
      if (key === '' || fact.value.resourceId === null) continue;
      const list = machines.get(key) ?? [];
      machines.set(key, list);
      if (!list.some(({ value }) => value.resourceId === fact.value.resourceId && value.at !== null))
        list.push(fact);
    }
    if (machines.size === 0) return cannotTell('azure-machine-export');
    return [...machines].map(([key, facts]) => judgeMoved(key, facts, evidence));
  },
});

function judgeMoved(key: string, facts: readonly Fact<'azure/machine'>[], evidence: Evidence): Verdict {
  const ids = new Set(facts.map(({ value }) => value.resourceId));
  const [first] = facts;
  if (ids.size < 2 || first === undefined) return consistent;
  const dated = facts.filter(({ value }) => value.at !== null);
  const datedIds = new Set(dated.map(({ value }) => value.resourceId));
  if (datedIds.size < 2) return cannotTell('azure-move-time', first.device);
  const sorted = [...dated].sort((a, b) =>
    a.value.at !== null && b.value.at !== null && order(a.value.at, b.value.at) === 'before' ? -1 : 1,
  );
  const older = sorted[0];
  const newer = sorted.find(({ value }) => value.resourceId !== older?.value.resourceId);
  const movedAt = newer?.value.at ?? null;
  if (older === undefined || newer === undefined || movedAt === null) return consistent;
  const runs = runsOfDevice(evidence, key);
  const later = runs.some((group) => {
    const at = bestSummary(group, 'installation')?.value.modifiedTime ?? startedAt(group);
    return at !== null && order(at, movedAt) === 'after';
  });
  if (later) return consistent;
  return found({
    device: older.device,
    parameters: { from: older.value.resourceId, to: newer.value.resourceId, movedAt: atText(movedAt) },
    witnesses: [
      place(older.citation, 'azure-resource-id', { resource: older.value.resourceId }),
      place(newer.citation, 'azure-resource-id', { resource: newer.value.resourceId }),
    ],
  });
}

/** A machine must be on so long before its window (S1). */
const onBeforeMinutes = 15;

/** The machine was off when its window began, or had only just started. */
export const machineOffAtWindow = defineRule({
  id: 'azure/machine-off-at-window',
  kind: 'fault',
  severity: 'high',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/settings', 'event-log/evtx'],
  assumes: { onBeforeMinutes },
  source: 'S1',
  check: (_bundle, evidence) => eachRun(evidence, (group) => judgeOff(group, evidence)),
});

type Power = EvidenceEvent<'boot'> | EvidenceEvent<'shutdown'>;

interface PowerOfDevice {
  readonly events: readonly Power[];
  readonly times: OrderedMoments;
  readonly boots: OrderedMoments;
}

/** The dated starts of a device, then its shutdowns. */
const powerOf = oncePerKey((evidence: Evidence, key: string): PowerOfDevice => {
  const dated = key === '' ? [] : evidence.eventsOfDevice(key).filter(({ at }) => at !== null);
  const events = [
    ...dated.filter((event): event is EvidenceEvent<'boot'> => event.type === 'boot'),
    ...dated.filter((event): event is EvidenceEvent<'shutdown'> => event.type === 'shutdown'),
  ];
  return {
    events,
    times: new OrderedMoments(events.map(({ at }) => at)),
    boots: new OrderedMoments(events.map(({ type, at }) => (type === 'boot' ? at : null))),
  };
});

function judgeOff(group: RunGroup, evidence: Evidence): Verdict {
  const scheduled = scheduledStart(group);
  if (scheduled === null) return notApplicable;
  const key = evidence.deviceKey(group.device);
  const { events, times, boots } = powerOf(evidence, key);
  if (events.length === 0) return cannotTell('azure-boot-events', group.device);
  if (times.has({ at: scheduled.at, is: ['undecidable'] })) return cannotTell('clock-offset', group.device);
  const nearest = times.latestNotAfter(scheduled.at);
  const event = nearest === null ? undefined : events[nearest];
  if (event?.at === undefined || event.at === null) return cannotTell('azure-boot-events', group.device);
  const last = { event, at: event.at };
  const minutes = minutesBetween(last.at, scheduled.at);
  const isOff = last.event.type === 'shutdown';
  const before = assumedFor(evidence, 'azure/machine-off-at-window', { onBeforeMinutes }).onBeforeMinutes;
  if (!isOff && (minutes === null || minutes >= before)) return consistent;
  const next = events[boots.first({ at: scheduled.at, is: ['after'] }) ?? -1];
  return found({
    device: group.device,
    parameters: {
      run: runName(group),
      why: isOff ? 'off' : 'just-started',
      scheduledAt: atText(scheduled.at),
      eventAt: atText(last.at),
      bootAt: atText(next?.at ?? null),
      beforeMinutes: minutes,
      onBeforeMinutes: before,
      ...changedParameters(evidence, 'azure/machine-off-at-window'),
    },
    witnesses: [
      place(scheduled.citation, 'azure-scheduled', { scheduledAt: atText(scheduled.at) }),
      place(last.event.citation, isOff ? 'azure-shut-down' : 'azure-booted', { toldAt: atText(last.at) }),
      ...(isOff && next !== undefined
        ? [place(next.citation, 'azure-booted', { toldAt: atText(next.at) })]
        : []),
    ],
  });
}

/** Of concurrent schedules one is triggered and the others wait; new machines may lag (S1). */
const delay = { fromMinutes: 5, toMinutes: 15 } as const;

/** A run began somewhat after its scheduled start. */
export const scheduleDelayed = defineRule({
  id: 'azure/schedule-delayed',
  kind: 'note',
  severity: 'info',
  system: 'azure-update-manager',
  looksAt: 'bundle',
  needs: ['azure/settings', 'azure/core-log'],
  assumes: delay,
  source: 'S1',
  check: (_bundle, evidence) =>
    eachRun(evidence, (group) => {
      const scheduled = scheduledStart(group);
      if (scheduled === null) return notApplicable;
      const log = group.coreLogs[0];
      const call = group.calls.find(({ value }) => value.command === 'Enable');
      const at = log?.value.startedAt ?? call?.value.at ?? null;
      const citation = log?.citation ?? call?.citation ?? null;
      if (at === null || citation === null) return cannotTell('azure-real-start', group.device);
      const late = minutesBetween(scheduled.at, at);
      if (late === null) return cannotTell('clock-offset', group.device);
      const window = assumedFor(evidence, 'azure/schedule-delayed', delay);
      if (late < window.fromMinutes || late > window.toMinutes) return consistent;
      return found({
        device: group.device,
        parameters: {
          run: runName(group),
          scheduledAt: atText(scheduled.at),
          startedAt: atText(at),
          lateMinutes: late,
          ...changedParameters(evidence, 'azure/schedule-delayed'),
        },
        witnesses: [
          place(scheduled.citation, 'azure-scheduled', { scheduledAt: atText(scheduled.at) }),
          place(citation, 'azure-run-began', { toldAt: atText(at) }),
        ],
      });
    }),
});
