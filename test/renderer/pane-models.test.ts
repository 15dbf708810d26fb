import { describe, expect, it } from 'vitest';
import { findRow } from '../../renderer/grids/find-row.ts';
import { filterByCell } from '../../renderer/panes/filter-by-cell.ts';
import { cellSizeOf, nextCellSize } from '../../renderer/panes/matrix-window.ts';
import { fitted, leastScale, mostScale, movedBy, scaledAt } from '../../renderer/panes/picture-zoom.ts';
import { keptWithin, moved, shortestExtent, zoomed } from '../../renderer/panes/timeline-zoom.ts';
import { allFolded, allOpen, isOpenIn, openedTo, toggledFold } from '../../renderer/state/fold.ts';
import { marksOfLines, nextOf } from '../../renderer/state/match-lines.ts';

describe('the zoom of a picture', () => {
  const frame = { width: 400, height: 300 };
  const picture = { width: 1600, height: 600 };

  it('fits the whole picture in the middle and never enlarges a small one', () => {
    expect(fitted(picture, frame)).toEqual({ scale: 0.25, x: 0, y: 75 });
    expect(fitted({ width: 20, height: 10 }, frame)).toEqual({ scale: 1, x: 190, y: 145 });
  });

  it('keeps what is under the pointer', () => {
    const before = scaledAt(fitted(picture, frame), 1, { x: 200, y: 150 }, picture, frame);
    const at = { x: 120, y: 90 };
    const after = scaledAt(before, 2, at, picture, frame);
    expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale);
    expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale);
  });

  it('stays within its limits and never leaves the frame empty', () => {
    const view = scaledAt(fitted(picture, frame), 1000, { x: 0, y: 0 }, picture, frame);
    expect(view.scale).toBe(mostScale);
    expect(scaledAt(view, 0, { x: 0, y: 0 }, picture, frame).scale).toBe(leastScale);
    const full = scaledAt(fitted(picture, frame), 1, { x: 0, y: 0 }, picture, frame);
    expect(movedBy(full, 9_999, 9_999, picture, frame)).toMatchObject({ x: 0, y: 0 });
    expect(movedBy(full, -9_999, -9_999, picture, frame)).toMatchObject({ x: -1200, y: -300 });
  });
});

describe('the zoom of the timeline', () => {
  const all = { from: 0, to: 1000 };

  it('keeps the moment that it turns around', () => {
    expect(zoomed(all, 250, 0.5)).toEqual({ from: 125, to: 625 });
    expect(zoomed(all, 0, 0.5)).toEqual({ from: 0, to: 500 });
  });

  it('goes down to milliseconds and no further', () => {
    const near = zoomed({ from: 0, to: 12 }, 6, 0.5);
    expect(near.to - near.from).toBe(shortestExtent);
  });

  it('stays inside of what there is; all of it is no zoom', () => {
    expect(keptWithin(moved({ from: 100, to: 300 }, -1), all)).toEqual({ from: 0, to: 200 });
    expect(keptWithin({ from: 900, to: 1100 }, all)).toEqual({ from: 800, to: 1000 });
    expect(keptWithin({ from: -5, to: 1005 }, all)).toBeNull();
  });
});

describe('folding', () => {
  it('turns one thing round, whatever holds for the others', () => {
    expect(isOpenIn(allOpen, 'a')).toBe(true);
    expect(isOpenIn(toggledFold(allOpen, 'a'), 'a')).toBe(false);
    expect(isOpenIn(toggledFold(allFolded, 'a'), 'a')).toBe(true);
    expect(toggledFold(toggledFold(allFolded, 'a'), 'a')).toEqual(allFolded);
  });

  it('opens the way to a member, through nested archives', () => {
    const fold = openedTo(allFolded, 'logs/inner.zip!/PC-1/konea.log');
    for (const path of ['logs', 'logs/inner.zip', 'logs/inner.zip!/PC-1'])
      expect(isOpenIn(fold, path)).toBe(true);
    expect(openedTo(fold, 'logs/inner.zip!/PC-1/konea.log')).toEqual(fold);
  });
});

describe('matches of a file', () => {
  it('follow each other, wrapping round', () => {
    const lines = [3, 10, 40];
    expect(nextOf(lines, null, 1)).toBe(0);
    expect(nextOf(lines, 3, 1)).toBe(1);
    expect(nextOf(lines, 11, 1)).toBe(2);
    expect(nextOf(lines, 40, 1)).toBe(0);
    expect(nextOf(lines, 3, -1)).toBe(2);
    expect(nextOf(lines, 11, -1)).toBe(1);
    expect(nextOf([], 3, 1)).toBeNull();
  });

  it('are marked where they lie', () => {
    expect([...marksOfLines([1, 100, 101], 100, 4)]).toEqual([1, 0, 0, 1]);
  });
});

describe('finding in a column', () => {
  const texts = Array.from({ length: 1_000 }, (_, row) => (row % 450 === 7 ? `PC－${row}` : 'x'));
  const textsOf = (from: number, to: number): Promise<readonly string[]> =>
    Promise.resolve(texts.slice(from, to));
  const { signal } = new AbortController();

  it('goes on from a row in either direction, wrapping round, width and case aside', async () => {
    expect(await findRow(textsOf, 1_000, 'pc-', -1, 1, signal)).toBe(7);
    expect(await findRow(textsOf, 1_000, 'pc-', 7, 1, signal)).toBe(457);
    expect(await findRow(textsOf, 1_000, 'pc-', 907, 1, signal)).toBe(7);
    expect(await findRow(textsOf, 1_000, 'pc-', 7, -1, signal)).toBe(907);
    expect(await findRow(textsOf, 1_000, 'pc-', 457, -1, signal)).toBe(7);
    // The only row of its kind is found again from itself.
    expect(await findRow(textsOf, 1_000, 'pc-457', 457, 1, signal)).toBe(457);
  });

  it('finds nothing of nothing, and stops when it is told to', async () => {
    expect(await findRow(textsOf, 1_000, 'PC-0042', 3, 1, signal)).toBeNull();
    expect(await findRow(textsOf, 1_000, '', 3, 1, signal)).toBeNull();
    expect(await findRow(textsOf, 0, 'x', 0, 1, signal)).toBeNull();
    await expect(findRow(textsOf, 1_000, 'none', 0, 1, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('the filter of a cell', () => {
  const row = { deviceKey: 'pc-1', patchKey: 'kb1', system: 'kace-sma' } as const;

  it('narrows one part and leaves the others', () => {
    expect(filterByCell({ levels: ['error'] }, row, 'device', null)).toEqual({
      levels: ['error'],
      devices: ['pc-1'],
    });
    expect(filterByCell({ patches: ['kb2'] }, row, 'patch', null)).toEqual({ patches: ['kb1'] });
    expect(filterByCell({}, { member: 'a.log', level: 'error' }, 'place', null)).toEqual({
      members: ['a.log'],
    });
  });

  it('takes what a cell does not tell as a value too, in columns with a list of values', () => {
    expect(filterByCell({}, { ...row, exitCode: { code: 3010 } }, 'exitCode', null)).toEqual({
      exitCodes: ['3010'],
    });
    expect(filterByCell({}, { ...row, exitCode: null }, 'exitCode', null)).toEqual({ exitCodes: [''] });
    const succeeded = { ...row, deploymentStatus: 'succeeded', exitCode: { code: 3010 } };
    expect(filterByCell({}, succeeded, 'deploymentStatus', null)).toEqual({ deployments: ['succeeded'] });
    expect(filterByCell({}, succeeded, 'lastResult', null)).toEqual({ results: ['pending-reboot'] });
    expect(filterByCell({}, { outcome: null }, 'outcome', null)).toEqual({ outcomes: [''] });
  });

  it('is none where a column has no filter or a cell no value', () => {
    expect(filterByCell({}, row, 'detectedAt', null)).toBeNull();
    // The code of a run is no part of the filter.
    expect(filterByCell({}, { operation: null, exitCode: null }, 'exitCode', null)).toBeNull();
    expect(filterByCell({}, { deviceKey: '' }, 'device', null)).toBeNull();
  });
});

describe('the cells of the matrix', () => {
  it('grow and shrink in steps, and stop at either end', () => {
    expect(cellSizeOf(undefined)).toBe(28);
    expect(cellSizeOf('dense')).toBe(16);
    expect(nextCellSize(16, 1)).toBe(20);
    expect(nextCellSize(8, -1)).toBe(8);
    expect(nextCellSize(36, 1)).toBe(36);
  });
});
