import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { rules } from '../../../parsers/rules/registry.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import { readFiles } from './read-files.ts';

const folder = new URL('../../fixtures/aws-ssm/aws-cli/', import.meta.url);
const names = readdirSync(folder).sort();
const files = Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder))]));
const expected = JSON.parse(
  readFileSync(new URL('../../fixtures/aws-ssm/aws-cli.expected.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

it('recognises every example of the reference, and says which of them tell nothing of patching', async () => {
  const { drafts } = await readFiles(files);
  const read = drafts.map(({ path, kind, state, reason, rows }) => [
    path,
    `${String(kind)} ${state}${reason === null ? '' : ` (${reason})`}, ${String(rows)} rows`,
  ]);
  expect(Object.fromEntries(read)).toEqual(expected);
});

it('finds in the examples what they say and nothing else', async () => {
  const { evidence } = await readFiles(files);
  const { findings } = runRules(evidence, rules);
  const found = findings
    .filter(({ rule }) => rule.startsWith('aws/'))
    .map(({ rule, device }) => `${rule} ${device ?? ''}`);
  expect(found).toEqual([
    'aws/patch-failed i-1234567890abcdef0',
    'aws/pending-reboot i-02573cafcfEXAMPLE',
    'aws/scanned-never-installed i-02573cafcfEXAMPLE',
    'aws/scanned-never-installed i-0471e04240EXAMPLE',
    'aws/scanned-never-installed i-1234567890abcdef0',
  ]);
  expect(evidence.warnings.map(({ code, text }) => [code, text])).toEqual([
    ['bad-date', '2021-08-046T11:03:50.590000-07:00'],
  ]);
});
