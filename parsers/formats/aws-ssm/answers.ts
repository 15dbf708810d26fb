import type { FormatId } from '../../domain/evidence.ts';
import { defineJsonFormat } from '../define-format.ts';
import type { JsonFormat, Probe } from '../define-format.ts';
import { oncePerProbe } from '../probe-memory.ts';
import { AnswerReader } from './answer-reader.ts';
import { hasCommandLine } from './terminal.ts';

/** Names of fields at the top of the first document, as far as the head of the file shows them, with what follows. */
interface Top {
  readonly keys: ReadonlySet<string>;
  /** The head of the file: enough to tell answers of one name apart. */
  readonly text: string;
  readonly path: string;
}

function topOf(probe: Probe, text = probe.text): Top {
  return { keys: keysOf(text), text, path: probe.path };
}

/** Answers in what was saved of a terminal that a head of a file is searched for. */
const mostTried = 20;

/** What starts behind the lines of a terminal: each answer that the head of the file shows the start of. */
function topsOf(probe: Probe): readonly Top[] {
  if (probe.shape === 'json') return [topOf(probe)];
  if (!hasCommandLine(probe.text)) return [];
  return [...probe.text.matchAll(/^[{[](?=\s*["{\]}])/gmu)]
    .slice(0, mostTried)
    .map(({ index }) => topOf(probe, probe.text.slice(index)));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Fields of the first object of a JSON text, also of one in a list. Linear, and blind to what is nested deeper. */
function keysOf(text: string): ReadonlySet<string> {
  const keys = new Set<string>();
  let at = text.search(/[^\s\uFEFF[\0]/u);
  if (at === -1 || text[at] !== '{') return keys;
  let depth = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return keys;
    } else if (code === QUOTE) {
      const from = at + 1;
      for (at = from; at < text.length; at += 1) {
        const inner = text.charCodeAt(at);
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) at += 1;
      }
      if (depth === 1 && at - from < 200 && /^"\s*:/u.test(text.slice(at, at + 40)))
        keys.add(text.slice(from, at));
    }
  }
  return keys;
}

interface Answer {
  readonly id: FormatId;
  readonly is: (top: Top) => boolean;
}

const has =
  (...keys: readonly string[]) =>
  ({ keys: known }: Top): boolean =>
    keys.every((key) => known.has(key));

/** A list of a name that others may use too: its first entry has to have a field, or an empty one the file's name. */
const list =
  (key: string, field: RegExp, name: RegExp) =>
  ({ keys, text, path }: Top): boolean => {
    if (!keys.has(key)) return false;
    const from = text.search(new RegExp(`"${key}"\\s*:\\s*\\[`, 'u'));
    if (from === -1) return false;
    const behind = text.slice(from + key.length + 2);
    return field.test(behind.slice(0, 16_384)) || (/^\s*:\s*\[\s*\]/u.test(behind) && name.test(path));
  };

const instancePatch = list('Patches', /"(?:KBId|InstalledTime)"\s*:/u, /instance-patches/u);
const availablePatch = list(
  'Patches',
  /"(?:KbNumber|MsrcNumber|ContentUrl|AdvisoryIds|ReleaseDate|ProductFamily)"\s*:/u,
  /available-patches/u,
);

/** What the command line interface answers, by the fields at its top. The first that fits gives its name. */
const answers: readonly Answer[] = [
  { id: 'aws/instance-patches', is: instancePatch },
  { id: 'aws/available-patches', is: availablePatch },
  { id: 'aws/patch-states', is: has('InstancePatchStates') },
  // Taken out of their list (--query).
  { id: 'aws/instance-patches', is: has('KBId', 'State', 'Title') },
  { id: 'aws/patch-states', is: has('InstanceId', 'BaselineId', 'OperationEndTime') },
  { id: 'aws/compliance-items', is: list('ComplianceItems', /"ComplianceType"\s*:/u, /compliance/u) },
  { id: 'aws/compliance-summaries', is: has('ResourceComplianceSummaryItems') },
  {
    id: 'aws/compliance-summaries',
    is: list('ComplianceSummaryItems', /"ComplianceType"\s*:/u, /compliance/u),
  },
  { id: 'aws/patch-baselines', is: has('BaselineIdentities') },
  { id: 'aws/patch-baseline', is: has('ApprovalRules', 'BaselineId') },
  { id: 'aws/patch-baseline', is: has('ApprovalRules', 'GlobalFilters') },
  { id: 'aws/command-invocations', is: has('CommandInvocations') },
  { id: 'aws/commands', is: list('Commands', /"CommandId"\s*:/u, /list-commands/u) },
  { id: 'aws/commands', is: ({ keys, text }) => keys.has('Command') && /"CommandId"\s*:/u.test(text) },
  { id: 'aws/command-invocation', is: has('CommandId', 'ResponseCode') },
  { id: 'aws/association-executions', is: has('AssociationExecutions') },
  { id: 'aws/association-targets', is: has('AssociationExecutionTargets') },
  { id: 'aws/instance-associations', is: has('InstanceAssociationStatusInfos') },
  { id: 'aws/association', is: has('AssociationDescription') },
  { id: 'aws/associations', is: list('Associations', /"AssociationId"\s*:/u, /association/u) },
  { id: 'aws/associations', is: has('AssociationVersions') },
  { id: 'aws/instance-information', is: has('InstanceInformationList') },
  { id: 'aws/inventory', is: list('Entities', /"(?:Data|Id)"\s*:[\s\S]*"(?:AWS|Custom):/u, /inventory/u) },
  { id: 'aws/inventory-entries', is: has('TypeName', 'Entries') },
  { id: 'aws/node-inventory', is: isNodeInventory },
  { id: 'aws/effective-patches', is: has('EffectivePatches') },
  { id: 'aws/patch-groups', is: list('Mappings', /"(?:PatchGroup|BaselineIdentity)"\s*:/u, /patch-groups/u) },
  { id: 'aws/patch-group-baseline', is: has('BaselineId', 'PatchGroup') },
  { id: 'aws/default-baseline', is: ({ keys }) => keys.has('BaselineId') && keys.has('OperatingSystem') },
  { id: 'aws/window-executions', is: has('WindowExecutions') },
  { id: 'aws/window-executions', is: has('WindowExecutionTaskIdentities') },
  { id: 'aws/window-executions', is: has('WindowExecutionTaskInvocationIdentities') },
  { id: 'aws/window-executions', is: has('WindowExecutionId', 'Status') },
  { id: 'aws/node-state', is: ({ keys }) => keys.has('patchStates') },
  { id: 'aws/document-state', is: has('DocumentInformation') },
  { id: 'aws/cloudtrail', is: list('Records', /"eventSource"\s*:\s*"ssm\.amazonaws\.com"/u, /cloudtrail/u) },
  { id: 'aws/cloudtrail', is: list('Events', /"EventSource"\s*:\s*"ssm\.amazonaws\.com"/u, /cloudtrail/u) },
  // Answers that tell nothing of patching on any node: known, listed, and said to be that.
  { id: 'aws/other-answer', is: has('InstancesWithMissingPatches') },
  { id: 'aws/other-answer', is: has('SnapshotId', 'SnapshotDownloadUrl') },
  { id: 'aws/other-answer', is: has('InventoryDeletions') },
  { id: 'aws/other-answer', is: list('Schemas', /"TypeName"\s*:/u, /inventory-schema/u) },
  { id: 'aws/other-answer', is: isPatchProperties },
];

/** describe-patch-properties: values of one property each, of the products and severities that baselines know. */
function isPatchProperties({ keys, text, path }: Top): boolean {
  if (!keys.has('Properties') || [...keys].some((key) => key !== 'Properties' && key !== 'NextToken'))
    return false;
  if (path.includes('patch-properties')) return true;
  const values = [
    ...text.slice(0, 4_096).matchAll(/\{\s*"(?<key>\w{1,40})"\s*:\s*"(?<value>[^"]{1,80})"\s*\}/gu),
  ];
  return (
    values.length > 0 &&
    values.every(
      ({ groups }) =>
        /^(?:PRODUCT|PRODUCT_FAMILY|CLASSIFICATION|MSRC_SEVERITY|PRIORITY|SEVERITY)$/u.test(
          groups?.['key'] ?? '',
        ) ||
        (groups?.['key'] === 'Name' &&
          /^(?:AmazonLinux|Windows|RedhatEnterpriseLinux|Suse|Ubuntu|Debian|CentOS|OracleLinux|AlmaLinux|Rocky|MacOS|Raspbian|(?:Critical|Security|Definition|Feature)Updates?|ServicePacks|UpdateRollups|Drivers)/iu.test(
            groups['value'] ?? '',
          )),
    )
  );
}

/** `patch-inventory-from-last-operation.json`: the summary that the node sends to the inventory. */
function isNodeInventory({ path, text }: Top): boolean {
  return (
    (path.includes('patch-inventory-from-last-operation') &&
      /AWS:|InstalledCount|ContentHash|"Content"/iu.test(text)) ||
    (text.includes('"AWS:PatchSummary"') &&
      /"(?:contentHash|ContentHash|schemaVersion|captureTime)"/u.test(text))
  );
}

const recogniseAnswer = oncePerProbe((probe): FormatId | 'none' => {
  for (const top of topsOf(probe)) {
    const known = answers.find(({ is }) => is(top));
    if (known !== undefined) return known.id;
  }
  return 'none';
});

/** One format for each name: all of them read every answer, as files may hold several. */
export const answerFormats: readonly JsonFormat[] = [...new Set(answers.map(({ id }) => id))].map((id) =>
  defineJsonFormat({
    id,
    system: 'aws-ssm',
    clock:
      id === 'aws/node-state' || id === 'aws/node-inventory' || id === 'aws/document-state'
        ? 'device'
        : 'service',
    ...(id === 'aws/node-inventory' || id === 'aws/node-state' ? { unverified: true } : {}),
    recognise: (probe) => recogniseAnswer(probe) === id,
    open: (context) => new AnswerReader(context, id),
  }),
);
