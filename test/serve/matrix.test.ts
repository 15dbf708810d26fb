import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeploymentStatus, DetectionStatus } from '../../parsers/domain/evidence.ts';
import { joinStates, stateOfRecord } from '../../parsers/domain/patch-state.ts';
import { Session } from '../../parsers/serve/session.ts';
import { matrixStates } from '../../preload/contract/shapes.ts';
import type { MatrixAnswer, MatrixCells } from '../../preload/contract/shapes.ts';
import { Window } from './window.ts';

const sample = fileURLToPath(new URL('../../resources/samples/sakura-2024-05.zip', import.meta.url));
const en = { locale: 'en' } as const;
let spoolFolder: string;
let session: Session;
let window: Window;

beforeAll(async () => {
  spoolFolder = mkdtempSync(join(tmpdir(), 'patchtrail-matrix-'));
  session = new Session(() => undefined);
  window = new Window(session);
  await session.open({ path: sample, password: null, zone: null, limits: {}, spoolFolder });
});
afterAll(() => {
  session.close();
  rmSync(spoolFolder, { recursive: true, force: true });
});

const whole = { from: 0, to: 500 };

async function open(
  filter: object = {},
  sort: 'trouble' | 'name' = 'trouble',
): Promise<{ readonly matrix: MatrixAnswer; readonly cells: MatrixCells }> {
  const matrix = await window.ask('matrix', { ...en, filter, sort });
  const cells = await window.ask('matrixCells', { ...en, view: matrix.view, rows: whole, columns: whole });
  return { matrix, cells };
}

function stateOf(cells: MatrixCells, row: number, column: number): string | undefined {
  return matrixStates[cells.states[row * (cells.columns.to - cells.columns.from) + column] ?? 0];
}

describe('the matrix of the sample', () => {
  it('has a cell for every device and patch, and says nothing where no record does', async () => {
    const { matrix, cells } = await open();
    const { devices, patches } = matrix;
    expect(devices).toHaveLength((await window.ask('overview', en)).devices.length);
    expect(cells).toMatchObject({
      rows: { from: 0, to: devices.length },
      columns: { from: 0, to: patches.length },
    });
    expect(cells.states).toHaveLength(devices.length * patches.length);
    for (const [row, device] of devices.entries()) {
      for (const [column, patch] of patches.entries()) {
        const { records } = await window.ask('matrixCell', { view: matrix.view, row, column });
        expect(stateOf(cells, row, column) === 'none').toBe(records.length === 0);
        if (records.length === 0) continue;
        const record = await window.ask('record', { ...en, id: records[0] ?? '' });
        expect(record).toMatchObject({ deviceKey: device.key, patchKey: patch.key });
        expect(await window.ask('locateCell', { view: matrix.view, record: records[0] ?? '' })).toEqual({
          row,
          column,
        });
      }
    }
  });

  it('marks the cells of contradictions with the title of the rule', async () => {
    const { matrix, cells } = await open();
    const clashes = cells.marks.filter(({ kind }) => kind === 'contradiction');
    expect(clashes.length).toBeGreaterThan(5);
    const [first] = clashes;
    const { row = 0, column = 0 } = first ?? {};
    const cell = await window.ask('matrixCell', { view: matrix.view, row, column });
    const finding = await window.ask('finding', { ...en, id: cell.finding ?? '' });
    expect(finding?.title).toBe(first?.title);
    expect(matrix.devices[row]?.contradictions).toBeGreaterThan(0);
  });

  it('is in order of trouble or of names', async () => {
    const byTrouble = (await open()).matrix.devices;
    expect(byTrouble[0]?.worst).toBe('critical');
    expect(byTrouble.at(-1)?.worst).toBeNull();
    const names = (await open({}, 'name')).matrix.devices.map(({ name }) => name);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })));
  });

  it('shows what the filter lets through', async () => {
    const { matrix } = await open({ devices: ['pc-0042'], patches: ['KB5037771'] });
    expect(matrix.devices.map(({ key }) => key)).toEqual(['pc-0042']);
    expect(matrix.patches.map(({ key }) => key)).toEqual(['KB5037771']);
    const { records } = await window.ask('matrixCell', { view: matrix.view, row: 0, column: 0 });
    expect(records.length).toBeGreaterThan(0);
    expect(await window.ask('locateCell', { view: matrix.view, record: 'r99999' })).toBeNull();
  });

  it('gives windows of its cells, and nothing beyond its edges or after it was closed', async () => {
    const { matrix, cells } = await open();
    const part = await window.ask('matrixCells', {
      ...en,
      view: matrix.view,
      rows: { from: 1, to: 3 },
      columns: { from: 2, to: 6 },
    });
    expect(part.states).toHaveLength(8);
    expect(stateOf(part, 0, 0)).toBe(stateOf(cells, 1, 2));
    const beyond = { from: 900, to: 1000 };
    const none = await window.ask('matrixCells', { ...en, view: matrix.view, rows: beyond, columns: whole });
    expect(none.states).toHaveLength(0);
    expect(await window.ask('matrixCell', { view: matrix.view, row: 900, column: 0 })).toEqual({
      records: [],
      finding: null,
    });
    await window.ask('closeView', { view: matrix.view });
    const closed = await window.ask('matrixCells', { ...en, view: matrix.view, rows: whole, columns: whole });
    expect(closed.states).toHaveLength(0);
  });
});

describe('the state of a cell', () => {
  const state = (detection: DetectionStatus | null, deployment: DeploymentStatus | null): string =>
    stateOfRecord({
      detection: { status: detection, raw: null, at: null },
      deployment: {
        status: deployment,
        raw: null,
        at: null,
        exitCode: null,
        attempts: null,
        maxAttempts: null,
      },
    });

  it('is what was detected, in the light of the deployment', () => {
    expect(state('patched', 'failed')).toBe('patched');
    expect(state('not-patched', null)).toBe('not-patched');
    expect(state('not-patched', 'failed')).toBe('failed');
    expect(state('not-patched', 'pending-reboot')).toBe('pending-reboot');
    expect(state('not-patched', 'succeeded')).toBe('not-patched');
    expect(state('error', null)).toBe('failed');
    expect(state('unknown', 'failed')).toBe('failed');
  });

  it('does not take a deployment for a detection, nor silence for health', () => {
    expect(state(null, 'succeeded')).toBe('deployed');
    expect(state(null, 'skipped')).toBe('unknown');
    expect(state(null, null)).toBe('unknown');
  });

  it('says of records that differ that they do', () => {
    expect(joinStates('none', 'patched')).toBe('patched');
    expect(joinStates('unknown', 'patched')).toBe('patched');
    expect(joinStates('patched', 'unknown')).toBe('patched');
    expect(joinStates('none', 'unknown')).toBe('unknown');
    expect(joinStates('patched', 'deployed')).toBe('patched');
    expect(joinStates('not-patched', 'deployed')).toBe('mixed');
    expect(joinStates('mixed', 'patched')).toBe('mixed');
  });
});
