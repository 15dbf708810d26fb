import type { Fact } from '../../domain/evidence.ts';
import { order } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { at, nodeVerdicts, outcomeOf } from './view.ts';
import type { Node } from './view.ts';

type Item = Fact<'aws/compliance-item'>;

/** The association does not comply, and its newest execution succeeded. */
export const associationNoncompliantButSucceeded = defineRule({
  id: 'aws/association-noncompliant-but-succeeded',
  kind: 'contradiction',
  severity: 'medium',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/compliance-items', 'aws/associations'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) =>
      associationItems(node).map((item) => judge(node, item, evidence, 'succeeded')),
    ),
});

/** The association does not comply: its newest execution did not succeed, or is not in the bundle. */
export const associationNoncompliant = defineRule({
  id: 'aws/association-noncompliant',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/compliance-items', 'aws/associations'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) =>
      associationItems(node).map((item) => judge(node, item, evidence, 'failed')),
    ),
});

function associationItems(node: Node): readonly Item[] {
  const seen = new Set<string>();
  return node.items.filter(({ value }) => {
    if (!/^Association$/iu.test(value.complianceType) || value.isCompliant || seen.has(value.itemId))
      return false;
    seen.add(value.itemId);
    return true;
  });
}

function judge(node: Node, item: Item, evidence: Evidence, side: 'succeeded' | 'failed'): Verdict {
  const newest = newestExecution(node, item.value.itemId, evidence);
  const succeeded = newest !== null && outcomeOf(newest.value.status) === 'succeeded';
  if (succeeded !== (side === 'succeeded')) return consistent;
  const name = item.value.title !== '' ? item.value.title : (newest?.value.name ?? item.value.documentName);
  return found({
    device: node.name,
    parameters: {
      associationId: item.value.itemId,
      association: name,
      document: item.value.documentName ?? newest?.value.document ?? null,
      capturedAt: at(item.value.executedAt),
      status: newest === null ? null : (newest.value.detailedStatus ?? newest.value.status),
      ranAt: at(newest?.value.executedAt ?? null),
    },
    witnesses: [
      place(item.citation, 'aws-compliance-item', {
        complianceType: item.value.complianceType,
        status: item.value.status,
      }),
      ...(newest === null
        ? []
        : [
            place(newest.citation, 'aws-association-execution', {
              status: newest.value.detailedStatus ?? newest.value.status,
              ranAt: at(newest.value.executedAt),
            }),
          ]),
    ],
    apart: item.value.itemId,
  });
}

type Execution = Fact<'aws/association'>;

const executions = new WeakMap<Evidence, ReadonlyMap<string, readonly Execution[]>>();

/** The executions of an association by its id, without regard to case. */
function executionsOf(evidence: Evidence, associationId: string): readonly Execution[] {
  let known = executions.get(evidence);
  if (known === undefined) {
    const byId = new Map<string, Execution[]>();
    for (const fact of evidence.facts('aws/association')) {
      const { isExecution, status, associationId: id } = fact.value;
      if (!isExecution || status === null) continue;
      const list = byId.get(id.toLowerCase());
      if (list === undefined) byId.set(id.toLowerCase(), [fact]);
      else list.push(fact);
    }
    known = byId;
    executions.set(evidence, known);
  }
  return known.get(associationId.toLowerCase()) ?? [];
}

/** The newest execution on the node; executions that name no node only where none does. */
function newestExecution(node: Node, associationId: string, evidence: Evidence): Execution | null {
  const all = executionsOf(evidence, associationId);
  const own = all.filter((fact) => node.key !== '' && evidence.deviceKey(fact.device) === node.key);
  const candidates = own.length > 0 ? own : all.filter(({ device }) => device === null);
  let newest: Execution | null = null;
  for (const fact of candidates) {
    const [known, own_] = [newest?.value.executedAt ?? null, fact.value.executedAt];
    if (newest === null || (own_ !== null && (known === null || order(known, own_) === 'before')))
      newest = fact;
  }
  return newest;
}

/** An item of a type that the customer made does not comply. */
export const customNoncompliant = defineRule({
  id: 'aws/custom-noncompliant',
  kind: 'fault',
  severity: 'medium',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/compliance-items'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => {
      const items = node.items.filter(
        ({ value }) => /^Custom:/iu.test(value.complianceType) && !value.isCompliant,
      );
      if (items.length === 0) return notApplicable;
      return items.map((item) =>
        found({
          device: node.name,
          parameters: {
            complianceType: item.value.complianceType,
            itemId: item.value.itemId,
            title: item.value.title === '' ? null : item.value.title,
            itemSeverity: item.value.severity,
            capturedAt: at(item.value.executedAt),
          },
          witnesses: [
            place(item.citation, 'aws-compliance-item', {
              complianceType: item.value.complianceType,
              status: item.value.status,
            }),
          ],
          apart: item.value.itemId,
        }),
      );
    }),
});
