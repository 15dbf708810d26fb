import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readWorkbook } from '../../parsers/text/workbook.ts';

interface Parts {
  readonly sheets: Readonly<Record<string, string>>;
  readonly shared?: string;
  readonly styles?: string;
  readonly workbookProperties?: string;
}

/** A workbook of hand-written sheet data. */
function workbook({ sheets, shared, styles, workbookProperties = '' }: Parts): Uint8Array {
  const names = Object.keys(sheets);
  const files: Record<string, Uint8Array> = {
    '[Content_Types].xml': strToU8('<Types/>'),
    'xl/workbook.xml': strToU8(
      `<?xml version="1.0"?><x:workbook xmlns:x="m" xmlns:r="r"><x:workbookPr ${workbookProperties}/><x:sheets>${names
        .map((name, index) => `<x:sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
        .join('')}</x:sheets></x:workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      `<Relationships>${names
        .map((_, index) => `<Relationship Id="rId${index + 1}" Target="worksheets/sheet${index + 1}.xml"/>`)
        .join('')}</Relationships>`,
    ),
  };
  names.forEach((name, index) => {
    files[`xl/worksheets/sheet${index + 1}.xml`] = strToU8(`<worksheet>${sheets[name] ?? ''}</worksheet>`);
  });
  if (shared !== undefined) files['xl/sharedStrings.xml'] = strToU8(`<sst>${shared}</sst>`);
  if (styles !== undefined) files['xl/styles.xml'] = strToU8(`<styleSheet>${styles}</styleSheet>`);
  return zipSync(files);
}

const inline = (reference: string, text: string): string =>
  `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`;

describe('readWorkbook', () => {
  it('reads all sheets with the rows of the sheet, shared strings without furigana', () => {
    const bytes = workbook({
      sheets: {
        一覧: `<sheetData><row r="2">${inline('A2', '題')}</row><row r="4"><c r="A4" t="s"><v>0</v></c><c r="C4" t="s"><v>1</v></c></row><row r="6"><c r="A6" t="s"><v>2</v></c><c r="C6"><v>3010</v></c></row></sheetData>`,
        空: '<sheetData/>',
        Two: `<sheetData><row>${inline('A1', 'a')}<c t="str"><v>b</v></c></row><row><c><v>1</v></c><c t="b"><v>1</v></c></row></sheetData>`,
      },
      shared:
        '<si><t>名前</t><rPh sb="0" eb="1"><t>ナマエ</t></rPh></si><si><r><t>コ</t></r><r><t xml:space="preserve">ード </t></r></si><si><t>PC_x002D_1 &amp; x</t></si>',
    });
    expect(readWorkbook(bytes)).toEqual([
      {
        title: '一覧',
        headers: ['名前', '', 'コード'],
        headerLine: 4,
        rows: [{ line: 6, row: 1, cells: ['PC-1 & x', '', '3010'] }],
      },
      { title: 'Two', headers: ['a', 'b'], headerLine: 1, rows: [{ line: 2, row: 1, cells: ['1', 'TRUE'] }] },
    ]);
  });

  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy/mm/dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="166" formatCode="0.00E+00"/><numFmt numFmtId="167" formatCode="[Red]#,##0;General"/></numFmts>' +
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="22"/></cellXfs>';

  it.each([
    [0, '45422.383333333331', '45422.383333333331'],
    [1, '45422.383333333331', '2024-05-10 09:12:00'],
    [6, '45422.383333333331', '2024-05-10 09:12:00'],
    [1, '45422', '2024-05-10 00:00:00'],
    [2, '45422', '2024-05-10'],
    [3, '45422', '2024-05-10'],
    [4, '45422', '45422'],
    [5, '45422', '45422'],
    [1, '0', '0'],
  ])('shows a number of style %i as what it is: %s', (style, value, expected) => {
    const bytes = workbook({
      sheets: {
        S: `<sheetData><row r="1">${inline('A1', 'a')}${inline('B1', 'b')}</row><row r="2">${inline('A2', 'x')}<c r="B2" s="${style}"><v>${value}</v></c></row></sheetData>`,
      },
      styles,
    });
    expect(readWorkbook(bytes)[0]?.rows[0]?.cells[1]).toBe(expected);
  });

  it('counts from 1904 where the workbook does', () => {
    const bytes = workbook({
      sheets: {
        S: `<sheetData><row r="1">${inline('A1', 'a')}${inline('B1', 'b')}</row><row r="2">${inline('A2', 'x')}<c r="B2" s="2"><v>43960</v></c></row></sheetData>`,
      },
      styles,
      workbookProperties: 'date1904="1"',
    });
    expect(readWorkbook(bytes)[0]?.rows[0]?.cells[1]).toBe('2024-05-10');
  });

  it('repeats a merged value downwards', () => {
    const bytes = workbook({
      sheets: {
        S: `<sheetData><row r="1">${inline('A1', 'device')}${inline('B1', 'patch')}</row><row r="2">${inline('A2', 'PC-1')}${inline('B2', 'x')}</row><row r="3"><c r="A3"/>${inline('B3', 'y')}</row></sheetData><mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="A2:XFD1048576"/></mergeCells>`,
      },
    });
    expect(readWorkbook(bytes)[0]?.rows.map((row) => row.cells)).toEqual([
      ['PC-1', 'x'],
      ['PC-1', 'y'],
    ]);
  });

  it('joins a header of two rows whose cells are merged, and takes the title above for a name that Excel gave', () => {
    const cells = (line: number, texts: readonly string[]): string =>
      `<row r="${line}">${texts.map((text, at) => (text === '' ? '' : inline(`${String.fromCharCode(65 + at)}${line}`, text))).join('')}</row>`;
    const bytes = workbook({
      sheets: {
        Sheet1: `<sheetData>${cells(1, ['題: x'])}${cells(2, ['名前', '検出', '', '展開', ''])}${cells(3, ['', 'ステータス', '日', 'ステータス', '日'])}${cells(4, ['PC-1', 'a', 'b', 'c', 'd'])}</sheetData><mergeCells><mergeCell ref="A1:E1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/><mergeCell ref="D2:E2"/></mergeCells>`,
      },
    });
    expect(readWorkbook(bytes)).toEqual([
      {
        title: '題: x',
        headers: ['名前', '検出 ステータス', '検出 日', '展開 ステータス', '展開 日'],
        headerLine: 2,
        rows: [{ line: 4, row: 1, cells: ['PC-1', 'a', 'b', 'c', 'd'] }],
      },
    ]);
  });

  it('tells of damage and size and keeps what it can', () => {
    const warnings: string[] = [];
    const warn = (_: number | null, code: string): void => void warnings.push(code);
    expect(readWorkbook(new Uint8Array([0x50, 0x4b, 3, 4, 1, 2, 3]), warn)).toEqual([]);
    const bytes = workbook({
      sheets: {
        S: `<sheetData><row r="1">${inline('A1', 'a')}${inline('B1', 'b')}</row><row r="2">${inline('A2', '1')}<c r="B2" t="inlineStr"><is><t>cu`,
      },
    });
    expect(readWorkbook(bytes, warn)[0]?.headers).toEqual(['a', 'b']);
    expect(readWorkbook(bytes, warn, { mostBytes: 10 })).toEqual([]);
    expect(warnings).toEqual(expect.arrayContaining(['damaged-workbook', 'too-large']));
  });
});
