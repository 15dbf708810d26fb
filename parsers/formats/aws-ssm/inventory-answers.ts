import { findKb } from '../../domain/names.ts';
import type { AnswerContext, Entry } from './entry.ts';
import { ComplianceLists } from './compliance-lists.ts';
import { readInstance, readPatchState } from './state-answers.ts';
import { deploymentOf, detectionOf, objectOf, shortened, stateName, textOf, timeOf } from './values.ts';
import type { Json } from './values.ts';

/** One type of a node's inventory. */
export interface InventoryType {
  readonly typeName: string;
  readonly instance: string | null;
  readonly captured: unknown;
  readonly entries: readonly Entry[];
  /** As the node keeps it; else as the service hands it out. */
  readonly isNode: boolean;
}

/** A node of get-inventory with all of its types. */
export function readInventoryEntity(context: AnswerContext, entry: Entry): void {
  const instance = textOf(entry.value['Id']);
  for (const [typeName, value] of Object.entries(objectOf(entry.value['Data']) ?? {})) {
    const type = objectOf(value);
    const content: unknown = type?.['Content'];
    if (type === null || !Array.isArray(content)) continue;
    readInventoryType(context, {
      typeName,
      instance,
      captured: type['CaptureTime'],
      entries: (content as unknown[]).flatMap((one) => {
        const fields = objectOf(one);
        return fields === null
          ? []
          : [
              {
                ...entry,
                value: fields,
                cite: (quote?: string) => entry.cite(quote ?? JSON.stringify(fields)),
              },
            ];
      }),
      isNode: false,
    });
  }
}

export function readInventoryType(context: AnswerContext, type: InventoryType): void {
  const compliance = new ComplianceLists(context);
  for (const entry of type.entries) {
    switch (type.typeName) {
      case 'AWS:InstanceInformation':
        readInstance(context, entry, { InstanceId: type.instance, ...entry.value });
        break;
      case 'AWS:PatchSummary':
        readPatchState(context, entry, type.isNode ? 'node' : 'inventory', {
          instance: type.instance,
          captured: type.captured,
        });
        break;
      case 'AWS:PatchCompliance':
        readPatchCompliance(context, entry, type);
        break;
      case 'AWS:ComplianceItem':
        compliance.addItem(entry.value, entry.place, type.instance);
        break;
      case 'AWS:WindowsUpdate':
        readHotfix(context, entry, type);
        break;
      default:
        break;
    }
  }
  compliance.end(false);
}

function readPatchCompliance(context: AnswerContext, entry: Entry, type: InventoryType): void {
  const { value, place } = entry;
  const state = textOf(value['State']);
  const name = stateName(state);
  const id = textOf(value['KBId']) ?? textOf(value['Id']);
  const title = textOf(value['Title']);
  context.harvest.record({
    device: type.instance,
    patch: title ?? id,
    kb: (id === null ? null : findKb(id)) ?? (title === null ? null : findKb(title)),
    detection: { status: detectionOf(name), raw: state, at: timeOf(context, place.line, type.captured).at },
    deployment: {
      status: deploymentOf(name),
      raw: null,
      at: timeOf(context, place.line, value['InstalledTime']).at,
      exitCode: null,
      attempts: null,
      maxAttempts: null,
    },
    exitCodeRaw: null,
    source: 'inventory',
    citation: entry.cite(),
  });
}

/** A hotfix of the list that Windows keeps; its time is a day. */
function readHotfix(context: AnswerContext, entry: Entry, type: InventoryType): void {
  const { value, place } = entry;
  const id = textOf(value['HotFixId']) ?? textOf(value['HotFixID']);
  if (id === null) return;
  const { at } = timeOf(context, place.line, value['InstalledTime']);
  context.harvest.record({
    device: type.instance,
    patch: id,
    kb: findKb(id),
    detection: {
      status: 'patched',
      raw: textOf(value['Description']),
      at: timeOf(context, place.line, type.captured).at,
    },
    deployment: {
      status: 'succeeded',
      raw: null,
      at: at !== null && at.local % 86_400_000 === 0 ? { ...at, precision: 'day' } : at,
      exitCode: null,
      attempts: null,
      maxAttempts: null,
    },
    exitCodeRaw: null,
    source: 'inventory-hotfix',
    citation: entry.cite(),
  });
}

/** A call that a node made to the service, by CloudTrail: `PutComplianceItems` and `PutInventory` are its reports. */
export function readTrailRecord(context: AnswerContext, entry: Entry, value: Json): void {
  const name = textOf(value['eventName']);
  if (name === null || !/^(?:PutComplianceItems|PutInventory)$/u.test(name)) return;
  const { at } = timeOf(context, entry.place.line, value['eventTime']);
  const parameters = objectOf(value['requestParameters']);
  const error = textOf(value['errorCode']);
  const principal = textOf(objectOf(value['userIdentity'])?.['principalId']);
  const device =
    textOf(parameters?.['resourceId']) ??
    textOf(parameters?.['instanceId']) ??
    principal?.split(':').at(-1) ??
    null;
  context.harvest.event({
    type: 'aws/upload',
    device,
    at,
    citation: entry.cite(`${name} ${error ?? ''} ${textOf(value['errorMessage']) ?? ''}`.trim()),
    detail: {
      succeeded: error === null,
      by: 'cloudtrail',
      detail: shortened(`${name} ${error ?? ''}`.trim()),
    },
  });
  if (at !== null) context.harvest.timelineLine(entry.place.line, at, error === null ? 'info' : 'error');
}

/** The same as lookup-events answers it: the record is a text. */
export function readTrailEvent(context: AnswerContext, entry: Entry): void {
  const text = textOf(entry.value['CloudTrailEvent']);
  if (text === null) return;
  let record: Json | null = null;
  try {
    record = objectOf(JSON.parse(text));
  } catch {
    context.harvest.warning(entry.place.line, 'bad-json', shortened(text, 120));
  }
  if (record !== null) readTrailRecord(context, entry, record);
}
