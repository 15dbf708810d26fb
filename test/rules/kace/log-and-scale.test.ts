import { describe, expect, it } from 'vitest';
import { kaceScale } from '../../../parsers/rules/kace/scale.ts';
import { EvidenceBuilder, type LogEvent, type Row } from '../evidence-builder.ts';
import { ruleSays, witnessed } from '../verdicts.ts';

const patch = 'Adobe Acrobat Reader DC 24.002.20759';
const row: Row = {
  patch,
  detection: 'not-patched',
  detected: '2024-05-11 07:40',
  deployment: 'succeeded',
  deployed: '2024-05-10 21:12',
  exitCode: 0,
  attempts: 2,
};

describe('kace/log-contradicts-table', () => {
  const rule = 'kace/log-contradicts-table';

  function result(at: string, detail: LogEvent['detail']): LogEvent {
    return { at, type: 'kace/agent-result', patch, ...(detail === undefined ? {} : { detail }) };
  }

  function bundle(
    events: readonly LogEvent[],
    change: Row = {},
    offset: number | null = 540,
  ): EvidenceBuilder {
    return new EvidenceBuilder(offset)
      .devicePage('PC-0042', [{ ...row, ...change }])
      .agentLog('PC-0042', events, 540);
  }

  it('fires when the log states another exit code', () => {
    const { finding } = ruleSays(rule, bundle([result('2024-05-10 21:11:58', { exitCode: 1603 })]));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'high',
      parameters: { exitCode: 0, logExitCode: 1603, comparable: true, assumed: ['windowMinutes'] },
    });
    expect(witnessed(finding)).toEqual([
      'PC-0042/device-page.html:200 deployment.exitCode',
      'PC-0042/konea.log:100 log-result',
    ]);
  });

  it('fires when the log states another result', () => {
    const { exitCode: _left, ...without } = row;
    const says = ruleSays(
      rule,
      new EvidenceBuilder(540)
        .devicePage('PC-0042', [without])
        .agentLog('PC-0042', [result('2024-05-10 21:11:58', { result: 'failed' })], 540),
    );
    expect(says.finding.parameters).toMatchObject({ exitCode: null, logDeploymentStatus: 'failed' });
  });

  it('is milder when the clocks cannot be compared', () => {
    const says = ruleSays(rule, bundle([result('2024-05-10 21:11:58', { exitCode: 1603 })], {}, null));
    expect(says.finding).toMatchObject({ severity: 'medium', parameters: { comparable: false } });
  });

  it.each([
    ['the log agrees', [result('2024-05-10 21:11:58', { exitCode: 0 })]],
    [
      'another line of the pair agrees',
      [result('2024-05-10 21:09:00', { exitCode: 1603 }), result('2024-05-10 21:11:58', { exitCode: 0 })],
    ],
    ['the line is farther away than the window', [result('2024-05-10 21:01:00', { exitCode: 1603 })]],
    [
      'the line is of another patch',
      [{ ...result('2024-05-10 21:11:58', { exitCode: 1603 }), patch: 'Zoom' }],
    ],
    ['the log states no result', [{ at: '2024-05-10 21:11:58', type: 'boot' as const }]],
  ])('is silent: %s', (_name, events) => {
    const says = ruleSays(rule, bundle(events));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });

  it('is silent on days that lie apart even without offsets', () => {
    const says = ruleSays(rule, bundle([result('2024-05-13 21:11:58', { exitCode: 1603 })], {}, null));
    expect(says.findings).toEqual([]);
  });

  it('is silent where nothing was deployed', () => {
    const says = ruleSays(
      rule,
      bundle([result('2024-05-10 21:11:58', { exitCode: 1603 })], { deployed: 'never' }),
    );
    expect(says.findings).toEqual([]);
  });

  it('knows the patch by its KB alone', () => {
    const monthly = { ...row, patch: '2024-05 Cumulative Update (KB5037771)' };
    const says = ruleSays(
      rule,
      new EvidenceBuilder(540)
        .devicePage('PC-0042', [monthly])
        .agentLog(
          'PC-0042',
          [{ ...result('2024-05-10 21:11:58', { exitCode: 1603 }), patch: 'KB5037771' }],
          540,
        ),
    );
    expect(says.findings).toHaveLength(1);
  });
});

describe('kace/scale', () => {
  const rule = 'kace/scale';

  const bundle = new EvidenceBuilder()
    .devicePage('PC-1', [row, { ...row, patch: 'Zoom', exitCode: 1603, deployment: 'failed' }])
    .devicePage('PC-2', [row])
    .devicePage('PC-3', [{ ...row, deployment: 'pending-reboot', exitCode: 3010 }])
    .devicePage('PC-4', [
      { patch, detection: 'not-patched', detected: '2024-05-11 07:40', deployed: 'never', attempts: 0 },
    ])
    .devicePage('PC-5', [{ patch, detection: 'not-applicable', deployed: 'never' }]);

  it('counts devices over attempted deployments', () => {
    expect(kaceScale(bundle.build())).toEqual({
      counts: { devices: 5, targeted: 4, deploymentRan: 3, deploymentSucceeded: 1, deploymentFailed: 1 },
      scale: [
        { patch, targeted: 4, ran: 3, succeeded: 2, failed: 0, source: 'evidence' },
        { patch: 'Zoom', targeted: 1, ran: 1, succeeded: 0, failed: 1, source: 'evidence' },
      ],
      targetedFrom: 'records',
    });
  });

  it('is noted once, with every table as a witness', () => {
    const { finding } = ruleSays(rule, bundle);
    expect(finding).toMatchObject({
      kind: 'note',
      severity: 'info',
      device: null,
      parameters: { devices: 5, targeted: 4, ran: 3, succeeded: 1, failed: 1, targetedFrom: 'records' },
    });
    expect(finding.witnesses).toHaveLength(5);
  });

  it('takes the targeted devices from the schedule where there is one', () => {
    const scheduled = new EvidenceBuilder().devicePage('PC-1', [row]).schedule('14', {
      devices: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`PC-${n + 1}`, {}])),
    });
    const { counts, scale, targetedFrom } = kaceScale(scheduled.build());
    expect(targetedFrom).toBe('schedule');
    expect(counts).toMatchObject({ devices: 100, targeted: 100, deploymentRan: 1 });
    expect(scale[0]).toMatchObject({ targeted: 100, ran: 1 });
  });

  it('counts a pair once, by its newest deployment', () => {
    const twice = new EvidenceBuilder()
      .devicePage('PC-1', [{ ...row, deployment: 'failed', exitCode: 1603 }])
      .sqlExport([{ ...row, device: 'PC-1', deployed: '2024-05-12 21:12:00', deployment: 'succeeded' }]);
    expect(kaceScale(twice.build()).counts).toMatchObject({
      deploymentRan: 1,
      deploymentSucceeded: 1,
      deploymentFailed: 0,
    });
  });

  it('is not noted without records', () => {
    expect(
      ruleSays(rule, new EvidenceBuilder().schedule('14', { devices: { 'PC-1': {} } })).findings,
    ).toEqual([]);
  });
});
