/** Which cells of the matrix are drawn, and where keys lead. Pure. */

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The stretch in sight, with some room on either side, in steps: scrolling within a step draws nothing anew. */
export function stretchInSight(scrolled: number, seen: number, size: number, count: number): Stretch {
  const step = 8;
  const first = Math.floor(Math.max(0, scrolled) / size);
  const last = Math.ceil((Math.max(0, scrolled) + seen) / size);
  const from = Math.max(0, Math.floor((first - step / 2) / step) * step);
  const to = Math.min(count, Math.ceil((last + step / 2) / step) * step);
  return { from: Math.min(from, count), to: Math.max(to, Math.min(from, count)) };
}

export interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Rows of a page. */
  readonly page: number;
}

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>;

/** The cell that a key leads to, as in a spreadsheet; null for a key that moves nothing. */
export function cellAfterKey(cell: Cell, { key, ctrlKey, metaKey }: Press, extent: Extent): Cell | null {
  const isFar = ctrlKey || metaKey;
  const { rows, columns, page } = extent;
  const to = (row: number, column: number): Cell => ({
    row: Math.min(Math.max(row, 0), Math.max(0, rows - 1)),
    column: Math.min(Math.max(column, 0), Math.max(0, columns - 1)),
  });
  switch (key) {
    case 'ArrowUp':
      return to(isFar ? 0 : cell.row - 1, cell.column);
    case 'ArrowDown':
      return to(isFar ? rows : cell.row + 1, cell.column);
    case 'ArrowLeft':
      return to(cell.row, isFar ? 0 : cell.column - 1);
    case 'ArrowRight':
      return to(cell.row, isFar ? columns : cell.column + 1);
    case 'PageUp':
      return to(cell.row - page, cell.column);
    case 'PageDown':
      return to(cell.row + page, cell.column);
    case 'Home':
      return to(isFar ? 0 : cell.row, 0);
    case 'End':
      return to(isFar ? rows : cell.row, columns);
    default:
      return null;
  }
}

/** How far to scroll so that a stretch of one cell lies within sight, behind what stays at the edge. */
export function scrollFor(at: number, size: number, scrolled: number, seen: number): number {
  const start = at * size;
  if (start < scrolled) return start;
  return start + size > scrolled + seen ? start + size - seen : scrolled;
}

/** Widths of a cell, in pixels, from a whole fleet at a glance to room for a mark. */
const cellSizes = [8, 10, 13, 16, 20, 24, 28, 36] as const;
const usualCellSize = 28;

/** The width of a cell as the layout keeps it. */
export function cellSizeOf(kept: unknown): number {
  // Earlier layouts knew two sizes by name.
  if (kept === 'dense') return 16;
  return cellSizes.find((size) => size === kept) ?? usualCellSize;
}

/** The next larger or smaller width; the same at either end. */
export function nextCellSize(size: number, step: 1 | -1): number {
  const at = cellSizes.findIndex((one) => one >= size);
  return cellSizes[Math.min(Math.max(at + step, 0), cellSizes.length - 1)] ?? usualCellSize;
}

export function cellHeight(width: number): number {
  return width >= 20 ? Math.round(width * 0.86) : width;
}
