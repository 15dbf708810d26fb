import { describe, expect, it } from 'vitest';
import { windowsUpdateRules } from '../../../parsers/rules/windows-update/index.ts';
import {
  boot,
  Bundle,
  classicLog,
  convertedLog,
  guidOf,
  moment,
  reports,
  rulesSay,
  updateEvent,
  witnessed,
} from './bundle.ts';
import type { ReportSpec, Says } from './bundle.ts';

const monthly = '2024-05 Cumulative Update for Windows 10 (KB5037771)';

function says(rule: string, bundle: Bundle): Says {
  return rulesSay(windowsUpdateRules, `windows-update/${rule}`, bundle);
}

function silence({ findings, undecided }: Says): void {
  expect([findings, undecided]).toEqual([[], []]);
}

describe('windows-update/pending-but-reported-installed', () => {
  const rule = 'pending-but-reported-installed';
  const pending = ['2024-05-10 09:20:00', 201, 'KB5037771', '240005'] as const;
  const patched = { patch: monthly, detection: 'patched', detected: '2024-05-10 12:00' } as const;

  function bundle(...rows: readonly ReportSpec[]): Bundle {
    return new Bundle().file('PC-0042/ReportingEvents.log', reports(...rows));
  }

  it('fires while another source counts the update as installed', () => {
    const { finding } = says(rule, bundle(pending).table('kace-sma', [patched]));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'high',
      device: 'PC-0042',
      parameters: { exitCode: 0x24_0005, claim: 'installed', claimSystem: 'kace-sma' },
    });
    expect(witnessed(finding)).toEqual([
      'PC-0042/ReportingEvents.log:1 update-pending',
      'kace-sma/PC-0042.html:20 update-claimed-installed',
    ]);
  });

  it.each([
    [
      'a success follows',
      bundle(pending, ['2024-05-10 10:00:00', 183, 'KB5037771']).table('kace-sma', [patched]),
    ],
    [
      'a restart follows',
      bundle(pending)
        .table('kace-sma', [patched])
        .eventLog([boot('2024-05-10 01:00:00')]),
    ],
    ['another patch is meant', bundle(pending).table('kace-sma', [{ ...patched, patch: 'x (KB5000001)' }])],
    ['another device is meant', bundle(pending).table('kace-sma', [patched], 'PC-0001')],
    [
      'the other source spoke before',
      bundle(pending).table('kace-sma', [{ ...patched, detected: '2024-05-08 12:00' }]),
    ],
    [
      'the other source waits as well',
      bundle(pending).table('kace-sma', [{ ...patched, detection: 'pending-reboot' }]),
    ],
    ['nothing is pending', bundle(['2024-05-10 09:00:00', 183, 'KB5037771']).table('kace-sma', [patched])],
  ])('is silent: %s', (_, made) => {
    silence(says(rule, made));
  });

  const security = 'セキュリティ更新プログラム (KB5037771)';
  const statement = (title: string | null): Bundle => {
    const made = bundle(pending).stated('PC-0042/SohCache.bin', 'nap/statement', 'nap', {
      facts: [
        {
          type: 'nap/statement',
          value: {
            asOf: moment('2024-05-10 12:00:00', 'device'),
            bytes: 0,
            version: null,
            tree: [],
            automaticUpdates: null,
            securityUpdates: {
              node: {
                field: 'status-code',
                type: 0,
                offset: 0,
                length: 4,
                line: null,
                hex: '',
                value: null,
                healthClass: null,
                children: [],
              },
              status: 0x00ff_0005,
              duration: null,
              server: null,
              flags: null,
            },
          },
        },
      ],
    });
    return title === null
      ? made
      : made.eventLog([
          {
            ...updateEvent('windows-update/install-failed', '2024-05-09 00:00:00', title, 0x8024_2015),
            updateId: guidOf('KB5037771').toLowerCase(),
          },
        ]);
  };

  it('fires against a statement of health for a security update', () => {
    expect(says(rule, statement(security)).finding.parameters).toMatchObject({
      claim: 'none-missing',
      claimSystem: 'nap',
    });
  });

  it('is silent against a statement of health for any other update', () => {
    silence(says(rule, statement('2024-05 Cumulative Update Preview for Windows 10 (KB5037771)')));
  });

  it('cannot tell', () => {
    expect(says(rule, statement(null)).missing).toEqual(['update-classification']);
    const homeless = new Bundle()
      .file('ReportingEvents.log', reports(pending), '')
      .table('kace-sma', [patched], 'PC-1')
      .table('kace-sma', [patched], 'PC-2');
    expect(says(rule, homeless).missing).toEqual(['update-log-device']);
  });
});

describe('windows-update/repeated-failure and repeated-attempts', () => {
  const start = (time: string): [string, number, string] => [`2024-05-10 ${time}`, 181, 'KB4051033'];
  const fail = (time: string, code = '80242015'): [string, number, string, string] => [
    `2024-05-10 ${time}`,
    182,
    'KB4051033',
    code,
  ];
  const done = (time: string): [string, number, string] => [`2024-05-10 ${time}`, 183, 'KB4051033'];
  const bundle = (...rows: readonly ReportSpec[]): Bundle =>
    new Bundle().file('ReportingEvents.log', reports(...rows));

  it('tell of an update that fails twice', () => {
    const made = bundle(start('09:00:00'), fail('09:10:00'), start('10:00:00'), fail('10:10:00'));
    const { finding } = says('repeated-failure', made);
    expect(finding).toMatchObject({
      kind: 'fault',
      severity: 'high',
      patch: 'KB4051033',
      parameters: {
        failures: 2,
        exitCode: 0x8024_2015,
        firstAt: '2024-05-10 09:10:00.000',
        lastAt: '2024-05-10 10:10:00.000',
      },
    });
    expect(finding.witnesses).toHaveLength(2);
    silence(says('repeated-attempts', made));
  });

  it('tell of an update that is begun twice', () => {
    const { finding } = says('repeated-attempts', bundle(start('09:00:00'), start('10:00:00')));
    expect(finding).toMatchObject({ severity: 'medium', parameters: { attempts: 2 } });
    const once = bundle(start('09:00:00'), fail('09:10:00'), start('10:00:00'));
    expect(says('repeated-attempts', once).findings).toHaveLength(1);
    silence(says('repeated-failure', once));
  });

  it.each([
    [
      'a success follows',
      bundle(start('09:00:00'), fail('09:10:00'), start('10:00:00'), fail('10:10:00'), done('11:00:00')),
    ],
    ['one attempt', bundle(start('09:00:00'), fail('09:10:00'))],
    ['cancelled', bundle(fail('09:10:00', '8024000b'), fail('10:10:00', '8024000b'))],
    [
      'failures of two updates',
      bundle(fail('09:10:00'), ['2024-05-10 10:10:00', 182, 'KB5037771', '80242015']),
    ],
    [
      'the same failure in two files',
      bundle(fail('09:10:00')).eventLog([
        updateEvent(
          'windows-update/install-failed',
          '2024-05-10 00:10:00',
          'Update (KB4051033)',
          0x8024_2015,
        ),
      ]),
    ],
    [
      'a success in the event log',
      bundle(fail('09:10:00'), fail('10:10:00')).eventLog([
        updateEvent('windows-update/installed', '2024-05-10 02:00:00', 'Update (KB4051033)'),
      ]),
    ],
  ])('are silent: %s', (_, made) => {
    silence(says('repeated-failure', made));
    silence(says('repeated-attempts', made));
  });

  it('cannot tell when the success has no place in time', () => {
    const local = convertedLog(
      ['2024-05-10 11:00:00', 'Title = Update (KB4051033)'],
      ['2024-05-10 11:00:00', `UpdateId = ${guidOf('KB4051033')}.1`],
      [
        '2024-05-10 11:00:00',
        `LogHistory called, idUpdate=${guidOf('KB4051033')}.1, operation = Install, resultMapped=0`,
      ],
    );
    const failed = (at: string): ReturnType<typeof updateEvent> =>
      updateEvent('windows-update/install-failed', at, 'Update (KB4051033)', 0x8024_2015);
    const made = new Bundle()
      .file('WindowsUpdate.log', local)
      .eventLog([failed('2024-05-10 08:00:00'), failed('2024-05-10 09:00:00')]);
    expect(says('repeated-failure', made).missing).toEqual(['device-offset']);
  });

  it('say nothing of logs that they do not have', () => {
    silence(says('repeated-failure', new Bundle().file('CBS.log', '2016-09-28 04:30:31, Info  CBS  x')));
  });
});

describe('windows-update/call-masks-failure', () => {
  const rule = 'call-masks-failure';
  const counts =
    '- Install call complete (succeeded = 0, succeeded with errors = 0, failed = 1, unaccounted = 0)';
  const end = '--  END  --  COMAPI: Install [ClientId = CcmExec]';
  const log = (...texts: readonly string[]): Bundle =>
    new Bundle().file(
      'WindowsUpdate.log',
      classicLog(...texts.map((text, index) => [`2016-10-19 14:00:0${index}`, text] as const)),
    );

  it('fires on exit code 0 beside a call that failed', () => {
    const { finding } = says(rule, log('  - WARNING: Exit code = 0x00000000; Call error code = 0x80240022'));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'high',
      parameters: { callExitCode: 0x8024_0022, calls: 1, failed: null },
    });
    expect(witnessed(finding)).toEqual([
      'WindowsUpdate.log:1 call-exit-code',
      'WindowsUpdate.log:1 call-error-code',
    ]);
  });

  it('fires on failed updates in a block that ends', () => {
    const { finding } = says(rule, log('-- START --  COMAPI: Install [ClientId = CcmExec]', counts, end));
    expect(finding.parameters).toMatchObject({ call: 'COMAPI: Install', failed: 1, callExitCode: null });
    expect(finding.witnesses).toHaveLength(2);
  });

  it('counts the calls that end alike', () => {
    const masked = '  - WARNING: Exit code = 0x00000000; Call error code = 0x80240022';
    const { finding } = says(rule, log(counts, masked, end, counts, masked, end));
    expect(finding.parameters).toMatchObject({ calls: 2, failed: 1 });
  });

  it.each([
    ['call error 0', ['  - Exit code = 0x00000000; Call error code = 0x00000000']],
    ['call error 0 with a count', [counts, '  - Exit code = 0x00000000; Call error code = 0x00000000', end]],
    ['failed = 0', ['- Install call complete (succeeded = 1, failed = 0, unaccounted = 0)', end]],
    ['the exit code says it', ['  - WARNING: Exit code = 0x80240022; Call error code = 0x80240022']],
    ['cancelled', ['  - WARNING: Exit code = 0x00000000; Call error code = 0x8024000b']],
    ['a block without an end', [counts]],
  ])('is silent: %s', (_, texts) => {
    silence(says(rule, log(...texts)));
  });

  it('says nothing without the log', () => {
    silence(says(rule, new Bundle().file('ReportingEvents.log', reports(['2024-05-10 09:00:00', 147, '']))));
  });
});

describe('windows-update/error-code', () => {
  const rule = 'error-code';

  it('groups by device and code, with count, first and last time', () => {
    const made = new Bundle()
      .file(
        'WindowsUpdate.log',
        classicLog(
          ['2024-05-10 09:00:00', 'WARNING: SyncUpdates failure, error = 0x8024402C'],
          ['2024-05-10 09:30:00', '  * WARNING: Exit code = 0x8024402C'],
          ['2024-05-10 09:31:00', 'FATAL: hr=0x800736b3'],
        ),
      )
      .file('ReportingEvents.log', reports(['2024-05-10 08:00:00', 148, '', '8024402c']));
    const { findings } = says(rule, made);
    expect(findings.map(({ device, parameters }) => [device, parameters])).toEqual(
      expect.arrayContaining([
        [
          'PC-0042',
          {
            exitCode: 0x8024_402c,
            count: 3,
            firstAt: '2024-05-10 08:00:00.000',
            lastAt: '2024-05-10 09:30:00.000',
          },
        ],
        [
          'PC-0042',
          {
            exitCode: 0x8007_36b3,
            count: 1,
            firstAt: '2024-05-10 09:31:00.000',
            lastAt: '2024-05-10 09:31:00.000',
          },
        ],
      ]),
    );
    expect(findings).toHaveLength(2);
    const name = findings.find((finding) => finding.parameters['count'] === 3)!;
    expect(witnessed(name)).toEqual([
      'WindowsUpdate.log:1 error-code-line',
      'WindowsUpdate.log:2 error-code-line',
      'ReportingEvents.log:1 error-code-line',
    ]);
  });

  it('counts failed events of the event log', () => {
    const made = new Bundle().eventLog([
      updateEvent('windows-update/install-failed', '2024-05-10 00:10:00', 'Update (KB4051033)', 0x8024_2015),
      {
        type: 'windows-update/check-failed',
        at: moment('2024-05-10 00:12:00+00:00', 'device'),
        detail: { code: 0x8024_2015 },
      },
    ]);
    expect(says(rule, made).finding.parameters).toMatchObject({ exitCode: 0x8024_2015, count: 2 });
  });

  it('keeps devices apart, unknown ones by their file', () => {
    const line = classicLog(['2024-05-10 09:00:00', 'WARNING: error = 0x8024402C']);
    const made = new Bundle()
      .file('a/WindowsUpdate.log', line, 'PC-1')
      .file('b/WindowsUpdate.log', line, 'PC-2')
      .file('c/WindowsUpdate.log', line, '');
    expect(says(rule, made).findings.map(({ device }) => device)).toEqual(['PC-1', 'PC-2', null]);
  });

  it('takes a bundle without any device for one machine', () => {
    const line = classicLog(['2024-05-10 09:00:00', 'WARNING: error = 0x8024402C']);
    const made = new Bundle().file('a/WindowsUpdate.log', line, '').file('b/WindowsUpdate.log', line, '');
    expect(says(rule, made).finding).toMatchObject({ device: null, parameters: { count: 2 } });
  });

  it('says once what ReportingEvents.log and the log quote alike', () => {
    const row = reports(['2024-05-10 09:00:00', 161, 'KB4051033', '80246008']);
    const made = new Bundle()
      .file('ReportingEvents.log', row)
      .file('WindowsUpdate.log', classicLog(['2024-05-10 09:00:05', `REPORT EVENT: ${row}`]));
    expect(says(rule, made).finding.parameters).toMatchObject({ count: 1 });
  });

  it.each([
    [
      'lines of the level Info',
      'CBS.log',
      '2016-09-28 04:30:31, Info                  CBS    Failed [HRESULT = 0x800f0805 - X]',
    ],
    [
      'lines of a healthy converted log',
      'WindowsUpdate.log',
      convertedLog(
        ['2024-05-10 09:00:00', '*FAILED* [80070032] x'],
        ['2024-05-10 09:00:00', '*FAILED* [80248014] x'],
        ['2024-05-10 09:00:01', '* END * Finding updates CallerId = X, Id = 1, Exit code = 0x00000000'],
        ['2024-05-10 09:00:02', '* END * Finding updates CallerId = X, Id = 2, Exit code = 0x8024000B'],
        [
          '2024-05-10 09:00:03',
          `LogHistory called, idUpdate=${guidOf('')}.1, operation = Install, resultMapped=240005`,
        ],
      ),
    ],
    [
      'success codes and cancellations',
      'ReportingEvents.log',
      reports(
        ['2024-05-10 09:00:00', 201, 'KB4051033', '240005'],
        ['2024-05-10 09:00:00', 183, 'KB4051033', '240006'],
        ['2024-05-10 09:00:00', 161, 'KB4051033', '8024000b'],
        ['2024-05-10 09:00:00', 162, 'KB4051033', '0'],
      ),
    ],
    [
      'codes of events that did not fail',
      'ReportingEvents.log',
      reports(['2024-05-10 09:00:00', 167, 'KB4051033', '80072ee2']),
    ],
  ])('is silent: %s', (_, path, text) => {
    silence(says(rule, new Bundle().file(path, text)));
  });

  it('says nothing where no log is', () => {
    silence(says(rule, new Bundle().eventLog([boot('2024-05-10 00:00:00')])));
  });
});

describe('windows-update/install-before-detection', () => {
  const rule = 'install-before-detection';
  const named = (time: string): string =>
    convertedLog([time, `Added update ${guidOf('KB5037771')}.200 to search result`]);
  const installed = reports(['2024-05-10 09:20:00', 183, 'KB5037771']);

  it('fires when the first detection of the update is later', () => {
    const made = new Bundle()
      .file('ReportingEvents.log', installed)
      .file('WindowsUpdate.log', named('2024-05-10 10:00:00'));
    const { finding } = says(rule, made);
    expect(finding).toMatchObject({ kind: 'contradiction', severity: 'medium', patch: 'KB5037771' });
    expect(finding.parameters).toMatchObject({ apartMinutes: 40 });
    expect(finding.witnesses).toHaveLength(2);
  });

  it.each([
    ['detected before', named('2024-05-10 09:00:00')],
    ['detected before and again', `${named('2024-05-10 09:00:00')}\r\n${named('2024-05-10 11:00:00')}`],
    [
      'another update',
      convertedLog(['2024-05-10 10:00:00', `Added update ${guidOf('')}.200 to search result`]),
    ],
  ])('is silent: %s', (_, log) => {
    silence(says(rule, new Bundle().file('ReportingEvents.log', installed).file('WindowsUpdate.log', log)));
  });

  it('is silent on detections that name no update', () => {
    const rows = reports(['2024-05-10 09:20:00', 183, 'KB5037771'], ['2024-05-10 10:00:00', 147, '']);
    silence(says(rule, new Bundle().file('ReportingEvents.log', rows)));
  });

  it('cannot tell by two clocks, or by UTC beside a local time without a zone', () => {
    const log = convertedLog(
      ['2024-05-10 09:00:00', `Title = ${monthly}`],
      ['2024-05-10 09:00:00', `UpdateId = ${guidOf('KB5037771')}.1`],
      ['2024-05-10 10:00:00', `Added update ${guidOf('KB5037771')}.200 to search result`],
    );
    const made = new Bundle()
      .file('WindowsUpdate.log', log)
      .eventLog([updateEvent('windows-update/installed', '2024-05-10 02:00:00', monthly)]);
    expect(says(rule, made).missing).toEqual(['device-offset']);
  });
});

describe('the rules about WSUS', () => {
  const key = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate';
  const policy = (server: string, status: string, use: string | null): string =>
    [
      'Windows Registry Editor Version 5.00',
      `[${key}]`,
      `"WUServer"="${server}"`,
      `"WUStatusServer"="${status}"`,
      ...(use === null ? [] : [`[${key}\\AU]`, `"UseWUServer"=dword:0000000${use}`]),
    ].join('\r\n');
  const address = 'http://wsus.example.test:8530';
  const log = (...servers: readonly string[]): string =>
    classicLog(
      ...servers.map(
        (server, index) => [`2024-05-10 09:0${index}:00`, `  * WSUS server: ${server}`] as const,
      ),
    );

  it('tell of a policy that the client does not follow', () => {
    const made = new Bundle()
      .file('WindowsUpdate.log', log('<NULL>'))
      .file('policy.reg', policy(address, address, '1'));
    const { finding } = says('wsus-not-set', made);
    expect(finding).toMatchObject({ kind: 'fault', severity: 'high', parameters: { server: address } });
    expect(witnessed(finding)).toContain('WindowsUpdate.log:1 wsus-server-null');
  });

  it.each([
    ['the log names a server', log(address), policy(address, address, '1')],
    ['the log names one later', log('<NULL>', address), policy(address, address, '1')],
    ['the policy does not say WSUS', log('<NULL>'), policy(address, address, '0')],
  ])('are silent: %s', (_, text, exported) => {
    const made = new Bundle().file('WindowsUpdate.log', text).file('policy.reg', exported);
    silence(says('wsus-not-set', made));
    silence(says('wsus-values-differ', made));
  });

  it('are silent without another source', () => {
    silence(says('wsus-not-set', new Bundle().file('WindowsUpdate.log', log('<NULL>'))));
  });

  it('cannot tell whose policy it is', () => {
    const made = new Bundle()
      .file('WindowsUpdate.log', log('<NULL>'), 'PC-1')
      .file('PC-2/CBS.log', '2016-09-28 04:30:31, Info  CBS  x', 'PC-2')
      .file('policy.reg', policy(address, address, '1'), '');
    expect(says('wsus-not-set', made).missing).toEqual(['update-log-device']);
  });

  it.each([
    ['different', address, 'http://other.example.test:8530'],
    ['another port', address, 'http://wsus.example.test:8531'],
    ['empty', address, ''],
    ['both empty', '', ''],
  ])('tell of two addresses that are not one: %s', (_, server, status) => {
    const made = new Bundle().file('policy.reg', policy(server, status, '1'));
    expect(says('wsus-values-differ', made).finding).toMatchObject({ kind: 'fault', severity: 'medium' });
  });

  it('take case and a last slash for nothing', () => {
    silence(
      says(
        'wsus-values-differ',
        new Bundle().file('p.reg', policy(address, `${address.toUpperCase()}/`, '1')),
      ),
    );
    silence(says('wsus-values-differ', new Bundle().file('p.reg', policy(address, '', '0'))));
  });

  it('cannot tell without UseWUServer', () => {
    const made = new Bundle().file('p.reg', policy(address, '', null));
    expect(says('wsus-values-differ', made).missing).toEqual(['policy-use-wu-server']);
    silence(says('wsus-values-differ', new Bundle().file('p.reg', policy(address, address, null))));
  });
});
