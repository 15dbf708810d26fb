import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { analyse } from '../../parsers/analyse.ts';
import { makeAwsBundle } from '../../scripts/make-aws-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'patchtrail-made-aws-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const options = { instances: 6, patches: 50, lists: 4, oddPerMille: 100 };

it('makes lists, compliance items and states that agree with each other', async () => {
  const path = join(folder, 'made.zip');
  const made = await makeAwsBundle({ path, ...options });
  expect(made).toMatchObject({ records: 300, members: 6 });
  const { reading, concluded } = await analyse(path, { spoolFolder: folder, spoolName: 'made' });
  const { evidence, findings, undecided } = concluded.analysis;
  expect(evidence.records).toHaveLength(300);
  expect(evidence.devices).toHaveLength(6);
  expect(evidence.warnings).toEqual([]);
  const fired = new Set(findings.map(({ rule }) => rule));
  expect(fired).toContain('aws/patch-failed');
  expect(fired).not.toContain('aws/counts-disagree');
  expect(undecided.filter(({ rule }) => rule === 'aws/counts-disagree')).toEqual([]);
  // A quote is read from the text of its member when it is asked for.
  const record = evidence.records[77];
  expect(record?.citation.quote).toContain(record?.kb ?? '?');
  expect(record?.citation.pointer).toBe('/Patches/27');
  reading.store.close();
});

it('comes out the same every time', async () => {
  const [a, b] = [join(folder, 'a.zip'), join(folder, 'b.zip')];
  await makeAwsBundle({ path: a, ...options });
  await makeAwsBundle({ path: b, ...options });
  expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
});
