import { describe, expect, it } from 'vitest';
import { awsSystem } from '../../../parsers/formats/aws-ssm/index.ts';
import { readPythonLiteral } from '../../../parsers/formats/aws-ssm/python-literal.ts';
import { instanceInPath, readTime } from '../../../parsers/formats/aws-ssm/values.ts';
import { createWording } from '../../../parsers/report/wording.ts';
import { rules } from '../../../parsers/rules/registry.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import { commandId, instance, invocation, patch, patchState } from '../../rules/aws-ssm/verdicts.ts';
import { readHead } from '../harvest.ts';
import { json, readFiles } from './read-files.ts';

const formats = awsSystem([]).formats;

describe('the logs', () => {
  it.each(
    formats.flatMap((format) =>
      format.form === 'lines' ? format.samples.map((sample) => [format.id, format, sample] as const) : [],
    ),
  )('reads the sample of %s', (_id, format, sample) => {
    const head = readHead(format, sample.line);
    expect(
      head?.at === null || head === null ? null : new Date(head.at.local).toISOString().slice(0, 23),
    ).toBe(sample.local);
    expect(head?.level).toBe(sample.level);
  });

  it('infers the zone of the agent’s log from its replies, and cites one', async () => {
    const block = (at: string, utc: string): string =>
      `${at} INFO [MessagingDeliveryService] Sending reply {\n  "additionalInfo": {\n    "dateTime": "${utc}"\n  },\n  "documentStatus": "SuccessAndReboot",\n  "runtimeStatus": {"PatchLinux": {"code": 194, "status": "SuccessAndReboot"}}\n}\nSendReply Response{\n  Status: ok\n}`;
    const { evidence, draft } = await readFiles({
      [`${instance}/amazon-ssm-agent.log`]: `${block('2020-06-23 14:30:48', '2020-06-23T11:30:48.910Z')}\n${block('2020-06-23 14:40:02', '2020-06-23T11:40:00.000Z')}\n2020-06-23 14:41:00.123 WARN [x @ y.go.12] text\n`,
    });
    expect(draft(`${instance}/amazon-ssm-agent.log`)).toMatchObject({
      kind: 'aws/agent-log',
      warningCount: 0,
    });
    const [zone] = evidence.facts('zone-inferred');
    expect(zone).toMatchObject({
      value: { offset: 180, samples: 2 },
      citation: { line: 3, quote: '"dateTime": "2020-06-23T11:30:48.910Z"' },
    });
    expect(
      evidence.events('aws/reply').map((event) => [event.detail.status, event.detail.code, event.at?.offset]),
    ).toEqual([
      ['SuccessAndReboot', 194, 180],
      ['SuccessAndReboot', 194, 180],
    ]);
  });

  it('leaves other logs of that shape alone', async () => {
    const { draft } = await readFiles({
      'app/errors.log': '2020-06-23 14:30:48 INFO started\n2020-06-23 14:30:49 ERROR failed\n',
    });
    expect(draft('app/errors.log').kind).toBe(null);
  });

  it('reads the output of the payload on Linux', async () => {
    const path = `${instance}/document/orchestration/${commandId}/awsrunShellScript/PatchLinux/stdout`;
    const { evidence } = await readFiles({
      [path]: [
        '12/02/2023 21:05:40 root [INFO]: Running with snapshot id = 5a1f0000-9bc4-4d2c-a665-4d1c10123456 and operation = Install',
        '12/02/2023 21:05:40 root [INFO]: Patch Group: Prod',
        "12/02/2023 21:05:41 root [INFO]: Patch Baseline: {u'baselineId': u'pb-0aaaaaaaaaaaaaaaa', 'rejectedPatchesAction': 'BLOCK', 'createdTime': datetime.datetime(2023, 1, 2), 'sources': [], 'x': None}",
        "12/02/2023 21:05:42 root [INFO]: Running command ['dnf','install','-y','kernel','openssl-1:3.0']",
        '12/02/2023 21:05:43 root [ERROR]: Failed to install package: kernel',
        "12/02/2023 21:05:44 root [INFO]: Running command ['dnf','install','-y','kernel']",
        '12/02/2023 21:05:45 root [INFO]: System Last Reboot Time: 1701500000',
        '12/02/2023 21:05:53 root [INFO]: Installed count: 379, Installed Other count: 675, Failed count: 0, Not Applicable count: 7766, Missing count: 15, Installed Rejected count: 0',
        '12/02/2023 21:05:54 root [INFO]: Report upload successful.',
        '',
      ].join('\n'),
    });
    const [state] = evidence.facts('aws/patch-state');
    expect(state?.value).toMatchObject({
      source: 'output',
      operation: 'install',
      baseline: 'pb-0aaaaaaaaaaaaaaaa',
      patchGroup: 'Prod',
      executionId: commandId,
      counts: {
        installed: 379,
        installedOther: 675,
        failed: 0,
        missing: 15,
        notApplicable: 7766,
        installedRejected: 0,
        installedPendingReboot: null,
      },
      endedAt: { raw: '12/02/2023 21:05:53', offset: null },
    });
    expect(
      evidence.records.map(({ patch: name, deployment }) => [name, deployment.attempts, deployment.status]),
    ).toEqual([
      ['kernel', 2, 'succeeded'],
      ['openssl-1:3.0', 1, 'succeeded'],
    ]);
    expect(evidence.events('boot')).toHaveLength(1);
    expect(evidence.devices.map(({ name }) => name)).toEqual([instance]);
    expect(
      evidence.runs.map(({ name, operation, steps }) => [
        name,
        operation,
        steps.filter((step) => step.evidenced).map((step) => step.name),
      ]),
    ).toEqual([[commandId, 'install', ['deliver', 'install', 'upload']]]);
  });

  it('reads the summary of Windows, in UTC, and the log of the operations', async () => {
    const { evidence, draft } = await readFiles({
      [`x/orchestration/${commandId}/awsrunPowerShellScript/PatchWindows/stdout`]: [
        `Patch Summary for ${instance}`,
        '',
        'PatchGroup          : Prod',
        'BaselineId          : arn:aws:ssm:us-east-2:1:patchbaseline/pb-020d361a05defe4ed',
        'RebootOption        : NoReboot',
        'OperationType       : Scan',
        'OperationStartTime  : 01/24/2020 19:11:05',
        'OperationEndTime    : 2020-01-24T19:11:55.1100424Z',
        'InstalledCount      : 4',
        'FailedCount         : -1',
        '',
      ].join('\r\n'),
      'PatchBaselineOperations/Logs/Scan-PatchBaselineOperation-2020.log':
        '01/24/2020 19:11:05 UTC | Info    | Scanning\n| Error   | Unable to upload compliance report.\n',
    });
    expect(evidence.facts('aws/patch-state')[0]?.value).toMatchObject({
      operation: 'scan',
      counts: { installed: 4, failed: -1, missing: null },
      hasNoData: true,
      startedAt: { offset: 0 },
      endedAt: { offset: 0, precision: 'millisecond' },
    });
    expect(draft('PatchBaselineOperations/Logs/Scan-PatchBaselineOperation-2020.log').kind).toBe(
      'aws/patch-baseline-operations',
    );
    expect(evidence.events('aws/upload').map((event) => event.at?.offset)).toEqual([0]);
  });
});

describe('the answers', () => {
  const states = json(patchState());

  it('are read in UTF-16 and with a byte order mark', async () => {
    const { draft, evidence } = await readFiles({
      'a.json': Buffer.from(`\ufeff${states}`, 'utf16le'),
      'b.json': `\ufeff${states}`,
    });
    expect([draft('a.json').encoding, draft('b.json').encoding]).toEqual(['utf-16le', 'utf-8']);
    expect(
      evidence.facts('aws/patch-state').map(({ citation }) => [citation.line, citation.pointer]),
    ).toEqual([
      [3, '/InstancePatchStates/0'],
      [3, '/InstancePatchStates/0'],
    ]);
  });

  it('give each record its own place, its quote as it stands there, and the time of the operation', async () => {
    const path = `${instance}.json`;
    const { evidence } = await readFiles({
      [path]: {
        Patches: [
          patch('Installed', 'KB5004424', '2021-07-01T00:00:00+00:00'),
          patch('FAILED'),
          patch('INSTALLED_PENDING_REBOOT', 'KB1111111'),
        ],
      },
      's.json': patchState(),
    });
    expect(
      evidence.records.map(({ detection, deployment, citation }) => [
        detection.status,
        deployment.status,
        citation.line,
        citation.pointer,
        citation.row,
      ]),
    ).toEqual([
      ['patched', null, 3, '/Patches/0', null],
      ['not-patched', 'failed', 11, '/Patches/1', null],
      ['pending-reboot', null, 19, '/Patches/2', null],
    ]);
    expect(evidence.records[1]?.citation.quote).toContain('"State": "FAILED"');
    expect(evidence.records[1]?.citation.quote).not.toContain('\n');
    expect(evidence.records[0]?.detection.at).toMatchObject({ raw: '2021-08-04T11:04:21.555000-07:00' });
    expect(evidence.records[0]?.device).toBe(instance);
  });

  it('keep a time that does not exist as it is written, with a warning', async () => {
    const { evidence } = await readFiles({
      's.json': patchState({ OperationStartTime: '2021-08-046T11:03:50.590000-07:00' }),
    });
    expect(evidence.facts('aws/patch-state')[0]?.value).toMatchObject({
      startedAt: null,
      startedRaw: '2021-08-046T11:03:50.590000-07:00',
    });
    expect(evidence.warnings).toMatchObject([
      { line: 3, code: 'bad-date', text: '2021-08-046T11:03:50.590000-07:00' },
    ]);
  });

  it('tell where they are no JSON, and keep the rest', async () => {
    const { draft, evidence } = await readFiles({
      [`${instance}-a.json`]: json({ Patches: [patch('Installed'), patch('Missing')] }).replace(
        '"Missing"',
        'Missing',
      ),
      [`${instance}-b.json`]: json({ Patches: [patch('Installed')] }).slice(0, 200),
      'c.json': '{"InstancePatchStates": oops}\n',
    });
    expect(evidence.records).toHaveLength(1);
    expect(evidence.warnings.map(({ line, code, text }) => [line, code, text.split(' ')[0]])).toEqual([
      [16, 'bad-json', '16:22'],
      [6, 'bad-json', '6:13'],
      [1, 'bad-json', '1:25'],
    ]);
    expect([
      draft(`${instance}-a.json`).state,
      draft(`${instance}-b.json`).state,
      draft('c.json').state,
      draft('c.json').reason,
    ]).toEqual(['parsed', 'damaged', 'damaged', 'bad-json']);
  });

  it('are read page by page, joined in one file or in a list', async () => {
    const pages = [
      { Patches: [patch('Installed')], NextToken: 't' },
      { Patches: [patch('Missing', 'KB1111111')] },
    ];
    const { evidence } = await readFiles({
      [`joined/${instance}.json`]: pages.map((page) => json(page)).join(''),
      [`list/${instance}.json`]: pages,
    });
    expect(evidence.records).toHaveLength(4);
    expect(evidence.facts('aws/patch-list').map(({ value }) => [value.rows, value.isPartial])).toEqual([
      [2, false],
      [2, false],
    ]);
  });

  it('are read as they were saved from a terminal, each for the node of its command', async () => {
    const other = 'i-0fedcba9876543210';
    const { evidence, draft } = await readFiles({
      'session.txt': [
        '[ec2-user@ip-10-0-0-1 ~]$ aws ssm describe-instance-patches \\',
        `    --instance-id ${instance}`,
        json({ Patches: [patch('Missing')] }),
        `[ec2-user@ip-10-0-0-1 ~]$ aws ssm describe-instance-patches --instance-id ${other}`,
        json({ Patches: [patch('Installed', 'KB1111111', '2021-07-01T00:00:00Z')] }),
        '$ aws ssm get-inventory',
        '',
        'An error occurred (AccessDeniedException) when calling the GetInventory operation: x',
        'PS C:\\Users\\a> aws ssm describe-instance-patch-states --instance-ids a b',
        json(patchState({ MissingCount: 1 })),
        '[ec2-user@ip-10-0-0-1 ~]$ ',
      ].join('\n'),
    });
    expect(draft('session.txt')).toMatchObject({ kind: 'aws/instance-patches', warningCount: 0 });
    expect(evidence.records.map(({ device, kb, citation }) => [device, kb, citation.line])).toEqual([
      [instance, 'KB5005030', 5],
      [other, 'KB1111111', 19],
    ]);
    expect(evidence.facts('aws/patch-list').map(({ value }) => value.isPartial)).toEqual([false, false]);
    expect(evidence.facts('aws/patch-state')).toHaveLength(1);
  });

  it('are whole with a prompt behind them, and not with other words', async () => {
    const text = json({ Patches: [patch('Missing')] });
    for (const [behind, isPartial] of [
      ['$ ', false],
      ['C:\\> exit\r\n', false],
      ['Unable to locate credentials\n', true],
    ] as const) {
      const { evidence, draft } = await readFiles({ [`${instance}.json`]: `${text}${behind}` });
      expect(evidence.facts('aws/patch-list')[0]?.value.isPartial).toBe(isPartial);
      expect(draft(`${instance}.json`).warningCount).toBe(isPartial ? 1 : 0);
    }
    // Notes about a command with an answer of something else.
    const notes = await readFiles({ 'notes.txt': '$ aws ssm list-documents\n{\n  "Other": 1\n}\n' });
    expect(notes.draft('notes.txt').kind).toBe(null);
  });

  it('are known when they were taken out of their list', async () => {
    const { InstancePatchStates } = patchState({ MissingCount: 1 }) as { InstancePatchStates: object[] };
    const { evidence, draft } = await readFiles({
      [`${instance}-query.json`]: [patch('Missing'), patch('Installed', 'KB1111111', '2021-07-01T00:00:00Z')],
      'states-query.json': InstancePatchStates,
      'products.json': { Properties: [{ Name: 'AmazonLinux2018.03' }] },
      'colours.json': { Properties: [{ Name: 'red' }] },
    });
    expect(evidence.records.map(({ device, detection }) => [device, detection.raw])).toEqual([
      [instance, 'Missing'],
      [instance, 'Installed'],
    ]);
    expect(evidence.facts('aws/patch-state')[0]).toMatchObject({
      device: instance,
      value: { operation: 'scan' },
    });
    expect(evidence.facts('aws/patch-group')).toEqual([]);
    expect([draft('products.json').kind, draft('colours.json').kind]).toEqual(['aws/other-answer', null]);
  });

  it('of two accounts with one file name stay apart', async () => {
    const { evidence } = await readFiles({
      'account-a/instance-patches.json': { Patches: [patch('Missing')] },
      'account-b/instance-patches.json': {
        Patches: [patch('Installed', 'KB5005030', '2021-07-01T00:00:00Z')],
      },
      'account-a/n.json': {
        InstanceInformationList: [
          { InstanceId: 'i-0aaaaaaaaaaaaaaaa', ComputerName: 'web-01.corp', PingStatus: 'Online' },
        ],
      },
      'account-b/n.json': {
        InstanceInformationList: [
          { InstanceId: 'i-0bbbbbbbbbbbbbbbb', ComputerName: 'WEB-01', PingStatus: 'Online' },
        ],
      },
    });
    expect(evidence.records.map(({ device }) => device)).toEqual([null, null]);
    // A computer's name that two instances bear is of neither.
    expect(evidence.deviceKey('web-01')).toBe('web-01');
    expect(evidence.devices).toHaveLength(2);
  });

  it('make the computer’s name an alias, whichever file comes first', async () => {
    const { evidence } = await readFiles({
      'WEB-01/n.json': {
        InstanceInformationList: [
          {
            InstanceId: instance,
            ComputerName: 'WEB-01.corp.local',
            PingStatus: 'Online',
            PlatformType: 'Windows',
          },
        ],
      },
      'i.json': invocation(),
    });
    expect(evidence.devices).toMatchObject([{ name: instance, aliases: ['WEB-01.corp.local'] }]);
    expect(evidence.deviceKey('web-01')).toBe(instance);
    expect(evidence.coverage.filter(({ item }) => item.startsWith('windows-update/'))).toHaveLength(4);
  });

  it('of other tools with fields of the same names are left alone', async () => {
    const { draft } = await readFiles({
      'a.json': { Patches: [{ name: 'x' }] },
      'b.json': { Commands: ['ls'] },
      'c.json': { Properties: [{ Name: 'x' }] },
      'd.json': { Records: [{ id: 1 }] },
    });
    expect(['a.json', 'b.json', 'c.json', 'd.json'].map((path) => draft(path).kind)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('explain the compliance of a node by its types', async () => {
    const item = (fields: object): object => ({
      ResourceId: instance,
      ResourceType: 'ManagedInstance',
      ...fields,
    });
    const { evidence } = await readFiles({
      'c.json': {
        ComplianceItems: [
          item({
            ComplianceType: 'Patch',
            Id: 'KB5005030',
            Title: 'x',
            Status: 'NON_COMPLIANT',
            Details: { PatchState: 'Missing' },
          }),
          item({
            ComplianceType: 'Patch',
            Id: 'KB5005031',
            Title: 'y',
            Status: 'COMPLIANT',
            Details: { PatchState: 'Installed' },
          }),
          item({ ComplianceType: 'Custom:AV', Id: 'a', Title: '', Status: 'COMPLIANT' }),
        ],
      },
    });
    expect(evidence.runs).toMatchObject([
      {
        operation: 'compliance',
        outcome: 'failed',
        detail: { Patch: '1 / 2 · Missing 1', 'Custom:AV': '0 / 1' },
        steps: [
          { name: 'Custom:AV', outcome: 'succeeded' },
          { name: 'Patch', outcome: 'failed' },
        ],
      },
    ]);
  });

  it('read what the node keeps', async () => {
    const { evidence, draft } = await readFiles({
      [`${instance}/patch-states-configuration.json`]: {
        patchStates: {
          'x (KB5005030)': {
            id: 'KB5005030',
            installedTime: '2021-07-01T00:00:00Z',
            state: 'InstalledPendingReboot',
          },
        },
        lastNoRebootInstallOperationTime: '2021-07-01T00:00:00Z',
      },
      [`${instance}/patch-inventory-from-last-operation.json`]: [
        {
          Name: 'AWS:PatchSummary',
          SchemaVersion: '1.0',
          CaptureTime: '2021-08-04T18:04:22Z',
          Content: [
            {
              InstalledCount: '3',
              MissingCount: '1',
              FailedCount: '0',
              ExecutionId: commandId,
              OperationType: 'Install',
              OperationEndTime: '2021-08-04T18:04:21Z',
              BaselineId: 'pb-1',
            },
          ],
        },
      ],
    });
    expect(evidence.records[0]).toMatchObject({
      device: instance,
      source: 'node-state',
      detection: { status: 'pending-reboot' },
    });
    expect(draft(`${instance}/patch-inventory-from-last-operation.json`).kind).toBe('aws/node-inventory');
    expect(
      evidence
        .facts('aws/patch-state')
        .map(({ value }) => [value.source, value.counts.missing, value.executionId]),
    ).toEqual([
      ['node', null, null],
      ['node', 1, commandId],
    ]);
  });
});

describe('values', () => {
  it.each([
    ['patches/i-0123456789abcdef0.json', 'i-0123456789abcdef0'],
    ['case/mi-0bda0123456789abc/x.json', 'mi-0bda0123456789abc'],
    ['i-028ea792daEXAMPLE-patches.json', 'i-028ea792daEXAMPLE'],
    ['i-0abc****/stdout', 'i-0abc****'],
    ['i-xxxxxxxxxxxxxxxxx.json', 'i-xxxxxxxxxxxxxxxxx'],
    ['mi-fi-devices/wi-01234567.json', null],
    ['i-phone.json', null],
  ])('find the instance of %s', (path, expected) => {
    expect(instanceInPath(path)).toBe(expected);
  });

  it.each([
    [1_550_505_538.497, 'time', '2019-02-18T15:58:58.497Z'],
    ['2021-05-03T11:00:56-07:00', 'time', '2021-05-03T18:00:56.000Z'],
    ['/Date(1550505538497)/', 'time', '2019-02-18T15:58:58.497Z'],
    ['1970-01-01T00:00:00+00:00', 'epoch', null],
    [0.0, 'epoch', null],
    [-1, 'epoch', null],
    ['2021-08-046T11:03:50Z', 'bad', null],
    ['', 'absent', null],
    [null, 'absent', null],
  ])('read the time %s', (value, is, expected) => {
    const time = readTime(value);
    expect([
      time.is,
      time.at === null ? null : new Date(time.at.local - (time.at.offset ?? 0) * 60_000).toISOString(),
    ]).toEqual([is, expected]);
  });

  it('reads Python', () => {
    expect(readPythonLiteral("{u'a': [1, -2.5, None], 'b': (True, \"x'y\"), 'c': f(1, 'z')}")).toEqual({
      value: { a: [1, -2.5, null], b: [true, "x'y"], c: "f(1, 'z')" },
    });
    for (const text of ["{'a': ", '{', "{'a' 1}", '', '['.repeat(100_000)])
      expect(readPythonLiteral(text)).toBe(null);
  });
});

it('never throws on what was changed at random, and whatever is found can be said', async () => {
  let seed = 11;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const originals: readonly (readonly [string, string])[] = [
    [
      `${instance}.json`,
      json({
        Patches: [
          patch('Failed'),
          patch('Missing', 'KB1111111'),
          patch('InstalledRejected', 'KB2222222', '2021-01-01T00:00:00Z'),
        ],
      }),
    ],
    ['states.json', json(patchState({ InstalledPendingRebootCount: 1, MissingCount: 3, FailedCount: 1 }))],
    ['invocation.json', json(invocation({ Status: 'Failed' }, 3010))],
    [
      `${instance}/document/state/current/x`,
      json({
        DocumentInformation: { DocumentID: 'x', CommandID: commandId, InstanceID: instance, RunCount: 4 },
        InstancePluginsInformation: [{ Id: 'p', Result: { code: 1 } }],
      }),
    ],
    [
      `${instance}/agent.log`,
      '2021-08-04 12:00:00 INFO [amazon-ssm-agent] Sending reply {\n "dateTime": "2021-08-04T12:00:00Z"\n}\n2021-08-04 12:00:01 INFO [EngineProcessor] document aws.ssm.x requested reboot, need to resume\n',
    ],
    [
      `${instance}/orchestration/${commandId}/awsrunShellScript/PatchLinux/stdout`,
      "12/02/2023 21:05:40 root [INFO]: Patch Baseline: {'baselineId': 'pb-1'}\n12/02/2023 21:05:53 root [INFO]: Installed count: 3, Failed count: 1\n",
    ],
  ];
  const wordings = [createWording('en'), createWording('ja')];
  for (let round = 0; round < 150; round += 1) {
    const files = Object.fromEntries(
      originals.map(([path, text]) => {
        const bytes = Buffer.from(text);
        for (let change = 0; change < 1 + random(4); change += 1) bytes[random(bytes.length)] = random(256);
        return [path, random(6) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes];
      }),
    );
    const { evidence } = await readFiles(files);
    const { findings } = runRules(evidence, rules);
    for (const finding of findings)
      for (const wording of wordings) expect(wording.finding(finding).explanation).not.toBe('');
  }
}, 60_000);
