import type { EvidenceEvent } from '../../domain/evidence.ts';
import { distance, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { MomentTest } from '../../domain/ordered-moments.ts';
import { foldDeviceName } from '../../domain/names.ts';
import type { RunMaterial } from '../define-format.ts';
import { hostOf } from './event-rows.ts';
import type { DsMeaning } from './facts.ts';

/** Windows that the product does not state. Rules name them where they matter. */
export const assumed = {
  /** A relay group's update is done within this time of its request. */
  relayMinutes: 60,
  /** An agent's update is done within this time of its request, or of the relay's success. */
  agentMinutes: 20,
  /** A request for agents belongs to one for relays recorded at most this much apart. */
  togetherMinutes: 1,
  /** A result later than this after a request is not taken for its result. */
  longestMinutes: 240,
  /** An update time-out alert so long after a relay's success contradicts it. */
  timeoutFromMinutes: 15,
  timeoutToMinutes: 30,
} as const;

/** The windows by which updates are put together: those above, or what a rule assumes in their place. */
export type Timings = { readonly [K in keyof typeof assumed]: number };

export type SystemEvent = EvidenceEvent<'deep-security/system-event'>;
/** A system event whose time is known. */
export type TimedEvent = SystemEvent & { readonly at: Moment };

/** The update of one relay, or of one relay group. */
export interface RelayUpdate {
  readonly subject: Subject;
  readonly request: TimedEvent;
  /** 1601 in the window after the request. */
  readonly result: TimedEvent | null;
  /** The request that ended it when it stayed open. */
  readonly next: TimedEvent | null;
}

/** The update of one agent. */
export interface AgentUpdate {
  readonly subject: Subject;
  readonly request: TimedEvent | null;
  readonly downloads: readonly TimedEvent[];
  /** Success, failure or skip; further events of the same outcome are in `repeated`. */
  readonly result: TimedEvent | null;
  readonly repeated: readonly TimedEvent[];
  /** The relay update that was requested together with it. */
  readonly together: RelayUpdate | null;
  readonly next: TimedEvent | null;
}

export interface Subject {
  /** Folded; '' when the event names nobody. */
  readonly key: string;
  readonly name: string | null;
  readonly isGroup: boolean;
}

/** All updates that the manager's events tell of, oldest first. */
export interface Updates {
  readonly relays: readonly RelayUpdate[];
  readonly agents: readonly AgentUpdate[];
  /** Every timed event by meaning, oldest first, each once however many files tell of it. */
  of(meaning: DsMeaning): readonly TimedEvent[];
  /** Whether there are events at all. */
  readonly any: boolean;
}

const known = new WeakMap<RunMaterial, Updates>();

/** The updates of a bundle by the standard windows, put together when first asked for. */
export function updatesOf(material: RunMaterial): Updates {
  let updates = known.get(material);
  if (updates === undefined) {
    updates = readUpdates(material, assumed);
    known.set(material, updates);
  }
  return updates;
}

/** The updates of a bundle by other windows. */
export function readUpdates(material: RunMaterial, timings: Timings): Updates {
  const all = material.events('deep-security/system-event');
  const events = onceEach(all.filter((event): event is TimedEvent => event.at !== null)).sort(byTime);
  const byMeaning = new Map<DsMeaning, TimedEvent[]>();
  for (const event of events) {
    const list = byMeaning.get(event.detail.meaning);
    if (list === undefined) byMeaning.set(event.detail.meaning, [event]);
    else list.push(event);
  }
  const of = (meaning: DsMeaning): readonly TimedEvent[] => byMeaning.get(meaning) ?? [];
  const relays = relayUpdates(of, timings);
  return { relays, agents: agentUpdates(material, events, relays, timings), of, any: all.length > 0 };
}

/** Oldest first; what cannot be told apart keeps the bundle's order (files of events are read oldest first). */
function byTime(a: TimedEvent, b: TimedEvent): number {
  const relation = order(a.at, b.at);
  return relation === 'before' ? -1 : relation === 'after' ? 1 : 0;
}

/**
 * Packages of several hosts and the exported list tell of the same events. What an agent says of an
 * update inside the row that the manager wrote about it is that row once more.
 */
function onceEach(events: readonly TimedEvent[]): TimedEvent[] {
  const seen = new Set<string>();
  return events.filter((event) => {
    const { detail, at } = event;
    if (detail.nested && repeatsParent(event)) return false;
    const key = `${String(detail.eventId)} ${detail.meaning} ${detail.target ?? ''} ${String(at.local)} ${String(at.offset)} ${event.device ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const resultIds: ReadonlySet<number> = new Set([784, 2204, 2205, 2206]);

function repeatsParent({ detail }: TimedEvent): boolean {
  return detail.parentId !== null && resultIds.has(detail.parentId);
}

/** Minutes from `a` to `b`, negative when `b` is earlier; null when the two share no scale. */
export function minutesFrom(a: Moment, b: Moment): number | null {
  const apart = distance(a, b);
  return apart === null ? null : apart / 60_000;
}

/** Whether `b` comes at or after `a`, within so many minutes. */
export function isWithin(a: Moment, b: Moment, minutes: number): boolean {
  const apart = minutesFrom(a, b);
  return apart !== null && order(b, a) !== 'before' && apart <= minutes;
}

/** When a relay's update was over: at its success, else with the next request inside the window; null when it stayed open. */
export function relayEnd(update: RelayUpdate, timings: Timings = assumed): Moment | null {
  if (update.result !== null) return update.result.at;
  const { next, request } = update;
  return next !== null && isWithin(request.at, next.at, timings.relayMinutes) ? next.at : null;
}

/** Who a relay's event is about. */
export function relaySubject(event: SystemEvent): Subject {
  const { target, targetIsGroup } = event.detail;
  return {
    key: target === null ? '' : foldDeviceName(hostOf(target).name),
    name: target,
    isGroup: targetIsGroup,
  };
}

function relayUpdates(of: (meaning: DsMeaning) => readonly TimedEvent[], timings: Timings): RelayUpdate[] {
  const requests = of('relay-update-requested');
  const results = of('relay-update-succeeded');
  const keys = (events: readonly TimedEvent[]): Set<string> =>
    new Set(events.map((event) => relaySubject(event).key));
  // A request may name the group and its success the relay: with one of each there is nothing to confuse.
  const oneOnly = keys(requests).size <= 1 && keys(results).size <= 1;
  const keyOf = (event: TimedEvent): string => relaySubject(event).key;
  const concerned = new ByKey(results, keyOf);
  const nexts = nextOfEach(requests, keyOf, oneOnly);
  return requests.map((request, index) => {
    const subject = relaySubject(request);
    const anyone = oneOnly || subject.key === '';
    const next = nexts[index] ?? null;
    return {
      subject,
      request,
      result: concerned.first(anyone ? null : subject.key, within(request.at, timings.relayMinutes)),
      next: next === null ? null : (requests[next] ?? null),
    };
  });
}

/** The test for events that come at or after a moment, at most so many minutes: see {@link isWithin}. */
export function within(at: Moment, minutes: number): MomentTest {
  return { at, is: ['same', 'after', 'undecidable'], atMost: minutes * 60_000 };
}

/** Events by who they are about; those that name nobody may be about anyone. */
class ByKey {
  readonly #events: readonly TimedEvent[];
  readonly #all: OrderedMoments;
  readonly #byKey = new Map<string, OrderedMoments>();

  constructor(events: readonly TimedEvent[], keyOf: (event: TimedEvent) => string) {
    this.#events = events;
    this.#all = new OrderedMoments(events.map(({ at }) => at));
    const places = new Map<string, number[]>();
    events.forEach((event, place) => {
      const key = keyOf(event);
      const list = places.get(key);
      if (list === undefined) places.set(key, [place]);
      else list.push(place);
    });
    for (const [key, list] of places) {
      this.#byKey.set(key, new OrderedMoments(list.map((place) => events[place]?.at ?? null)));
      this.#placesOf.set(key, list);
    }
  }

  readonly #placesOf = new Map<string, readonly number[]>();

  /** The first event about somebody, or about anyone (null), that passes the test. */
  first(key: string | null, test: MomentTest): TimedEvent | null {
    if (key === null) return this.#events[this.#all.first(test) ?? -1] ?? null;
    const found = [key, ''].flatMap((one) => {
      const nth = this.#byKey.get(one)?.first(test) ?? null;
      return nth === null ? [] : (this.#placesOf.get(one)?.[nth] ?? []);
    });
    return found.length === 0 ? null : (this.#events[Math.min(...found)] ?? null);
  }
}

/** For each request the next one that concerns the same relay, as a place in the list. */
function nextOfEach(
  requests: readonly TimedEvent[],
  keyOf: (event: TimedEvent) => string,
  oneOnly: boolean,
): readonly (number | null)[] {
  const nexts: (number | null)[] = [];
  const last = new Map<string, number>();
  for (let index = requests.length - 1; index >= 0; index -= 1) {
    const request = requests[index];
    if (request === undefined) continue;
    const key = keyOf(request);
    const known = [last.get(key), last.get('')].filter((place) => place !== undefined);
    if (oneOnly || key === '') nexts[index] = index + 1 < requests.length ? index + 1 : null;
    else nexts[index] = known.length === 0 ? null : Math.min(...known);
    last.set(key, index);
  }
  return nexts;
}

const outcomes: ReadonlySet<DsMeaning> = new Set(['update-succeeded', 'update-failed', 'update-skipped']);

interface OpenUpdate {
  readonly request: TimedEvent | null;
  readonly downloads: TimedEvent[];
  result: TimedEvent | null;
  readonly repeated: TimedEvent[];
  next: TimedEvent | null;
}

/** The updates of one agent while its events are read, oldest first. */
interface UpdatesOfAgent {
  readonly name: string | null;
  readonly updates: OpenUpdate[];
  /** Those that a result may still answer. */
  open: OpenUpdate[];
  /** Requests that no other one has followed. */
  readonly waiting: OpenUpdate[];
}

function agentUpdates(
  material: RunMaterial,
  events: readonly TimedEvent[],
  relays: readonly RelayUpdate[],
  timings: Timings,
): AgentUpdate[] {
  const byAgent = new Map<string, UpdatesOfAgent>();
  const requested = new OrderedMoments(relays.map(({ request }) => request.at));
  for (const event of events) {
    const { meaning } = event.detail;
    if (meaning !== 'update-requested' && meaning !== 'update-downloaded' && !outcomes.has(meaning)) continue;
    const key = agentKey(material, event);
    let agent = byAgent.get(key);
    if (agent === undefined) {
      agent = { name: event.device, updates: [], open: [], waiting: [] };
      byAgent.set(key, agent);
    }
    if (meaning === 'update-requested') addRequest(agent, event);
    else if (meaning === 'update-downloaded') addDownload(agent, event);
    else addResult(agent, event);
  }
  return [...byAgent].flatMap(([key, { name, updates }]) =>
    updates.map((update) => ({
      ...update,
      subject: { key, name, isGroup: false },
      together: togetherWith(update.request, relays, requested, timings),
    })),
  );
}

/** The folded device; '' when the event names none. */
export function agentKey(material: RunMaterial, event: SystemEvent): string {
  return event.detail.targetIsGroup ? '' : material.deviceKey(event.device);
}

function addRequest(agent: UpdatesOfAgent, request: TimedEvent): void {
  for (const update of agent.waiting.splice(0)) if (update.result === null) update.next = request;
  const update = begin(agent, { request, downloads: [], result: null, repeated: [], next: null });
  agent.waiting.push(update);
}

function addDownload(agent: UpdatesOfAgent, download: TimedEvent): void {
  const last = agent.updates.at(-1);
  if (last !== undefined && isOpenFor(last, download)) {
    last.downloads.push(download);
  } else {
    begin(agent, { request: null, downloads: [download], result: null, repeated: [], next: null });
  }
}

function begin(agent: UpdatesOfAgent, update: OpenUpdate): OpenUpdate {
  agent.updates.push(update);
  agent.open.push(update);
  return update;
}

/** A result answers every request that is still open: two requests in a row are one update. */
function addResult(agent: UpdatesOfAgent, result: TimedEvent): void {
  const { updates } = agent;
  const open = agent.open.filter((update) => isOpenFor(update, result));
  for (const update of open) update.result = result;
  // Events come oldest first: what is too old for this result is so for every later one.
  agent.open = agent.open.filter((update) => update.result === null && !isTooOld(update, result));
  if (open.length > 0) return;
  const last = updates.at(-1);
  const previous = last?.result;
  if (
    last !== undefined &&
    previous?.detail.meaning === result.detail.meaning &&
    isWithin(previous.at, result.at, assumed.togetherMinutes * 2) &&
    previous.detail.eventId !== result.detail.eventId
  ) {
    last.repeated.push(result);
    return;
  }
  updates.push({ request: null, downloads: [], result, repeated: [], next: null });
}

function isTooOld(update: OpenUpdate, event: TimedEvent): boolean {
  const start = update.request ?? update.downloads[0];
  const apart = start === undefined ? null : minutesFrom(start.at, event.at);
  return apart !== null && apart > assumed.longestMinutes;
}

function isOpenFor(update: OpenUpdate, event: TimedEvent): boolean {
  const start = update.request ?? update.downloads[0];
  return (
    update.result === null && start !== undefined && isWithin(start.at, event.at, assumed.longestMinutes)
  );
}

function togetherWith(
  request: TimedEvent | null,
  relays: readonly RelayUpdate[],
  requested: OrderedMoments,
  timings: Timings,
): RelayUpdate | null {
  if (request === null) return null;
  const span = timings.togetherMinutes * 60_000;
  const first = requested.first({
    at: request.at,
    is: ['before', 'same', 'undecidable', 'after'],
    atLeast: -span,
    atMost: span,
  });
  return first === null ? null : (relays[first] ?? null);
}
