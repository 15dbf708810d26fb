import { expect, it } from 'vitest';
import { codesOf, meaningOf, minuteKey, type CodeMeaning } from '../../../parsers/rules/kace/statements.ts';
import { EvidenceBuilder, type Row } from '../evidence-builder.ts';

it('knows the codes of a deployment also where a page repeats a patch without end', () => {
  const rows = Array.from({ length: 200 }, (_, nth): Row => {
    const deployed = `2024-05-10 21:${String((nth * 7) % 20).padStart(2, '0')}`;
    return {
      patch: 'Adobe Acrobat Reader DC',
      deployment: 'succeeded',
      ...(nth % 5 === 0 ? {} : { deployed }),
      ...(nth % 3 === 0 ? { exitCode: nth } : {}),
    };
  });
  const { pairs } = new EvidenceBuilder(540).devicePage('PC-0042', rows).build();
  const [pair] = pairs;
  if (pair === undefined) throw new Error('no pair');
  expect(pair.records).toHaveLength(200);
  let several = 0;
  for (const record of pair.records) {
    const said = codesOf(pair, record);
    const { at, exitCode } = record.deployment;
    const expected =
      exitCode === null
        ? pair.records.filter(
            ({ deployment: other }) =>
              other.exitCode !== null &&
              (at === null || other.at === null || minuteKey(at) === minuteKey(other.at)),
          )
        : [record];
    expect(said.first?.code ?? null).toBe(expected[0]?.deployment.exitCode ?? null);
    for (const meaning of ['success', 'restart', 'failure', 'unknown'] as CodeMeaning[]) {
      const first = expected.find(({ deployment }) => meaningOf(deployment.exitCode ?? 0) === meaning);
      expect(said.meaning(meaning)?.code ?? null).toBe(first?.deployment.exitCode ?? null);
    }
    for (const code of [0, 3, 99, 1603])
      expect(said.stating(code)?.code ?? null).toBe(
        expected.find(({ deployment }) => deployment.exitCode === code)?.deployment.exitCode ?? null,
      );
    if (expected.length > 1) several += 1;
  }
  expect(several).toBeGreaterThan(50);
});
