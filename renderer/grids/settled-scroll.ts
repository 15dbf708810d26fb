/**
 * A jump far from the rows that are laid out leads to rows that the worker has yet to send. Drawn at once they would
 * be drawn twice: empty, and a few milliseconds later with their text. Here such a jump waits for its rows, for a
 * moment at most: whoever drags the scroll bar fast sees where he is, and what he passes by is not drawn at all.
 * While the bar is dragged on, far jumps are drawn some ten times a second: nobody reads more, and every row that is
 * drawn in vain costs memory. Until then what was drawn last stays in sight.
 */
import { scaleOfScroll } from './wheel.ts';
import type { WheelGeometry } from './wheel.ts';

/** How long a jump waits for its rows before they are drawn without their text, in milliseconds. */
const longestWait = 40;
/** How long after a far jump the next one is drawn, in milliseconds. */
const betweenDraws = 90;

export interface ScrolledRows {
  readonly rowHeight: number;
  readonly count: () => number;
  /** Positions of the first and the last row that are laid out. */
  readonly drawn: () => readonly [first: number, last: number];
  /** Whether a row has come; a row that has not is asked for. */
  readonly isHere: (position: number) => boolean;
  /** Keeps what is drawn in sight although it was scrolled by so many pixels; by 0: it is where it belongs again. */
  readonly hold: (pixels: number) => void;
}

export interface SettledScroll {
  /** Rows have come. */
  readonly arrived: () => void;
  readonly stop: () => void;
}

/** Positions of the first and the last row that a scrolled element shows, also those that are seen in part. */
export function rowsInSight(
  geometry: WheelGeometry & { readonly scrollTop: number },
  rowHeight: number,
): readonly [first: number, last: number] {
  const top = geometry.scrollTop * scaleOfScroll(geometry);
  const end = Math.max(0, Math.ceil(geometry.modelHeight / rowHeight) - 1);
  const at = (pixel: number): number => Math.min(Math.max(Math.floor(pixel / rowHeight), 0), end);
  return [at(top), at(top + geometry.clientHeight)];
}

/**
 * Holds scroll events of an element back, before the grid sees them, while they lead to rows that have not come.
 * @param frame what the element lies in: events are met on their way down
 */
export function settledScroll(
  frame: HTMLElement,
  viewport: HTMLElement,
  { rowHeight, count, drawn, isHere, hold }: ScrolledRows,
): SettledScroll {
  let wait: ReturnType<typeof setTimeout> | undefined;
  let isReleasing = false;
  /** When a jump began to wait for its rows; null while it does not. */
  let asked: number | null = null;
  let lastFar = Number.NEGATIVE_INFINITY;
  let drawnTop = viewport.scrollTop;
  /** As the last event of it found it: asked for between two frames it would cost a layout of what has just come. */
  let seen = { scrollTop: drawnTop, scrollHeight: 0, clientHeight: 0 };
  const inSight = (): readonly [first: number, last: number] =>
    rowsInSight({ ...seen, modelHeight: count() * rowHeight }, rowHeight);
  const isNear = (): boolean => {
    const sight = inSight();
    const [first, last] = drawn();
    return sight[0] <= last && sight[1] >= first;
  };
  const areHere = (): boolean => {
    // Both ends are looked for, since what has not come is asked for by that.
    const here = inSight().map((position) => isHere(position));
    return here.every((one) => one);
  };
  const release = (): void => {
    clearTimeout(wait);
    wait = undefined;
    asked = null;
    lastFar = performance.now();
    drawnTop = seen.scrollTop;
    hold(0);
    isReleasing = true;
    viewport.dispatchEvent(new Event('scroll'));
    isReleasing = false;
  };
  /** Whether a far jump is drawn now; else it is looked at again in time. */
  const isDue = (): boolean => {
    clearTimeout(wait);
    const now = performance.now();
    const pause = lastFar + betweenDraws - now;
    if (pause > 0) {
      wait = setTimeout(check, pause);
      return false;
    }
    if (areHere() || (asked !== null && now - asked >= longestWait)) return true;
    asked ??= now;
    wait = setTimeout(check, asked + longestWait - now);
    return false;
  };
  const check = (): void => {
    if (isDue()) release();
  };
  const onScroll = (event: Event): void => {
    if (isReleasing || event.target !== viewport) return;
    const { scrollTop, scrollHeight, clientHeight } = viewport;
    seen = { scrollTop, scrollHeight, clientHeight };
    if (wait === undefined) {
      // As long as a row of the old place stays in sight, the grid moves on at once.
      const isFar = !isNear();
      if (!isFar || isDue()) {
        drawnTop = scrollTop;
        if (isFar) lastFar = performance.now();
        return;
      }
    }
    event.stopPropagation();
    hold(scrollTop - drawnTop);
  };
  frame.addEventListener('scroll', onScroll, { capture: true, passive: true });
  return {
    arrived: () => {
      if (wait === undefined) return;
      // In a task of its own, after that of the rows.
      clearTimeout(wait);
      wait = setTimeout(check);
    },
    stop: () => {
      clearTimeout(wait);
      wait = undefined;
      hold(0);
      frame.removeEventListener('scroll', onScroll, { capture: true });
    },
  };
}
