import { expect, it } from 'vitest';
import { assume } from '../../parsers/rules/assumptions.ts';
import { deepSecurityRules } from '../../parsers/rules/deep-security/index.ts';
import { runRules } from '../../parsers/rules/run-rules.ts';
import { eventsCsv, readFiles, until } from '../formats/deep-security/read-files.ts';

const rule = 'deep-security/relay-update-unfinished';

/** @param minutes of the rule's window; null: its own */
async function findings(minutes: number | null): Promise<readonly unknown[]> {
  const { evidence } = await readFiles({
    'events.csv': eventsCsv([
      { at: '10:00:00', id: 1600, target: 'relay01' },
      { at: '11:20:00', id: 1601, target: 'relay01' },
      until('14:00:00'),
    ]),
  });
  if (minutes !== null) assume(evidence, new Map([[rule, new Map([['windowMinutes', minutes]])]]));
  return runRules(evidence, deepSecurityRules)
    .findings.filter((finding) => finding.rule === rule)
    .map(({ parameters }) => parameters['windowMinutes']);
}

it('a longer window takes a later success for the result, and a shorter one is named', async () => {
  expect(await findings(null)).toEqual([60]);
  expect(await findings(90)).toEqual([]);
  expect(await findings(30)).toEqual([30]);
});
