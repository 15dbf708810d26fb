import type { EvidenceEvent } from '../../domain/evidence.ts';
import { order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
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
  groupBy,
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
  let undecided: string | null = null;
  for (const licence of expired) {
    for (const request of requests) {
      if (licence.at === null || request.at === null) continue;
      const relation = order(request.at, licence.at);
      if (relation === 'undecidable') undecided ??= whyUndecidable(request.at, licence.at);
      else if (relation !== 'before' || !succeededBetween(view, request.at, licence.at)) {
        return expiredFinding(device, expired, licence, request);
      }
    }
  }
  return undecided === null ? consistent : cannotTell(undecided, device);
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

function succeededBetween(view: DeepSecurityView, from: Moment, to: Moment): boolean {
  return [...view.updates.of('update-succeeded'), ...view.updates.of('relay-update-succeeded')].some(
    (event) => order(event.at, from) === 'after' && order(event.at, to) === 'before',
  );
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
