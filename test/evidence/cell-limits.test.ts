import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../parsers/analyse.ts';
import type { Limits } from '../../parsers/domain/limits.ts';
import { TooManyCells } from '../../parsers/text/cell-limits.ts';
import { readHtml } from '../../parsers/text/html.ts';
import { temporaryFolder } from '../archive/builders/listing.ts';

const heads = [
  'MACHINE_NAME',
  'TITLE',
  'DETECT_STATUS',
  'DETECT_DATE',
  'DEPLOY_STATUS',
  'DEPLOY_DATE',
  'DEPLOY_ATTEMPTS',
  'EXIT_CODE',
];
const row = ['PC-0042', 'KB5037771', 'PATCHED', '2024-05-10 09:12:00', '', '', '0', ''];
type Cells = readonly (readonly string[])[];

const kinds: Readonly<Record<string, (rows: Cells) => Uint8Array>> = {
  'export.csv': (rows) => strToU8(rows.map((cells) => cells.join(',')).join('\n')),
  'quoted.csv': (rows) =>
    strToU8(rows.map((cells) => cells.map((cell) => `"${cell}"`).join(';')).join('\r\n')),
  'export.tsv': (rows) => strToU8(rows.map((cells) => cells.join('\t')).join('\n')),
  'export.xlsx': workbook,
  'page.html': page,
  'page.mht': (rows) =>
    Buffer.concat([
      strToU8(
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n\n',
      ),
      page(rows),
      strToU8('\n--b--\n'),
    ]),
};

/** The page of a device has columns of its own in the same places. */
const pageHeads = [
  'Patch',
  'Detect Status',
  'Detect Date',
  'Deploy Status',
  'Deploy Date',
  'Exit Code',
  'A',
  'B',
];
const pageRow = [
  'KB5037771',
  'Not Patched',
  '2024/05/10 09:12:00',
  'Succeeded',
  '2024/05/11 09:12:00',
  '0',
  '',
  '',
];

function page(rows: Cells, before = ''): Uint8Array {
  const lines = rows.map((cells, at) => [...(at === 0 ? pageHeads : pageRow), ...cells.slice(8)]);
  const body = lines.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`);
  return strToU8(
    `<html><head><title>Device Detail: PC-0042</title></head><body><h1>PC-0042</h1>${before}<table>${body.join('')}</table></body></html>`,
  );
}

function workbook(rows: Cells): Uint8Array {
  const column = (at: number): string =>
    at < 26 ? String.fromCharCode(65 + at) : column(Math.floor(at / 26) - 1) + column(at % 26);
  const sheet = rows.map(
    (cells, line) =>
      `<row r="${line + 1}">${cells.map((cell, at) => `<c r="${column(at)}${line + 1}" t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`,
  );
  return zipSync({
    '[Content_Types].xml': strToU8('<Types/>'),
    'xl/worksheets/sheet1.xml': strToU8(`<worksheet><sheetData>${sheet.join('')}</sheetData></worksheet>`),
  });
}

/** One file beside another, read as a bundle. */
async function read(name: string, rows: Cells, limits: Partial<Limits>) {
  const spoolFolder = await temporaryFolder();
  const path = join(await temporaryFolder(), 'b.zip');
  const make = kinds[name];
  if (make === undefined) throw new Error(name);
  writeFileSync(
    path,
    zipSync({ [name]: make(rows), 'beside.csv': strToU8(`${heads.join()}\n${row.join()}\n`) }),
  );
  const { reading, concluded } = await analyse(path, { spoolFolder, spoolName: 'cells', limits });
  const { members, records } = concluded.analysis.evidence;
  reading.store.close();
  expect(readdirSync(spoolFolder)).toEqual([]);
  const [member, beside] = members;
  expect(beside).toMatchObject({ path: 'beside.csv', state: 'parsed' });
  const own = records.filter(({ citation }) => citation.member === name).length;
  expect(records.length - own).toBe(1);
  return { state: member?.state, reason: member?.reason, lines: member?.lines, own };
}

describe.each(Object.keys(kinds))('%s', (name) => {
  const wide = (cells: number): readonly string[] => [
    ...row,
    ...Array.from({ length: cells - row.length }, () => 'x'),
  ];

  test('with a row of as many cells as the limit is read', async () => {
    const seen = await read(name, [heads, row, wide(16)], { rowCells: 16 });
    expect(seen).toMatchObject({ state: 'parsed', reason: null, own: 2 });
  });

  test('with a row of one cell more is refused, its text is kept, and the rest is read', async () => {
    const seen = await read(name, [heads, row, wide(17), row], { rowCells: 16 });
    expect(seen).toMatchObject({ state: 'refused', reason: 'row-too-wide', own: 0 });
    expect((seen.lines ?? 0) > 0).toBe(name !== 'export.xlsx');
  });
});

describe.each(['export.xlsx', 'page.html', 'page.mht'])('%s', (name) => {
  const rows = [heads, ...Array.from({ length: 124 }, () => row)];

  test('with as many cells as the limit is read', async () => {
    const seen = await read(name, rows, { tableCells: 1000 });
    expect(seen).toMatchObject({ state: 'parsed', reason: null, own: 124 });
  });

  test('with one row more is refused, and the rest is read', async () => {
    const seen = await read(name, [...rows, row], { tableCells: 1000 });
    expect(seen).toMatchObject({ state: 'refused', reason: 'table-too-large', own: 0 });
  });
});

test('delimited text keeps no cells, so that it may have any number of rows', async () => {
  const rows = [heads, ...Array.from({ length: 500 }, () => row)];
  expect(await read('export.csv', rows, { tableCells: 1000 })).toMatchObject({ state: 'parsed', own: 500 });
});

test('a text that no format takes has no cells', async () => {
  const spoolFolder = await temporaryFolder();
  const path = join(await temporaryFolder(), 'notes.csv');
  writeFileSync(path, `a,b\n${'x,'.repeat(50)}\n`);
  const { reading, concluded } = await analyse(path, {
    spoolFolder,
    spoolName: 'cells',
    limits: { rowCells: 16 },
  });
  reading.store.close();
  expect(concluded.analysis.evidence.members[0]).toMatchObject({ state: 'text', lines: 2 });
});

test('cells that are blank up to the last column of a worksheet are formatting, not data', async () => {
  const blank = [...row, ...Array.from({ length: 40 }, () => '')];
  const seen = await read('export.xlsx', [heads, blank], { rowCells: 16 });
  expect(seen).toMatchObject({ state: 'parsed', own: 1 });
});

test('a span over more columns than the limit is no row of cells', async () => {
  const spoolFolder = await temporaryFolder();
  const path = join(await temporaryFolder(), 'page.html');
  const title = '<table><tr><td colspan="900">Patches</td></tr></table>';
  writeFileSync(path, page([heads, row], title));
  const { reading, concluded } = await analyse(path, {
    spoolFolder,
    spoolName: 'cells',
    limits: { rowCells: 16 },
  });
  reading.store.close();
  expect(concluded.analysis.evidence.members[0]).toMatchObject({ state: 'parsed', reason: null });
});

describe('a page of a few bytes again and again', () => {
  test.each([
    ['paragraphs', '<p>a', 3_600_000],
    ['tables', '<table><td>', 510_000],
  ])('is refused before %s fill the memory', { timeout: 60_000 }, (_, piece, times) => {
    expect(() => readHtml(piece.repeat(times))).toThrow(TooManyCells);
  });

  test('of elements that never end is read', () => {
    expect(readHtml(`${'<b>'.repeat(1_200_000)}end`).texts.at(-1)?.text).toBe('end');
  });
});
