/** Where the last window stood, so that the next one opens there. */
import * as v from 'valibot';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
export const boundsSchema = v.object({ x: whole, y: whole, width: whole, height: whole });
export type Bounds = v.InferOutput<typeof boundsSchema>;

const windowStateSchema = v.object({ bounds: v.nullable(boundsSchema), maximized: v.boolean() });
export type WindowState = v.InferOutput<typeof windowStateSchema>;

export const smallest = { width: 960, height: 600 };
const usual = { width: 1440, height: 900 };
/** Further windows stand a little lower and to the right, in pixels. */
const step = 32;
/** A title bar that shows less than this cannot be grabbed, in pixels. */
const reachable = 64;

export class WindowStateStore {
  readonly #path: string;
  #state: WindowState;
  #isKept = true;

  private constructor(path: string, state: WindowState) {
    this.#path = path;
    this.#state = state;
  }

  static async open(path: string): Promise<WindowStateStore> {
    return new WindowStateStore(
      path,
      await readJsonFile(path, windowStateSchema, { bounds: null, maximized: false }),
    );
  }

  get current(): WindowState {
    return this.#state;
  }

  /** From now on the place of a window holds for this run only. */
  stopKeeping(): void {
    this.#isKept = false;
  }

  async keep(state: WindowState): Promise<void> {
    this.#state = state;
    if (this.#isKept) await writeJsonFile(this.#path, state).catch(() => undefined);
  }
}

/**
 * Bounds for the next window that can be seen and reached on the displays there are now.
 * @param open how many windows are open
 * @param displays work areas, the primary one first
 */
export function placeWindow(
  state: WindowState,
  open: number,
  displays: readonly Bounds[],
): Partial<Bounds> & Pick<Bounds, 'width' | 'height'> {
  const [primary] = displays;
  const area = primary ?? { x: 0, y: 0, ...usual };
  const { bounds } = state;
  if (bounds === null) {
    return { width: Math.min(usual.width, area.width), height: Math.min(usual.height, area.height) };
  }
  const moved = { ...bounds, x: bounds.x + step * open, y: bounds.y + step * open };
  const home = displays.find((display) => isReachable(moved, display));
  const size = home ?? area;
  const width = Math.max(Math.min(moved.width, size.width), Math.min(smallest.width, size.width));
  const height = Math.max(Math.min(moved.height, size.height), Math.min(smallest.height, size.height));
  return home === undefined ? { width, height } : { x: moved.x, y: moved.y, width, height };
}

function isReachable(window: Bounds, display: Bounds): boolean {
  const left = Math.max(window.x, display.x);
  const right = Math.min(window.x + window.width, display.x + display.width);
  return (
    right - left >= reachable &&
    window.y >= display.y - step &&
    window.y <= display.y + display.height - reachable
  );
}
