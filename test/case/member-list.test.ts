import { describe, expect, it } from 'vitest';
import { compareMembers, memberLines, mostListed } from '../../parsers/case/member-list.ts';

const [one, two] = ['a'.repeat(64), 'b'.repeat(64)];

describe('the members that a case keeps', () => {
  it('are one line each, also without a hash and with blanks in the name', () => {
    const lines = memberLines([
      { path: 'a  b.log', sha256: one },
      { path: 'locked.bin', sha256: null },
    ]);
    expect(lines).toEqual([`${one}  a  b.log`, '-  locked.bin']);
  });

  it('are none where there are too many', () => {
    const many = Array.from({ length: mostListed + 1 }, (_, at) => ({ path: String(at), sha256: one }));
    expect(memberLines(many)).toBeNull();
    expect(memberLines(many.slice(1))).toHaveLength(mostListed);
  });

  it('tell which changed, came and went, in order', () => {
    const before = [`${one}  kept.log`, `${one}  b.log`, `${one}  a  b.log`, `${one}  gone.log`];
    const after = [`${two}  new.log`, `${two}  b.log`, `${one}  kept.log`, `-  a  b.log`];
    expect(compareMembers(before, after)).toEqual({
      changed: ['a  b.log', 'b.log'],
      added: ['new.log'],
      removed: ['gone.log'],
    });
  });

  it('tell nothing where one list is not known, and survive lines that are none', () => {
    expect(compareMembers(null, [])).toBeNull();
    expect(compareMembers([], null)).toBeNull();
    expect(compareMembers(['', 'x', `${one}  __proto__`], [])).toEqual({
      changed: [],
      added: [],
      removed: ['__proto__'],
    });
  });
});
