import { isMoment, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Fact, PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { baselineTail } from '../../formats/aws-ssm/values.ts';
import { cannotTell, cell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText, timeText, whyUndecidable } from '../parameters.ts';
import {
  at,
  eventsOfNode,
  isLater,
  latestState,
  mostCited,
  nodeVerdicts,
  oncePerNode,
  recordWitnesses,
  startOf,
  stateWitness,
  timeOfState,
} from './view.ts';
import type { Node } from './view.ts';

/** Missing patches were found, and nothing was told to install them since. */
export const scannedNeverInstalled = defineRule({
  id: 'aws/scanned-never-installed',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states'],
  source: 'S2',
  check: (_, evidence) => nodeVerdicts(evidence, judgeScan),
});

function judgeScan(node: Node): Verdict {
  const state = latestState(node);
  const missing = state?.value.counts.missing ?? null;
  if (state === null) {
    return (node.records.get('missing') ?? []).length === 0
      ? notApplicable
      : cannotTell(node.key === '' ? 'aws-instance' : 'aws-last-operation', node.name);
  }
  if (state.value.operation === null && missing !== null && missing > 0)
    return cannotTell('aws-last-operation', node.name);
  if (state.value.operation !== 'scan' || missing === null || missing <= 0) return notApplicable;
  const scanned = timeOfState(state);
  let undecided: string | null = null;
  for (const install of installsOf(node)) {
    if (scanned === null) return cannotTell('aws-scan-time', node.name);
    if (install === null) {
      undecided ??= 'aws-command-time';
      continue;
    }
    const relation = order(install, scanned);
    if (relation === 'after') return consistent;
    if (relation === 'undecidable') undecided ??= whyUndecidable(install, scanned);
  }
  if (undecided !== null) return cannotTell(undecided, node.name);
  return found({
    device: node.name,
    parameters: { missing, scannedAt: at(scanned) },
    witnesses: [stateWitness(state), ...recordWitnesses(node.records.get('missing') ?? [], mostCited - 1)],
  });
}

/** Times at which something was told to install; null where that is not known. */
function installsOf(node: Node): readonly (Moment | null)[] {
  return [
    ...node.states.flatMap((state) => (state.value.operation === 'install' ? [timeOfState(state)] : [])),
    ...node.states.flatMap(({ value }) => value.lastNoRebootInstallAt ?? []),
    ...node.patchCommands.flatMap((command) => (command.operation === 'install' ? [startOf(command)] : [])),
  ];
}

/** A missing patch that the baseline did not approve yet when the node was scanned. */
export const missingButNotApprovedYet = defineRule({
  id: 'aws/missing-but-not-approved-yet',
  kind: 'note',
  severity: 'medium',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/instance-patches', 'aws/effective-patches'],
  source: 'S2',
  check: (_, evidence) => {
    const approvals = evidence.facts('aws/approval');
    if (approvals.length === 0) return [];
    const byName = new Map<string, Fact<'aws/approval'>[]>();
    for (const approval of approvals) {
      for (const name of [approval.value.kb, approval.value.patch.toLowerCase()]) {
        if (name === null) continue;
        const list = byName.get(name);
        if (list === undefined) byName.set(name, [approval]);
        else list.push(approval);
      }
    }
    return nodeVerdicts(evidence, (node) =>
      (node.records.get('missing') ?? []).map((record) => judgeApproval(node, record, byName)),
    );
  },
});

type Approvals = readonly Fact<'aws/approval'>[];

function judgeApproval(node: Node, record: PatchRecord, byName: ReadonlyMap<string, Approvals>): Verdict {
  const used = latestState(node)?.value.baseline ?? null;
  const approval = (
    (record.kb === null ? undefined : byName.get(record.kb)) ??
    byName.get((record.patch ?? '').toLowerCase()) ??
    []
  ).find(
    ({ value }) =>
      value.baseline === null || used === null || baselineTail(value.baseline) === baselineTail(used),
  );
  if (approval === undefined) return notApplicable;
  const { status, approvedAt } = approval.value;
  const pending = /^PENDING_?APPROVAL$/iu.test(status);
  const scanned = isMoment(record.detection.at) ? record.detection.at : null;
  if (!pending) {
    if (approvedAt === null) return consistent;
    if (scanned === null) return cannotTell('aws-scan-time', node.name, record.patch);
    const relation = order(approvedAt, scanned);
    if (relation === 'undecidable')
      return cannotTell(whyUndecidable(approvedAt, scanned), node.name, record.patch);
    if (relation !== 'after') return consistent;
  }
  return found({
    device: node.name,
    patch: record.patch,
    parameters: { pending, approvedAt: at(approvedAt), scannedAt: at(scanned) },
    witnesses: [
      ...recordWitnesses([record]),
      place(approval.citation, 'aws-approval', { status, approvedAt: at(approvedAt) }),
    ],
  });
}

/** Some patch failed. The list names it; logs and counts tell more. */
export const patchFailed = defineRule({
  id: 'aws/patch-failed',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/instance-patches', 'aws/patch-states'],
  source: 'S2',
  check: (_, evidence) => nodeVerdicts(evidence, (node) => judgeFailed(node, evidence)),
});

function judgeFailed(node: Node, evidence: Evidence): Verdict | readonly Verdict[] {
  const records = node.records.get('failed') ?? [];
  const logged = eventsOfNode(evidence, node, 'aws/package-failed');
  const byPackage = new Map<string, number[]>();
  logged.forEach(({ detail }, place) => {
    const name = detail.package.toLowerCase();
    const list = byPackage.get(name);
    if (list === undefined) byPackage.set(name, [place]);
    else if (list.length < mostCited) list.push(place);
  });
  const lengths = [...new Set([...byPackage.keys()].map((name) => name.length))];
  /** The first lines about packages with which the name of the patch begins. */
  const about = (patch: PatchRecord): typeof logged => {
    const name = (patch.patch ?? '').toLowerCase();
    return lengths
      .flatMap((length) => (length > name.length ? [] : (byPackage.get(name.slice(0, length)) ?? [])))
      .sort((a, b) => a - b)
      .slice(0, mostCited)
      .flatMap((place) => logged[place] ?? []);
  };
  const byPatch = new Map<string, PatchRecord[]>();
  for (const record of records) {
    const key = record.kb ?? record.patch ?? '';
    const list = byPatch.get(key);
    if (list === undefined) byPatch.set(key, [record]);
    else list.push(record);
  }
  const latest = latestState(node);
  const lines = (patch: PatchRecord | null): Witness[] =>
    (patch === null ? logged.slice(0, mostCited) : about(patch)).map((event) =>
      place(event.citation, 'aws-package-failed', { package: event.detail.package, toldAt: at(event.at) }),
    );
  const failed = latest?.value.counts.failed ?? 0;
  const counted = failed > 0 && latest !== null ? [stateWitness(latest)] : [];
  if (byPatch.size > 0)
    return [...byPatch.values()].map((same) => {
      const [first] = same;
      return found({
        device: node.name,
        patch: first?.patch ?? null,
        parameters: {
          count: 1,
          named: true,
          detectedAt: first === undefined ? null : atText(first.detection.at),
        },
        witnesses: [...recordWitnesses(same), ...counted, ...(first === undefined ? [] : lines(first))],
      });
    });
  if (failed > 0 || logged.length > 0) {
    if (failed <= 0 && latest !== null && latest.value.counts.failed === 0 && !latest.value.isCut)
      return consistent;
    return found({
      device: node.name,
      parameters: {
        count: Math.max(
          failed,
          failed > 0 ? failed : new Set(logged.map(({ detail }) => detail.package)).size,
        ),
        named: false,
        detectedAt: latest === null ? null : at(timeOfState(latest)),
      },
      witnesses: [...counted, ...lines(null)],
    });
  }
  // A cut output does not show that nothing failed.
  const isCut = node.states.some(({ value }) => value.isCut && value.source === 'output');
  return isCut && (latest === null || latest.value.isCut)
    ? cannotTell('aws-whole-output', node.name)
    : notApplicable;
}

/** A rejected patch is installed. */
export const rejectedInstalled = defineRule({
  id: 'aws/rejected-installed',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states', 'aws/instance-patches'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => {
      const rejected = rejectedOf(node);
      if (rejected === null) return notApplicable;
      return found({
        device: node.name,
        parameters: { count: rejected.count, patches: rejected.names },
        witnesses: rejected.witnesses,
      });
    }),
});

function rejectedOf(node: Node): {
  readonly count: number;
  readonly names: readonly string[];
  readonly witnesses: readonly Witness[];
} | null {
  const latest = latestState(node);
  const records = node.records.get('installedrejected') ?? [];
  const counted = latest?.value.counts.installedRejected ?? 0;
  if (counted <= 0 && records.length === 0) return null;
  const names = [...new Set(records.flatMap((record) => record.kb ?? record.patch ?? []))].slice(
    0,
    mostCited,
  );
  return {
    count: Math.max(counted, names.length),
    names,
    witnesses: [
      ...(counted > 0 && latest !== null ? [stateWitness(latest)] : []),
      ...recordWitnesses(records),
    ],
  };
}

/** Rejected and installed, although the baseline lets rejected patches in as dependencies. */
export const rejectedDespiteAllow = defineRule({
  id: 'aws/rejected-despite-allow',
  kind: 'contradiction',
  severity: 'medium',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states', 'aws/patch-baseline'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => {
      const rejected = rejectedOf(node);
      if (rejected === null) return notApplicable;
      const used = latestState(node)?.value.baseline ?? null;
      if (used === null) return cannotTell('aws-used-baseline', node.name);
      const baseline = evidence
        .facts('aws/baseline')
        .find(
          ({ value }) => value.rejectedAction !== null && baselineTail(value.baseline) === baselineTail(used),
        );
      if (baseline === undefined) return cannotTell('aws-baseline', node.name, null, { baseline: used });
      if (!/^ALLOW_?AS_?DEPENDENCY$/iu.test(baseline.value.rejectedAction ?? '')) return consistent;
      return found({
        device: node.name,
        parameters: { count: rejected.count, baseline: used, patches: rejected.names },
        witnesses: [
          ...rejected.witnesses,
          place(baseline.citation, 'aws-rejected-action', { action: baseline.value.rejectedAction }),
        ],
      });
    }),
});

/** The operation left no data: counts of -1, or a time of the epoch. */
export const noData = defineRule({
  id: 'aws/no-data',
  kind: 'fault',
  severity: 'high',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/patch-states'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => {
      const states = node.states.filter(({ value }) => value.hasNoData);
      if (states.length === 0) return notApplicable;
      // A newer result with data makes up for it.
      const latest = latestState(node, ({ value }) => !value.hasNoData && value.endedAt !== null);
      const since = latest === null ? null : timeOfState(latest);
      const open = states.filter((state) => {
        const told = timeOfState(state);
        return told === null || since === null || !isLater(since, told);
      });
      if (open.length === 0) return consistent;
      return found({
        device: node.name,
        parameters: { count: open.length },
        witnesses: open.slice(0, mostCited).map(stateWitness),
      });
    }),
});

/** The inventory's hotfixes and the patch states of one node say different things of one KB. */
export const hotfixContradictsState = defineRule({
  id: 'aws/hotfix-contradicts-state',
  kind: 'contradiction',
  severity: 'medium',
  system: 'aws-ssm',
  looksAt: 'bundle',
  needs: ['aws/inventory', 'aws/instance-patches'],
  source: 'S2',
  check: (_, evidence) =>
    nodeVerdicts(evidence, (node) => {
      if (node.key === '' || node.hotfixes.length === 0) return notApplicable;
      const lacking = [...(node.records.get('missing') ?? []), ...(node.records.get('failed') ?? [])];
      return [
        ...lacking.map((record) => judgeHotfix(node, record)),
        ...evidence
          .recordsOfDevice(node.key)
          .filter((record) => isListedAsInstalled(record))
          .map((record) => judgeAbsence(node, record)),
      ];
    }),
});

/** The hotfixes of a node by their KB, the first of each, and when they were installed. */
const hotfixesOf = oncePerNode((node) => {
  const byKb = new Map<string, PatchRecord>();
  for (const record of node.hotfixes)
    if (record.kb !== null && !byKb.has(record.kb)) byKb.set(record.kb, record);
  const installed = node.hotfixes.map(({ deployment }) => (isMoment(deployment.at) ? deployment.at : null));
  return { byKb, isDated: !installed.includes(null), times: new OrderedMoments(installed) };
});

function judgeHotfix(node: Node, record: PatchRecord): Verdict {
  if (record.kb === null) return notApplicable;
  const hotfix = hotfixesOf(node).byKb.get(record.kb);
  if (hotfix === undefined) return consistent;
  const installed = hotfix.deployment.at;
  const scanned = record.detection.at;
  if (!isMoment(scanned)) return cannotTell('aws-scan-time', node.name, record.patch);
  if (!isMoment(installed)) return cannotTell('aws-installed-time', node.name, record.patch);
  const relation = order(installed, scanned);
  if (relation === 'undecidable')
    return cannotTell(whyUndecidable(installed, scanned), node.name, record.patch);
  if (relation !== 'before') return consistent;
  return found({
    device: node.name,
    patch: record.patch,
    parameters: {
      side: 'listed',
      kb: record.kb,
      installedAt: timeText(installed),
      scannedAt: timeText(scanned),
      state: record.detection.raw,
    },
    witnesses: [
      ...recordWitnesses([record]),
      cell(hotfix, 'deployment.at', 'aws-hotfix-listed', { kb: record.kb, installedAt: timeText(installed) }),
    ],
  });
}

/** Updates of Windows itself, which its list of hotfixes names; many others never stand there. */
const windowsUpdates =
  /\b(?:Cumulative|Security(?: Monthly Quality Rollup)?) Update for (?:Microsoft )?(?:server operating system|Windows)\b/iu;

function isListedAsInstalled(record: PatchRecord): boolean {
  return (
    record.system === 'aws-ssm' &&
    record.detection.raw === 'Installed' &&
    record.kb !== null &&
    isMoment(record.deployment.at) &&
    windowsUpdates.test(record.patch ?? '') &&
    !/\.NET|Adobe|Preview/iu.test(record.patch ?? '')
  );
}

/** Installed by the patch states, before the inventory was taken, and not among its hotfixes, nor superseded since. */
function judgeAbsence(node: Node, record: PatchRecord): Verdict {
  const { byKb, isDated, times } = hotfixesOf(node);
  if (record.kb !== null && byKb.has(record.kb)) return consistent;
  const installed = record.deployment.at;
  const [first] = node.hotfixes;
  const captured = first?.detection.at ?? null;
  if (first === undefined || !isMoment(installed) || !isMoment(captured)) return notApplicable;
  if (order(installed, captured) !== 'before') return notApplicable;
  const isNewest = isDated && !times.has({ at: installed, is: ['same', 'undecidable', 'after'] });
  if (!isNewest) return notApplicable;
  return found({
    device: node.name,
    patch: record.patch,
    parameters: {
      side: 'absent',
      kb: record.kb,
      installedAt: timeText(installed),
      scannedAt: timeText(captured),
      state: record.detection.raw,
    },
    witnesses: [
      ...recordWitnesses([record]),
      cell(first, 'patch', 'aws-hotfixes-of', {
        count: node.hotfixes.length,
        capturedAt: timeText(captured),
      }),
    ],
  });
}
