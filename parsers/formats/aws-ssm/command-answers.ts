import type { Moment } from '../../domain/moment.ts';
import { order } from '../../domain/moment.ts';
import type { AnswerContext, Entry } from './entry.ts';
import type { AwsOperation, AwsWindowExecution } from './facts.ts';
import { readApiOutput } from './outputs.ts';
import { PayloadReader } from './payload.ts';
import {
  isCutOutput,
  isCutPluginOutput,
  isPatchDocument,
  listOf,
  numberOf,
  objectOf,
  operationOf,
  shortened,
  textOf,
  textsOf,
  timeOf,
} from './values.ts';
import type { Json } from './values.ts';

/** What the parameters of a patch document ask for. */
interface Asked {
  readonly operation: AwsOperation | null;
  readonly rebootOption: string | null;
  readonly snapshotId: string | null;
  readonly isOverridden: boolean;
}

/** Values stand as lists; in tasks of maintenance windows as lists in `Values`. */
function askedIn(parameters: Json | null): Asked {
  const first = (key: string): string | null => {
    const value = parameters?.[key];
    const values = objectOf(value)?.['Values'] ?? value;
    const one = (Array.isArray(values) ? textsOf(values)[0] : textOf(values)) ?? null;
    // A placeholder stands for a value that is not known yet.
    return one === null || /^\{\{.*\}\}$/u.test(one) ? null : one;
  };
  return {
    operation: operationOf(first('Operation') ?? first('Action')),
    rebootOption: first('RebootOption'),
    snapshotId: first('SnapshotId'),
    isOverridden: first('BaselineOverride') !== null || first('InstallOverrideList') !== null,
  };
}

/** A command as it was sent: list-commands, send-command. */
export function readCommand(context: AnswerContext, entry: Entry, value: Json): void {
  const commandId = textOf(value['CommandId']);
  if (commandId === null) return;
  const inTargets = listOf(value['Targets']).flatMap((target) => {
    const fields = objectOf(target);
    return /^instanceids$/iu.test(textOf(fields?.['Key']) ?? '') ? textsOf(fields?.['Values']) : [];
  });
  const requestedAt = timeOf(context, entry.place.line, value['RequestedDateTime']).at;
  const status = textOf(value['Status']);
  context.harvest.fact({
    type: 'aws/command',
    // A command is not of the file's node; its targets are.
    value: {
      commandId,
      instance: null,
      targets: [...new Set([...textsOf(value['InstanceIds']), ...inTargets])],
      document: textOf(value['DocumentName']),
      plugin: null,
      ...askedIn(objectOf(value['Parameters'])),
      status,
      statusDetails: textOf(value['StatusDetails']),
      responseCode: null,
      requestedAt,
      startedAt: null,
      endedAt: null,
    },
    citation: entry.cite(),
  });
  if (requestedAt !== null) context.harvest.timelineLine(entry.place.line, requestedAt, levelOf(status));
}

interface Part {
  readonly name: string | null;
  readonly code: number | null;
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
  readonly output: string | null;
  readonly error: string | null;
  /** Of a list of invocations, which cuts sooner. */
  readonly isListed: boolean;
}

/** A command on one node: list-command-invocations with its plugins, or get-command-invocation of one plugin. */
export function readInvocation(context: AnswerContext, entry: Entry): void {
  const { value, place } = entry;
  const commandId = textOf(value['CommandId']);
  if (commandId === null) return;
  const instance = textOf(value['InstanceId']) ?? context.device;
  const parts = partsOf(context, entry);
  // Of several plugins the one that patches, else the one that did not end well.
  const told =
    parts.find(({ name }) => /^(?:PatchLinux|PatchWindows)$|runpatchbaseline/iu.test(name ?? '')) ??
    parts.find(({ code }) => code !== null && code !== 0) ??
    parts[0];
  const document = textOf(value['DocumentName']);
  const status = textOf(value['Status']);
  const startedAt = extreme(
    parts.map((part) => part.startedAt),
    'before',
  );
  const requestedAt = timeOf(context, place.line, value['RequestedDateTime']).at;
  context.harvest.fact({
    type: 'aws/command',
    device: instance,
    value: {
      commandId,
      instance,
      targets: [],
      document,
      plugin: told?.name ?? null,
      ...askedIn(objectOf(value['Parameters'])),
      status,
      statusDetails: textOf(value['StatusDetails']),
      responseCode: told?.code ?? null,
      requestedAt,
      startedAt,
      endedAt: extreme(
        parts.map((part) => part.endedAt),
        'after',
      ),
    },
    citation: entry.cite(),
  });
  const at = startedAt ?? requestedAt;
  if (at !== null) context.harvest.timelineLine(place.line, at, levelOf(status));
  for (const part of parts) readOutput(context, entry, part, { commandId, instance, document });
}

function partsOf(context: AnswerContext, entry: Entry): readonly Part[] {
  const { value, place } = entry;
  const time = (of: unknown): Moment | null => timeOf(context, place.line, of).at;
  const plugins = listOf(value['CommandPlugins']).flatMap((plugin): readonly Part[] => {
    const fields = objectOf(plugin);
    if (fields === null) return [];
    return [
      {
        name: textOf(fields['Name']),
        code: numberOf(fields['ResponseCode']),
        startedAt: time(fields['ResponseStartDateTime']),
        endedAt: time(fields['ResponseFinishDateTime']),
        output: textOf(fields['Output']),
        error: null,
        isListed: true,
      },
    ];
  });
  if (plugins.length > 0 || !('ResponseCode' in value)) return plugins;
  return [
    {
      name: textOf(value['PluginName']),
      code: numberOf(value['ResponseCode']),
      startedAt: time(value['ExecutionStartDateTime']),
      endedAt: time(value['ExecutionEndDateTime']),
      output: textOf(value['StandardOutputContent']),
      error: textOf(value['StandardErrorContent']),
      isListed: false,
    },
  ];
}

/** Outputs that the service hands out are cut: what they do not say is not known. */
function readOutput(
  context: AnswerContext,
  entry: Entry,
  part: Part,
  of: { readonly commandId: string; readonly instance: string | null; readonly document: string | null },
): void {
  const { output } = part;
  if (output === null) return;
  if (!isPatchDocument(of.document) && !/Patch Summary for|Running with snapshot id/u.test(output)) return;
  const payload = new PayloadReader(context, { commandId: of.commandId, device: of.instance });
  if (part.isListed ? isCutPluginOutput(output) : isCutOutput(output)) payload.cut();
  readApiOutput(output, payload, (line) => entry.cite(shortened(line)));
}

/** An execution of a maintenance window. @param parameters of a task, as `TaskParameters` lists them */
export function readWindowExecution(
  context: AnswerContext,
  entry: Entry,
  level: AwsWindowExecution['level'],
  parameters: readonly Json[],
): void {
  const { value, place } = entry;
  const inner = parsed(textOf(value['Parameters']));
  const asked = askedIn(parameters[0] ?? objectOf(inner?.['parameters']));
  const startedAt = timeOf(context, place.line, value['StartTime']).at;
  const status = textOf(value['Status']);
  const [first, ...rest] = [
    ...textsOf(inner?.['instanceIds']),
    ...textsOf(objectOf(parameters[0]?.['aws:InstanceId'])?.['Values']),
  ];
  context.harvest.fact({
    type: 'aws/window-execution',
    device: first !== undefined && rest.length === 0 ? first : null,
    value: {
      level,
      windowId: textOf(value['WindowId']),
      windowExecutionId: textOf(value['WindowExecutionId']),
      executionId:
        textOf(value['ExecutionId']) ?? textOf(value['InvocationId']) ?? textOf(value['TaskExecutionId']),
      document: textOf(value['TaskArn']) ?? textOf(inner?.['documentName']),
      operation: asked.operation,
      rebootOption: asked.rebootOption,
      status,
      statusDetails: textOf(value['StatusDetails']),
      startedAt,
      endedAt: timeOf(context, place.line, value['EndTime']).at,
    },
    citation: entry.cite(),
  });
  if (startedAt !== null) context.harvest.timelineLine(place.line, startedAt, levelOf(status));
}

function parsed(text: string | null): Json | null {
  if (text === null) return null;
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function levelOf(status: string | null): 'error' | 'info' {
  return /^(?:failed|.*timed ?out.*|undeliverable|terminated)$/iu.test(status ?? '') ? 'error' : 'info';
}

function extreme(moments: readonly (Moment | null)[], side: 'before' | 'after'): Moment | null {
  let best: Moment | null = null;
  for (const moment of moments) {
    if (moment !== null && (best === null || order(moment, best) === side)) best = moment;
  }
  return best;
}
