import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PatchRow } from '../../preload/contract/shapes.ts';
import { levels } from '../../parsers/domain/evidence.ts';
import { lastResult } from '../../parsers/domain/patch-state.ts';
import { filterWords } from '../../parsers/serve/exports.ts';
import { Session } from '../../parsers/serve/session.ts';
import { Window } from './window.ts';

const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
const en = { locale: 'en' } as const;
let spoolFolder: string;
let session: Session;
let window: Window;
let rows: readonly PatchRow[];

beforeAll(async () => {
  spoolFolder = mkdtempSync(join(tmpdir(), 'patchtrail-values-'));
  session = new Session(() => undefined);
  window = new Window(session);
  await session.open({ path: sample, password: null, zone: null, limits: {}, spoolFolder });
  rows = await rowsOf({});
});
afterAll(() => {
  session.close();
  rmSync(spoolFolder, { recursive: true, force: true });
});

type Filter = Parameters<typeof filterWords>[0];

async function rowsOf(filter: Filter): Promise<readonly PatchRow[]> {
  const { view } = await window.ask('openView', { ...en, grid: 'patches', filter, sort: [] });
  return window.ask('patchRows', { ...en, view, from: 0, to: 2000 });
}

/** What each column of a record has, looked up row by row. */
const told = {
  detections: (row: PatchRow) => row.detectionStatus ?? '',
  deployments: (row: PatchRow) => row.deploymentStatus ?? '',
  results: (row: PatchRow) => lastResult(row.deploymentStatus, row.exitCode?.code ?? null) ?? '',
  exitCodes: (row: PatchRow) => (row.exitCode === null ? '' : String(row.exitCode.code)),
} as const;
const parts = Object.keys(told) as (keyof typeof told)[];

describe('the values of a column', () => {
  it.each(parts)('are those of the rows, with as many of each: %s', async (part) => {
    const values = await window.ask('filterValues', { part, filter: {} });
    expect(values.length).toBeGreaterThan(1);
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(told[part](row), (counts.get(told[part](row)) ?? 0) + 1);
    expect(new Map(values.map(({ value, count }) => [value, count]))).toEqual(counts);
    expect(values.findIndex(({ value }) => value === '')).toBe(counts.has('') ? values.length - 1 : -1);
  });

  it.each(parts)('leave only their rows when chosen: %s', async (part) => {
    const values = await window.ask('filterValues', { part, filter: {} });
    for (const { value, count } of values) {
      const passing = await rowsOf({ [part]: [value] });
      expect(passing).toHaveLength(count);
      expect(passing.every((row) => told[part](row) === value)).toBe(true);
    }
    const two = values.slice(0, 2);
    const passing = await rowsOf({ [part]: two.map(({ value }) => value) });
    expect(passing).toHaveLength(two.reduce((sum, { count }) => sum + count, 0));
  });

  it('are counted over what the rest of the filter lets through, and keep what was chosen', async () => {
    const rest = { devices: [rows[0]?.deviceKey ?? ''] };
    const all = await window.ask('filterValues', { part: 'detections', filter: rest });
    const filter = { ...rest, detections: ['patched', 'no-such-status'] };
    const chosen = await window.ask('filterValues', { part: 'detections', filter });
    expect(chosen.filter(({ value }) => value !== 'no-such-status')).toEqual(all);
    expect(chosen.find(({ value }) => value === 'no-such-status')?.count).toBe(0);
    // Another column sees the choice.
    const deployments = await window.ask('filterValues', { part: 'deployments', filter });
    const patched = all.find(({ value }) => value === 'patched')?.count ?? 0;
    expect(deployments.reduce((sum, { count }) => sum + count, 0)).toBe(patched);
  });

  it('of log lines are the levels, the gravest first', async () => {
    const values = await window.ask('filterValues', { part: 'levels', filter: {} });
    const { count } = await window.ask('openView', { ...en, grid: 'lines', filter: {}, sort: [] });
    expect(values.reduce((sum, one) => sum + one.count, 0)).toBe(count);
    const order = values.map(({ value }) => levels.findIndex((level) => level === value));
    expect(order).toEqual([...order].sort((a, b) => b - a));
    for (const { value, count: wanted } of values) {
      const level = levels.find((one) => one === value);
      const filter = level === undefined ? {} : { levels: [level] };
      const opened = await window.ask('openView', { ...en, grid: 'lines', filter, sort: [] });
      expect(opened.count).toBe(wanted);
    }
  });

  it('of findings leave their findings and the rows that these cite', async () => {
    const all = await window.ask('findings', { ...en, filter: {}, from: 0, to: 2000 });
    for (const part of ['severities', 'kinds'] as const) {
      const values = await window.ask('filterValues', { part, filter: {} });
      expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(all.total);
      for (const { value, count } of values) {
        const filter = { [part]: [value] };
        const found = await window.ask('findings', { ...en, filter, from: 0, to: 2000 });
        expect(found.total).toBe(count);
        const of = part === 'kinds' ? 'kind' : 'severity';
        expect(found.rows.every((row) => row[of] === value)).toBe(true);
        const cited = await rowsOf(filter);
        expect(cited.every(({ marks }) => marks.some((mark) => mark[of] === value))).toBe(true);
        const { lanes } = await window.ask('timeline', { ...en, filter, range: null, buckets: 4096 });
        const shown = lanes.find(({ lane }) => lane === 'findings')?.marks ?? [];
        expect(shown.reduce((sum, mark) => sum + mark.count, 0)).toBeLessThanOrEqual(count);
      }
    }
  });

  it('leave the findings that cite a row with one of them', async () => {
    const filter = { exitCodes: ['3010'] };
    const passing = new Set((await rowsOf(filter)).map(({ id }) => id));
    const { rows: found, total } = await window.ask('findings', { ...en, filter, from: 0, to: 2000 });
    expect(total).toBeGreaterThan(0);
    for (const { id } of found) {
      const detail = await window.ask('finding', { ...en, id });
      expect(detail?.witnesses.some(({ record }) => record !== null && passing.has(record))).toBe(true);
    }
  });

  it('are told in the words of an export', () => {
    const { snapshot } = session;
    if (snapshot === null) throw new Error('nothing is open');
    const filter = { detections: ['not-patched', ''], exitCodes: ['2149859372'], kinds: ['gap'] };
    expect(filterWords(filter, snapshot, 'en')).toEqual([
      'detection = not patched, not told',
      'exit = 0x8024402C',
      'kind = Gap',
    ]);
    expect(filterWords({ outcomes: ['failed'] }, snapshot, 'ja').join()).toMatch(/^結果 = /u);
  });
});
