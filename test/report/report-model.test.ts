import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../parsers/domain/annotation.ts';
import { letterOf, reportModel, witnessMoment } from '../../parsers/report/report-model.ts';
import { requestText } from '../../parsers/report/request-text.ts';
import { ReportWords } from '../../parsers/report/report-words.ts';
import { createWording } from '../../parsers/report/wording.ts';
import { zoneStatements } from '../../parsers/report/zone-statements.ts';
import { analysis, cellsOf, citation, finding, moment, record, witness } from './made-analysis.ts';
import { sampleAnalysis } from './sample-case.ts';

const english = createWording('en');
const words = new ReportWords(english);
const japanese = new ReportWords(createWording('ja'));
const bare = { caseName: null, annotations: [], zone: null };

function noted(
  id: string,
  target: Annotation['target'],
  createdAt = '2024-06-11T09:40:00+09:00',
): Annotation {
  return {
    id,
    target,
    note: id,
    tags: [],
    verdict: 'open',
    author: '',
    createdAt,
    changedAt: createdAt,
    quote: '',
    links: [],
  };
}

describe('annotations', () => {
  const one = record('r1');
  const made = analysis({
    records: [one],
    findings: [finding(1, { witnesses: cellsOf(one) }), finding(2, { witnesses: cellsOf(one) })],
  });
  const { member, line, row, pointer } = one.citation;

  it('stand with the finding they belong to, else by themselves, oldest first', () => {
    const model = reportModel(made, words, {
      ...bare,
      annotations: [
        noted('b', { on: 'line', member, line: line ?? 0 }, '2024-06-12T00:00:00Z'),
        noted('a', { on: 'finding', finding: made.findings[0]!.id }),
        noted('c', { on: 'record', member, line, row, pointer }, '2024-06-13T00:00:00Z'),
        noted('d', { on: 'line', member, line: 1 }),
        noted('e', { on: 'finding', finding: 'f-gone' }),
      ],
    });
    expect(model.findings[0]?.annotations.map(({ annotation }) => annotation.id)).toEqual(['a', 'b', 'c']);
    expect(model.findings[1]?.annotations).toEqual([]);
    expect(model.annotations.map(({ annotation, on }) => `${annotation.id} ${on}`)).toEqual([
      'd line',
      'e gone',
    ]);
  });
});

describe('witnesses', () => {
  const one = record('r1');

  it('have the time of their cell, or of the line they cite', () => {
    const [detection, deployment] = cellsOf(one);
    expect(witnessMoment(detection!, one, undefined)).toBe(one.detection.at);
    expect(witnessMoment(deployment!, one, undefined)).toBe(one.deployment.at);
    const at = moment('2024-05-10 09:12');
    const line = witness({ citation: citation('a.log', 7, '') });
    expect(
      witnessMoment(line, undefined, (path, number) => (path === 'a.log' && number === 7 ? at : null)),
    ).toBe(at);
    expect(witnessMoment(line, undefined, undefined)).toBeNull();
    expect(witnessMoment({ ...detection!, field: 'patch' }, one, undefined)).toBeNull();
  });

  it('count in letters', () => {
    expect([0, 25, 26, 51, 52, 702].map(letterOf)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'AAA']);
  });

  it('name other findings of the same place', () => {
    const made = analysis({
      records: [one],
      findings: [finding(1, { witnesses: cellsOf(one) }), finding(2, { witnesses: cellsOf(one) })],
    });
    expect(reportModel(made, words, bare).findings.map(({ together }) => together)).toEqual([[2], [1]]);
  });
});

describe('groups', () => {
  it('leave out what differs between their findings', () => {
    const failed = (number: number, exitCode: number, device: string): ReturnType<typeof finding> =>
      finding(number, {
        rule: 'kace/deployment-failed',
        kind: 'fault',
        device,
        parameters: { ...finding(1).parameters, exitCode, deploymentStatus: 'failed', attempts: 1 },
      });
    const made = analysis({ findings: [failed(1, 1603, 'A'), failed(2, 1618, 'B'), failed(3, 1618, 'B')] });
    const [group] = reportModel(made, words, bare).groups;
    expect(group).toMatchObject({ title: 'Deployment failed', numbers: [1, 2, 3], devices: 2, patches: 1 });
  });

  it('keep severities apart', () => {
    const made = analysis({ findings: [finding(1, { severity: 'critical' }), finding(2)] });
    expect(reportModel(made, words, bare).groups.map(({ severity }) => severity)).toEqual([
      'critical',
      'high',
    ]);
  });
});

describe('codes', () => {
  it('are those of the parameters and of the cited records, without plain success', () => {
    const model = reportModel(sampleAnalysis, words, bare);
    expect(model.findings.map(({ codes }) => codes.map(({ shown }) => shown))).toEqual([
      [],
      ['1603'],
      ['3010'],
      ['8003'],
      [],
      [],
    ]);
    expect(model.codes.map(({ shown }) => shown)).toEqual(['1603', '3010', '8003']);
    expect(model.codes[2]?.meaning).toContain('4209270');
  });
});

describe('devices', () => {
  it('are ordered by what is worst with them', () => {
    const { devices } = reportModel(sampleAnalysis, words, bare);
    expect(devices.map(({ name }) => name).slice(0, 2)).toEqual(['PC-0042', 'KEIRI-PC07']);
    expect(devices[0]).toMatchObject({ records: 3, bySeverity: { critical: 2, high: 1 } });
  });
});

describe('requestText', () => {
  it('asks for what is missing first, numbered, and for the rest of what is partial', () => {
    const text = requestText('case.zip', sampleAnalysis.evidence.coverage, words);
    const lines = text?.split('\n') ?? [];
    expect(lines[0]).toContain('case.zip');
    expect(lines[2]).toMatch(/^1\. /u);
    expect(lines[2]).toContain(english.evidenceItem('kace/patch-page').request);
    expect(lines[4]).toMatch(/^3\. .*only part of it/u);
    expect(requestText('case.zip', sampleAnalysis.evidence.coverage, japanese)).toMatch(
      /ご提供ください。[^]*1\. [^]*お送りください。/u,
    );
  });

  it('is null when nothing is missing', () => {
    expect(
      requestText(
        'case.zip',
        [{ system: 'kace-sma', item: 'kace/patch-page', state: 'present', members: [] }],
        words,
      ),
    ).toBeNull();
  });
});

describe('zoneStatements', () => {
  it('speaks of every clock and of where its offset comes from', () => {
    const stated = moment('2024-05-10 09:12', { clock: 'device', offset: 540, offsetSource: 'stated' });
    const made = analysis({
      records: [record('r1')],
      boots: [{ device: null, kind: 'boot', at: stated, reason: null, citation: citation('a', 1, '') }],
    });
    expect(zoneStatements(made, words, null)).toEqual({
      sentences: [
        'The device’s clock: UTC+09:00, as the source states it',
        'The appliance’s clock: as written, zone unknown',
      ],
      short: 'times as written, zone unknown: the appliance’s clock',
      unknown: true,
    });
  });

  it('names the zone that the analyst assumed', () => {
    const assumed = moment('2024-05-10 09:12', { offset: 540, offsetSource: 'assumed' });
    const made = analysis({
      boots: [{ device: null, kind: 'boot', at: assumed, reason: null, citation: citation('a', 1, '') }],
    });
    const { sentences, short, unknown } = zoneStatements(made, japanese, 'Asia/Tokyo');
    expect(sentences.join(' ')).toContain('Asia/Tokyo');
    expect(short).toContain('Asia/Tokyo');
    expect(unknown).toBe(false);
  });

  it('says when there are no times', () => {
    expect(zoneStatements(analysis(), words, null)).toEqual({
      sentences: ['The evidence holds no times.'],
      short: '',
      unknown: false,
    });
  });
});

describe('durations', () => {
  it.each([
    [0, 'the same time', '同じ時刻'],
    [250, '250 ms', '250 ミリ秒'],
    [59_000, '59 s', '59 秒'],
    [18 * 60_000, '18 min', '18 分'],
    [192_000, '3 min 12 s', '3 分 12 秒'],
    [3_600_000, '1 h', '1 時間'],
    [37_680_000, '10 h 28 min', '10 時間 28 分'],
    [86_400_000, '1 day', '1 日'],
    [180_000_000, '2 days 2 h', '2 日 2 時間'],
  ])('are said in two units at most: %d ms', (milliseconds, inEnglish, inJapanese) => {
    expect(words.duration(milliseconds)).toBe(inEnglish);
    expect(japanese.duration(milliseconds)).toBe(inJapanese);
  });
});
