import type { Citation, EventType, EvidenceEvent, Fact, PatchRecord } from '../../domain/evidence.ts';
import type { Parameters, Witness } from '../../domain/finding.ts';
import { distance, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { commandsOf, isPatchCommand, outcomeOf, startOf } from '../../formats/aws-ssm/commands.ts';
import type { NodeCommand, StateFact } from '../../formats/aws-ssm/commands.ts';
import { countNames, stateName } from '../../formats/aws-ssm/values.ts';
import type { PatchStateName } from '../../formats/aws-ssm/values.ts';
import { cell, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText, timeText } from '../parameters.ts';
import { oncePer } from '../../domain/once.ts';

export { isPatchCommand, outcomeOf, startOf };
export type { NodeCommand, StateFact };

/** Witnesses beyond this many are counted, not cited. */
export const mostCited = 20;

/** What the bundle tells of one node; `key` is '' for what names none. */
export interface Node {
  readonly key: string;
  readonly name: string | null;
  /** Results of patch operations, in bundle order. */
  readonly states: StateFact[];
  readonly lists: Fact<'aws/patch-list'>[];
  readonly records: ReadonlyMap<PatchStateName, readonly PatchRecord[]>;
  readonly hotfixes: PatchRecord[];
  readonly instances: Fact<'aws/instance'>[];
  readonly items: Fact<'aws/compliance-item'>[];
  readonly commands: readonly NodeCommand[];
  /** Those that patch. */
  readonly patchCommands: readonly NodeCommand[];
}

export interface AwsView {
  readonly nodes: readonly Node[];
  readonly hasAgentLog: (key: string) => boolean;
}

const views = new WeakMap<Evidence, AwsView>();

export function awsView(evidence: Evidence): AwsView {
  let view = views.get(evidence);
  if (view === undefined) {
    view = makeView(evidence);
    views.set(evidence, view);
  }
  return view;
}

interface NodeDraft extends Node {
  readonly records: Map<PatchStateName, PatchRecord[]>;
}

/** States whose records rules ask for; the many others are only counted. */
const askedFor: ReadonlySet<PatchStateName> = new Set([
  'failed',
  'missing',
  'installedpendingreboot',
  'installedrejected',
]);

function makeView(evidence: Evidence): AwsView {
  const commands = commandsOf(evidence);
  const nodes = new Map<string, NodeDraft>();
  const names = new Map(evidence.devices.map((device) => [device.key, device.name]));
  const nodeOf = (key: string): NodeDraft => {
    let node = nodes.get(key);
    if (node === undefined) {
      const own = key === '' ? [] : commands.byDevice(key);
      node = {
        key,
        name: names.get(key) ?? own[0]?.device ?? null,
        states: [],
        lists: [],
        records: new Map(),
        hotfixes: [],
        instances: [],
        items: [],
        commands: own,
        patchCommands: own.filter(isPatchCommand),
      };
      nodes.set(key, node);
    }
    return node;
  };
  const of = (fact: Fact): NodeDraft => nodeOf(evidence.deviceKey(fact.device));
  for (const fact of evidence.facts('aws/patch-state')) of(fact).states.push(fact);
  for (const fact of evidence.facts('aws/patch-list')) of(fact).lists.push(fact);
  for (const fact of evidence.facts('aws/instance')) of(fact).instances.push(fact);
  for (const fact of evidence.facts('aws/compliance-item')) of(fact).items.push(fact);
  for (const command of commands.all) nodeOf(command.deviceKey);
  for (const type of [
    'aws/upload',
    'aws/package-lock',
    'aws/reboot-requested',
    'aws/package-failed',
  ] as const)
    for (const event of evidence.events(type)) nodeOf(evidence.deviceKey(event.device));
  for (const fact of evidence.facts('aws/document-state')) of(fact);
  sortRecords(evidence, nodeOf);
  const logs = new Set(
    evidence.members.flatMap(({ kind, device }) =>
      kind === 'aws/agent-log' && device !== null ? [evidence.deviceKey(device.name)] : [],
    ),
  );
  return { nodes: [...nodes.values()], hasAgentLog: (key) => logs.has(key) };
}

/** One pass over all records: many share one detection, and with it the answer to whether they matter. */
function sortRecords(evidence: Evidence, nodeOf: (key: string) => NodeDraft): void {
  const names = new Map<string | null, PatchStateName | null>();
  let node: NodeDraft | null = null;
  let device: string | null = null;
  for (const record of evidence.records) {
    if (record.system !== 'aws-ssm') continue;
    const { raw } = record.detection;
    let name = names.get(raw);
    if (name === undefined) {
      name = stateName(raw);
      names.set(raw, name);
    }
    const isHotfix = name === null && record.source === 'inventory-hotfix';
    if (!isHotfix && (name === null || !askedFor.has(name))) continue;
    if (node === null || record.device !== device) {
      ({ device } = record);
      node = nodeOf(evidence.deviceKey(device));
    }
    if (isHotfix || name === null) {
      node.hotfixes.push(record);
      continue;
    }
    const list = node.records.get(name);
    if (list === undefined) node.records.set(name, [record]);
    else list.push(record);
  }
}

/** What the logs of a node tell of one kind, in bundle order. */
export function eventsOfNode<T extends EventType>(
  evidence: Evidence,
  node: Node,
  type: T,
): readonly EvidenceEvent<T>[] {
  return evidence.eventsOfDevice(node.key).filter((event): event is EvidenceEvent<T> => event.type === type);
}

/** Asks something of a node once, however many of its commands and patches want to know. */
export const oncePerNode: <T>(ask: (node: Node) => T) => (node: Node) => T = oncePer;

/** Whether the result counts anything or says when it was. */
function isResult({ value }: StateFact): boolean {
  return value.endedAt !== null || countNames.some((name) => value.counts[name] !== null);
}

/** When an operation ended, or at least began. */
export function timeOfState({ value }: StateFact): Moment | null {
  return value.endedAt ?? value.startedAt;
}

const sourceRank = { service: 0, inventory: 1, node: 2, output: 3 } as const;

/** The result of the newest operation, as far as times can be put in an order; the service's before others'. */
export function latestState(node: Node, is?: (state: StateFact) => boolean): StateFact | null {
  return is === undefined ? latestOfAll(node) : findLatest(node, is);
}

const latestOfAll = oncePerNode((node) => findLatest(node, () => true));

function findLatest(node: Node, is: (state: StateFact) => boolean): StateFact | null {
  const results = node.states
    .filter((state) => isResult(state) && is(state))
    .sort((a, b) => sourceRank[a.value.source] - sourceRank[b.value.source]);
  let latest: StateFact | null = null;
  for (const state of results) {
    if (latest === null) {
      latest = state;
      continue;
    }
    const [known, at] = [timeOfState(latest), timeOfState(state)];
    if (at !== null && (known === null || isLater(at, known))) latest = state;
  }
  return latest;
}

/** Later for certain, and not only by what two sources of one operation differ in. */
export function isLater(a: Moment, b: Moment): boolean {
  return order(a, b) === 'after' && (distance(b, a) ?? Number.POSITIVE_INFINITY) > 1_000;
}

/** The name of a node for wordings. */
export function nodeVerdicts(
  evidence: Evidence,
  judge: (node: Node) => Verdict | readonly Verdict[],
): readonly Verdict[] {
  return awsView(evidence).nodes.flatMap((node) => judge(node));
}

const sourceWitness = {
  service: 'aws-state-service',
  inventory: 'aws-state-inventory',
  node: 'aws-state-node',
  output: 'aws-state-output',
} as const;

/** A result as a witness, with what it counts. */
export function stateWitness(state: StateFact): Witness {
  const { value, citation } = state;
  const at = timeOfState(state);
  return place(citation, sourceWitness[value.source], {
    operation: value.operation,
    endedAt: at === null ? null : timeText(at),
    missing: value.counts.missing,
    failed: value.counts.failed,
    pending: value.counts.installedPendingReboot,
  });
}

/** A command as a witness. */
export function commandWitness(command: NodeCommand): Witness {
  const at = startOf(command);
  return place(command.citation, 'aws-command-told', {
    commandId: command.commandId,
    status: command.statusDetails ?? command.status,
    startedAt: at === null ? null : timeText(at),
  });
}

export function recordWitnesses(records: readonly PatchRecord[], most = mostCited): readonly Witness[] {
  return records.slice(0, most).map((record) =>
    cell(record, 'detection.status', 'aws-patch-listed', {
      patch: record.patch ?? record.kb,
      state: record.detection.raw,
      detectedAt: atText(record.detection.at),
    }),
  );
}

export function at(moment: Moment | null): string | null {
  return moment === null ? null : timeText(moment);
}

export function cite(citation: Citation, says: string, parameters: Parameters = {}): Witness {
  return place(citation, says, parameters);
}
