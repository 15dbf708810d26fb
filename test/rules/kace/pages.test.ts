import { describe, expect, it } from 'vitest';
import { EvidenceBuilder, type PageOptions, type Row } from '../evidence-builder.ts';
import { ruleSays, witnessed } from '../verdicts.ts';

const patch = '2024-05 Cumulative Update (KB5037771)';
const onDevice: Row = {
  patch,
  detection: 'not-patched',
  detected: '2024-05-10 09:12',
  deployment: 'succeeded',
  deployed: '2024-05-10 09:30',
};
const onPatch: Row = {
  device: 'PC-0042',
  detection: 'patched',
  detected: '2024-05-11 07:40',
  deployment: 'succeeded',
  deployed: '2024-05-10 09:30',
};

describe('kace/pages-disagree', () => {
  const rule = 'kace/pages-disagree';

  function both(
    change: Row,
    captured: { readonly device?: string; readonly patch?: string } = {
      device: '2024-05-10 10:00',
      patch: '2024-05-11 10:00',
    },
  ): EvidenceBuilder {
    const at = (text: string | undefined): PageOptions => (text === undefined ? {} : { captured: text });
    return new EvidenceBuilder()
      .devicePage('PC-0042', [onDevice], at(captured.device))
      .patchPage(patch, [{ ...onPatch, ...change }], at(captured.patch));
  }

  it('fires on a status that differs with one detection date', () => {
    const { finding } = ruleSays(rule, both({ detected: '2024-05-10 09:12' }));
    expect(finding).toMatchObject({
      kind: 'contradiction',
      severity: 'high',
      parameters: { statusDiffers: true, patchPageCapturedAt: '2024-05-11 10:00' },
    });
    expect(witnessed(finding)).toEqual([
      'PC-0042/device-page.html:200 detection.status',
      `patches/${patch}.html:200 detection.status`,
    ]);
  });

  it.each([
    ['the later page has the older detection', { detected: '2024-05-09 08:00' }, undefined],
    ['the later page has the older deployment', { deployed: '2024-05-09 09:30' }, undefined],
    ['the later page has never deployed', { deployed: 'never' }, undefined],
    [
      'the page with the later detection was saved first',
      {},
      { device: '2024-05-12 10:00', patch: '2024-05-11 10:00' },
    ],
  ])('fires: %s', (_name, change, captured) => {
    expect(ruleSays(rule, both(change, captured)).findings).toHaveLength(1);
  });

  it('is silent when the state moved on', () => {
    const says = ruleSays(rule, both({}));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });

  it('is silent when the pages agree to the minute', () => {
    const same = { detection: 'not-patched' as const, detected: '2024-05-10 09:12' };
    expect(ruleSays(rule, both(same)).findings).toEqual([]);
  });

  it('cannot tell without the capture times when the state may have moved on', () => {
    const says = ruleSays(rule, both({}, {}));
    expect(says.findings).toEqual([]);
    expect(says.missing).toEqual(['capture-time']);
  });

  it('fires without the capture times when no order of them explains it', () => {
    expect(ruleSays(rule, both({ detected: '2024-05-10 09:12' }, {})).findings).toHaveLength(1);
  });

  it('is not applicable with one of the pages alone', () => {
    const says = ruleSays(rule, new EvidenceBuilder().devicePage('PC-0042', [onDevice]));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });
});

describe('kace/device-not-on-patch-page', () => {
  const rule = 'kace/device-not-on-patch-page';

  function bundle(
    options: PageOptions = {},
    rows: readonly Row[] = [{ ...onPatch, device: 'PC-0001' }],
  ): EvidenceBuilder {
    return new EvidenceBuilder()
      .patchPage(patch, rows, options)
      .schedule('14', { devices: { 'PC-0001': {}, 'PC-0042': {} } });
  }

  it('fires on a scheduled device that the table lacks', () => {
    const { finding } = ruleSays(rule, bundle());
    expect(finding).toMatchObject({ kind: 'gap', severity: 'medium', device: 'PC-0042', patch });
    expect(witnessed(finding)).toEqual([
      `patches/${patch}.html:1 patch-page-lists`,
      'schedules/14.html:61 schedule-targets',
    ]);
  });

  it('fires on a device whose own page lists the patch', () => {
    const says = ruleSays(
      rule,
      new EvidenceBuilder()
        .devicePage('PC-0042', [onDevice])
        .patchPage(patch, [{ ...onPatch, device: 'PC-0001' }]),
    );
    expect(says.finding.device).toBe('PC-0042');
  });

  it('does not take an unknown tab for a filtered one', () => {
    expect(ruleSays(rule, bundle({ tab: null })).findings).toHaveLength(1);
  });

  it.each([
    ['a filtered tab', bundle({ tab: 'missing' })],
    ['a table without any device', bundle({}, [])],
    ['all devices are there', bundle({}, [onPatch, { ...onPatch, device: 'PC-0001' }])],
    [
      'a schedule for other patches',
      bundle()
        .patch(patch, { labels: ['OS'] })
        .schedule('14', {
          detectLabels: ['Java'],
          deployLabels: ['Java'],
          devices: { 'PC-0042': {} },
          path: 'schedules/14.html',
        }),
    ],
  ])('is silent: %s', (_name, quiet) => {
    expect(ruleSays(rule, quiet).findings).toEqual([]);
  });

  it('is not applicable without a patch page', () => {
    const says = ruleSays(rule, new EvidenceBuilder().schedule('14', { devices: { 'PC-0042': {} } }));
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });
});

describe('kace/patch-not-on-device-page', () => {
  const rule = 'kace/patch-not-on-device-page';
  const other: Row = { ...onDevice, patch: 'Zoom Workplace 6.0.4 (38135)' };

  function bundle(rows: readonly Row[], options: PageOptions = {}): EvidenceBuilder {
    return new EvidenceBuilder().devicePage('PC-0042', rows, options).patchPage(patch, [onPatch]);
  }

  it('fires when the complete device page lacks the patch', () => {
    const { finding } = ruleSays(rule, bundle([other]));
    expect(finding).toMatchObject({ kind: 'gap', severity: 'medium', device: 'PC-0042', patch });
    expect(finding.witnesses).toHaveLength(2);
  });

  it.each([
    ['the page lists it', bundle([other, onDevice])],
    ['another tab was saved', bundle([other], { tab: 'missing' })],
    [
      'not applicable, which an absent row says as well',
      new EvidenceBuilder()
        .devicePage('PC-0042', [other])
        .patchPage(patch, [{ device: 'PC-0042', detection: 'not-applicable' }]),
    ],
    ['no device page', new EvidenceBuilder().patchPage(patch, [onPatch])],
  ])('is silent: %s', (_name, quiet) => {
    const says = ruleSays(rule, quiet);
    expect([...says.findings, ...says.undecided]).toEqual([]);
  });

  it('cannot tell without the tab', () => {
    expect(ruleSays(rule, bundle([other], { tab: null })).missing).toEqual(['device-page-tab']);
  });
});

describe('kace/table-not-complete', () => {
  const rule = 'kace/table-not-complete';

  it.each([
    ['a device page with the tab Missing', 'device', 'missing', 'medium'],
    ['a device page with another tab', 'device', 'other', 'medium'],
    ['a patch page with another tab', 'patch', 'other', 'medium'],
    ['a patch page with the tab Missing', 'patch', 'missing', 'info'],
  ] as const)('fires on %s', (_name, kind, tab, severity) => {
    const builder = new EvidenceBuilder();
    const bundle =
      kind === 'device'
        ? builder.devicePage('PC-0042', [onDevice], { tab })
        : builder.patchPage(patch, [onPatch], { tab });
    expect(ruleSays(rule, bundle).finding).toMatchObject({
      kind: 'gap',
      severity,
      device: kind === 'device' ? 'PC-0042' : null,
      patch: kind === 'patch' ? patch : null,
    });
  });

  it.each([
    ['the tab All', 'all'],
    ['an unknown tab', null],
  ] as const)('is silent: %s', (_name, tab) => {
    expect(ruleSays(rule, new EvidenceBuilder().devicePage('PC-0042', [onDevice], { tab })).findings).toEqual(
      [],
    );
  });

  it('is not applicable to exports', () => {
    expect(
      ruleSays(rule, new EvidenceBuilder().sqlExport([{ ...onDevice, device: 'PC-0042' }])).findings,
    ).toEqual([]);
  });
});
