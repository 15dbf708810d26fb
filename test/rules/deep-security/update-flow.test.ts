import { describe, expect, it } from 'vitest';
import { eventsCsv, until } from '../../formats/deep-security/read-files.ts';
import type { Files, Row } from '../../formats/deep-security/read-files.ts';
import { ruleSays } from './verdicts.ts';

const relay = 'relay01';
const agent = 'pc-0042';

function events(...rows: Row[]): Files {
  return { 'events.csv': eventsCsv(rows) };
}

describe('relay-update-unfinished', () => {
  const rule = 'relay-update-unfinished';
  const request: Row = { at: '10:00:00', id: 1600, target: relay };

  it('fires when no success follows within the window', async () => {
    const { finding } = await ruleSays(rule, events(request, until('11:00:00')));
    expect(finding).toMatchObject({
      kind: 'fault',
      severity: 'critical',
      device: relay,
      parameters: {
        requestedAt: '2025-05-13 10:00:00',
        windowMinutes: 60,
        untilAt: '2025-05-13 11:00:00',
        assumed: ['windowMinutes'],
      },
    });
    expect(finding.witnesses[0]?.citation).toMatchObject({ member: 'events.csv', line: 3, row: 2 });
  });

  it('fires when the success comes too late', async () => {
    const late: Row = { at: '11:00:01', id: 1601, target: relay };
    expect((await ruleSays(rule, events(request, late))).findings).toHaveLength(1);
  });

  it.each([
    ['a success in time', { at: '10:59:59', id: 1601, target: relay }],
    ['a success that names the group', { at: '10:30:00', id: 1601, target: 'Default Relay Group' }],
    [
      'a success told by its Japanese name',
      { at: '10:30:00', id: '', event: 'Relayグループのアップデートの成功', target: relay },
    ],
  ])('is silent: %s', async (_name, success) => {
    const says = await ruleSays(rule, events(request, success, until('12:30:00')));
    expect([...says.findings, ...says.missing]).toEqual([]);
  });

  it('does not take the success of another relay', async () => {
    const others: Row[] = [
      { at: '10:00:00', id: 1600, target: 'relay02' },
      { at: '10:10:00', id: 1601, target: 'relay02' },
    ];
    expect((await ruleSays(rule, events(request, ...others, until('12:00:00')))).finding.device).toBe(relay);
  });

  it('cannot tell when the bundle ends in the middle, and the run says until when it looked', async () => {
    const says = await ruleSays(rule, events(request, until('10:59:00')));
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual(['ds-later-events']);
  });

  it('cannot tell without system events', async () => {
    expect((await ruleSays(rule, tmudump())).missing).toEqual(['ds-system-events']);
  });
});

describe('agent-update-unfinished', () => {
  const rule = 'agent-update-unfinished';
  const request: Row = { at: '10:00:00', id: 273, target: agent };

  it('fires after 20 minutes without a result', async () => {
    const { finding } = await ruleSays(rule, events(request, until('10:20:00')));
    expect(finding).toMatchObject({
      severity: 'high',
      device: agent,
      parameters: { windowMinutes: 20, countedFrom: 'request', assumed: ['windowMinutes'] },
    });
  });

  it.each([784, 2204, 2205, 2206])('is silent when %s follows', async (id) => {
    const says = await ruleSays(
      rule,
      events(request, { at: '10:20:00', id, target: agent }, until('12:00:00')),
    );
    expect([...says.findings, ...says.missing]).toEqual([]);
  });

  it('counts from the success of the relay when both were requested together', async () => {
    const rows: Row[] = [
      { at: '10:00:00', id: 1600, target: relay },
      request,
      { at: '10:30:00', id: 1601, target: relay },
    ];
    const intime = await ruleSays(
      rule,
      events(...rows, { at: '10:49:00', id: 2204, target: agent }, until('12:00:00')),
    );
    expect(intime.findings).toEqual([]);
    const late = await ruleSays(
      rule,
      events(...rows, { at: '10:51:00', id: 2204, target: agent }, until('12:00:00')),
    );
    expect(late.finding.parameters).toMatchObject({ countedFrom: 'relay-success' });
    expect(late.finding.witnesses.map((witness) => witness.says)).toEqual([
      'ds-requested',
      'ds-relay-succeeded',
      'ds-later-result',
    ]);
  });

  it('takes no result of another agent', async () => {
    const other: Row = { at: '10:05:00', id: 2204, target: 'pc-0043' };
    expect((await ruleSays(rule, events(request, other, until('11:00:00')))).findings).toHaveLength(1);
  });

  it('cannot tell when the bundle ends earlier', async () => {
    expect((await ruleSays(rule, events(request, until('10:19:00')))).missing).toEqual(['ds-later-events']);
  });

  it('does not take the end of another host’s package for its own', async () => {
    const files = {
      'diagnostic1/Manager/hostevents.csv': eventsCsv([request, { at: '10:05:00', id: 700, target: agent }]),
      'diagnostic2/Manager/hostevents.csv': eventsCsv([{ at: '12:00:00', id: 700, target: 'pc-0043' }]),
    };
    const says = await ruleSays(rule, files);
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual(['ds-later-events']);
  });

  it('cannot tell without system events', async () => {
    expect((await ruleSays(rule, tmudump())).missing).toEqual(['ds-system-events']);
  });
});

describe('success-then-timeout', () => {
  const rule = 'success-then-timeout';
  const success: Row = { at: '10:00:00', id: 1601, target: relay };
  const alert = (at: string, event = 'Could not update components'): Row => ({
    at,
    id: '',
    event,
    level: 'Error',
    description: 'Security Update Timeout',
  });

  it.each(['10:15:00', '10:20:00', '10:30:00'])('fires at %s', async (at) => {
    const { finding } = await ruleSays(rule, events(success, alert(at)));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'medium',
      parameters: { defect: 'unknown' },
    });
    expect(finding.witnesses.map((witness) => witness.says)).toEqual(['ds-relay-succeeded', 'ds-timed-out']);
  });

  it('reads the Japanese alert and knows the defect of the manager’s version', async () => {
    const files = {
      ...events(success, alert('10:20:00', 'コンポーネントをアップデートできませんでした')),
      'deep security/versions.txt': 'Deep Security Manager: 9.0.6500\n',
    };
    expect((await ruleSays(rule, files)).finding.parameters).toMatchObject({
      defect: 'possible',
      managerVersion: '9.0.6500',
    });
  });

  it.each(['10:05:00', '10:31:00'])('is silent at %s', async (at) => {
    expect((await ruleSays(rule, events(success, alert(at)))).findings).toEqual([]);
  });

  it('is silent when a new request lies in between', async () => {
    const request: Row = { at: '10:10:00', id: 1600, target: relay };
    expect((await ruleSays(rule, events(success, request, alert('10:20:00')))).findings).toEqual([]);
  });

  it('cannot tell without system events', async () => {
    expect((await ruleSays(rule, tmudump())).missing).toEqual(['ds-system-events']);
  });
});

describe('relay-and-agent-overlap', () => {
  const rule = 'relay-and-agent-overlap';
  const request: Row = { at: '10:10:00', id: 273, target: agent };
  const failure: Row = { at: '10:15:00', id: 2205, target: agent };
  const off: Row = { at: '10:12:00', id: '', event: 'Relay Webサーバの無効化', target: relay };

  it('fires when the relay’s web server goes off inside an update that fails', async () => {
    const { finding } = await ruleSays(rule, events(request, off, failure));
    expect(finding).toMatchObject({
      severity: 'high',
      device: agent,
      parameters: { disabledAt: '2025-05-13 10:12:00' },
    });
  });

  it('fires when the relay’s update and a failing one overlap', async () => {
    const rows: Row[] = [
      { at: '10:00:00', id: 1600, target: relay },
      request,
      failure,
      { at: '10:20:00', id: 1601, target: relay },
    ];
    const { finding } = await ruleSays(rule, events(...rows));
    expect(finding.parameters).toMatchObject({
      relayRequestedAt: '2025-05-13 10:00:00',
      relaySucceededAt: '2025-05-13 10:20:00',
    });
  });

  it('is silent on an overlap with success: a task aimed at agents records both requests', async () => {
    const rows: Row[] = [
      { at: '10:00:00', id: 1600, target: relay },
      { at: '10:00:00', id: 273, target: agent },
      { at: '10:03:00', id: '', event: 'Relay Web server disabled', target: relay },
      { at: '10:05:00', id: 1601, target: relay },
      { at: '10:08:00', id: 2204, target: agent },
    ];
    const says = await ruleSays(rule, events(...rows, until('12:00:00')));
    expect([...says.findings, ...says.missing]).toEqual([]);
  });

  it.each([
    ['an open relay request ends after 60 minutes', [{ at: '09:09:00', id: 1600, target: relay }]],
    [
      'the relay was done before',
      [
        { at: '09:50:00', id: 1600, target: relay },
        { at: '10:00:00', id: 1601, target: relay },
      ],
    ],
    [
      'the next request ended it',
      [
        { at: '09:55:00', id: 1600, target: relay },
        { at: '10:00:00', id: 1600, target: relay },
        { at: '10:05:00', id: 1601, target: relay },
      ],
    ],
    ['the web server went off earlier', [{ ...off, at: '10:09:00' }]],
  ])('is silent: %s', async (_name, rows) => {
    expect((await ruleSays(rule, events(...rows, request, failure))).findings).toEqual([]);
  });

  it('cannot tell when the bundle ends before the agent’s result', async () => {
    const says = await ruleSays(
      rule,
      events({ at: '10:05:00', id: 1600, target: relay }, request, until('10:20:00')),
    );
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual(['ds-later-events']);
  });
});

describe('one-agent-always-fails and single-failure', () => {
  const fails = (...hours: string[]): Row[] =>
    hours.map((hour) => ({ at: `${hour}:00:00`, id: 2205, target: agent }));
  const other: Row = { at: '09:30:00', id: 2204, target: 'pc-0043' };

  it('fires on three failures in a row while another agent succeeds', async () => {
    const { finding } = await ruleSays('one-agent-always-fails', events(other, ...fails('10', '11', '12')));
    expect(finding).toMatchObject({
      severity: 'high',
      device: agent,
      parameters: { failures: 3, otherAgent: 'pc-0043' },
    });
    expect(finding.witnesses).toHaveLength(4);
  });

  it.each([
    ['two failures', [other, ...fails('10', '11')]],
    ['a success since', [other, ...fails('10', '11', '12'), { at: '13:00:00', id: 2204, target: agent }]],
    ['all agents fail', [...fails('10', '11', '12'), { at: '13:00:00', id: 2205, target: 'pc-0043' }]],
  ])('is silent: %s', async (_name, rows) => {
    const says = await ruleSays('one-agent-always-fails', events(...rows));
    expect([...says.findings, ...says.missing]).toEqual([]);
  });

  it('cannot tell without another agent', async () => {
    expect((await ruleSays('one-agent-always-fails', events(...fails('10', '11', '12')))).missing).toEqual([
      'ds-other-agents',
    ]);
  });

  it('notes one failure before a success, and not two', async () => {
    const success: Row = { at: '13:00:00', id: 2204, target: agent };
    expect((await ruleSays('single-failure', events(...fails('10'), success))).finding).toMatchObject({
      kind: 'note',
      severity: 'info',
    });
    expect((await ruleSays('single-failure', events(...fails('10', '11'), success))).findings).toEqual([]);
    expect((await ruleSays('single-failure', events(...fails('10')))).findings).toEqual([]);
    expect((await ruleSays('single-failure', tmudump())).missing).toEqual(['ds-system-events']);
  });
});

describe('success-without-download', () => {
  const rule = 'success-without-download';
  const request: Row = { at: '10:00:00', id: 273, target: agent };
  const success: Row = { at: '10:05:00', id: 784, target: agent };

  it('notes a success without 276', async () => {
    expect((await ruleSays(rule, events(request, success))).finding).toMatchObject({
      severity: 'info',
      device: agent,
    });
  });

  it('is silent with 276', async () => {
    const download: Row = { at: '10:02:00', id: 276, target: agent };
    expect((await ruleSays(rule, events(request, download, success))).findings).toEqual([]);
  });

  it('cannot tell when the events begin with the success', async () => {
    expect((await ruleSays(rule, events(success))).missing).toEqual(['ds-earlier-events']);
    expect((await ruleSays(rule, tmudump())).missing).toEqual(['ds-system-events']);
  });
});

function tmudump(): Files {
  return { 'TmuDump.txt': 'Inf 20250513 10:00:00 1 2 HttpsConnection: Successful: HTTP 200 OK\r\r\n' };
}
