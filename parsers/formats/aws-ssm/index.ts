import type { Fact, Member, EvidenceEvent } from '../../domain/evidence.ts';
import { defineSystem } from '../define-format.ts';
import type { EvidenceListItem, SystemDefinition } from '../define-format.ts';
import { agentLog } from './agent-log.ts';
import { answerFormats } from './answers.ts';
import { linuxOutput, operationsLog, orchestrationOutput, windowsOutput } from './outputs.ts';
import { assembleRuns } from './runs.ts';
import { detectedAt } from './detected-at.ts';

/**
 * AWS Systems Manager: Patch Manager, Compliance, State Manager and Run Command, from what the command line
 * interface answers and from the files of the node. What to ask for follows S2, the vendor's guide to compliance.
 *
 * @param updateItems what Windows Update asks for: on Windows nodes it does the work
 */
export function awsSystem(updateItems: readonly EvidenceListItem[]): SystemDefinition {
  return defineSystem({
    id: 'aws-ssm',
    formats: [...answerFormats, agentLog, linuxOutput, windowsOutput, operationsLog, orchestrationOutput],
    askFor: [
      { item: 'aws/instance-patches', servedBy: ['aws/instance-patches'], isComplete: isWhole('Patches') },
      {
        item: 'aws/patch-states',
        servedBy: ['aws/patch-states'],
        isComplete: isWhole('InstancePatchStates'),
      },
      {
        item: 'aws/compliance-items',
        servedBy: ['aws/compliance-items'],
        isComplete: isWhole('ComplianceItems'),
      },
      {
        item: 'aws/command',
        servedBy: ['aws/command-invocation', 'aws/command-invocations', 'aws/commands'],
      },
      { item: 'aws/agent-log', servedBy: [agentLog.id] },
      {
        item: 'aws/orchestration-output',
        servedBy: [linuxOutput.id, windowsOutput.id, orchestrationOutput.id],
        isComplete: isUncut,
      },
      { item: 'aws/cloudtrail', servedBy: ['aws/cloudtrail'], isNeeded: hasUploadDoubt },
      { item: 'aws/patch-baseline', servedBy: ['aws/patch-baseline'] },
      {
        item: 'aws/associations',
        servedBy: [
          'aws/association-executions',
          'aws/association-targets',
          'aws/instance-associations',
          'aws/associations',
          'aws/association',
        ],
        isNeeded: hasAssociationTrouble,
      },
      ...updateItems.map((item) => ({ ...item, isNeeded: hasWindowsNode })),
    ],
    assembleRuns,
    detectedAt,
  });
}

function isWhole(list: string): (facts: readonly Fact[]) => boolean {
  return (facts) =>
    !facts.some(
      (fact) => fact.type === 'aws/partial-list' && (fact as Fact<'aws/partial-list'>).value.list === list,
    );
}

/** An output that was cut does not tell all. */
function isUncut(facts: readonly Fact[]): boolean {
  return !facts.some(
    (fact) => fact.type === 'aws/patch-state' && (fact as Fact<'aws/patch-state'>).value.isCut,
  );
}

function hasUploadDoubt(
  _members: readonly Member[],
  _facts: readonly Fact[],
  events: readonly EvidenceEvent[],
): boolean {
  return events.some(
    (event) => event.type === 'aws/upload' && !(event as EvidenceEvent<'aws/upload'>).detail.succeeded,
  );
}

function hasAssociationTrouble(_members: readonly Member[], facts: readonly Fact[]): boolean {
  return facts.some((fact) => {
    if (fact.type === 'aws/compliance-item') {
      const { value } = fact as Fact<'aws/compliance-item'>;
      return /^Association$/iu.test(value.complianceType) && !value.isCompliant;
    }
    if (fact.type !== 'aws/compliance') return false;
    const { value } = fact as Fact<'aws/compliance'>;
    return /^Association$/iu.test(value.complianceType) && !value.isCompliant;
  });
}

function hasWindowsNode(_members: readonly Member[], facts: readonly Fact[]): boolean {
  return facts.some((fact) => fact.type === 'aws/windows-node');
}
