import { groupBy } from '../../domain/group-by.ts';
import type { Citation, EvidenceEvent, Fact } from '../../domain/evidence.ts';
import type { Parameters, Witness } from '../../domain/finding.ts';
import { laterOf, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { foldDeviceName } from '../../domain/names.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import {
  agentKey,
  assumed,
  minutesFrom,
  readUpdates,
  updatesOf,
} from '../../formats/deep-security/updates.ts';
import type { AgentUpdate, TimedEvent, Timings, Updates } from '../../formats/deep-security/updates.ts';
import type { DsMeaning } from '../../formats/deep-security/facts.ts';
import { place } from '../define-rule.ts';
import { timeText } from '../parameters.ts';
import { oncePerKey } from '../../domain/once.ts';

export {
  assumed,
  isWithin,
  minutesFrom,
  relayEnd,
  relaySubject,
  within,
} from '../../formats/deep-security/updates.ts';
export type { AgentUpdate, RelayUpdate, TimedEvent, Timings } from '../../formats/deep-security/updates.ts';
export { relayDevice } from '../../formats/deep-security/runs.ts';

/** What the Deep Security rules ask of the evidence again and again, indexed once per evidence. */
export interface DeepSecurityView {
  readonly updates: Updates;
  /** Results of the updates of each agent that is named, oldest first, skipped ones left out. */
  readonly resultsByAgent: ReadonlyMap<string, readonly TimedEvent[]>;
  /** Folded names of relays, as far as the bundle tells. */
  readonly relayKeys: ReadonlySet<string>;
  /** Whether the bundle has system events of the manager at all. */
  readonly hasEvents: boolean;
}

const views = new WeakMap<Evidence, DeepSecurityView>();

/** The view of an evidence, made when first asked for. */
export function deepSecurityView(evidence: Evidence): DeepSecurityView {
  let view = views.get(evidence);
  if (view === undefined) {
    view = makeView(evidence, updatesOf(evidence));
    views.set(evidence, view);
  }
  return view;
}

const otherViews = new WeakMap<Evidence, Map<string, DeepSecurityView>>();

/** The view by windows of a rule's own: the usual one where they are the standard ones. */
export function deepSecurityViewBy(evidence: Evidence, timings: Timings): DeepSecurityView {
  const key = Object.keys(assumed)
    .map((name) => timings[name as keyof Timings])
    .join(' ');
  if (key === Object.values(assumed).join(' ')) return deepSecurityView(evidence);
  const known = otherViews.get(evidence) ?? new Map<string, DeepSecurityView>();
  otherViews.set(evidence, known);
  let view = known.get(key);
  if (view === undefined) {
    view = makeView(evidence, readUpdates(evidence, timings));
    known.set(key, view);
  }
  return view;
}

function makeView(evidence: Evidence, updates: Updates): DeepSecurityView {
  return {
    updates,
    resultsByAgent: resultsOf(updates.agents),
    relayKeys: relayKeysOf(evidence, updates),
    hasEvents: evidence.facts('deep-security/event-log').length > 0,
  };
}

function resultsOf(agents: readonly AgentUpdate[]): Map<string, readonly TimedEvent[]> {
  const results = new Map<string, TimedEvent[]>();
  const seen = new Set<TimedEvent>();
  for (const { subject, result } of agents) {
    if (subject.key === '' || result === null || result.detail.meaning === 'update-skipped') continue;
    const list = results.get(subject.key) ?? [];
    results.set(subject.key, list);
    // Two requests in a row may have one result.
    if (!seen.has(result)) list.push(result);
    seen.add(result);
  }
  return results;
}

function relayKeysOf(evidence: Evidence, updates: Updates): Set<string> {
  const keys = new Set<string>();
  for (const { subject } of updates.relays) if (!subject.isGroup && subject.key !== '') keys.add(subject.key);
  for (const fact of evidence.facts('deep-security/relay')) {
    if (fact.value.sign !== 'event' && fact.device !== null) keys.add(evidence.deviceKey(fact.device));
  }
  return keys;
}

/** The name of an agent as it is shown. */
export function nameOf(evidence: Evidence, key: string): string | null {
  let names = deviceNames.get(evidence);
  if (names === undefined) {
    names = new Map(evidence.devices.map((device) => [device.key, device.name]));
    deviceNames.set(evidence, names);
  }
  return names.get(key) ?? null;
}

const deviceNames = new WeakMap<Evidence, ReadonlyMap<string, string>>();

/**
 * Until when the bundle tells of a machine: the newest row of the files that would tell. The events of a
 * package are those of one host; an exported list tells of all.
 */
export function lookedUntil(evidence: Evidence, event: TimedEvent): Moment | null {
  const key = agentKey(evidence, event);
  let known = ends.get(evidence);
  if (known === undefined) {
    known = { members: membersByAgent(evidence), until: new Map() };
    ends.set(evidence, known);
  }
  let until = known.until.get(key);
  if (until === undefined) {
    until = untilFor(evidence, known.members.get(key) ?? new Set());
    known.until.set(key, until);
  }
  return until;
}

interface EndsOfEvents {
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
  readonly until: Map<string, Moment | null>;
}

/** Asked of every update of a machine. */
const ends = new WeakMap<Evidence, EndsOfEvents>();

/** The files that tell of each agent. */
function membersByAgent(evidence: Evidence): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map<string, Set<string>>();
  for (const event of evidence.events('deep-security/system-event')) {
    const key = agentKey(evidence, event);
    const own = members.get(key);
    if (own === undefined) members.set(key, new Set([event.citation.member]));
    else own.add(event.citation.member);
  }
  return members;
}

function untilFor(evidence: Evidence, own: ReadonlySet<string>): Moment | null {
  let until: Moment | null = null;
  for (const { value, citation } of evidence.facts('deep-security/event-log')) {
    const ofOneHost = /hostevents[^/\\]*\.csv$/iu.test(citation.member);
    if (value.latest === null || (ofOneHost && !own.has(citation.member))) continue;
    until = until === null ? value.latest : laterOf(until, value.latest);
  }
  return until;
}

/** Whether the bundle goes on for so many minutes after an event; null when the times cannot be compared. */
export function goesOnFor(evidence: Evidence, event: TimedEvent, minutes: number): boolean | null {
  const until = lookedUntil(evidence, event);
  const apart = until === null ? null : minutesFrom(event.at, until);
  return apart === null ? null : apart >= minutes;
}

/** Until when the system events tell anything, as a value for the wording of "cannot tell". */
export function untilOf(evidence: Evidence, event: TimedEvent): { readonly untilAt: string | null } {
  const until = lookedUntil(evidence, event);
  return { untilAt: until === null ? null : timeText(until) };
}

/** Events with their times, so that one of them near another time is found without looking at all. */
export interface EventsInTime {
  readonly events: readonly TimedEvent[];
  readonly times: OrderedMoments;
}

export function inTime(events: readonly TimedEvent[]): EventsInTime {
  return { events, times: new OrderedMoments(events.map(({ at }) => at)) };
}

const outcomes = new WeakMap<DeepSecurityView, Map<string, EventsInTime>>();

/** The outcomes of an agent, or of any when a request names nobody. */
export function outcomesOf(view: DeepSecurityView, evidence: Evidence, key: string): EventsInTime {
  let known = outcomes.get(view);
  if (known === undefined) {
    known = new Map();
    outcomes.set(view, known);
    const all = (['update-succeeded', 'update-failed', 'update-skipped'] as const).flatMap((meaning) =>
      view.updates.of(meaning),
    );
    for (const [agent, events] of groupBy(all, (event) => agentKey(evidence, event)))
      if (agent !== '') known.set(agent, inTime(events));
    known.set('', inTime(all));
  }
  return known.get(key) ?? nothing;
}

const nothing = inTime([]);

/** All events of a meaning, in time. */
export const eventsOf = oncePerKey((view: DeepSecurityView, meaning: DsMeaning): EventsInTime =>
  inTime(view.updates.of(meaning)),
);

/** Witnesses beyond this many are counted, not cited. */
export const mostCited = 20;

/** A cited system event with its time. */
export function told(event: TimedEvent, says: string, parameters: Parameters = {}): Witness {
  return place(event.citation, says, {
    toldAt: timeText(event.at),
    eventId: event.detail.eventId === null ? null : String(event.detail.eventId),
    event: event.detail.name,
    ...parameters,
  });
}

/** First and last of some events, as far as they have times that can be ordered. */
export function spanOf(events: readonly EvidenceEvent[]): {
  readonly first: Moment | null;
  readonly last: Moment | null;
} {
  let first: Moment | null = null;
  let last: Moment | null = null;
  for (const { at } of events) {
    if (at === null) continue;
    if (first === null || order(at, first) === 'before') first = at;
    if (last === null || order(at, last) === 'after') last = at;
  }
  return { first, last };
}

/** One citation of several events of the same line. */
export function uniquePlaces<T extends { readonly citation: Citation }>(items: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return items.filter(({ citation }) => {
    const key = `${citation.member}\0${String(citation.line)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Whether a host of a log is a relay: by the log's own words, or because the bundle knows a relay of that name. */
export function isRelayHost(
  view: DeepSecurityView,
  connection: EvidenceEvent<'deep-security/connection'>,
): boolean {
  const { role, host } = connection.detail;
  if (role !== null) return role === 'relay';
  return host !== null && view.relayKeys.has(foldDeviceName(host));
}

/** The newest statement of a version per device, in the order of the bundle. */
export function versionsOf(
  evidence: Evidence,
  component: 'agent' | 'relay' | 'manager',
): readonly Fact<'deep-security/version'>[] {
  return evidence.facts('deep-security/version').filter((fact) => fact.value.component === component);
}
