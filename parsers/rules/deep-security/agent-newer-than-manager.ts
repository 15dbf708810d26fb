import { groupBy } from '../../domain/group-by.ts';
import type { Fact } from '../../domain/evidence.ts';
import { cannotTell, consistent, defineRule, found, place, type Verdict } from '../define-rule.ts';
import { versionsOf } from './view.ts';

type Version = Fact<'deep-security/version'>;

/** An agent newer than its manager or its relay cannot be updated by them for certain (S3). */
export const agentNewerThanManager = defineRule({
  id: 'deep-security/agent-newer-than-manager',
  kind: 'fault',
  severity: 'high',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/versions'],
  source: 'S3',
  check(_bundle, evidence) {
    const agents = groupBy(versionsOf(evidence, 'agent'), (fact) => evidence.deviceKey(fact.device));
    if (agents.size === 0) return cannotTell('ds-agent-version');
    const manager = newest(versionsOf(evidence, 'manager'));
    const relay = newest(versionsOf(evidence, 'relay'));
    return [...agents.values()].map((facts) => judge(newest(facts), manager, relay));
  },
});

function judge(agent: Version | null, manager: Version | null, relay: Version | null): Verdict {
  if (agent === null) return consistent;
  if (manager === null && relay === null) return cannotTell('ds-manager-version', agent.device);
  const older = [manager, relay].filter(
    (other): other is Version =>
      other !== null && compareVersions(agent.value.version, other.value.version) > 0,
  );
  if (older.length === 0) return consistent;
  return found({
    device: agent.device,
    parameters: {
      agentVersion: agent.value.version,
      managerVersion: manager !== null && older.includes(manager) ? manager.value.version : null,
      relayVersion: relay !== null && older.includes(relay) ? relay.value.version : null,
    },
    witnesses: [
      place(agent.citation, 'ds-agent-version-is', { version: agent.value.raw }),
      ...older.map((other) =>
        other === manager
          ? place(other.citation, 'ds-manager-version-is', { version: other.value.raw })
          : place(other.citation, 'ds-relay-version-is', { version: other.value.raw }),
      ),
    ],
  });
}

/** The highest of several statements: the first of equal ones. */
function newest(facts: readonly Version[]): Version | null {
  return facts.reduce<Version | null>(
    (best, fact) =>
      best === null || compareVersions(fact.value.version, best.value.version) > 0 ? fact : best,
    null,
  );
}

/**
 * Part by part. Managers and agents number their builds differently (20.0.844 beside 20.0.1.23340): with
 * another number of parts only the first two can be compared.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  const parts = left.length === right.length ? left.length : 2;
  for (let at = 0; at < parts; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
