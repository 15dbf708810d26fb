import { describe, expect, it } from 'vitest';
import { probe } from '../../parsers/formats/probe.ts';
import { formats } from '../../parsers/formats/registry.ts';
import { mutant } from './mutants.ts';
import { runFuzz } from './run-fuzz.ts';
import { kinds, seedMembers } from './seeds.ts';

const seed = 7;
const count = 300;

describe('the fuzzer', () => {
  it('has members of every line format and of every system', () => {
    const taken = new Set(
      seedMembers().map(({ name, data }) => {
        const seen = probe(name, data);
        return formats.find((format) => format.recognise(seen));
      }),
    );
    const missing = formats.filter(
      (format) => format.form === 'lines' && format.samples.length > 0 && !taken.has(format),
    );
    expect(missing.map(({ id }) => id)).toEqual([]);
    expect(new Set([...taken].map((format) => format?.system))).toEqual(
      new Set([...formats.map(({ system }) => system), undefined]),
    );
  });

  it('makes the same mutant from the same seed and number, and others from others', async () => {
    const members = seedMembers();
    expect(await mutant(seed, 11, members)).toEqual(await mutant(seed, 11, members));
    expect(await mutant(seed, 11, members)).not.toEqual(await mutant(seed, 12, members));
    const made = new Set<string>();
    for (let number = 0; number < 100; number += 1) made.add((await mutant(seed, number, members)).kind);
    expect([...made].sort()).toEqual([...kinds].sort());
  });

  it('gives a valid analysis or an expected error for every mutant', async () => {
    const result = await runFuzz({ seed, from: 0, count, batch: count, keep: null });
    expect(result.faults).toEqual([]);
    expect(result.answers.get('read')).toBeGreaterThan(count / 2);
    expect([...result.answers.values()].reduce((sum, times) => sum + times, 0)).toBe(count);
  }, 300_000);
});
