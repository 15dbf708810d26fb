import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Landmarks,
  linesWithText,
  loadText,
  scanBytes,
  scanLines,
  searchedText,
} from '../../parsers/text/line-scanner.ts';

/** Marks by line, what follows the last line feed included, as a search one by one finds them. */
function expectedMarks(text: string, sets: readonly (readonly string[])[]): readonly number[] {
  return text
    .split('\n')
    .map((line) =>
      sets.reduce(
        (marks, set, bit) => marks | (set.some((literal) => line.includes(literal)) ? 1 << bit : 0),
        0,
      ),
    );
}

function scan(bytes: Buffer, landmarks: Landmarks | null): { ends: number[]; marks: number[] } {
  const { count, ends, marks } = scanLines(loadText(bytes), landmarks);
  return { ends: [...ends.subarray(0, count)], marks: [...marks.subarray(0, count + 1)] };
}

function feedsOf(bytes: Buffer): number[] {
  return [...bytes.keys()].filter((at) => bytes[at] === 0x0a);
}

describe('scanLines', () => {
  const letter = fc.constantFrom('a', 'b', 'c', 'å', '終');
  const literal = fc.string({ unit: letter, minLength: 2, maxLength: 12 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'å', '終', 'x', '\n'), maxLength: 120 });

  it('finds the line feeds and the landmarks that a search one by one finds', () => {
    fc.assert(
      fc.property(
        fc.array(literal, { minLength: 1, maxLength: 30 }),
        fc.array(literal, { maxLength: 5 }),
        text,
        (all, quiet, searched) => {
          const bytes = Buffer.from(searched);
          expect(scan(bytes, new Landmarks([all, quiet]))).toEqual({
            ends: feedsOf(bytes),
            marks: expectedMarks(searched, [all, quiet]),
          });
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('finds the line feeds without landmarks', () => {
    fc.assert(
      fc.property(text, (searched) => {
        const bytes = Buffer.from(searched);
        expect(scan(bytes, null).ends).toEqual(feedsOf(bytes));
      }),
    );
  });

  it('takes as many line feeds as a text can have', () => {
    const bytes = Buffer.alloc(scanBytes, '\n');
    const landmarks = new Landmarks([['ab']]);
    for (const chosen of [landmarks, null]) {
      const { count, ends } = scanLines(loadText(bytes), chosen);
      expect(count).toBe(scanBytes);
      expect(ends[scanBytes - 1]).toBe(scanBytes - 1);
    }
  });

  it('sees nothing of the text before', () => {
    const landmarks = new Landmarks([['ExitCode']]);
    expect(scan(Buffer.from('xx ExitCode'), landmarks).marks).toEqual([1]);
    expect(scan(Buffer.from('xx ExitCod'), landmarks).marks).toEqual([0]);
    expect(scan(Buffer.from('itCode'), landmarks).marks).toEqual([0]);
  });

  it('keeps two sets of landmarks apart that are used in turn', () => {
    const first = new Landmarks([['one']]);
    const second = new Landmarks([['two']]);
    const bytes = Buffer.from('one\ntwo\n');
    expect(scan(bytes, first).marks).toEqual([1, 0, 0]);
    expect(scan(bytes, second).marks).toEqual([0, 1, 0]);
    expect(scan(bytes, first).marks).toEqual([1, 0, 0]);
  });
});

describe('Landmarks', () => {
  it('are found in texts of any length, across the borders of what is scanned at once', () => {
    const landmarks = new Landmarks([['終了コード'], ['ExitCode']]);
    for (const at of [0, scanBytes - 20, scanBytes - 8, scanBytes - 3, scanBytes, 2 * scanBytes - 12]) {
      const bytes = Buffer.alloc(3 * scanBytes, '.');
      expect(landmarks.in(bytes)).toBe(0);
      bytes.write('ExitCode', at);
      expect(landmarks.in(bytes)).toBe(2);
      bytes.write('終了コード', at);
      expect(landmarks.in(bytes)).toBe(1);
    }
  });

  it('need two to 255 bytes on one line', () => {
    for (const literal of ['x', 'x'.repeat(256), 'x\ny']) {
      expect(() => new Landmarks([[literal]])).toThrow('two to 255 bytes');
    }
    const longest = 'y'.repeat(255);
    expect(new Landmarks([[longest]]).in(Buffer.from(` ${longest} `))).toBe(1);
  });
});

describe('linesWithText', () => {
  it('finds the lines that a search one by one finds', () => {
    const unit = fc.constantFrom('a', 'b', 'é', '終', ' ');
    fc.assert(
      fc.property(
        fc.string({ unit, minLength: 1, maxLength: 40 }),
        fc.string({ unit: fc.oneof(unit, fc.constantFrom('\n', 'aab')), maxLength: 300 }),
        fc.nat({ max: 3 }),
        (literal, text, before) => {
          const lines = `${'x'.repeat(before)}${text}\n${literal}\n`.split('\n').slice(0, -1);
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          bytes.copy(searchedText());
          const expected: number[] = [];
          let at = 0;
          for (const line of lines) {
            if (line.includes(literal)) expected.push(at);
            at += Buffer.byteLength(line) + 1;
          }
          expect([...linesWithText(bytes.length, Buffer.from(literal))]).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('sees nothing of what stood there before', () => {
    Buffer.from('ab\nExitCode').copy(searchedText());
    expect([...linesWithText(7, Buffer.from('ExitCode'))]).toEqual([]);
    expect([...linesWithText(11, Buffer.from('ExitCode'))]).toEqual([3]);
    expect([...linesWithText(0, Buffer.from('E'))]).toEqual([]);
  });
});
