import type { Citation, FormatId } from '../../domain/evidence.ts';
import type { JsonElement, JsonPlace, JsonRoot } from '../../text/json-stream.ts';
import type { JsonReader, MemberContext } from '../define-format.ts';
import { readAssociation, readAssociationTarget, readInstanceAssociation } from './association-answers.ts';
import { readBaseline, readBaselineIdentity, readEffectivePatch, readMapping } from './baseline-answers.ts';
import { readCommand, readInvocation, readWindowExecution } from './command-answers.ts';
import { ComplianceLists } from './compliance-lists.ts';
import {
  readInventoryEntity,
  readInventoryType,
  readTrailEvent,
  readTrailRecord,
} from './inventory-answers.ts';
import type { AnswerContext, Entry } from './entry.ts';
import { readDocumentState, readNodeState } from './node-answers.ts';
import { PatchLists } from './patch-lists.ts';
import { readInstance, readPatchState } from './state-answers.ts';
import { readTerminalLine } from './terminal.ts';
import { instanceInPath, objectOf, shortened, textOf } from './values.ts';
import type { Json } from './values.ts';

/** Lists whose entries make sense with the fields beside them only. */
const keptLists: ReadonlySet<string> = new Set([
  'Entries',
  'Content',
  'content',
  'InstancePluginsInformation',
  'TaskParameters',
]);
const mostKept = 200_000;

/** Kinds that tell nothing of patching. */
const withoutEvidence: FormatId = 'aws/other-answer';

/** Reads the answers of the command line interface, one entry after the other. */
export class AnswerReader implements JsonReader {
  /** Of it the device changes with the commands of a terminal. */
  readonly #context: { -readonly [K in keyof AnswerContext]: AnswerContext[K] };
  readonly #inPath: string | null;
  readonly #id: FormatId;
  readonly #patches: PatchLists;
  readonly #compliance: ComplianceLists;
  /** Whether the last answer with a list says that it goes on, by the list's name. */
  readonly #partial = new Map<string, { readonly isPartial: boolean; readonly citation: Citation }>();
  /** Lists of the document in work. */
  #lists = new Set<string>();
  #kept: { readonly key: string; readonly entry: Entry }[] = [];
  #rows = 0;
  /** Whether the document in work has lists of objects. */
  #hasElements = false;

  constructor(context: MemberContext, id: FormatId) {
    const device = instanceInPath(context.path);
    this.#context = { ...context, device };
    this.#inPath = device;
    this.#id = id;
    if (device !== null && speaksOfOne(id)) context.harvest.device(device);
    this.#patches = new PatchLists(this.#context);
    this.#compliance = new ComplianceLists(this.#context);
  }

  element(element: JsonElement): void {
    this.#rows += 1;
    this.#lists.add(element.key);
    this.#hasElements = true;
    // The many of a list: no more is made of each than what it comes to.
    if (element.key === 'Patches') {
      this.#patches.add(element);
      return;
    }
    if (element.key === 'ComplianceItems' && this.#compliance.add(element)) return;
    const entry = this.#entry(element.value, element);
    if (keptLists.has(element.key)) {
      if (this.#kept.length < mostKept) this.#kept.push({ key: element.key, entry });
      return;
    }
    this.#read(element.key, entry);
  }

  /** A command names the node that its answer is about. */
  aside(text: string): boolean {
    const line = readTerminalLine(text);
    if (line === null) {
      this.#context.device = this.#inPath;
      return false;
    }
    if (line.instance !== undefined) this.#context.device = line.instance ?? this.#inPath;
    return true;
  }

  #read(key: string, entry: Entry): void {
    const context = this.#context;
    switch (key) {
      case 'InstancePatchStates':
        readPatchState(context, entry, 'service');
        break;
      case 'ResourceComplianceSummaryItems':
        this.#compliance.addSummary(entry);
        break;
      case 'BaselineIdentities':
        readBaselineIdentity(context, entry, entry.value, null);
        break;
      case 'Mappings':
        this.#mappings.push(entry);
        break;
      case 'EffectivePatches':
        readEffectivePatch(context, entry);
        break;
      case 'CommandInvocations':
        readInvocation(context, entry);
        break;
      case 'Commands':
        readCommand(context, entry, entry.value);
        break;
      case 'AssociationExecutions':
        readAssociation(context, entry, entry.value, 'execution');
        break;
      case 'AssociationExecutionTargets':
        readAssociationTarget(context, entry);
        break;
      case 'InstanceAssociationStatusInfos':
        readInstanceAssociation(context, entry);
        break;
      case 'Associations':
        readAssociation(context, entry, entry.value, 'association');
        break;
      case 'InstanceInformationList':
        readInstance(context, entry, entry.value);
        break;
      case 'Entities':
        readInventoryEntity(context, entry);
        break;
      case 'WindowExecutions':
        readWindowExecution(context, entry, 'window', []);
        break;
      case 'WindowExecutionTaskIdentities':
        readWindowExecution(context, entry, 'task', []);
        break;
      case 'WindowExecutionTaskInvocationIdentities':
        readWindowExecution(context, entry, 'invocation', []);
        break;
      case 'Records':
        readTrailRecord(context, entry, entry.value);
        break;
      case 'Events':
        readTrailEvent(context, entry);
        break;
      default:
        break;
    }
  }

  readonly #mappings: Entry[] = [];

  document(root: JsonRoot): void {
    const { value } = root;
    const context = this.#context;
    const entry = this.#entry(value, root);
    const kept = this.#kept;
    this.#kept = [];
    const token = textOf(value['NextToken']) ?? textOf(value['nextToken']);
    const tokenLine = root.lineOf('NextToken') ?? root.lineOf('nextToken');
    const lists = new Set([...this.#lists, ...Object.keys(value).filter((key) => Array.isArray(value[key]))]);
    for (const list of lists)
      this.#partial.set(list, {
        isPartial: token !== null,
        citation: context.cite(
          tokenLine ?? root.line,
          token === null ? list : `"NextToken": ${shortened(token, 120)}`,
          null,
          token === null ? root.pointer : `${root.pointer}/NextToken`,
        ),
      });
    this.#lists = new Set();
    if (!this.#hasElements) this.#rows += 1;
    this.#hasElements = false;
    if ('InstanceId' in value && 'BaselineId' in value && 'OperationEndTime' in value)
      readPatchState(context, entry, 'service');
    else if ('KBId' in value && 'State' in value) this.#patches.add({ ...root, key: 'Patches' });
    else if ('ApprovalRules' in value) readBaseline(context, entry);
    else if ('BaselineId' in value && 'PatchGroup' in value) readMapping(context, entry, false);
    else if ('BaselineId' in value && 'OperatingSystem' in value)
      readBaselineIdentity(context, entry, value, true);
    const command = objectOf(value['Command']);
    if (command !== null) readCommand(context, entry, command);
    if ('CommandId' in value && ('ResponseCode' in value || 'StandardOutputContent' in value))
      readInvocation(context, entry);
    const association = objectOf(value['AssociationDescription']);
    if (association !== null) readAssociation(context, entry, association, 'association');
    if ('WindowExecutionId' in value)
      readWindowExecution(
        context,
        entry,
        'TaskArn' in value ? 'task' : 'InvocationId' in value ? 'invocation' : 'window',
        kept.filter(({ key }) => key === 'TaskParameters').map((one) => one.entry.value),
      );
    if ('patchStates' in value) readNodeState(context, entry, root);
    if ('DocumentInformation' in value)
      readDocumentState(
        context,
        entry,
        kept.filter(({ key }) => key === 'InstancePluginsInformation').map((one) => one.entry.value),
      );
    this.#inventory(entry, kept);
  }

  /** One type of inventory: as `list-inventory-entries` answers it, or as the node keeps it. */
  #inventory(entry: Entry, kept: readonly { readonly key: string; readonly entry: Entry }[]): void {
    const { value } = entry;
    const typeName =
      textOf(value['TypeName']) ??
      textOf(value['typeName']) ??
      textOf(value['Name']) ??
      textOf(value['name']);
    const instance = textOf(value['InstanceId']) ?? this.#context.device;
    const isNode = this.#id === 'aws/node-inventory';
    if (typeName?.includes(':') === true) {
      readInventoryType(this.#context, {
        typeName,
        instance,
        captured: value['CaptureTime'] ?? value['captureTime'],
        entries: kept.filter(({ key }) => /^(?:entries|content)$/iu.test(key)).map((one) => one.entry),
        isNode,
      });
      return;
    }
    // Types as fields: {"AWS:PatchSummary": {"Content": [...]}}.
    for (const [name, inner] of Object.entries(value)) {
      const type = objectOf(inner);
      if (!name.includes(':') || type === null) continue;
      const list: unknown = type['Content'] ?? type['content'] ?? type['Entries'] ?? [type];
      readInventoryType(this.#context, {
        typeName: name,
        instance,
        captured: type['CaptureTime'] ?? type['captureTime'],
        entries: (Array.isArray(list) ? (list as unknown[]) : []).flatMap((one) => {
          const fields = objectOf(one);
          return fields === null ? [] : [{ ...entry, value: fields }];
        }),
        isNode,
      });
    }
  }

  end(isWhole: boolean): { readonly reason: string | null } | false {
    const { harvest } = this.#context;
    const isPartial = (list: string): boolean => !isWhole || this.#partial.get(list)?.isPartial === true;
    this.#patches.end(isPartial('Patches'));
    this.#compliance.end(isPartial('ComplianceItems'));
    for (const entry of this.#mappings) readMapping(this.#context, entry, isPartial('Mappings'));
    for (const [list, { isPartial: goesOn, citation }] of this.#partial)
      if (goesOn) harvest.fact({ type: 'aws/partial-list', value: { list }, citation });
    harvest.rows(this.#rows);
    return { reason: this.#id === withoutEvidence ? 'no-patch-evidence' : null };
  }

  #entry(value: Json, place: JsonPlace): Entry {
    const context = this.#context;
    return {
      value,
      place,
      cite: (quote) =>
        context.cite(place.line, shortened(quote ?? JSON.stringify(value)), null, place.pointer),
    };
  }
}

/** Kinds of answers that are about one node: the path tells which. */
function speaksOfOne(id: FormatId): boolean {
  switch (id) {
    case 'aws/instance-patches':
    case 'aws/command-invocation':
    case 'aws/inventory-entries':
    case 'aws/node-inventory':
    case 'aws/node-state':
    case 'aws/document-state':
    case 'aws/instance-associations':
      return true;
    default:
      return false;
  }
}
