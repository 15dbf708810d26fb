import type { Limits } from '../domain/limits.ts';

/** What the tables of one member may hold. */
export type CellLimits = Pick<Limits, 'rowCells' | 'tableCells'>;

/** For looking at a few first bytes, which bound everything by themselves. */
export const anyCells: CellLimits = {
  rowCells: Number.POSITIVE_INFINITY,
  tableCells: Number.POSITIVE_INFINITY,
};

/**
 * Characters of a cell of a text that are taken as its value: names and statuses have a few hundred. What is beyond
 * stays in the member's text, where it is shown and searched.
 */
export const longestCell = 1024 * 1024;

/** Why a member is refused: by the limit that it met, or because a page has too much of anything else in it. */
export type CellReason = 'row-too-wide' | 'table-too-large' | 'document-too-large';

/** Thrown by readers of tables where a limit of cells is met: half a table would pass for a whole one. */
export class TooManyCells extends Error {
  override readonly name = 'TooManyCells';
  readonly reason: CellReason;
  /** Where, 1-based; null when it is not one place. */
  readonly line: number | null;

  constructor(reason: CellReason, line: number | null) {
    super(reason);
    this.reason = reason;
    this.line = line;
  }
}

/** Thrown by views of a document that need the whole of it, where it is too large to be held. */
export class DocumentTooLarge extends Error {
  override readonly name = 'DocumentTooLarge';
}

/** What a row costs beside its cells, in cells: millions of rows with one cell each must not pass for few cells. */
const fewestCounted = 8;

/** Counts the cells that the tables of one member keep in memory. */
export class CellCounter {
  readonly limits: CellLimits;
  #cells = 0;

  constructor(limits: CellLimits) {
    this.limits = limits;
  }

  /** A row that is kept. @throws TooManyCells `table-too-large` */
  addRow(cells: number, line: number | null): void {
    this.add(Math.max(cells, fewestCounted), line);
  }

  /** @throws TooManyCells `table-too-large` */
  add(cells: number, line: number | null): void {
    this.#cells += cells;
    if (this.#cells > this.limits.tableCells) throw new TooManyCells('table-too-large', line);
  }

  /** @throws TooManyCells `row-too-wide` */
  checkRow(cells: number, line: number | null): void {
    if (cells > this.limits.rowCells) throw new TooManyCells('row-too-wide', line);
  }

  /** Whether so many more would still be within the limit. */
  hasRoom(cells: number): boolean {
    return this.#cells + cells <= this.limits.tableCells;
  }
}
