import { expect, it } from 'vitest';
import { codesOf, otherCodes, sameDeployment } from '../../../parsers/rules/kace/statements.ts';
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
    const said = codesOf(pair, record).map(({ code }) => code);
    const { at, exitCode } = record.deployment;
    const expected =
      exitCode === null
        ? otherCodes(pair, record)
            .filter(({ record: other }) => sameDeployment(other.deployment.at, at))
            .map(({ code }) => code)
        : [exitCode];
    expect(said).toEqual(expected);
    if (said.length > 1) several += 1;
  }
  expect(several).toBeGreaterThan(50);
});
