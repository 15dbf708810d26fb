import type { Fact } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';

type ServerFact = Fact<'windows-update/wsus-server'>;
type PolicyFact = Fact<'windows-update/policy'>;

/**
 * The client's log knows no WSUS server while the policy in the registry says to use one. Where a
 * statement of health says so, `nap/wsus-claim-contradicts-log` speaks.
 */
export const wsusNotSet = defineRule({
  id: 'windows-update/wsus-not-set',
  kind: 'fault',
  severity: 'high',
  system: 'windows-update',
  looksAt: 'bundle',
  needs: ['windows-update/log', 'windows-update/policy-registry'],
  source: 'S1',
  check(_, evidence) {
    const unset = lastStatements(evidence).filter((fact) => fact.value.server === null);
    return unset.length === 0 ? notApplicable : unset.map((fact) => judgeUnset(fact, evidence));
  },
});

/** The policy says WSUS, and its two addresses are not one: the client fetches from one and reports to another. */
export const wsusValuesDiffer = defineRule({
  id: 'windows-update/wsus-values-differ',
  kind: 'fault',
  severity: 'medium',
  system: 'windows-update',
  looksAt: 'bundle',
  needs: ['windows-update/policy-registry'],
  source: 'S1',
  check(_, evidence) {
    const policies = evidence.facts('windows-update/policy');
    return policies.length === 0 ? notApplicable : policies.map(judgeValues);
  },
});

/** What each log says at its end: a log that names a server later tells of a change. */
function lastStatements(evidence: Evidence): readonly ServerFact[] {
  const last = new Map<string, ServerFact>();
  for (const fact of evidence.facts('windows-update/wsus-server')) last.set(fact.citation.member, fact);
  return [...last.values()];
}

function judgeUnset(fact: ServerFact, evidence: Evidence): Verdict {
  const wanting = evidence.facts('windows-update/policy').filter((policy) => policy.value.useWuServer === 1);
  if (wanting.length === 0) return consistent;
  const key = evidence.deviceKey(fact.device);
  const own = wanting.filter((policy) => key !== '' && evidence.deviceKey(policy.device) === key);
  const [policy] = own;
  if (policy === undefined) {
    const joinable = key !== '' && wanting.every(({ device }) => evidence.deviceKey(device) !== '');
    return joinable ? consistent : cannotTell('update-log-device', fact.device);
  }
  return found({
    device: fact.device,
    parameters: { server: policy.value.wuServer, statedAt: atText(fact.value.at) },
    witnesses: [
      place(fact.citation, 'wsus-server-null', { statedAt: atText(fact.value.at) }),
      ...own.flatMap(policyWitnesses),
    ],
  });
}

function judgeValues(policy: PolicyFact): Verdict {
  const { wuServer, wuStatusServer, useWuServer, hasAutoUpdateKey } = policy.value;
  const server = foldAddress(wuServer);
  const statusServer = foldAddress(wuStatusServer);
  const isFine = server !== '' && server === statusServer;
  if (useWuServer === null && !hasAutoUpdateKey && !isFine) {
    return cannotTell('policy-use-wu-server', policy.device);
  }
  if (useWuServer !== 1 || isFine) return consistent;
  return found({
    device: policy.device,
    parameters: {
      server: server === '' ? null : wuServer,
      statusServer: statusServer === '' ? null : wuStatusServer,
    },
    witnesses: policyWitnesses(policy),
  });
}

/** Case and a slash at the end make no other address. */
function foldAddress(address: string | null): string {
  return (address ?? '').trim().toLowerCase().replace(/\/+$/u, '');
}

function policyWitnesses({ value, citation }: PolicyFact): readonly Witness[] {
  const witnesses: Witness[] = [
    place(value.useWuServerCitation ?? citation, 'policy-use-wsus', { value: value.useWuServer }),
  ];
  if (value.wuServerCitation !== null) {
    witnesses.push(place(value.wuServerCitation, 'policy-wsus-server', { server: value.wuServer || null }));
  }
  if (value.wuStatusServerCitation !== null) {
    witnesses.push(
      place(value.wuStatusServerCitation, 'policy-wsus-status-server', {
        server: value.wuStatusServer || null,
      }),
    );
  }
  return witnesses;
}
