import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../../parsers/analyse.ts';
import type { Analysis } from '../../../parsers/report/analysis.ts';

let folder: string;
let bundles = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-bad-input-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function read(files: Readonly<Record<string, string | Uint8Array>>): Promise<Analysis> {
  bundles += 1;
  const path = join(folder, `${bundles}.zip`);
  const members = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  writeFileSync(path, zipSync(Object.fromEntries(members) as Record<string, Uint8Array>));
  const { reading, concluded } = await analyse(path, { spoolFolder: folder, spoolName: `${bundles}` });
  reading.store.close();
  return concluded.analysis;
}

const headers = [
  'パッチ名',
  '検出ステータス',
  '検出日',
  'デプロイのステータス',
  '展開の終了コード',
  '展開日',
  '展開の試行回数',
];
const english = [
  'Title',
  'Detect Status',
  'Detect Date',
  'Deploy Status',
  'Exit Code',
  'Deploy Date',
  'Tries',
];
const patch = 'Update (KB5037771)';
const row = [
  patch,
  'パッチ未適用',
  '2024/05/10 09:12:00',
  '正常終了',
  '3010, 0xBC2',
  '2024-05-10 09:30:00',
  '1',
];
const cells = (list: readonly string[], tag = 'td'): string =>
  `<tr>${list.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>\n`;

function page(
  rows: readonly (readonly string[])[],
  options: { names?: readonly string[]; title?: string; charset?: string } = {},
): string {
  const { names = headers, title = 'デバイスの詳細: PC-1', charset = 'utf-8' } = options;
  return `<html><head><meta charset="${charset}"><title>${title}</title></head><body><h1>${title}</h1>\n<table>\n${cells(names, 'th')}${rows.map((one) => cells(one)).join('')}</table></body></html>`;
}

function warnings({ evidence }: Analysis): readonly string[] {
  return evidence.warnings.map(({ member, line, code, text }) => `${member}:${String(line)} ${code} ${text}`);
}

function rulesOf({ findings }: Analysis): readonly string[] {
  return findings.filter(({ kind }) => kind !== 'gap').map(({ rule }) => rule);
}

/** A page saved by a browser at a time that it states. */
function savedAt(date: string, html: string): string {
  return `From: <Saved by Blink>\r\nSnapshot-Content-Location: http://kbox/\r\nDate: ${date}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nContent-Location: http://kbox/\r\n\r\n${Buffer.from(html).toString('base64')}\r\n--b--\r\n`;
}

describe('what customers send', () => {
  it('an unknown header: the table is listed as not understood, with its headers', async () => {
    const strange = ['Spalte A', 'Spalte B', 'Spalte C', 'Spalte D'];
    const analysis = await read({
      'PC-1.html': page([['a', 'b', 'c', 'd']], { names: strange }),
      'kace/export.csv': `${strange.join(',')}\na,b,c,d\n`,
    });
    expect(analysis.evidence.records).toEqual([]);
    expect(warnings(analysis)).toEqual([
      'PC-1.html:3 unknown-table Spalte A | Spalte B | Spalte C | Spalte D',
      'kace/export.csv:1 unknown-table Spalte A | Spalte B | Spalte C | Spalte D',
    ]);
  });

  it('an impossible date: the cell is told of, the row stays, nothing is concluded from the time', async () => {
    const analysis = await read({
      'PC-1.html': page([row.with(2, '2024/02/30 25:61:00'), row.with(0, 'Other')]),
    });
    expect(warnings(analysis)).toEqual(['PC-1.html:4 bad-date 2024/02/30 25:61:00']);
    const [first, second] = analysis.evidence.records;
    expect(first?.detection).toEqual({ status: 'not-patched', raw: 'パッチ未適用', at: null });
    expect(second?.detection.at).toMatchObject({ raw: '2024/05/10 09:12:00' });
    const older = analysis.findings.filter(({ rule }) => rule === 'kace/detection-older-than-deployment');
    expect(older.map((finding) => finding.patch)).toEqual(['Other']);
  });

  it('two forms of a code that disagree: a contradiction that shows both', async () => {
    const analysis = await read({
      'PC-1.html': page([row.with(4, '3010, 0xBC3'), row.with(4, '-2145107924, 0x8024402C')]),
    });
    const [finding, ...more] = analysis.findings.filter(
      ({ rule }) => rule === 'kace/exit-code-forms-disagree',
    );
    expect(more).toEqual([]);
    expect(finding?.parameters).toMatchObject({ decimal: '3010', hexadecimal: '0xBC3' });
    expect(finding?.witnesses[0]?.citation).toMatchObject({ member: 'PC-1.html', line: 4, row: 1 });
  });

  it('a page saved while it was loading: the rows that had come are read, the rest is no row', async () => {
    const whole = page([row, row.with(0, 'Update (KB5037772)')]);
    const cut = whole.slice(0, whole.indexOf('KB5037772') + 40);
    const waiting = page([['読み込み中…']], { title: 'デバイスの詳細: PC-2' });
    const analysis = await read({ 'PC-1.html': cut, 'PC-2.html': waiting });
    expect(analysis.evidence.records.map(({ device, kb }) => [device, kb])).toEqual([
      ['PC-1', 'KB5037771'],
      ['PC-1', 'KB5037772'],
    ]);
    // Of the cut row only what stands there; nothing is taken for never or blank.
    expect(analysis.evidence.records[1]?.deployment).toMatchObject({
      at: null,
      attempts: null,
      exitCode: null,
    });
    expect(warnings(analysis).map((warning) => warning.split(' ').slice(0, 2).join(' '))).toEqual([
      'PC-1.html:5 short-row',
      'PC-2.html:4 still-loading',
    ]);
  });

  it('a CSV that ends inside a row: its last cell is not trusted', async () => {
    const csv = `MACHINE_NAME,TITLE,STATUS,STATUS_DT,DEPLOY_STATUS,DEPLOY_STATUS_DT,DEPLOY_ERROR_CODE,DEPLOY_ATTEMPT_COUNT\nPC-1,${patch},NOTPATCHED,2024-05-10 09:12:01,SUCCESS,2024-05-10 09:30:02,3010,1\nPC-2,${patch},NOTPATCHED,2024-05-10 09:12:01,SUCCESS,2024-05-1`;
    const analysis = await read({ 'export.csv': csv });
    const [whole, cut] = analysis.evidence.records;
    expect(whole?.deployment).toMatchObject({ exitCode: 3010, attempts: 1 });
    expect(cut).toMatchObject({
      device: 'PC-2',
      deployment: { status: 'succeeded', at: null, exitCode: null },
    });
    expect(warnings(analysis)[0]).toMatch(/^export\.csv:3 short-row /u);
  });

  it('two languages in one bundle: one device, one patch, each page in its own words and encoding', async () => {
    const japanese = iconv.encode(page([row], { charset: 'shift_jis' }), 'cp932');
    const other = page(
      [[patch, 'Not Patched', '2024/05/10 09:12:00', 'Success', '3010, 0xBC2', '2024-05-10 09:30:00', '1']],
      {
        names: english,
        title: 'Device Detail: pc-1.corp.example',
      },
    );
    const analysis = await read({ 'ja.html': japanese, 'en.html': other });
    expect(analysis.evidence.members.map(({ encoding }) => encoding)).toEqual(['cp932', 'utf-8']);
    expect(analysis.evidence.pairs).toHaveLength(1);
    const older = analysis.findings.filter(({ rule }) => rule === 'kace/detection-older-than-deployment');
    expect(older).toHaveLength(1);
    expect(new Set(older[0]?.witnesses.map(({ citation }) => citation.member))).toEqual(
      new Set(['ja.html', 'en.html']),
    );
    expect(rulesOf(analysis)).not.toContain('kace/pages-disagree');
  });

  describe('two captures of one page', () => {
    const before = savedAt('Fri, 10 May 2024 10:00:00 +0900', page([row]));
    const detectedAgain = row.with(1, 'パッチが適用されました').with(2, '2024/05/11 09:00:00');
    const after = savedAt('Sat, 11 May 2024 10:00:00 +0900', page([detectedAgain]));

    it('the later one tells the state; what it settled is not reported from the earlier one', async () => {
      const analysis = await read({ 'a/PC-1.mht': before, 'b/PC-1.mht': after });
      expect(analysis.evidence.records).toHaveLength(2);
      expect(rulesOf(analysis)).toEqual(['kace/scale']);
      // The order in the bundle does not matter.
      expect(rulesOf(await read({ 'a/PC-1.mht': after, 'b/PC-1.mht': before }))).toEqual(['kace/scale']);
    });

    it('alone the earlier one is reported', async () => {
      expect(rulesOf(await read({ 'a/PC-1.mht': before }))).toContain('kace/detection-older-than-deployment');
    });

    it('both count where the later one goes back in time, and where nothing tells which is later', async () => {
      const back = savedAt('Sat, 11 May 2024 10:00:00 +0900', page([row]));
      const newer = savedAt('Fri, 10 May 2024 10:00:00 +0900', page([detectedAgain]));
      expect(rulesOf(await read({ 'a/PC-1.mht': newer, 'b/PC-1.mht': back }))).toContain(
        'kace/detection-older-than-deployment',
      );
    });
  });
});
