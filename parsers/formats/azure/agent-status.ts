import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, Probe } from '../define-format.ts';
import { patchExtension, scopeOf } from './paths.ts';
import { harvestStatus } from './status-file.ts';
import { field, fieldAt, listOf, numberOf, objectOf, readStamp, textOf } from './values.ts';
import type { JsonObject } from './values.ts';

function isAgentStatus({ name, shape, text }: Probe): boolean {
  if (shape !== 'json' && !/aggregatestatus|waagent_status/u.test(name)) return false;
  if (shape === 'binary' || shape === 'image') return false;
  return /"(?:guestAgentStatus|handlerAggregateStatus)"/iu.test(text);
}

/**
 * `waagent_status.json` and `aggregatestatus*.json`: what the guest agent reports of itself and of every
 * extension. It names the machine, for all files beside it.
 */
export const agentStatus = defineDocumentFormat({
  id: 'azure/agent-status',
  system: 'azure-update-manager',
  recognise: isAgentStatus,
  read(document) {
    const json = document.json();
    const computer = /"computerName"\s*:\s*"(?<name>[^"\\]{1,255})"/iu.exec(document.text())?.groups?.[
      'name'
    ];
    if (computer !== undefined) document.harvest.device(computer, [], 'collection');
    if (json === null) return true;
    const root = objectOf(json.value);
    // Windows writes the aggregate itself, Linux wraps it.
    const wrapped = objectOf(field(root, 'aggregateStatus'));
    const aggregate = wrapped ?? root;
    const base = wrapped === null ? '' : '/aggregateStatus';
    if (aggregate === null) return false;
    const stamp = textOf(field(root, 'timestampUTC')) ?? textOf(field(root, '__timestamp'));
    const handlers = listOf(field(aggregate, 'handlerAggregateStatus'));
    harvestAgent(document, aggregate, handlers, base, stamp);
    handlers.forEach((item, index) => {
      const handler = objectOf(item);
      const name = textOf(field(handler, 'handlerName'));
      if (handler === null || name === null || !patchExtension.test(name)) return;
      harvestHandler(document, handler, name, `${base}/handlerAggregateStatus/${index}`, stamp);
    });
    document.harvest.rows(handlers.length);
    return true;
  },
});

function messageOf(object: JsonObject | null): string | null {
  return textOf(fieldAt(object, 'formattedMessage', 'message')) ?? textOf(field(object, 'message'));
}

function harvestAgent(
  document: EvidenceDocument,
  aggregate: JsonObject,
  handlers: readonly unknown[],
  base: string,
  stamp: string | null,
): void {
  const agent = objectOf(field(aggregate, 'guestAgentStatus'));
  const names = handlers.flatMap((item) => textOf(field(objectOf(item), 'handlerName')) ?? []);
  const pointer = agent === null ? `${base}/handlerAggregateStatus` : `${base}/guestAgentStatus`;
  document.harvest.fact({
    type: 'azure/agent',
    value: {
      status: textOf(field(agent, 'status')) ?? '',
      version: textOf(field(agent, 'version')),
      message: messageOf(agent),
      hasPatchExtension: names.some((name) => patchExtension.test(name)),
      handlers: names,
      at: readStamp(stamp),
    },
    citation: document.cite(
      document.json()?.lineOf(pointer) ?? 1,
      agent === null ? JSON.stringify({ handlers: names }) : JSON.stringify(agent).slice(0, 1_000),
      null,
      pointer,
    ),
  });
}

function harvestHandler(
  document: EvidenceDocument,
  handler: JsonObject,
  name: string,
  pointer: string,
  stamp: string | null,
): void {
  const runtime = objectOf(field(handler, 'runtimeSettingsStatus'));
  const sequence = numberOf(field(runtime, 'sequenceNumber'));
  const status = objectOf(fieldAt(runtime, 'settingsStatus', 'status'));
  document.harvest.fact({
    type: 'azure/handler',
    value: {
      name,
      version: textOf(field(handler, 'handlerVersion')),
      status: textOf(field(handler, 'status')) ?? '',
      code: numberOf(field(handler, 'code')),
      message: messageOf(handler),
      sequence,
      settingsStatus: textOf(field(status, 'status')),
    },
    citation: document.cite(
      document.json()?.lineOf(pointer) ?? 1,
      JSON.stringify({ ...handler, runtimeSettingsStatus: sequence }).slice(0, 1_000),
      null,
      pointer,
    ),
  });
  if (status === null) return;
  const inner = `${pointer}/runtimeSettingsStatus/settingsStatus/status`;
  const own = textOf(fieldAt(runtime, 'settingsStatus', 'timestampUTC')) ?? stamp;
  harvestStatus(document, status, inner, { sequence, scope: scopeOf(document.path) }, 'agent', own);
}
