import { createContext, useContext } from 'react';
import type { CopyFormat } from './copy-rows.ts';

/** What can be done with a grid from outside of it. */
export interface GridHandle {
  readonly name: string;
  readonly copy: (format: CopyFormat) => void;
  readonly chooseColumns: () => void;
  /** The marked rows, or the one with the focus; as many as can be copied at once. */
  readonly markedRows: () => Promise<readonly object[]>;
  /** Looks for text in the column of the cell in focus. */
  readonly findInColumn: () => void;
  /** Holds the column of the cell in focus at the left edge, or lets it go. */
  readonly pinColumn: () => void;
  /** Opens the list of the values of the column in focus. */
  readonly filterColumn: () => void;
  /** Shows only rows that have what the cell in focus has. */
  readonly filterByCell: () => void;
  /** The row in focus, else the chosen one; null without any. */
  readonly position: () => number | null;
  /** The view that is shown. */
  readonly view: () => string | null;
  /** Goes to another match by itself; without it the search does. */
  readonly stepMatch?: (step: 1 | -1) => void;
}

/** Knows the grids that are there, and which of them commands are for: the one that had the focus last. */
export class GridDesk {
  #active: GridHandle | null = null;
  readonly #named = new Map<string, GridHandle>();

  get active(): GridHandle | null {
    return this.#active;
  }

  named(name: string): GridHandle | null {
    return this.#named.get(name) ?? null;
  }

  join(handle: GridHandle): void {
    this.#named.set(handle.name, handle);
  }

  take(handle: GridHandle): void {
    this.#active = handle;
  }

  leave(handle: GridHandle): void {
    if (this.#active === handle) this.#active = null;
    if (this.#named.get(handle.name) === handle) this.#named.delete(handle.name);
  }
}

const GridDeskContext = createContext(new GridDesk());

export function useGridDesk(): GridDesk {
  return useContext(GridDeskContext);
}
