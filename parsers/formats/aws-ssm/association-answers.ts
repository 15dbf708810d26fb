import type { AnswerContext, Entry } from './entry.ts';
import type { AwsAssociation } from './facts.ts';
import { objectOf, textOf, timeOf } from './values.ts';
import type { Json } from './values.ts';

/** An association as it stands, or one of its executions (which names no node). */
export function readAssociation(
  context: AnswerContext,
  entry: Entry,
  value: Json,
  what: 'association' | 'execution',
): void {
  const associationId = textOf(value['AssociationId']);
  if (associationId === null) return;
  const overview = objectOf(value['Overview']);
  const isExecution = what === 'execution';
  harvest(context, entry, isExecution ? null : textOf(value['InstanceId']), {
    associationId,
    name: textOf(value['AssociationName']),
    document: textOf(value['Name']),
    executionId: textOf(value['ExecutionId']),
    status: textOf(isExecution ? value['Status'] : overview?.['Status']),
    detailedStatus: textOf(isExecution ? value['DetailedStatus'] : overview?.['DetailedStatus']),
    executedAt: timeOf(
      context,
      entry.place.line,
      isExecution ? value['CreatedTime'] : value['LastExecutionDate'],
    ).at,
    isExecution,
  });
}

/** An execution of an association on one node. */
export function readAssociationTarget(context: AnswerContext, entry: Entry): void {
  const { value } = entry;
  const associationId = textOf(value['AssociationId']);
  if (associationId === null) return;
  harvest(context, entry, textOf(value['ResourceId']) ?? context.device, {
    associationId,
    name: null,
    document: null,
    executionId: textOf(value['ExecutionId']),
    status: textOf(value['Status']),
    detailedStatus: textOf(value['DetailedStatus']),
    executedAt: timeOf(context, entry.place.line, value['LastExecutionDate']).at,
    isExecution: true,
  });
}

/** How an association stands on one node: its newest execution there. */
export function readInstanceAssociation(context: AnswerContext, entry: Entry): void {
  const { value } = entry;
  const associationId = textOf(value['AssociationId']);
  if (associationId === null) return;
  harvest(context, entry, textOf(value['InstanceId']) ?? context.device, {
    associationId,
    name: textOf(value['AssociationName']),
    document: textOf(value['Name']),
    executionId: null,
    status: textOf(value['Status']),
    detailedStatus: textOf(value['DetailedStatus']),
    executedAt: timeOf(context, entry.place.line, value['ExecutionDate']).at,
    isExecution: true,
  });
}

function harvest(context: AnswerContext, entry: Entry, device: string | null, value: AwsAssociation): void {
  context.harvest.fact({ type: 'aws/association', device, value, citation: entry.cite() });
  if (value.isExecution && value.executedAt !== null)
    context.harvest.timelineLine(
      entry.place.line,
      value.executedAt,
      /^(?:Failed|TimedOut)$/iu.test(value.status ?? '') ? 'error' : 'info',
    );
}
