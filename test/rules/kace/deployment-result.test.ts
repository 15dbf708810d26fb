import { describe, expect, it } from 'vitest';
import { createWording } from '../../../parsers/report/wording.ts';
import { EvidenceBuilder, type Row } from '../evidence-builder.ts';
import { ruleSays, witnessed } from '../verdicts.ts';

const patch = 'Microsoft Edge 124.0.2478.97 (x64)';
const row: Row = {
  patch,
  detection: 'not-patched',
  detected: '2024-05-11 07:40',
  deployment: 'failed',
  deployed: '2024-05-10 21:33',
  exitCode: 1603,
  attempts: 3,
};

function page(...rows: Row[]): EvidenceBuilder {
  return new EvidenceBuilder().devicePage('PC-0042', rows);
}

describe('kace/attempts-exhausted', () => {
  const rule = 'kace/attempts-exhausted';

  it('fires with an assumed maximum, milder and named', () => {
    const { finding } = ruleSays(rule, page(row));
    expect(finding).toMatchObject({
      severity: 'high',
      parameters: { attempts: 3, maximum: 3, assumed: ['maximum'] },
    });
    expect(createWording('en').finding(finding).explanation).toContain('assumed');
  });

  it.each([
    ['its own row', page({ ...row, maxAttempts: 3 })],
    [
      'the schedule that deploys it',
      page(row).schedule('14', { maxAttempts: 3, devices: { 'PC-0042': {} } }),
    ],
    [
      'another source of the pair',
      page(row).sqlExport([{ ...row, device: 'PC-0042', detected: '2024-05-11 07:40:12', maxAttempts: 3 }]),
    ],
  ])('is critical when the maximum is known from %s', (_name, bundle) => {
    const { finding } = ruleSays(rule, bundle);
    expect(finding.severity).toBe('critical');
    expect(finding.parameters).not.toHaveProperty('assumed');
  });

  it.each([
    ['fewer attempts', page({ ...row, attempts: 2 })],
    ['a maximum of five', page({ ...row, maxAttempts: 5 })],
    ['0 = unlimited', page({ ...row, attempts: 9, maxAttempts: 0 })],
    ['an unlimited schedule', page(row).schedule('14', { maxAttempts: 0, devices: { 'PC-0042': {} } })],
    ['patched', page({ ...row, detection: 'patched' })],
  ])('is silent: %s', (_name, bundle) => {
    const says = ruleSays(rule, bundle);
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });

  it('assumes the maximum when it is open which schedule deploys', () => {
    const bundle = page(row)
      .schedule('14', { maxAttempts: 5, devices: { 'PC-0042': {} } })
      .schedule('15', { maxAttempts: 3, devices: { 'PC-0042': {} } });
    expect(ruleSays(rule, bundle).finding.parameters).toMatchObject({ assumed: ['maximum'] });
  });

  it('cannot tell without attempts', () => {
    const { attempts: _left, ...without } = row;
    expect(ruleSays(rule, page(without)).missing).toEqual(['attempts']);
  });
});

describe('kace/last-attempt', () => {
  const rule = 'kace/last-attempt';

  it('notes that one attempt is left', () => {
    expect(ruleSays(rule, page({ ...row, attempts: 2 })).finding).toMatchObject({
      kind: 'note',
      severity: 'medium',
      parameters: { attempts: 2, maximum: 3, assumed: ['maximum'] },
    });
  });

  it.each([
    ['no attempt at a maximum of one', { attempts: 0, maxAttempts: 1, deployed: 'never' }],
    ['attempts used up', { attempts: 3 }],
    ['unlimited', { attempts: 2, maxAttempts: 0 }],
    ['patched', { attempts: 2, detection: 'patched' as const }],
  ])('is silent: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...row, ...change })).findings).toEqual([]);
  });

  it('is not applicable without attempts', () => {
    const { attempts: _left, ...without } = row;
    const says = ruleSays(rule, page(without));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });
});

describe('kace/deployment-failed', () => {
  const rule = 'kace/deployment-failed';

  it('fires, with the code in words', () => {
    const { finding } = ruleSays(rule, page(row));
    expect(finding).toMatchObject({ kind: 'fault', severity: 'high', parameters: { exitCode: 1603 } });
    expect(witnessed(finding)).toContain('PC-0042/device-page.html:200 deployment.exitCode');
  });

  it('fires without a code', () => {
    const { exitCode: _left, ...without } = row;
    expect(ruleSays(rule, page(without)).finding.parameters).toMatchObject({ exitCode: null });
  });

  it.each([
    ["a failed status with one of the patch tool's codes", { exitCode: 8003 }],
    ['a failing code while it is in progress', { deployment: 'in-progress' as const }],
    ['a failing code with a blank status', { deployment: 'not-attempted' as const, deploymentRaw: '' }],
  ])('fires: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...row, ...change })).findings).toHaveLength(1);
  });

  it.each([
    ['failed with 0: the fields contradict', { exitCode: 0 }],
    ['succeeded with 1603: the fields contradict', { deployment: 'succeeded' as const }],
    ["succeeded with one of the patch tool's codes", { deployment: 'succeeded' as const, exitCode: 8003 }],
    ['succeeded', { deployment: 'succeeded' as const, exitCode: 0 }],
    ['already installed', { deployment: 'succeeded' as const, exitCode: 2_359_302 }],
    [
      'in progress with one of the patch tool’s codes',
      { deployment: 'in-progress' as const, exitCode: 8003 },
    ],
  ])('is silent: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...row, ...change })).findings).toEqual([]);
  });

  it('makes one finding of two pages, with the code that only one of them has', () => {
    const { exitCode: _left, attempts: _also, patch: _name, ...bare } = row;
    const { finding } = ruleSays(rule, page(row).patchPage(patch, [{ ...bare, device: 'PC-0042' }]));
    expect(finding.parameters).toMatchObject({ exitCode: 1603 });
    expect(finding.witnesses.map((one) => one.citation.member)).toContain(`patches/${patch}.html`);
  });

  it('is not applicable where the source tells no result', () => {
    const { deployment: _left, exitCode: _also, ...without } = row;
    const says = ruleSays(rule, page(without));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });
});

describe('kace/status-contradicts-exit-code', () => {
  const rule = 'kace/status-contradicts-exit-code';

  it.each([
    ['succeeded with a failing code', { deployment: 'succeeded' as const, exitCode: 1603 }],
    ['failed with 0', { exitCode: 0 }],
    ['succeeded with a failing HRESULT', { deployment: 'succeeded' as const, exitCode: 0x8007_0643 }],
  ])('fires: %s', (_name, change) => {
    const { finding } = ruleSays(rule, page({ ...row, ...change }));
    expect(finding).toMatchObject({ kind: 'contradiction', severity: 'high' });
    expect(witnessed(finding)).toEqual([
      'PC-0042/device-page.html:200 deployment.status',
      'PC-0042/device-page.html:200 deployment.exitCode',
    ]);
  });

  it.each([
    ['3010 with succeeded', { deployment: 'succeeded' as const, exitCode: 3010 }],
    ['1641 with succeeded', { deployment: 'succeeded' as const, exitCode: 1641 }],
    ["the patch tool's own codes", { deployment: 'succeeded' as const, exitCode: 8999 }],
    ['failed with 1603', {}],
  ])('is silent: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...row, ...change })).findings).toEqual([]);
  });

  it('is not applicable without a code', () => {
    const { exitCode: _left, ...without } = row;
    const says = ruleSays(rule, page(without));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });
});

describe('kace/exit-code-forms-disagree', () => {
  const rule = 'kace/exit-code-forms-disagree';

  it('fires when the two forms are two numbers', () => {
    const { finding } = ruleSays(rule, page({ ...row, exitCodeRaw: '1603, 0xBC2' }));
    expect(finding).toMatchObject({
      severity: 'medium',
      parameters: { decimal: '1603', hexadecimal: '0xBC2', decimalAsHexadecimal: '0x643' },
    });
  });

  it.each([
    '3010, 0xBC2',
    '-2145124329, 0x80240017',
    '-1, 0xFFFFFFFFFFFFFFFF',
    '2149843018，０ｘ８０２４００４Ａ',
  ])('is silent on one number in two forms: %s', (exitCodeRaw) => {
    expect(ruleSays(rule, page({ ...row, exitCodeRaw })).findings).toEqual([]);
  });

  it('is not applicable with one form', () => {
    expect(ruleSays(rule, page({ ...row, exitCodeRaw: '1603' })).findings).toEqual([]);
  });
});

describe('kace/attempts-contradict-date', () => {
  const rule = 'kace/attempts-contradict-date';

  it('fires on attempts without a deployment', () => {
    const says = ruleSays(rule, page({ ...row, deployed: 'never', attempts: 2 }));
    expect(says.finding).toMatchObject({ severity: 'high', parameters: { deployed: false, attempts: 2 } });
  });

  it('fires on a deployment without attempts', () => {
    expect(ruleSays(rule, page({ ...row, attempts: 0 })).finding.parameters).toMatchObject({
      deployed: true,
    });
  });

  it.each([
    ['a deployment with attempts', {}],
    ['neither', { deployed: 'never', attempts: 0 }],
  ])('is silent: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...row, ...change })).findings).toEqual([]);
  });

  it('is silent without attempts', () => {
    const { attempts: _left, ...without } = row;
    expect(ruleSays(rule, page(without)).findings).toEqual([]);
  });
});

describe('kace/deployed-without-result', () => {
  const rule = 'kace/deployed-without-result';

  it.each(['', 'NULL', '－'])('fires on a blank status: "%s"', (deploymentRaw) => {
    const says = ruleSays(rule, page({ ...row, deployment: 'not-attempted', deploymentRaw }));
    expect(says.finding).toMatchObject({ kind: 'fault', severity: 'medium' });
  });

  it.each([
    ['a result', {}],
    ['never deployed', { deployment: 'not-attempted' as const, deploymentRaw: '', deployed: 'never' }],
  ])('is silent: %s', (_name, change) => {
    expect(ruleSays(rule, page({ ...row, ...change })).findings).toEqual([]);
  });

  it('is not applicable where the source has no such column', () => {
    const { deployment: _left, ...without } = row;
    expect(ruleSays(rule, page(without)).findings).toEqual([]);
  });
});

describe('kace/patched-without-deployment', () => {
  const rule = 'kace/patched-without-deployment';
  const alone = { patch, detection: 'patched' as const, detected: '2024-05-11 07:40', deployed: 'never' };

  it('notes a patch that came from elsewhere', () => {
    expect(ruleSays(rule, page(alone)).finding).toMatchObject({ kind: 'note', severity: 'info' });
  });

  it('is silent on a deployed patch and on a missing one', () => {
    const bundle = page(
      { ...alone, deployed: '2024-05-10 21:33' },
      { ...alone, patch: 'Zoom', detection: 'not-patched' },
    );
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('is silent when another source has the date', () => {
    const bundle = page(alone).sqlExport([{ ...alone, device: 'PC-0042', deployed: '2024-05-10 21:33:10' }]);
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });

  it('is not applicable where the source tells no date', () => {
    const { deployed: _left, ...without } = alone;
    expect(ruleSays(rule, page(without)).findings).toEqual([]);
  });
});
