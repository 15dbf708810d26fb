import { groupBy } from '../../domain/group-by.ts';
import type { EvidenceEvent } from '../../domain/evidence.ts';
import { laterOf, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
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
  deepSecurityView,
  eventsOf,
  mostCited,
  spanOf,
  uniquePlaces,
  type DeepSecurityView,
  type TimedEvent,
} from './view.ts';

type Symptom = EvidenceEvent<'deep-security/symptom'>;

function symptoms(evidence: Evidence, symptom: Symptom['detail']['symptom']): readonly Symptom[] {
  return uniquePlaces(
    evidence.events('deep-security/symptom').filter((event) => event.detail.symptom === symptom),
  );
}

/** The vendor's server answers HTTP 503 and says that it is under maintenance. 503 alone is something else. */
export const serverMaintenance = defineRule({
  id: 'deep-security/server-maintenance',
  kind: 'fault',
  severity: 'medium',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/tmudump'],
  source: 'S3',
  check(_bundle, evidence) {
    const seen = symptoms(evidence, 'maintenance').filter((event) => event.detail.http503);
    return perDevice(evidence, seen, (device, events) => {
      const { first, last } = spanOf(events);
      const success = last === null ? null : laterSuccess(evidence, device, last);
      return found({
        device,
        severity: success === null ? 'medium' : 'info',
        parameters: {
          count: events.length,
          firstAt: first === null ? null : timeText(first),
          lastAt: last === null ? null : timeText(last),
          succeededAt: success?.at === undefined || success.at === null ? null : timeText(success.at),
        },
        witnesses: [
          ...events.slice(0, mostCited).map((event) => place(event.citation, 'ds-maintenance')),
          ...(success === null ? [] : [place(success.citation, 'ds-succeeded-later', timeOf(success))]),
        ],
      });
    });
  },
});

/** An update was asked for while another one was running. */
export const busyWithUpdate = defineRule({
  id: 'deep-security/busy-with-update',
  kind: 'fault',
  severity: 'high',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events', 'deep-security/agent-log', 'deep-security/iau-log'],
  source: 'S3',
  check(_bundle, evidence) {
    return perDevice(evidence, symptoms(evidence, 'busy'), (device, events) => {
      const { first, last } = spanOf(events);
      return found({
        device,
        parameters: {
          count: events.length,
          firstAt: first === null ? null : timeText(first),
          lastAt: last === null ? null : timeText(last),
        },
        witnesses: events.slice(0, mostCited).map((event) => place(event.citation, 'ds-busy')),
      });
    });
  },
});

/** A licence has expired and an update is asked for: components cannot be updated, rules can (S3). */
export const licenceExpired = defineRule({
  id: 'deep-security/licence-expired',
  kind: 'fault',
  severity: 'high',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  source: 'S3',
  check(_bundle, evidence) {
    const view = deepSecurityView(evidence);
    const events = evidence
      .events('deep-security/system-event')
      .filter((event) => event.detail.meaning === 'licence-expired');
    const seen = uniquePlaces<EvidenceEvent>([...events, ...symptoms(evidence, 'licence-expired')]);
    if (seen.length === 0) return notApplicable;
    return [...groupBy(seen, (event) => evidence.deviceKey(event.device)).values()].map((group) =>
      judgeLicence(group, view, evidence),
    );
  },
});

function judgeLicence(
  expired: readonly EvidenceEvent[],
  view: DeepSecurityView,
  evidence: Evidence,
): Verdict {
  const device = expired[0]?.device ?? null;
  const requests = requestsOf(view, evidence);
  if (requests.length === 0) return view.hasEvents ? consistent : cannotTell('ds-system-events', device);
  const times = new OrderedMoments(requests.map(({ at }) => at));
  let undecided: string | null = null;
  for (const licence of expired) {
    if (licence.at === null) continue;
    const asked = firstAsked(requests, times, licence.at, view);
    if (asked !== undefined) return expiredFinding(device, expired, licence, asked);
    const unclear = requests[times.first({ at: licence.at, is: ['undecidable'] }) ?? -1]?.at ?? null;
    if (unclear !== null) undecided ??= whyUndecidable(unclear, licence.at);
  }
  return undecided === null ? consistent : cannotTell(undecided, device);
}

/** The first request that met the expired licence: not before it, or before it and no success in between. */
function firstAsked(
  requests: readonly EvidenceEvent[],
  times: OrderedMoments,
  expiredAt: Moment,
  view: DeepSecurityView,
): EvidenceEvent | undefined {
  const since = times.first({ at: expiredAt, is: ['same', 'after'] });
  // Requests from before count back to the last success: those before it have their answer.
  const last = lastSuccess(view, expiredAt);
  const open = times.first(
    { at: expiredAt, is: ['before'] },
    ...(last === null ? [] : [{ at: last, is: ['same', 'after', 'undecidable'] as const }]),
  );
  const first = since === null || (open !== null && open < since) ? open : since;
  return requests[first ?? -1];
}

/** The latest success before a moment. */
function lastSuccess(view: DeepSecurityView, before: Moment): Moment | null {
  let last: Moment | null = null;
  for (const meaning of ['update-succeeded', 'relay-update-succeeded'] as const) {
    const { events, times } = eventsOf(view, meaning);
    const at = events[times.last({ at: before, is: ['before'] }) ?? -1]?.at ?? null;
    if (at !== null) last = last === null ? at : laterOf(last, at);
  }
  return last;
}

function expiredFinding(
  device: string | null,
  expired: readonly EvidenceEvent[],
  licence: EvidenceEvent,
  request: EvidenceEvent,
): Verdict {
  return found({
    device,
    parameters: {
      expiredAt: licence.at === null ? null : timeText(licence.at),
      requestedAt: request.at === null ? null : timeText(request.at),
    },
    witnesses: [
      ...expired.slice(0, mostCited).map((event) => place(event.citation, 'ds-licence-expired')),
      place(request.citation, 'ds-update-asked', timeOf(request)),
    ],
  });
}

/** Requests by the manager's events, or by the agent's log. */
function requestsOf(view: DeepSecurityView, evidence: Evidence): readonly EvidenceEvent[] {
  return [
    ...view.updates.of('update-requested'),
    ...view.updates.of('relay-update-requested'),
    ...evidence.events('deep-security/step').filter((event) => event.detail.step === 'request'),
  ];
}

function perDevice(
  evidence: Evidence,
  events: readonly Symptom[],
  find: (device: string | null, events: readonly Symptom[]) => Verdict,
): Verdict | readonly Verdict[] {
  if (events.length === 0) {
    const logs = evidence.members.some(
      (member) => member.system === 'deep-security' && member.state === 'parsed' && isLog(member.kind),
    );
    return logs ? notApplicable : cannotTell('ds-logs');
  }
  return [...groupBy(events, (event) => evidence.deviceKey(event.device)).values()].map((group) =>
    find(group[0]?.device ?? null, group),
  );
}

function isLog(kind: string | null): boolean {
  return kind !== null && /(?:system-events|cef-syslog|tmudump|log|logs)$/u.test(kind);
}

/** A success of the machine after a moment: by the manager's events, or a download of its own log. */
function laterSuccess(evidence: Evidence, device: string | null, after: Moment): EvidenceEvent | null {
  const view = deepSecurityView(evidence);
  const key = evidence.deviceKey(device);
  const successes: readonly EvidenceEvent[] = [
    ...view.updates
      .of('update-succeeded')
      .filter((event: TimedEvent) => key === '' || evidence.deviceKey(event.device) === key),
    ...view.updates.of('relay-update-succeeded'),
    ...evidence
      .events('deep-security/step')
      .filter(
        ({ detail, device: own }) =>
          detail.outcome === 'succeeded' &&
          (detail.step === 'download' || detail.step === 'swap') &&
          evidence.deviceKey(own) === key,
      ),
  ];
  return successes.find((event) => event.at !== null && order(event.at, after) === 'after') ?? null;
}

function timeOf(event: EvidenceEvent): { readonly toldAt: string | null } {
  return { toldAt: event.at === null ? null : timeText(event.at) };
}
