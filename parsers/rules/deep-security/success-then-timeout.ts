import { assumedFor } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, type Verdict } from '../define-rule.ts';
import { minutesBetween, timeText } from '../parameters.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import {
  assumed,
  deepSecurityView,
  eventsOf,
  minutesFrom,
  told,
  versionsOf,
  type DeepSecurityView,
  type TimedEvent,
} from './view.ts';

/**
 * The relay group's update succeeded, and some twenty minutes later an alert says that it timed out: a
 * known defect before 9.0 SP1 Patch 5 (S3), on later versions a contradiction without that excuse.
 */
export const successThenTimeout = defineRule({
  id: 'deep-security/success-then-timeout',
  kind: 'contradiction',
  severity: 'medium',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  assumes: { fromMinutes: assumed.timeoutFromMinutes, toMinutes: assumed.timeoutToMinutes },
  source: 'S3',
  check(_bundle, evidence) {
    const view = deepSecurityView(evidence);
    if (!view.hasEvents) return cannotTell('ds-system-events');
    return view.updates.of('update-timed-out').map((alert) => judge(alert, view, evidence));
  },
});

function judge(alert: TimedEvent, view: DeepSecurityView, evidence: Evidence): Verdict {
  const { events, times } = eventsOf(view, 'relay-update-succeeded');
  const success = events[times.last({ at: alert.at, is: ['before'] }) ?? -1];
  if (success === undefined) return notApplicable;
  const apart = minutesFrom(success.at, alert.at);
  if (apart === null) return cannotTell('clock-offset', alert.device);
  const { timeoutFromMinutes, timeoutToMinutes } = assumedFor(
    evidence,
    'deep-security/success-then-timeout',
    assumed,
    { timeoutFromMinutes: 'fromMinutes', timeoutToMinutes: 'toMinutes' },
  );
  if (apart < timeoutFromMinutes || apart > timeoutToMinutes) return consistent;
  // A request in between may be the one that timed out.
  const between = eventsOf(view, 'relay-update-requested').times.has(
    { at: success.at, is: ['after'] },
    { at: alert.at, is: ['before'] },
  );
  if (between) return consistent;
  const version = versionsOf(evidence, 'manager')[0] ?? null;
  return found({
    device: success.detail.targetIsGroup ? alert.device : (success.device ?? alert.device),
    parameters: {
      succeededAt: timeText(success.at),
      alertAt: timeText(alert.at),
      apartMinutes: minutesBetween(success.at, alert.at),
      fromMinutes: timeoutFromMinutes,
      toMinutes: timeoutToMinutes,
      assumed: ['fromMinutes', 'toMinutes'],
      managerVersion: version?.value.version ?? null,
      defect: version === null ? 'unknown' : isOld(version.value.version) ? 'possible' : 'excluded',
    },
    witnesses: [told(success, 'ds-relay-succeeded'), told(alert, 'ds-timed-out')],
  });
}

/** Up to 9.0; which of its patches is installed, a version number does not tell. */
function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 9 || (major === 9 && minor === 0);
}
