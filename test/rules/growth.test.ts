import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { conclude, openStore, readBundle } from '../../parsers/analyse.ts';
import { repeatedRows } from '../bench/repeated-rows.ts';
import type { RepeatedFiles } from '../bench/repeated-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'patchtrail-growth-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Calls of the engine's functions while the bundle is concluded: the same number in every run on every machine. */
async function callsOf(files: RepeatedFiles): Promise<number> {
  const bundle = mkdtempSync(join(folder, 'b-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(bundle, path)), { recursive: true });
    writeFileSync(join(bundle, path), text);
  }
  const options = { spoolFolder: folder, spoolName: 'spool' };
  const store = openStore(options);
  const session = new Session();
  session.connect();
  try {
    const reading = await readBundle(bundle, store, options);
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    conclude(reading, reading.identity, null);
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => url.includes('/parsers/'))
      .flatMap(({ functions }) => functions)
      .reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
  } finally {
    session.disconnect();
    store.close();
  }
}

/** Rows of the larger bundle: enough for the square of them to stand out. */
const rows = 2_048;

it.each(Object.keys(repeatedRows))(
  'twice the rows of one patch on one device cost twice as much: %s',
  async (family) => {
    const make = repeatedRows[family];
    if (make === undefined) throw new Error(`no family ${family}`);
    const [half, whole] = [await callsOf(make(rows / 2)), await callsOf(make(rows))];
    expect(half).toBeGreaterThan(1_000);
    // Twice, and a step more for each halving; four times would be the square.
    expect(whole / half).toBeLessThan(2.8);
  },
  120_000,
);
