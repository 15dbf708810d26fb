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
