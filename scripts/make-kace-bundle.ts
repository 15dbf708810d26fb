import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { devicePage } from './fixtures/device-page.ts';
import { japaneseWords } from './fixtures/kace-words.ts';
import { patchPage } from './fixtures/patch-page.ts';
import { createRandom } from './fixtures/random.ts';
import { exitCodeForms, type DeploymentState, type DetectionState, type Row } from './fixtures/rows.ts';
import type { Patch } from './fixtures/sakura-patches.ts';
import { schedulePage } from './fixtures/schedule-page.ts';
import { minuteText, secondText, wallTime } from './fixtures/wall-time.ts';
import { ZipFile } from './fixtures/zip-file.ts';

/*
 * Makes bundles of the appliance of any size, member by member, so that memory does not grow with the
 * bundle. The members are the same on every run and every machine; the packed bytes depend on Node's zlib.
 */

export interface KaceBundleOptions {
  /** Where to write; the folder is made when it is missing. */
  readonly path: string;
  /** 1 to 2,000. */
  readonly devices: number;
  /** 1 to 1,000: rows of every device. */
  readonly patches: number;
  /** How many of the devices are saved as pages; the others stand in SQL exports. */
  readonly pages: number;
  /** Pages of single patches besides, each with a row of every device. */
  readonly patchPages?: number;
  /** Rows of a thousand that contradict something or tell of a fault; the others are healthy. */
  readonly oddPerMille?: number;
}

export interface KaceBundle {
  readonly path: string;
  /** Of the zip. */
  readonly bytes: number;
  readonly members: number;
  readonly records: number;
  /** Unpacked. */
  readonly memberBytes: number;
}

export const mostDevices = 2000;
export const mostPatches = 1000;
/** Devices of one SQL export: such files come in some ten megabytes. */
const devicesOfExport = 100;
const captured = '2024-06-10 09:00';
const detectionRun = wallTime('2024-06-09 22:00');
const deploymentRun = wallTime('2024-06-02 22:00');
const scheduleName = '月例更新';
const label = 'Windows 更新';

const products = [
  'Cumulative Update for Windows 11 Version 23H2 for x64-based Systems',
  'Cumulative Update for .NET Framework 3.5 and 4.8.1 for Windows 11, version 23H2 for x64',
  'Security Update for Microsoft Office 2016 64-Bit Edition',
  'Servicing Stack Update for Windows Server 2019 for x64-based Systems',
  'Security Update for Microsoft SQL Server 2019 RTM',
];

function makePatches(count: number): readonly Patch[] {
  return Array.from({ length: count }, (_, index) => {
    const kb = `KB${5_000_000 + index * 37}`;
    const month = `2024-${String((index % products.length) + 1).padStart(2, '0')}`;
    return {
      name: `${month} ${products[index % products.length] ?? ''} (${kb})`,
      kb,
      severity: (['critical', 'important', 'recommended'] as const)[index % 3] ?? 'critical',
      released: `${month}-14`,
    };
  });
}

function deviceName(index: number): string {
  return `PC-${String(index + 1).padStart(4, '0')}`;
}

type State = Pick<Row, 'detection' | 'deployment' | 'code' | 'attempts'> & {
  readonly deployed: boolean;
  /** Minutes from the deployment to the detection instead of the detection run. */
  readonly detectedAfter?: number;
};

function state(
  detection: DetectionState,
  deployment: DeploymentState,
  code: number | null,
  attempts: number,
  deployed: boolean,
  detectedAfter?: number,
): State {
  return {
    detection,
    deployment,
    code,
    attempts,
    deployed,
    ...(detectedAfter === undefined ? {} : { detectedAfter }),
  };
}

/** What most rows say. */
const healthyStates: readonly State[] = [
  state('patched', 'succeeded', 0, 1, true),
  state('patched', 'succeeded', 0, 1, true),
  state('not-applicable', 'not-attempted', null, 0, false),
  state('patched', 'succeeded', 3010, 1, true),
  state('not-applicable', 'not-attempted', null, 0, false),
];

/** One for each of the rules that look at single rows. */
const oddStates: readonly State[] = [
  state('patched', 'not-attempted', null, 0, false),
  state('not-patched', 'succeeded', 3010, 1, true, -600),
  state('not-patched', 'succeeded', 0, 1, true),
  state('not-patched', 'failed', 1603, 2, true),
  state('not-patched', 'not-attempted', null, 0, false),
  state('not-patched', 'failed', -2145107924, 3, true),
  state('not-patched', 'failed', 0, 1, true),
  state('error', 'not-attempted', null, 0, false),
  state('not-patched', 'blank', null, 1, true),
  state('patched', 'succeeded', 0, 0, true),
];

/** The row of a device and a patch: from their numbers alone, so that every page of it says the same. */
function makeRow(device: number, patch: number, patches: readonly Patch[], oddPerMille: number): Row {
  const random = createRandom(Math.imul(device + 1, 0x9e3779b1) ^ Math.imul(patch + 1, 0x85ebca6b));
  const { detection, deployment, code, attempts, deployed, detectedAfter } = random.pick(
    random.below(1000) < oddPerMille ? oddStates : healthyStates,
  );
  const named = patches[patch];
  if (named === undefined) throw new RangeError(`no patch ${patch}`);
  // Every month's patches were deployed in the night of their month.
  const monthsAgo = 4 - (patch % products.length);
  const deployedAt = !deployed
    ? null
    : deploymentRun - monthsAgo * 28 * 86_400_000 + random.below(240) * 60_000;
  const detectedAt =
    detectedAfter === undefined || deployedAt === null
      ? detectionRun + Math.floor(patch / 8) * 60_000 + (device % 60) * 60_000
      : deployedAt + detectedAfter * 60_000;
  return {
    patch: named,
    detection,
    detectedAt: minuteText(detectedAt),
    deployment,
    exitCode: code === null ? null : exitCodeForms(code),
    code,
    deployedAt: deployedAt === null ? null : minuteText(deployedAt),
    attempts,
    finds: [],
    silence: null,
  };
}

function rowsOf(device: number, patches: readonly Patch[], oddPerMille: number): readonly Row[] {
  return patches.map((_, patch) => makeRow(device, patch, patches, oddPerMille));
}

function pageOfDevice(device: number, rows: readonly Row[]): string {
  return devicePage({
    device: deviceName(device),
    language: 'ja',
    charset: 'utf-8',
    filesFolder: `${deviceName(device)}_files`,
    tab: { shown: 'all', form: 'class' },
    words: japaneseWords,
    fullWidthEvery: null,
    footRow: false,
    columns: [
      ['patch', 'パッチ名'],
      ['detection', '検出ステータス'],
      ['detectedAt', '検出日'],
      ['deployment', 'デプロイのステータス'],
      ['exitCode', '展開の終了コード'],
      ['deployedAt', '展開日'],
      ['attempts', '展開の試行回数'],
    ],
    rows,
  });
}

function pageOfPatch(patch: number, patches: readonly Patch[], devices: number, oddPerMille: number): string {
  const named = patches[patch];
  if (named === undefined) throw new RangeError(`no patch ${patch}`);
  return patchPage({
    patch: named,
    language: 'ja',
    filesFolder: `${named.kb ?? ''}_files`,
    status: 'active',
    labels: [label],
    files: [{ name: `${named.kb ?? ''}.msu`, size: '712.4 MB', downloaded: true }],
    replacedBy: null,
    tab: { shown: 'all', form: 'class' },
    words: japaneseWords,
    headers: ['マシン名', '検出ステータス', '検出日', 'デプロイのステータス', '展開日'],
    rows: Array.from({ length: devices }, (_, device) => ({
      device: deviceName(device),
      ...makeRow(device, patch, patches, oddPerMille),
    })),
  });
}

function pageOfSchedule(devices: number): string {
  return schedulePage({
    id: 7,
    name: scheduleName,
    filesFolder: 'スケジュール_files',
    action: '検出と展開',
    detectLabels: [label],
    deployLabels: [label],
    deviceLabels: ['全社'],
    maximumAttempts: 3,
    reboot: 'ユーザーにプロンプト',
    lastRun: '2024-06-02 22:00',
    devices: Array.from({ length: devices }, (_, device) => ({
      device: deviceName(device),
      phase: '完了',
      lastRun: minuteText(deploymentRun + (device % 60) * 60_000),
    })),
  });
}

const exportHeader =
  'MACHINE_ID,NAME,PATCHUID,TITLE,STATUS,STATUS_DT,DETECT_ERROR_CODE,DEPLOY_STATUS,DEPLOY_STATUS_DT,DEPLOY_ERROR_CODE,DEPLOY_ATTEMPT_COUNT,MAX_DEPLOY_ATTEMPT,IS_SUPERCEDED\r\n';
const exportDetection: Readonly<Record<DetectionState, string>> = {
  patched: 'PATCHED',
  'not-patched': 'NOTPATCHED',
  'not-applicable': 'NA',
  error: 'FAIL',
  'pending-reboot': 'NOTPATCHED',
};
const exportDeployment: Readonly<Record<DeploymentState, string>> = {
  succeeded: 'SUCCESS',
  failed: 'FAIL',
  'not-attempted': 'NULL',
  blank: 'NULL',
};

/** A second of its own for every time: an export whose times all end in :00 would count as minutes. */
function withSeconds(minute: string, seconds: number): string {
  return secondText(wallTime(minute) + (seconds % 60) * 1000);
}

function* exportText(
  devices: readonly number[],
  patches: readonly Patch[],
  oddPerMille: number,
): Generator<string> {
  const random = createRandom(0x4ace);
  const uids = patches.map(
    () => `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`,
  );
  yield exportHeader;
  for (const device of devices) {
    const lines = rowsOf(device, patches, oddPerMille).map((row, patch) =>
      [
        device + 1001,
        deviceName(device),
        uids[patch] ?? '',
        `"${row.patch.name}"`,
        exportDetection[row.detection],
        withSeconds(row.detectedAt, device * 7 + patch * 13),
        row.detection === 'error' ? '8012' : '0',
        exportDeployment[row.deployment],
        row.deployedAt === null ? 'NULL' : withSeconds(row.deployedAt, device * 11 + patch * 17),
        row.code === null ? 'NULL' : String(row.code),
        row.attempts,
        3,
        0,
      ].join(','),
    );
    yield `${lines.join('\r\n')}\r\n`;
  }
}

function* bytesOf(texts: Iterable<string>): Generator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, 'utf8');
}

function checked(options: KaceBundleOptions): Required<KaceBundleOptions> {
  const { devices, patches, pages, patchPages = 0, oddPerMille = 10 } = options;
  const within = (value: number, least: number, most: number, what: string): void => {
    if (!Number.isSafeInteger(value) || value < least || value > most)
      throw new RangeError(`${what} must be ${least} to ${most}, not ${value}`);
  };
  within(devices, 1, mostDevices, 'devices');
  within(patches, 1, mostPatches, 'patches');
  within(pages, 0, devices, 'pages');
  within(patchPages, 0, patches, 'patch pages');
  within(oddPerMille, 0, 1000, 'odd rows of a thousand');
  return { path: resolve(options.path), devices, patches, pages, patchPages, oddPerMille };
}

/** Makes a bundle. An unfinished one is removed. */
export async function makeKaceBundle(options: KaceBundleOptions): Promise<KaceBundle> {
  const { path, devices, patches: patchCount, pages, patchPages, oddPerMille } = checked(options);
  const patches = makePatches(patchCount);
  const unfinished = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true });
  const zip = new ZipFile(unfinished);
  let members = 0;
  let memberBytes = 0;
  const add = async (name: string, texts: Iterable<string>): Promise<void> => {
    members += 1;
    memberBytes += await zip.add(name, captured, bytesOf(texts), false);
  };
  try {
    await add(`スケジュール/${scheduleName}.html`, [pageOfSchedule(devices)]);
    for (let device = 0; device < pages; device += 1) {
      const rows = rowsOf(device, patches, oddPerMille);
      await add(`devices/${deviceName(device)}.html`, [pageOfDevice(device, rows)]);
    }
    for (let first = pages; first < devices; first += devicesOfExport) {
      const count = Math.min(devicesOfExport, devices - first);
      const block = Array.from({ length: count }, (_, index) => first + index);
      const name = `exports/kace-patch-status-${String(first + 1).padStart(4, '0')}.csv`;
      await add(name, exportText(block, patches, oddPerMille));
    }
    for (let patch = 0; patch < patchPages; patch += 1) {
      await add(`patches/${patches[patch]?.kb ?? String(patch)}.html`, [
        pageOfPatch(patch, patches, devices, oddPerMille),
      ]);
    }
    const bytes = zip.finish();
    zip.close();
    renameSync(unfinished, path);
    return { path, bytes, members, memberBytes, records: devices * (patchCount + patchPages) };
  } catch (error) {
    zip.close();
    rmSync(unfinished, { force: true });
    throw error;
  }
}

const usage =
  'tsx scripts/make-kace-bundle.ts --out FILE [--devices 100] [--patches 100] [--pages N] [--patch-pages 0] [--odd 10]\n' +
  '  --pages N      devices saved as pages; the others stand in SQL exports (all of them when left out)\n' +
  '  --patch-pages  pages of single patches besides\n' +
  '  --odd          rows of a thousand with something to find\n';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      devices: { type: 'string', default: '100' },
      patches: { type: 'string', default: '100' },
      pages: { type: 'string' },
      'patch-pages': { type: 'string', default: '0' },
      odd: { type: 'string', default: '10' },
    },
  });
  if (values.out === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const bundle = await makeKaceBundle({
    path: values.out,
    devices: Number(values.devices),
    patches: Number(values.patches),
    pages: Number(values.pages ?? values.devices),
    patchPages: Number(values['patch-pages']),
    oddPerMille: Number(values.odd),
  });
  process.stdout.write(
    `${bundle.path}: ${bundle.bytes} bytes, ${bundle.records} records in ${bundle.members} members of ${bundle.memberBytes} bytes\n`,
  );
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await main();
