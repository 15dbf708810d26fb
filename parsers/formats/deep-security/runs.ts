import type { DeploymentStatus, EvidenceEvent, RunStep } from '../../domain/evidence.ts';
import { distance, formatLocal, laterOf, order } from '../../domain/moment.ts';
import type { Moment, Order } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { MomentTest } from '../../domain/ordered-moments.ts';
import type { RunDraft, RunMaterial } from '../define-format.ts';
import { stepNames } from './facts.ts';
import type { DsStepName } from './facts.ts';
import { assumed, relayEnd, updatesOf } from './updates.ts';
import type { AgentUpdate, RelayUpdate, TimedEvent, Timings } from './updates.ts';

type LogStep = EvidenceEvent<'deep-security/step'> & { readonly at: Moment };

/**
 * The update flow as runs: those of relays first, then those of agents, each with its six steps. Steps
 * between request and result come from the device's own logs, as far as their times can be compared with
 * the manager's; a step that no log tells is not evidenced, which is not the same as failed.
 */
export function assembleRuns(material: RunMaterial): readonly RunDraft[] {
  const updates = updatesOf(material);
  const steps = new StepPool(material);
  const lookedUntil = endOfEvents(material);
  const ofAgents = new Spans(
    updates.agents.map(({ request, downloads, result, next }) => ({
      start: request?.at ?? downloads[0]?.at ?? null,
      end: result?.at ?? next?.at ?? null,
    })),
    assumed.agentMinutes,
  );
  const ofRelays = new Spans(
    updates.relays.map((update) => ({ start: update.request.at, end: relayEnd(update) })),
    assumed.relayMinutes,
  );
  const disabled = updates.of('relay-web-server-disabled');
  const disabledTimes = new OrderedMoments(disabled.map(({ at }) => at));
  const relays = updates.relays.map((update) => {
    const off = disabledTimes.first(...lying(update.request.at, relayEnd(update)));
    return relayRun(material, update, steps, lookedUntil, ofAgents, disabled[off ?? -1]);
  });
  const agents = updates.agents.map((update) => agentRun(update, steps, lookedUntil, ofRelays));
  return [...relays, ...agents, ...steps.leftovers().map(logRun)];
}

/** Steps of logs by device; each belongs to one run. */
class StepPool {
  readonly #byDevice = new Map<string, LogStep[]>();
  readonly #times = new Map<string, OrderedMoments>();
  readonly #used = new Set<LogStep>();

  constructor(material: RunMaterial) {
    for (const event of material.events('deep-security/step')) {
      if (event.at === null) continue;
      const key = material.deviceKey(event.device);
      const step = { ...event, at: event.at };
      const list = this.#byDevice.get(key);
      if (list === undefined) this.#byDevice.set(key, [step]);
      else list.push(step);
    }
  }

  /** The steps of a device that lie in a span of time for certain; without an end, so many minutes from its start. */
  take(
    key: string,
    of: 'relay' | 'agent',
    from: Moment,
    to: Moment | null,
    minutes: number,
  ): readonly LogStep[] {
    const steps = this.#byDevice.get(key) ?? [];
    const places = this.#timesOf(key, steps).all(
      to === null
        ? { at: from, is: ['after', 'same'], atMost: minutes * 60_000 }
        : { at: from, is: ['after', 'same'] },
      ...(to === null ? [] : [{ at: to, is: ['before', 'same'] as const }]),
    );
    const taken = places
      .flatMap((place) => steps[place] ?? [])
      .filter((step) => !this.#used.has(step) && (step.detail.of === 'either' || step.detail.of === of));
    for (const step of taken) this.#used.add(step);
    return taken;
  }

  #timesOf(key: string, steps: readonly LogStep[]): OrderedMoments {
    let times = this.#times.get(key);
    if (times === undefined) {
      times = new OrderedMoments(steps.map(({ at }) => at));
      this.#times.set(key, times);
    }
    return times;
  }

  /** What no update of the manager claims, in groups: a new one begins after a pause. */
  leftovers(): readonly (readonly LogStep[])[] {
    const groups: LogStep[][] = [];
    for (const steps of this.#byDevice.values()) {
      let group: LogStep[] = [];
      for (const step of steps.filter((one) => !this.#used.has(one)).sort(byTime)) {
        const last = group.at(-1);
        const apart = last === undefined ? null : distance(last.at, step.at);
        if (last !== undefined && (apart === null || apart > assumed.agentMinutes * 60_000)) {
          groups.push(group);
          group = [];
        }
        group.push(step);
      }
      if (group.length > 0) groups.push(group);
    }
    return groups;
  }
}

function byTime(a: LogStep, b: LogStep): number {
  const relation = order(a.at, b.at);
  return relation === 'before' ? -1 : relation === 'after' ? 1 : 0;
}

/** Until when the manager's events were looked at. */
export function endOfEvents(material: RunMaterial): Moment | null {
  let end: Moment | null = null;
  for (const { value } of material.facts('deep-security/event-log')) {
    if (value.latest !== null) end = end === null ? value.latest : laterOf(end, value.latest);
  }
  return end;
}

/** The relay that a relay update is about: the target, or the only relay of the bundle behind a group. */
export function relayDevice(material: RunMaterial, update: RelayUpdate): string | null {
  const { subject } = update;
  if (subject.name !== null && !subject.isGroup) return update.request.device ?? subject.name;
  let only = onlyRelays.get(material);
  if (only === undefined) {
    only = { name: onlyRelay(material) };
    onlyRelays.set(material, only);
  }
  return only.name;
}

/** Asked of every update of a relay group. */
const onlyRelays = new WeakMap<RunMaterial, { readonly name: string | null }>();

function onlyRelay(material: RunMaterial): string | null {
  const relays = new Map<string, string>();
  for (const fact of material.facts('deep-security/relay')) {
    if (fact.device !== null && fact.value.sign !== 'event')
      relays.set(material.deviceKey(fact.device), fact.device);
  }
  return relays.size === 1 ? ([...relays.values()][0] ?? null) : null;
}

function relayRun(
  material: RunMaterial,
  update: RelayUpdate,
  pool: StepPool,
  lookedUntil: Moment | null,
  agents: Spans,
  disabled: TimedEvent | undefined,
): RunDraft {
  const { request, result, subject } = update;
  const device = relayDevice(material, update);
  const end = relayEnd(update);
  const key = material.deviceKey(device);
  const logged = key === '' ? [] : pool.take(key, 'relay', request.at, end, assumed.relayMinutes);
  const steps = joinSteps([
    step('request', 'succeeded', request),
    ...logged.map(logStep),
    ...(disabled === undefined ? [] : [step('swap', 'unknown', disabled)]),
    ...(result === null ? [] : [step('result', 'succeeded', result)]),
  ]);
  const overlaps = agents.meeting(request.at, end, assumed.relayMinutes);
  return {
    ...common,
    device,
    name: subject.name ?? '1600',
    operation: 'relay-update',
    outcome: result === null ? 'unknown' : 'succeeded',
    startedAt: request.at,
    endedAt: result?.at ?? null,
    detail: {
      lane: 0,
      lookedUntil: textOf(lookedUntil),
      overlapsAgents: overlaps,
      overlap: overlaps > 0,
    },
    steps,
    citation: request.citation,
  };
}

function agentRun(update: AgentUpdate, pool: StepPool, lookedUntil: Moment | null, relays: Spans): RunDraft {
  const { request, downloads, result, repeated, subject } = update;
  const start = request ?? downloads[0] ?? result;
  if (start === null) throw new Error('an update without an event');
  const end = result?.at ?? update.next?.at ?? null;
  const logged =
    subject.key === '' || request === null
      ? []
      : pool.take(subject.key, 'agent', request.at, end, assumed.relayMinutes + assumed.agentMinutes);
  const outcome = result === null ? 'unknown' : outcomeOf(result);
  const steps = joinSteps([
    ...(request === null ? [] : [step('request', 'succeeded', request)]),
    ...downloads.map((event) => step('download', 'succeeded', event)),
    ...logged.map(logStep),
    ...(result === null ? [] : [step('result', resultOf(result), result)]),
    ...repeated.map((event) => step('result', resultOf(event), event)),
  ]);
  const from = request?.at ?? downloads[0]?.at ?? null;
  const overlaps = from === null ? 0 : relays.meeting(from, end, assumed.agentMinutes);
  return {
    ...common,
    device: subject.name,
    name: String(start.detail.eventId ?? start.detail.name),
    operation: 'agent-update',
    outcome,
    startedAt: request?.at ?? downloads[0]?.at ?? null,
    endedAt: result?.at ?? null,
    detail: {
      lane: 1,
      lookedUntil: textOf(lookedUntil),
      withRelay: update.together !== null,
      overlapsRelays: overlaps,
      overlap: overlaps > 0,
    },
    steps,
    citation: start.citation,
  };
}

/** A run that only a device's own logs tell of. */
function logRun(logged: readonly LogStep[]): RunDraft {
  const [first] = logged;
  const last = logged.at(-1);
  if (first === undefined || last === undefined) throw new Error('a run without a step');
  const ofRelay = logged.some((one) => one.detail.of === 'relay');
  const failed = last.detail.outcome === 'failed';
  return {
    ...common,
    device: first.device,
    name: first.citation.member.slice(first.citation.member.lastIndexOf('/') + 1),
    operation: ofRelay ? 'relay-update' : 'agent-update',
    outcome: failed ? 'failed' : 'unknown',
    startedAt: first.at,
    endedAt: last.at,
    detail: { lane: ofRelay ? 0 : 1, overlap: false },
    steps: joinSteps(logged.map(logStep)),
    citation: first.citation,
  };
}

const common = {
  system: 'deep-security',
  window: null,
  attempts: null,
  exitCode: null,
  reboot: null,
  records: [],
} as const;

interface ToldStep {
  readonly name: DsStepName;
  readonly outcome: RunStep['outcome'];
  readonly at: Moment;
  readonly citation: RunStep['citation'];
}

function step(name: DsStepName, outcome: RunStep['outcome'], event: TimedEvent): ToldStep {
  return { name, outcome, at: event.at, citation: event.citation };
}

function logStep(event: LogStep): ToldStep {
  return { name: event.detail.step, outcome: event.detail.outcome, at: event.at, citation: event.citation };
}

/** The six steps in their order: each with the first that tells it, failed when the last one of it says so. */
function joinSteps(told: readonly ToldStep[]): readonly RunStep[] {
  return stepNames.map((name) => {
    const same = told.filter((one) => one.name === name);
    const [first] = same;
    if (first === undefined) return { name, evidenced: false, outcome: null, at: null, citation: null };
    const last = same.findLast((one) => one.outcome !== 'unknown') ?? first;
    return { name, evidenced: true, outcome: last.outcome, at: first.at, citation: first.citation };
  });
}

function resultOf(event: TimedEvent): RunStep['outcome'] {
  return event.detail.meaning === 'update-succeeded'
    ? 'succeeded'
    : event.detail.meaning === 'update-failed'
      ? 'failed'
      : 'unknown';
}

function outcomeOf(event: TimedEvent): DeploymentStatus {
  switch (event.detail.meaning) {
    case 'update-succeeded':
      return 'succeeded';
    case 'update-failed':
      return 'failed';
    case 'update-skipped':
      return 'skipped';
    default:
      return 'unknown';
  }
}

/** The tests for what happens in a span, or in the assumed window of a relay where its end is not known. */
function lying(from: Moment, to: Moment | null): readonly MomentTest[] {
  const since: MomentTest = { at: from, is: ['same', 'undecidable', 'after'] };
  return to === null
    ? [{ ...since, atMost: assumed.relayMinutes * 60_000 }]
    : [since, { at: to, is: ['before', 'same', 'undecidable'] }];
}

/**
 * Whether an agent's update and a span have time in common for certain. An end that is not known is
 * that of the assumed window.
 */
export function agentSpanMeets(
  update: AgentUpdate,
  from: Moment,
  to: Moment | null,
  timings: Timings = assumed,
): boolean {
  const start = update.request?.at ?? update.downloads[0]?.at ?? null;
  if (start === null) return false;
  const end = update.result?.at ?? update.next?.at ?? null;
  return notAfter(start, to, from, timings.relayMinutes) && notAfter(from, end, start, timings.agentMinutes);
}

interface Span {
  readonly start: Moment | null;
  /** null: so many minutes after the start. */
  readonly end: Moment | null;
}

/** Spans of time, to count those that have time in common with another one: what {@link agentSpanMeets} says of each. */
class Spans {
  readonly #minutes: number;
  readonly #starts: OrderedMoments;
  readonly #ends: OrderedMoments;
  readonly #open: OrderedMoments;

  constructor(spans: readonly Span[], minutes: number) {
    this.#minutes = minutes;
    this.#starts = new OrderedMoments(spans.map(({ start }) => start));
    this.#ends = new OrderedMoments(spans.map(({ start, end }) => (start === null ? null : end)));
    this.#open = new OrderedMoments(spans.map(({ start, end }) => (end === null ? start : null)));
  }

  /** Those that begin before the other one ends, save for those that end before it begins. */
  meeting(from: Moment, to: Moment | null, minutes: number): number {
    const begun = this.#starts.count(
      to === null ? { at: from, is: anyhow, atMost: minutes * 60_000 } : { at: to, is: ['before', 'same'] },
    );
    const over =
      this.#ends.count({ at: from, is: ['before', 'undecidable'] }) +
      this.#open.count({ at: from, is: anyhow, atMost: -this.#minutes * 60_000 - 1 });
    return Math.max(0, begun - over);
  }
}

const anyhow: readonly Order[] = ['before', 'same', 'undecidable', 'after'];

/** Whether `at` is before the end of a span: its known end, else so many minutes after its start. */
function notAfter(at: Moment, end: Moment | null, start: Moment, minutes: number): boolean {
  if (end !== null) {
    const relation = order(at, end);
    return relation === 'before' || relation === 'same';
  }
  const apart = distance(start, at);
  return apart !== null && apart <= minutes * 60_000;
}

function textOf(moment: Moment | null): string | null {
  return moment === null ? null : formatLocal(moment.local, moment.precision).replace('T', ' ');
}
