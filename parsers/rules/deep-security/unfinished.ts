import type { Evidence } from '../../evidence/evidence.ts';
import { assumedFor } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, type Verdict } from '../define-rule.ts';
import { timeText } from '../parameters.ts';
import {
  assumed,
  deepSecurityViewBy,
  goesOnFor,
  lookedUntil,
  untilOf,
  minutesFrom,
  outcomesOf,
  relayDevice,
  told,
  within,
  type AgentUpdate,
  type DeepSecurityView,
  type RelayUpdate,
  type Timings,
} from './view.ts';

/** The relay was told to update (1600), and nothing says that it did (1601). */
export const relayUpdateUnfinished = defineRule({
  id: 'deep-security/relay-update-unfinished',
  kind: 'fault',
  severity: 'critical',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  assumes: { windowMinutes: assumed.relayMinutes },
  source: 'S3',
  check(_bundle, evidence) {
    const timings = assumedFor(evidence, 'deep-security/relay-update-unfinished', assumed, {
      relayMinutes: 'windowMinutes',
    });
    const view = deepSecurityViewBy(evidence, timings);
    if (!view.hasEvents) return cannotTell('ds-system-events');
    return view.updates.relays.map((update) => judgeRelay(update, evidence, timings));
  },
});

function judgeRelay(update: RelayUpdate, evidence: Evidence, timings: Timings): Verdict {
  if (update.result !== null) return consistent;
  const { request, subject } = update;
  const device = relayDevice(evidence, update);
  if (goesOnFor(evidence, request, timings.relayMinutes) !== true)
    return cannotTell('ds-later-events', device, null, untilOf(evidence, request));
  const until = lookedUntil(evidence, request);
  return found({
    device,
    parameters: {
      relay: subject.name,
      requestedAt: timeText(request.at),
      untilAt: until === null ? null : timeText(until),
      windowMinutes: timings.relayMinutes,
      assumed: ['windowMinutes'],
    },
    witnesses: [
      told(request, 'ds-relay-requested'),
      ...(update.next === null ? [] : [told(update.next, 'ds-relay-requested')]),
    ],
  });
}

/** The agent was told to update (273), and no result of any kind followed. */
export const agentUpdateUnfinished = defineRule({
  id: 'deep-security/agent-update-unfinished',
  kind: 'fault',
  severity: 'high',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  assumes: { windowMinutes: assumed.agentMinutes },
  source: 'S3',
  check(_bundle, evidence) {
    const timings = assumedFor(evidence, 'deep-security/agent-update-unfinished', assumed, {
      agentMinutes: 'windowMinutes',
    });
    const view = deepSecurityViewBy(evidence, timings);
    if (!view.hasEvents) return cannotTell('ds-system-events');
    return view.updates.agents.map((update) => judgeAgent(update, view, evidence, timings));
  },
});

/**
 * Minutes from an agent's request to its last chance. A request together with the relay's is counted from
 * the relay's success; while that is missing the relay may take its own time first.
 */
export function agentWindow(update: AgentUpdate, timings: Timings = assumed): number {
  const { request, together } = update;
  if (request === null || together === null) return timings.agentMinutes;
  const wait =
    together.result === null ? timings.relayMinutes : (minutesFrom(request.at, together.result.at) ?? 0);
  return Math.max(0, wait) + timings.agentMinutes;
}

function judgeAgent(
  update: AgentUpdate,
  view: DeepSecurityView,
  evidence: Evidence,
  timings: Timings,
): Verdict {
  const { request, subject, together } = update;
  if (request === null) return notApplicable;
  const window = agentWindow(update, timings);
  const outcomes = outcomesOf(view, evidence, subject.key);
  if (outcomes.times.has(within(request.at, window))) return consistent;
  if (goesOnFor(evidence, request, window) !== true)
    return cannotTell('ds-later-events', subject.name, null, untilOf(evidence, request));
  const relayResult = together?.result ?? null;
  const later = outcomes.times.first({ at: request.at, is: ['after'] });
  const late = later === null ? undefined : outcomes.events[later];
  const until = lookedUntil(evidence, request);
  return found({
    device: subject.name,
    parameters: {
      requestedAt: timeText(request.at),
      countedFrom: relayResult === null ? (together === null ? 'request' : 'relay-open') : 'relay-success',
      relaySucceededAt: relayResult === null ? null : timeText(relayResult.at),
      untilAt: until === null ? null : timeText(until),
      windowMinutes: timings.agentMinutes,
      assumed: ['windowMinutes'],
    },
    witnesses: [
      told(request, 'ds-requested'),
      ...(relayResult === null ? [] : [told(relayResult, 'ds-relay-succeeded')]),
      ...(late === undefined ? [] : [told(late, 'ds-later-result')]),
    ],
  });
}
