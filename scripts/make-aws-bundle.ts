import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ZipFile } from './fixtures/zip-file.ts';

/*
 * Makes bundles of AWS Systems Manager of any size, member by member, so that memory does not grow with the
 * bundle: lists of patches (a file for each instance), compliance items (files of many instances), and the patch
 * states of all. The members are the same on every run and every machine; the packed bytes depend on Node's zlib.
 */

export interface AwsBundleOptions {
  /** Where to write; the folder is made when it is missing. */
  readonly path: string;
  /** 1 to 20,000. */
  readonly instances: number;
  /** 1 to 5,000: patches of every instance. */
  readonly patches: number;
  /** How many of the instances have a list of their own; the others stand in files of compliance items. */
  readonly lists: number;
  /** Patches of a thousand that are missing, failed or wait for a restart. */
  readonly oddPerMille?: number;
}

export interface AwsBundle {
  readonly path: string;
  /** Of the zip. */
  readonly bytes: number;
  readonly members: number;
  readonly records: number;
  /** Unpacked. */
  readonly memberBytes: number;
}

export const mostInstances = 20_000;
export const mostPatches = 5_000;
/** Instances of one file of compliance items: such files come in some ten megabytes. */
const instancesOfFile = 200;
const captured = '2024-06-10 09:00';

const products = [
  'Cumulative Update for Windows Server 2019 (1809) for x64-based Systems',
  'Cumulative Update for .NET Framework 3.5, 4.7.2 and 4.8 for Windows Server 2019 for x64',
  'Security Update for Microsoft SQL Server 2019 RTM',
  'Servicing Stack Update for Windows Server 2019 for x64-based Systems',
];
const oddStates = ['Missing', 'Failed', 'InstalledPendingReboot', 'Missing'] as const;

interface Patch {
  readonly title: string;
  readonly kb: string;
  readonly installed: string;
}

function makePatches(count: number): readonly Patch[] {
  return Array.from({ length: count }, (_, index) => {
    const kb = `KB${5_000_000 + index * 37}`;
    const month = String((index % 12) + 1).padStart(2, '0');
    return {
      kb,
      title: `2023-${month} ${products[index % products.length] ?? ''} (${kb})`,
      installed: `2023-${month}-14T00:00:00+00:00`,
    };
  });
}

function instanceId(index: number): string {
  return `i-${(0x0a1b2c3d4e000 + index).toString(16).padStart(17, '0')}`;
}

/** One of some thousand patches is odd, spread evenly and the same on every run. */
function stateOf(instance: number, patch: number, oddPerMille: number): string {
  const mixed = (Math.imul(instance + 1, 2_654_435_761) + Math.imul(patch + 1, 40_503)) >>> 0;
  if (mixed % 1000 < oddPerMille) return oddStates[mixed % oddStates.length] ?? 'Missing';
  return patch % 5 === 0 ? 'InstalledOther' : 'Installed';
}

function patchesJson(instance: number, patches: readonly Patch[], oddPerMille: number): string {
  const rows = patches.map(({ title, kb, installed }, index) => {
    const state = stateOf(instance, index, oddPerMille);
    return `        {
            "Title": ${JSON.stringify(title)},
            "KBId": "${kb}",
            "Classification": "SecurityUpdates",
            "Severity": "Critical",
            "State": "${state}",
            "InstalledTime": "${state.startsWith('Installed') ? installed : '1970-01-01T00:00:00+00:00'}",
            "CVEIds": ""
        }`;
  });
  return `{\n    "Patches": [\n${rows.join(',\n')}\n    ]\n}\n`;
}

function complianceRows(instance: number, patches: readonly Patch[], oddPerMille: number): string {
  const id = instanceId(instance);
  return patches
    .map(({ title, kb, installed }, index) => {
      const state = stateOf(instance, index, oddPerMille);
      const isCompliant = state === 'Installed' || state === 'InstalledOther';
      return `        {
            "ComplianceType": "Patch",
            "ResourceType": "ManagedInstance",
            "ResourceId": "${id}",
            "Id": "${kb}",
            "Title": ${JSON.stringify(title)},
            "Status": "${isCompliant ? 'COMPLIANT' : 'NON_COMPLIANT'}",
            "Severity": "CRITICAL",
            "ExecutionSummary": {
                "ExecutionTime": "2024-05-10T09:12:21.555000+00:00",
                "ExecutionId": "${executionId(instance)}",
                "ExecutionType": "Command"
            },
            "Details": {
                "PatchState": "${state}",
                "InstalledTime": "${state.startsWith('Installed') ? installed : '1970-01-01T00:00:00+00:00'}"
            }
        }`;
    })
    .join(',\n');
}

function executionId(instance: number): string {
  return `7abb6378-a4a5-4f10-8312-${instance.toString(16).padStart(12, '0')}`;
}

function stateJson(instance: number, patches: readonly Patch[], oddPerMille: number): string {
  const counts = new Map<string, number>();
  patches.forEach((_, index) => {
    const state = stateOf(instance, index, oddPerMille);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  });
  const of = (state: string): number => counts.get(state) ?? 0;
  return JSON.stringify(
    {
      InstanceId: instanceId(instance),
      PatchGroup: 'Production',
      BaselineId: 'pb-0123456789abcdef0',
      SnapshotId: executionId(instance),
      InstalledCount: of('Installed'),
      InstalledOtherCount: of('InstalledOther'),
      InstalledPendingRebootCount: of('InstalledPendingReboot'),
      InstalledRejectedCount: 0,
      MissingCount: of('Missing'),
      FailedCount: of('Failed'),
      NotApplicableCount: 2063,
      OperationStartTime: '2024-05-10T09:11:50.590000+00:00',
      OperationEndTime: '2024-05-10T09:12:21.555000+00:00',
      Operation: 'Install',
      RebootOption: 'NoReboot',
    },
    null,
    4,
  );
}

export async function makeAwsBundle(options: AwsBundleOptions): Promise<AwsBundle> {
  const { instances, lists, oddPerMille = 10 } = options;
  if (!(instances >= 1 && instances <= mostInstances))
    throw new RangeError(`instances: 1 to ${mostInstances}`);
  if (!(options.patches >= 1 && options.patches <= mostPatches))
    throw new RangeError(`patches: 1 to ${mostPatches}`);
  if (!(lists >= 0 && lists <= instances)) throw new RangeError('lists: 0 to the number of instances');
  const path = resolve(options.path);
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.part`;
  const zip = new ZipFile(unfinished);
  const patches = makePatches(options.patches);
  let memberBytes = 0;
  let members = 0;
  const write = async (name: string, parts: Iterable<string>): Promise<void> => {
    memberBytes += await zip.add(name, captured, bytesOf(parts), false);
    members += 1;
  };
  try {
    for (let index = 0; index < lists; index += 1)
      await write(`patches/${instanceId(index)}.json`, [patchesJson(index, patches, oddPerMille)]);
    for (let from = lists; from < instances; from += instancesOfFile)
      await write(
        `compliance/items-${String(from).padStart(5, '0')}.json`,
        joined('ComplianceItems', from, Math.min(from + instancesOfFile, instances), (index) =>
          complianceRows(index, patches, oddPerMille),
        ),
      );
    await write(
      'instance-patch-states.json',
      joined('InstancePatchStates', 0, instances, (index) => stateJson(index, patches, oddPerMille)),
    );
    const bytes = zip.finish();
    zip.close();
    renameSync(unfinished, path);
    return { path, bytes, members, records: instances * options.patches, memberBytes };
  } catch (error) {
    zip.close();
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function* bytesOf(texts: Iterable<string>): Generator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, 'utf8');
}

function* joined(key: string, from: number, to: number, rows: (index: number) => string): Generator<string> {
  yield `{\n    "${key}": [\n`;
  for (let index = from; index < to; index += 1) yield `${rows(index)}${index + 1 < to ? ',' : ''}\n`;
  yield '    ]\n}\n';
}

/** `tsx scripts/make-aws-bundle.ts --out FILE --instances N --patches N [--lists N] [--odd N]` */
async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'bench-output/aws.zip' },
      instances: { type: 'string', default: '2000' },
      patches: { type: 'string', default: '500' },
      lists: { type: 'string', default: '1000' },
      odd: { type: 'string', default: '10' },
    },
  });
  const made = await makeAwsBundle({
    path: values.out,
    instances: Number(values.instances),
    patches: Number(values.patches),
    lists: Number(values.lists),
    oddPerMille: Number(values.odd),
  });
  process.stdout.write(
    `${made.path}: ${made.records} patches in ${made.members} members, ${(made.memberBytes / 1e6).toFixed(0)} MB (packed ${(made.bytes / 1e6).toFixed(0)} MB)\n`,
  );
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await run();
