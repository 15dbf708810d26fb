import type { Witness } from '../../domain/finding.ts';
import { order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { agentSpanMeets } from '../../formats/deep-security/runs.ts';
import { assumedFor } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, type Verdict } from '../define-rule.ts';
import { timeText } from '../parameters.ts';
import { agentWindow } from './unfinished.ts';
import {
  assumed,
  deepSecurityViewBy,
  goesOnFor,
  isWithin,
  relayEnd,
  told,
  untilOf,
  type AgentUpdate,
  type DeepSecurityView,
  type RelayUpdate,
  type Timings,
} from './view.ts';

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
  const disabled = view.updates
    .of('relay-web-server-disabled')
    .filter((event) => liesInside(event.at, request.at, end, agentWindow(update, timings)));
  const relays = view.updates.relays.filter((relay) => overlaps(update, relay, timings));
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
    ...disabled.slice(0, 5).map((event) => told(event, 'ds-web-server-off')),
    ...relays
      .slice(0, 5)
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

function liesInside(at: Moment, start: Moment, end: Moment | null, minutes: number): boolean {
  if (end === null) return isWithin(start, at, minutes);
  const [fromStart, toEnd] = [order(at, start), order(at, end)];
  return (fromStart === 'after' || fromStart === 'same') && (toEnd === 'before' || toEnd === 'same');
}
