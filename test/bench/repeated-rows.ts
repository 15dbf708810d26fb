/*
 * Bundles that tell of one device and one patch thousands of times: what hostile and odd collections do. Every
 * family repeats the record kinds of its system, with times that move on, return and stand still.
 */

/** Files of a bundle by path. */
export type RepeatedFiles = Readonly<Record<string, string>>;

const two = (value: number): string => String(value).padStart(2, '0');

/** A reading that moves on by a minute for each row, with every seventh row a day back. */
function reading(nth: number): Date {
  return new Date(Date.UTC(2024, 0, 1) + (nth % 7 === 3 ? nth - 1440 : nth) * 60_000);
}
const dateOf = (at: Date, mark = '-'): string =>
  `${at.getUTCFullYear()}${mark}${two(at.getUTCMonth() + 1)}${mark}${two(at.getUTCDate())}`;
const timeOf = (at: Date): string =>
  `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
const iso = (nth: number): string => `${dateOf(reading(nth))}T${timeOf(reading(nth))}`;
const stamp = (nth: number): string => `${dateOf(reading(nth))} ${timeOf(reading(nth))}`;
const guid = (nth: number): string => `${nth.toString(16).padStart(8, '0')}-1111-4222-8333-444455556666`;
const times = (count: number, line: (nth: number) => string, mark = '\n'): string =>
  Array.from({ length: count }, (_, nth) => line(nth)).join(mark);
const listed = (count: number, item: (nth: number) => object): object[] =>
  Array.from({ length: count }, (_, nth) => item(nth));
const pick = <T>(items: readonly T[], nth: number): T => items[nth % items.length] as T;

const patch = '2024-05 Cumulative Update for Windows 11 (KB5037771)';
const pc = 'PC-0042';
const instance = 'i-0123456789abcdef0';

function page(
  title: string,
  heads: readonly string[],
  rows: number,
  row: (nth: number) => readonly string[],
): string {
  const body = times(
    rows,
    (nth) =>
      `<tr>${row(nth)
        .map((one) => `<td>${one}</td>`)
        .join('')}</tr>`,
  );
  return `<html><head><title>${title}</title></head><body><h1>${title}</h1><table><tr>${heads.map((one) => `<th>${one}</th>`).join('')}</tr>\n${body}</table></body></html>`;
}

const detections = ['パッチ未適用', 'パッチ適用済み', 'エラー', '再起動待ち', 'パッチ未適用', '適用対象外'];
const deployments = ['正常終了', 'エラー', '再起動待ち', '正常終了', '', '処理中'];
const codes = ['3010, 0xBC2', '1603, 0x643', '0, 0x0', '3010, 0xBC2', '', '8004, 0x1F45'];

const kacePages = (rows: number, detected: (nth: number) => number): RepeatedFiles => ({
  [`${pc}/デバイスの詳細.html`]: page(
    `デバイスの詳細: ${pc}`,
    [
      'パッチ名',
      '検出ステータス',
      '検出日',
      'デプロイのステータス',
      '展開の終了コード',
      '展開日',
      '展開の試行回数',
    ],
    rows,
    (nth) => [
      patch,
      pick(detections, nth),
      stamp(detected(nth)).replaceAll('-', '/'),
      pick(deployments, nth + 2),
      pick(codes, Math.floor(nth / 5)),
      nth % 11 === 0 ? '0000-00-00 00:00' : stamp(nth),
      String(nth % 5),
    ],
  ),
});

const kacePatchPage = (rows: number): RepeatedFiles => ({
  'パッチ/パッチの詳細 KB5037771.html': page(
    `パッチの詳細: ${patch}`,
    ['マシン名', '検出ステータス', '検出日', 'デプロイのステータス', '展開日'],
    rows,
    (nth) => [
      pc,
      pick(detections, nth + 1),
      stamp(nth + 5).replaceAll('-', '/'),
      pick(deployments, nth),
      nth % 13 === 0 ? '0000-00-00 00:00' : stamp(nth + 3),
    ],
  ),
});

const kaceSchedule: RepeatedFiles = {
  'スケジュール/スケジュール詳細.html': `<html><head><title>スケジュールの詳細: 月次</title></head><body><h1>スケジュールの詳細: 月次</h1><table><tr><td>アクション</td><td>検出と展開</td></tr><tr><td>再起動オプション</td><td>自動再起動</td></tr><tr><td>最終実行</td><td>2024/02/01 03:00:00</td></tr></table><table><tr><th>マシン名</th><th>フェーズ</th></tr><tr><td>${pc}</td><td>完了</td></tr></table></body></html>`,
};

const agentLog = (lines: number): RepeatedFiles => ({
  [`${pc}/ProgramData/Quest/KACE/konea.log`]: times(lines, (nth) => {
    const head = `[${dateOf(reading(nth))}.${timeOf(reading(nth))}]`;
    switch (nth % 6) {
      case 0:
        return `${head}[KPatch] DeployPatch KB5037771`;
      case 1:
        return `${head}[KPatch] deployResult KB5037771 ExitCode: ${pick([0, 3010, 1603, 1641], nth)}`;
      case 2:
        return `${head}[KPatch] needToRebootNow: true`;
      case 3:
        return `${head}[konea] konea starting`;
      case 4:
        return `${head}[KPatch:ERROR] KB5037771 ExitCode: 1603`;
      default:
        return `${head}[KPatch] reboot requested for KB5037771`;
    }
  }),
});

const events = (rows: number, kinds: readonly (readonly [string, number, string])[], utc: boolean): string =>
  `<Events>${times(rows, (nth) => {
    const [provider, id, data] = pick(kinds, nth);
    return `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="${provider}"/><EventID>${id}</EventID><Level>4</Level><TimeCreated SystemTime="${iso(nth)}.0000000${utc ? 'Z' : ''}"/><EventRecordID>${nth + 1}</EventRecordID><Channel>System</Channel><Computer>${pc}</Computer></System><EventData>${data}</EventData></Event>`;
  })}</Events>`;

const client = 'Microsoft-Windows-WindowsUpdateClient';
const titled = `<Data Name="updateTitle">${patch}</Data><Data Name="updateGuid">{${guid(1)}}</Data><Data Name="errorCode">0x80070643</Data>`;
const updateEvents = [
  [client, 43, titled],
  [client, 20, titled],
  [client, 44, titled],
  [client, 25, titled],
  [client, 31, titled],
] as const;
const power = [
  ['Microsoft-Windows-Kernel-General', 12, ''],
  ['Microsoft-Windows-Kernel-General', 13, ''],
  ['EventLog', 6005, ''],
  ['USER32', 1074, '<Data Name="param1">x</Data>'],
] as const;

/** Every kind of row of ReportingEvents.log about one update. */
const reports = (
  rows: number,
  ids: readonly number[],
  detail: (nth: number) => string = (): string => '0',
): string =>
  times(
    rows,
    (nth) =>
      `{${guid(nth + 10)}}\t${stamp(nth)}:000+0900\t1\t${pick(ids, nth)} [AGENT]\t101\t{${guid(1)}}\t200\t${detail(nth)}\tUpdateOrchestrator\tFailure\tContent Install\tx (KB5037771)`,
    '\r\n',
  );

const systemEvents = (rows: number, ids: readonly (readonly [number, string])[]): string =>
  `Time,Level,Event ID,Event,Tag(s),Event Origin,Target,Action By,Manager,Description\n${times(
    rows,
    (nth) => {
      const at = reading(nth);
      const [id, name] = pick(ids, nth);
      const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
        at.getUTCMonth()
      ];
      return `"${String(month)} ${at.getUTCDate()}, ${at.getUTCFullYear()} ${timeOf(at)}",Info,${id},${name},,Manager,${pc},System,dsm01,""`;
    },
  )}\n`;

const relayAsked = [1600, 'Relay Group Update Requested'] as const;
const relayDone = [1601, 'Relay Group Update Success'] as const;
const asked = [273, 'Security Update: Security Update Check and Download Requested'] as const;
const loaded = [276, 'Security Update: Security Update Downloaded'] as const;
const done = [2204, 'Security Update: Pattern Update on Agents/Appliances Successful'] as const;
const failed = [2205, 'Security Update: Pattern Update on Agents/Appliances Failed'] as const;
const off = [0, 'Relay Web server disabled'] as const;
const late = [0, 'Could not update components: Security update time-out'] as const;
const licence = [0, 'Licence expired'] as const;

const states = (rows: number, fields: (nth: number) => object): string =>
  JSON.stringify({
    InstancePatchStates: listed(rows, (nth) => ({
      InstanceId: instance,
      PatchGroup: 'Production',
      BaselineId: `pb-0123456789abcde${nth % 3}f`,
      SnapshotId: guid(nth),
      InstalledCount: 3,
      InstalledPendingRebootCount: nth % 2,
      InstalledRejectedCount: nth % 3,
      MissingCount: nth % 4,
      FailedCount: nth % 5,
      OperationStartTime: `${iso(nth)}-07:00`,
      OperationEndTime: `${iso(nth + 1)}-07:00`,
      Operation: nth % 2 === 0 ? 'Scan' : 'Install',
      RebootOption: nth % 3 === 0 ? 'NoReboot' : 'RebootIfNeeded',
      ...fields(nth),
    })),
  });

const invocations = (rows: number, status: (nth: number) => string): string =>
  JSON.stringify({
    CommandInvocations: listed(rows, (nth) => ({
      CommandId: guid(nth),
      InstanceId: instance,
      DocumentName: 'AWS-RunPatchBaseline',
      RequestedDateTime: `${iso(nth * 3)}-07:00`,
      Status: status(nth),
      StatusDetails: status(nth),
      CommandPlugins: [
        {
          Name: 'PatchLinux',
          Status: status(nth),
          ResponseCode: 0,
          ResponseStartDateTime: `${iso(nth * 3)}-07:00`,
          ResponseFinishDateTime: `${iso(nth * 3 + 1)}-07:00`,
          Output: '',
        },
      ],
    })),
  });

const patches = (rows: number, state: (nth: number) => string, kb: (nth: number) => string): string =>
  JSON.stringify({
    Patches: listed(rows, (nth) => ({
      Title: `2024-05 Cumulative Update for Windows Server 2019 (${kb(nth)})`,
      KBId: kb(nth),
      Classification: 'SecurityUpdates',
      Severity: 'Critical',
      State: state(nth),
      InstalledTime: `${iso(nth)}+00:00`,
    })),
  });

const hotfixes = (rows: number, kb: (nth: number) => string): string =>
  JSON.stringify({
    TypeName: 'AWS:WindowsUpdate',
    InstanceId: instance,
    SchemaVersion: '1.0',
    CaptureTime: `${iso(rows)}Z`,
    Entries: listed(rows, (nth) => ({
      HotFixId: kb(nth),
      Description: 'Security Update',
      InstalledTime: `${iso(nth)}Z`,
      InstalledBy: 'x',
    })),
  });

const orchestration = `var/lib/amazon/ssm/${instance}/document/orchestration/${guid(1)}/awsrunShellScript/PatchLinux/stdout`;
const outputLog = (rows: number): string =>
  times(rows, (nth) => {
    const at = reading(nth);
    const head = `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${at.getUTCFullYear()} ${timeOf(at)} root [INFO]:`;
    return [
      `${head} Running with snapshot id = ${guid(nth)} and operation = Install`,
      `${head} Unable to upload compliance report.`,
      `${head} another process has acquired yum lock`,
      `${head} Failed to install package: kernel-${nth % 7}`,
      `${head} Report upload successful.`,
      `${head} Installed count: 3, Installed Other count: 5, Failed count: 1, Not Applicable count: 6, Missing count: 5, Installed Rejected count: 0`,
      `${head} Reboot is not permitted because RebootOption is NoReboot`,
    ][nth % 7] as string;
  });

const ssmLog = (rows: number): string =>
  times(rows, (nth) => {
    const head = `${stamp(nth)} INFO [amazon-ssm-agent]`;
    return [
      `${head} [EngineProcessor] document aws.ssm.${guid(nth % 50)} requested reboot, need to resume`,
      `${head} Rebooting the machine in +1 Minutes..`,
      `${head} Starting Core Agent`,
      `${head} Running plugin aws:runShellScript PatchLinux`,
    ][nth % 4] as string;
  });

const linux = 'var/log/azure/Microsoft.CPlat.Core.LinuxPatchExtension';
const coreLog = (rows: number): string =>
  times(rows, (nth) => {
    const head = `${iso(nth)}Z>`;
    return [
      `${head} Starting patch installation... [MachineId: X][ActivityId: ${guid(1)}][StartTime: ${iso(0)}Z][MaintenanceWindowDuration: 2:00:00]`,
      `${head} Package install status summary [Status= Installed] : [P=pkg${nth % 97},V=${nth}]`,
      `${head} ERROR: Package appears to have not been installed. [Package=pkg${nth % 97}] [Code=0]`,
      `${head} [Time available: 3:59:59.450918 | A: ${nth}, S: 0, F: 4 | D: 0]`,
      `${head} WARNING:Time Remaining: 0:16:58, Cutoff time: 0:20:00 [Out of time!]`,
      `${head} ERROR: sudo: a password is required`,
      `${head} Sudo check succeeded`,
      `${head} ERROR: Unexpected return code (100) from package manager on command: apt-get -y install pkg${nth % 97}: could not resolve host`,
      `${head} Running single package install [Cmd=sudo apt-get -y install pkg${nth % 97}] [Code=0]`,
    ][nth % 9] as string;
  });

const setting = (nth: number): string =>
  JSON.stringify({
    runtimeSettings: [
      {
        handlerSettings: {
          publicSettings: {
            operation: 'Installation',
            activityId: guid(nth),
            startTime: `${iso(nth)}.1234567Z`,
            maximumDuration: 'PT2H',
            rebootSetting: 'IfRequired',
            maintenanceRunId: `${iso(nth)}Z`,
            patchMode: 'AutomaticByOS',
          },
        },
      },
    ],
  });
const status = (nth: number, patches?: readonly unknown[]): string =>
  JSON.stringify([
    {
      version: 1.0,
      timestampUTC: `${iso(nth)}Z`,
      status: {
        name: 'Azure Patch Management',
        operation: 'Installation',
        status: 'success',
        code: 0,
        formattedMessage: { lang: 'en-US', message: '' },
        substatus: [
          {
            name: 'PatchInstallationSummary',
            status: 'success',
            code: 0,
            formattedMessage: {
              lang: 'en-US',
              message: JSON.stringify({
                installationActivityId: guid(nth),
                rebootStatus: 'NotNeeded',
                maintenanceWindowExceeded: true,
                notSelectedPatchCount: 0,
                excludedPatchCount: 0,
                pendingPatchCount: 0,
                installedPatchCount: 1,
                failedPatchCount: 0,
                patches: patches ?? [
                  { patchId: 'a_1', name: 'a', version: '1', patchInstallationState: 'Installed' },
                ],
                startTime: `${iso(nth)}Z`,
                lastModifiedTime: `${iso(nth + 1)}Z`,
                errors: {
                  code: 1,
                  details: [{ code: 'NEWER_OPERATION_SUPERSEDED', message: 'x' }],
                  message: '1 error/s reported.',
                },
              }),
            },
          },
          {
            name: 'PatchAssessmentSummary',
            status: 'success',
            code: 0,
            formattedMessage: {
              lang: 'en-US',
              message: JSON.stringify({
                assessmentActivityId: guid(nth),
                rebootPending: false,
                patches: patches ?? [
                  { patchId: 'a_1', name: 'a', version: '1', classifications: ['Security'] },
                ],
                startTime: `${iso(nth)}Z`,
                lastModifiedTime: `${iso(nth + 2)}Z`,
                errors: { code: 0, details: [], message: '' },
              }),
            },
          },
        ],
      },
    },
  ]);

const napKinds = [
  ['Microsoft-Windows-NetworkAccessProtection', 27, '<Data>{x}</Data>'],
  ['Microsoft-Windows-NetworkAccessProtection', 28, '<Data>{x}</Data>'],
  ['Microsoft-Windows-NetworkAccessProtection', 29, '<Data>a</Data>'],
] as const;
const decided = [
  [
    'Microsoft-Windows-Security-Auditing',
    6278,
    `<Data Name="SubjectMachineName">${pc}</Data><Data Name="SystemHealthValidatorResult">0xC0FF0010</Data>`,
  ],
] as const;
const soh = (nth: number): string =>
  `[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\services\\napagent\\SohCache\\79744]\r\n"SoH"=hex:${sohBytes(nth)}\r\n`;
/** Statement of a Windows client: automatic updates 4, nothing missing. */
function sohBytes(nth: number): string {
  const bytes = Buffer.from(statementHex, 'hex');
  bytes.writeUInt32LE(nth % 100_000, statementHex.indexOf('ddccbbaa') / 2);
  return [...bytes].map((one) => one.toString(16).padStart(2, '0')).join(',');
}
const statementHex = '00020004000137800007000400000137' + 'ddccbbaa';

/** By family: one device, one patch, so many rows. */
export const repeatedRows: Readonly<Record<string, (rows: number) => RepeatedFiles>> = {
  'kace-device-page': (rows) => ({ ...kacePages(rows, (nth) => nth - 7), ...kaceSchedule }),
  'kace-detected-later': (rows) => ({ ...kacePages(rows, (nth) => nth + 40), ...kaceSchedule }),
  'kace-one-detection': (rows) => ({ ...kacePages(rows, () => 0), ...kaceSchedule }),
  'kace-both-pages': (rows) => ({
    ...kacePages(rows / 2, (nth) => nth - 7),
    ...kacePatchPage(rows / 2),
    ...kaceSchedule,
  }),
  'kace-with-log': (rows) => ({
    ...kacePages(rows / 2, (nth) => nth - 7),
    ...agentLog(rows / 2),
    ...kaceSchedule,
  }),
  'kace-with-events': (rows) => ({
    ...kacePages(rows / 4, (nth) => nth - 7),
    [`${pc}/System.xml`]: events(rows / 4, power, false),
    [`${pc}/Update.xml`]: events(rows / 4, [...updateEvents, [client, 19, titled]], true),
    [`${pc}/ReportingEvents.log`]: reports(rows / 4, [181, 182, 183, 201]),
  }),
  'reports-failed': (rows) => ({
    [`${pc}/ReportingEvents.log`]: reports(rows, [181, 182, 161, 147, 167], () => '80070643'),
  }),
  'reports-mixed': (rows) => ({
    [`${pc}/ReportingEvents.log`]: reports(rows, [181, 182, 183, 201, 148], (nth) =>
      nth % 3 === 0 ? '240005' : '0',
    ),
  }),
  'reports-success-first': (rows) => ({
    [`${pc}/ReportingEvents.log`]: `${reports(rows / 2, [183])}\r\n${reports(
      rows,
      [181, 182],
      () => '80070643',
    )
      .split('\r\n')
      .slice(rows / 2)
      .join('\r\n')}`,
  }),
  'update-events': (rows) => ({ [`${pc}/System.xml`]: events(rows, updateEvents, true) }),
  'update-and-power': (rows) => ({
    [`${pc}/System.xml`]: events(
      rows,
      [...updateEvents, ...power, [client, 19, titled], [client, 21, titled]],
      true,
    ),
    [`${pc}/ReportingEvents.log`]: reports(rows / 2, [201]),
  }),
  'deep-security-agents': (rows) => ({
    'Manager/hostevents.csv': systemEvents(rows, [asked, loaded, done, asked, failed]),
  }),
  'deep-security-open': (rows) => ({
    'Manager/hostevents.csv': systemEvents(rows, [asked, off, relayAsked]),
  }),
  'deep-security-relays': (rows) => ({
    'Manager/hostevents.csv': systemEvents(rows, [relayAsked, relayDone, late, asked, failed, off, licence]),
  }),
  'deep-security-alerts': (rows) => ({
    'Manager/hostevents.csv': systemEvents(rows, [late, relayDone, late]),
  }),
  'deep-security-results': (rows) => ({ 'Manager/hostevents.csv': systemEvents(rows, [failed, done]) }),
  'deep-security-log': (rows) => ({
    'Manager/hostevents.csv': systemEvents(rows / 2, [asked, failed, relayAsked]),
    'Agent/TmuDump.txt': times(rows / 2, (nth) => {
      const at = reading(nth);
      const head = `${dateOf(at).replaceAll('-', '')} ${timeOf(at)} 2272 1592`;
      return [
        `Err ${head} TmDownloader: Service is under maintainence`,
        `Err ${head} HttpsConnection: HTTP 503 Service is under maintenance`,
        `Inf ${head} HttpsConnection: Successful: HTTP 200 OK`,
        `Inf ${head} TmDownloader: Succeeded getting the file https://relay01:4122/x`,
        `Err ${head} Could not connect to relay01:4122`,
      ][nth % 5] as string;
    }),
  }),
  'aws-states': (rows) => ({
    'states.json': states(rows, () => ({})),
    'i.json': patches(
      2,
      () => 'Missing',
      () => 'KB5005030',
    ),
  }),
  'aws-commands': (rows) => ({
    'states.json': states(rows / 2, () => ({ FailedCount: 0, MissingCount: 0, Operation: 'Scan' })),
    'invocations.json': invocations(rows / 2, (nth) => pick(['Failed', 'Success', 'TimedOut'], nth)),
  }),
  'aws-patches': (rows) => ({
    [`${instance}/patches.json`]: patches(
      rows / 2,
      (nth) => pick(['Missing', 'Failed', 'Installed', 'InstalledRejected', 'InstalledPendingReboot'], nth),
      (nth) => `KB${5_000_000 + nth}`,
    ),
    [`${instance}/hotfixes.json`]: hotfixes(rows / 2, (nth) => `KB${6_000_000 + nth}`),
    'states.json': states(2, () => ({})),
  }),
  'aws-one-patch': (rows) => ({
    [`${instance}/patches.json`]: patches(
      rows / 2,
      (nth) => pick(['Missing', 'Failed', 'Installed'], nth),
      () => 'KB5005030',
    ),
    [`${instance}/hotfixes.json`]: hotfixes(rows / 2, () => 'KB5005030'),
    'states.json': states(2, () => ({})),
  }),
  'aws-approvals': (rows) => ({
    [`${instance}/patches.json`]: patches(
      rows / 2,
      () => 'Missing',
      () => 'KB5005030',
    ),
    'effective.json': JSON.stringify({
      EffectivePatches: listed(rows / 2, (nth) => ({
        Patch: { Id: guid(nth), KbNumber: 'KB5005030', Title: 'x' },
        PatchStatus: { DeploymentStatus: 'APPROVED', ApprovalDate: `${iso(nth)}Z` },
      })),
    }),
    'states.json': states(rows / 16, () => ({})),
  }),
  'aws-associations': (rows) => ({
    'items.json': JSON.stringify({
      ComplianceItems: listed(rows / 2, (nth) => ({
        ComplianceType: 'Association',
        ResourceType: 'ManagedInstance',
        ResourceId: instance,
        Id: guid(nth),
        Title: '',
        Status: 'NON_COMPLIANT',
        Severity: 'UNSPECIFIED',
        ExecutionSummary: { ExecutionTime: `${iso(nth)}Z` },
        Details: {},
      })),
    }),
    'executions.json': JSON.stringify({
      AssociationExecutions: listed(rows / 2, (nth) => ({
        AssociationId: guid(nth),
        AssociationVersion: '1',
        ExecutionId: guid(nth),
        Status: 'Success',
        DetailedStatus: 'Success',
        CreatedTime: `${iso(nth)}Z`,
      })),
    }),
  }),
  'aws-output': (rows) => ({ [orchestration]: outputLog(rows), 'states.json': states(2, () => ({})) }),
  'aws-agent-log': (rows) => ({
    [`${instance}/amazon-ssm-agent.log`]: ssmLog(rows),
    'states.json': states(rows / 8, (nth) => ({
      InstalledPendingRebootCount: 1,
      RebootOption: 'RebootIfNeeded',
      nth,
    })),
  }),
  'azure-core-log': (rows) => ({
    [`${linux}/8.core.log`]: coreLog(rows),
    'var/lib/waagent/Microsoft.CPlat.Core.LinuxPatchExtension-1.6/config/8.settings': setting(1),
    'var/lib/waagent/Microsoft.CPlat.Core.LinuxPatchExtension-1.6/status/8.status': status(1),
    'var/log/dpkg.log': times(rows / 8, (nth) => `${stamp(nth)} install pkg${nth % 97}:amd64 <none> ${nth}`),
  }),
  // Every package fails although every command ended well.
  'azure-failing-packages': (rows) => ({
    [`${linux}/8.core.log`]: times(rows / 2, (nth) => {
      const name = `pkg${rows + nth}`;
      const command = `sudo apt-get install ${name}=1`;
      const head = `${iso(nth)}Z>`;
      return [
        ...(nth > 0
          ? []
          : [
              `${head} Starting patch installation... [MachineId: X][ActivityId: ${guid(1)}][StartTime: ${iso(0)}Z]`,
            ]),
        `${head} DEBUG: UPDATING PACKAGE (WITH DEPENDENCIES) USING COMMAND: ${command}`,
        `${head} DEBUG: [APM] Invoked package manager. [Command=${command}][Code=0][Output=[nothing]]`,
        `${head} ERROR: |- Package appears to have not been installed: ${name} (1.0-1).`,
      ].join('\n');
    }),
    'var/lib/waagent/Microsoft.CPlat.Core.LinuxPatchExtension-1.6/config/8.settings': setting(1),
    'var/lib/waagent/Microsoft.CPlat.Core.LinuxPatchExtension-1.6/status/8.status': status(1),
  }),
  // One run that installed and lists again every version of one package.
  'azure-patch-lists': (rows) => ({
    'var/lib/waagent/Microsoft.CPlat.Core.LinuxPatchExtension-1.6/config/8.settings': setting(1),
    'var/lib/waagent/Microsoft.CPlat.Core.LinuxPatchExtension-1.6/status/8.status': status(
      1,
      listed(rows / 4, (nth) => ({
        patchId: `a_${nth}`,
        name: 'a',
        version: `${nth}`,
        patchInstallationState: 'Installed',
        classifications: ['Security'],
      })),
    ),
    'var/log/dpkg.log': times(rows / 4, (nth) => `${stamp(nth)} install a:amd64 <none> ${nth + rows}`),
  }),
  // A run takes a member of its own: a sixteenth of the rows are runs.
  'azure-runs': (rows) =>
    Object.fromEntries([
      ...Array.from({ length: rows / 16 }, (_, nth): [string, string][] => [
        [`var/lib/waagent/Microsoft.CPlat.Core.LinuxPatchExtension-1.6/config/${nth}.settings`, setting(nth)],
        [`var/lib/waagent/Microsoft.CPlat.Core.LinuxPatchExtension-1.6/status/${nth}.status`, status(nth)],
      ]).flat(),
      [
        'var/log/waagent.log',
        times(
          rows,
          (nth) =>
            `${iso(nth)}.123456Z INFO ExtHandler [Microsoft.CPlat.Core.LinuxPatchExtension-1.6.57] ${pick(['Target handler state: enabled', `Update settings file: ${nth % 100}.settings`, 'Enable extension: [MsftLinuxPatchExtShim.sh -e]'], nth)}`,
        ),
      ],
    ]),
  'azure-windows': (rows) => ({
    'WindowsAzure/Logs/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5.68/CommandExecution.log': times(
      rows / 2,
      (nth) =>
        `${stamp(nth)} [Info] Executing command enable.cmd with sequence number ${nth} (${nth}.settings)`,
    ),
    'WindowsAzure/Logs/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5.68/WindowsUpdateExtension.log':
      times(rows / 2, (nth) => `${stamp(nth)} [Info] sequence number ${nth + rows} (${nth + rows}.settings)`),
  }),
  'nap-events': (rows) => ({
    [`${pc}/nap.xml`]: events(rows / 4, napKinds, true),
    [`${pc}/System.xml`]: events(rows / 4, [...power, ...updateEvents], true),
    'server/Security.xml': events(rows / 4, decided, true),
    [`${pc}/SohCache.reg`]: `Windows Registry Editor Version 5.00\r\n\r\n${soh(1)}`,
  }),
};
