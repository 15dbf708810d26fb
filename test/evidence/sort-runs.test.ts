import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortRuns } from '../../parsers/evidence/sort-runs.ts';

/** The lines 0, 1, 2 … by their keys, lines of one key in their order. */
function expected(keys: readonly number[]): number[] {
  return [...keys.keys()].sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
}

function sorted(keys: readonly number[]): number[] {
  const lines = Uint32Array.from(keys.keys());
  sortRuns(lines, (line) => keys[line] ?? 0);
  return [...lines];
}

it('sorts as a stable sort does', () => {
  const run = fc
    .tuple(fc.integer({ min: -5, max: 300 }), fc.nat({ max: 80 }), fc.integer({ min: -1, max: 3 }))
    .map(([from, count, step]) => Array.from({ length: count }, (_, nth) => from + nth * step));
  fc.assert(
    fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
      const keys = runs.flat();
      expect(sorted(keys)).toEqual(expected(keys));
    }),
    { numRuns: 1000 },
  );
});

it('asks little of a log with one line out of its order', () => {
  const count = 100_000;
  for (const at of [0, 1, 50_000, count - 1]) {
    const keys = Array.from({ length: count }, (_, nth) => (nth === at ? 77_777.5 : nth));
    const lines = Uint32Array.from(keys.keys());
    let asked = 0;
    sortRuns(lines, (line) => {
      asked += 1;
      return keys[line] ?? 0;
    });
    expect([...lines]).toEqual(expected(keys));
    expect(asked).toBeLessThan(count * 4);
  }
});
