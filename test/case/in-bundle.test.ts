import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { liesInBundle } from '../../parsers/case/in-bundle.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-in-bundle-'));
  writeFileSync(join(folder, 'a.zip'), 'a');
  linkSync(join(folder, 'a.zip'), join(folder, 'hard.zip'));
  symlinkSync(join(folder, 'a.zip'), join(folder, 'soft.zip'));
  mkdirSync(join(folder, 'bundle/logs'), { recursive: true });
  symlinkSync(join(folder, 'bundle'), join(folder, 'way'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['a.zip', 'a.zip', true],
  ['a.zip', 'hard.zip', true],
  ['a.zip', 'soft.zip', true],
  ['soft.zip', 'a.zip', true],
  ['a.zip', 'b.zip', false],
  ['a.zip', 'a.zip.html', false],
  ['bundle', 'bundle/report.html', true],
  ['bundle', 'bundle/logs/report.html', true],
  ['bundle', 'way/report.html', true],
  ['way', 'bundle/logs/report.html', true],
  ['bundle', 'bundle-report.html', false],
  ['bundle', 'none/report.html', false],
  ['gone.zip', 'gone.zip', true],
])('of the bundle %s: %s lies in it: %s', async (bundle, out, expected) => {
  expect(await liesInBundle(join(folder, bundle), join(folder, out))).toBe(expected);
});
