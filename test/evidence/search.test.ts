import { isAscii } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExpressionThread, findLines, startOf } from '../../parsers/evidence/expression-thread.ts';
import { LineSet, compileQuery, matchingRows } from '../../parsers/evidence/search.ts';
import type { TextQuery } from '../../parsers/evidence/search.ts';

const plain: TextQuery = { expression: '', regex: false, ignoreCase: false, ignoreWidth: false };

/** The 0-based numbers of the lines that match. */
function found(text: string, query: Partial<TextQuery> & { readonly expression: string }): number[] {
  const whole = { ...plain, ...query };
  const bytes = Buffer.from(text);
  return findLines(bytes, compileQuery(whole), whole.ignoreWidth, isAscii).map(
    (start) => bytes.subarray(0, start).toString().split('\n').length - 1,
  );
}

/** Doubles its time with every letter. */
const runaway: TextQuery = { ...plain, expression: '^(a|a)+$', regex: true };
const longLine = `${'a'.repeat(60)}!`;

describe('findLines', () => {
  it('tells each line once, in ASCII and beyond', () => {
    expect(found('one one\ntwo\none\n', { expression: 'one' })).toEqual([0, 2]);
    expect(found('展開 展開\n検出\n展開', { expression: '展開' })).toEqual([0, 2]);
  });

  it('folds case and width where asked', () => {
    const text = 'ＫＢ５０３７７７１ を適用\nkb5037771\nKB5037772\n';
    expect(found(text, { expression: 'KB5037771' })).toEqual([]);
    expect(found(text, { expression: 'KB5037771', ignoreWidth: true })).toEqual([0]);
    expect(found(text, { expression: 'ｋｂ５０３７７７１', ignoreWidth: true, ignoreCase: true })).toEqual([
      0, 1,
    ]);
    expect(found('ﾊﾞｯﾁ\nバッチ\n', { expression: 'バッチ', ignoreWidth: true })).toEqual([0, 1]);
    // One character that becomes several moves what stands behind it, but no line.
    expect(found('㍿㍿㍿\n\nＡ\n', { expression: 'A', ignoreWidth: true })).toEqual([2]);
  });

  it('never runs over a line end', () => {
    expect(found('a\nb\nab\n', { expression: 'a\\s*b', regex: true })).toEqual([2]);
    expect(found('ä\nb\näb\n', { expression: 'ä\\s*b', regex: true })).toEqual([2]);
    expect(found('a\r\nb\r\n', { expression: '^b$', regex: true })).toEqual([1]);
  });

  it('knows no line behind the last line feed', () => {
    expect(found('a\nb\n', { expression: '^$', regex: true })).toEqual([]);
    expect(found('a\n\nb', { expression: '^$', regex: true })).toEqual([1]);
  });
});

/** The same, line by line: what a reader of the lines would say. */
function naive(text: string, query: TextQuery): number[] {
  const lines = text.split('\n').map((line) => line.replace(/\r+$/u, ''));
  if (text.endsWith('\n') || text === '') lines.pop();
  const expression = compileQuery(query);
  return lines.flatMap((line, nth) => {
    expression.lastIndex = 0;
    return expression.test(query.ignoreWidth ? line.normalize('NFKC') : line) ? [nth] : [];
  });
}

describe('a line is searched as it is shown', () => {
  it('without its line end', () => {
    expect(found('a\r\nb \r\n\r\n', { expression: '\\s$', regex: true })).toEqual([1]);
    expect(found('a\r\nb\r\n\r\n', { expression: '^$', regex: true })).toEqual([2]);
    expect(found('a\r\r\nä\r\n', { expression: '[^b]{2}', regex: true })).toEqual([]);
  });

  it('without the lines beside it', () => {
    expect(found('x\nfoo\nxfoo\n', { expression: '(?<!x\\s?)foo', regex: true })).toEqual([1]);
    expect(found('foo\nbar\nfoobar\n', { expression: 'foo(?!\\s*bar)', regex: true })).toEqual([0]);
    expect(found('foo\nfoo \n', { expression: 'foo(?=\\s)', regex: true })).toEqual([1]);
  });

  it('whatever the text and the expression', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', ' ', '\r', '\n', '\r\n', 'ä', 'Ａ', 'ﾊﾞ', '㍿', '𠮷', '\t');
    const expressions = [
      ...String.raw`a ab バ ^ $ ^$ a* \s \s$ ^\s \s+a a\s+b [^a] [^a]$ a[^]*b a.b? (a|b)+$ \bb \Bb`.split(
        ' ',
      ),
      ...String.raw`(?<=a)b (?<!a)b a(?!b) a(?=\s) (?<=\s)a (.)\1 \p{L}$ ^.$`.split(' '),
      '',
    ];
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 24 }),
        fc.constantFrom(...expressions),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (pieces, expression, regex, ignoreCase, ignoreWidth) => {
          const text = pieces.join('');
          const query = { expression, regex, ignoreCase, ignoreWidth };
          expect(found(text, query)).toEqual(naive(text, query));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('forms of full width in an expression', () => {
  const at = (text: string, expression: string): number[] =>
    found(text, { expression, regex: true, ignoreWidth: true });

  it('are characters, never syntax', () => {
    const text = '（ＫＢ１） …\n(KB1)\nKB1\n';
    expect(at(text, '（KB\\d）')).toEqual([0, 1]);
    expect(at(text, '\\（ＫＢ')).toEqual([0, 1]);
    expect(at(text, '…')).toEqual([0]);
    expect(at('a-z\nm\n', 'ａ[－]ｚ')).toEqual([0]);
    expect(at('a\\b\nab\n', 'a＼b')).toEqual([0]);
    expect(at('a\\1\n', 'a\\\\１')).toEqual([0]);
  });

  it('are folded where they stand in a class, and kana with their marks', () => {
    expect(at('m\nＭ\n1\n', '[Ａ-Ｚ]')).toEqual([1]);
    expect(at('バッチ\nﾊﾞｯﾁ\nハッチ\n', 'ﾊﾞｯ.')).toEqual([0, 1]);
  });

  it('of a plain text as well', () => {
    expect(
      found('a-b (c)\nA－B（Ｃ）\n', { expression: 'ａ－ｂ', ignoreWidth: true, ignoreCase: true }),
    ).toEqual([0, 1]);
  });
});

describe('what every match starts with', () => {
  it.each([
    ['ExitCode=(?!0)\\d+', 'ExitCode='],
    ['ExitCode=\\d+', 'ExitCode='],
    ['errors?', 'error'],
    ['errors*x', 'error'],
    ['err{2}or', ''],
    ['abc', 'abc'],
    ['abc|def', ''],
    ['(abc)', ''],
    ['^abc', ''],
    ['ab+c', ''],
    ['exit(?=\\s)', 'exit'],
    ['exit(?!.a)', 'exit'],
    ['(?<=a)exit', ''],
  ])('of %s', (expression, start) => {
    const query = { ...plain, expression, regex: true };
    expect(startOf(compileQuery(query))).toBe(start);
    expect(startOf(compileQuery({ ...query, ignoreCase: true }))).toBe('');
  });
});

describe('LineSet', () => {
  it('tells how many ids after one are not in it', () => {
    const set = new LineSet(100);
    for (const id of [3, 40, 99]) set.add(id);
    expect([3, 6, 7, 15, 39, 47, 103].map((id) => set.gapAfter(id))).toEqual([0, 0, 32, 24, 0, 48, 0]);
    expect(set.size).toBe(3);
  });
});

describe('ExpressionThread', () => {
  it('stops an expression that takes too long, and says so', async () => {
    const thread = new ExpressionThread(compileQuery(runaway), false, runaway.expression, undefined, 200);
    await expect(thread.lines(Buffer.from(longLine))).rejects.toMatchObject({
      code: 'expression-too-slow',
      place: runaway.expression,
    });
  });

  it('lets others go on meanwhile, and stops when it is cancelled', async () => {
    const cancelling = new AbortController();
    const searching = matchingRows([[longLine]], runaway, (row) => row, cancelling.signal);
    const isOver = await Promise.race([
      searching.then(() => true),
      new Promise((resolve) => setImmediate(resolve, false)),
    ]);
    expect(isOver).toBe(false);
    cancelling.abort();
    await expect(searching).rejects.toMatchObject({ name: 'CancelledError' });
  });

  it('says of an expression that is too deep for the machine that it was stopped', async () => {
    const deep: TextQuery = { ...plain, expression: '(?:a|b)*c', regex: true };
    const thread = new ExpressionThread(compileQuery(deep), false, deep.expression, undefined);
    const answer = await thread.lines(Buffer.from('ab'.repeat(1000))).catch((error: unknown) => error);
    thread.close();
    expect(answer).toEqual(Uint32Array.of());
  });
});

describe('matchingRows', () => {
  const rows = Array.from({ length: 5000 }, (_, nth) => [`row ${nth}`, nth % 2 === 0 ? 'ＥＶＥＮ' : 'odd']);

  it('gives the same rows for an expression and for a plain text, in order', async () => {
    const query = { ...plain, expression: 'even', ignoreCase: true, ignoreWidth: true };
    const asText = await matchingRows(rows, query, (row) => row);
    const asExpression = await matchingRows(rows, { ...query, regex: true }, (row) => row);
    expect(asText).toHaveLength(2500);
    expect(asExpression).toEqual(asText);
    expect(asText[1]?.[0]).toBe('row 2');
  });

  it('says what is wrong with an expression that is none', async () => {
    await expect(
      matchingRows(rows, { ...plain, expression: '(', regex: true }, (row) => row),
    ).rejects.toMatchObject({ code: 'bad-expression', place: '(' });
  });
});
