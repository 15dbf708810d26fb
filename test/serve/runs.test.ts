import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../parsers/domain/evidence.ts';
import type { RunDraft, RunMaterial } from '../../parsers/formats/define-format.ts';
import { Session } from '../../parsers/serve/session.ts';
import type { RunRow } from '../../preload/contract/shapes.ts';
import { Window } from './window.ts';

const en = { locale: 'en' } as const;

/** A system of the test's own: its one format reads a page of runs, one to a line, `name;device;role;start;end;outcome`. */
vi.mock(import('../../parsers/formats/registry.ts'), async (original) => {
  const { defineDocumentFormat, defineSystem } = await import('../../parsers/formats/define-format.ts');
  const format = defineDocumentFormat({
    id: 'deep-security/made-up',
    system: 'deep-security',
    recognise: (probe) => probe.name.endsWith('.runs.txt'),
    read: (document) => {
      document.harvest.rows(1);
      return true;
    },
  });
  const made = defineSystem({
    id: 'deep-security',
    formats: [format],
    askFor: [],
    assembleRuns: (material: RunMaterial) => material.members.flatMap(({ path }) => runsOf(path)),
  });
  const real = await original();
  return { ...real, systems: [made], formats: made.formats };
});

const at = (clock: string): Run['startedAt'] => ({
  raw: clock,
  local: Date.parse(`2025-05-13T${clock}:00Z`),
  offset: 0,
  offsetSource: 'stated',
  precision: 'minute',
  clock: 'manager',
  clockOf: '',
});

function run(change: Partial<RunDraft>, member: string): RunDraft {
  const citation = { member, line: 1, row: null, pointer: null, quote: `quote of ${change.name ?? ''}` };
  return {
    system: 'deep-security',
    device: null,
    name: '',
    operation: null,
    outcome: null,
    startedAt: null,
    endedAt: null,
    window: null,
    attempts: null,
    exitCode: null,
    reboot: null,
    detail: {},
    steps: [],
    records: [],
    citation,
    ...change,
  };
}

function runsOf(member: string): RunDraft[] {
  const citation = { member, line: 2, row: null, pointer: null, quote: 'asked' };
  return [
    run(
      {
        name: 'relay one',
        device: 'RELAY01',
        operation: 'relay-update',
        outcome: 'succeeded',
        startedAt: at('10:00'),
        endedAt: at('10:30'),
        detail: { role: 'relay', overlap: true, lookedUntil: '12:00' },
        window: { start: at('09:45'), minutes: 120 },
        steps: [
          { name: 'request', evidenced: true, outcome: 'succeeded', at: at('10:00'), citation },
          { name: 'swap', evidenced: false, outcome: null, at: null, citation: null },
        ],
      },
      member,
    ),
    run(
      {
        name: 'agent one',
        device: 'PC-1',
        outcome: 'failed',
        startedAt: at('10:10'),
        endedAt: at('10:20'),
        exitCode: 1603,
        attempts: 2,
        reboot: 'required',
        detail: { role: 'agent', overlap: true },
        window: { start: at('09:45'), minutes: 120 },
      },
      member,
    ),
    run({ name: 'twice a', device: 'PC-2', startedAt: at('11:00'), endedAt: at('11:30') }, member),
    run({ name: 'twice b', device: 'PC-2', startedAt: at('11:20'), endedAt: at('11:40') }, member),
    run({ name: 'after', device: 'PC-2', startedAt: at('11:40'), endedAt: at('11:50') }, member),
    run({ name: 'no time' }, member),
  ];
}

let folder: string;
let session: Session;
let window: Window;

async function rowsOf(
  filter: object,
  sort: { column: string; descending: boolean }[] = [],
): Promise<RunRow[]> {
  const { view, count } = await window.ask('openView', { ...en, grid: 'runs', filter, sort });
  const rows = await window.ask('runRows', { ...en, view, from: 0, to: 100 });
  expect(rows).toHaveLength(count);
  return rows;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchtrail-runs-'));
  mkdirSync(join(folder, 'bundle'));
  writeFileSync(join(folder, 'bundle', 'made.runs.txt'), 'one\nasked\n');
  session = new Session(() => undefined);
  window = new Window(session);
  const spoolFolder = join(folder, 'spool');
  mkdirSync(spoolFolder);
  await session.open({ path: join(folder, 'bundle'), password: null, zone: null, limits: {}, spoolFolder });
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('runs', () => {
  it('are counted in the overview', async () => {
    expect((await window.ask('overview', en)).runs).toBe(6);
  });

  it('stand in a view with what the grid shows', async () => {
    const [relay, agent] = await rowsOf({});
    expect(relay).toMatchObject({
      device: 'RELAY01',
      role: 'relay',
      outcome: 'succeeded',
      steps: { told: 1, total: 2 },
      window: { minutes: 120 },
    });
    expect(agent).toMatchObject({
      exitCode: { code: 1603 },
      attempts: 2,
      reboot: 'required',
      role: 'agent',
    });
  });

  it('are found, filtered and sorted', async () => {
    const names = async (...asked: Parameters<typeof rowsOf>): Promise<string[]> =>
      (await rowsOf(...asked)).map(({ name }) => name);
    expect(await names({ devices: ['pc-1'] })).toEqual(['agent one']);
    expect(await names({ systems: ['nap'] })).toEqual([]);
    expect(await names({ members: ['nowhere.txt'] })).toEqual([]);
    expect(await names({ patches: ['KB1'] })).toEqual([]);
    const time = { from: Date.parse('2025-05-13T11:35:00Z'), to: Date.parse('2025-05-13T11:39:00Z') };
    expect(await names({ time })).toEqual(['twice b']);
    const text = { expression: 'relay', regex: false, ignoreCase: true, ignoreWidth: false };
    expect(await names({ text })).toEqual(['relay one']);
    expect(await names({}, [{ column: 'startedAt', descending: true }])).toEqual([
      'after',
      'twice b',
      'twice a',
      'agent one',
      'relay one',
      'no time',
    ]);
    const { view } = await window.ask('openView', { ...en, grid: 'runs', filter: {}, sort: [] });
    expect(await window.ask('locateRun', { view, run: 'run3' })).toBe(2);
    expect(await window.ask('locateRun', { view, run: 'run99' })).toBeNull();
  });

  it('tell their steps: one that nothing tells of has no outcome', async () => {
    const detail = await window.ask('run', { ...en, id: 'run1' });
    expect(detail?.stepList.map(({ name, evidenced, outcome }) => [name, evidenced, outcome])).toEqual([
      ['request', true, 'succeeded'],
      ['swap', false, null],
    ]);
    expect(detail?.stepList[0]?.citation).toMatchObject({ line: 2 });
    // Where it stands in the strip is no value to read.
    expect(detail?.detail).toEqual([{ name: 'lookedUntil', value: '12:00' }]);
    expect(await window.ask('run', { ...en, id: 'run99' })).toBeNull();
  });

  it('overlap where their system says so or their own times do, and not where they only touch', async () => {
    const overlapping = (await rowsOf({})).filter(({ overlaps }) => overlaps).map(({ name }) => name);
    expect(overlapping).toEqual(['relay one', 'agent one', 'twice a', 'twice b']);
  });

  it('are bars on the timeline, relays before agents, with each window once', async () => {
    const timeline = await window.ask('timeline', { ...en, filter: {}, range: null, buckets: 10 });
    expect(timeline.runs.map(({ role, bars }) => [role, bars.map((bar) => bar.run)])).toEqual([
      ['relay', ['run1']],
      ['agent', ['run2']],
      [null, ['run3', 'run4', 'run5']],
    ]);
    expect(timeline.windows).toEqual([
      {
        from: Date.parse('2025-05-13T09:45:00Z'),
        to: Date.parse('2025-05-13T11:45:00Z'),
        label: 'relay one, agent one',
      },
    ]);
    expect(timeline.extent).toEqual({
      from: Date.parse('2025-05-13T10:00:00Z'),
      to: Date.parse('2025-05-13T11:50:00Z'),
    });
    const filter = { devices: ['pc-1'] };
    const ofOne = await window.ask('timeline', { ...en, filter, range: null, buckets: 10 });
    expect(ofOne.runs.map(({ role }) => role)).toEqual(['agent']);
  });
});
