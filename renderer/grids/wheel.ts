/**
 * Past about 1.4 million rows the grid's body is taller than a browser lays out, and AG Grid scales
 * the scroll bar: a pixel of it then stands for many. Left alone, a notch of the wheel would move ever
 * more rows. Here a notch moves the same number of rows at any size.
 */

export interface WheelGeometry {
  /** Height of all rows, in pixels. */
  readonly modelHeight: number;
  /** Height of the element that scrolls, as laid out. */
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

/** How many pixels of rows one pixel of the scroll bar stands for. */
export function scaleOfScroll({ modelHeight, scrollHeight, clientHeight }: WheelGeometry): number {
  const travel = scrollHeight - clientHeight;
  const rows = modelHeight - clientHeight;
  return travel <= 0 || rows <= travel ? 1 : rows / travel;
}

/** Pixels that a wheel event asks for: Firefox-like line and page units included. */
export function wheelPixels(
  deltaY: number,
  deltaMode: number,
  rowHeight: number,
  pageHeight: number,
): number {
  switch (deltaMode) {
    case 1:
      return deltaY * rowHeight;
    case 2:
      return deltaY * pageHeight;
    default:
      return deltaY;
  }
}

/**
 * Takes over the wheel of a scrolled element while its scale is not 1. Fractions of a pixel that the
 * scroll position cannot hold are carried on to the next notch.
 * @returns a function that ends it
 */
export function steadyWheel(viewport: HTMLElement, rowHeight: number, modelHeight: () => number): () => void {
  let exact = 0;
  const onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.deltaY === 0) return;
    const { scrollHeight, clientHeight, scrollTop } = viewport;
    const scale = scaleOfScroll({ modelHeight: modelHeight(), scrollHeight, clientHeight });
    if (scale === 1) return;
    event.preventDefault();
    const start = Math.abs(exact - scrollTop) < 1.5 ? exact : scrollTop;
    const wanted = start + wheelPixels(event.deltaY, event.deltaMode, rowHeight, clientHeight) / scale;
    exact = Math.min(Math.max(wanted, 0), scrollHeight - clientHeight);
    viewport.scrollTop = exact;
  };
  viewport.addEventListener('wheel', onWheel, { passive: false });
  return () => viewport.removeEventListener('wheel', onWheel);
}
