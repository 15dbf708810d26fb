import { describe, expect, it } from 'vitest';
import type { Citation } from '../../../parsers/domain/evidence.ts';
import { EvidenceBuilder, type Row } from '../evidence-builder.ts';
import { ruleSays, witnessed } from '../verdicts.ts';

const patch = 'Java 8 Update 411 (64-bit)';
const row: Row = {
  patch,
  detection: 'not-patched',
  detected: '2024-05-10 05:00',
  deployment: 'not-attempted',
  deploymentRaw: '',
  deployed: 'never',
  attempts: 0,
};

function page(...rows: Row[]): EvidenceBuilder {
  return new EvidenceBuilder().devicePage('PC-0042', rows);
}

describe('kace/never-deployed', () => {
  const rule = 'kace/never-deployed';

  it('fires, and says that the status of the patch is unknown', () => {
    expect(ruleSays(rule, page(row)).finding).toMatchObject({
      kind: 'fault',
      severity: 'high',
      parameters: { patchStatus: 'unknown', attempts: 0 },
    });
  });

  it('fires on an active patch, with its page as a witness', () => {
    const { finding } = ruleSays(rule, page(row).patch(patch, { status: 'active' }));
    expect(finding.parameters).toMatchObject({ patchStatus: 'active' });
    expect(witnessed(finding)).toContain(`patches/${patch} detail.html:12 patch-status`);
  });

  it('fires without a column of attempts', () => {
    const { attempts: _left, ...without } = row;
    expect(ruleSays(rule, page(without)).findings).toHaveLength(1);
  });

  it('fires when the schedule ran after the detection', () => {
    const bundle = page(row).schedule('14', { lastRun: '2024-05-10 22:00', devices: { 'PC-0042': {} } });
    expect(ruleSays(rule, bundle).findings).toHaveLength(1);
  });

  it.each([
    ['patched', page({ ...row, detection: 'patched' })],
    ['deployed', page({ ...row, deployed: '2024-05-10 21:33', attempts: 1 })],
    ['attempts without a date', page({ ...row, attempts: 1 })],
    ['an inactive patch', page(row).patch(patch, { status: 'inactive' })],
    ['a disabled patch', page(row).patch(patch, { status: 'disabled' })],
    [
      'a patch in no deploy label',
      page(row)
        .patch(patch, { labels: ['その他'] })
        .schedule('14', { deployLabels: ['月例'], detectLabels: ['その他'], devices: { 'PC-0042': {} } }),
    ],
    [
      'a schedule that has not run since the first detection',
      page(row).schedule('14', { lastRun: '2024-05-09 22:00', devices: { 'PC-0042': {} } }),
    ],
    [
      'another source with the date',
      page(row).sqlExport([{ ...row, device: 'PC-0042', deployed: '2024-05-10 21:33:10', attempts: 1 }]),
    ],
  ])('is silent: %s', (_name, bundle) => {
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('is not applicable where the source tells no deploy date', () => {
    const { deployed: _left, ...without } = row;
    const says = ruleSays(rule, page(without));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });
});

describe('kace/schedule-only-detects', () => {
  const rule = 'kace/schedule-only-detects';

  it.each(['detect', 'detect-and-stage', 'rollback'] as const)('fires on the action %s', (action) => {
    const { finding } = ruleSays(rule, page(row).schedule('7', { action, devices: { 'PC-0042': {} } }));
    expect(finding).toMatchObject({ severity: 'high', parameters: { schedule: '7', action } });
  });

  it.each([
    ['a schedule that deploys', page(row).schedule('7', { devices: { 'PC-0042': {} } })],
    [
      'another schedule that deploys it',
      page(row)
        .schedule('7', { action: 'detect', devices: { 'PC-0042': {} } })
        .schedule('8', { action: 'deploy', devices: { 'PC-0042': {} } }),
    ],
    [
      'a schedule for other devices',
      page(row).schedule('7', { action: 'detect', devices: { 'PC-0001': {} } }),
    ],
    [
      'a schedule for other patches',
      page(row)
        .patch(patch, { labels: ['Java'] })
        .schedule('7', { action: 'detect', detectLabels: ['OS'], devices: { 'PC-0042': {} } }),
    ],
    [
      'deployed',
      page({ ...row, deployed: '2024-05-10 21:33' }).schedule('7', {
        action: 'detect',
        devices: { 'PC-0042': {} },
      }),
    ],
    ['no schedule page', page(row)],
  ])('is silent: %s', (_name, bundle) => {
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('cannot tell when another schedule may deploy it', () => {
    const bundle = page(row)
      .schedule('7', { action: 'detect', devices: { 'PC-0042': {} } })
      .schedule('8', { action: 'deploy' });
    expect(ruleSays(rule, bundle).missing).toEqual(['schedule-labels']);
  });
});

describe.each([
  ['kace/disabled-patch-in-deploy-label', 'disabled', 'inactive'],
  ['kace/inactive-patch-in-deploy-label', 'inactive', 'disabled'],
] as const)('%s', (rule, status, other) => {
  const labelled = { status, labels: ['月例パッチ', 'OS'] } as const;

  it('fires when the label of a schedule still promises the patch', () => {
    const bundle = page(row)
      .patch(patch, labelled)
      .schedule('14', { deployLabels: ['月例パッチ'] });
    const { finding } = ruleSays(rule, bundle);
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'critical',
      device: null,
      patch,
      parameters: { schedule: '14', labels: ['月例パッチ'] },
    });
  });

  it('compares labels without regard to width and blanks', () => {
    const bundle = page(row)
      .patch(patch, { status, labels: ['ＯＳ　patches'] })
      .schedule('14', { deployLabels: ['os Patches'] });
    expect(ruleSays(rule, bundle).findings).toHaveLength(1);
  });

  it('is silent on another label and on another status', () => {
    const elsewhere = page(row)
      .patch(patch, labelled)
      .schedule('14', { deployLabels: ['サーバー'] });
    expect(ruleSays(rule, elsewhere).findings).toEqual([]);
    const otherStatus = page(row)
      .patch(patch, { ...labelled, status: other })
      .schedule('14', { deployLabels: ['OS'] });
    expect(ruleSays(rule, otherStatus).findings).toEqual([]);
  });

  it('cannot tell without labels, or without a schedule', () => {
    expect(
      ruleSays(
        rule,
        page(row)
          .patch(patch, { status })
          .schedule('14', { deployLabels: ['OS'] }),
      ).missing,
    ).toEqual(['patch-labels']);
    expect(ruleSays(rule, page(row).patch(patch, labelled)).missing).toEqual(['schedule-page']);
    expect(ruleSays(rule, page(row).patch(patch, labelled).schedule('14')).missing).toEqual([
      'schedule-labels',
    ]);
  });
});

describe('kace/patch-not-active', () => {
  const rule = 'kace/patch-not-active';

  it.each(['inactive', 'disabled'] as const)('fires once for a patch that is %s and missing', (status) => {
    const bundle = page(row).devicePage('PC-0001', [row]).patch(patch, { status });
    const { finding } = ruleSays(rule, bundle);
    expect(finding).toMatchObject({ severity: 'high', patch, device: null, parameters: { devices: 2 } });
    expect(finding.witnesses).toHaveLength(3);
  });

  it.each([
    ['an active patch', page(row).patch(patch, { status: 'active' })],
    ['missing nowhere', page({ ...row, detection: 'patched' }).patch(patch, { status: 'inactive' })],
    [
      'a label rule fires',
      page(row)
        .patch(patch, { status: 'inactive', labels: ['OS'] })
        .schedule('14', { deployLabels: ['OS'] }),
    ],
    ['an unknown status', page(row).patch(patch, {})],
  ])('is silent: %s', (_name, bundle) => {
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });
});

describe('kace/patch-not-in-label', () => {
  const rule = 'kace/patch-not-in-label';

  it.each([
    ['detect', ['Java'], ['月例'], ['Java']],
    ['deploy', ['Java'], ['Java'], ['月例']],
    ['both', ['Java'], ['月例'], ['月例']],
  ] as const)('fires on the %s side', (side, labels, detectLabels, deployLabels) => {
    const bundle = page(row).patch(patch, { labels }).schedule('14', { detectLabels, deployLabels });
    expect(ruleSays(rule, bundle).finding).toMatchObject({ severity: 'high', parameters: { side } });
  });

  it('fires on a patch that carries no label at all', () => {
    const bundle = page(row)
      .patch(patch, { labels: [] })
      .schedule('14', { detectLabels: ['OS'], deployLabels: ['OS'] });
    expect(ruleSays(rule, bundle).finding.parameters).toMatchObject({ side: 'both', labels: [] });
  });

  it('is silent when one schedule detects it and another deploys it', () => {
    const bundle = page(row)
      .patch(patch, { labels: ['Java'] })
      .schedule('7', { action: 'detect', detectLabels: ['Java'] })
      .schedule('8', { action: 'deploy', deployLabels: ['Java'] });
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('is silent while labels are unknown', () => {
    const ofPatch = page(row)
      .patch(patch, {})
      .schedule('14', { detectLabels: ['OS'], deployLabels: ['OS'] });
    expect(ruleSays(rule, ofPatch).findings).toEqual([]);
    const ofSchedule = page(row)
      .patch(patch, { labels: ['Java'] })
      .schedule('14');
    const says = ruleSays(rule, ofSchedule);
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual(['schedule-labels']);
  });

  it('is silent when another schedule with unknown labels may take it', () => {
    const bundle = page(row)
      .patch(patch, { labels: ['Java'] })
      .schedule('14', { detectLabels: ['OS'], deployLabels: ['OS'] })
      .schedule('15');
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });
});

describe('kace/no-downloaded-file', () => {
  const rule = 'kace/no-downloaded-file';
  const file = { name: 'jre-8u411-windows-x64.exe', downloaded: false };

  it('fires when nothing is downloaded and the patch is missing', () => {
    const { finding } = ruleSays(rule, page(row).patch(patch, { files: [file] }));
    expect(finding).toMatchObject({ severity: 'high', patch, parameters: { files: 1, devices: 1 } });
  });

  it.each([
    [
      'one file is downloaded',
      page(row).patch(patch, { files: [file, { name: 'b.msi', downloaded: true }] }),
    ],
    ['missing nowhere', page({ ...row, detection: 'patched' }).patch(patch, { files: [file] })],
    ['no files are listed', page(row).patch(patch, { files: [] })],
    ['the page tells no files', page(row).patch(patch, {})],
  ])('is silent: %s', (_name, bundle) => {
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('cannot tell when the state of a file is unknown', () => {
    const bundle = page(row).patch(patch, { files: [{ name: 'a.exe', downloaded: null }] });
    expect(ruleSays(rule, bundle).missing).toEqual(['download-state']);
  });
});

describe('kace/schedule-done-but-not-patched', () => {
  const rule = 'kace/schedule-done-but-not-patched';
  const deployed: Row = {
    ...row,
    deployment: 'succeeded',
    deploymentRaw: '成功',
    deployed: '2024-05-10 21:12',
    attempts: 1,
  };
  const done = { 'PC-0042': { phase: 'completed', lastRun: '2024-05-10 22:00' } } as const;

  it.each([
    ['deployed', deployed, true],
    ['never deployed', row, false],
  ])('fires on a missing patch that was %s', (_name, missing, isDeployed) => {
    const { finding } = ruleSays(rule, page(missing).schedule('14', { devices: done }));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'high',
      parameters: { schedule: '14', deployed: isDeployed },
    });
    expect(witnessed(finding)).toEqual([
      'PC-0042/device-page.html:200 detection.status',
      'schedules/14.html:60 schedule-phase',
    ]);
  });

  it('takes the line of the schedule where the device has no time of its own', () => {
    const bundle = page(deployed).schedule('14', { lastRun: '2024-05-10 20:00', devices: { 'PC-0042': {} } });
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it.each([
    [
      'a run before the deployment',
      page(deployed).schedule('14', { devices: { 'PC-0042': { lastRun: '2024-05-10 20:00' } } }),
    ],
    [
      'another phase',
      page(row).schedule('14', { devices: { 'PC-0042': { phase: 'error', lastRun: '2024-05-10 22:00' } } }),
    ],
    ['patched', page({ ...deployed, detection: 'patched' }).schedule('14', { devices: done })],
    ['another device', page(row).schedule('14', { devices: { 'PC-0001': { phase: 'completed' } } })],
    ['a schedule that only detects', page(row).schedule('14', { action: 'detect', devices: done })],
    [
      'a schedule that deploys other patches',
      page(row)
        .patch(patch, { labels: ['Java'] })
        .schedule('14', { deployLabels: ['OS'], devices: done }),
    ],
  ])('is silent: %s', (_name, bundle) => {
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('cannot tell without the time of the run', () => {
    expect(ruleSays(rule, page(deployed).schedule('14', { devices: { 'PC-0042': {} } })).missing).toEqual([
      'schedule-run-time',
    ]);
  });
});

describe('kace/schedule-ran-without-detection', () => {
  const rule = 'kace/schedule-ran-without-detection';

  function bundle(
    lastRun: string | undefined,
    action: 'detect' | 'deploy' | 'unknown' = 'detect',
  ): EvidenceBuilder {
    return page(row, { ...row, patch: 'Zoom', detected: '2024-05-10 06:00' }).schedule('7', {
      action,
      devices: { 'PC-0042': { phase: 'completed', ...(lastRun === undefined ? {} : { lastRun }) } },
    });
  }

  it('fires once per device, with the window that is assumed', () => {
    const { finding } = ruleSays(rule, bundle('2024-05-11 06:01'));
    expect(finding).toMatchObject({
      kind: 'fault',
      severity: 'medium',
      device: 'PC-0042',
      patch: null,
      parameters: { detectedAt: '2024-05-10 06:00', apartMinutes: 1441, assumed: ['windowMinutes'] },
    });
  });

  it.each([
    ['exactly one day', bundle('2024-05-11 06:00')],
    ['a run before the detection', bundle('2024-05-10 01:00')],
    ['a schedule that only deploys', bundle('2024-05-20 06:00', 'deploy')],
    [
      'a schedule for other devices',
      page(row).schedule('7', { devices: { 'PC-0001': { lastRun: '2024-05-20 06:00' } } }),
    ],
  ])('is silent: %s', (_name, quiet) => {
    const says = ruleSays(rule, quiet);
    expect(says.findings).toEqual([]);
  });

  it.each([
    ['the time of the run', bundle(undefined), 'schedule-run-time'],
    ['the action', bundle('2024-05-20 06:00', 'unknown'), 'schedule-action'],
    [
      'any detection of the device',
      new EvidenceBuilder().schedule('7', { devices: { 'PC-0042': { lastRun: '2024-05-20 06:00' } } }),
      'device-detection',
    ],
  ])('cannot tell without %s', (_name, unclear, missing) => {
    expect(ruleSays(rule, unclear).missing).toEqual([missing]);
  });
});

describe('the places of single fields', () => {
  const placeAt = (line: number): Citation => ({
    member: 'page.html',
    line,
    row: null,
    pointer: null,
    quote: `line ${line}`,
  });
  const linesOf = (rule: string, builder: EvidenceBuilder): readonly (number | null)[] =>
    ruleSays(rule, builder)
      .findings.flatMap((finding) => finding.witnesses)
      .filter((witness) => witness.record === null)
      .map((witness) => witness.citation.line);
  const missing = { patch: 'Zoom', detection: 'not-patched' as const, detected: '2024-05-11 07:40' };

  it('are cited instead of the first row of the page', () => {
    const builder = (): EvidenceBuilder =>
      new EvidenceBuilder()
        .devicePage('PC-1', [{ ...missing, deployed: 'never', attempts: 0 }])
        .patch('Zoom', {
          status: 'disabled',
          labels: ['A'],
          files: [{ name: 'a.msu', downloaded: false }],
          places: { status: placeAt(21), labels: placeAt(22), files: placeAt(23) },
        })
        .schedule('Monthly', {
          detectLabels: ['B'],
          deployLabels: ['A'],
          places: { detectLabels: placeAt(51), deployLabels: placeAt(52) },
        });
    expect(linesOf('kace/disabled-patch-in-deploy-label', builder())).toEqual([21, 22, 52]);
    expect(linesOf('kace/patch-not-in-label', builder())).toEqual([22, 51]);
    expect(linesOf('kace/no-downloaded-file', builder())).toEqual([23]);
  });

  it('of a schedule are those of its maximum, its restarts and its action', () => {
    const failing = {
      ...missing,
      deployment: 'failed' as const,
      deployed: '2024-05-10 07:40',
      exitCode: 1603,
      attempts: 3,
    };
    const schedule = {
      maxAttempts: 3,
      reboot: 'none' as const,
      devices: { 'PC-1': {} },
      places: { maxAttempts: placeAt(53), reboot: placeAt(54), action: placeAt(55) },
    };
    expect(
      linesOf(
        'kace/attempts-exhausted',
        new EvidenceBuilder().devicePage('PC-1', [failing]).schedule('Monthly', schedule),
      ),
    ).toEqual([53]);
    expect(
      linesOf(
        'kace/reboot-needed-but-schedule-never-reboots',
        new EvidenceBuilder()
          .devicePage('PC-1', [
            { ...missing, deployment: 'succeeded', deployed: '2024-05-12 07:40', exitCode: 3010 },
          ])
          .schedule('Monthly', schedule),
      ),
    ).toEqual([54]);
    expect(
      linesOf(
        'kace/schedule-only-detects',
        new EvidenceBuilder()
          .devicePage('PC-1', [{ ...missing, deployed: 'never' }])
          .schedule('Monthly', { ...schedule, action: 'detect' }),
      ),
    ).toEqual([55]);
  });
});
