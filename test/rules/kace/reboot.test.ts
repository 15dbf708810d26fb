import { describe, expect, it } from 'vitest';
import { EvidenceBuilder, type Row, type ScheduleOptions } from '../evidence-builder.ts';
import { ruleSays, witnessed } from '../verdicts.ts';

const patch = '2024-05 Cumulative Update (KB5037771)';
const row: Row = {
  patch,
  detection: 'not-patched',
  detected: '2024-05-10 09:12',
  deployment: 'succeeded',
  deployed: '2024-05-10 09:30',
  exitCode: 3010,
  attempts: 1,
};

function page(...rows: Row[]): EvidenceBuilder {
  return new EvidenceBuilder().devicePage('PC-0042', rows);
}

describe('kace/reboot-pending', () => {
  const rule = 'kace/reboot-pending';

  it('fires when no detection follows a deployment that asks for a restart', () => {
    const { finding } = ruleSays(rule, page(row));
    expect(finding).toMatchObject({
      kind: 'fault',
      severity: 'high',
      parameters: { reason: 'exit-code', exitCode: 3010, detectedAfter: false },
    });
    expect(witnessed(finding)).toContain('PC-0042/device-page.html:200 deployment.exitCode');
  });

  it.each([
    ['1641', { exitCode: 1641 }],
    ['0x240005', { exitCode: 0x24_0005 }],
    ['the same minute, which is not after', { detected: '2024-05-10 09:30' }],
    ['a later detection that still misses it', { detected: '2024-05-11 07:40' }],
    ['never detected', { detected: 'never' }],
  ])('fires: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...row, ...change })).findings).toHaveLength(1);
  });

  it.each([
    ['the deploy status', { deployment: 'pending-reboot' as const, exitCode: 0 }, 'deployment-status'],
    ['the detect status', { detection: 'pending-reboot' as const, exitCode: 0 }, 'detection-status'],
  ])('fires on what %s says', (_name, change, reason) => {
    expect(ruleSays(rule, page({ ...row, ...change })).finding.parameters).toMatchObject({ reason });
  });

  it('fires on a status that says pending even without a date', () => {
    const { deployed: _left, ...without } = row;
    const says = ruleSays(rule, page({ ...without, deployment: 'pending-reboot' }));
    expect(says.findings).toHaveLength(1);
  });

  it('is silent when a later detection says patched', () => {
    expect(
      ruleSays(rule, page({ ...row, detection: 'patched', detected: '2024-05-11 07:40' })).findings,
    ).toEqual([]);
  });

  it('is silent when another page of the pair has the later detection', () => {
    const bundle = page(row).patchPage(patch, [
      { device: 'PC-0042', detection: 'patched', detected: '2024-05-11 07:40', deployed: '2024-05-10 09:30' },
    ]);
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('is silent when the restart is evidenced before a later detection', () => {
    const bundle = new EvidenceBuilder(540)
      .devicePage('PC-0042', [{ ...row, detected: '2024-05-11 07:40' }])
      .agentLog('PC-0042', [{ at: '2024-05-10 18:00:00', type: 'boot' }], 540);
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('fires, and says why, when the restart cannot be ordered', () => {
    const bundle = page({ ...row, detected: '2024-05-11 07:40' }).agentLog(
      'PC-0042',
      [{ at: '2024-05-10 18:00:00', type: 'boot' }],
      540,
    );
    expect(ruleSays(rule, bundle).finding.parameters).toMatchObject({
      restart: 'undecidable',
      detectedAfter: true,
    });
  });

  it('is silent on exit code 0', () => {
    expect(ruleSays(rule, page({ ...row, exitCode: 0 })).findings).toEqual([]);
  });

  it('cannot tell when "patched" has no time', () => {
    const { detected: _left, ...without } = row;
    const says = ruleSays(rule, page({ ...without, detection: 'patched' }));
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual(['detection-time']);
  });

  it('cannot tell when the deployment has no time', () => {
    const { deployed: _left, ...without } = row;
    expect(ruleSays(rule, page(without)).missing).toEqual(['deployment-time']);
  });

  it('makes one finding of a device page and a patch page that agree', () => {
    const bundle = page(row).patchPage(patch, [
      {
        device: 'PC-0042',
        detection: 'not-patched',
        detected: '2024-05-10 09:12',
        deployment: 'pending-reboot',
        deployed: '2024-05-10 09:30',
      },
    ]);
    expect(ruleSays(rule, bundle).finding.parameters).toMatchObject({ reason: 'exit-code' });
  });
});

describe('kace/reboot-needed-but-schedule-never-reboots', () => {
  const rule = 'kace/reboot-needed-but-schedule-never-reboots';
  const never: ScheduleOptions = {
    reboot: 'none',
    rebootRaw: '再起動しない',
    devices: { 'PC-0042': { phase: 'completed', lastRun: '2024-05-10 09:20' } },
  };

  it('fires on the only schedule that lists the device', () => {
    const { finding } = ruleSays(rule, page(row).schedule('14', never));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'high',
      parameters: { schedule: '14' },
    });
    expect(witnessed(finding)).toContain('schedules/14.html:40 schedule-reboot');
  });

  it('fires on the schedule that has the patch in its deploy label', () => {
    const bundle = page(row)
      .patch(patch, { labels: ['月例'] })
      .schedule('14', { ...never, deployLabels: ['月例'] })
      .schedule('15', { ...never, reboot: 'force', deployLabels: ['サーバー'] });
    expect(ruleSays(rule, bundle).finding.parameters).toMatchObject({ schedule: '14' });
  });

  it.each([
    ['a schedule that restarts', { reboot: 'force' as const }],
    ['a schedule that asks the user', { reboot: 'prompt' as const }],
    ['a schedule that only detects', { action: 'detect' as const }],
    ['a schedule for other devices', { devices: { 'PC-0001': {} } }],
  ])('is silent: %s', (_name, change) => {
    const says = ruleSays(rule, page(row).schedule('14', { ...never, ...change }));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });

  it('is silent where no restart is due', () => {
    expect(ruleSays(rule, page({ ...row, exitCode: 0 }).schedule('14', never)).findings).toEqual([]);
  });

  it.each([
    ['no schedule page', (bundle: EvidenceBuilder) => bundle, 'schedule-page'],
    [
      'an unknown reboot option',
      (bundle: EvidenceBuilder) => bundle.schedule('14', { ...never, reboot: 'unknown' }),
      'reboot-option',
    ],
    [
      'two schedules and no labels',
      (bundle: EvidenceBuilder) => bundle.schedule('14', never).schedule('15', never),
      'schedule-labels',
    ],
    [
      'two schedules of which one restarts',
      (bundle: EvidenceBuilder) =>
        bundle
          .patch(patch, { labels: ['月例'] })
          .schedule('14', { ...never, deployLabels: ['月例'] })
          .schedule('15', { ...never, reboot: 'force', deployLabels: ['月例'] }),
      'which-schedule',
    ],
  ])('cannot tell: %s', (_name, add, missing) => {
    const says = ruleSays(rule, add(page(row)));
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual([missing]);
  });
});

describe('kace/verification-missing-after-restart', () => {
  const rule = 'kace/verification-missing-after-restart';
  const restarts: ScheduleOptions = { reboot: 'force', devices: { 'PC-0042': {} } };
  const boot = { at: '2024-05-10 10:00:00', type: 'boot' as const };
  const after = { at: '2024-05-10 15:00:00', type: 'agent-start' as const };

  function bundle(
    options: {
      readonly events?: readonly (typeof boot | typeof after)[];
      readonly schedule?: ScheduleOptions;
      readonly change?: Row;
    } = {},
  ): EvidenceBuilder {
    return new EvidenceBuilder(540)
      .devicePage('PC-0042', [{ ...row, ...options.change }])
      .schedule('14', { ...restarts, ...options.schedule })
      .agentLog('PC-0042', options.events ?? [boot, after], 540);
  }

  it('fires when the check that follows a restart did not happen', () => {
    const { finding } = ruleSays(rule, bundle());
    expect(finding).toMatchObject({
      severity: 'high',
      parameters: { restartAt: '2024-05-10 10:00:00', schedule: '14' },
    });
    expect(witnessed(finding)).toContain('PC-0042/konea.log:100 restarted-at');
  });

  it.each([
    ['a detection after the deployment', bundle({ change: { detected: '2024-05-11 07:40' } })],
    ['a schedule that never restarts', bundle({ schedule: { reboot: 'none' } })],
    ['no restart in the log', bundle({ events: [after] })],
  ])('is silent: %s', (_name, quiet) => {
    const says = ruleSays(rule, quiet);
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });

  it.each([
    ['nothing in the bundle is later', bundle({ events: [boot] }), 'later-moments'],
    [
      'the device has no log',
      new EvidenceBuilder(540).devicePage('PC-0042', [row]).schedule('14', restarts),
      'client-log',
    ],
    [
      'the schedule is not there',
      new EvidenceBuilder(540).devicePage('PC-0042', [row]).agentLog('PC-0042', [boot, after], 540),
      'schedule-page',
    ],
    [
      'the clocks cannot be compared',
      new EvidenceBuilder()
        .devicePage('PC-0042', [row])
        .schedule('14', restarts)
        .agentLog('PC-0042', [boot, after], 540),
      'restart-order',
    ],
  ])('cannot tell: %s', (_name, unclear, missing) => {
    const says = ruleSays(rule, unclear);
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual([missing]);
  });
});
