import { describe, expect, it } from 'vitest';
import { cellAfterKey, scrollFor, stretchInSight } from '../../renderer/panes/matrix-window.ts';

const plain = { ctrlKey: false, metaKey: false };

describe('the stretch in sight', () => {
  it('covers what is seen, with room on both sides', () => {
    const { from, to } = stretchInSight(2_400, 480, 24, 2_000);
    expect(from).toBeLessThanOrEqual(96);
    expect(to).toBeGreaterThanOrEqual(124);
    expect(to - from).toBeLessThan(50);
  });

  it('stays the same while scrolling within a step', () => {
    const stretches = [0, 5, 20].map((top) => JSON.stringify(stretchInSight(2_400 + top, 472, 24, 2_000)));
    expect(new Set(stretches).size).toBe(1);
  });

  it('ends with the rows', () => {
    expect(stretchInSight(0, 480, 24, 3)).toEqual({ from: 0, to: 3 });
    expect(stretchInSight(50_000, 480, 24, 3)).toEqual({ from: 3, to: 3 });
    expect(stretchInSight(0, 0, 24, 0)).toEqual({ from: 0, to: 0 });
  });
});

describe('keys', () => {
  const extent = { rows: 100, columns: 20, page: 10 };
  const from = { row: 5, column: 5 };
  it.each([
    ['ArrowUp', 4, 5],
    ['ArrowDown', 6, 5],
    ['ArrowLeft', 5, 4],
    ['ArrowRight', 5, 6],
    ['PageUp', 0, 5],
    ['PageDown', 15, 5],
    ['Home', 5, 0],
    ['End', 5, 19],
  ])('%s', (key, row, column) => {
    expect(cellAfterKey(from, { key, ...plain }, extent)).toEqual({ row, column });
  });

  it('go to the corners with Ctrl', () => {
    const ctrl = { ctrlKey: true, metaKey: false };
    expect(cellAfterKey(from, { key: 'Home', ...ctrl }, extent)).toEqual({ row: 0, column: 0 });
    expect(cellAfterKey(from, { key: 'End', ...ctrl }, extent)).toEqual({ row: 99, column: 19 });
    expect(cellAfterKey(from, { key: 'ArrowDown', ...ctrl }, extent)).toEqual({ row: 99, column: 5 });
  });

  it('that move nothing are left alone', () => {
    expect(cellAfterKey(from, { key: 'k', ...plain }, extent)).toBeNull();
  });
});

describe('scrolling to a cell', () => {
  it('moves no further than needed', () => {
    expect(scrollFor(10, 24, 0, 480)).toBe(0);
    expect(scrollFor(2, 24, 100, 480)).toBe(48);
    expect(scrollFor(30, 24, 0, 480)).toBe(264);
  });
});
