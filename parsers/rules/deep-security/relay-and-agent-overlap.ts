import type { Witness } from '../../domain/finding.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { MomentTest } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { agentSpanMeets } from '../../formats/deep-security/runs.ts';
import { assumedFor } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, type Verdict } from '../define-rule.ts';
import { timeText } from '../parameters.ts';

import { agentWindow } from './unfinished.ts';
import {
  assumed,
  deepSecurityViewBy,
  eventsOf,
  goesOnFor,
  relayEnd,
  told,
  untilOf,
  within,
  type AgentUpdate,
  type DeepSecurityView,
  type RelayUpdate,
  type Timings,
} from './view.ts';

/** Of what happened during an update so much is cited. */
const mostCited = 5;

/**
 * While a relay replaces its components its web server is off: an agent that updates at that time finds
 * nobody. An overlap with success is none: a task aimed at agents records 273 together with 1600.
 */
export const relayAndAgentOverlap = defineRule({
  id: 'deep-security/relay-and-agent-overlap',
  kind: 'fault',
  severity: 'high',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  assumes: { relayMinutes: assumed.relayMinutes, agentMinutes: assumed.agentMinutes },
  source: 'S3',
  check(_bundle, evidence) {
    const timings = assumedFor(evidence, 'deep-security/relay-and-agent-overlap', assumed);
    const view = deepSecurityViewBy(evidence, timings);
    if (!view.hasEvents) return cannotTell('ds-system-events');
    return view.updates.agents.map((update) => judge(update, view, evidence, timings));
  },
});

function judge(update: AgentUpdate, view: DeepSecurityView, evidence: Evidence, timings: Timings): Verdict {
  const { request, result, subject } = update;
  if (request === null) return notApplicable;
  if (result !== null && result.detail.meaning !== 'update-failed') return consistent;
  const end = result?.at ?? update.next?.at ?? null;
  const offs = eventsOf(view, 'relay-web-server-disabled');
  const disabled = offs.times
    .firstFew(mostCited, ...inside(request.at, end, agentWindow(update, timings)))
    .flatMap((place) => offs.events[place] ?? []);
  const relays = candidates(update, view, timings).filter((relay) => overlaps(update, relay, timings));
  const [relay] = relays;
  if (disabled.length === 0 && relay === undefined) return consistent;
  if (
    result === null &&
    update.next === null &&
    goesOnFor(evidence, request, agentWindow(update, timings)) !== true
  ) {
    return cannotTell('ds-later-events', subject.name, null, untilOf(evidence, request));
  }
  const [off] = disabled;
  const witnesses: Witness[] = [
    told(request, 'ds-requested'),
    ...disabled.map((event) => told(event, 'ds-web-server-off')),
    ...relays
      .slice(0, mostCited)
      .flatMap((one) => [
        told(one.request, 'ds-relay-requested'),
        ...(one.result === null ? [] : [told(one.result, 'ds-relay-succeeded')]),
      ]),
    ...(result === null ? [] : [told(result, 'ds-failed')]),
  ];
  return found({
    device: subject.name,
    parameters: {
      requestedAt: timeText(request.at),
      failedAt: result === null ? null : timeText(result.at),
      relayRequestedAt: relay === undefined ? null : timeText(relay.request.at),
      relaySucceededAt: relay?.result === null || relay === undefined ? null : timeText(relay.result.at),
      disabledAt: off === undefined ? null : timeText(off.at),
      relayMinutes: timings.relayMinutes,
      agentMinutes: timings.agentMinutes,
      assumed: ['relayMinutes', 'agentMinutes'],
    },
    witnesses,
  });
}

function overlaps(update: AgentUpdate, relay: RelayUpdate, timings: Timings): boolean {
  return agentSpanMeets(update, relay.request.at, relayEnd(relay, timings), timings);
}

/** The tests for what lies inside an agent's update. */
function inside(start: Moment, end: Moment | null, minutes: number): readonly MomentTest[] {
  if (end === null) return [within(start, minutes)];
  return [
    { at: start, is: ['after', 'same'] },
    { at: end, is: ['before', 'same'] },
  ];
}

/** So many relay updates are looked at one by one. */
const fewRelays = 200;
const requestTimes = new WeakMap<DeepSecurityView, OrderedMoments>();

/**
 * The relay updates that an agent's may overlap. Of more than a few only the first that were requested inside the
 * relay's window before it, or during it: what began earlier was over, or is not known to have lasted.
 */
function candidates(update: AgentUpdate, view: DeepSecurityView, timings: Timings): readonly RelayUpdate[] {
  const { relays } = view.updates;
  if (relays.length <= fewRelays) return relays;
  let times = requestTimes.get(view);
  if (times === undefined) {
    times = new OrderedMoments(relays.map(({ request }) => request.at));
    requestTimes.set(view, times);
  }
  const start = update.request?.at ?? null;
  const end = update.result?.at ?? update.next?.at ?? null;
  if (start === null) return [];
  return times
    .firstFew(
      fewRelays,
      { at: start, is: ['before', 'same', 'undecidable', 'after'], atLeast: -timings.relayMinutes * 60_000 },
      end === null
        ? { at: start, is: ['before', 'same', 'undecidable', 'after'], atMost: timings.agentMinutes * 60_000 }
        : { at: end, is: ['before', 'same'] },
    )
    .flatMap((place) => relays[place] ?? []);
}
