import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDelimiter, readDelimited } from '../../parsers/text/delimited.ts';

interface Read {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly [line: number, row: number, cells: readonly string[]])[];
  readonly warnings: readonly (readonly [line: number | null, code: string])[];
  readonly title: string | null;
}

function read(text: string): Read | null {
  const warnings: (readonly [number | null, string])[] = [];
  const table = readDelimited(text, (line, code) => warnings.push([line, code]));
  if (table === null) return null;
  return {
    headers: table.headers,
    rows: table.rows.map((row) => [row.line, row.row, row.cells] as const),
    warnings,
    title: table.title,
  };
}

describe('readDelimited', () => {
  it('reads quoted cells over several lines and counts lines from where a row starts', () => {
    expect(read('a,b,c\r\n1,"x ""y""\r\nz",3\r\n4,5,6')).toEqual({
      headers: ['a', 'b', 'c'],
      rows: [
        [2, 1, ['1', 'x "y"\r\nz', '3']],
        [4, 2, ['4', '5', '6']],
      ],
      warnings: [],
      title: null,
    });
  });

  it.each([
    [';', 'a;b\n1,5;2\n'],
    ['\t', 'a\tb\n1,5\t2\n'],
  ])('finds the delimiter %j', (delimiter, text) => {
    expect(findDelimiter(text)).toBe(delimiter);
    expect(read(text)?.rows).toEqual([[2, 1, ['1,5', '2']]]);
  });

  it('skips title lines, blank rows, repeated headers and a sep= line', () => {
    const text = 'sep=;\nReport;;\n\nname;status;date\nPC-1;ok;x\n;;\nname;status;date\nPC-2;ok;y\n';
    expect(read(text)).toMatchObject({
      title: 'Report',
      headers: ['name', 'status', 'date'],
      rows: [
        [5, 1, ['PC-1', 'ok', 'x']],
        [8, 2, ['PC-2', 'ok', 'y']],
      ],
    });
  });

  it('joins a header of two rows: groups over the names of their columns', () => {
    const text = 'List\n\nname,detect,,deploy,,count\n,status,date,status,date,\nPC-1,ok,x,no,y,1\n';
    expect(read(text)).toMatchObject({
      title: 'List',
      headers: ['name', 'detect status', 'detect date', 'deploy status', 'deploy date', 'count'],
      rows: [[5, 1, ['PC-1', 'ok', 'x', 'no', 'y', '1']]],
    });
  });

  it.each([
    ['name,status,,date\nPC-1,ok,note,x\n', ['name', 'status', '', 'date']],
    ['name,a,,b\n,KB5037771,x,\n', ['name', 'a', '', 'b']],
    ['a,b,\nc,d,e\n', ['a', 'b']],
    ['list,,by,\nname,status,date,count\n', ['name', 'status', 'date', 'count']],
  ])('takes no row of data and no title for half a header: %j', (text, headers) => {
    expect(readDelimited(text)?.headers).toEqual(headers);
  });

  it('warns of rows that do not fit and keeps them', () => {
    expect(read('a,b,c\n1,2\n1,2,3,4\n1,2,3,\n')).toMatchObject({
      rows: [
        [2, 1, ['1', '2']],
        [3, 2, ['1', '2', '3', '4']],
        [4, 3, ['1', '2', '3', '']],
      ],
      warnings: [
        [2, 'short-row'],
        [3, 'long-row'],
      ],
    });
  });

  it('does not trust the last cell of a row that the end of the file cuts', () => {
    expect(read('a,b,c\n1,2,3\n4,"5,x",6\n7,SUCC')?.rows.at(-1)).toEqual([4, 3, ['7']]);
    expect(read('a,b,c\n1,2,3\n4')?.rows).toHaveLength(1);
  });

  it.each([
    ['never closed', 'a,b\n1,"x\n2,y\n3,z\n'],
    ['closed by a quote of another row', 'a,b\n1,"x\n2,"y"\n3,z\n'],
    ['closed too late', 'a,b\n1,"x\n2,""\n3,"z"\n'],
  ])('loses one row at most to a quote that is %s', (_, text) => {
    const table = read(text);
    expect(table?.rows.map(([line]) => line)).toEqual([2, 3, 4]);
    expect(table?.rows[0]?.[2]).toEqual(['1', '"x']);
    expect(table?.warnings).toEqual([[2, 'broken-quote']]);
  });

  it('takes a quote inside an unquoted cell for what it is', () => {
    expect(read('a,b\n5" disk,"x "y" z"\n')?.rows[0]?.[2]).toEqual(['5" disk', 'x "y" z']);
  });

  it('is no table without two columns', () => {
    expect(read('')).toBeNull();
    expect(read('just a line\nand another\n')).toBeNull();
  });

  it('agrees with csv-parse on well-formed text', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ー', ' ', ',', '"', '\n', '\r\n', ';', '1') });
    const rows = fc
      .integer({ min: 2, max: 6 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }),
      );
    fc.assert(
      fc.property(rows, (cells) => {
        const width = cells[0]?.length ?? 2;
        const header = Array.from({ length: width }, (_, index) => `column ${index}`);
        const write = (row: readonly string[]): string =>
          row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
        const text = `${[header, ...cells].map(write).join('\n')}\n`;
        // Cells full of semicolons can outvote the commas between them; what separates is another test's matter.
        fc.pre(findDelimiter(text) === ',');
        const expected = parse(text).map((row: readonly string[]) => row.map((value) => value.trim()));
        const table = readDelimited(text);
        expect([table?.headers, ...(table?.rows ?? []).map((row) => row.cells)]).toEqual(
          expected.filter(
            (row: readonly string[], index: number) => index === 0 || row.some((value) => value !== ''),
          ),
        );
      }),
    );
  });

  it('stays linear on quotes of every kind', () => {
    const start = performance.now();
    for (const row of ['"x,1\n', '"x"",1\n', 'x,"\n', 'x,"a\n""\n', '""x,"\n', '",\n']) {
      readDelimited(`a,b\n${row.repeat(100_000)}`);
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  }, 30_000);
});
