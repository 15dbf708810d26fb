import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiteralSearch } from '../../parsers/text/literal-search.ts';

describe('LiteralSearch', () => {
  it('finds what a search one by one finds', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 5 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 60 }),
        fc.nat(20),
        (literals, text, from) => {
          const bytes = Buffer.from(text);
          const naive = literals.map((literal) => text.indexOf(literal, from)).filter((at) => at !== -1);
          const expected = naive.length === 0 ? -1 : Math.min(...naive);
          expect(new LiteralSearch(literals).find(bytes, from, bytes.length)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('finds text beyond ASCII by its bytes', () => {
    const bytes = Buffer.from('展開の終了コード 3010');
    expect(new LiteralSearch(['終了コード']).find(bytes, 0, bytes.length)).toBe(Buffer.byteLength('展開の'));
  });

  it('does not look behind the end', () => {
    const bytes = Buffer.from('xxExitCode');
    expect(new LiteralSearch(['ExitCode']).find(bytes, 0, 9)).toBe(-1);
  });

  it('needs two bytes', () => {
    expect(() => new LiteralSearch(['x'])).toThrow('two bytes');
  });
});
