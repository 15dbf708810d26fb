import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../parsers/domain/moment.ts';
import type { Moment } from '../../../parsers/domain/moment.ts';
import { isMoment } from '../../../parsers/domain/moment.ts';
import { azureRules } from '../../../parsers/rules/azure/index.ts';
import { rules } from '../../../parsers/rules/registry.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import {
  agentStatus,
  assessment,
  began,
  configuration,
  coreLog,
  enableLog,
  healthyLog,
  installation,
  installCommand,
  linux,
  otherActivity,
  progress,
  settingsFile,
  stateLine,
  statusFile,
  two,
} from './made.ts';
import { readFiles } from './read-files.ts';
import type { Files } from './read-files.ts';

const installed = two.map((patch) => ({ ...patch, state: 'Installed' }));
const bundle: Files = {
  'var/lib/waagent/waagent_status.json': agentStatus('VM-01'),
  [`${linux.config}/8.settings`]: settingsFile(),
  [`${linux.status}/8.status`]: statusFile([assessment(), installation({ patches: installed })]),
  [`${linux.log}/8.core.log`]: healthyLog(),
  [`${linux.log}/2026-03-01_10-00-01_Enable.ext.log`]: enableLog(8),
};

const iso = (at: Moment | null): string | null =>
  at === null ? null : new Date(instantOf(at) ?? 0).toISOString();

describe('the records of a run', () => {
  it('join assessment, state, time, attempts and restart of each patch', async () => {
    const { evidence } = await readFiles(bundle);
    expect(evidence.records).toHaveLength(2);
    for (const record of evidence.records) {
      expect(record).toMatchObject({
        device: 'VM-01',
        detection: { status: 'patched', raw: 'Security' },
        deployment: { status: 'succeeded', raw: 'Installed', attempts: 1, exitCode: null },
        reboot: 'NotNeeded',
        source: 'azure-status',
      });
      const { at } = record.deployment;
      expect(isMoment(at) ? iso(at) : at).toMatch(/^2026-03-01T10:00:0\d\.000Z$/u);
      expect(record.citation.pointer).toBe('/0/status/substatus/1/formattedMessage/message');
    }
  });

  it('map the states of the extension', async () => {
    const patches = ['Installed', 'Failed', 'Pending', 'NotSelected', 'Excluded'].map((state) => ({
      name: state,
      state,
    }));
    const { evidence } = await readFiles({ '8.status': statusFile([installation({ patches })]) });
    expect(evidence.records.map(({ deployment }) => deployment.status)).toEqual([
      'succeeded',
      'failed',
      'not-attempted',
      'skipped',
      'skipped',
    ]);
  });

  it('count the commands that contain the package: once in the batch, once alone', async () => {
    const log = coreLog([
      began('installation'),
      stateLine('Pending', two),
      ...installCommand(two, 100),
      stateLine('Failed', two),
      progress(2, 0, 2),
      ...installCommand([two[0] ?? { name: '' }]),
      stateLine('Installed', two.slice(0, 1)),
      ...installCommand([two[1] ?? { name: '' }], 100),
      stateLine('Failed', two.slice(1)),
      progress(4, 1, 3),
    ]);
    const patches = [
      { ...two[0], name: 'libalpha', state: 'Installed' },
      { ...two[1], name: 'libbeta', state: 'Failed' },
    ];
    const { evidence } = await readFiles({
      ...bundle,
      [`${linux.status}/8.status`]: statusFile([installation({ status: 'error', patches })]),
      [`${linux.log}/8.core.log`]: log,
    });
    expect(
      evidence.records.map(({ deployment }) => [deployment.status, deployment.attempts, deployment.exitCode]),
    ).toEqual([
      ['succeeded', 2, null],
      ['failed', 2, 100],
    ]);
    expect(evidence.runs[0]).toMatchObject({
      attempts: 4,
      outcome: 'failed',
      detail: { installCommands: 3 },
    });
    expect(runRules(evidence, azureRules).findings.map(({ rule }) => rule)).toContain(
      'azure/attempt-counter-inflated',
    );
  });

  it('take from the log what the status lost', async () => {
    const cut = [
      { name: 'x', patchId: 'Truncated_patch_list_id_Security', version: '0.0.0', state: 'Installed' },
    ];
    const { evidence } = await readFiles({
      ...bundle,
      [`${linux.status}/8.status`]: statusFile([installation({ patches: cut })]),
    });
    expect(
      evidence.records.map(({ patch, source, deployment }) => [patch, source, deployment.status]),
    ).toEqual([
      ['libalpha', 'azure-core-log', 'succeeded'],
      ['libbeta', 'azure-core-log', 'succeeded'],
    ]);
  });

  it('are the same whatever the order of the files', async () => {
    const shown = async (files: Files) => {
      const { evidence } = await readFiles(files);
      return evidence.records
        .map(({ patch, detection, deployment }) => [patch, detection.status, deployment.attempts])
        .sort();
    };
    expect(await shown(Object.fromEntries(Object.entries(bundle).reverse()))).toEqual(await shown(bundle));
  });
});

describe('the runs', () => {
  it('have settings, window, cut-offs, outcome, attempts, exit, steps and their patches', async () => {
    const { evidence } = await readFiles(bundle);
    const [run] = evidence.runs;
    expect(run).toMatchObject({
      device: 'VM-01',
      name: '8',
      operation: 'Installation',
      outcome: 'succeeded',
      attempts: 2,
      exitCode: 0,
      reboot: 'NotNeeded',
      window: {
        minutes: 120,
        cutoffs: [
          { name: 'package', minutes: 20 },
          { name: 'reboot', minutes: 15 },
        ],
      },
      detail: { rebootSetting: 'IfRequired', classifications: 'Critical, Security', packagesAttempted: 2 },
      records: ['r1', 'r2'],
    });
    expect(run?.steps.map(({ name, evidenced, outcome }) => [name, evidenced, outcome])).toEqual([
      ['request', true, 'succeeded'],
      ['enable', true, 'succeeded'],
      ['install', true, 'succeeded'],
      ['assess', true, 'succeeded'],
    ]);
  });

  it('reserve nothing for a restart that the setting forbids', async () => {
    const { evidence } = await readFiles({
      ...bundle,
      [`${linux.config}/8.settings`]: settingsFile({ rebootSetting: 'Never' }),
    });
    expect(evidence.runs[0]?.window?.cutoffs).toEqual([{ name: 'package', minutes: 5 }]);
  });

  it('are one for two bundles of one machine, and two for two activities', async () => {
    const twice = Object.fromEntries(
      ['a.zip!', 'b.zip!'].flatMap((at) =>
        Object.entries(bundle).map(([path, text]) => [`${at}/${path}`, text]),
      ),
    );
    const { evidence } = await readFiles(twice);
    expect(evidence.runs).toHaveLength(1);
    expect(evidence.records).toHaveLength(2);
    expect(evidence.records[0]?.deployment.attempts).toBe(1);
    const again = await readFiles({
      ...bundle,
      ...Object.fromEntries(
        Object.entries({
          [`${linux.config}/8.settings`]: settingsFile({ activityId: otherActivity }),
          [`${linux.status}/8.status`]: statusFile([
            installation({ activityId: otherActivity, patches: installed }),
          ]),
        }).map(([path, text]) => [`other/${path}`, text]),
      ),
    });
    expect(again.evidence.runs).toHaveLength(2);
  });

  it('keep an automatic assessment apart from the run whose number it bears', async () => {
    const { evidence } = await readFiles({
      ...bundle,
      [`${linux.log}/8.aa.core.log`]: coreLog(
        [began('assessment', otherActivity), 'Patch assessment completed.'],
        {
          from: '2026-03-01T16:00:00Z',
        },
      ),
    });
    expect(evidence.runs.map(({ name, operation }) => [name, operation])).toEqual([
      ['8', 'Installation'],
      ['8', 'AutoAssessment'],
    ]);
  });

  it('end with the log that was closed in order, where no status tells', async () => {
    const lost = Object.fromEntries(Object.entries(bundle).filter(([path]) => !path.endsWith('.status')));
    const { evidence } = await readFiles(lost);
    const [run] = evidence.runs;
    expect(evidence.facts('azure/core-log').map(({ value }) => value.closed)).toEqual([true]);
    expect([run?.outcome, iso(run?.endedAt ?? null)]).toEqual(['succeeded', '2026-03-01T10:00:12.000Z']);
    const open = await readFiles({ ...lost, [`${linux.log}/8.core.log`]: healthyLog({ open: true }) });
    expect(open.evidence.runs[0]).toMatchObject({ outcome: 'unknown', endedAt: null });
  });

  it('keep what a status says above the place where it was cut', async () => {
    const whole = JSON.stringify(
      JSON.parse(
        statusFile([
          assessment(),
          installation({ status: 'error', patches: [{ name: 'a', state: 'Failed' }] }),
        ]),
      ),
      null,
      2,
    );
    const status = `${linux.status}/8.status`;
    const behind = await readFiles({ [status]: whole.slice(0, whole.indexOf('maintenanceRunId')) });
    expect(behind.evidence.runs[0]).toMatchObject({ operation: 'Installation', outcome: 'failed' });
    expect(runRules(behind.evidence, azureRules).findings.map(({ rule }) => rule)).toEqual([
      'azure/status-hides-error',
    ]);
    // The assessment that went well is not how the installation ended.
    const before = await readFiles({ [status]: whole.slice(0, whole.indexOf('PatchInstallationSummary')) });
    expect(before.evidence.runs[0]).toMatchObject({ operation: 'Installation', outcome: 'unknown' });
  });

  it('are read from a status that was taken out of its list', async () => {
    const [only] = JSON.parse(statusFile([installation({ patches: installed })])) as unknown[];
    const { evidence } = await readFiles({ [`${linux.status}/8.status`]: JSON.stringify(only) });
    expect(evidence.runs[0]).toMatchObject({ outcome: 'succeeded' });
    expect(evidence.records[0]?.citation.pointer).toBe('/status/substatus/0/formattedMessage/message');
  });

  it.each([
    'azcmagent-2026-03-01T10_00_00Z-ARC1.zip!/',
    'azcmagent-20260301-100000-ARC1/',
    'mail/azcmagent-20260301T100000Z-ARC1.tar.gz!/',
  ])('of an Arc machine are of the computer that its archive names: %s', async (folder) => {
    const status = `${folder}GuestConfig/extension_logs/Microsoft.SoftwareUpdateManagement.LinuxOsUpdateExtension/status/2.status`;
    const { evidence } = await readFiles({
      [status]: statusFile([assessment()], { operation: 'Assessment' }),
    });
    expect(evidence.runs[0]).toMatchObject({ device: 'ARC1', outcome: 'succeeded' });
  });

  it('are read from files saved under other names', async () => {
    const { draft, evidence } = await readFiles({
      'mail/describe-instance-patches.json': bundle[`${linux.status}/8.status`] ?? '',
      'mail/request.txt': bundle[`${linux.config}/8.settings`] ?? '',
      'mail/agent.json': agentStatus('VM-01'),
    });
    expect(draft('mail/describe-instance-patches.json').kind).toBe('azure/status');
    expect(draft('mail/request.txt').kind).toBe('azure/settings');
    expect(draft('mail/agent.json').kind).toBe('azure/agent-status');
    expect(evidence.runs[0]).toMatchObject({ outcome: 'succeeded', device: 'VM-01' });
  });

  it('end well when they were to configure and did', async () => {
    const { evidence } = await readFiles({
      [`${linux.status}/8.status`]: statusFile([configuration('Enabled')], {
        operation: 'ConfigurePatching',
      }),
    });
    expect(evidence.runs[0]).toMatchObject({ operation: 'ConfigurePatching', outcome: 'succeeded' });
  });

  it('stand without settings, by what the log says of the window', async () => {
    const { [`${linux.config}/8.settings`]: _settings, ...rest } = bundle;
    const { [`${linux.log}/2026-03-01_10-00-01_Enable.ext.log`]: _call, ...bare } = rest;
    const { evidence } = await readFiles(bare);
    expect(evidence.runs[0]).toMatchObject({ window: { minutes: 120 } });
    expect(evidence.runs[0]?.steps[0]).toEqual({
      name: 'request',
      evidenced: false,
      outcome: null,
      at: null,
      citation: null,
    });
  });
});

describe('what other systems say of the same machine', () => {
  const guid = '0f0f0f0f-1111-4222-8333-444444444444';
  const columns = [
    '{AAAAAAAA-1111-4222-8333-444444444444}',
    '2026-03-01 11:00:00:000+0000',
    '1',
    '183 [AGENT_INSTALLING_SUCCEEDED]',
    '101',
    `{${guid.toUpperCase()}}`,
    '200',
    '0',
    'UpdateOrchestrator',
    'Success',
    'Content Install',
    'Installation Successful: Windows successfully installed the following update: 2026-02 Cumulative Update (KB5037771)',
    '',
  ];

  it('meets a Windows patch by KB number or GUID, and the device whatever its case and domain', async () => {
    const patch = { name: '2026-02 Cumulative Update', kbId: '5037771', patchId: guid };
    const { evidence } = await readFiles({
      'vm-01/WindowsAzure/Logs/AggregateStatus/aggregatestatus.json': JSON.stringify({
        guestAgentStatus: { status: 'Ready' },
        handlerAggregateStatus: [],
        guestOSInfo: { computerName: 'VM-01.corp.example' },
      }),
      'vm-01/Packages/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5/Status/1.status': statusFile([
        assessment({ patches: [patch], at: '2026-03-01T12:00:00Z' }),
      ]),
      'vm-01/Windows/SoftwareDistribution/ReportingEvents.log': `${columns.join('\t')}\r\n`,
    });
    expect(evidence.devices.map(({ key }) => key)).toEqual(['vm-01']);
    expect(evidence.records[0]).toMatchObject({ kb: 'KB5037771', updateId: guid });
    expect(runRules(evidence, rules).findings.map(({ rule }) => rule)).toContain(
      'cross/missing-here-installed-there',
    );
  });
});

describe('the evidence list', () => {
  it('asks by platform', async () => {
    const { evidence } = await readFiles(bundle);
    const missing = evidence.coverage.filter(({ state }) => state === 'missing').map(({ item }) => item);
    expect(missing).toEqual(['azure/agent-log', 'azure/package-log']);
    const onWindows = await readFiles({
      'Packages/Plugins/Microsoft.CPlat.Core.WindowsPatchExtension/1.5/Status/1.status': statusFile([
        installation(),
      ]),
    });
    expect(onWindows.evidence.coverage.map(({ item }) => item)).toEqual([
      'azure/status',
      'azure/settings',
      'azure/agent-log',
      'azure/agent-status',
      'azure/windows-extension-log',
      'windows-update/reporting-events',
      'windows-update/log',
      'windows-update/cbs-log',
      'windows-update/event-log',
    ]);
  });
});

describe('hostile input', () => {
  /** A generator with a fixed seed: the same damage in every run. */
  function randomFrom(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
  }

  it('never throws, whatever bytes are changed, dropped or doubled', async () => {
    const sources = Object.entries(bundle);
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = randomFrom(seed);
      const files = Object.fromEntries(
        sources.map(([path, text]) => {
          let bytes = Buffer.from(text);
          for (let change = 0; change < 6; change += 1) {
            const at = random(bytes.length);
            const kind = random(5);
            if (kind === 0) bytes[at] = random(256);
            else if (kind === 1) bytes = bytes.subarray(0, at + 1);
            else if (kind === 2)
              bytes = Buffer.concat([
                bytes.subarray(0, at),
                bytes.subarray(Math.min(bytes.length, at + random(200))),
              ]);
            else if (kind === 3)
              bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random(40)), bytes.subarray(at)]);
            else bytes = Buffer.concat([bytes, bytes.subarray(at)]);
            if (bytes.length === 0) bytes = Buffer.from('[');
          }
          return [path, new Uint8Array(bytes)];
        }),
      );
      const { evidence } = await readFiles(files);
      expect(() => runRules(evidence, azureRules)).not.toThrow();
    }
  });

  it('reads a status with NUL bytes in it', async () => {
    const text = statusFile([installation({ patches: installed })]);
    const { evidence } = await readFiles({ '8.status': `${text.slice(0, 400)}\0\0\0${text.slice(400)}\0\0` });
    expect(evidence.records).toHaveLength(2);
  });

  it('takes values of any type where text is expected', async () => {
    for (const value of [
      'null',
      '[]',
      '{}',
      '7',
      '"x"',
      '[null]',
      '[{"status":[]}]',
      '[{"status":{"substatus":{}}}]',
    ]) {
      const { evidence } = await readFiles({
        [`${linux.status}/8.status`]: value,
        [`${linux.config}/8.settings`]: `{"runtimeSettings":[{"handlerSettings":{"publicSettings":${value}}}]}`,
        'waagent_status.json': `{"guestAgentStatus":${value},"handlerAggregateStatus":${value}}`,
      });
      expect(() => runRules(evidence, azureRules)).not.toThrow();
    }
  });
});
