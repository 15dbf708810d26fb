import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../parsers/formats/event-log/xml-format.ts';
import { TooManyCells } from '../../parsers/text/cell-limits.ts';
import {
  readDelimited,
  readDelimitedBelow,
  readStoredDelimited,
  readStoredDelimitedBelow,
} from '../../parsers/text/delimited.ts';
import type { GivenHeader } from '../../parsers/text/delimited.ts';
import { linesOf, piecesOf, TextPiece } from '../../parsers/text/stored-text.ts';
import type { StoredText } from '../../parsers/text/stored-text.ts';
import { rowCountOf, rowsOf } from '../../parsers/text/table.ts';
import type { Table, WarnAt } from '../../parsers/text/table.ts';

/** A text somewhere in a store. */
function stored(text: string, before = 'something else\n'): StoredText {
  const bytes = Buffer.from(`${before}${text}behind it`, 'utf8');
  const start = Buffer.byteLength(before, 'utf8');
  return {
    start,
    end: start + Buffer.byteLength(text, 'utf8'),
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** What a table says, with the quotes as they are cut out of the text once more. */
function told(
  make: (warn: WarnAt) => Table | null,
  quoteOf: (start: number, end: number) => string,
): unknown {
  const warnings: unknown[] = [];
  const table = make((line, code, text) => warnings.push([line, code, text]));
  if (table === null) return { table: null };
  const rows = [...rowsOf(table)].map((row) => {
    const { start = 0, end = 0, form = 0 } = row.extent ?? {};
    return [row.line, row.row, row.cells, table.quoteOf?.(quoteOf(start, end), form)];
  });
  expect(rowCountOf(table)).toBe(rows.length);
  // A table that is walked through once more says the same.
  expect([...rowsOf(table)].map(({ line }) => line)).toEqual(rows.map(([line]) => line));
  const { headers, headerLine, title } = table;
  return { headers, headerLine, title, rows, warnings };
}

function wholeOf(text: string): unknown {
  return told(
    (warn) => readDelimited(text, warn),
    (start, end) => text.slice(start, end),
  );
}

function storedOf(text: string, bytes: number): unknown {
  const source = stored(text);
  return told(
    (warn) => readStoredDelimited(source, warn, undefined, bytes),
    (start, end) => source.read(start, end - start).toString('utf8'),
  );
}

/** What breaks tables: quotes, delimiters, line breaks, characters of one to four bytes. */
const odd = fc
  .array(
    fc.constantFrom(
      'a',
      'name',
      ',',
      ',',
      '"',
      '"',
      '""',
      '\n',
      '\r\n',
      '\r',
      ' ',
      '\t',
      ';',
      'é',
      '更新',
      '𠮷',
      '\u3000',
      '1',
    ),
    { maxLength: 120 },
  )
  .map((parts) => parts.join(''));
const sizes = fc.integer({ min: 4, max: 64 });

describe('readStoredDelimited', () => {
  it('says the same as of a text that is held, however large its pieces are', () => {
    fc.assert(
      fc.property(odd, sizes, (text, bytes) => {
        expect(storedOf(text, bytes)).toEqual(wholeOf(text));
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('and so of tables that are hardly damaged', () => {
    const cell = fc.constantFrom(
      'x',
      '更新',
      '"a,b"',
      '"two\r\nlines"',
      '"say ""𠮷"""',
      '',
      ' "b" ',
      '"open',
      'a"b',
    );
    const table = fc
      .array(fc.array(cell, { minLength: 3, maxLength: 4 }), { minLength: 1, maxLength: 30 })
      .map((rows) => ['name,state,time', ...rows.map((cells) => cells.join(','))].join('\n'));
    fc.assert(
      fc.property(table, sizes, (text, bytes) => {
        expect(storedOf(text, bytes)).toEqual(wholeOf(text));
        expect(storedOf(`${text}\n`, bytes)).toEqual(wholeOf(`${text}\n`));
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('reads the rows below a header that is known', () => {
    const header: GivenHeader = { delimiter: ',', headers: ['c0', 'c1', 'c2'], linesAbove: 2 };
    fc.assert(
      fc.property(odd, sizes, (text, bytes) => {
        const all = `title\nhead,er\n${text}`;
        const source = stored(all);
        const whole = told(
          (warn) => readDelimitedBelow(all, header, warn),
          (start, end) => all.slice(start, end),
        );
        const inPieces = told(
          (warn) => readStoredDelimitedBelow(source, header, warn, undefined, bytes),
          (start, end) => source.read(start, end - start).toString('utf8'),
        );
        expect(inPieces).toEqual(whole);
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  it('takes a lone quote for damage where no other one stands near, in both ways', () => {
    const rows = 'PC-1,on,x\n'.repeat(450_000);
    const text = `name,state,time\nPC-0,"on,x\n${rows}PC-9,on",x\n`;
    const whole = wholeOf(text) as {
      readonly rows: readonly unknown[];
      readonly warnings: readonly unknown[];
    };
    expect(whole.rows).toHaveLength(450_002);
    expect(whole.warnings[0]).toEqual([2, 'broken-quote', 'PC-0,"on,x']);
    const inPieces = storedOf(text, 1024 * 1024) as typeof whole;
    expect(inPieces.warnings).toEqual(whole.warnings);
    expect(inPieces.rows.length).toBe(whole.rows.length);
  });

  it('gives up a row that is longer than the largest piece', () => {
    const text = `a,b,c\n1,2,3\n1,${'x'.repeat(17 * 1024 * 1024)},3\n`;
    expect(() => readStoredDelimited(stored(text))).toThrow(TooManyCells);
  });

  it('tells of cells of which only the start is taken', () => {
    const cell = 'x'.repeat(1024 * 1024);
    const text = `a,b,c\n1,${cell},3\n1,"${cell}yz",3\n1,${cell}y ,3\n`;
    const warnings = [
      [3, 'cut-cell', cell.slice(0, 200)],
      [4, 'cut-cell', cell.slice(0, 200)],
    ];
    expect(wholeOf(text)).toMatchObject({ warnings });
    expect(storedOf(text, 100_000)).toMatchObject({ warnings });
  });
});

describe('a text in pieces', () => {
  it('is cut between characters and whole together', () => {
    fc.assert(
      fc.property(odd, sizes, (text, bytes) => {
        expect([...piecesOf(stored(text), bytes)].join('')).toBe(text);
      }),
    );
  });

  it('knows the bytes of its characters in any order', () => {
    const text = 'aé更𠮷b';
    const source = stored(text);
    const piece = new TextPiece(source, source.start, 100);
    for (const at of [6, 0, 3, 1, 2, 5]) {
      expect(piece.placeOf(at)).toBe(source.start + Buffer.byteLength(text.slice(0, at), 'utf8'));
    }
    expect(piece.copy(piece.placeOf(2), piece.placeOf(5))).toBe('更𠮷');
  });

  it('has the lines that it has as a whole', () => {
    fc.assert(
      fc.property(odd, sizes, (text, bytes) => {
        const whole = text.split('\n').map((line) => line.replace(/\r+$/u, ''));
        expect([...linesOf(piecesOf(stored(text), bytes))]).toEqual(whole);
      }),
    );
  });

  it('has a line that never ends cut', () => {
    const piece = 'x'.repeat(300_000);
    const [first, ...others] = linesOf([piece, piece, piece, piece, `${piece}\nnext`]);
    expect(first).toHaveLength(1024 * 1024);
    expect(others).toEqual(['next']);
  });
});

describe('eventsOf', () => {
  const parts = fc
    .array(
      fc.constantFrom(
        '<Event>',
        '<Event xmlns="x">',
        '</Event>',
        '<Events>',
        '<Event',
        'Ev',
        '>',
        '\n',
        '更',
        'a',
        ' ',
      ),
      { maxLength: 60 },
    )
    .map((found) => found.join(''));

  it('finds the same events however the text is cut', () => {
    fc.assert(
      fc.property(parts, sizes, (text, bytes) => {
        expect([...eventsOf(piecesOf(stored(text), bytes))]).toEqual([...eventsOf([text])]);
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  it('costs one damaged event its own line only', () => {
    const text = '<Events>\n<Event>a</Event>\n<Event>b\n<Event>c</Event><Event>d';
    expect([...eventsOf([text])]).toEqual([
      { line: 2, source: '<Event>a</Event>', start: '<Event>a</Event>' },
      { line: 3, source: null, start: '<Event>b\n' },
      { line: 4, source: '<Event>c</Event>', start: '<Event>c</Event>' },
      { line: 4, source: null, start: '<Event>d' },
    ]);
  });

  it('does not look for ends again and again where there are none', () => {
    let count = 0;
    for (const { source } of eventsOf(['<Event>'.repeat(300_000)])) if (source === null) count += 1;
    expect(count).toBe(300_000);
  });
});
