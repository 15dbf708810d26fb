import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { analyse } from '../../parsers/analyse.ts';
import { makeKaceBundle } from '../../scripts/make-kace-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'patchtrail-made-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('made bundles of the appliance', () => {
  const options = { devices: 5, patches: 40, pages: 2, patchPages: 3, oddPerMille: 500 };

  it('hold what was asked for, and every kind of page says the same', async () => {
    const path = join(folder, 'made.zip');
    const made = await makeKaceBundle({ path, ...options });
    expect(made).toMatchObject({ records: 5 * 43, members: 1 + 2 + 1 + 3 });
    const { reading, concluded } = await analyse(path, { spoolFolder: folder, spoolName: 'made' });
    const { evidence, findings } = concluded.analysis;
    expect(evidence.records).toHaveLength(made.records);
    expect(evidence.devices).toHaveLength(5);
    expect(evidence.pairs).toHaveLength(5 * 40);
    expect(evidence.warnings).toEqual([]);
    const fired = new Set(findings.map(({ rule }) => rule));
    expect(fired).toContain('kace/detection-older-than-deployment');
    expect(fired).not.toContain('kace/pages-disagree');
    // A record's quote is read from the store when it is asked for.
    const page = evidence.records.find(({ source }) => source === 'device-page');
    expect(page?.citation.quote.startsWith(`${page.patch ?? ''} | `)).toBe(true);
    reading.store.close();
  });

  it('come out the same every time', async () => {
    const [a, b] = [join(folder, 'a.zip'), join(folder, 'b.zip')];
    await makeKaceBundle({ path: a, ...options });
    await makeKaceBundle({ path: b, ...options });
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
  });

  it('are refused outside of the sizes that an appliance has', async () => {
    const path = join(folder, 'refused.zip');
    await expect(makeKaceBundle({ path, devices: 2001, patches: 1, pages: 0 })).rejects.toThrow('devices');
    await expect(makeKaceBundle({ path, devices: 1, patches: 1001, pages: 0 })).rejects.toThrow('patches');
  });
});
