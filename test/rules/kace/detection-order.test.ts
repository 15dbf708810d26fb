import { describe, expect, it } from 'vitest';
import { createWording } from '../../../parsers/report/wording.ts';
import { EvidenceBuilder, type Row } from '../evidence-builder.ts';
import { ruleSays, witnessed } from '../verdicts.ts';

const row: Row = {
  patch: '2024-05 Cumulative Update (KB5037771)',
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

describe('kace/detection-older-than-deployment', () => {
  const rule = 'kace/detection-older-than-deployment';

  it('fires on a status from before the deployment and cites both times', () => {
    const { finding } = ruleSays(rule, page(row));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'high',
      system: 'kace-sma',
      device: 'PC-0042',
      patch: '2024-05 Cumulative Update (KB5037771)',
      parameters: { apartMinutes: 18, detectedAt: '2024-05-10 09:12', restartDue: true, restart: 'none' },
    });
    expect(witnessed(finding)).toEqual([
      'PC-0042/device-page.html:200 detection.at',
      'PC-0042/device-page.html:200 deployment.at',
    ]);
    expect(createWording('en').finding(finding).title).toBe(
      'The status “not patched” is 18 minutes older than the deployment it should confirm',
    );
    expect(createWording('ja').finding(finding).title).toBe(
      '「未適用」という検出結果は、確認すべき展開より 18 分前のものです',
    );
  });

  it('is milder when the old status says patched', () => {
    expect(ruleSays(rule, page({ ...row, detection: 'patched' })).finding.severity).toBe('medium');
  });

  it.each([
    ['the same minute', { detected: '2024-05-10 09:30' }],
    ['a later detection', { detected: '2024-05-10 09:31' }],
    ['never deployed', { deployed: 'never' }],
  ])('is silent: %s', (_name, change) => {
    const says = ruleSays(rule, page({ ...row, ...change }));
    expect(says.findings).toEqual([]);
    expect(says.undecided).toEqual([]);
  });

  it('orders exports with seconds within the minute', () => {
    const seconds = {
      ...row,
      device: 'PC-0042',
      detected: '2024-05-10 09:30:10',
      deployed: '2024-05-10 09:30:40',
    };
    const says = ruleSays(rule, new EvidenceBuilder().sqlExport([seconds]));
    expect(says.finding.parameters).toMatchObject({ apartMinutes: 0.5, detectedAt: '2024-05-10 09:30:10' });
    expect(createWording('en').finding(says.finding).title).toContain('30 seconds older');
  });

  it('cannot tell without the time of the detection', () => {
    const { detected: _left, ...without } = row;
    const says = ruleSays(rule, page(without));
    expect(says.findings).toEqual([]);
    expect(says.undecided).toEqual([
      { rule, device: 'PC-0042', patch: '2024-05 Cumulative Update (KB5037771)', missing: 'detection-time' },
    ]);
  });

  it('makes one finding of two sources that agree, and cites both', () => {
    const bundle = page(row).sqlExport([
      {
        ...row,
        device: 'pc-0042.sakura.example',
        detected: '2024-05-10 09:12:31',
        deployed: '2024-05-10 09:30:02',
      },
    ]);
    const { finding } = ruleSays(rule, bundle);
    expect(new Set(finding.witnesses.map((witness) => witness.citation.member))).toEqual(
      new Set(['PC-0042/device-page.html', 'export.csv']),
    );
  });

  it('makes two findings of two sources that differ', () => {
    const bundle = page(row).sqlExport([{ ...row, device: 'PC-0042', deployed: '2024-05-10 10:00:12' }]);
    expect(ruleSays(rule, bundle).findings).toHaveLength(2);
  });
});

describe('kace/same-minute', () => {
  const rule = 'kace/same-minute';
  const same = { ...row, detected: '2024-05-10 09:30' };

  it('notes an order that nobody can know', () => {
    expect(ruleSays(rule, page(same)).finding).toMatchObject({ kind: 'note', severity: 'info' });
  });

  it.each([
    ['another minute', { detected: '2024-05-10 09:31' }],
    ['patched', { detection: 'patched' as const }],
    ['never deployed', { deployed: 'never' }],
  ])('is silent: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...same, ...change })).findings).toEqual([]);
  });

  it('is silent on exports that tell the seconds', () => {
    const seconds = {
      ...row,
      device: 'PC-0042',
      detected: '2024-05-10 09:30:10',
      deployed: '2024-05-10 09:30:40',
    };
    expect(ruleSays(rule, new EvidenceBuilder().sqlExport([seconds])).findings).toEqual([]);
  });

  it('is not applicable without a time', () => {
    const { detected: _left, ...without } = same;
    expect(ruleSays(rule, page(without)).findings).toEqual([]);
  });
});

describe('kace/still-missing-after-deployment', () => {
  const rule = 'kace/still-missing-after-deployment';
  const later = { ...row, exitCode: 0, detected: '2024-05-11 07:40' };

  it('fires when a detection after a successful deployment still misses the patch', () => {
    const { finding } = ruleSays(rule, page(later));
    expect(finding).toMatchObject({
      severity: 'critical',
      parameters: { exitCode: 0, apartMinutes: 22 * 60 + 10 },
    });
    expect(witnessed(finding)).toContain('PC-0042/device-page.html:200 deployment.exitCode');
  });

  it('fires when no source knows an exit code', () => {
    const { exitCode: _left, ...without } = later;
    expect(ruleSays(rule, page(without)).finding.parameters).toMatchObject({ exitCode: null });
  });

  it('takes the exit code from the other page of the pair', () => {
    const { exitCode: _left, patch, ...bare } = later;
    const bundle = new EvidenceBuilder()
      .devicePage('PC-0042', [{ ...later, exitCode: 1603 }])
      .patchPage(patch ?? '', [{ ...bare, device: 'PC-0042' }]);
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it.each([
    ['a failing exit code', { exitCode: 1603 }],
    ['a restart that is not evidenced', { exitCode: 3010 }],
    ['the same minute', { detected: '2024-05-10 09:30' }],
    ['an older detection', { detected: '2024-05-10 09:00' }],
    ['patched', { detection: 'patched' as const }],
    ['a failed deployment', { deployment: 'failed' as const, exitCode: 1603 }],
  ])('is silent: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...later, ...change })).findings).toEqual([]);
  });

  it('fires on 3010 when the restart is evidenced in between', () => {
    const bundle = new EvidenceBuilder(540)
      .devicePage('PC-0042', [{ ...later, exitCode: 3010 }])
      .agentLog('PC-0042', [{ at: '2024-05-10 12:00:00', type: 'boot' }], 540);
    const { finding } = ruleSays(rule, bundle);
    expect(finding.parameters).toMatchObject({ restartAt: '2024-05-10 12:00:00', exitCode: 3010 });
    expect(witnessed(finding)).toContain('PC-0042/konea.log:100 restarted-at');
    expect(ruleSays('kace/reboot-pending', bundle).findings).toEqual([]);
  });

  it('cannot tell when the restart cannot be ordered', () => {
    const bundle = page({ ...later, exitCode: 3010 }).agentLog(
      'PC-0042',
      [{ at: '2024-05-10 12:00:00', type: 'boot' }],
      540,
    );
    const says = ruleSays(rule, bundle);
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual(['restart-order']);
  });

  it("cannot tell from the patch tool's own codes", () => {
    expect(ruleSays(rule, page({ ...later, exitCode: 8003 })).missing).toEqual(['exit-code-meaning']);
  });

  it('cannot tell without the time of the deployment', () => {
    const { deployed: _left, ...without } = later;
    expect(ruleSays(rule, page(without)).missing).toEqual(['deployment-time']);
  });
});

describe('kace/not-applicable-but-deployed', () => {
  const rule = 'kace/not-applicable-but-deployed';
  const inapplicable = { ...row, detection: 'not-applicable' as const, exitCode: 0 };

  it('fires on a deployment after the detection', () => {
    expect(ruleSays(rule, page(inapplicable)).finding).toMatchObject({
      severity: 'medium',
      parameters: { sameMinute: false, apartMinutes: 18 },
    });
  });

  it('fires on the same minute: the deployment is not before the detection', () => {
    const says = ruleSays(rule, page({ ...inapplicable, detected: '2024-05-10 09:30' }));
    expect(says.finding.parameters).toMatchObject({ sameMinute: true });
  });

  it.each([
    ['a deployment before the detection', { detected: '2024-05-11 09:00' }],
    ['never deployed', { deployed: 'never' }],
  ])('is silent: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...inapplicable, ...change })).findings).toEqual([]);
  });

  it('cannot tell without the time of the detection', () => {
    const { detected: _left, ...without } = inapplicable;
    expect(ruleSays(rule, page(without)).missing).toEqual(['detection-time']);
  });
});

describe('kace/detection-failed', () => {
  const rule = 'kace/detection-failed';

  it('fires on a detection that ended in an error', () => {
    expect(ruleSays(rule, page({ ...row, detection: 'error' })).finding).toMatchObject({
      kind: 'fault',
      severity: 'high',
    });
  });

  it('is silent on any other status', () => {
    expect(ruleSays(rule, page(row, { ...row, patch: 'Zoom', detection: 'unknown' })).findings).toEqual([]);
  });

  it('is not applicable where the source has no detection', () => {
    const { detection: _left, ...without } = row;
    const says = ruleSays(rule, page(without));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });
});
