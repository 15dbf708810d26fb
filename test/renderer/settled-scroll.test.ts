import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rowsInSight, settledScroll } from '../../renderer/grids/settled-scroll.ts';

const rowHeight = 22;

describe('rows in sight', () => {
  it('are told by the pixels of the scroll bar, and by their share of it where it stands for more', () => {
    const small = { modelHeight: 2_200, scrollHeight: 2_200, clientHeight: 220 };
    expect(rowsInSight({ ...small, scrollTop: 0 }, rowHeight)).toEqual([0, 10]);
    expect(rowsInSight({ ...small, scrollTop: 1_980 }, rowHeight)).toEqual([90, 99]);
    const large = { modelHeight: 220_000_000, scrollHeight: 15_000_220, clientHeight: 220 };
    expect(rowsInSight({ ...large, scrollTop: 0 }, rowHeight)).toEqual([0, 10]);
    const [first, last] = rowsInSight({ ...large, scrollTop: 15_000_000 }, rowHeight);
    expect(first).toBeGreaterThanOrEqual(9_999_989);
    expect(last).toBe(9_999_999);
  });

  it('are none but the first of an empty grid', () => {
    const empty = { modelHeight: 0, scrollHeight: 300, clientHeight: 300, scrollTop: 0 };
    expect(rowsInSight(empty, rowHeight)).toEqual([0, 0]);
  });
});

describe('a scrolled grid', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A grid of a thousand rows, ten in sight, of which the first ten are laid out and here. */
  function grid() {
    const viewport = Object.assign(new EventTarget(), {
      scrollTop: 0,
      scrollHeight: 22_000,
      clientHeight: 220,
    });
    /** Where the grid has been told to draw. */
    const told: number[] = [];
    const state = {
      drawn: [0, 10] as readonly [number, number],
      here: new Set([0, 10]),
      asked: [] as number[],
      isAllHere: false,
      held: 0,
    };
    viewport.addEventListener('scroll', () => told.push(viewport.scrollTop));
    let meet: (event: Event) => void = () => undefined;
    const frame = {
      addEventListener: (_type: string, listener: (event: Event) => void) => {
        meet = listener;
      },
      removeEventListener: () => {
        meet = () => undefined;
      },
    };
    const scroll = settledScroll(frame as unknown as HTMLElement, viewport as unknown as HTMLElement, {
      rowHeight,
      count: () => 1_000,
      drawn: () => state.drawn,
      isHere: (position) => {
        const isHere = state.isAllHere || state.here.has(position);
        if (!isHere) state.asked.push(position);
        return isHere;
      },
      hold: (pixels) => {
        state.held = pixels;
      },
    });
    return {
      state,
      told,
      scroll,
      /** The bar is moved to a row: the event passes the frame first, unless it is stopped there. */
      moveTo: (row: number) => {
        viewport.scrollTop = row * rowHeight;
        const event = { target: viewport, isStopped: false, stopPropagation: () => (event.isStopped = true) };
        meet(event as unknown as Event);
        if (!event.isStopped) told.push(viewport.scrollTop);
      },
    };
  }

  it('moves on at once while rows of the old place stay in sight', () => {
    const { moveTo, told, state } = grid();
    moveTo(5);
    expect(told).toEqual([5 * rowHeight]);
    expect(state.asked).toEqual([]);
  });

  it('waits for the rows of a far place, and draws them once', () => {
    const { moveTo, told, state, scroll } = grid();
    moveTo(500);
    expect(told).toEqual([]);
    expect(state.asked).toEqual([500, 510]);
    state.here.add(500);
    scroll.arrived();
    vi.advanceTimersByTime(1);
    expect(told).toEqual([]);
    state.here.add(510);
    scroll.arrived();
    vi.advanceTimersByTime(1);
    expect(told).toEqual([500 * rowHeight]);
    vi.runAllTimers();
    expect(told).toHaveLength(1);
  });

  it('draws at the newest place when the rows do not come in time', () => {
    const { moveTo, told } = grid();
    moveTo(500);
    moveTo(600);
    moveTo(700);
    expect(told).toEqual([]);
    vi.runAllTimers();
    expect(told).toEqual([700 * rowHeight]);
  });

  it('keeps what is drawn in sight while it waits', () => {
    const { moveTo, state } = grid();
    moveTo(5);
    expect(state.held).toBe(0);
    moveTo(500);
    expect(state.held).toBe(495 * rowHeight);
    moveTo(600);
    expect(state.held).toBe(595 * rowHeight);
    vi.runAllTimers();
    expect(state.held).toBe(0);
  });

  it('draws ten times a second while the bar is dragged on, and at the place where it comes to rest', () => {
    const { moveTo, told, state } = grid();
    state.isAllHere = true;
    for (let step = 1; step <= 60; step += 1) {
      moveTo(step * 15);
      const top = (told.at(-1) ?? 0) / rowHeight;
      state.drawn = [top, top + 10];
      vi.advanceTimersByTime(16);
    }
    vi.runAllTimers();
    expect(told.length).toBeGreaterThanOrEqual(9);
    expect(told.length).toBeLessThanOrEqual(12);
    expect(told.at(-1)).toBe(900 * rowHeight);
  });

  it('leaves nothing behind when it ends', () => {
    const { moveTo, told, scroll, state } = grid();
    moveTo(500);
    scroll.stop();
    vi.runAllTimers();
    expect(told).toEqual([]);
    expect(state.held).toBe(0);
  });
});
