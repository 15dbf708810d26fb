import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import MarkdownIt from 'markdown-it';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../../parsers/analyse.ts';
import type { Concluded, ReadBundle } from '../../../parsers/analyse.ts';
import { CancelledError } from '../../../parsers/domain/errors.ts';
import { LineView, openLineView } from '../../../parsers/evidence/line-view.ts';
import { csvRow } from '../../../parsers/report/exports/csv-folder.ts';
import { noticeOf, writeExport } from '../../../parsers/report/exports/export-kinds.ts';
import type { WrittenKind } from '../../../parsers/report/exports/export-kinds.ts';
import type { ExportSource } from '../../../parsers/report/exports/export-source.ts';
import { markdownCode, markdownText } from '../../../parsers/report/exports/markdown-summary.ts';
import { narrowed } from '../../../parsers/report/exports/narrowed.ts';
import { reportParts } from '../../../parsers/report/report-document.ts';
import { ReportWords } from '../../../parsers/report/report-words.ts';
import { visibleText } from '../../../parsers/report/visible-text.ts';
import { createWording } from '../../../parsers/report/wording.ts';
import { hostileTexts } from '../hostile-text.ts';
import { analysis, citation, finding, member, record, witness } from '../made-analysis.ts';

/** One line each: what a file of lines can hold. */
const hostileLines = [
  ...hostileTexts.map((text) => text.replace(/[\r\n\u0000\uD800-\uDFFF]/gu, ' ')),
  '=1+1',
  '+1',
  '-1+2',
  '@SUM(A1)',
  '＝1+1',
  " '=1",
  '\t=1',
  'a;=1',
  'a,"b"',
  '@someone #12 www.example.invalid https://example.invalid/ ~~x~~ 1. x',
  '``` x ` y ``',
  '|a|b|',
];

let folder: string;
let reading: ReadBundle;
let concluded: Concluded;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-exports-'));
  const bundle = join(folder, 'bundle');
  mkdirSync(bundle);
  const log = hostileLines.map(
    (line, index) => `2024-05-10 09:12:${String(index % 60).padStart(2, '0')} INFO ${line}`,
  );
  writeFileSync(join(bundle, 'a.log'), `${log.join('\n')}\n    continues\n`);
  writeFileSync(join(bundle, 'zoned.log'), '2024-05-10T09:12:00+09:00 INFO with a zone\n');
  ({ reading, concluded } = await analyse(bundle, { spoolFolder: folder, spoolName: 'text' }));
});
afterAll(() => {
  reading.store.close();
  rmSync(folder, { recursive: true, force: true });
});

function source(more: Partial<ExportSource> = {}): ExportSource {
  const made = analysis({
    members: hostileLines.map((text, index) => member(text, { index })),
    devices: hostileLines,
    records: hostileLines.map((text, index) =>
      record(`r${index + 1}`, {
        device: text,
        patch: text,
        reboot: text,
        citation: citation(text, 1, text, 1),
      }),
    ),
    findings: hostileLines.map((text, index) =>
      finding(index + 1, {
        device: text,
        patch: text,
        witnesses: [witness({ citation: citation(text, 1, text) })],
      }),
    ),
  });
  return {
    analysis: made,
    whole: concluded.analysis,
    lines: concluded.lines,
    view: new LineView(concluded.lines, null),
    words: new ReportWords(createWording('en')),
    filter: hostileLines,
    redaction: null,
    annotations: hostileLines.map((text, index) => ({
      id: `a${index}`,
      target: { on: 'finding', finding: text },
      note: text,
      tags: [text],
      verdict: 'open',
      author: text,
      createdAt: '',
      changedAt: '',
      quote: text,
      links: [],
    })),
    ...more,
  };
}

async function written(kind: WrittenKind, from: ExportSource): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { file, text } of writeExport(kind, from)) files.set(file, (files.get(file) ?? '') + text);
  return files;
}

describe('CSV', () => {
  it('holds every text in its cell, none of them a formula', async () => {
    const files = await written('csv', source());
    expect([...files.keys()]).toEqual(
      [
        'about',
        'findings',
        'evidence',
        'records',
        'runs',
        'devices',
        'members',
        'warnings',
        'notes',
        'lines',
      ].map((name) => `${name}.csv`),
    );
    for (const [name, text] of files) {
      expect([name, text.startsWith('\uFEFF')]).toEqual([name, true]);
      // Every line end outside of quotes is CRLF, and every row has the columns of its head: the parser holds both.
      const rows = parse(text, { bom: true, record_delimiter: '\r\n' });
      for (const cell of rows.flat()) {
        if (!/^[+-]?\d+(?:\.\d+)?$/u.test(cell)) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/u);
      }
    }
    const devices = parse<{ name: string }>(files.get('devices.csv') ?? '', { bom: true, columns: true });
    expect(devices.map(({ name }) => name.replace(/^'(?=[\s'"]*[=+\-@＝|%\t\r\n])/u, ''))).toEqual(
      hostileLines.map(visibleText),
    );
    expect(parse(files.get('lines.csv') ?? '', { bom: true })).toHaveLength(1 + concluded.lines.total);
  });

  it('is RFC 4180', () => {
    expect(csvRow(['a', 'b,c', 'd"e', 'f\ng', null, 1.5, true, '-5', '+81 3', ''])).toBe(
      'a,"b,c","d""e","f\ng",,1.5,true,-5,\'+81 3,\r\n',
    );
  });
});

describe('JSON lines', () => {
  it('carries every text unharmed, and ends with how much there was', async () => {
    const lines = ((await written('ndjson', source())).get('') ?? '').trimEnd().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows[0]).toMatchObject({ type: 'export', schema: 'patchtrail.export/1', filter: hostileLines });
    expect(rows.filter(({ type }) => type === 'device').map(({ name }) => name)).toEqual(hostileLines);
    expect(rows.filter(({ type }) => type === 'line')).toHaveLength(concluded.lines.total);
    expect(rows.at(-1)).toEqual({
      type: 'end',
      lines: concluded.lines.total,
      linesOfBundle: source().analysis.lines.total,
      redacted: false,
    });
  });
});

describe('Timesketch', () => {
  it('has message, datetime and timestamp_desc in every event, and says where a zone is not known', async () => {
    const lines = ((await written('timesketch', source())).get('') ?? '').trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const event of events) {
      expect(event['message']).toEqual(expect.any(String));
      expect(event['timestamp_desc']).toEqual(expect.any(String));
      expect(event['datetime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/u);
      expect([
        event['time_zone'] === 'unknown',
        (event['tag'] as string[] | undefined)?.includes('zone-unknown') ?? false,
      ]).toEqual([event['time_zone'] === 'unknown', event['time_zone'] === 'unknown']);
    }
    const zoned = events.find(({ message }) => String(message).includes('with a zone'));
    expect(zoned).toMatchObject({
      datetime: '2024-05-10T00:12:00.000+00:00',
      time_zone: '+09:00',
      member: 'zoned.log',
    });
    const last = events.find(({ message }) => String(message).endsWith('\n    continues'));
    expect(last).toMatchObject({ member: 'a.log', line: hostileLines.length });
  });
});

describe('Markdown', () => {
  const renderer = new MarkdownIt({ html: true, linkify: true });
  const allowed = /^<\/?(?:h[1-6]|p|ul|ol|li|code|strong)>$/u;

  it.each(hostileLines)('leaves nothing that acts in %j', (text) => {
    for (const made of [markdownText(text), `- ${markdownText(text)}`, `x ${markdownCode(text)} y`]) {
      const html = renderer.render(made);
      expect((html.match(/<[^>]*>/gu) ?? []).filter((tag) => !allowed.test(tag))).toEqual([]);
      expect(html).not.toMatch(/<a|<img|<script/u);
    }
  });

  it('as a whole is headings, lists and sentences', async () => {
    const text = (await written('markdown', source())).get('') ?? '';
    const html = renderer.render(text);
    expect((html.match(/<[^>]*>/gu) ?? []).filter((tag) => !allowed.test(tag))).toEqual([]);
    expect(html).toContain('Only what these filters show');
  });
});

it('a report says by what it is limited, as text', () => {
  const context = { caseName: null, annotations: [], zone: null };
  const pageOf = (filter: readonly string[]): string =>
    reportParts(analysis(), createWording('en'), context, (model) => ({
      ...model,
      notice: noticeOf(source({ filter })),
    })).standaloneHtml();
  const plain = pageOf([]);
  expect(plain).not.toContain('role="note"');
  const tags = plain.match(/<[^>]*>/gu) ?? [];
  for (const text of hostileLines) {
    const html = pageOf([text]);
    const more = (html.match(/<[^>]*>/gu) ?? []).length - tags.length;
    expect([text, more]).toEqual([text, 2]);
    expect(html).toContain('<p class="alert" role="note">Only what these filters show');
  }
});

it('what is shown is what is exported', async () => {
  const { analysis: whole } = source();
  const rows = {
    findings: whole.findings.slice(0, 2),
    records: whole.evidence.records.slice(0, 3),
    runs: [],
    members: whole.evidence.members.slice(0, 1),
  };
  const view = await openLineView(concluded.lines, { members: ['zoned.log'] });
  const shown = source({ analysis: narrowed(whole, rows), view });
  const json = JSON.parse((await written('json', shown)).get('') ?? '') as Record<string, unknown[]>;
  expect([json['findings']?.length, json['records']?.length, json['members']?.length]).toEqual([2, 3, 1]);
  expect(json['filter']).toEqual(hostileLines);
  expect((await written('csv', shown)).get('lines.csv')?.split('\r\n')).toHaveLength(3);
});

it('stops when it is cancelled, and tells how far it is', async () => {
  const abort = new AbortController();
  const told: number[] = [];
  const pieces = writeExport('csv', source(), {
    signal: abort.signal,
    onProgress: (done) => told.push(done),
  });
  await expect(
    (async () => {
      for await (const { file } of pieces) if (file === 'lines.csv') abort.abort();
    })(),
  ).rejects.toBeInstanceOf(CancelledError);
  expect(told.every((done) => done > 0 && done <= 1)).toBe(true);
});
