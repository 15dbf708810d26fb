import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { analyse } from '../../parsers/analyse.ts';
import type { Run } from '../../parsers/domain/evidence.ts';
import { analysisToJson, writeAnalysisJson } from '../../parsers/report/analysis-json.ts';
import type { Analysis } from '../../parsers/report/analysis.ts';
import { createWording } from '../../parsers/report/wording.ts';
import { hostileTexts } from './hostile-text.ts';
import { analysis, citation, finding, member, moment, record, witness } from './made-analysis.ts';
import { sampleAnalysis } from './sample-case.ts';
import { complaints, schemaValidator } from './schemas.ts';

const validate = schemaValidator('analysis');
const english = createWording('en');
const japanese = createWording('ja');

function written(
  of: Analysis,
  wording = english,
): { readonly text: string; readonly chunks: readonly string[] } {
  const chunks: string[] = [];
  writeAnalysisJson(of, wording, (chunk) => chunks.push(chunk));
  return { text: chunks.join(''), chunks };
}

const run: Run = {
  id: 'run-1',
  system: 'azure-update-manager',
  device: 'vm1',
  name: '7',
  operation: 'Installation',
  outcome: 'failed',
  startedAt: moment('2026-11-22 07:44:23', {
    precision: 'second',
    offset: 0,
    offsetSource: 'stated',
    clock: 'service',
  }),
  endedAt: null,
  window: { start: null, minutes: 120 },
  attempts: 2,
  exitCode: 88,
  reboot: 'IfRequired',
  detail: { batch: 3, last: true, none: null, text: 'x' },
  steps: [{ name: 'enable', evidenced: false, outcome: null, at: null, citation: null }],
  records: ['r1'],
  citation: citation('a.log', 1, 'line'),
};

const everything = analysis({
  ...{
    systems: ['kace-sma'],
    devices: ['PC-0042'],
    records: [record('r1', { capturedAt: moment('2024-05-11', { precision: 'day' }) })],
  },
  members: [member('a.log', { sha256: null, encoding: null, state: 'damaged', reason: 'bad-crc' })],
  runs: [run],
  boots: [{ device: null, kind: 'boot', at: null, reason: null, citation: citation('a.log', 2, '') }],
  facts: [
    {
      type: 'zone-inferred',
      system: 'kace-sma',
      device: null,
      patch: null,
      value: { offset: 540, clock: 'device', samples: 3 },
      citation: citation('a.log', 3, ''),
    },
    {
      type: 'kace/schedule',
      system: 'kace-sma',
      device: null,
      patch: null,
      value: { name: 'x', lastRun: moment('2024-05-10 20:30'), labels: ['a'], never: 'never' } as never,
      citation: citation('a.log', 4, ''),
    },
  ],
  findings: [finding(1, { witnesses: [witness({ citation: citation('a.log', 5, 'quote') })] })],
  undecided: [{ rule: 'kace/pages-disagree', device: null, patch: null, missing: 'capture-time' }],
  warnings: [{ member: 'a.log', line: null, code: 'bad-date', text: 'x' }],
});

describe('analysisToJson', () => {
  it.each([
    ['an empty bundle', analysis({ name: 'empty.zip' })],
    ['a case', sampleAnalysis],
    ['everything there can be', everything],
  ])('fits its schema: %s', (_name, made) => {
    expect(complaints(validate, analysisToJson(made, english))).toEqual([]);
    expect(complaints(validate, analysisToJson(made, japanese))).toEqual([]);
  });

  it('has its keys in the order of the contract', () => {
    const document = analysisToJson(everything, english);
    expect(Object.keys(document)).toEqual([
      ...['schema', 'tool', 'bundle', 'members', 'devices', 'records', 'lines', 'findings', 'coverage'],
      ...['undecided', 'runs', 'boots', 'facts', 'scale', 'counts', 'warnings'],
    ]);
    const [first] = document['findings'] as readonly object[];
    expect(Object.keys(first!)).toEqual([
      ...['id', 'parameters', 'rule', 'kind', 'severity', 'system', 'device', 'patch'],
      ...['title', 'explanation', 'advice', 'evidence'],
    ]);
  });

  it('writes moments of facts as moments and keeps their other values', () => {
    const facts = analysisToJson(everything, english)['facts'] as readonly { readonly value: unknown }[];
    expect(facts[1]?.value).toEqual({
      labels: ['a'],
      lastRun: {
        raw: '2024-05-10 20:30',
        local: '2024-05-10T20:30:00',
        offset: null,
        offsetSource: 'unknown',
        precision: 'minute',
        clock: 'sma',
      },
      name: 'x',
      never: 'never',
    });
  });

  it('words findings in the language that was asked for', () => {
    const title = (wording: typeof english): string =>
      (analysisToJson(sampleAnalysis, wording)['findings'] as readonly { readonly title: string }[])[2]!
        .title;
    expect(title(english)).toMatch(/older than the deployment/u);
    expect(title(japanese)).toContain('展開');
  });
});

describe('writeAnalysisJson', () => {
  it.each([
    ['an empty bundle', analysis()],
    ['a case', sampleAnalysis],
  ])('writes the same document: %s', (_name, made) => {
    expect(JSON.parse(written(made).text)).toEqual(analysisToJson(made, english));
  });

  it('writes the same bytes every time', () => {
    expect(written(sampleAnalysis).text).toBe(written(sampleAnalysis).text);
  });

  it('writes a row per line and never gathers the whole', () => {
    const records = Array.from({ length: 5_000 }, (_, index) => record(`r${index + 1}`));
    const { text, chunks } = written(analysis({ records }));
    expect(text.split('\n').filter((line) => line.startsWith('{"id":"r'))).toHaveLength(5_000);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(100_000);
  });

  it.each(hostileTexts)('carries %j unharmed', (text) => {
    const made = analysis({
      name: text,
      members: [member(text)],
      records: [record('r1', { device: text, patch: text, citation: citation(text, 1, text) })],
      findings: [
        finding(1, {
          device: text,
          patch: text,
          witnesses: [witness({ citation: citation(text, 1, text) })],
        }),
      ],
    });
    const document = JSON.parse(written(made).text) as ReturnType<typeof analysisToJson>;
    expect(complaints(validate, document)).toEqual([]);
    expect((document['members'] as readonly { readonly path: string }[])[0]?.path).toBe(text);
  });
});

describe('the sample bundle', () => {
  const spool = mkdtempSync(join(tmpdir(), 'patchtrail-report-'));
  afterAll(() => {
    rmSync(spool, { recursive: true, force: true });
  });

  it('fits the schema from end to end', async () => {
    const path = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
    const { reading, concluded } = await analyse(path, { spoolFolder: spool, spoolName: 'sample' });
    try {
      const { text } = written(concluded.analysis);
      expect(complaints(validate, JSON.parse(text))).toEqual([]);
      expect(text).not.toContain(path);
    } finally {
      reading.store.close();
    }
  });
});
