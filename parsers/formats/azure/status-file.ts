import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, Probe } from '../define-format.ts';
import type { AzureJoin, AzureStatus, StatusCopy } from './facts.ts';
import { nameOf, patchExtension, scopeOf, sequenceOf, stateDeviceOfPath } from './paths.ts';
import { readSummary, salvageSummaries, summaryKind, summaryNames } from './summary.ts';
import { field, fieldAt, listOf, numberOf, objectOf, readStamp, textOf } from './values.ts';
import type { JsonObject } from './values.ts';

/** A status under whatever name it was saved: its own fields, and not the report of an agent that carries one. */
function isSavedStatus({ shape, text }: Probe): boolean {
  return (
    shape === 'json' &&
    text.includes('"substatus"') &&
    summaryNames.test(text) &&
    !/"(?:handlerAggregateStatus|guestAgentStatus)"/iu.test(text)
  );
}

function isStatus(probe: Probe): boolean {
  const { name, path, shape, text } = probe;
  if (!/^\d{1,9}(?:\.complete)?\.status$/u.test(name) && !/_\d{1,9}(?:\.complete)?\.status$/u.test(name))
    return isSavedStatus(probe);
  if (shape !== 'json' && shape !== 'text') return false;
  return patchExtension.test(path) || summaryNames.test(text) || text.includes('Azure Patch Management');
}

/**
 * `<seq>.status` and `<seq>.complete.status`: the extension's own word on a run. The truth is in its
 * substatuses, each with JSON text inside JSON; the list of the plain file is cut above 126 KB.
 */
export const statusFile = defineDocumentFormat({
  id: 'azure/status',
  system: 'azure-update-manager',
  recognise: isStatus,
  read(document) {
    const name = nameOf(document.path);
    const copy: StatusCopy = /\.complete\.status$/iu.test(name) ? 'complete' : 'file';
    const join = { sequence: sequenceOf(name), scope: scopeOf(document.path) };
    stateDeviceOfPath(document);
    const json = document.json();
    // A list of one; what was taken out of it is as good.
    const value: unknown = json?.value;
    const isList = Array.isArray(value);
    const outer = isList ? listOf(value)[0] : value;
    const status = objectOf(field(objectOf(outer), 'status'));
    if (status === null) {
      if (json !== null && !summaryNames.test(document.text())) return false;
      salvageStatus(document, join, copy);
      return true;
    }
    const stamp = textOf(fieldAt(outer, 'timestampUTC'));
    harvestStatus(document, status, isList ? '/0/status' : '/status', join, copy, stamp);
    return true;
  },
});

type Place = Omit<AzureJoin, 'activityId'>;

/**
 * Puts down a status object: of a status file, or as the agent reports it.
 *
 * @param pointer of the object within the document
 */
export function harvestStatus(
  document: EvidenceDocument,
  status: JsonObject,
  pointer: string,
  join: Place,
  copy: StatusCopy,
  stamp: string | null,
  device: string | null = null,
): void {
  const json = document.json();
  const lineOf = (at: string): number => json?.lineOf(at) ?? 1;
  const substatuses = listOf(field(status, 'substatus'));
  const activities = new Map<string, string>();
  let patches = 0;
  substatuses.forEach((item, index) => {
    const substatus = objectOf(item);
    const kind = summaryKind(field(substatus, 'name'));
    if (substatus === null || kind === null) return;
    const place = `${pointer}/substatus/${index}/formattedMessage/message`;
    const message = textOf(fieldAt(substatus, 'formattedMessage', 'message')) ?? '';
    const summary = readSummary(kind, textOf(field(substatus, 'status')) ?? '', message);
    const line = lineOf(place);
    if (summary.cut) document.harvest.warning(line, 'cut-summary', message.slice(-80));
    if (summary.activityId !== null) activities.set(kind, summary.activityId);
    patches += summary.patches.length;
    document.harvest.fact({
      type: 'azure/summary',
      device,
      value: { ...join, ...summary, copy },
      citation: document.cite(line, summaryQuote(kind, substatus, message), null, place),
    });
  });
  document.harvest.fact({
    type: 'azure/status',
    device,
    value: statusOf(status, join, activityOf(activities), copy, stamp, substatuses.length),
    citation: document.cite(lineOf(pointer), statusQuote(status, substatuses.length), null, pointer),
  });
  if (copy !== 'agent') document.harvest.rows(patches);
}

/** An assessment may be a later one of its own; what was configured or installed tells which run this is. */
function activityOf(activities: ReadonlyMap<string, string>): string | null {
  for (const kind of ['installation', 'no-operation', 'configure', 'assessment']) {
    const activity = activities.get(kind);
    if (activity !== undefined) return activity;
  }
  return null;
}

function statusOf(
  status: JsonObject,
  join: Place,
  activityId: string | null,
  copy: StatusCopy,
  stamp: string | null,
  substatuses: number,
): AzureStatus {
  const message = field(status, 'formattedMessage');
  return {
    ...join,
    activityId,
    copy,
    operation: textOf(field(status, 'operation')) ?? '',
    status: (textOf(field(status, 'status')) ?? '').toLowerCase(),
    code: numberOf(field(status, 'code')),
    message: textOf(field(objectOf(message), 'message')) ?? textOf(message) ?? '',
    timestamp: readStamp(stamp),
    substatuses,
  };
}

function statusQuote(status: JsonObject, substatuses: number): string {
  return JSON.stringify({ ...status, substatus: substatuses }).slice(0, 1_000);
}

/** The summary without its patches: what a reader looks for in it. */
function summaryQuote(kind: string, substatus: JsonObject, message: string): string {
  const head = [textOf(field(substatus, 'name')) ?? kind, textOf(field(substatus, 'status')) ?? ''].join(' ');
  try {
    const inner = objectOf(JSON.parse(message));
    if (inner === null) return head;
    const { patches, ...rest } = inner;
    return `${head} ${JSON.stringify({ ...rest, ...(Array.isArray(patches) ? { patches: patches.length } : {}) })}`.slice(
      0,
      2_000,
    );
  } catch {
    return `${head} ${message.slice(0, 500)}`;
  }
}

/** A file that is not whole JSON: what can be read of its summaries stands, marked as cut. */
function salvageStatus(document: EvidenceDocument, join: Place, copy: StatusCopy): void {
  const text = document.text();
  let patches = 0;
  const found = salvageSummaries(text);
  salvageTop(document, text, join, copy, found.length);
  for (const { kind, status, message, at } of found) {
    const summary = readSummary(kind, status, message);
    const line = lineAt(text, at);
    patches += summary.patches.length;
    document.harvest.fact({
      type: 'azure/summary',
      value: { ...join, ...summary, cut: true, copy },
      citation: document.cite(line, `${kind} ${status} ${message.slice(0, 500)}`),
    });
  }
  document.harvest.rows(patches);
}

const topForm =
  /"operation"\s*:\s*"(?<operation>\w{0,60})"\s*,\s*"status"\s*:\s*"(?<status>\w{1,30})"(?:\s*,\s*"code"\s*:\s*(?<code>-?\d{1,9}))?/u;

/** The top of it, which stands before its substatuses; they are known to be there. */
function salvageTop(
  document: EvidenceDocument,
  text: string,
  join: Place,
  copy: StatusCopy,
  summaries: number,
): void {
  const top = topForm.exec(text.slice(0, topCharacters));
  if (top === null) return;
  const stamp = /"timestampUTC"\s*:\s*"(?<stamp>[^"]{1,40})"/u.exec(text.slice(0, topCharacters))?.groups;
  document.harvest.fact({
    type: 'azure/status',
    value: {
      ...join,
      activityId: null,
      copy,
      operation: top.groups?.['operation'] ?? '',
      status: (top.groups?.['status'] ?? '').toLowerCase(),
      code: numberOf(top.groups?.['code']),
      message: '',
      timestamp: readStamp(stamp?.['stamp']),
      substatuses: Math.max(summaries, text.includes('"substatus"') ? 1 : 0),
    },
    citation: document.cite(lineAt(text, top.index), top[0]),
  });
}

/** How far the top of a status may reach. */
const topCharacters = 4_000;

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
