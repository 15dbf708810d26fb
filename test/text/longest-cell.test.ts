import { expect, it } from 'vitest';
import { longestCell } from '../../parsers/text/cell-limits.ts';
import { readDelimited } from '../../parsers/text/delimited.ts';

it.each([
  ['plain', (long: string) => long],
  ['quoted', (long: string) => `"${long}"`],
  ['oddly quoted', (long: string) => ` "${long}""x" `],
])('takes no more of a %s cell than a value can be', (_name, write) => {
  const head = 'Machine Name,Patch Name,Detect Status,Detect Date\n';
  const text = `${head}PC-1,${write('a'.repeat(longestCell + 5))},Patched,2024-05-10\nPC-2,b,Patched,2024-05-10\n`;
  const table = readDelimited(text, () => undefined);
  expect([...(table?.rows ?? [])].map(({ cells }) => cells.map(({ length }) => length))).toEqual([
    [4, longestCell, 7, 10],
    [4, 1, 7, 10],
  ]);
});
