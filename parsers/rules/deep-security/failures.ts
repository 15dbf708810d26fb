import { cannotTell, consistent, defineRule, found, notApplicable, type Verdict } from '../define-rule.ts';
import { timeText } from '../parameters.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { deepSecurityView, mostCited, nameOf, told, type TimedEvent } from './view.ts';

/** So many failures in a row are no accident (S3). */
const failuresInARow = 3;

/** One agent fails again and again while others succeed: the fault is on that agent, not on the relay. */
export const oneAgentAlwaysFails = defineRule({
  id: 'deep-security/one-agent-always-fails',
  kind: 'fault',
  severity: 'high',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  source: 'S3',
  check(_bundle, evidence) {
    const { resultsByAgent, hasEvents } = deepSecurityView(evidence);
    if (!hasEvents) return cannotTell('ds-system-events');
    // The first success, and the first one of another agent: every agent looks for those of others.
    const firsts = [...resultsByAgent].flatMap(([agent, results]) => {
      const success = results.find(succeeded);
      return success === undefined ? [] : [{ agent, success }];
    });
    return [...resultsByAgent].map(([key, results]) => {
      const failures = trailingFailures(results);
      if (failures.length < failuresInARow) return consistent;
      if (resultsByAgent.size === 1) return cannotTell('ds-other-agents', nameOf(evidence, key));
      const success = (firsts[0]?.agent === key ? firsts[1] : firsts[0])?.success;
      if (success === undefined) return consistent;
      return found({
        device: nameOf(evidence, key),
        parameters: {
          failures: failures.length,
          firstAt: failures[0] === undefined ? null : timeText(failures[0].at),
          lastAt: failures.at(-1) === undefined ? null : timeText(failures.at(-1)?.at ?? success.at),
          otherAgent: success.device,
          otherSucceededAt: timeText(success.at),
        },
        witnesses: [
          ...failures.slice(0, mostCited).map((event) => told(event, 'ds-failed')),
          told(success, 'ds-other-succeeded', { agent: success.device }),
        ],
      });
    });
  },
});

/** One failure and then a success: watch, nothing more. */
export const singleFailure = defineRule({
  id: 'deep-security/single-failure',
  kind: 'note',
  severity: 'info',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  source: 'S3',
  check(_bundle, evidence) {
    const { resultsByAgent, hasEvents } = deepSecurityView(evidence);
    if (!hasEvents) return cannotTell('ds-system-events');
    return [...resultsByAgent].map(([key, results]) => judgeSingle(key, results, evidence));
  },
});

function judgeSingle(key: string, results: readonly TimedEvent[], evidence: Evidence): Verdict {
  const singles = results.flatMap((event, index) => {
    const [before, after] = [results[index - 1], results[index + 1]];
    if (succeeded(event) || after === undefined || !succeeded(after)) return [];
    return before !== undefined && !succeeded(before) ? [] : [{ failure: event, success: after }];
  });
  const [first] = singles;
  if (first === undefined) return notApplicable;
  return found({
    device: nameOf(evidence, key),
    parameters: {
      count: singles.length,
      failedAt: timeText(first.failure.at),
      succeededAt: timeText(first.success.at),
    },
    witnesses: singles
      .slice(0, mostCited / 2)
      .flatMap(({ failure, success }) => [told(failure, 'ds-failed'), told(success, 'ds-succeeded')]),
  });
}

function succeeded(event: TimedEvent): boolean {
  return event.detail.meaning === 'update-succeeded';
}

/** The failures since the last success. */
function trailingFailures(results: readonly TimedEvent[]): readonly TimedEvent[] {
  const last = results.findLastIndex(succeeded);
  return results.slice(last + 1);
}
