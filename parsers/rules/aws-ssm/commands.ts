import type { Citation } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { distance, order } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { baselineTail, countNames, sameId } from '../../formats/aws-ssm/values.ts';
import { assumedFor } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { timeText, whyUndecidable } from '../parameters.ts';
import {
  at,
  commandWitness,
  eventsOfNode,
  isLater,
  latestState,
  mostCited,
  nodeVerdicts,
  oncePerNode,
  outcomeOf,
  startOf,
  stateWitness,
  timeOfState,
} from './view.ts';
import type { Node, NodeCommand, StateFact } from './view.ts';

/** The command failed, and the compliance that the service shows is from before it. */
export const commandFailedComplianceStale = defineRule({
  id: 'aws/command-failed-compliance-stale',
  kind: 'contradiction',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/command', 'aws/patch-states'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => failedOf(node).map((command) => judgeStale(node, command))),
});

function failedOf(node: Node): readonly NodeCommand[] {
  return node.patchCommands.filter((command) => outcomeOf(command.status) === 'failed');
}

function judgeStale(node: Node, command: NodeCommand): Verdict {
  const state = latestOfService(node);
  if (state === null) return cannotTell('aws-patch-states', node.name);
  const ended = timeOfState(state);
  const started = startOf(command);
  if (ended === null) return cannotTell('aws-operation-time', node.name);
  if (started === null) return cannotTell('aws-command-time', node.name);
  const relation = order(ended, started);
  if (relation === 'undecidable') return cannotTell(whyUndecidable(ended, started), node.name);
  if (relation !== 'before') return consistent;
  return found({
    device: node.name,
    parameters: {
      commandId: command.commandId,
      status: command.statusDetails ?? command.status,
      exitCode: command.code === null || command.code < 0 ? null : command.code,
      startedAt: timeText(started),
      endedAt: timeText(ended),
    },
    witnesses: [commandWitness(command), stateWitness(state)],
    apart: command.commandId,
  });
}

function isOfService({ value }: StateFact): boolean {
  return value.source === 'service' || value.source === 'inventory';
}

const latestOfService = oncePerNode((node) => latestState(node, isOfService));

/** The service's time may be this much before what the node writes of the same operation. */
const uploadMinutes = 10;

/** What the node found out did not reach the service. */
export const resultNotUploaded = defineRule({
  id: 'aws/result-not-uploaded',
  kind: 'contradiction',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/linux-output', 'aws/node-inventory', 'aws/patch-states'],
  assumes: { uploadMinutes },
  source: 'S2',
  check: (_, evidence) => nodeVerdicts(evidence, (node) => judgeUpload(node, evidence)),
});

function judgeUpload(node: Node, evidence: Evidence): Verdict {
  const { uploadMinutes: minutes } = assumedFor(evidence, 'aws/result-not-uploaded', { uploadMinutes });
  const uploads = eventsOfNode(evidence, node, 'aws/upload');
  const failures = uploads.filter(({ detail }) => !detail.succeeded);
  const service = latestState(node, ({ value }) => value.source === 'service');
  const known = service === null ? null : timeOfState(service);
  const succeeded = new OrderedMoments(uploads.map((event) => (event.detail.succeeded ? event.at : null)));
  const failure = failures.findLast(
    ({ at: failedAt }) =>
      failedAt === null ||
      (!succeeded.has({ at: failedAt, is: ['after'] }) &&
        !(known !== null && order(failedAt, known) === 'before')),
  );
  const local = latestState(
    node,
    ({ value }) => value.source !== 'service' && value.source !== 'inventory' && !value.isOverridden,
  );
  if (
    failure !== undefined &&
    node.states.some(
      ({ value, citation }) => citation.member === failure.citation.member && value.isOverridden,
    )
  )
    return consistent;
  if (failure !== undefined) {
    const own = node.states.find(({ citation }) => citation.member === failure.citation.member) ?? local;
    return found({
      device: node.name,
      parameters: {
        by: 'line',
        localAt: at(failure.at),
        serviceAt: at(known),
        uploadMinutes: minutes,
        assumed: [],
      },
      witnesses: [
        place(failure.citation, 'aws-upload-failed', { toldAt: at(failure.at) }),
        ...(own === null ? [] : [stateWitness(own)]),
        ...(service === null ? [] : [stateWitness(service)]),
      ],
    });
  }
  if (node.key === '' || local === null) return notApplicable;
  if (isOverriddenBy(node, local)) return consistent;
  const told = local.value.endedAt ?? local.value.capturedAt;
  if (told === null) return notApplicable;
  if (service === null) return cannotTell('aws-patch-states', node.name);
  if (known === null) return cannotTell('aws-operation-time', node.name);
  const apart = distance(known, told);
  if (apart === null)
    return order(told, known) === 'before' ? consistent : cannotTell(whyUndecidable(told, known), node.name);
  if (apart <= minutes * 60_000) return consistent;
  // The node's report is in the trail: the service's answer in the bundle is older.
  if (uploads.some((event) => event.detail.succeeded && event.at !== null && isLaterOrSame(event.at, local)))
    return consistent;
  return found({
    device: node.name,
    parameters: {
      by: 'times',
      localAt: timeText(told),
      serviceAt: timeText(known),
      uploadMinutes: minutes,
      assumed: ['uploadMinutes'],
    },
    witnesses: [stateWitness(local), stateWitness(service)],
  });
}

function isLaterOrSame(uploaded: NonNullable<StateFact['value']['endedAt']>, local: StateFact): boolean {
  const end = timeOfState(local);
  return end !== null && order(uploaded, end) !== 'before';
}

/** A command of the operation gave a baseline of its own. */
function isOverriddenBy(node: Node, state: StateFact): boolean {
  return node.commands.some((command) => command.isOverridden && command.states.includes(state));
}

/** The command says success, and its own result counts failures. */
export const successHidesFailed = defineRule({
  id: 'aws/success-hides-failed',
  kind: 'contradiction',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/command', 'aws/patch-states'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) =>
      node.patchCommands
        .filter((command) => outcomeOf(command.status) === 'succeeded')
        .map((command) => judgeSuccess(node, command)),
    ),
});

/** Lists of a node that count failures, by the execution that they are of. */
const failedLists = oncePerNode((node) => {
  const byExecution = new Map<string, Node['lists']>();
  for (const list of node.lists) {
    const { executionId, counts } = list.value;
    if (executionId === null || (counts.failed ?? 0) <= 0) continue;
    const known = byExecution.get(executionId.toLowerCase());
    if (known === undefined) byExecution.set(executionId.toLowerCase(), [list]);
    else known.push(list);
  }
  return byExecution;
});

function judgeSuccess(node: Node, command: NodeCommand): Verdict {
  const failed = command.states.filter(({ value }) => (value.counts.failed ?? 0) > 0);
  const lists = failedLists(node).get(command.commandId.toLowerCase()) ?? [];
  if (failed.length === 0 && lists.length === 0) {
    if (command.states.length === 0) return cannotTell('aws-result-of-command', node.name);
    // The end of an output may be what tells of the failure.
    return command.states.every(({ value }) => value.isCut || value.counts.failed === null)
      ? cannotTell('aws-whole-output', node.name)
      : consistent;
  }
  const count = [...failed, ...lists].reduce(
    (most, { value }) => Math.max(most, value.counts.failed ?? 0),
    0,
  );
  return found({
    device: node.name,
    parameters: { commandId: command.commandId, failed: count },
    witnesses: [
      commandWitness(command),
      ...failed.slice(0, mostCited).map(stateWitness),
      ...lists
        .slice(0, 1)
        .map((list) => place(list.citation, 'aws-list-counts', { failed: list.value.counts.failed })),
    ],
    apart: command.commandId,
  });
}

/** The command failed, and a later scan finds nothing missing or failed. */
export const failedButClean = defineRule({
  id: 'aws/failed-but-clean',
  kind: 'contradiction',
  severity: 'medium',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/command', 'aws/patch-states'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => failedOf(node).map((command) => judgeClean(node, command))),
});

/** The scans of a node that find nothing to do, with their times: all, those of whole outputs, and those of cut ones. */
const cleanScans = oncePerNode((node) => {
  const scans = node.states.filter(
    ({ value }) =>
      value.operation === 'scan' &&
      value.counts.missing === 0 &&
      value.counts.failed === 0 &&
      !value.hasNoData,
  );
  const times = (is: (scan: StateFact) => boolean): OrderedMoments =>
    new OrderedMoments(scans.map((scan) => (is(scan) ? timeOfState(scan) : null)));
  return {
    scans,
    all: times(() => true),
    whole: times(({ value }) => !value.isCut),
    cut: times(({ value }) => value.isCut),
  };
});

function judgeClean(node: Node, command: NodeCommand): Verdict {
  const ended = command.endedAt ?? startOf(command);
  const { scans, whole, cut, all } = cleanScans(node);
  if (scans.length === 0) return notApplicable;
  if (ended === null) return cannotTell('aws-command-time', node.name);
  const own = new Set(command.states);
  /** The first scan that is not a result of the command itself. */
  const first = (times: OrderedMoments, is: 'after' | 'undecidable'): number | null =>
    times.firstFew(own.size + 1, { at: ended, is: [is] }).find((place) => {
      const scan = scans[place];
      return scan !== undefined && !own.has(scan);
    }) ?? null;
  const clean = first(whole, 'after');
  const scan = clean === null ? undefined : scans[clean];
  const told = scan === undefined ? null : timeOfState(scan);
  if (scan !== undefined && told !== null) {
    return found({
      device: node.name,
      parameters: {
        commandId: command.commandId,
        status: command.statusDetails ?? command.status,
        scannedAt: timeText(told),
      },
      witnesses: [commandWitness(command), stateWitness(scan)],
      apart: command.commandId,
    });
  }
  const [unclear, partial] = [first(all, 'undecidable'), first(cut, 'after')];
  const unclearAt = unclear === null ? null : (all.at(unclear) ?? null);
  const undecided =
    unclearAt !== null && (partial === null || (unclear ?? 0) < partial)
      ? whyUndecidable(ended, unclearAt)
      : partial === null
        ? null
        : 'aws-whole-output';
  return undecided === null ? consistent : cannotTell(undecided, node.name);
}

/** The service, the node's own log and the patch group do not name one baseline. */
export const baselineDiffers = defineRule({
  id: 'aws/baseline-differs',
  kind: 'contradiction',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states', 'aws/linux-output', 'aws/patch-groups'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => (node.key === '' ? notApplicable : judgeBaseline(node, evidence))),
});

interface Named {
  readonly by: 'service' | 'log' | 'group';
  readonly baseline: string;
  readonly citation: Citation;
}

function judgeBaseline(node: Node, evidence: Evidence): Verdict {
  const service = latestState(node, ({ value }) => isServiceSource(value.source) && value.baseline !== null);
  const log = latestState(node, ({ value }) => !isServiceSource(value.source) && value.baseline !== null);
  const used = service ?? log;
  const baseline = used?.value.baseline ?? null;
  if (used === null || baseline === null) return notApplicable;
  if (
    node.commands.some((command) => command.isOverridden && command.states.includes(used)) ||
    used.value.isOverridden
  )
    return consistent;
  const named: Named[] = [{ by: service === null ? 'log' : 'service', baseline, citation: used.citation }];
  let missing: string | null = null;
  if (
    service !== null &&
    log?.value.baseline !== undefined &&
    log.value.baseline !== null &&
    !log.value.isOverridden
  ) {
    if (ofOneOperation(service, log))
      named.push({ by: 'log', baseline: log.value.baseline, citation: log.citation });
    else if (baselineTail(log.value.baseline) !== baselineTail(baseline)) missing = 'aws-same-operation';
  }
  const group = groupBaselines(node, used, evidence);
  if (group.answer === 'differs')
    named.push({ by: 'group', baseline: group.baseline, citation: group.citation });
  else if (group.answer === 'unknown') missing ??= group.missing;
  const tails = new Set(named.map(({ baseline }) => baselineTail(baseline)));
  if (tails.size < 2) return missing === null ? consistent : cannotTell(missing, node.name);
  const of = (by: Named['by']): string | null => named.find((one) => one.by === by)?.baseline ?? null;
  return found({
    device: node.name,
    parameters: {
      serviceBaseline: of('service'),
      logBaseline: of('log'),
      groupBaseline: of('group'),
      patchGroup: used.value.patchGroup,
    },
    witnesses: named.map(({ by, baseline, citation }): Witness =>
      place(citation, baselineWitness[by], { baseline }),
    ),
  });
}

const baselineWitness = {
  service: 'aws-baseline-of-service',
  log: 'aws-baseline-of-log',
  group: 'aws-baseline-of-group',
} as const;

function isServiceSource(source: StateFact['value']['source']): boolean {
  return source === 'service' || source === 'inventory';
}

/** Two operations may well have had different baselines; one cannot. */
function ofOneOperation(a: StateFact, b: StateFact): boolean {
  if (a.value.snapshotId !== null && b.value.snapshotId !== null)
    return sameId(a.value.snapshotId, b.value.snapshotId);
  if (a.value.executionId !== null && b.value.executionId !== null)
    return sameId(a.value.executionId, b.value.executionId);
  const [first, second] = [timeOfState(a), timeOfState(b)];
  if (first === null || second === null) return a.value.operation === b.value.operation;
  const apart = distance(first, second);
  return apart === null
    ? a.value.operation === b.value.operation && order(first, second) === 'undecidable'
    : Math.abs(apart) <= 3_600_000;
}

type GroupAnswer =
  | { readonly answer: 'fits' | 'none' }
  | { readonly answer: 'unknown'; readonly missing: string }
  | { readonly answer: 'differs'; readonly baseline: string; readonly citation: Citation };

/** A group may have a baseline for each operating system: only one of the node's own contradicts. */
function groupBaselines(node: Node, used: StateFact, evidence: Evidence): GroupAnswer {
  const { patchGroup, baseline } = used.value;
  if (patchGroup === null || baseline === null) return { answer: 'none' };
  const registered = evidence.facts('aws/patch-group').filter(({ value }) => value.group === patchGroup);
  if (registered.length === 0) return { answer: 'none' };
  if (registered.some(({ value }) => baselineTail(value.baseline) === baselineTail(baseline)))
    return { answer: 'fits' };
  const system = systemOf(node, baseline, evidence);
  if (system === null) return { answer: 'unknown', missing: 'aws-operating-system' };
  const own = registered.find(
    ({ value }) => value.operatingSystem !== null && isSystem(value.operatingSystem, system),
  );
  if (own === undefined) return { answer: 'fits' };
  if (own.value.isPartial) return { answer: 'unknown', missing: 'aws-whole-list' };
  return { answer: 'differs', baseline: own.value.baseline, citation: own.citation };
}

function systemOf(node: Node, baseline: string, evidence: Evidence): string | null {
  const stated = evidence
    .facts('aws/baseline')
    .find(
      ({ value }) =>
        value.operatingSystem !== null && baselineTail(value.baseline) === baselineTail(baseline),
    );
  if (stated !== undefined) return stated.value.operatingSystem;
  const isWindows = evidence
    .facts('aws/windows-node')
    .some((fact) => evidence.deviceKey(fact.device) === node.key);
  if (isWindows) return 'WINDOWS';
  const platform = node.instances.find(({ value }) => value.platform !== null)?.value.platform ?? null;
  return platform;
}

/** `AMAZON_LINUX_2` of a baseline, `Amazon Linux 2` of a node. */
function isSystem(registered: string, system: string): boolean {
  const fold = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/gu, '').toLowerCase();
  const [a, b] = [fold(registered), fold(system)];
  return a === b || (a === 'windows' && b.includes('windows'));
}

/** The counts of an operation differ from the list of the same node and operation. */
export const countsDisagree = defineRule({
  id: 'aws/counts-disagree',
  kind: 'contradiction',
  severity: 'medium',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states', 'aws/instance-patches'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) =>
      node.key === ''
        ? notApplicable
        : [...new Set(node.lists.map(({ value }) => value.source))].map((source) =>
            judgeCounts(node, source),
          ),
    ),
});

/** NotApplicable is never compared: lists leave it out. */
const compared = countNames.filter((name) => name !== 'notApplicable');

function judgeCounts(node: Node, source: string): Verdict {
  const lists = node.lists.filter(({ value }) => value.source === source);
  const states = node.states.filter(
    ({ value }) =>
      value.source === 'service' && !value.hasNoData && compared.some((name) => value.counts[name] !== null),
  );
  const [list] = lists;
  if (list === undefined || states.length === 0) return notApplicable;
  if (lists.some(({ value }) => value.isPartial)) return cannotTell('aws-whole-list', node.name);
  if (compared.every((name) => (list.value.counts[name] ?? 0) === 0) && list.value.rows > 0)
    return notApplicable;
  const candidates =
    source === 'instance-patches' ? states : states.filter((state) => isOfExecution(state, list));
  if (lists.length > 1) return cannotTell('aws-same-operation', node.name);
  if (candidates.length === 0) return cannotTell('aws-same-operation', node.name);
  const differing = candidates.map((state) => ({
    state,
    names: compared.filter(
      (name) => state.value.counts[name] !== null && state.value.counts[name] !== list.value.counts[name],
    ),
  }));
  if (differing.some(({ names }) => names.length === 0)) return consistent;
  if (differing.every(({ state, names }) => isFiltered(state, list, names)))
    return cannotTell('aws-unfiltered-list', node.name);
  const [first, second] = differing;
  if (first === undefined || second !== undefined) return cannotTell('aws-same-operation', node.name);
  return found({
    device: node.name,
    parameters: {
      differences: first.names.map(
        (name) =>
          `${name.charAt(0).toUpperCase()}${name.slice(1)} ${String(first.state.value.counts[name])} / ${String(list.value.counts[name])}`,
      ),
      rows: list.value.rows,
    },
    witnesses: [
      stateWitness(first.state),
      place(list.citation, 'aws-list-counts', { failed: list.value.counts.failed }),
    ],
  });
}

/**
 * A list that was asked for by state has none of the installed patches, and agrees in all that it has: it does
 * not contradict the counts of what it leaves out.
 */
function isFiltered(
  state: StateFact,
  list: Node['lists'][number],
  differing: readonly (typeof compared)[number][],
): boolean {
  return (
    (state.value.counts.installed ?? 0) > 0 &&
    differing.includes('installed') &&
    differing.every((name) => list.value.counts[name] === 0)
  );
}

function isOfExecution(state: StateFact, list: Node['lists'][number]): boolean {
  const { executionId, executedAt } = list.value;
  if (
    executionId !== null &&
    (sameId(executionId, state.value.executionId) || sameId(executionId, state.value.snapshotId))
  )
    return true;
  const end = timeOfState(state);
  if (executedAt === null || end === null) return false;
  return Math.abs(distance(executedAt, end) ?? Number.POSITIVE_INFINITY) <= 1_000;
}

/** The service could not reach the node. */
export const nodeUnreachable = defineRule({
  id: 'aws/node-unreachable',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/instance-information', 'aws/command'],
  source: 'S2',
  check: (_, evidence) => nodeVerdicts(evidence, judgeReach),
});

function judgeReach(node: Node): Verdict {
  if (node.key === '') return notApplicable;
  const lost = node.instances.filter(({ value }) =>
    /^(?:Connection_?Lost|Inactive)$/iu.test(value.pingStatus ?? ''),
  );
  const undelivered = node.commands.filter(isUndelivered);
  if (lost.length === 0 && undelivered.length === 0) return notApplicable;
  const [info] = lost.length > 0 ? lost : node.instances;
  const ping = info?.value.lastPingAt ?? null;
  const [command] = undelivered;
  const sent = command === undefined ? null : startOf(command);
  // The last sign of the node is from before the command, or the command arrived after all.
  const isBefore = ping !== null && sent !== null && order(ping, sent) === 'before';
  const isReachedLater =
    undelivered.length === 0 &&
    ping !== null &&
    node.commands.some(
      ({ endedAt, status }) =>
        outcomeOf(status) === 'succeeded' && endedAt !== null && isLater(endedAt, ping),
    );
  if (isReachedLater) return consistent;
  return found({
    device: node.name,
    parameters: {
      pingStatus: info?.value.pingStatus ?? null,
      lastPingAt: at(ping),
      commandId: command?.commandId ?? null,
      status: command?.statusDetails ?? command?.status ?? null,
      sentAt: at(sent),
      pingBefore: isBefore,
    },
    witnesses: [
      ...(info === undefined
        ? []
        : [place(info.citation, 'aws-ping', { pingStatus: info.value.pingStatus, lastPingAt: at(ping) })]),
      ...undelivered.slice(0, mostCited).map(commandWitness),
    ],
  });
}

/** Not delivered, or ended without the node saying how; a command that still runs has no code either. */
function isUndelivered(command: NodeCommand): boolean {
  const words = `${command.status ?? ''} ${command.statusDetails ?? ''}`
    .replaceAll(/[\s_-]/gu, '')
    .toLowerCase();
  if (/deliverytimedout|undeliverable/u.test(words)) return true;
  return (command.code === -1 || command.code === 4_294_967_295) && outcomeOf(command.status) === 'failed';
}
