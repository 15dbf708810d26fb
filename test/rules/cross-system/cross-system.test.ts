import { describe, expect, it } from 'vitest';
import { crossSystemRules } from '../../../parsers/rules/cross-system/index.ts';
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
} from '../windows-update/bundle.ts';
import type { ReportSpec, Says, TableRow } from '../windows-update/bundle.ts';

const monthly = '2024-05 Cumulative Update for Windows 10 (KB5037771)';
const path = 'PC-0042/ReportingEvents.log';

function says(rule: string, bundle: Bundle): Says {
  return rulesSay(crossSystemRules, `cross/${rule}`, bundle);
}

function silence({ findings, undecided }: Says): void {
  expect([findings, undecided]).toEqual([[], []]);
}

function missing(detected?: string): TableRow {
  return detected === undefined
    ? { patch: monthly, detection: 'not-patched' }
    : { patch: monthly, detection: 'not-patched', detected };
}

describe('cross/missing-here-installed-there', () => {
  const rule = 'missing-here-installed-there';
  const installed = reports(['2024-05-10 09:20:00', 183, 'KB5037771']);
  const bundle = (text: string, detected: string, device = 'pc-0042.example.test'): Bundle =>
    new Bundle().file(path, text).table('kace-sma', [missing(detected)], device);

  it('is critical when the installation is before the detection', () => {
    const { finding } = says(rule, bundle(installed, '2024-05-10 12:00+09:00'));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'critical',
      system: null,
      device: 'PC-0042',
      patch: monthly,
      parameters: {
        side: 'before',
        detectionSystem: 'kace-sma',
        installSystem: 'windows-update',
        apartMinutes: 160,
      },
    });
    expect(witnessed(finding)).toEqual([
      'kace-sma/pc-0042.example.test.html:20 detection-of-system',
      `${path}:1 install-of-system`,
    ]);
  });

  it('is medium when the detection is older', () => {
    const { finding } = says(rule, bundle(installed, '2024-05-10 09:00+09:00'));
    expect(finding).toMatchObject({ severity: 'medium', parameters: { side: 'after' } });
  });

  it('carries the title by GUID from the log that states both', () => {
    const driver = 'Example - Display - 31.0.15.5222';
    const log = convertedLog(
      ['2024-05-10 08:00:00', '* START * Finding updates CallerId = X  Id = 5'],
      ['2024-05-10 08:00:01', `Title = ${driver}`],
      ['2024-05-10 08:00:01', `UpdateId = ${guidOf('none')}.200`],
      ['2024-05-10 08:00:02', '* END * Finding updates CallerId = X, Id = 5, Exit code = 0x00000000'],
    );
    const made = (title: string): Bundle =>
      new Bundle()
        .file(path, reports(['2024-05-10 09:20:00', 183, 'none']))
        .file('PC-0042/WindowsUpdate.log', log)
        .table('kace-sma', [{ patch: title, detection: 'not-patched', detected: '2024-05-14 12:00' }]);
    expect(says(rule, made(driver)).finding).toMatchObject({ device: 'PC-0042', patch: driver });
    silence(says(rule, made('Another - Display - 31.0.15.5222')));
  });

  it('knows days that lie apart without offsets', () => {
    expect(says(rule, bundle(installed, '2024-05-13 12:00')).finding.severity).toBe('critical');
  });

  it('knows event 19 and lists of hotfixes', () => {
    const event = new Bundle()
      .eventLog([updateEvent('windows-update/installed', '2024-05-10 00:20:00', monthly)])
      .table('aws-ssm', [missing('2024-05-10 12:00+09:00')]);
    expect(says(rule, event).findings).toHaveLength(1);
    const list = new Bundle()
      .stated('PC-0042/inventory.json', 'aws/inventory', 'aws-ssm', {
        records: [
          {
            device: 'PC-0042',
            patch: 'KB5037771',
            detection: { status: null, raw: null, at: null },
            deployment: {
              status: 'succeeded',
              raw: null,
              at: { ...moment('2024-05-08 00:00', 'device'), precision: 'day' },
              exitCode: null,
              attempts: null,
              maxAttempts: null,
            },
            exitCodeRaw: null,
            source: 'hotfix-list',
          },
        ],
      })
      .table('kace-sma', [missing('2024-05-10 12:00')]);
    expect(says(rule, list).finding.parameters).toMatchObject({ installSystem: 'aws-ssm' });
  });

  const restarts = reports(['2024-05-10 09:20:00', 183, 'KB5037771', '240005']);
  const removed = `${installed}\r\n${reports(['2024-05-10 10:20:00', 199, 'KB5037771'])
    .replace('199 [AGENT]', '199 [AGENT_UNINSTALLING_SUCCEEDED]')
    .replace('00000001-', '00000009-')}`;
  const definition = 'Definition Update - KB2267602 (Version 1.2)';
  const rolling = reports(['2024-05-10 09:20:00', 183, 'KB2267602']);

  it.each([
    ['a restart is asked for and not evidenced', bundle(restarts, '2024-05-10 12:00+09:00')],
    ['the same for a later installation', bundle(restarts, '2024-05-10 09:00+09:00')],
    [
      'a restart that comes too late',
      bundle(restarts, '2024-05-10 12:00+09:00').eventLog([boot('2024-05-10 04:00:00')]),
    ],
    [
      'still pending',
      bundle(reports(['2024-05-10 09:20:00', 201, 'KB5037771', '240005']), '2024-05-10 12:00+09:00'),
    ],
    ['removed in between', bundle(removed, '2024-05-10 12:00+09:00')],
    ['another device', bundle(installed, '2024-05-10 12:00+09:00', 'PC-0001')],
    [
      'another patch',
      new Bundle()
        .file(path, installed)
        .table('kace-sma', [{ ...missing('2024-05-10 12:00'), patch: 'x (KB5000001)' }]),
    ],
    [
      'found later',
      bundle(installed, '2024-05-10 09:00+09:00')
        .table('aws-ssm', [])
        .table('kace-sma', [{ patch: monthly, detection: 'patched', detected: '2024-05-10 12:00+09:00' }]),
    ],
    [
      'a number that stands for many updates',
      new Bundle()
        .file(path, rolling)
        .table('kace-sma', [{ patch: definition, detection: 'not-patched', detected: '2024-05-11 12:00' }]),
    ],
  ])('is silent: %s', (_, made) => {
    silence(says(rule, made));
  });

  it('fires once the restart is evidenced', () => {
    const made = bundle(restarts, '2024-05-10 12:00+09:00').eventLog([boot('2024-05-10 01:00:00')]);
    expect(says(rule, made).finding.severity).toBe('critical');
  });

  it('is silent while the update is listed among those that wait for the restart', () => {
    const at = moment('2024-05-10 00:20:01+00:00', 'device');
    const made = new Bundle()
      .eventLog([
        updateEvent('windows-update/installed', '2024-05-10 00:20:00', monthly),
        { type: 'windows-update/restart-required', at, detail: { titles: [monthly] } },
      ])
      .table('kace-sma', [missing('2024-05-10 12:00+09:00')]);
    silence(says(rule, made));
  });

  it('cannot tell', () => {
    expect(says(rule, bundle(installed, '2024-05-10 12:00')).missing).toEqual(['appliance-offset']);
    const undated = new Bundle().file(path, installed).table('kace-sma', [missing()]);
    expect(says(rule, undated).missing).toEqual(['detection-time']);
    const homeless = new Bundle()
      .file('ReportingEvents.log', installed, '')
      .table('kace-sma', [missing('2024-05-10 12:00')], 'PC-1')
      .table('kace-sma', [], 'PC-2')
      .stated('PC-2/a.log', 'kace/agent-log', 'kace-sma', { device: 'PC-2' });
    expect(says(rule, homeless).missing).toEqual(['update-log-device']);
  });
});

describe('cross/patched-here-failed-there', () => {
  const rule = 'patched-here-failed-there';
  const failed = ['2024-05-10 09:20:00', 182, 'KB5037771', '800f0922'] as const;
  const patched = (detected?: string): TableRow => ({ ...missing(detected), detection: 'patched' });
  const bundle = (detected: string, ...rows: readonly ReportSpec[]): Bundle =>
    new Bundle().file(path, reports(...rows)).table('kace-sma', [patched(detected)]);

  it('fires when the installation fails afterwards', () => {
    const { finding } = says(rule, bundle('2024-05-10 09:00+09:00', failed));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'high',
      parameters: { failures: 1, failedExitCode: 0x800f_0922, apartMinutes: 20 },
    });
    expect(finding.witnesses).toHaveLength(2);
  });

  it.each([
    ['the failure was before', bundle('2024-05-10 12:00+09:00', failed)],
    [
      'a success follows',
      bundle('2024-05-10 09:00+09:00', failed, ['2024-05-10 10:00:00', 183, 'KB5037771']),
    ],
    [
      'a success that waits follows',
      bundle('2024-05-10 09:00+09:00', failed, ['2024-05-10 10:00:00', 183, 'KB5037771', '240005']),
    ],
    ['cancelled', bundle('2024-05-10 09:00+09:00', ['2024-05-10 09:20:00', 182, 'KB5037771', '8024000b'])],
    [
      'a newer detection finds it',
      bundle('2024-05-10 09:00+09:00', failed).table('kace-sma', [patched('2024-05-10 12:00+09:00')]),
    ],
    ['nothing failed', bundle('2024-05-10 09:00+09:00', ['2024-05-10 09:20:00', 183, 'KB5037771'])],
  ])('is silent: %s', (_, made) => {
    silence(says(rule, made));
  });

  it('cannot tell', () => {
    expect(says(rule, bundle('2024-05-10 09:00', failed)).missing).toEqual(['appliance-offset']);
    const undated = new Bundle().file(path, reports(failed)).table('kace-sma', [patched()]);
    expect(says(rule, undated).missing).toEqual(['detection-time']);
  });
});

describe('cross/clocks-disagree', () => {
  const rule = 'clocks-disagree';
  const installed = reports(['2024-05-10 09:20:00', 183, 'KB5037771']);
  const bundle = (at: string): Bundle =>
    new Bundle().file(path, installed).eventLog([updateEvent('windows-update/installed', at, monthly)]);

  it('fires when one event has two times', () => {
    const { finding } = says(rule, bundle('2024-05-10 00:25:00'));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'medium',
      parameters: { apartMinutes: 5, firstOffset: '+09:00', secondOffset: '+00:00' },
    });
    expect(finding.witnesses).toHaveLength(2);
  });

  it('fires on one reporting event in two files', () => {
    const other = reports(['2024-05-10 09:25:00', 183, 'KB5037771']);
    const made = new Bundle().file(path, installed).file('b/ReportingEvents.log', other);
    expect(says(rule, made).findings).toHaveLength(1);
  });

  it('is silent within a minute', () => {
    silence(says(rule, bundle('2024-05-10 00:21:00')));
  });

  it('is silent where a file tells of the event twice', () => {
    const twice = reports(
      ['2024-05-10 09:20:00', 183, 'KB5037771'],
      ['2024-05-10 10:20:00', 183, 'KB5037771'],
    );
    const made = new Bundle()
      .file(path, twice)
      .eventLog([updateEvent('windows-update/installed', '2024-05-10 00:25:00', monthly)]);
    silence(says(rule, made));
  });

  it('cannot tell without an offset', () => {
    const event = updateEvent('windows-update/installed', '2024-05-10 00:25:00', monthly);
    const made = new Bundle()
      .file(path, installed)
      .stated('PC-0042/events.csv', 'event-log/csv', 'windows-update', {
        events: [{ ...event, at: moment('2024-05-10 09:25:00', 'device') }],
      });
    expect(says(rule, made).missing).toEqual(['clock-offset']);
  });
});

describe('cross/zone-inferred', () => {
  const rule = 'zone-inferred';

  it('is noted once for each source', () => {
    const log = classicLog(['2016-10-19 14:00:00', 'Logging initialized (build: 7.9, tz: +0200)']);
    const { finding } = says(rule, new Bundle().file('WindowsUpdate.log', log));
    expect(finding).toMatchObject({
      kind: 'note',
      severity: 'info',
      device: 'PC-0042',
      parameters: { offset: '+02:00', clock: 'device', samples: 1, member: 'WindowsUpdate.log' },
    });
  });

  it('is silent where the source states its offset', () => {
    silence(says(rule, new Bundle().file(path, reports(['2024-05-10 09:20:00', 183, 'KB5037771']))));
  });

  it('is silent where nothing tells', () => {
    silence(says(rule, new Bundle().file('CBS.log', `2016-09-28 04:30:31, Info  CBS  ${guidOf('')}`)));
  });
});
