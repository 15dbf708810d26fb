import { expect, it } from 'vitest';
import { Sieve, matchesIn } from '../../parsers/redaction/sieve.ts';

it('tells the lines in which each trace stands, without regard to case', () => {
  const sieve = new Sieve([
    { of: String.raw`\d\.\d{1,3}\.\d` },
    { of: String.raw`(?:user|owner)(?:[ _]name)?["']?\h*[:=<]`, reach: (last) => (last === 0x3c ? 8 : 0) },
    { of: '日本' },
  ]);
  const text = 'nothing\n1.2 1.22.3\nUser Name : x\nU\u017FER="y"\nowner<b>\nlong\n日本\n';
  const lines = (sieve.windows(text) ?? []).map((windows) =>
    windows.flatMap((from, at) => (at % 2 === 0 ? [text.slice(from, windows[at + 1])] : [])),
  );
  expect(lines).toEqual([['1.2 1.22.3'], ['User Name : x\nU\u017FER="y"\nowner<b>\nlong'], ['日本']]);
  expect(sieve.windows('nothing\nof it 1.2 usern日\n')).toBeNull();
});

it('places matches in the whole text', () => {
  const sieve = new Sieve([{ of: '@' }]);
  const text = 'a\nb@c d@e\n\nf@g';
  const matches = [...matchesIn(text, sieve.windows(text)?.[0], /\w@\w/gu)];
  expect(matches.map(({ index, 0: found }) => [index, found])).toEqual([
    [2, 'b@c'],
    [6, 'd@e'],
    [11, 'f@g'],
  ]);
});
