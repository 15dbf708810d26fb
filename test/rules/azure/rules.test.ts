import { describe, expect, it } from 'vitest';
import { azureRules } from '../../../parsers/rules/azure/index.ts';
import {
  activity,
  agentStatus,
  assessment,
  began,
  configuration,
  coreLog,
  enableLog,
  handler,
  healthyLog,
  installation,
  installCommand,
  linux,
  otherActivity,
  performance,
  progress,
  settingsFile,
  stateLine,
  statusFile,
  two,
  windows,
} from '../../formats/azure/made.ts';
import type { MadePatch, MadeSettings, MadeSummary } from '../../formats/azure/made.ts';
import type { Files } from '../../formats/azure/read-files.ts';
import { ruleSays } from './verdicts.ts';

const settings = (made: MadeSettings = {}, n = 8): Files => ({
  [`${linux.config}/${n}.settings`]: settingsFile(made),
});
const status = (substatuses: readonly object[], n = 8): Files => ({
  [`${linux.status}/${n}.status`]: statusFile(substatuses),
});
const log = (text: string, n = 8): Files => ({ [`${linux.log}/${n}.core.log`]: text });
const agent = (files: Files = {}): Files => ({
  'var/lib/waagent/waagent_status.json': agentStatus('vm-01'),
  ...files,
});
const enabled = (n = 8, text = enableLog(n)): Files => ({
  [`${linux.log}/2026-03-01_10-00-01_Enable.ext.log`]: text,
});
/** Something of this system from which nothing follows. */
const nothing: Files = { 'var/lib/waagent/x/config/CoreState.json': '{"coreSequence": {"number": "1"}}' };

const installed: readonly MadePatch[] = two.map((patch) => ({ ...patch, state: 'Installed' }));
const pending: readonly MadePatch[] = two.map((patch) => ({ ...patch, state: 'Pending' }));
const healthy: Files = {
  ...settings(),
  ...status([assessment(), installation({ patches: installed })]),
  ...log(healthyLog()),
  ...enabled(),
};

interface Case {
  readonly rule: string;
  readonly fires: Files;
  readonly expect: object;
  readonly silent: Files;
  readonly lacks: Files;
  readonly missing: string;
}

const outOfTime = (text = '0:16:58'): string =>
  coreLog([
    began('installation'),
    `WARNING:Time Remaining: ${text}, Cutoff time: 0:20:00 [Out of time!]`,
    progress(0, 0, 0),
  ]);
const exceeded = (made: MadeSummary = {}): object =>
  installation({ status: 'error', patches: pending, more: { maintenanceWindowExceeded: true }, ...made });
const failure = {
  code: 'PACKAGE_MANAGER_FAILURE',
  message: 'Unexpected return code from package manager. [Code=100]',
};
const graph = (rows: readonly object[]): Files => ({ 'export.json': JSON.stringify(rows) });
const id = (group: string, rest = ''): string =>
  `/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/vm-01${rest}`;
const graphRow = (group: string, at: string): object => ({
  id: id(group, '/patchAssessmentResults/latest'),
  type: 'microsoft.compute/virtualmachines/patchassessmentresults',
  properties: { lastModifiedDateTime: at, status: 'Succeeded' },
});
const machine = (osProfile: object): Files => graph([{ id: id('rg'), name: 'vm-01', osProfile }]);
const scheduled: MadeSettings = { maintenanceRunId: '2026-03-01T10:00:00Z' };
const report = (at: string, text: string): string => `${at} ${text}`;
const dpkg = (lines: readonly string[]): Files => ({ 'var/log/dpkg.log': `${lines.join('\n')}\n` });
const around = [
  report('2026-02-01 08:00:00', 'status installed zlib1g:amd64 1.0'),
  report('2026-04-01 08:00:00', 'status installed zlib1g:amd64 1.1'),
];
const errorLine = (text: string): string =>
  coreLog([began('assessment'), `ERROR:${text}`, progress(0, 0, 0)]);
const windowsAgent = (text: string): Files => ({ [`${windows.log}/CommandExecution.log`]: text });
const windowsOwn = (text: string): Files => ({ [`${windows.log}/WindowsUpdateExtension.log`]: text });
const waagent = (lines: readonly string[]): Files => ({ 'var/log/waagent.log': `${lines.join('\n')}\n` });
const isEnabled = waagent([
  '2026-03-01T10:00:00.000000Z INFO ExtHandler [Microsoft.CPlat.Core.LinuxPatchExtension-1.6.59] Update settings file: 8.settings',
  '2026-03-01T10:00:01.000000Z INFO ExtHandler [Microsoft.CPlat.Core.LinuxPatchExtension-1.6.59] Enable extension: [MsftLinuxPatchExtShim.sh -e]',
]);

const cases: readonly Case[] = [
  {
    rule: 'window-exceeded-with-time-left',
    fires: { ...settings(), ...status([exceeded()]), ...log(outOfTime()) },
    expect: { severity: 'high', parameters: { remaining: '0:16:58', cutoff: '0:20:00', platform: 'linux' } },
    silent: { ...settings(), ...status([exceeded({ at: '2026-03-01T12:00:30Z' })]) },
    lacks: { ...status([exceeded({ startTime: 'no time' })]) },
    missing: 'azure-window',
  },
  {
    rule: 'status-hides-error',
    fires: status([installation({ status: 'error', details: [failure] })]),
    expect: {
      severity: 'medium',
      parameters: { substatus: 'installation', code: 'PACKAGE_MANAGER_FAILURE' },
    },
    silent: status([
      assessment({
        status: 'warning',
        code: 2,
        details: [{ code: 'PACKAGE_LIST_TRUNCATED', message: 'cut' }],
      }),
      installation({ code: 1, details: [{ code: 'UA_ESM_REQUIRED', message: 'pro' }] }),
    ]),
    lacks: log(healthyLog()),
    missing: 'azure-status',
  },
  {
    rule: 'task-succeeded-but-window-exceeded',
    fires: log(coreLog([began('installation'), performance('succeeded', true)])),
    expect: { severity: 'medium', parameters: { exceeded: true, failed: false } },
    silent: {
      ...log(coreLog([began('installation'), performance('failed', true)])),
      ...status([exceeded()]),
    },
    lacks: status([exceeded()]),
    missing: 'azure-core-log',
  },
  {
    rule: 'attempt-counter-inflated',
    fires: {
      ...status([installation({ patches: installed })]),
      ...log(
        coreLog([
          began('installation'),
          stateLine('Pending', two),
          ...installCommand(two, 100),
          progress(2, 0, 2, 0, 'Following packages are not attempted or failed in batch installation'),
          ...two.flatMap((patch) => [...installCommand([patch]), stateLine('Installed', [patch])]),
          progress(4, 2, 2),
        ]),
      ),
    },
    expect: { severity: 'medium', parameters: { attempted: 4, failed: 2, patches: 2, commands: 3 } },
    silent: {
      ...status([installation({ patches: installed })]),
      ...log(coreLog([began('installation'), ...installCommand(two), progress(3, 3, 0, 1)])),
    },
    lacks: {
      ...status([
        installation({
          patches: [...installed, { name: 'Truncated_patch_list_id', version: '0.0.0', state: 'Installed' }],
        }),
      ]),
      ...log(coreLog([began('installation'), progress(9, 9, 0)])),
    },
    missing: 'azure-complete-status',
  },
  {
    rule: 'exit-zero-but-not-installed',
    fires: log(
      coreLog([
        began('installation'),
        ...installCommand([{ name: 'libalpha' }]),
        'ERROR: |- Package appears to have not been installed: libalpha (1.0-1). \n |- Return code: 0. Command used: sudo apt-get install libalpha=1.0-1\n\n |- Command output: held',
      ]),
    ),
    expect: { severity: 'high', patch: 'libalpha', parameters: { count: 1 } },
    silent: log(
      coreLog([
        began('installation'),
        ...installCommand([{ name: 'libalpha' }], 100),
        'ERROR: |- Package failed to install: libalpha (1.0-1). \n |- Error code: 100. Command used: sudo apt-get install libalpha',
      ]),
    ),
    lacks: { ...settings(), ...status([installation({ patches: [{ name: 'libalpha', state: 'Failed' }] })]) },
    missing: 'azure-core-log',
  },
  {
    rule: 'counts-disagree',
    fires: status([installation({ patches: installed, more: { installedPatchCount: 5 } })]),
    expect: { severity: 'high', parameters: { state: 'Installed', stated: 5, tally: 2 } },
    silent: {
      ...status([
        installation({
          patches: [
            ...installed,
            { name: 'x', patchId: 'Truncated_patch_list_id_Other', version: '0.0.0', state: 'Installed' },
          ],
          more: { installedPatchCount: 3 },
        }),
      ]),
      [`${linux.status}/8.complete.status`]: statusFile([
        installation({ patches: [...installed, { name: 'gamma', state: 'Installed' }] }),
      ]),
    },
    lacks: status([
      installation({
        patches: [
          { name: 'x', patchId: 'Truncated_patch_list_id_Other', version: '0.0.0', state: 'Installed' },
        ],
        more: { installedPatchCount: 900 },
      }),
    ]),
    missing: 'azure-complete-status',
  },
  {
    rule: 'installed-without-proof',
    fires: {
      ...status([installation({ patches: [{ name: 'libalpha', version: '2.0', state: 'Installed' }] })]),
      ...dpkg(around),
    },
    expect: { severity: 'high', patch: 'libalpha', parameters: { why: 'no-record', manager: 'dpkg' } },
    silent: {
      ...status([installation({ patches: [{ name: 'libalpha', version: '1:2.0', state: 'Installed' }] })]),
      ...dpkg([...around, report('2026-03-01 11:00:00', 'status installed libalpha:amd64 1:2.0')]),
    },
    lacks: status([installation({ patches: [{ name: 'libalpha', state: 'Installed' }] })]),
    missing: 'azure-package-log',
  },
  {
    rule: 'reboot-required-not-done',
    fires: { ...settings(), ...status([installation({ more: { rebootStatus: 'Required' } })]) },
    expect: { severity: 'medium', parameters: { rebootSetting: 'IfRequired', noTime: false } },
    silent: {
      ...settings(),
      ...status([installation({ more: { rebootStatus: 'Required' } })]),
      ...settings({ operation: 'Assessment', activityId: otherActivity }, 9),
      ...status([assessment({ activityId: otherActivity, at: '2026-03-02T10:00:00Z' })], 9),
    },
    lacks: settings(),
    missing: 'azure-status',
  },
  {
    rule: 'reboot-stuck',
    fires: {
      ...settings(),
      ...status([installation({ more: { rebootStatus: 'Started' } })]),
      ...log(
        coreLog(
          [
            began('installation'),
            'The machine is set to reboot in 10 minutes.',
            'Waiting for machine reboot. [ElapsedTimeInMinutes=1.0] [MaxTimeInMinutes=15]',
          ],
          { open: true },
        ),
      ),
    },
    expect: { severity: 'high', parameters: { rebootState: 'Started' } },
    silent: {
      ...settings(),
      ...status([installation({ more: { rebootStatus: 'Started' } })]),
      ...log(
        coreLog([
          began('installation'),
          'Waiting for machine reboot. [ElapsedTimeInMinutes=1.0] [MaxTimeInMinutes=15]',
          began('assessment'),
        ]),
      ),
    },
    lacks: { ...settings(), ...status([installation({ more: { rebootStatus: 'Started' } })]) },
    missing: 'azure-core-log',
  },
  {
    rule: 'superseded',
    fires: log(
      coreLog([
        began('installation'),
        'ERROR:Extension goal state has changed. Terminating current sequence: 8',
      ]),
    ),
    expect: { severity: 'high' },
    silent: healthy,
    lacks: settings(),
    missing: 'azure-status',
  },
  {
    rule: 'result-overwritten',
    fires: { [`${linux.status}/8.status`]: statusFile([], { operation: '' }), ...log(healthyLog()) },
    expect: { severity: 'medium', parameters: { operation: null } },
    silent: {
      [`${linux.status}/8.status`]: statusFile([], { status: 'transitioning' }),
      ...log(coreLog([began('installation')])),
    },
    lacks: { [`${linux.status}/8.status`]: statusFile([], { operation: '' }) },
    missing: 'azure-core-log',
  },
  {
    rule: 'enabled-but-never-ran',
    fires: { ...settings(), ...enabled() },
    expect: { severity: 'high', parameters: { launched: true, handlerExitCode: null } },
    silent: {
      ...settings({ operation: 'NoOperation' }),
      ...enabled(8, enableLog(8, { operation: 'NoOperation' })),
    },
    lacks: { ...settings(), ...isEnabled },
    missing: 'azure-log-folder',
  },
  {
    rule: 'sudo-missing',
    fires: log(
      coreLog([
        'DEBUG: [BST] Sudo status check failed. Please ensure the computer is configured correctly for sudo invocation. [Output=False]',
        'ERROR:Customer environment error (sudo failure). [Exception=x][MaxRetryCount=6]',
      ]),
    ),
    expect: { severity: 'high', parameters: { count: 2 } },
    silent: log(
      coreLog([
        'DEBUG: [BST] Sudo status check failed. [Output=False]',
        'DEBUG: [BST] Sudo status check completed successfully. [Attempt(s)=2][MaxAttempt(s)=6]',
      ]),
    ),
    lacks: settings(),
    missing: 'azure-extension-logs',
  },
  {
    rule: 'repository-unreachable',
    fires: log(
      errorLine(
        "[APM] Package Manager ERROR. [Command=sudo apt-get -q update][Code=100][Output=Err:1 http://repo InRelease\nTemporary failure resolving 'repo.example']",
      ),
    ),
    expect: { severity: 'high', parameters: { cause: 'name-resolution', count: 1 } },
    silent: log(
      coreLog([
        began('assessment'),
        'DEBUG: [YPM] Invoked package manager. [Command=sudo yum -q check-update][Code=100][Output=\nhaproxy.x86_64 2.0 repo\nca-certificates.noarch 2024 repo\n]',
        stateLine('Pending', [{ name: 'haproxy' }, { name: 'systemd-resolved' }]),
      ]),
    ),
    lacks: settings(),
    missing: 'azure-status',
  },
  {
    rule: 'bad-start-time',
    fires: {
      ...settings({ startTime: '2026-03-01T10:00:00Z' }),
      ...log(coreLog(['ERROR:\nError calculating time remaining. Check patch operation input parameters.'])),
    },
    expect: { severity: 'medium', parameters: { start: '2026-03-01T10:00:00Z' } },
    silent: {
      ...settings(),
      ...log(coreLog(['ERROR:\nError calculating time remaining. Check patch operation input parameters.'])),
    },
    lacks: log(
      coreLog(['ERROR:\nError calculating time remaining. Check patch operation input parameters.']),
    ),
    missing: 'azure-settings',
  },
  {
    rule: 'assessment-stale',
    fires: {
      ...settings({ assessmentMode: 'AutomaticByPlatform', maximumAssessmentInterval: 'PT6H' }),
      ...status([assessment({ at: '2026-02-20T10:00:00Z' }), installation()]),
    },
    expect: { severity: 'medium', parameters: { why: 'age', intervalMinutes: 360 } },
    silent: {
      ...settings({ assessmentMode: 'ImageDefault' }),
      ...status([assessment({ at: '2026-02-20T10:00:00Z' })]),
    },
    lacks: status([assessment()]),
    missing: 'azure-settings',
  },
  {
    rule: 'wrong-owner',
    fires: {
      ...settings({ startTime: '2026-03-01T08:00:00.0000000Z', maximumDuration: 'PT60H' }),
      'var/log/apt/history.log':
        'Start-Date: 2026-03-02  14:00:00\nCommandline: /usr/bin/unattended-upgrade\nUpgrade: libalpha:amd64 (1.0, 2.0)\nEnd-Date: 2026-03-02  14:00:05\n',
    },
    expect: { severity: 'medium', parameters: { callers: ['/usr/bin/unattended-upgrade'], count: 1 } },
    silent: {
      ...settings({ startTime: '2026-03-01T08:00:00.0000000Z', maximumDuration: 'PT60H' }),
      'var/log/apt/history.log':
        'Start-Date: 2026-03-02  14:00:00\nCommandline: apt-get -y --only-upgrade true install libalpha=2.0\nUpgrade: libalpha:amd64 (1.0, 2.0)\nEnd-Date: 2026-03-02  14:00:05\n',
    },
    lacks: {
      ...settings(),
      'var/log/apt/history.log':
        'Start-Date: 2026-03-01  10:30:00\nCommandline: /usr/bin/unattended-upgrade\nUpgrade: libalpha:amd64 (1.0, 2.0)\nEnd-Date: 2026-03-01  10:30:05\n',
    },
    missing: 'clock-offset',
  },
  {
    rule: 'order-impossible',
    fires: status([installation({ at: '2026-03-01T09:00:00Z' })]),
    expect: { severity: 'medium', parameters: { what: 'summary' } },
    silent: status([assessment({ at: '2026-03-01T10:00:00Z' }), installation()]),
    lacks: status([installation({ at: 'soon' })]),
    missing: 'azure-times',
  },
  {
    rule: 'orphan-status',
    fires: {
      [`${windows.status}/5.status`]: statusFile([installation()]),
      [`${windows.settings}/6.settings`]: settingsFile({ activityId: otherActivity }),
    },
    expect: { kind: 'note', severity: 'info', parameters: { run: '5' } },
    silent: {
      ...status([installation()]),
      ...settings({ activityId: otherActivity }, 9),
      [`${windows.status}/6.status`]: statusFile([installation({ activityId: otherActivity })]),
      [`${windows.settings}/6.settings`]: settingsFile({ activityId: otherActivity }),
    },
    lacks: { [`${windows.status}/5.status`]: statusFile([installation()]) },
    missing: 'azure-settings',
  },
  {
    rule: 'shutdown-or-unresponsive',
    fires: status([
      installation({ status: 'error', details: [{ code: 'ShutdownOrUnresponsive', message: 'off' }] }),
    ]),
    expect: { severity: 'medium' },
    silent: healthy,
    lacks: settings(),
    missing: 'azure-status',
  },
  {
    rule: 'agent-not-ready',
    fires: { 'waagent_status.json': agentStatus('vm-01', { agent: 'NotReady' }) },
    expect: { severity: 'high', device: 'vm-01', parameters: { state: 'NotReady' } },
    silent: {
      'a/waagent_status.json': agentStatus('vm-01', { agent: 'NotReady' }),
      'b/waagent_status.json': agentStatus('vm-01', { at: '2026-03-05T10:00:00Z' }),
    },
    lacks: nothing,
    missing: 'azure-agent-status',
  },
  {
    rule: 'extension-not-ready',
    fires: { 'waagent_status.json': agentStatus('vm-01', { handlers: [handler({ status: 'NotReady' })] }) },
    expect: { severity: 'high', parameters: { state: 'NotReady' } },
    silent: {
      'waagent_status.json': agentStatus('vm-01', {
        handlers: [
          handler(),
          handler({ name: 'Microsoft.Azure.Extensions.CustomScript', status: 'NotReady' }),
        ],
      }),
    },
    lacks: nothing,
    missing: 'azure-agent-status',
  },
  {
    rule: 'extension-missing',
    fires: {
      'waagent_status.json': agentStatus('vm-01', {
        handlers: [handler({ name: 'Microsoft.Azure.Extensions.CustomScript' })],
      }),
    },
    expect: { severity: 'high', parameters: { count: 1 } },
    silent: {
      'waagent_status.json': agentStatus('vm-01', {
        handlers: [handler({ name: 'Microsoft.SoftwareUpdateManagement.LinuxOsUpdateExtension' })],
      }),
    },
    lacks: nothing,
    missing: 'azure-agent-status',
  },
  {
    rule: 'extension-operations-disabled',
    fires: machine({ computerName: 'vm-01', allowExtensionOperations: false }),
    expect: { severity: 'high', device: 'vm-01' },
    silent: machine({ computerName: 'vm-01', allowExtensionOperations: true }),
    lacks: nothing,
    missing: 'azure-machine-export',
  },
  {
    rule: 'not-assessed',
    fires: status([
      assessment({
        status: 'error',
        details: [{ code: '0x8024402C', message: 'Search failed: HRESULT 0x8024402C' }],
      }),
    ]),
    expect: { severity: 'high', parameters: { exitCode: 0x8024402c } },
    silent: status([assessment({ status: 'warning', details: [{ code: 'UA_ESM_REQUIRED', message: 'x' }] })]),
    lacks: settings(),
    missing: 'azure-assessment',
  },
  {
    rule: 'tls-too-old',
    fires: log(errorLine('Connection failed: TLS version below 1.2 is not supported by the endpoint')),
    expect: { severity: 'high' },
    silent: healthy,
    lacks: settings(),
    missing: 'azure-extension-logs',
  },
  {
    rule: 'https-blocked',
    fires: log(
      errorLine('[APM] Package Manager ERROR. [Code=100][Output=E: HTTPS is not available, cannot fetch]'),
    ),
    expect: { severity: 'high' },
    silent: healthy,
    lacks: settings(),
    missing: 'azure-extension-logs',
  },
  {
    rule: 'auto-assess-service-stopped',
    fires: log(coreLog(['WARNING:MsftLinuxPatchAutoAssess.service is not running'])),
    expect: { severity: 'medium' },
    silent: log(coreLog(['DEBUG: MsftLinuxPatchAutoAssess.timer was enabled and started'])),
    lacks: settings(),
    missing: 'azure-extension-logs',
  },
  {
    rule: 'arc-no-assessment',
    fires: {
      'GuestConfig/extension_logs/Microsoft.SoftwareUpdateManagement.LinuxOsUpdateExtension/8.core.log':
        coreLog(['ERROR:something else']),
    },
    expect: { severity: 'medium' },
    silent: {
      'GuestConfig/extension_logs/Microsoft.SoftwareUpdateManagement.LinuxOsUpdateExtension/8.core.log':
        healthyLog(),
    },
    lacks: {
      'waagent_status.json': agentStatus('vm-01', {
        handlers: [handler({ name: 'Microsoft.SoftwareUpdateManagement.LinuxOsUpdateExtension' })],
      }),
    },
    missing: 'azure-status',
  },
  {
    rule: 'os-managed-updates',
    fires: { [`${windows.settings}/5.settings`]: settingsFile({ patchMode: 'AutomaticByOS', ...scheduled }) },
    expect: { severity: 'medium', parameters: { mode: 'AutomaticByOS' } },
    silent: {
      [`${windows.settings}/5.settings`]: settingsFile({ patchMode: 'AutomaticByPlatform', ...scheduled }),
    },
    lacks: { [`${windows.settings}/5.settings`]: settingsFile({ patchMode: 'AutomaticByOS' }) },
    missing: 'azure-schedule',
  },
  {
    rule: 'machine-moved',
    fires: graph([graphRow('old', '2026-02-01T10:00:00.000Z'), graphRow('new', '2026-03-01T10:00:00.000Z')]),
    expect: { severity: 'medium', device: 'vm-01' },
    silent: {
      ...agent(),
      ...graph([graphRow('old', '2026-02-01T10:00:00.000Z'), graphRow('new', '2026-02-20T10:00:00.000Z')]),
      ...settings(),
      ...status([installation({ patches: installed })]),
    },
    lacks: nothing,
    missing: 'azure-machine-export',
  },
  {
    rule: 'schedule-delayed',
    fires: { ...settings(scheduled), ...log(healthyLog({ from: '2026-03-01T10:09:00Z' })) },
    expect: { kind: 'note', severity: 'info' },
    silent: { ...settings(), ...log(healthyLog({ from: '2026-03-01T10:09:00Z' })) },
    lacks: { ...settings(scheduled), ...status([installation()]) },
    missing: 'azure-real-start',
  },
];

describe.each(cases)('$rule', ({ rule, fires, expect: expected, silent, lacks, missing }) => {
  it('fires', async () => {
    expect((await ruleSays(rule, fires)).finding).toMatchObject(expected);
  });

  it('stays silent on the innocent look-alike', async () => {
    expect((await ruleSays(rule, silent)).findings).toEqual([]);
  });

  it('cannot tell when its source is missing', async () => {
    const says = await ruleSays(rule, lacks);
    expect(says.findings).toEqual([]);
    expect(says.missing).toContain(missing);
  });
});

describe('machine-off-at-window', () => {
  const rule = 'machine-off-at-window';
  const boot = 6005;
  const shutdown = 6006;
  const events = (...rows: readonly (readonly [string, number])[]): Files => ({
    'System.xml': `<?xml version="1.0"?><Events>${rows
      .map(
        ([at, number]) =>
          `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="EventLog"/><EventID>${number}</EventID><Level>4</Level><TimeCreated SystemTime="${at}.000000000Z"/><EventRecordID>1</EventRecordID><Channel>System</Channel><Computer>vm-01</Computer></System></Event>`,
      )
      .join('\n')}</Events>`,
  });
  const run = { ...agent(), ...settings(scheduled) };

  it('fires on a machine that was off, or had only just started', async () => {
    const off = events(
      ['2026-03-01T06:00:00', boot],
      ['2026-03-01T09:00:00', shutdown],
      ['2026-03-01T11:00:00', boot],
    );
    expect((await ruleSays(rule, { ...run, ...off })).finding).toMatchObject({
      severity: 'high',
      device: 'vm-01',
      parameters: { why: 'off', bootAt: '2026-03-01 11:00:00.000' },
    });
    const young = events(['2026-03-01T09:00:00', shutdown], ['2026-03-01T09:50:00', boot]);
    expect((await ruleSays(rule, { ...run, ...young })).finding.parameters).toMatchObject({
      why: 'just-started',
    });
  });

  it('stays silent on one that was on long enough, and on runs that no schedule began', async () => {
    const on = events(['2026-03-01T09:00:00', shutdown], ['2026-03-01T09:30:00', boot]);
    expect(await ruleSays(rule, { ...run, ...on })).toMatchObject({ findings: [], missing: [] });
    const off = events(['2026-03-01T09:00:00', shutdown]);
    expect(await ruleSays(rule, { ...agent(), ...settings(), ...off })).toMatchObject({
      findings: [],
      missing: [],
    });
  });

  it('cannot tell without starts and shutdowns', async () => {
    expect((await ruleSays(rule, run)).missing).toEqual(['azure-boot-events']);
  });
});

describe('a healthy run', () => {
  it('is silent but for what cannot be told', async () => {
    const says = await ruleSays('status-hides-error', { ...agent(), ...healthy });
    expect(says.all).toEqual([]);
  });

  it('has a test of three for every rule', () => {
    const tested = new Set([...cases.map(({ rule }) => rule), 'machine-off-at-window']);
    expect(
      azureRules.map(({ id: rule }) => rule.replace('azure/', '')).filter((rule) => !tested.has(rule)),
    ).toEqual([]);
  });
});

describe('further cases', () => {
  it('explain the window by start and duration where the log is missing, and by platform', async () => {
    const left = await ruleSays('window-exceeded-with-time-left', { ...settings(), ...status([exceeded()]) });
    expect(left.finding.parameters).toMatchObject({ remaining: '1:45:00', counted: '1:45:00', logged: null });
    const onWindows = await ruleSays('window-exceeded-with-time-left', {
      [`${windows.settings}/8.settings`]: settingsFile(),
      [`${windows.status}/8.status`]: statusFile([exceeded()]),
    });
    expect(onWindows.finding.parameters).toMatchObject({ platform: 'windows', updateMinutes: 25 });
    const used = await ruleSays('window-exceeded-with-time-left', {
      ...settings(),
      ...log(outOfTime('0:00:00')),
    });
    expect(used.findings).toEqual([]);
  });

  it('take a reboot that the setting forbids as information', async () => {
    const { finding } = await ruleSays('reboot-required-not-done', {
      ...settings({ rebootSetting: 'Never' }),
      ...status([installation({ more: { rebootStatus: 'Required' } })]),
    });
    expect(finding.severity).toBe('info');
  });

  it('find what a later assessment still lists, by the order of the log’s lines', async () => {
    const listed = {
      ...status([
        assessment({ at: '2026-03-01T10:15:00Z', patches: two }),
        installation({ patches: installed }),
      ]),
      ...log(healthyLog()),
    };
    const says = await ruleSays('installed-without-proof', listed);
    expect(says.findings.map(({ patch }) => patch)).toEqual(['libalpha', 'libbeta']);
    expect(says.findings[0]).toMatchObject({ parameters: { why: 'listed' } });
    const newer = two.map((patch) => ({ ...patch, version: '99' }));
    const silent = await ruleSays('installed-without-proof', {
      ...status([
        assessment({ at: '2026-03-01T10:15:00Z', patches: newer }),
        installation({ patches: installed }),
      ]),
      ...log(healthyLog()),
    });
    expect(silent.findings).toEqual([]);
    const waits = await ruleSays('installed-without-proof', {
      ...status([
        assessment({ at: '2026-03-01T10:15:00Z', patches: two }),
        installation({ patches: installed, more: { rebootStatus: 'Required' } }),
      ]),
      ...log(healthyLog()),
    });
    expect(waits.findings).toEqual([]);
  });

  it('name the exit code of a handler that gave up', async () => {
    const { finding } = await ruleSays('enabled-but-never-ran', {
      ...settings({ operation: 'PatchEverything' }),
      ...enabled(8, enableLog(8, { operation: 'PatchEverything', code: 89 })),
    });
    expect(finding.parameters).toMatchObject({ handlerExitCode: 89 });
    expect(finding.witnesses.map(({ says }) => says)).toEqual(['azure-enabled', 'azure-handler-exit']);
  });

  it('name a handler that gave up by the agent’s log alone', async () => {
    const name = 'ExtHandler [Microsoft.CPlat.Core.LinuxPatchExtension-1.6.59]';
    const agent = [
      `2026-03-01T10:00:00.100000Z INFO ${name} Update settings file: 9.settings`,
      `2026-03-01T10:00:00.200000Z INFO ${name} Enable extension: [MsftLinuxPatchExtShim.sh -e]`,
      `2026-03-01T10:00:03.000000Z ERROR ${name} Non-zero exit code: 51, MsftLinuxPatchExtShim.sh -e`,
      '',
    ].join('\n');
    const { finding } = await ruleSays('enabled-but-never-ran', { 'var/log/waagent.log': agent });
    expect(finding.parameters).toMatchObject({
      run: '9',
      handlerExitCode: 51,
      enabledAt: '2026-03-01 10:00:00.200',
    });
    // Enabled without an exit code, and nothing else left of the sequence: an old one.
    const old = agent.split('\n').slice(0, 2).join('\n');
    expect((await ruleSays('enabled-but-never-ran', { 'var/log/waagent.log': `${old}\n` })).findings).toEqual(
      [],
    );
  });

  it('keep silent about old sequences whose logs are gone', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 16 }, (_, index) => [
        `${linux.log}/${9 + index}.core.log`,
        coreLog([began('assessment')]),
      ]),
    );
    expect(
      (await ruleSays('enabled-but-never-ran', { ...settings(), ...isEnabled, ...many })).findings,
    ).toEqual([]);
    const few = Object.fromEntries(Object.entries(many).slice(0, 3));
    expect(
      (await ruleSays('enabled-but-never-ran', { ...settings(), ...isEnabled, ...few })).findings,
    ).toHaveLength(1);
  });

  it('compare what the Windows logs name', async () => {
    const commands = windowsAgent('2026-03-01T10:00:00.000Z [Info] Enable, sequence number 12\n');
    const own = (n: number): string =>
      `2026-03-01T09:00:00.000Z [Info] start\n2026-03-01T10:00:01.000Z [Info] SequenceNumber=${n}\n2026-03-01T11:00:00.000Z [Info] end\n`;
    const rule = 'enabled-but-never-ran';
    expect((await ruleSays(rule, { ...commands, ...windowsOwn(own(11)) })).findings).toHaveLength(1);
    expect((await ruleSays(rule, { ...commands, ...windowsOwn(own(12)) })).findings).toEqual([]);
    expect((await ruleSays(rule, commands)).missing).toContain('azure-windows-log');
  });

  it('hear a log of the Windows extension that names no run', async () => {
    const told = windowsOwn('2026-03-01T10:00:00Z [Error] ShutdownOrUnresponsive\n');
    const { finding } = await ruleSays('shutdown-or-unresponsive', told);
    expect(finding).toMatchObject({ parameters: { run: null }, witnesses: [{ citation: { line: 1 } }] });
    const silent = await ruleSays(
      'shutdown-or-unresponsive',
      windowsOwn('2026-03-01T10:00:00Z [Info] done\n'),
    );
    expect(silent.findings).toEqual([]);
  });

  it('let transport security speak for its own line', async () => {
    const files = log(
      errorLine('[APM] Package Manager ERROR. [Code=100][Output=E: HTTPS is not available, cannot fetch]'),
    );
    expect((await ruleSays('repository-unreachable', files)).all).toEqual(['https-blocked']);
  });

  it.each([
    ['certificate', "Peer's Certificate has expired."],
    ['proxy', 'Received HTTP code 407 from proxy after CONNECT'],
    ['time-out', 'Connection timed out after 30001 milliseconds'],
    ['name-resolution', 'Could not resolve host: repo.example'],
  ])('name the cause: %s', async (cause, text) => {
    const files = log(
      errorLine(`[YPM] Package Manager ERROR. [Command=sudo yum check-update][Code=1][Output=${text}]`),
    );
    expect((await ruleSays('repository-unreachable', files)).finding.parameters).toMatchObject({ cause });
  });

  it('see an automatic assessment that is switched off', async () => {
    const { finding } = await ruleSays('assessment-stale', {
      ...settings({ assessmentMode: 'AutomaticByPlatform' }),
      ...status([assessment(), configuration('Disabled')]),
    });
    expect(finding.parameters).toMatchObject({ why: 'state', autoState: 'Disabled' });
    const unknown = await ruleSays('assessment-stale', {
      ...settings({ assessmentMode: 'AutomaticByPlatform' }),
      ...status([assessment(), configuration('Unknown')]),
    });
    expect(unknown.findings).toEqual([]);
  });

  it('say one thing once for two bundles of one machine', async () => {
    const bundle = { ...settings(), ...status([exceeded()]), ...log(outOfTime()), ...agent() };
    const twice = Object.fromEntries(
      ['a', 'b'].flatMap((folder) =>
        Object.entries(bundle).map(([path, text]) => [`${folder}/${path}`, text]),
      ),
    );
    expect((await ruleSays('window-exceeded-with-time-left', twice)).findings).toHaveLength(1);
    expect((await ruleSays('status-hides-error', twice)).findings).toHaveLength(1);
  });

  it('are the same for a run whose activity is another on a second machine', async () => {
    const one = { ...settings(), ...status([exceeded()]) };
    const files = {
      'x/waagent_status.json': agentStatus('vm-x'),
      'y/waagent_status.json': agentStatus('vm-y'),
      ...Object.fromEntries(
        ['x', 'y'].flatMap((folder) =>
          Object.entries(one).map(([path, text]) => [`${folder}/${path}`, text]),
        ),
      ),
    };
    const says = await ruleSays('window-exceeded-with-time-left', files);
    expect(says.findings.map(({ device }) => device).sort()).toEqual(['vm-x', 'vm-y']);
    expect(activity).not.toBe(otherActivity);
  });
});
