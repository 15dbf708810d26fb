import { describe, expect, it } from 'vitest';
import { eventsCsv, until } from '../../formats/deep-security/read-files.ts';
import type { Files, Row } from '../../formats/deep-security/read-files.ts';
import { ruleSays } from './verdicts.ts';

function tmu(...lines: string[]): string {
  return lines.map((line) => `${line}\r\r\n`).join('');
}

const at = (time: string, text: string, level = 'Inf'): string =>
  `${level} 20250513 ${time} 5088 1196 ${text}`;
const fine = at('10:00:00', 'HttpsConnection: Successful: HTTP 200 OK');
const events = (...rows: Row[]): Files => ({ 'events.csv': eventsCsv(rows) });
const nothing: Files = { 'diagnostic1/Agent/timestamp.txt': '2025-05-13 10:14:16.104893 [+0200]\n' };

describe('server-maintenance', () => {
  const rule = 'server-maintenance';
  const unavailable = at('10:00:01', 'HttpsConnection: Failed: HTTP 503 Service Unavailable', 'Err');

  it.each(['maintainence', 'maintenance', 'maintenence'])('fires on 503 with "%s"', async (word) => {
    const text = tmu(fine, unavailable, at('10:00:02', `TmDownloader: Service is under ${word}`, 'Err'));
    const { finding } = await ruleSays(rule, { 'pc/TmuDump.txt': text });
    expect(finding).toMatchObject({ severity: 'medium', parameters: { count: 1, succeededAt: null } });
    expect(finding.witnesses[0]?.citation.line).toBe(3);
  });

  it('is information once a download succeeded later', async () => {
    const text = tmu(
      unavailable,
      at('10:00:02', 'TmDownloader: Service is under maintainence', 'Err'),
      at('11:00:00', 'TmDownloader: Succeeded getting the file'),
    );
    expect((await ruleSays(rule, { 'TmuDump.txt': text })).finding).toMatchObject({
      severity: 'info',
      parameters: { succeededAt: '2025-05-13 11:00:00' },
    });
  });

  it('is silent on 503 alone and cannot tell without logs', async () => {
    expect((await ruleSays(rule, { 'TmuDump.txt': tmu(fine, unavailable) })).findings).toEqual([]);
    expect((await ruleSays(rule, nothing)).missing).toEqual(['ds-logs']);
  });
});

describe('busy-with-update', () => {
  it.each(['existing', 'exisiting'])('fires on "%s"', async (word) => {
    const row: Row = {
      at: '10:00:00',
      id: 2205,
      target: 'pc-1',
      description: `Error: Busy with ${word} update`,
    };
    const { finding } = await ruleSays('busy-with-update', events(row));
    expect(finding).toMatchObject({ severity: 'high', device: 'pc-1', parameters: { count: 1 } });
  });

  it('is silent without the text and cannot tell without logs', async () => {
    expect((await ruleSays('busy-with-update', events(until('10:00:00')))).findings).toEqual([]);
    expect((await ruleSays('busy-with-update', nothing)).missing).toEqual(['ds-logs']);
  });
});

const iau = (...lines: string[]): string =>
  [
    '[2014-May-28 06:39:41 4467|1085278544] [err] Install [src/common/src/remote_package.cpp(199)]',
    ...lines,
    '',
  ].join('\n');

describe('file-exists', () => {
  it('names the file of Path2 and the parts of the code', async () => {
    const log = iau(
      'Dynamic exception type: N3iau9ExceptionE',
      'IAU_STATUS_FILE_EXISTS[-1073610747(3,2,5)]',
      'Path1: /var/opt/ds_agent/iau/a.ptn',
      'Path2: /var/opt/ds_agent/iaurepo/b.ptn',
    );
    const { finding } = await ruleSays('file-exists', { 'iaulogs/iau.log': log });
    expect(finding).toMatchObject({
      severity: 'critical',
      parameters: {
        file: '/var/opt/ds_agent/iaurepo/b.ptn',
        code: '-1073610747',
        codeHexadecimal: '0xC0020005',
        codeSeverity: '3',
        codeCategory: '2',
        codeDetail: '5',
      },
    });
    expect(finding.witnesses[0]?.citation).toMatchObject({ member: 'iaulogs/iau.log', line: 3 });
  });

  it('takes two quoted paths, and a bare symbol in an event', async () => {
    const log = iau('IAU_STATUS_FILE_EXISTS: File exists: "/a/x.ptn", "/b/y.ptn"');
    const row: Row = {
      at: '10:00:00',
      id: 2205,
      target: 'pc-1',
      description: 'failed: IAU_STATUS_FILE_EXISTS',
    };
    const { finding } = await ruleSays('file-exists', { 'pc-1/iau.log': log, ...events(row) });
    expect(finding.parameters).toMatchObject({ file: '/b/y.ptn', count: 2 });
  });

  it('is silent on other statuses and cannot tell without the log', async () => {
    expect(
      (await ruleSays('file-exists', { 'iau.log': iau('IAU_STATUS_NETWORK_ERROR(-5)') })).findings,
    ).toEqual([]);
    expect((await ruleSays('file-exists', nothing)).missing).toEqual(['ds-logs']);
  });
});

describe('relay-not-available', () => {
  it('fires on the status, with the code that stands beside it', async () => {
    const { finding } = await ruleSays('relay-not-available', {
      'iaurelay.log': iau('IAURELAY_STATUS_NOT_AVAILABLE(-18)'),
    });
    expect(finding).toMatchObject({ severity: 'high', parameters: { code: '-18', codeSeverity: null } });
    const row: Row = {
      at: '10:00:00',
      id: 2205,
      target: 'pc-1',
      description: 'エラーコード: -18\nIAURELAY_STATUS_NOT_AVAILABLE',
    };
    expect((await ruleSays('relay-not-available', events(row))).finding.witnesses[0]?.citation.line).toBe(3);
  });

  it('is silent on other statuses and cannot tell without the log', async () => {
    const log = iau('IAURELAY_STATUS_DIGITAL_SIGNATURE_CERT_EXPIRE(-24)');
    expect((await ruleSays('relay-not-available', { 'iaurelay.log': log })).findings).toEqual([]);
    expect((await ruleSays('relay-not-available', nothing)).missing).toEqual(['ds-logs']);
  });
});

describe('agent-newer-than-manager', () => {
  const rule = 'agent-newer-than-manager';
  const plugins = (version: string): string => `Windows;10;0;20348;;x86_64;272;2;7 ${version}\n`;
  const manager = (version: string): string =>
    `2025-05-13T10:10:05+02:00 dsm01 CEF:0|Trend Micro|Deep Security Manager|${version}|700|Heartbeat|3|msg=x\n`;

  it('fires when the agent is above the manager or the relay', async () => {
    const { finding } = await ruleSays(rule, {
      'plugins.txt': plugins('20.0.1.23340'),
      'syslog.log': manager('12.0.563'),
    });
    expect(finding).toMatchObject({
      severity: 'high',
      parameters: { managerVersion: '12.0.563', relayVersion: null },
    });
    const relay = await ruleSays(rule, {
      'pc-1/plugins.txt': plugins('20.0.1.23340'),
      'relay/plugins.txt': `${plugins('20.0.0.8438')}Feature-Relay\n`,
    });
    expect(relay.finding.parameters).toMatchObject({ relayVersion: '20.0.0.8438' });
  });

  it.each(['20.0.844', '20.0.1.23340', '20.0.1.23341'])('is silent with a manager %s', async (version) => {
    const says = await ruleSays(rule, {
      'plugins.txt': plugins('20.0.1.23340'),
      'syslog.log': manager(version),
    });
    expect([...says.findings, ...says.missing]).toEqual([]);
  });

  it('cannot tell without a version of either side', async () => {
    expect((await ruleSays(rule, { 'plugins.txt': plugins('20.0.1.23340') })).missing).toEqual([
      'ds-manager-version',
    ]);
    expect((await ruleSays(rule, { 'syslog.log': manager('20.0.844') })).missing).toEqual([
      'ds-agent-version',
    ]);
  });
});

describe('relay-name-unreachable', () => {
  const rule = 'relay-name-unreachable';
  const failed = (time: string): string =>
    at(time, 'HttpsConnection: could not resolve host relay01.example.test', 'Err');

  it('fires when every attempt fails', async () => {
    const text = tmu(
      failed('10:00:00'),
      at('10:00:00', 'Connection return code: 6', 'Err'),
      failed('10:00:05'),
      failed('10:00:10'),
    );
    const { finding } = await ruleSays(rule, { 'TmuDump.txt': text });
    expect(finding).toMatchObject({
      severity: 'critical',
      parameters: { relay: 'relay01.example.test', attempts: 3, lastAt: '2025-05-13 10:00:10' },
    });
  });

  it('is silent with one success, and on hosts that are no relays', async () => {
    const text = tmu(
      failed('10:00:00'),
      at('10:01:00', 'HttpsConnection: GET https://relay01.example.test:4122/a'),
      at('10:01:01', 'HttpsConnection: Successful: HTTP 200 OK'),
    );
    expect((await ruleSays(rule, { 'TmuDump.txt': text })).findings).toEqual([]);
    const proxy = tmu(at('10:00:00', 'could not connect to proxy01.example.test', 'Err'));
    expect((await ruleSays(rule, { 'TmuDump.txt': proxy })).findings).toEqual([]);
  });

  it('cannot tell without logs', async () => {
    expect((await ruleSays(rule, nothing)).missing).toEqual(['ds-logs']);
  });
});

describe('licence-expired', () => {
  const rule = 'licence-expired';
  const request: Row = { at: '10:05:00', id: 273, target: 'pc-1' };

  it.each([
    'Anti-Malware License Expired',
    'Anti-Malware licence has expired',
    'ライセンスの期限が切れています',
  ])('fires on "%s"', async (event) => {
    const { finding } = await ruleSays(
      rule,
      events({ at: '10:00:00', id: 5000, event, target: 'pc-1' }, request),
    );
    expect(finding).toMatchObject({
      severity: 'high',
      device: 'pc-1',
      parameters: { requestedAt: '2025-05-13 10:05:00' },
    });
  });

  it('fires when the failed update itself says so', async () => {
    const failure: Row = {
      at: '10:06:00',
      id: 2205,
      target: 'pc-1',
      description: 'The license has expired.',
    };
    expect((await ruleSays(rule, events(request, failure))).findings).toHaveLength(1);
  });

  it.each([
    ['no update requested', [{ at: '10:00:00', id: 5000, event: 'License Expired' }]],
    [
      'a licence that is going to expire',
      [{ at: '10:00:00', id: 5000, event: 'License will expire in 30 days' }, request],
    ],
    [
      'a success before it expired',
      [
        request,
        { at: '10:06:00', id: 2204, target: 'pc-1' },
        { at: '10:10:00', id: 5000, event: 'License Expired', target: 'pc-1' },
      ],
    ],
  ])('is silent: %s', async (_name, rows) => {
    expect((await ruleSays(rule, events(...rows))).findings).toEqual([]);
  });

  it('cannot tell without system events', async () => {
    const files = { 'TmuDump.txt': tmu(at('10:00:00', 'The license has expired', 'Err')) };
    expect((await ruleSays(rule, files)).missing).toEqual(['ds-system-events']);
  });
});

describe('fell-back-to-server', () => {
  const rule = 'fell-back-to-server';
  const failed = (time: string): string => at(time, 'could not connect to relay01:4122', 'Err');
  const direct = [
    at('10:02:00', 'GET https://iau.trendmicro.com/iau_server.dll'),
    at('10:02:01', 'HttpsConnection: Successful: HTTP 200 OK'),
  ];

  it('notes three failures at the relay and then the server', async () => {
    const text = tmu(failed('10:00:00'), failed('10:00:30'), failed('10:01:00'), ...direct);
    const { finding } = await ruleSays(rule, { 'TmuDump.txt': text });
    expect(finding).toMatchObject({
      kind: 'note',
      severity: 'info',
      parameters: { attempts: 3, relay: 'relay01', server: 'iau.trendmicro.com' },
    });
  });

  it('is silent after two, and cannot tell without logs', async () => {
    expect(
      (await ruleSays(rule, { 'TmuDump.txt': tmu(failed('10:00:00'), failed('10:00:30'), ...direct) }))
        .findings,
    ).toEqual([]);
    expect((await ruleSays(rule, nothing)).missing).toEqual(['ds-logs']);
  });
});

describe('no-fallback-with-relay', () => {
  const rule = 'no-fallback-with-relay';
  const rows: Row[] = [
    { at: '09:50:00', id: 7000, event: 'Relay Update Service Not Available', target: 'relay01' },
    { at: '10:00:00', id: 1600, target: 'relay01' },
    { at: '10:00:00', id: 273, target: 'pc-1' },
    { at: '10:10:00', id: 2205, target: 'pc-1' },
  ];
  const option =
    'Deep Security Manager: 12.0.563\nAllow agents to download security updates if relays are not accessible: on\n';
  const own = tmu(at('09:00:00', 'HttpsConnection: Successful: HTTP 200 OK'));
  const files = { ...events(...rows), 'pc-1/TmuDump.txt': own, 'deep security/versions.txt': option };

  it('fires when nothing is tried although the option is on', async () => {
    const { finding } = await ruleSays(rule, files, { zone: 'Asia/Tokyo' });
    expect(finding).toMatchObject({ severity: 'medium', device: 'pc-1', parameters: { togetherMinutes: 1 } });
  });

  it.each([
    ['the option is off', { ...files, 'deep security/versions.txt': option.replace(': on', ': off') }],
    [
      'a direct attempt',
      {
        ...files,
        'pc-1/TmuDump.txt':
          own + tmu(at('10:05:00', 'GET https://iau.trendmicro.com/'), at('10:05:01', 'Failed: HTTP 503')),
      },
    ],
    ['the task was for agents only', { ...files, ...events(...rows.filter((row) => row.id !== 1600)) }],
    ['the relay was not stopped', { ...files, ...events(...rows.slice(1)) }],
  ])('is silent: %s', async (_name, silent) => {
    const says = await ruleSays(rule, silent, { zone: 'Asia/Tokyo' });
    expect([...says.findings, ...says.missing]).toEqual([]);
  });

  it('cannot tell without the option, or without the agent’s log', async () => {
    const { 'deep security/versions.txt': _option, ...without } = files;
    expect((await ruleSays(rule, without)).missing).toEqual(['ds-fallback-option']);
    const { 'pc-1/TmuDump.txt': _log, ...noLog } = files;
    expect((await ruleSays(rule, noLog)).missing).toEqual(['ds-agent-tmudump']);
  });
});

describe('snapshot-left-behind', () => {
  const rule = 'snapshot-left-behind';
  const left = { 'pc-1/lib/li_copy/a.ptn': 'x', 'pc-1/lib/li_copy/b.ptn': 'x' };
  const failure: Row = { at: '10:00:00', id: 2205, target: 'pc-1' };

  it('fires when no success follows', async () => {
    const { finding } = await ruleSays(
      rule,
      { ...events(failure), ...left },
      { modified: '2025-05-01T08:00:00' },
    );
    expect(finding).toMatchObject({
      severity: 'medium',
      parameters: { files: 2, folder: 'pc-1/lib/li_copy' },
    });
  });

  it.each([
    ['a later success', [failure, { at: '11:00:00', id: 2204, target: 'pc-1' }]],
    ['an update that is running', [failure, { at: '11:00:00', id: 273, target: 'pc-1' }]],
  ])('is silent: %s', async (_name, rows) => {
    const says = await ruleSays(rule, { ...events(...rows), ...left }, { modified: '2025-05-01T08:00:00' });
    expect([...says.findings, ...says.missing]).toEqual([]);
  });

  it('cannot tell without events, or when the clocks cannot be compared', async () => {
    expect((await ruleSays(rule, { ...nothing, ...left })).missing).toEqual(['ds-system-events']);
    const near = events({ at: '11:00:00', id: 2204, target: 'pc-1' });
    expect((await ruleSays(rule, { ...near, ...left }, { modified: '2025-05-13T10:00:00' })).missing).toEqual(
      ['clock-offset'],
    );
    expect((await ruleSays(rule, { ...near, ...left })).missing).toEqual(['ds-file-times']);
  });
});
