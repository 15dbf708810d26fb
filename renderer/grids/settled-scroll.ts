/**
 * A jump far from the rows that are laid out leads to rows that the worker has yet to send. Drawn at once they would
 * be drawn twice: empty, and a few milliseconds later with their text. Here such a jump waits for its rows, for a
 * moment at most: whoever drags the scroll bar fast sees where he is, and what he passes by is not drawn at all.
 */
import { scaleOfScroll } from './wheel.ts';
import type { WheelGeometry } from './wheel.ts';

/** How long a jump waits for its rows before they are drawn without their text, in milliseconds. */
const longestWait = 40;

export interface ScrolledRows {
  readonly rowHeight: number;
  readonly count: () => number;
  /** Positions of the first and the last row that are laid out. */
  readonly drawn: () => readonly [first: number, last: number];
  /** Whether a row has come; a row that has not is asked for. */
  readonly isHere: (position: number) => boolean;
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
  { rowHeight, count, drawn, isHere }: ScrolledRows,
): SettledScroll {
  let wait: ReturnType<typeof setTimeout> | undefined;
  let isReleasing = false;
  const isSettled = (): boolean => {
    const { scrollHeight, clientHeight, scrollTop } = viewport;
    const modelHeight = count() * rowHeight;
    const sight = rowsInSight({ modelHeight, scrollHeight, clientHeight, scrollTop }, rowHeight);
    const [first, last] = drawn();
    // As long as a row of the old place stays in sight, the grid moves on at once.
    if (sight[0] <= last && sight[1] >= first) return true;
    const here = sight.map((position) => isHere(position));
    return here.every((one) => one);
  };
  const release = (): void => {
    clearTimeout(wait);
    wait = undefined;
    isReleasing = true;
    viewport.dispatchEvent(new Event('scroll'));
    isReleasing = false;
  };
  const onScroll = (event: Event): void => {
    if (isReleasing || event.target !== viewport) return;
    if (wait === undefined) {
      if (isSettled()) return;
      wait = setTimeout(release, longestWait);
    }
    event.stopPropagation();
  };
  frame.addEventListener('scroll', onScroll, { capture: true, passive: true });
  return {
    arrived: () => {
      if (wait !== undefined && isSettled()) release();
    },
    stop: () => {
      clearTimeout(wait);
      frame.removeEventListener('scroll', onScroll, { capture: true });
    },
  };
}
