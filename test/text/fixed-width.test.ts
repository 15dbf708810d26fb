import { describe, expect, it } from 'vitest';
import { readFixedWidth, readTextTables } from '../../parsers/text/fixed-width.ts';

describe('readFixedWidth', () => {
  it('cuts columns below a rule of dashes, by the width on a screen', () => {
    const text = [
      'Report',
      '',
      '名前        状態      Date',
      '----------- --------- ----------------',
      'ＰＣ－１    未適用    2024-05-10 09:12',
      'PC-0002               2024-05-11',
      '',
      '(2 rows)',
    ].join('\n');
    expect(readFixedWidth(text)).toEqual([
      {
        title: 'Report',
        headers: ['名前', '状態', 'Date'],
        headerLine: 3,
        rows: [
          { line: 5, row: 1, cells: ['ＰＣ－１', '未適用', '2024-05-10 09:12'] },
          { line: 6, row: 2, cells: ['PC-0002', '', '2024-05-11'] },
        ],
      },
    ]);
  });

  it('reads boxes of the mysql client', () => {
    const text =
      '+----+------+\n| ID | NAME |\n+----+------+\n|  1 | a    |\n|  2 |      |\n+----+------+\n2 rows in set\n';
    expect(readFixedWidth(text)[0]).toMatchObject({
      headers: ['ID', 'NAME'],
      rows: [
        { line: 4, row: 1, cells: ['1', 'a'] },
        { line: 5, row: 2, cells: ['2', ''] },
      ],
    });
  });

  it('puts cells under the nearest header where there is no rule', () => {
    const text =
      'Name      Status        Date         Count\nPC-1      ok            2024-05-10       1\nPC-2                    2024-05-11      12\n';
    expect(readFixedWidth(text)[0]?.rows.map((row) => row.cells)).toEqual([
      ['PC-1', 'ok', '2024-05-10', '1'],
      ['PC-2', '', '2024-05-11', '12'],
    ]);
  });

  it('cuts where the next header stands when a full cell leaves one blank', () => {
    const text =
      'Name    Deploy Date          Tries  Note\nPC-1    2024-05-10 09:30:00  1      a b\nPC-0002 2024-05-10 09:30:000 2      no\nPC-3                         3      x\n';
    expect(readFixedWidth(text)[0]?.rows.map((row) => row.cells)).toEqual([
      ['PC-1', '2024-05-10 09:30:00', '1', 'a b'],
      ['PC-0002', '2024-05-10 09:30:000', '2', 'no'],
      ['PC-3', '', '3', 'x'],
    ]);
  });

  it('cuts below a rule by characters where the columns were filled up by characters', () => {
    const text =
      '名前   状態    Count\n------ ------- -----\nPC-1   未適用  \u00201\nPC-2   適用    22\n名前三 不在です        3\n';
    expect(readFixedWidth(text)[0]?.rows.map((row) => row.cells)).toEqual([
      ['PC-1', '未適用', '1'],
      ['PC-2', '適用', '22'],
      ['名前三', '不在です', '3'],
    ]);
    const counted =
      'Name       Status     Count\n---------- ---------- -----\n経理部端末一号 未適用の機械     12\n'.replace(
        '経理部端末一号 未適用の機械     12',
        `${'経理部端末一号'.padEnd(10)} ${'未適用の機械'.padEnd(10)} ${'12'.padStart(5)}`,
      );
    expect(readFixedWidth(counted)[0]?.rows[0]?.cells).toEqual(['経理部端末一号', '未適用の機械', '12']);
  });

  it('reads a box below a line of its query, not that line as a header', () => {
    const text =
      'mysql> SELECT * FROM T;\n+----+------+\n| ID | NAME |\n+----+------+\n|  1 | a    |\n+----+------+\n';
    expect(readFixedWidth(text)).toMatchObject([
      { title: 'mysql> SELECT * FROM T;', headers: ['ID', 'NAME'], rows: [{ line: 5, cells: ['1', 'a'] }] },
    ]);
  });

  it.each([
    ['psql', ' id | name | at \n----+------+----\n  1 | a    | x\n  2 |      | \n(2 rows)\n'],
    ['Markdown', '| id | name | at |\n|---:|:----|----|\n| 1 | a | x |\n| 2 |  |  |\n'],
  ])('reads cells between bars: %s', (_, text) => {
    const warnings: string[] = [];
    const tables = readFixedWidth(text, undefined, (line, code) => warnings.push(`${String(line)} ${code}`));
    expect(tables.map(({ headers, rows }) => [headers, rows.map((row) => [row.line, ...row.cells])])).toEqual(
      [
        [
          ['id', 'name', 'at'],
          [
            [3, '1', 'a', 'x'],
            [4, '2', '', ''],
          ],
        ],
      ],
    );
    expect(warnings).toEqual([]);
  });

  it('reads bare bars only below headers, and tells of a row that was cut', () => {
    const warnings: string[] = [];
    const warn = (line: number | null, code: string): void => {
      warnings.push(`${String(line)} ${code}`);
    };
    expect(readFixedWidth('a|b|c|d\n1|2||4\n5|6', undefined, warn)[0]?.rows.map((row) => row.cells)).toEqual([
      ['1', '2', '', '4'],
      ['5', '6'],
    ]);
    expect(warnings).toEqual(['3 short-row']);
    expect(
      readFixedWidth('2024-05-10.09:30:00|INFO |konea|one|x\n2024-05-10.09:30:01|INFO |konea|two|y\n'),
    ).toEqual([]);
  });

  it.each([
    [
      'mysql',
      '*************************** 1. row ***************************\n  NAME: PC-1\nSTATUS: a: b\n*************************** 2. row ***************************\n  NAME: PC-2\nSTATUS: \n2 rows in set (0.00 sec)\n',
    ],
    ['psql', '-[ RECORD 1 ]---\nNAME   | PC-1\nSTATUS | a: b\n-[ RECORD 2 ]---\nNAME   | PC-2\nSTATUS | \n'],
  ])('reads rows written cell below cell: %s', (_, text) => {
    expect(readFixedWidth(text)).toEqual([
      {
        title: null,
        headers: ['NAME', 'STATUS'],
        headerLine: 2,
        rows: [
          { line: 1, row: 1, cells: ['PC-1', 'a: b'] },
          { line: 4, row: 2, cells: ['PC-2', ''] },
        ],
      },
    ]);
  });

  it.each([
    ['dashes before a word', `a  b  c  d\n${'-'.repeat(5000)}x\n`],
    ['groups of dashes before a word', `a  b  c  d\n${'-- '.repeat(5000)}x\n`],
    ['blanks', `${'*'.repeat(27)} 1. row ${'*'.repeat(27)}\n${' '.repeat(19_000)}x\n`],
    ['heads of rows without cells', `${'*'.repeat(27)} 1. row ${'*'.repeat(27)}\n`.repeat(5000)],
    ['bars', `${'|'.repeat(5000)}\n`.repeat(20)],
  ])('is not held up by %s', (_, text) => {
    expect(
      readFixedWidth(text).flatMap((table) => table.rows.filter((row) => row.cells.includes('x'))),
    ).toEqual([]);
  });

  it('takes no log for a table', () => {
    expect(
      readFixedWidth('2024-05-10 09:12:00  INFO   a   b   c\n2024-05-10 09:12:01  INFO   a   b   c\n'),
    ).toEqual([]);
  });
});

describe('a text that is almost a rule', () => {
  it('costs its length', () => {
    const header = 'Machine   Patch   Detect Status   Detect Date';
    expect(readFixedWidth(`${header}\n${'-'.repeat(5000)} x\nPC-1   a   b   c\n`, () => true)).toHaveLength(
      1,
    );
    expect(readFixedWidth(`${header}\n${'-- '.repeat(5000)}x\nPC-1   a   b   c\n`, () => true)).toHaveLength(
      1,
    );
  });
});

describe('readTextTables', () => {
  it('reads tabs, widths and commas', () => {
    expect(readTextTables('a\tb\tc\n1\t\t3\n')[0]?.rows[0]?.cells).toEqual(['1', '', '3']);
    expect(readTextTables('Title\n\na,b,c,d\n1,2,3,4\n')[0]?.rows[0]).toMatchObject({
      line: 4,
      cells: ['1', '2', '3', '4'],
    });
    expect(readTextTables('nothing here')).toEqual([]);
  });
});
