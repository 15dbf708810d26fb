import type { Citation, DeploymentStatus, Fact, RunStep } from '../../domain/evidence.ts';
import { order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import type { RunDraft, RunMaterial } from '../define-format.ts';
import { commandsOf, isPatchCommand, outcomeOf, startOf } from './commands.ts';
import type { NodeCommand, StateFact } from './commands.ts';
import { countNames, sameId } from './values.ts';

/**
 * Commands, operations without a command, executions of associations and maintenance windows, and what the
 * compliance of a node consists of: one grid. They are joined by command id, execution id, snapshot and
 * association; what no file tells of a run is not evidenced, which is not the same as failed.
 */
export function assembleRuns(material: RunMaterial): readonly RunDraft[] {
  const commands = commandsOf(material);
  const records = new RecordsOfLists(material);
  return [
    ...commands.all.map((command) => commandRun(material, command, records)),
    ...operations(material, commands.loose, records),
    ...associationRuns(material, commands.all),
    ...windowRuns(material),
    ...complianceRuns(material),
  ];
}

const common = { system: 'aws-ssm', window: null, attempts: null } as const;

/** Records of the lists that belong to a run, by the execution that a list names. */
class RecordsOfLists {
  readonly #material: RunMaterial;
  readonly #lists: readonly Fact<'aws/patch-list'>[];
  readonly #byDevice = new Map<string, Fact<'aws/patch-list'>[]>();
  #ids: Map<string, string[]> | null = null;

  constructor(material: RunMaterial) {
    this.#material = material;
    this.#lists = material.facts('aws/patch-list');
    for (const list of this.#lists) {
      const key = material.deviceKey(list.device);
      const lists = this.#byDevice.get(key);
      if (lists === undefined) this.#byDevice.set(key, [list]);
      else lists.push(list);
    }
  }

  /** @param states results of the run; its lists name their execution, or are what the service knows now */
  of(deviceKey: string, ids: readonly (string | null)[], states: readonly StateFact[]): readonly string[] {
    if (deviceKey === '') return [];
    return (this.#byDevice.get(deviceKey) ?? []).flatMap((list) => {
      const { source, executionId } = list.value;
      const isOfRun =
        executionId !== null
          ? ids.some((id) => sameId(id, executionId))
          : source === 'instance-patches' &&
            states.some((state) => state.value.source === 'service' && this.#isOnly(deviceKey));
      return isOfRun ? (this.#idsOf().get(placeOf(deviceKey, source, list.citation.member)) ?? []) : [];
    });
  }

  /** A list without a time is of the only operation that the service tells of. */
  #isOnly(deviceKey: string): boolean {
    const of = this.#serviceStates.get(deviceKey);
    return of === 1;
  }

  get #serviceStates(): ReadonlyMap<string, number> {
    if (this.#states === null) {
      this.#states = new Map();
      for (const state of this.#material.facts('aws/patch-state')) {
        if (state.value.source !== 'service') continue;
        const key = this.#material.deviceKey(state.device);
        this.#states.set(key, (this.#states.get(key) ?? 0) + 1);
      }
    }
    return this.#states;
  }

  #states: Map<string, number> | null = null;

  #idsOf(): ReadonlyMap<string, string[]> {
    if (this.#ids === null) {
      this.#ids = new Map();
      let last = '';
      let lastDevice: string | null = '';
      let lastKey = '';
      let list: string[] = [];
      for (const record of this.#material.records) {
        if (record.system !== 'aws-ssm') continue;
        if (record.device !== lastDevice) {
          lastDevice = record.device;
          lastKey = this.#material.deviceKey(record.device);
        }
        const place = placeOf(lastKey, record.source, record.citation.member);
        if (place !== last) {
          last = place;
          list = this.#ids.get(place) ?? [];
          this.#ids.set(place, list);
        }
        list.push(record.id);
      }
    }
    return this.#ids;
  }
}

function placeOf(deviceKey: string, source: string, member: string): string {
  return `${deviceKey}\0${source}\0${member}`;
}

function commandRun(material: RunMaterial, command: NodeCommand, records: RecordsOfLists): RunDraft {
  const { states, invocation, code } = command;
  const patching = isPatchCommand(command);
  const best = bestState(states);
  const waits = (code === 3010 || code === 194) && best === null;
  // Where nothing tells how the command ended, its own result does.
  const outcome =
    command.status === null && patching && best !== null ? outcomeOfState(best) : outcomeOf(command.status);
  return {
    ...common,
    device: command.device,
    name: command.commandId,
    operation: patching ? (command.operation ?? 'patch') : 'command',
    outcome: waits && outcome !== 'failed' ? 'pending-reboot' : outcome,
    startedAt: startOf(command) ?? best?.value.startedAt ?? null,
    endedAt: command.endedAt ?? best?.value.endedAt ?? null,
    exitCode: code,
    reboot: command.rebootOption,
    detail: {
      document: command.document,
      status: command.statusDetails ?? command.status,
      plugin: invocation?.value.plugin ?? null,
      ...stateDetail(best),
      snapshotId: command.snapshotId,
      runCount: command.documents.reduce<number | null>(
        (most, { value }) => Math.max(most ?? 0, value.runCount ?? 0),
        null,
      ),
      override: command.isOverridden ? true : null,
    },
    steps: patching ? patchSteps(material, command, best) : plainSteps(command),
    records: records.of(command.deviceKey, [command.commandId, command.snapshotId], states),
    citation: command.citation,
  };
}

/** What the counts of a result say of its operation; a result that was cut does not show a success. */
function outcomeOfState({ value }: StateFact): DeploymentStatus {
  const { failed, installedPendingReboot } = value.counts;
  if (value.hasNoData || failed === null) return 'unknown';
  if (failed > 0) return 'failed';
  if ((installedPendingReboot ?? 0) > 0) return 'pending-reboot';
  return value.isCut ? 'unknown' : 'succeeded';
}

/** The service's own result, else the one that counts something. */
function bestState(states: readonly StateFact[]): StateFact | null {
  return (
    states.find(({ value }) => value.source === 'service') ??
    states.find(({ value }) => countNames.some((name) => value.counts[name] !== null)) ??
    states[0] ??
    null
  );
}

function stateDetail(state: StateFact | null): RunDraft['detail'] {
  if (state === null) return {};
  const { counts, baseline, patchGroup } = state.value;
  return {
    baseline,
    patchGroup,
    installed: counts.installed,
    installedOther: counts.installedOther,
    installedPendingReboot: counts.installedPendingReboot,
    installedRejected: counts.installedRejected,
    missing: counts.missing,
    failed: counts.failed,
  };
}

function told(
  name: string,
  outcome: RunStep['outcome'],
  at: Moment | null,
  citation: Citation | null | undefined,
): RunStep {
  return citation === null || citation === undefined
    ? { name, evidenced: false, outcome: null, at: null, citation: null }
    : { name, evidenced: true, outcome, at, citation };
}

function plainSteps(command: NodeCommand): readonly RunStep[] {
  return [requestStep(command), deliverStep(command), resultStep(command)];
}

function requestStep(command: NodeCommand): RunStep {
  return told(
    'request',
    'succeeded',
    command.requestedAt,
    command.sent?.citation ?? (command.requestedAt === null ? null : command.invocation?.citation),
  );
}

/** Something on the node, or the service's time of its start, shows that the command arrived there. */
function deliverStep(command: NodeCommand): RunStep {
  const [plugin] = command.plugins;
  if (plugin !== undefined) return told('deliver', 'succeeded', plugin.at, plugin.citation);
  const [document] = command.documents;
  if (document !== undefined)
    return told('deliver', 'succeeded', document.value.createdAt, document.citation);
  const [output] = command.outputs;
  if (output !== undefined) return told('deliver', 'succeeded', null, output.citation);
  const never = /deliverytimedout|undeliverable/iu.test(
    (command.statusDetails ?? command.status ?? '').replaceAll(/[\s_-]/gu, ''),
  );
  if (never) return told('deliver', 'failed', null, command.invocation?.citation);
  return told(
    'deliver',
    'succeeded',
    command.startedAt,
    command.startedAt === null ? null : command.invocation?.citation,
  );
}

function resultStep(command: NodeCommand): RunStep {
  const last = command.replies.at(-1);
  const citation =
    command.invocation?.citation ??
    last?.citation ??
    command.documents[0]?.citation ??
    command.sent?.citation ??
    null;
  if (command.status === null || citation === null) return told('result', null, null, null);
  const outcome = outcomeOf(command.status);
  return told(
    'result',
    outcome === 'succeeded' || outcome === 'failed' ? outcome : 'unknown',
    command.endedAt ?? last?.at ?? null,
    citation,
  );
}

function patchSteps(material: RunMaterial, command: NodeCommand, best: StateFact | null): readonly RunStep[] {
  const isScan = command.operation === 'scan';
  return [
    requestStep(command),
    deliverStep(command),
    operationStep(command.operation, best),
    ...(isScan ? [] : [rebootStep(material, command)]),
    resultStep(command),
    uploadStep(material, command.states, command.deviceKey),
  ];
}

function operationStep(operation: string | null, state: StateFact | null): RunStep {
  const name = operation === 'scan' ? 'scan' : 'install';
  if (state === null) return told(name, null, null, null);
  const { failed } = state.value.counts;
  const outcome =
    failed === null || failed < 0 || (failed === 0 && state.value.isCut)
      ? 'unknown'
      : failed > 0
        ? 'failed'
        : 'succeeded';
  return told(name, outcome, state.value.endedAt ?? state.value.startedAt, state.citation);
}

/** The restart that the document asked for; a start of the agent after it shows that it came. */
function rebootStep(material: RunMaterial, command: NodeCommand): RunStep {
  const asked = command.reboots.at(-1);
  if (asked === undefined) return told('reboot', null, null, null);
  const { at } = asked;
  const came =
    at !== null &&
    material
      .events('agent-start')
      .some(
        (event) =>
          event.at !== null &&
          material.deviceKey(event.device) === command.deviceKey &&
          order(at, event.at) === 'before',
      );
  return told('reboot', came ? 'succeeded' : 'unknown', at, asked.citation);
}

/** A line of the node's own, or a result that the service has. */
function uploadStep(material: RunMaterial, states: readonly StateFact[], deviceKey: string): RunStep {
  const members = new Set(states.map(({ citation }) => citation.member));
  const upload = material
    .events('aws/upload')
    .find((event) => members.has(event.citation.member) && material.deviceKey(event.device) === deviceKey);
  if (upload !== undefined)
    return told('upload', upload.detail.succeeded ? 'succeeded' : 'failed', upload.at, upload.citation);
  const service = states.find(({ value }) => value.source === 'service');
  return told('upload', 'succeeded', service?.value.endedAt ?? null, service?.citation);
}

/** Results that no command of the bundle claims; those of one snapshot or one end are one operation. */
function operations(
  material: RunMaterial,
  loose: readonly StateFact[],
  records: RecordsOfLists,
): readonly RunDraft[] {
  const groups = new Map<string, StateFact[]>();
  for (const state of loose) {
    const { value, device, citation } = state;
    // What only tells of the last installation is no operation.
    if (
      value.operation === null &&
      value.endedAt === null &&
      value.startedAt === null &&
      value.snapshotId === null
    )
      continue;
    const key = material.deviceKey(device);
    const id =
      value.snapshotId ??
      value.executionId ??
      value.endedAt?.raw ??
      `${citation.member}:${String(citation.line)}`;
    const group = `${key === '' ? citation.member : key}\0${id.toLowerCase()}\0${value.operation ?? ''}`;
    const states = groups.get(group);
    if (states === undefined) groups.set(group, [state]);
    else states.push(state);
  }
  return [...groups.values()].flatMap((states): readonly RunDraft[] => {
    const best = bestState(states);
    if (best === null) return [];
    const { value, device, citation } = best;
    const deviceKey = material.deviceKey(device);
    return [
      {
        ...common,
        device,
        name: value.snapshotId ?? value.executionId ?? value.operation ?? '',
        operation: value.operation ?? 'patch',
        outcome: outcomeOfState(best),
        startedAt: value.startedAt,
        endedAt: value.endedAt,
        exitCode: null,
        reboot: value.rebootOption,
        detail: {
          ...stateDetail(best),
          snapshotId: value.snapshotId,
          override: value.isOverridden ? true : null,
          startedRaw: value.startedRaw,
          endedRaw: value.endedRaw,
        },
        steps: [operationStep(value.operation, best), uploadStep(material, states, deviceKey)],
        records: records.of(
          deviceKey,
          states.flatMap((state) => [state.value.snapshotId, state.value.executionId]),
          states,
        ),
        citation,
      },
    ];
  });
}

/** Executions of associations, and associations of which no execution is told. */
function associationRuns(material: RunMaterial, commands: readonly NodeCommand[]): readonly RunDraft[] {
  const facts = material.facts('aws/association');
  const names = new Map<string, Fact<'aws/association'>>();
  for (const fact of facts) if (fact.value.document !== null) names.set(fact.value.associationId, fact);
  const executed = new Set(facts.flatMap(({ value }) => (value.isExecution ? [value.associationId] : [])));
  const commandIds = new Set(commands.map((command) => command.commandId.toLowerCase()));
  const seen = new Set<string>();
  return facts.flatMap((fact): readonly RunDraft[] => {
    const { value, device, citation } = fact;
    if (!value.isExecution && executed.has(value.associationId)) return [];
    const key = [
      value.associationId,
      value.executionId,
      value.executionId === null ? value.executedAt?.raw : '',
      material.deviceKey(device),
    ].join('\0');
    if (seen.has(key)) return [];
    seen.add(key);
    const named = names.get(value.associationId)?.value;
    const status = value.detailedStatus ?? value.status;
    const outcome = outcomeOf(value.status);
    return [
      {
        ...common,
        device,
        name: value.executionId ?? value.associationId,
        operation: 'association',
        outcome: value.status === null ? null : outcome,
        startedAt: value.executedAt,
        endedAt: null,
        exitCode: null,
        reboot: null,
        detail: {
          overlap: false,
          associationId: value.associationId,
          association: value.name ?? named?.name ?? null,
          document: value.document ?? named?.document ?? null,
          status,
          command:
            value.executionId !== null && commandIds.has(value.executionId.toLowerCase())
              ? value.executionId
              : null,
        },
        steps: [
          told(
            'result',
            outcome === 'succeeded' || outcome === 'failed' ? outcome : 'unknown',
            value.executedAt,
            value.status === null ? null : citation,
          ),
        ],
        records: [],
        citation,
      },
    ];
  });
}

function windowRuns(material: RunMaterial): readonly RunDraft[] {
  const seen = new Set<string>();
  const once = material.facts('aws/window-execution').filter(({ value }) => {
    const key = [value.level, value.windowExecutionId, value.executionId, value.startedAt?.raw].join('\0');
    return !seen.has(key) && seen.add(key);
  });
  return once.map(({ value, device, citation }): RunDraft => {
    // Where status and details contradict each other, neither is taken.
    const isClear = outcomeOf(value.status) !== 'succeeded' || outcomeOf(value.statusDetails) !== 'failed';
    const outcome = isClear ? outcomeOf(value.status) : 'unknown';
    return {
      ...common,
      device,
      name: value.executionId ?? value.windowExecutionId ?? value.windowId ?? '',
      operation: value.level === 'window' ? 'maintenance-window' : 'window-task',
      outcome: value.status === null ? null : outcome,
      startedAt: value.startedAt,
      endedAt: value.endedAt,
      exitCode: null,
      reboot: value.rebootOption,
      detail: {
        overlap: false,
        windowId: value.windowId,
        windowExecutionId: value.windowExecutionId,
        document: value.document,
        asked: value.operation,
        status: [value.status, value.statusDetails].filter((part) => part !== null).join(' · ') || null,
      },
      steps: [
        told(
          'result',
          outcome === 'succeeded' || outcome === 'failed' ? outcome : 'unknown',
          value.endedAt,
          value.status === null ? null : citation,
        ),
      ],
      records: [],
      citation,
    };
  });
}

/** Why a node is compliant or not: a step for each type, with what does not comply. */
function complianceRuns(material: RunMaterial): readonly RunDraft[] {
  const byDevice = new Map<string, Fact<'aws/compliance'>[]>();
  for (const fact of material.facts('aws/compliance')) {
    const key = material.deviceKey(fact.device);
    if (key === '') continue;
    const facts = byDevice.get(key);
    if (facts === undefined) byDevice.set(key, [fact]);
    else facts.push(fact);
  }
  return [...byDevice.values()].flatMap((facts): readonly RunDraft[] => {
    const [first] = facts;
    if (first === undefined) return [];
    const types = [...new Set(facts.map(({ value }) => value.complianceType))].sort();
    const chosen = types.flatMap((type) => chosenOf(facts, type));
    const failed = chosen.filter(({ value }) => !value.isCompliant);
    const unknown = chosen.some(({ value }) => value.isPartial);
    const outcome: DeploymentStatus = failed.length > 0 ? 'failed' : unknown ? 'unknown' : 'succeeded';
    const detail: Record<string, string | number | boolean | null> = { overlap: false };
    for (const { value } of chosen)
      detail[value.complianceType] = [
        value.nonCompliant > 0 || value.isCompliant
          ? `${value.nonCompliant} / ${value.compliant + value.nonCompliant}`
          : 'NON_COMPLIANT',
        ...(value.reasons.length === 0 ? [] : [value.reasons.join(', ')]),
        ...(value.isPartial ? ['NextToken'] : []),
      ].join(' · ');
    return [
      {
        ...common,
        device: first.device,
        name: types.join(', '),
        operation: 'compliance',
        outcome,
        startedAt: null,
        endedAt: chosen.find(({ value }) => value.executedAt !== null)?.value.executedAt ?? null,
        exitCode: null,
        reboot: null,
        detail,
        steps: chosen.map(({ value, citation }) =>
          told(
            value.complianceType,
            !value.isCompliant ? 'failed' : value.isPartial ? 'unknown' : 'succeeded',
            value.executedAt,
            citation,
          ),
        ),
        records: [],
        citation: (failed[0] ?? first).citation,
      },
    ];
  });
}

/** The items tell more than the summary: reasons. A list that goes on elsewhere does not tell that all is well. */
function chosenOf(facts: readonly Fact<'aws/compliance'>[], type: string): readonly Fact<'aws/compliance'>[] {
  const of = facts.filter(({ value }) => value.complianceType === type);
  const items = of.find(({ value }) => value.from === 'items');
  const summary = of.find(({ value }) => value.from === 'summary');
  const chosen =
    items !== undefined && (!items.value.isPartial || !items.value.isCompliant) ? items : (summary ?? items);
  return chosen === undefined ? [] : [chosen];
}
