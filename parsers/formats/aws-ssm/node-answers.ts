import { findKb } from '../../domain/names.ts';
import type { JsonRoot } from '../../text/json-stream.ts';
import type { AnswerContext, Entry } from './entry.ts';
import {
  commandOfDocument,
  detectionOf,
  listOf,
  numberOf,
  objectOf,
  readTime,
  stateName,
  textOf,
  timeOf,
} from './values.ts';
import type { Json } from './values.ts';

/**
 * `patch-states-configuration.json`: what the node keeps between operations. It never lists what is missing or
 * failed.
 */
export function readNodeState(context: AnswerContext, entry: Entry, root: JsonRoot): void {
  const states = objectOf(entry.value['patchStates']) ?? {};
  const line = root.lineOf('patchStates') ?? root.line;
  const lastNoReboot = timeOf(context, line, entry.value['lastNoRebootInstallOperationTime'], 'device').at;
  for (const [title, value] of Object.entries(states)) {
    const fields = objectOf(value);
    if (fields === null) continue;
    const state = textOf(fields['state']);
    const name = stateName(state);
    const id = textOf(fields['id']);
    const installed = readTime(fields['installedTime'], 'device');
    if (installed.is === 'bad') context.harvest.warning(line, 'bad-date', installed.raw ?? '');
    context.harvest.record({
      device: context.device,
      patch: title === '' ? id : title,
      kb: (id === null ? null : findKb(id)) ?? findKb(title),
      detection: { status: detectionOf(name), raw: state, at: null },
      deployment: {
        status: null,
        raw: null,
        at: installed.at,
        exitCode: null,
        attempts: null,
        maxAttempts: null,
      },
      exitCodeRaw: null,
      source: 'node-state',
      citation: context.cite(
        line,
        `${JSON.stringify(title)}: ${JSON.stringify(fields)}`,
        null,
        `/patchStates/${token(title)}`,
      ),
    });
  }
  if (lastNoReboot === null) return;
  context.harvest.fact({
    type: 'aws/patch-state',
    device: context.device,
    value: {
      source: 'node',
      operation: null,
      baseline: null,
      patchGroup: null,
      snapshotId: null,
      executionId: null,
      rebootOption: null,
      isOverridden: false,
      counts: {
        installed: null,
        installedOther: null,
        installedPendingReboot: null,
        installedRejected: null,
        missing: null,
        failed: null,
        notApplicable: null,
      },
      startedAt: null,
      endedAt: null,
      startedRaw: null,
      endedRaw: null,
      hasNoData: false,
      capturedAt: null,
      lastNoRebootInstallAt: lastNoReboot,
      isCut: false,
    },
    citation: context.cite(
      root.lineOf('lastNoRebootInstallOperationTime') ?? line,
      `"lastNoRebootInstallOperationTime": ${lastNoReboot.raw}`,
      null,
      '/lastNoRebootInstallOperationTime',
    ),
  });
}

function token(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A document in the agent's state folders. */
export function readDocumentState(context: AnswerContext, entry: Entry, plugins: readonly Json[]): void {
  const info = objectOf(entry.value['DocumentInformation']);
  if (info === null) return;
  const documentId = textOf(info['DocumentID']) ?? textOf(info['MessageID']) ?? '';
  const device = textOf(info['InstanceID']) ?? context.device;
  if (device !== null) context.harvest.device(device);
  const listed = listOf(entry.value['InstancePluginsInformation']).flatMap((plugin): readonly Json[] => {
    const fields = objectOf(plugin);
    return fields === null ? [] : [fields];
  });
  const all = [...plugins, ...listed];
  const codes = all.flatMap(
    (plugin) => numberOf(objectOf(plugin['Result'])?.['code'] ?? objectOf(plugin['Result'])?.['Code']) ?? [],
  );
  context.harvest.fact({
    type: 'aws/document-state',
    device,
    value: {
      folder: folderOf(context.path),
      documentId,
      commandId: textOf(info['CommandID']) ?? commandOfDocument(documentId),
      associationId: textOf(info['AssociationID']),
      document: textOf(info['DocumentName']),
      status: textOf(info['DocumentStatus']),
      runCount: numberOf(info['RunCount']),
      createdAt: timeOf(context, entry.place.line, info['CreatedDate'], 'device').at,
      plugins: all.map((plugin) => {
        const result = objectOf(plugin['Result']);
        return [
          textOf(plugin['Id']) ?? textOf(plugin['Name']) ?? '',
          textOf(result?.['status'] ?? result?.['Status']) ?? '',
        ]
          .filter((part) => part !== '')
          .join(' ');
      }),
      code: codes.find((code) => code !== 0) ?? codes[0] ?? null,
    },
    citation: entry.cite(JSON.stringify(info)),
  });
}

function folderOf(path: string): 'pending' | 'current' | 'completed' | 'corrupt' | null {
  const folder = /\/(?<folder>pending|current|completed|corrupt)\/[^/]+$/iu.exec(path.replaceAll('\\', '/'))
    ?.groups?.['folder'];
  switch (folder?.toLowerCase()) {
    case 'pending':
      return 'pending';
    case 'current':
      return 'current';
    case 'completed':
      return 'completed';
    case 'corrupt':
      return 'corrupt';
    default:
      return null;
  }
}
