import { describe, expect, it } from 'vitest';
import { createWording } from '../../parsers/report/wording.ts';
import { EvidenceBuilder } from './evidence-builder.ts';
import { ruleSays } from './verdicts.ts';

const askFor = {
  id: 'kace-sma' as const,
  formats: [],
  askFor: [
    { item: 'kace/device-page' as const, servedBy: ['kace/device-page' as const] },
    { item: 'kace/server-log' as const, servedBy: ['kace/server-log' as const] },
    { item: 'kace/schedule-page' as const, servedBy: ['kace/schedule-page' as const] },
  ],
};

const row = { patch: 'Zoom', detection: 'patched' as const, detected: '2024-05-11 07:40' };

describe('coverage/missing-evidence', () => {
  const rule = 'coverage/missing-evidence';

  it('fires once per missing item and cites a member of the system', () => {
    const says = ruleSays(rule, new EvidenceBuilder().devicePage('PC-1', [row]).systems([askFor]));
    expect(says.findings.map((finding) => finding.parameters['item']).sort()).toEqual([
      'kace/schedule-page',
      'kace/server-log',
    ]);
    expect(new Set(says.findings.map((finding) => finding.id)).size).toBe(2);
    const [first] = says.findings;
    expect(first).toMatchObject({ kind: 'gap', severity: 'medium', system: null, device: null });
    expect(first?.witnesses[0]?.citation.member).toBe('PC-1/device-page.html');
  });

  it('asks for the item in words', () => {
    const says = ruleSays(rule, new EvidenceBuilder().devicePage('PC-1', [row]).systems([askFor]));
    const log = says.findings.find((finding) => finding.parameters['item'] === 'kace/server-log');
    if (log === undefined) throw new Error('the server log is not asked for');
    expect(createWording('en').finding(log).title).toBe('Not in the bundle: server activity log');
    expect(createWording('ja').finding(log).advice).toContain('アプライアンスのログアーカイブ');
  });

  it('is silent where every item is there', () => {
    const complete = { ...askFor, askFor: askFor.askFor.slice(0, 1) };
    expect(
      ruleSays(rule, new EvidenceBuilder().devicePage('PC-1', [row]).systems([complete])).findings,
    ).toEqual([]);
  });

  it('is silent where the system is not present', () => {
    expect(
      ruleSays(rule, new EvidenceBuilder().file('readme.txt', 'text').systems([askFor])).findings,
    ).toEqual([]);
  });
});

describe('coverage/only-pictures', () => {
  const rule = 'coverage/only-pictures';

  it('fires when pictures are all there is', () => {
    const { finding } = ruleSays(
      rule,
      new EvidenceBuilder()
        .file('画面/1.png', 'image')
        .file('画面/2.png', 'image')
        .file('readme.txt', 'text'),
    );
    expect(finding).toMatchObject({
      kind: 'gap',
      severity: 'high',
      system: null,
      parameters: { pictures: 2 },
    });
    expect(finding.witnesses.map((witness) => witness.citation.member)).toEqual(['画面/1.png', '画面/2.png']);
  });

  it('fires beside a log: a log is no table', () => {
    const bundle = new EvidenceBuilder()
      .file('1.png', 'image')
      .agentLog('PC-1', [{ at: '2024-05-10 10:00:00', type: 'boot' }]);
    expect(ruleSays(rule, bundle).findings).toHaveLength(1);
  });

  it.each([
    ['a status table', new EvidenceBuilder().file('1.png', 'image').devicePage('PC-1', [row])],
    [
      'a schedule with its devices',
      new EvidenceBuilder().file('1.png', 'image').schedule('14', { devices: { 'PC-1': {} } }),
    ],
    ['no pictures', new EvidenceBuilder().file('readme.txt', 'text')],
  ])('is silent: %s', (_name, bundle) => {
    expect(ruleSays(rule, bundle).findings).toEqual([]);
  });
});
