import type { Citation, DeploymentStatus, EvidenceEvent, Fact } from '../../domain/evidence.ts';
import { order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { RunMaterial } from '../define-format.ts';
import type { AwsOperation } from './facts.ts';
import { isPatchDocument, sameId } from './values.ts';

export type StateFact = Fact<'aws/patch-state'>;

/** A command on one node, put together from all who tell of it. */
export interface NodeCommand {
  readonly commandId: string;
  readonly device: string | null;
  readonly deviceKey: string;
  document: string | null;
  operation: AwsOperation | null;
  rebootOption: string | null;
  snapshotId: string | null;
  isOverridden: boolean;
  /** What the service, else the agent, says of its end. */
  status: string | null;
  statusDetails: string | null;
  code: number | null;
  requestedAt: Moment | null;
  startedAt: Moment | null;
  endedAt: Moment | null;
  /** Whoever tells best of the command on this node. */
  citation: Citation;
  /** The invocation, the command as it was sent, in this order. */
  invocation: Fact<'aws/command'> | null;
  sent: Fact<'aws/command'> | null;
  readonly documents: Fact<'aws/document-state'>[];
  readonly outputs: Fact<'aws/orchestration'>[];
  readonly replies: EvidenceEvent<'aws/reply'>[];
  readonly reboots: EvidenceEvent<'aws/reboot-requested'>[];
  readonly plugins: EvidenceEvent<'aws/plugin-started'>[];
  /** Results of patching that belong to it: by its id, by the snapshot, or by their time. */
  readonly states: StateFact[];
}

export interface NodeCommands {
  readonly all: readonly NodeCommand[];
  byDevice(deviceKey: string): readonly NodeCommand[];
  /** Results that belong to no command of the bundle. */
  readonly loose: readonly StateFact[];
}

const known = new WeakMap<object, NodeCommands>();

/** The commands of a bundle by node, made when first asked for. */
export function commandsOf(material: RunMaterial): NodeCommands {
  let commands = known.get(material);
  if (commands === undefined) {
    commands = makeCommands(material);
    known.set(material, commands);
  }
  return commands;
}

/** Whether the command patches: its document says so, or what it left behind is a result of patching. */
export function isPatchCommand(command: NodeCommand): boolean {
  return isPatchDocument(command.document) || (command.document === null && command.states.length > 0);
}

/** When it began, as far as that is known. */
export function startOf(command: NodeCommand): Moment | null {
  return command.startedAt ?? command.requestedAt;
}

/** A status of the service in canonical words. */
export function outcomeOf(status: string | null): DeploymentStatus {
  const folded = (status ?? '').replaceAll(/[\s_-]/gu, '').toLowerCase();
  if (folded === 'success') return 'succeeded';
  if (folded === 'successandreboot') return 'pending-reboot';
  if (
    /^(?:failed|failure|timedout|deliverytimedout|executiontimedout|undeliverable|terminated|invalidplatform|accessdenied|incomplete|noinstancesintag|limitexceeded|invaliddocument)$/u.test(
      folded,
    )
  )
    return 'failed';
  if (/^(?:pending|inprogress|delayed|cancelling|passedandreboot|scheduled)$/u.test(folded))
    return 'in-progress';
  if (/^(?:cancelled|skipped|skippedoverlapping)$/u.test(folded)) return 'skipped';
  return 'unknown';
}

function makeCommands(material: RunMaterial): NodeCommands {
  const groups = new Map<string, NodeCommand>();
  const byId = new Map<string, NodeCommand[]>();
  const group = (commandId: string, device: string | null, citation: Citation): NodeCommand => {
    const deviceKey = material.deviceKey(device);
    const id = commandId.toLowerCase();
    const key = `${id} ${deviceKey}`;
    let command = groups.get(key);
    if (command === undefined) {
      command = emptyCommand(commandId, device, deviceKey, citation);
      groups.set(key, command);
      const same = byId.get(id);
      if (same === undefined) byId.set(id, [command]);
      else same.push(command);
    }
    return command;
  };
  const facts = material.facts('aws/command');
  for (const fact of facts) {
    if (fact.value.instance === null) continue;
    const command = group(fact.value.commandId, fact.device ?? fact.value.instance, fact.citation);
    takeInvocation(command, fact);
  }
  for (const fact of material.facts('aws/document-state')) {
    const { commandId, associationId, documentId } = fact.value;
    // A document of an association has an id of its own run.
    const id = commandId ?? (associationId === null ? documentId : null);
    if (id === null || id === '' || (associationId !== null && associationId !== '')) continue;
    const command = group(id, fact.device, fact.citation);
    command.documents.push(fact);
    command.document ??= fact.value.document;
    command.status ??= fact.value.status;
    command.code ??= fact.value.code;
  }
  for (const fact of material.facts('aws/orchestration'))
    group(fact.value.commandId, fact.device, fact.citation).outputs.push(fact);
  for (const event of material.events('aws/reply')) {
    if (event.detail.commandId === null) continue;
    const command = group(event.detail.commandId, event.device, event.citation);
    command.replies.push(event);
    if (command.invocation === null) {
      command.status = event.detail.status;
      command.code = event.detail.code ?? command.code;
    }
  }
  for (const event of material.events('aws/reboot-requested')) {
    if (event.detail.commandId !== null)
      group(event.detail.commandId, event.device, event.citation).reboots.push(event);
  }
  for (const event of material.events('aws/plugin-started')) {
    if (event.detail.commandId !== null)
      group(event.detail.commandId, event.device, event.citation).plugins.push(event);
  }
  const states = material.facts('aws/patch-state');
  for (const state of states) {
    const { executionId } = state.value;
    // The id of an operation may be the snapshot's; then no command has it.
    if (executionId !== null && (state.value.source === 'output' || byId.has(executionId.toLowerCase())))
      group(executionId, state.device, state.citation).states.push(state);
  }
  for (const fact of facts) {
    if (fact.value.instance !== null) continue;
    const { commandId, targets } = fact.value;
    for (const target of targets) group(commandId, target, fact.citation);
    const same = byId.get(commandId.toLowerCase()) ?? [];
    if (same.length === 0) group(commandId, null, fact.citation);
    for (const command of byId.get(commandId.toLowerCase()) ?? []) takeSent(command, fact);
  }
  const all = [...groups.values()];
  const ofDevice = new Map<string, NodeCommand[]>();
  for (const command of all) {
    for (const { value } of command.states) {
      command.operation ??= value.operation;
      command.snapshotId ??= value.snapshotId;
      command.rebootOption ??= value.rebootOption;
      command.isOverridden ||= value.isOverridden;
    }
    const same = ofDevice.get(command.deviceKey);
    if (same === undefined) ofDevice.set(command.deviceKey, [command]);
    else same.push(command);
  }
  const joined = new Set(all.flatMap((command) => command.states));
  const indexes = new Map<readonly NodeCommand[], CommandIndex>();
  const loose = states.filter((state) => {
    if (joined.has(state)) return false;
    const key = material.deviceKey(state.device);
    const owner = key === '' ? undefined : ownerOf(ofDevice.get(key) ?? [], state, indexes);
    owner?.states.push(state);
    return owner === undefined;
  });
  return { all, byDevice: (key) => ofDevice.get(key) ?? [], loose };
}

function emptyCommand(
  commandId: string,
  device: string | null,
  deviceKey: string,
  citation: Citation,
): NodeCommand {
  return {
    commandId,
    device,
    deviceKey,
    document: null,
    operation: null,
    rebootOption: null,
    snapshotId: null,
    isOverridden: false,
    status: null,
    statusDetails: null,
    code: null,
    requestedAt: null,
    startedAt: null,
    endedAt: null,
    citation,
    invocation: null,
    sent: null,
    documents: [],
    outputs: [],
    replies: [],
    reboots: [],
    plugins: [],
    states: [],
  };
}

function takeInvocation(command: NodeCommand, fact: Fact<'aws/command'>): void {
  const { value } = fact;
  const isBetter =
    command.invocation === null || (command.invocation.value.startedAt === null && value.startedAt !== null);
  if (isBetter) {
    command.invocation = fact;
    command.citation = fact.citation;
    command.status = value.status;
    command.statusDetails = value.statusDetails;
    command.code = value.responseCode;
  }
  command.document ??= value.document;
  command.operation ??= value.operation;
  command.rebootOption ??= value.rebootOption;
  command.snapshotId ??= value.snapshotId;
  command.isOverridden ||= value.isOverridden;
  command.requestedAt ??= value.requestedAt;
  command.startedAt ??= value.startedAt;
  command.endedAt ??= value.endedAt;
}

function takeSent(command: NodeCommand, fact: Fact<'aws/command'>): void {
  const { value } = fact;
  command.sent ??= fact;
  command.document ??= value.document;
  command.operation ??= value.operation;
  command.rebootOption ??= value.rebootOption;
  command.snapshotId ??= value.snapshotId;
  command.isOverridden ||= value.isOverridden;
  command.requestedAt ??= value.requestedAt;
  // The status of the whole is that of a node only where it has no other, or where all went well.
  if (command.status === null && (value.targets.length <= 1 || outcomeOf(value.status) === 'succeeded')) {
    command.status = value.status;
    command.statusDetails = value.statusDetails;
  }
}

/** Of so many commands of a node each is asked whether a result belongs to it. */
const fewCommands = 200;
/** Of more those that began last before the result are asked. */
const nearestCommands = 50;

interface CommandIndex {
  readonly bySnapshot: ReadonlyMap<string, NodeCommand>;
  readonly starts: OrderedMoments;
}

/** The first command of a node that a result belongs to. */
function ownerOf(
  commands: readonly NodeCommand[],
  state: StateFact,
  indexes: Map<readonly NodeCommand[], CommandIndex>,
): NodeCommand | undefined {
  if (commands.length <= fewCommands) return commands.find((command) => belongs(command, state));
  let index = indexes.get(commands);
  if (index === undefined) {
    const bySnapshot = new Map<string, NodeCommand>();
    for (const command of commands) {
      const id = command.snapshotId?.toLowerCase() ?? null;
      if (id !== null && !bySnapshot.has(id)) bySnapshot.set(id, command);
    }
    index = { bySnapshot, starts: new OrderedMoments(commands.map(startOf)) };
    indexes.set(commands, index);
  }
  const { executionId, snapshotId, startedAt } = state.value;
  for (const id of [executionId, snapshotId]) {
    const owner = id === null ? undefined : index.bySnapshot.get(id.toLowerCase());
    if (owner !== undefined) return owner;
  }
  if (startedAt === null) return undefined;
  return index.starts
    .latest(nearestCommands, { at: startedAt, is: ['before', 'same'] })
    .flatMap((place) => commands[place] ?? [])
    .find((command) => belongs(command, state));
}

/** A result that names no command: of the same snapshot, or from within the command's time. */
function belongs(command: NodeCommand, { value }: StateFact): boolean {
  if (value.executionId !== null && sameId(value.executionId, command.snapshotId)) return true;
  if (value.snapshotId !== null && command.snapshotId !== null)
    return sameId(value.snapshotId, command.snapshotId);
  if (value.executionId !== null && value.source !== 'service') return false;
  if (!isPatchDocument(command.document)) return false;
  const start = startOf(command);
  const { endedAt } = command;
  if (start === null || endedAt === null || value.startedAt === null || value.endedAt === null) return false;
  return (
    order(start, value.startedAt) !== 'after' &&
    within(value.endedAt, endedAt) &&
    order(start, value.startedAt) !== 'undecidable'
  );
}

function within(at: Moment, end: Moment): boolean {
  const relation = order(at, end);
  return relation === 'before' || relation === 'same';
}
