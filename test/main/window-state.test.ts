import { describe, expect, it } from 'vitest';
import { placeWindow } from '../../main/window-state.ts';

const display = { x: 0, y: 0, width: 1920, height: 1040 };
const right = { x: 1920, y: 0, width: 1280, height: 1000 };
const at = (x: number, y: number): Parameters<typeof placeWindow>[0] => ({
  bounds: { x, y, width: 1200, height: 800 },
  maximized: false,
});

describe('the place of a window', () => {
  it('is the system’s choice the first time, no larger than the display', () => {
    const none = { bounds: null, maximized: false };
    expect(placeWindow(none, 0, [display])).toEqual({ width: 1440, height: 900 });
    expect(placeWindow(none, 0, [{ ...display, width: 1280, height: 720 }])).toEqual({
      width: 1280,
      height: 720,
    });
  });

  it('is where it was, also on a second display', () => {
    expect(placeWindow(at(10, 20), 0, [display])).toEqual({ x: 10, y: 20, width: 1200, height: 800 });
    expect(placeWindow(at(1930, 20), 0, [display, right])).toMatchObject({ x: 1930, y: 20 });
  });

  it('is somewhere else when its display is gone', () => {
    expect(placeWindow(at(1930, 20), 0, [display])).toEqual({ width: 1200, height: 800 });
    expect(placeWindow(at(10, -700), 0, [display])).toEqual({ width: 1200, height: 800 });
  });

  it('moves a little for each further window', () => {
    expect(placeWindow(at(10, 20), 2, [display])).toMatchObject({ x: 74, y: 84 });
  });
});
