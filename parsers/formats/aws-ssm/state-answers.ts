import type { AnswerContext, Entry } from './entry.ts';
import type { AwsPatchState } from './facts.ts';
import { countsIn, hasNegative, operationOf, textOf, timeOf } from './values.ts';
import type { Json } from './values.ts';

/** The state of a node after an operation: of the service, of its inventory, or of the node itself. */
export function readPatchState(
  context: AnswerContext,
  entry: Entry,
  source: AwsPatchState['source'],
  given: { readonly instance: string | null; readonly captured: unknown } = {
    instance: null,
    captured: null,
  },
): void {
  const { place } = entry;
  const value = folded(entry.value);
  const clock = source === 'node' ? 'device' : 'service';
  const started = timeOf(context, place.line, value['operationstarttime'], clock);
  const ended = timeOf(context, place.line, value['operationendtime'], clock);
  const captured = timeOf(context, place.line, given.captured, clock);
  const device = textOf(value['instanceid']) ?? given.instance ?? context.device;
  const counts = countsIn(entry.value);
  context.harvest.fact({
    type: 'aws/patch-state',
    device,
    value: {
      source,
      operation: operationOf(value['operation'] ?? value['operationtype']),
      baseline: textOf(value['baselineid']),
      patchGroup: textOf(value['patchgroup']),
      snapshotId: textOf(value['snapshotid']),
      executionId: textOf(value['executionid']),
      rebootOption: textOf(value['rebootoption']),
      isOverridden:
        textOf(value['installoverridelist']) !== null || textOf(value['baselineoverride']) !== null,
      counts,
      startedAt: started.at,
      endedAt: ended.at,
      startedRaw: started.is === 'bad' ? started.raw : null,
      endedRaw: ended.is === 'bad' ? ended.raw : null,
      hasNoData: hasNegative(counts) || started.is === 'epoch' || ended.is === 'epoch',
      capturedAt: captured.at,
      lastNoRebootInstallAt: timeOf(context, place.line, value['lastnorebootinstalloperationtime'], clock).at,
      isCut: false,
    },
    citation: entry.cite(),
  });
  const at = ended.at ?? started.at;
  if (at !== null) context.harvest.timelineLine(place.line, at, 'info');
}

function folded(value: Json): Json {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]));
}

/** A managed node as the service knows it. */
export function readInstance(context: AnswerContext, entry: Entry, value: Json): void {
  const device = textOf(value['InstanceId']) ?? context.device;
  if (device === null) return;
  const computerName = textOf(value['ComputerName']);
  if (computerName !== null) context.harvest.alias(device, [computerName]);
  const platformType = textOf(value['PlatformType']);
  context.harvest.fact({
    type: 'aws/instance',
    device,
    value: {
      pingStatus: textOf(value['PingStatus']),
      lastPingAt: timeOf(context, entry.place.line, value['LastPingDateTime']).at,
      agentVersion: textOf(value['AgentVersion']),
      platformType,
      platform:
        [textOf(value['PlatformName']), textOf(value['PlatformVersion'])]
          .filter((part) => part !== null)
          .join(' ') || null,
      computerName,
    },
    citation: entry.cite(),
  });
  if (platformType !== null && /^windows$/iu.test(platformType))
    context.harvest.fact({
      type: 'aws/windows-node',
      device,
      value: { sign: 'platform' },
      citation: entry.cite(),
    });
}
