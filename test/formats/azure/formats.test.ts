import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import '../../../parsers/formats/azure/facts.ts';
import { packagesOf } from '../../../parsers/formats/azure/core-log.ts';
import { commandWords } from '../../../parsers/formats/azure/derive-records.ts';
import { patchExtension, scopeOf, sequenceOf } from '../../../parsers/formats/azure/paths.ts';
import { bracketFields, readDuration, readStamp } from '../../../parsers/formats/azure/values.ts';
import { readHead } from '../harvest.ts';
import {
  activity,
  agentStatus,
  assessment,
  coreLog,
  enableLog,
  handler,
  healthyLog,
  installation,
  linux,
  settingsFile,
  statusFile,
  two,
  windows,
} from './made.ts';
import { azure, readFiles } from './read-files.ts';
import type { Files } from './read-files.ts';

const installed = two.map((patch) => ({ ...patch, state: 'Installed' }));
const status = statusFile([assessment(), installation({ patches: installed })]);
const dpkg =
  '2026-03-01 10:05:00 startup archives unpack\n2026-03-01 10:05:01 status installed libalpha:amd64 1:2.0\n';

async function kindOf(path: string, text: string): Promise<string | null> {
  return (await readFiles({ [path]: text })).drafts[0]?.kind ?? null;
}

describe('the kinds of files', () => {
  const core = healthyLog();
  const arc = 'GuestConfig/extension_logs/Microsoft.SoftwareUpdateManagement.LinuxOsUpdateExtension';
  const accepted: readonly (readonly [kind: string, path: string, text: string])[] = [
    ['azure/core-log', `${linux.log}/8.core.log`, core],
    ['azure/core-log', `${linux.log}/8.aa.core.log`, core],
    ['azure/core-log', `truncated_var_log_azure_Microsoft.CPlat.Core.LinuxPatchExtension_8.core.log`, core],
    ['azure/core-log', `logs.zip!/${arc}/8.core.log`, core],
    ['azure/extension-log', `${linux.log}/2026-03-01_10-00-01_Enable.ext.log`, enableLog(8)],
    ['azure/extension-log', '2026-03-01_10-00-01_Uninstall.ext.log', enableLog(8)],
    ['azure/status', `${linux.status}/8.status`, status],
    ['azure/status', `${windows.status}/8.status`, status],
    ['azure/status', '8.complete.status', status],
    ['azure/settings', `${linux.config}/8.settings`, settingsFile()],
    ['azure/settings', `${windows.settings}/8.settings`, settingsFile()],
    ['azure/settings', 'Microsoft.CPlat.Core.Edp.LinuxPatchExtension-1.6/config/8.settings', settingsFile()],
    ['azure/state', 'config/ExtState.json', '{"extensionSequence": {"number": "8"}}'],
    [
      'azure/agent-log',
      'var/log/waagent.log',
      '2023-04-14T14:49:43.005530Z INFO ExtHandler ExtHandler Default channel changed to HostGAPlugin channel.\n',
    ],
    [
      'azure/agent-log',
      'var/log/waagent.log.1',
      '2021-05-28T01:17:40.683072Z INFO ExtHandler Wire server endpoint:168.63.129.16\n',
    ],
    [
      'azure/agent-log',
      'var/log/waagent.log',
      '2019/03/30 19:45:31.412000 INFO Azure Linux Agent Version:2.2.46\n',
    ],
    ['azure/agent-status', 'var/lib/waagent/waagent_status.json', agentStatus('vm-01')],
    [
      'azure/agent-status',
      'WindowsAzure/Logs/AggregateStatus/aggregatestatus_2026.json',
      '{"guestAgentStatus": {"status": "Ready"}, "handlerAggregateStatus": []}',
    ],
    ['azure/package-log-dpkg', 'var/log/dpkg.log', dpkg],
    [
      'azure/package-log-apt',
      'var/log/apt/history.log',
      'Start-Date: 2026-03-01  10:05:00\nCommandline: apt upgrade\nUpgrade: a:amd64 (1, 2)\nEnd-Date: 2026-03-01  10:05:02\n',
    ],
    ['azure/package-log-yum', 'var/log/yum.log', 'Mar 01 10:05:00 Updated: bash-4.2.46-35.el7_9.x86_64\n'],
    [
      'azure/package-log-dnf',
      'var/log/dnf.rpm.log',
      '2026-03-01T10:05:00+0000 SUBDEBUG Upgrade: bash-4.4.20-5.el8.x86_64\n',
    ],
    [
      'azure/package-log-zypper',
      'var/log/zypp/history',
      '2026-03-01 10:05:00|install|bash|4.4-9.14.1|x86_64|root@h|r|abc|\n',
    ],
    ['azure/windows-extension-log', `${windows.log}/CommandExecution.log`, '[Info] text\n'],
    ['azure/windows-extension-log', `${windows.log}/WindowsUpdateExtension.log`, 'whatever\n'],
    [
      'azure/windows-agent-log',
      'WindowsAzure/Logs/WaAppAgent.log',
      '[00000004] 2024-04-17T07:19:26.812Z [INFO]  text\n',
    ],
    ['azure/collector-log', 'results.txt', '2026-03-01T10:40:00Z INFO collecting\n'],
    [
      'azure/resource-graph',
      'masked.json',
      JSON.stringify({
        data: [
          {
            id: '/subscriptions/xxxxxxxx-sub/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm2/patchAssessmentResults/latest',
            type: 'microsoft.compute/virtualmachines/patchassessmentresults',
            properties: { status: 'Succeeded', lastModifiedDateTime: '2026-03-01T10:00:00Z' },
          },
        ],
      }),
    ],
  ];

  it.each(accepted)('%s is known: %s', async (kind, path, text) => {
    expect(await kindOf(path, text)).toBe(kind);
  });

  const rejected: readonly (readonly [path: string, text: string])[] = [
    [
      'var/lib/waagent/Microsoft.Azure.Extensions.CustomScript-2.1/status/0.status',
      '[{"status": {"status": "success"}}]',
    ],
    [
      'var/lib/waagent/Microsoft.Azure.Extensions.CustomScript-2.1/config/0.settings',
      '{"runtimeSettings": [{"handlerSettings": {}}]}',
    ],
    ['8.core.log', 'a log of something else\n'],
    ['history.log', '2026-03-01 a log of something else\n'],
    ['results.txt', 'test results\n'],
    ['config/ExtState.json', '{"other": 1}'],
    ['notes.json', '{"a": 1}'],
    ['app/install.log', '[Info] another program\n'],
  ];

  it.each(rejected)('%s of something else is left alone', async (path, text) => {
    expect(await kindOf(path, text)).toBeNull();
  });

  it('read their sample lines', () => {
    for (const format of azure.formats) {
      if (format.form !== 'lines') continue;
      for (const sample of format.samples) {
        const head = readHead(format, sample.line);
        expect([format.id, sample.line, head !== null]).toEqual([format.id, sample.line, true]);
        const at = head?.at ?? null;
        const local = at === null ? null : new Date(at.local).toISOString().slice(0, 23);
        expect([sample.line, local]).toEqual([sample.line, sample.local]);
        if (sample.level !== undefined)
          expect([sample.line, head?.level]).toEqual([sample.line, sample.level]);
      }
    }
  });

  it('mark what is not verified', async () => {
    const { drafts } = await readFiles({ [`${windows.log}/CommandExecution.log`]: '[Info] text\n' });
    expect(drafts[0]?.unverified).toBe(true);
  });
});

describe('small forms', () => {
  it('reads stamps with any fraction as UTC', () => {
    expect(readStamp('2026-10-02T08:21:27.5109106Z')).toMatchObject({ offset: 0, precision: 'millisecond' });
    expect(readStamp('2026-10-02T08:21:27Z')).toMatchObject({ precision: 'second' });
    expect(readStamp('2026-13-02T08:21:27Z')).toBeNull();
    expect(readStamp('0001-01-01')).toBeNull();
    expect(readStamp(7)).toBeNull();
  });

  it.each([
    ['PT2H', 120],
    ['PT3H55M', 235],
    ['P1DT1H', 1500],
    ['2:00:00', 120],
    ['0:16:58', 16 + 58 / 60],
    ['1 day, 2:00:00', 1560],
    ['PT', null],
    ['soon', null],
  ])('reads the duration %s', (text, minutes) => {
    expect(readDuration(text)).toBe(minutes);
  });

  it('matches nested brackets by depth', () => {
    const fields = bracketFields(
      'Stopwatch: [Message=[Task=Installation][M=[A=1][B=2]]][Took=0.1] [Start: 7]',
    );
    expect([...fields]).toEqual(
      expect.arrayContaining([
        ['Task', 'Installation'],
        ['A', '1'],
        ['Took', '0.1'],
        ['Start', '7'],
      ]),
    );
    expect(bracketFields('[Open=[never closed').get('Open')).toBe('[never closed');
    expect(bracketFields(']]][[[').size).toBe(0);
  });

  it('knows the extension by every one of its names', () => {
    for (const name of [
      'Microsoft.CPlat.Core.LinuxPatchExtension',
      'Microsoft.CPlat.Core.Edp.LinuxPatchExtension',
      'Microsoft.CPlat.Core.WindowsPatchExtension1.5.68',
      'Microsoft.SoftwareUpdateManagement.WindowsOsUpdateExtension',
    ])
      expect(patchExtension.test(name)).toBe(true);
    expect(patchExtension.test('Microsoft.CPlat.Core.RunCommandLinux')).toBe(false);
  });

  it('finds sequence and scope in paths', () => {
    expect(sequenceOf('truncated_var_log_azure_x_12.core.log')).toBe(12);
    expect(sequenceOf('8.complete.status')).toBe(8);
    expect(sequenceOf('settings_equivalent.json')).toBeNull();
    expect(scopeOf('a/logs.zip!/var/log/azure/x/8.core.log')).toBe('a/logs.zip!');
    expect(scopeOf('a/logs.zip!/var/lib/waagent/x/status/8.status')).toBe('a/logs.zip!');
    expect(scopeOf('run/status/8.status')).toBe(scopeOf('run/8.core.log'));
  });

  it('finds the packages of install commands of every package manager', () => {
    expect(packagesOf('sudo apt-get -y --only-upgrade true install a=1:2.0 b=3')).toEqual(['a', 'b']);
    expect(packagesOf('sudo yum -y upgrade selinux-policy-3.13.1-102.el7.noarch --skip-broken')).toEqual([
      'selinux-policy-3.13.1-102.el7.noarch',
    ]);
    expect(packagesOf('sudo zypper --non-interactive update a=1 b=2')).toEqual(['a', 'b']);
    expect(packagesOf('sudo apt list --installed a')).toEqual([]);
    expect(commandWords('selinux-policy.noarch', '3.13.1-102.el7')).toContain(
      'selinux-policy-3.13.1-102.el7.noarch',
    );
    expect(commandWords('bash.x86_64', '0:4.2-1')).toContain('bash-4.2-1.x86_64');
  });
});

describe('a core log', () => {
  it('gives unstamped lines the stamp above them, and none before the first', async () => {
    const path = `${linux.log}/8.core.log`;
    const { draft } = await readFiles({ [path]: healthyLog() });
    const { lines } = draft(path);
    expect(lines).not.toBeNull();
    expect([lines?.isTimed(1), lines?.isTimed(2), lines?.isTimed(3)]).toEqual([false, true, true]);
    expect(lines?.local(3)).toBe(lines?.local(2));
    expect([lines?.level(1), lines?.level(3)]).toEqual(['trace', 'debug']);
    expect(draft(path).warningCount).toBe(0);
    expect(draft(path).timeRule).toBe('azure-core');
  });

  it('counts the same with and without the repetition of every message', async () => {
    const read = async (sanitized: boolean) => {
      const { evidence } = await readFiles({ [`${linux.log}/8.core.log`]: healthyLog({ sanitized }) });
      return {
        states: evidence.events('azure/patch-state').map(({ detail }) => `${detail.name} ${detail.state}`),
        commands: evidence.events('azure/install-command').map(({ detail }) => detail),
        troubles: evidence.events('azure/trouble').map(({ detail }) => detail.trouble),
      };
    };
    const plain = await read(false);
    expect(await read(true)).toEqual(plain);
    expect(plain.states).toEqual([
      'libalpha Pending',
      'libbeta Pending',
      'libalpha Installed',
      'libbeta Installed',
    ]);
    expect(plain.commands).toMatchObject([{ packages: ['libalpha', 'libbeta'], code: 0 }]);
    expect(plain.troubles).toEqual(['sudo-succeeded']);
  });

  it('does not take the log’s own trouble for an error', async () => {
    const path = `${linux.log}/8.core.log`;
    const { draft } = await readFiles({ [path]: healthyLog() });
    const levels = Array.from({ length: draft(path).lines?.count ?? 0 }, (_, line) =>
      draft(path).lines?.level(line),
    );
    expect(levels.filter((level) => level === 'error')).toEqual([]);
  });

  it('reads the older form with values on lines of their own', async () => {
    const { evidence } = await readFiles({
      [`${linux.log}/8.core.log`]: coreLog([
        '\nStarting patch installation...',
        '\nMachine Id: host',
        `Activity Id: ${activity}`,
        'Operation request time: 2026-03-01T10:00:00.1234567Z,               Maintenance Window Duration: 2:00:00',
      ]),
    });
    expect(evidence.facts('azure/core-log')[0]?.value).toMatchObject({
      machine: 'host',
      activityId: activity,
      windowMinutes: 120,
      requestedStart: { offset: 0 },
      installation: { line: 4, quote: 'Starting patch installation...' },
    });
  });

  it('reads a file whose first line is half', async () => {
    const whole = healthyLog();
    const cut = whole.slice(whole.indexOf('sudo status check') + 4);
    const path = 'truncated_var_log_azure_Microsoft.CPlat.Core.LinuxPatchExtension_8.core.log';
    const { evidence, draft } = await readFiles({ [path]: cut });
    expect(draft(path)).toMatchObject({ state: 'parsed', warningCount: 0 });
    expect(evidence.runs).toMatchObject([{ name: '8', operation: 'Installation', attempts: 2 }]);
  });
});

describe('a handler’s log', () => {
  it('has the time of its name, and the settings that it hands over', async () => {
    const path = `${linux.log}/2026-03-01_10-00-01_Enable.ext.log`;
    const { evidence, draft } = await readFiles({ [path]: enableLog(8) });
    expect(draft(path).datedLines.get(3)).toMatchObject({
      at: { raw: '2026-03-01T10:00:01Z', offset: 0 },
      level: 'info',
    });
    expect(evidence.facts('azure/settings')[0]?.value).toMatchObject({
      from: 'log',
      sequence: 8,
      minutes: 120,
    });
    expect(evidence.facts('azure/handler-call')[0]?.value).toMatchObject({
      command: 'Enable',
      sequence: 8,
      launched: true,
      code: null,
      errors: 0,
    });
  });
});

describe('a status', () => {
  it('is read with its patches, without tombstones', async () => {
    const patches = [
      ...installed,
      { name: 'Truncated_patch_list_id_Other', version: '0.0.0', state: 'Installed' },
    ];
    const { evidence } = await readFiles({ '8.status': statusFile([installation({ patches })]) });
    expect(evidence.facts('azure/summary')[0]?.value).toMatchObject({
      kind: 'installation',
      truncated: true,
    });
    expect(evidence.records.map(({ patch }) => patch)).toEqual(['libalpha', 'libbeta']);
  });

  it.each([0.3, 0.6, 0.75, 0.9, 0.99])('that is cut at %s gives what stands before', async (part) => {
    const whole = statusFile([assessment({ patches: two }), installation({ patches: installed })]);
    const { evidence, draft } = await readFiles({
      '8.status': whole.slice(0, Math.floor(whole.length * part)),
    });
    expect(draft('8.status')).toMatchObject({ kind: 'azure/status', state: 'parsed' });
    expect(draft('8.status').warnings.map(({ code }) => code)).toContain('bad-json');
    for (const { value } of evidence.facts('azure/summary')) expect(value.cut).toBe(true);
    if (part >= 0.75) expect(evidence.records.map(({ patch }) => patch)).toContain('libalpha');
  });

  it('of the agent may be cut inside', async () => {
    const inner = installation({ patches: installed });
    const message = `${inner.formattedMessage.message.slice(0, 300)} ... [TRUNCATED]`;
    const substatus = [{ ...inner, formattedMessage: { lang: 'en-US', message } }];
    const runtime = {
      sequenceNumber: 8,
      settingsStatus: { status: { operation: 'Installation', status: 'success', code: 0, substatus } },
    };
    const { evidence, draft } = await readFiles({
      'waagent_status.json': agentStatus('vm-01', { handlers: [handler({ runtime })] }),
    });
    expect(evidence.facts('azure/summary')[0]?.value).toMatchObject({
      copy: 'agent',
      cut: true,
      activityId: activity,
    });
    expect(draft('waagent_status.json').warnings.map(({ code }) => code)).toEqual(['cut-summary']);
    expect(evidence.runs).toMatchObject([{ name: '8', device: 'vm-01' }]);
  });
});

describe('package logs', () => {
  it('tell what was installed, in their own zone or none', async () => {
    const { evidence } = await readFiles(
      {
        'var/log/dpkg.log': dpkg,
        'var/log/apt/history.log':
          'Start-Date: 2026-03-01  10:05:00\nCommandline: /usr/bin/unattended-upgrade\nUpgrade: a:amd64 (1, 2), b:all (3, 4, automatic)\nRemove: c:amd64 (1)\nEnd-Date: 2026-03-01  10:05:02\n',
        'var/log/yum.log':
          'Mar 01 10:05:00 Updated: 1:openssl-1.0.2k-26.el7_9.x86_64\nMar 01 10:05:01 Erased: bash-4.2.46-35.el7_9.x86_64\n',
        'var/log/dnf.rpm.log': '2026-03-01T10:05:00+0900 SUBDEBUG Upgrade: bash-4.4.20-5.el8.x86_64\n',
        'var/log/zypp/history':
          '2026-03-01 10:05:00|install|bash|4.4-9.14.1|x86_64|root@h|r|abc|\n2026-03-01 10:05:00|command|root@h|zypper|\n',
      },
      { modified: '2026-03-02T00:00:00' },
    );
    expect(
      evidence
        .events('azure/package')
        .map(({ detail, at }) => `${detail.name} ${detail.version} ${detail.action} ${String(at?.offset)}`),
    ).toEqual([
      'libalpha 1:2.0 installed null',
      'a 2 installed null',
      'b 4 installed null',
      'c 1 removed null',
      'openssl.x86_64 1.0.2k-26.el7_9 installed null',
      'bash.x86_64 4.2.46-35.el7_9 removed null',
      'bash.x86_64 4.4.20-5.el8 installed 540',
      'bash.x86_64 4.4-9.14.1 installed null',
    ]);
    expect(evidence.events('azure/package')[4]?.at?.raw).toContain('Mar 01');
    expect(new Date(evidence.events('azure/package')[4]?.at?.local ?? 0).getUTCFullYear()).toBe(2026);
  });
});

describe('exports of the service', () => {
  const id =
    '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/VM-01/patchAssessmentResults/latest/softwarePatches/x';
  const properties = {
    patchName: '2026-02 Cumulative Update (KB5037771)',
    kbId: '5037771',
    patchId: '0F0F0F0F-1111-4222-8333-444444444444',
    classifications: ['Security'],
    lastModifiedDateTime: '2026-03-01T10:00:00.000Z',
  };
  const type = 'microsoft.compute/virtualmachines/patchassessmentresults/softwarepatches';

  it('are records of their own, from JSON and from CSV', async () => {
    const quoted = JSON.stringify(properties).replaceAll('"', '""');
    const files: Files = {
      'graph.json': JSON.stringify({ data: [{ id, type, properties }] }),
      'graph.csv': `id,name,type,properties\n${id},x,${type},"${quoted}"\n`,
    };
    const { evidence } = await readFiles(files);
    for (const record of evidence.records)
      expect(record).toMatchObject({
        device: 'VM-01',
        kb: 'KB5037771',
        updateId: '0f0f0f0f-1111-4222-8333-444444444444',
        detection: { status: 'not-patched', raw: 'Security' },
        source: 'azure-graph-assessment',
      });
    expect(evidence.records).toHaveLength(2);
  });
});

describe('the fixtures', () => {
  const folder = new URL('../../fixtures/azure/', import.meta.url);
  const names = readdirSync(folder).filter((name) => !name.endsWith('.expected.json'));

  it.each(names)('%s is read as it stands', async (name) => {
    const { evidence, draft } = await readFiles({ [name]: readFileSync(new URL(name, folder)) });
    const expected = JSON.parse(readFileSync(new URL(`${name}.expected.json`, folder), 'utf8')) as object;
    expect({
      kind: draft(name).kind,
      lines: draft(name).lines?.count,
      rows: draft(name).rows,
      warnings: draft(name).warningCount,
      records: evidence.records.map(({ patch, detection, deployment }) => ({
        patch,
        detection: detection.status,
        deployment: deployment.status,
        attempts: deployment.attempts,
      })),
      runs: evidence.runs.map(({ name: run, operation, outcome, attempts }) => ({
        run,
        operation,
        outcome,
        attempts,
      })),
    }).toEqual(expected);
  });
});
