/** Joins what files say of one run: settings, status, logs of handler and core, the agent's words. */
import type { Citation, EvidenceEvent, Fact } from '../../domain/evidence.ts';
import { instantOf } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { RecordMaterial } from '../define-format.ts';
import type { AzureCoreLog, AzureJoin, AzureSummary, StatusCopy, SummaryKind } from './facts.ts';

/** All that the bundle says of one run. */
export interface RunGroup {
  readonly sequence: number | null;
  readonly activityId: string | null;
  /** The first device that a source of it names. */
  readonly device: string | null;
  readonly settings: readonly Fact<'azure/settings'>[];
  readonly statuses: readonly Fact<'azure/status'>[];
  readonly summaries: readonly Fact<'azure/summary'>[];
  readonly coreLogs: readonly Fact<'azure/core-log'>[];
  readonly calls: readonly Fact<'azure/handler-call'>[];
  readonly steps: readonly EvidenceEvent<'azure/agent-step'>[];
  readonly states: readonly EvidenceEvent<'azure/patch-state'>[];
  readonly commands: readonly EvidenceEvent<'azure/install-command'>[];
  readonly troubles: readonly EvidenceEvent<'azure/trouble'>[];
}

type Draft = {
  -readonly [K in keyof RunGroup]: RunGroup[K] extends readonly (infer T)[] ? T[] : RunGroup[K];
} & {
  readonly machines: Set<string>;
  readonly scopes: Set<string>;
};

interface Source {
  readonly join: AzureJoin;
  readonly device: string | null;
  /** Whether a run may be known by this: always, never, or where nothing else tells of its sequence. */
  readonly founds: 'always' | 'alone' | 'never';
  readonly put: (group: Draft) => void;
}

/** The runs of the bundle: by device, then by sequence number. */
export function runGroups(material: RecordMaterial): readonly RunGroup[] {
  const sources = collect(material);
  const groups: Draft[] = [];
  const bySequence = new Map<number, Draft[]>();
  const byActivity = new Map<string, Draft[]>();
  // The lines of one log go where the first of them went.
  const known = new Map<string, Draft>();
  const place = (source: Source, found: (join: AzureJoin, machine: string) => Draft | null): void => {
    const { join, device } = source;
    const machine = material.deviceKey(device);
    const key = `${String(join.sequence)}\0${String(join.activityId)}\0${join.scope}\0${machine}`;
    const seen = known.get(key);
    if (seen !== undefined) {
      seen.device ??= device;
      source.put(seen);
      return;
    }
    let group = found(join, machine);
    if (group === null) {
      if (source.founds === 'never') return;
      const others = join.sequence === null ? [] : (bySequence.get(join.sequence) ?? []);
      if (source.founds === 'alone' && others.some((other) => fits(other, machine))) return;
      group = newGroup(join);
      groups.push(group);
      if (join.sequence !== null) push(bySequence, join.sequence, group);
      if (join.activityId !== null) push(byActivity, join.activityId, group);
    }
    known.set(key, group);
    if (machine !== '') group.machines.add(machine);
    group.scopes.add(join.scope);
    group.device ??= device;
    source.put(group);
  };
  const whole = sources.filter(({ join }) => join.sequence !== null && join.activityId !== null);
  for (const source of whole) {
    place(
      source,
      ({ sequence, activityId }, machine) =>
        (bySequence.get(sequence ?? -1) ?? []).find(
          (group) => group.activityId === activityId && fits(group, machine),
        ) ?? null,
    );
  }
  for (const source of sources.filter(({ join }) => join.sequence !== null && join.activityId === null)) {
    place(source, ({ sequence, scope }, machine) => {
      const alike = (bySequence.get(sequence ?? -1) ?? []).filter((group) => fits(group, machine));
      return (
        alike.find((group) => group.scopes.has(scope) && !isAuto(group)) ??
        alike.find((group) => group.scopes.has(scope)) ??
        (machine === '' ? null : (alike.find((group) => group.machines.has(machine)) ?? null))
      );
    });
  }
  for (const source of sources.filter(({ join }) => join.sequence === null && join.activityId !== null)) {
    place(source, ({ activityId, scope }, machine) => {
      const alike = (byActivity.get(activityId ?? '') ?? []).filter((group) => fits(group, machine));
      const [only] = alike;
      return alike.find((group) => group.scopes.has(scope)) ?? (alike.length === 1 ? (only ?? null) : null);
    });
  }
  return groups.sort(
    (a, b) =>
      compare(material.deviceKey(a.device), material.deviceKey(b.device)) ||
      (a.sequence ?? Number.MAX_SAFE_INTEGER) - (b.sequence ?? Number.MAX_SAFE_INTEGER) ||
      startOf(a) - startOf(b) ||
      compare(a.activityId ?? '', b.activityId ?? ''),
  );
}

function collect(material: RecordMaterial): readonly Source[] {
  const facts = <T extends 'settings' | 'status' | 'summary' | 'core-log' | 'handler-call'>(
    type: T,
    put: (group: Draft, fact: Fact<`azure/${T}`>) => void,
  ): Source[] =>
    material.facts(`azure/${type}`).map((fact) => {
      const join: AzureJoin = fact.value;
      return {
        join,
        device: fact.device,
        founds: foundsRun(type, fact.value) ? 'always' : 'never',
        put: (group) => {
          put(group, fact);
        },
      };
    });
  const events = <T extends 'agent-step' | 'patch-state' | 'install-command' | 'trouble'>(
    type: T,
    put: (group: Draft, event: EvidenceEvent<`azure/${T}`>) => void,
  ): Source[] =>
    material.events(`azure/${type}`).map((event) => {
      const join: AzureJoin = event.detail;
      return {
        join,
        device: event.device,
        founds: isHandlerExit(event) ? 'alone' : 'never',
        put: (group) => {
          put(group, event);
        },
      };
    });
  const steps = events('agent-step', (group, event) => group.steps.push(event));
  return [
    ...facts('core-log', (group, fact) => group.coreLogs.push(fact)),
    ...facts('summary', (group, fact) => group.summaries.push(fact)),
    ...facts('status', (group, fact) => group.statuses.push(fact)),
    ...facts('settings', (group, fact) => group.settings.push(fact)),
    ...facts('handler-call', (group, fact) => group.calls.push(fact)),
    // What the agent wrote before an exit belongs to the run that the exit makes known.
    ...steps.filter(({ founds }) => founds === 'alone'),
    ...steps.filter(({ founds }) => founds === 'never'),
    ...events('patch-state', (group, event) => group.states.push(event)),
    ...events('install-command', (group, event) => group.commands.push(event)),
    ...events('trouble', (group, event) => group.troubles.push(event)),
  ];
}

/** Settings alone are a run that was asked for; a call of the handler is one when it enables. */
function foundsRun(type: string, value: object): boolean {
  return type !== 'handler-call' || ('command' in value && value.command === 'Enable');
}

/** The agent tells that the handler gave up: that was a run, even when nothing else of it is left. */
function isHandlerExit(event: EvidenceEvent): boolean {
  if (event.type !== 'azure/agent-step') return false;
  const { step, code, sequence } = (event as EvidenceEvent<'azure/agent-step'>).detail;
  return step === 'exit' && code !== null && code !== 0 && sequence !== null;
}

function newGroup(join: AzureJoin): Draft {
  return {
    sequence: join.sequence,
    activityId: join.activityId,
    device: null,
    settings: [],
    statuses: [],
    summaries: [],
    coreLogs: [],
    calls: [],
    steps: [],
    states: [],
    commands: [],
    troubles: [],
    machines: new Set(),
    scopes: new Set(),
  };
}

function fits(group: Draft, machine: string): boolean {
  return machine === '' || group.machines.size === 0 || group.machines.has(machine);
}

function isAuto(group: RunGroup): boolean {
  return group.coreLogs.length > 0 && group.coreLogs.every(({ value }) => value.auto);
}

function startOf(group: RunGroup): number {
  const at = group.coreLogs[0]?.value.startedAt ?? group.settings[0]?.value.startTime ?? null;
  return at === null ? Number.MAX_SAFE_INTEGER : (instantOf(at) ?? at.local);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const preference: readonly StatusCopy[] = ['complete', 'file', 'agent', 'service'];

/** Of the copies of a summary the newest; of equal age the one that is whole. */
export function bestSummary(group: RunGroup, kind: SummaryKind): Fact<'azure/summary'> | null {
  const copies = group.summaries.filter(({ value }) => value.kind === kind);
  const [first] = copies;
  if (first === undefined) return null;
  return copies.reduce((best, one) => (isBetter(one.value, best.value) ? one : best), first);
}

function isBetter(a: AzureSummary, b: AzureSummary): boolean {
  const age = instant(a.modifiedTime) - instant(b.modifiedTime);
  if (age !== 0 && !Number.isNaN(age)) return age > 0;
  if (a.cut !== b.cut) return b.cut;
  return preference.indexOf(a.copy) < preference.indexOf(b.copy);
}

function instant(at: Moment | null): number {
  return at === null ? Number.NEGATIVE_INFINITY : (instantOf(at) ?? at.local);
}

/** The core log that tells most of a run: one that was closed, else the one that reaches furthest. */
export function primaryCoreLog(group: RunGroup): Fact<'azure/core-log'> | null {
  const [first] = group.coreLogs;
  if (first === undefined) return null;
  return group.coreLogs.reduce((best, one) => (tellsMore(one.value, best.value) ? one : best), first);
}

function tellsMore(a: AzureCoreLog, b: AzureCoreLog): boolean {
  if ((a.installation === null) !== (b.installation === null)) return a.installation !== null;
  if (a.closed !== b.closed) return a.closed;
  return instant(a.lastAt) > instant(b.lastAt);
}

/** Events of one member: a second copy of the same log must not be counted twice. */
export function ofMember<T extends { readonly citation: Citation }>(
  events: readonly T[],
  log: Fact<'azure/core-log'> | null,
): readonly T[] {
  return log === null ? [] : events.filter(({ citation }) => citation.member === log.citation.member);
}
