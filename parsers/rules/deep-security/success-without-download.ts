import { groupBy } from '../../domain/group-by.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { cannotTell, defineRule, found, notApplicable, type Verdict } from '../define-rule.ts';
import { timeText } from '../parameters.ts';
import { assumed, deepSecurityView, minutesFrom, mostCited, nameOf, told, type AgentUpdate } from './view.ts';

/** A success without a download (276) before it: the agent had the newest components already (S3). */
export const successWithoutDownload = defineRule({
  id: 'deep-security/success-without-download',
  kind: 'note',
  severity: 'info',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/system-events'],
  source: 'S3',
  check(_bundle, evidence) {
    const view = deepSecurityView(evidence);
    if (!view.hasEvents) return cannotTell('ds-system-events');
    const successes = view.updates.agents.filter(
      ({ result, downloads }) => result?.detail.meaning === 'update-succeeded' && downloads.length === 0,
    );
    return [...groupBy(successes, ({ subject }) => subject.key)].map(([key, updates]) =>
      judge(key, updates, evidence),
    );
  },
});

function judge(key: string, updates: readonly AgentUpdate[], evidence: Evidence): Verdict {
  const covered = updates.filter((update) => isCovered(update, evidence));
  const device = nameOf(evidence, key);
  const results = [...new Set(covered.flatMap(({ result }) => (result === null ? [] : [result])))];
  const [first] = results;
  if (first === undefined)
    return updates.length === 0 ? notApplicable : cannotTell('ds-earlier-events', device);
  return found({
    device,
    parameters: { count: results.length, succeededAt: timeText(first.at) },
    witnesses: results.slice(0, mostCited).map((event) => told(event, 'ds-succeeded')),
  });
}

/** Whether the file would show a download: it tells of the request, or begins well before the success. */
function isCovered({ request, result }: AgentUpdate, evidence: Evidence): boolean {
  if (request !== null || result === null) return request !== null;
  return evidence.facts('deep-security/event-log').some(({ value, citation }) => {
    if (citation.member !== result.citation.member || value.earliest === null) return false;
    return (minutesFrom(value.earliest, result.at) ?? 0) >= assumed.agentMinutes;
  });
}
