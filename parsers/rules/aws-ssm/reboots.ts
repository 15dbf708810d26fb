import type { EvidenceEvent, PatchRecord } from '../../domain/evidence.ts';
import { distance, isMoment, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Witness } from '../../domain/finding.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { assumedFor } from '../assumptions.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { timeText, whyUndecidable } from '../parameters.ts';
import {
  at,
  awsView,
  eventsOfNode,
  latestState,
  mostCited,
  nodeVerdicts,
  recordWitnesses,
  startOf,
  stateWitness,
  timeOfState,
} from './view.ts';
import type { Node, StateFact } from './view.ts';

type RebootRule = 'with-noreboot' | 'unknown-option' | 'rebooted' | 'did-not-happen';

/** Patches of a node that wait for a restart, and what is known of that restart. */
interface Pending {
  readonly state: StateFact | null;
  readonly records: readonly PatchRecord[];
  readonly count: number;
  readonly since: Moment | null;
  readonly witnesses: readonly Witness[];
}

function pendingOf(node: Node): Pending | null {
  const state = latestState(node);
  const counted = state?.value.counts.installedPendingReboot ?? null;
  const records = node.records.get('installedpendingreboot') ?? [];
  // The newest result counts none: lists that still name some are older.
  if (
    counted === 0 &&
    (records.length === 0 || records.every(({ detection }) => isOlder(detection.at, state)))
  )
    return null;
  if ((counted ?? 0) <= 0 && records.length === 0) return null;
  const [first] = records;
  const told = first !== undefined && isMoment(first.detection.at) ? first.detection.at : null;
  return {
    state,
    records,
    count: Math.max(counted ?? 0, new Set(records.map((record) => record.kb ?? record.patch)).size),
    since: (state === null ? null : timeOfState(state)) ?? told,
    witnesses: [
      ...(state !== null && (counted ?? 0) > 0 ? [stateWitness(state)] : []),
      ...recordWitnesses(records, mostCited - 1),
    ],
  };
}

function isOlder(detected: PatchRecord['detection']['at'], state: StateFact | null): boolean {
  const end = state === null ? null : timeOfState(state);
  if (end === null) return false;
  return !isMoment(detected) || order(detected, end) !== 'after';
}

/** With which option the last installation ran; null where nothing tells. */
function rebootOptionOf(
  node: Node,
): { readonly option: 'NoReboot' | 'RebootIfNeeded'; readonly witness: Witness } | null {
  const install = latestState(
    node,
    ({ value }) => value.operation === 'install' && value.rebootOption !== null,
  );
  if (install !== null) {
    const option = optionOf(install.value.rebootOption);
    if (option !== null) return { option, witness: place(install.citation, 'aws-reboot-option', { option }) };
  }
  const noReboot = node.states.find(({ value }) => value.lastNoRebootInstallAt !== null);
  if (noReboot !== undefined)
    return {
      option: 'NoReboot',
      witness: place(noReboot.citation, 'aws-last-noreboot', {
        installedAt: at(noReboot.value.lastNoRebootInstallAt),
      }),
    };
  const command = node.patchCommands.findLast(
    ({ operation, rebootOption }) => operation === 'install' && rebootOption !== null,
  );
  const option = optionOf(command?.rebootOption ?? null);
  return command === undefined || option === null
    ? null
    : { option, witness: place(command.sent?.citation ?? command.citation, 'aws-reboot-option', { option }) };
}

function optionOf(text: string | null): 'NoReboot' | 'RebootIfNeeded' | null {
  if (text === null) return null;
  if (/^no_?reboot$/iu.test(text)) return 'NoReboot';
  return /^reboot_?if_?needed$/iu.test(text) ? 'RebootIfNeeded' : null;
}

/** Which one of the four rules speaks of the pending restart, and what the others answer. */
function judge(rule: RebootRule, node: Node, evidence: Evidence): Verdict {
  const pending = pendingOf(node);
  if (pending === null) return notApplicable;
  const { since, count, witnesses } = pending;
  const restart =
    since === null || node.key === '' ? { answer: 'none' as const } : evidence.restart(node.key, since, null);
  if (restart.answer === 'evidenced') {
    if (rule !== 'rebooted') return consistent;
    const { event } = restart;
    return judgeRebooted(node, pending, event);
  }
  if (restart.answer === 'undecidable')
    return rule === 'rebooted' || rule === 'with-noreboot'
      ? cannotTell('restart-order', node.name)
      : consistent;
  if (rule === 'rebooted') return since === null ? cannotTell('aws-operation-time', node.name) : consistent;
  const option = rebootOptionOf(node);
  if (option === null) {
    if (rule !== 'unknown-option')
      return rule === 'with-noreboot' ? cannotTell('aws-reboot-option', node.name) : consistent;
    return found({
      device: node.name,
      parameters: { count, sinceAt: at(since), patches: namesOf(pending.records) },
      witnesses,
    });
  }
  if (option.option === 'NoReboot') {
    if (rule !== 'with-noreboot') return consistent;
    return found({
      device: node.name,
      parameters: { count, sinceAt: at(since), patches: namesOf(pending.records) },
      witnesses: [...witnesses, option.witness],
    });
  }
  return rule === 'did-not-happen' ? judgeDidNotHappen(node, pending, option.witness, evidence) : consistent;
}

function judgeRebooted(node: Node, pending: Pending, event: EvidenceEvent): Verdict {
  const boot = event.at;
  if (boot === null) return consistent;
  for (const state of node.states) {
    const end = timeOfState(state);
    if (end === null || state === pending.state || state.value.operation === null) continue;
    const relation = order(boot, end);
    if (relation === 'before') return consistent;
    if (relation === 'undecidable') return cannotTell(whyUndecidable(boot, end), node.name);
  }
  return found({
    device: node.name,
    parameters: { count: pending.count, sinceAt: at(pending.since), rebootedAt: timeText(boot) },
    witnesses: [...pending.witnesses, place(event.citation, 'aws-rebooted', { rebootedAt: timeText(boot) })],
  });
}

/** The agent was asked for the restart, and its log has no start after that. */
function judgeDidNotHappen(node: Node, pending: Pending, option: Witness, evidence: Evidence): Verdict {
  const events = evidence.eventsOfDevice(node.key);
  const requests = events.filter((event) => event.type === 'restart-requested');
  const request = requests.at(-1);
  if (request === undefined)
    return awsView(evidence).hasAgentLog(node.key) ? consistent : cannotTell('aws-agent-log', node.name);
  const { at: asked } = request;
  if (asked === null) return cannotTell('aws-command-time', node.name);
  for (const start of events) {
    if (start.type !== 'agent-start' || start.at === null) continue;
    const relation = order(asked, start.at);
    if (relation === 'before') return consistent;
    if (relation === 'undecidable') return cannotTell('restart-order', node.name);
  }
  return found({
    device: node.name,
    parameters: { count: pending.count, requestedAt: timeText(asked) },
    witnesses: [
      ...pending.witnesses,
      option,
      place(request.citation, 'aws-reboot-asked', { askedAt: timeText(asked) }),
    ],
  });
}

function namesOf(records: readonly PatchRecord[]): readonly string[] {
  return [...new Set(records.flatMap((record) => record.kb ?? record.patch ?? []))].slice(0, mostCited);
}

/** Patches wait for a restart that the installation was told not to make. */
export const pendingRebootWithNoReboot = defineRule({
  id: 'aws/pending-reboot-with-noreboot',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states', 'aws/command'],
  source: 'S2',
  check: (_, evidence) => nodeVerdicts(evidence, (node) => judge('with-noreboot', node, evidence)),
});

/** Patches wait for a restart, and nothing tells with which option they were installed. */
export const pendingReboot = defineRule({
  id: 'aws/pending-reboot',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states'],
  source: 'S2',
  check: (_, evidence) => nodeVerdicts(evidence, (node) => judge('unknown-option', node, evidence)),
});

/** The node was restarted, and the states still wait for it: no scan has looked since. */
export const pendingRebootButRebooted = defineRule({
  id: 'aws/pending-reboot-but-rebooted',
  kind: 'contradiction',
  severity: 'medium',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states', 'windows-update/event-log', 'aws/agent-log'],
  source: 'S2',
  check: (_, evidence) => nodeVerdicts(evidence, (node) => judge('rebooted', node, evidence)),
});

/** The agent asked for the restart and never started again. */
export const rebootDidNotHappen = defineRule({
  id: 'aws/reboot-did-not-happen',
  kind: 'contradiction',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states', 'aws/agent-log'],
  source: 'S2',
  check: (_, evidence) => nodeVerdicts(evidence, (node) => judge('did-not-happen', node, evidence)),
});

/** Resumes of one document that are no accident. */
const loopRuns = 3;

/** One document was resumed again and again, or asked for a restart more than once. */
export const rebootLoop = defineRule({
  id: 'aws/reboot-loop',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/document-state', 'aws/agent-log'],
  source: 'S2',
  check: (_, evidence) => [
    ...evidence.facts('aws/document-state').flatMap((fact): readonly Verdict[] => {
      const { runCount, documentId, document } = fact.value;
      if (runCount === null || runCount < loopRuns) return [];
      return [
        found({
          device: fact.device,
          parameters: { times: runCount, documentId, document, by: 'count' },
          witnesses: [place(fact.citation, 'aws-run-count', { times: runCount })],
          apart: documentId,
        }),
      ];
    }),
    ...loopsInLogs(evidence),
    ...loopsInOutputs(evidence),
  ],
});

function loopsInLogs(evidence: Evidence): readonly Verdict[] {
  const counted = new Set(
    evidence
      .facts('aws/document-state')
      .flatMap(({ value }) => ((value.runCount ?? 0) >= loopRuns ? [value.documentId] : [])),
  );
  const byDocument = new Map<string, EvidenceEvent<'aws/reboot-requested'>[]>();
  const seen = new Set<string>();
  for (const event of evidence.events('aws/reboot-requested')) {
    const { documentId } = event.detail;
    const key = `${evidence.deviceKey(event.device)}\0${documentId}`;
    // A log and its copy tell of one request.
    const once = `${key}\0${String(event.at?.local)}`;
    if (counted.has(documentId) || seen.has(once)) continue;
    seen.add(once);
    const list = byDocument.get(key);
    if (list === undefined) byDocument.set(key, [event]);
    else list.push(event);
  }
  return [...byDocument.values()].flatMap((events): readonly Verdict[] => {
    const [first] = events;
    if (first === undefined || events.length < 2) return [];
    return [
      found({
        device: first.device,
        parameters: {
          times: events.length,
          documentId: first.detail.documentId,
          document: null,
          by: 'requests',
        },
        witnesses: events
          .slice(0, mostCited)
          .map((event) => place(event.citation, 'aws-reboot-asked', { askedAt: at(event.at) })),
        apart: first.detail.documentId,
      }),
    ];
  });
}

/** What the payload says itself; once for a node, whose output and its copy tell of the same. */
function loopsInOutputs(evidence: Evidence): readonly Verdict[] {
  const byNode = new Map<string, EvidenceEvent<'aws/reboot-failed'>[]>();
  for (const event of evidence.events('aws/reboot-failed')) {
    const key = evidence.deviceKey(event.device) || event.citation.member;
    const list = byNode.get(key);
    if (list === undefined) byNode.set(key, [event]);
    else list.push(event);
  }
  return [...byNode.values()].flatMap((events): readonly Verdict[] => {
    const [first] = events;
    if (first === undefined) return [];
    const times = events.reduce((most, { detail }) => Math.max(most, detail.times), first.detail.times);
    return [
      found({
        device: first.device,
        parameters: { times, documentId: '', document: null, by: 'output' },
        witnesses: events
          .slice(0, mostCited)
          .map((event) => place(event.citation, 'aws-reboot-gave-up', { times: event.detail.times })),
        apart: 'output',
      }),
    ];
  });
}

/** So near to each other two patch commands get in each other's way. */
const overlapMinutes = 2;

/** Two patch commands at once on one node, or a package manager that another process had locked. */
export const overlappingRuns = defineRule({
  id: 'aws/overlapping-runs',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/command', 'aws/linux-output'],
  assumes: { overlapMinutes },
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => {
      const locks = eventsOfNode(evidence, node, 'aws/package-lock');
      const starts = node.patchCommands.map((command) => ({ command, start: startOf(command) }));
      const { overlapMinutes: minutes } = assumedFor(evidence, 'aws/overlapping-runs', { overlapMinutes });
      const near =
        node.key === ''
          ? []
          : nearEachOther(
              starts.flatMap(({ command, start }) => (start === null ? [] : [{ command, start }])),
              minutes,
            );
      if (near.length === 0 && locks.length === 0) {
        const unknown = starts.filter(({ start }) => start === null).length;
        return starts.length > 1 && unknown > 0 ? cannotTell('aws-command-time', node.name) : notApplicable;
      }
      return found({
        device: node.name,
        parameters: {
          commands: near.map(({ command }) => command.commandId),
          locks: locks.length,
          overlapMinutes: minutes,
          assumed: ['overlapMinutes'],
        },
        witnesses: [
          ...near.slice(0, mostCited).map(({ command, start }) =>
            place(command.citation, 'aws-command-told', {
              commandId: command.commandId,
              status: command.statusDetails ?? command.status,
              startedAt: timeText(start),
            }),
          ),
          ...locks
            .slice(0, mostCited)
            .map((event) => place(event.citation, 'aws-package-locked', { toldAt: at(event.at) })),
        ],
      });
    }),
});

interface Started {
  readonly command: Node['commands'][number];
  readonly start: Moment;
}

function nearEachOther(started: readonly Started[], minutes: number): readonly Started[] {
  const sorted = [...started].sort((a, b) =>
    order(a.start, b.start) === 'before' ? -1 : order(a.start, b.start) === 'after' ? 1 : 0,
  );
  const near = new Set<Started>();
  sorted.forEach((one, index) => {
    const next = sorted[index + 1];
    if (next === undefined) return;
    const span = spanOf(one.start, next.start);
    if (span !== null && span <= minutes * 60_000) near.add(one).add(next);
  });
  return [...near];
}

function spanOf(a: Moment, b: Moment): number | null {
  const span = distance(a, b);
  return span === null ? null : Math.abs(span);
}
