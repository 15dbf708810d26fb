import { groupBy } from '../../domain/group-by.ts';
import type { EvidenceEvent } from '../../domain/evidence.ts';
import { foldDeviceName } from '../../domain/names.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { assumedFor } from '../assumptions.ts';
import {
  cannotTell,
  consistent,
  defineRule,
  found,
  notApplicable,
  place,
  type Verdict,
} from '../define-rule.ts';
import { timeText, whyUndecidable } from '../parameters.ts';
import {
  assumed,
  deepSecurityView,
  deepSecurityViewBy,
  eventsOf,
  isRelayHost,
  mostCited,
  spanOf,
  told,
  within,
  type AgentUpdate,
  type DeepSecurityView,
} from './view.ts';
import { agentWindow } from './unfinished.ts';
import { oncePer } from '../../domain/once.ts';

type Connection = EvidenceEvent<'deep-security/connection'>;

/** Agents reach a relay by the name under which it is registered; here that name leads nowhere, every time. */
export const relayNameUnreachable = defineRule({
  id: 'deep-security/relay-name-unreachable',
  kind: 'fault',
  severity: 'critical',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/tmudump', 'deep-security/iau-log', 'deep-security/agent-log'],
  source: 'S3',
  check(_bundle, evidence) {
    const view = deepSecurityView(evidence);
    const all = evidence.events('deep-security/connection').filter((event) => isRelayHost(view, event));
    if (all.length === 0) return hasConnectionLogs(evidence) ? notApplicable : cannotTell('ds-logs');
    const groups = groupBy(all, (event) => `${evidence.deviceKey(event.device)}\0${hostKey(event)}`);
    return [...groups.values()].map((group) => judgeName(group));
  },
});

function judgeName(group: readonly Connection[]): Verdict {
  const failures = group.filter((event) => !event.detail.reached);
  const [first] = failures;
  if (first === undefined || failures.length < group.length) return consistent;
  const span = spanOf(failures);
  return found({
    device: first.device,
    parameters: {
      relay: first.detail.host,
      attempts: failures.reduce((sum, event) => sum + event.detail.count, 0),
      firstAt: span.first === null ? null : timeText(span.first),
      lastAt: span.last === null ? null : timeText(span.last),
    },
    witnesses: failures.slice(0, mostCited).map(attempt),
  });
}

function hostKey(event: Connection): string {
  const { host } = event.detail;
  return host === null ? '' : foldDeviceName(host);
}

function hasConnectionLogs(evidence: Evidence): boolean {
  return evidence.members.some(
    ({ kind }) =>
      kind !== null &&
      /^deep-security\/(?:tmudump|iau-log|iaurelay-log|agent-log|debug-log|amsp-logs)$/u.test(kind),
  );
}

function attempt(event: Connection): ReturnType<typeof place> {
  return place(event.citation, event.detail.outcome === 'failed' ? 'ds-connect-failed' : 'ds-connected', {
    host: event.detail.host,
    count: event.detail.count,
  });
}

/** An agent tries its relay three times before it goes to the update server itself (S3). */
const attemptsAtRelay = 3;

/** The relay could not be used and the agent helped itself: not a fault of this update, worth knowing. */
export const fellBackToServer = defineRule({
  id: 'deep-security/fell-back-to-server',
  kind: 'note',
  severity: 'info',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/tmudump'],
  source: 'S3',
  check(_bundle, evidence) {
    const view = deepSecurityView(evidence);
    const all = evidence.events('deep-security/connection');
    if (all.length === 0) return hasConnectionLogs(evidence) ? notApplicable : cannotTell('ds-logs');
    const fallbacks = [...groupBy(all, (event) => event.citation.member).values()].flatMap((file) =>
      fallbacksIn(file, view),
    );
    return [...groupBy(fallbacks, ({ server }) => evidence.deviceKey(server.device)).values()].map(
      (group) => {
        const [first] = group;
        if (first === undefined) return notApplicable;
        return found({
          device: first.server.device,
          parameters: {
            relay: first.failures[0]?.detail.host ?? null,
            server: first.server.detail.host,
            attempts: first.failures.reduce((sum, event) => sum + event.detail.count, 0),
            connectedAt: first.server.at === null ? null : timeText(first.server.at),
            count: group.length,
          },
          witnesses: [...first.failures.map(attempt), attempt(first.server)],
        });
      },
    );
  },
});

interface Fallback {
  readonly failures: readonly Connection[];
  readonly server: Connection;
}

/** Three or more failed attempts at relays in a row, then one at the server: in the order of one file. */
function fallbacksIn(file: readonly Connection[], view: DeepSecurityView): readonly Fallback[] {
  const fallbacks: Fallback[] = [];
  let failures: Connection[] = [];
  for (const event of file) {
    if (isRelayHost(view, event)) {
      if (event.detail.outcome === 'failed') failures.push(event);
      else failures = [];
    } else if (event.detail.role === 'server') {
      if (failures.reduce((sum, one) => sum + one.detail.count, 0) >= attemptsAtRelay)
        fallbacks.push({ failures, server: event });
      failures = [];
    }
  }
  return fallbacks;
}

/**
 * Where the task includes the relay, agents do not go to the update server even though the option allows
 * it: with the relay stopped nothing is tried at all (S3).
 */
export const noFallbackWithRelay = defineRule({
  id: 'deep-security/no-fallback-with-relay',
  kind: 'fault',
  severity: 'medium',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events', 'deep-security/tmudump'],
  assumes: { togetherMinutes: assumed.togetherMinutes },
  source: 'S3',
  check(_bundle, evidence) {
    const timings = assumedFor(evidence, 'deep-security/no-fallback-with-relay', assumed);
    const view = deepSecurityViewBy(evidence, timings);
    if (!view.hasEvents) return cannotTell('ds-system-events');
    return view.updates.agents.map((update) =>
      judgeFallback(update, view, evidence, timings.togetherMinutes),
    );
  },
});

function judgeFallback(
  update: AgentUpdate,
  view: DeepSecurityView,
  evidence: Evidence,
  togetherMinutes: number,
): Verdict {
  const { request, result, together, subject } = update;
  if (request === null || together?.result !== null) return notApplicable;
  if (result !== null && result.detail.meaning !== 'update-failed') return notApplicable;
  const end = result?.at ?? null;
  const stops = eventsOf(view, 'relay-stopped');
  const stopped =
    stops.events[
      (end === null
        ? greater(
            stops.times.last({ at: request.at, is: ['before'] }),
            stops.times.last(within(request.at, agentWindow(update))),
          )
        : stops.times.last({ at: end, is: ['before', 'same', 'undecidable'] })) ?? -1
    ];
  if (stopped === undefined) return notApplicable;
  const started = eventsOf(view, 'relay-update-succeeded').times.has(
    { at: stopped.at, is: ['after'] },
    { at: request.at, is: ['before', 'same', 'undecidable'] },
  );
  if (started) return notApplicable;
  const options = evidence.facts('deep-security/fallback-option');
  const [option] = options;
  if (option === undefined) return cannotTell('ds-fallback-option', subject.name);
  if (options.some((fact) => !fact.value.on)) return notApplicable;
  const own = evidence.members.some(
    (member) =>
      member.kind === 'deep-security/tmudump' &&
      evidence.deviceKey(member.device?.name ?? null) === subject.key,
  );
  if (!own) return cannotTell('ds-agent-tmudump', subject.name);
  const direct = serverConnections(evidence, subject.key);
  const during = direct.first(
    { at: request.at, is: ['same', 'after'] },
    ...(end === null ? [] : [{ at: end, is: ['before', 'same', 'undecidable'] as const }]),
  );
  const unclear = direct.first({ at: request.at, is: ['undecidable'] });
  if (unclear !== null && (during === null || unclear < during)) {
    const at = serverTimes(evidence, subject.key)[unclear];
    if (at !== undefined && at !== null) return cannotTell(whyUndecidable(at, request.at), subject.name);
  }
  if (during !== null) return consistent;
  return found({
    device: subject.name,
    parameters: {
      requestedAt: timeText(request.at),
      stoppedAt: timeText(stopped.at),
      togetherMinutes,
      assumed: ['togetherMinutes'],
    },
    witnesses: [
      told(request, 'ds-requested'),
      told(together.request, 'ds-relay-requested'),
      told(stopped, 'ds-relay-stopped'),
      place(option.citation, 'ds-fallback-on'),
      ...(result === null ? [] : [told(result, 'ds-failed')]),
    ],
  });
}

function greater(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b > a) ? b : a;
}

const directTimes = new WeakMap<Evidence, Map<string, readonly (Moment | null)[]>>();

/** When each machine connected to the update server itself, in the order of the bundle. */
function serverTimes(evidence: Evidence, key: string): readonly (Moment | null)[] {
  let known = directTimes.get(evidence);
  if (known === undefined) {
    const own = evidence
      .events('deep-security/connection')
      .filter(({ detail, at }) => detail.role === 'server' && at !== null);
    known = new Map(
      [...groupBy(own, (event) => evidence.deviceKey(event.device))].map(([device, events]) => [
        device,
        events.map(({ at }) => at),
      ]),
    );
    directTimes.set(evidence, known);
  }
  return known.get(key) ?? [];
}

const connectionsAt = oncePer((times: readonly (Moment | null)[]) => new OrderedMoments(times));

function serverConnections(evidence: Evidence, key: string): OrderedMoments {
  return connectionsAt(serverTimes(evidence, key));
}
