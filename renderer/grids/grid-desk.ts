import { createContext, useContext } from 'react';
import type { CopyFormat } from './copy-rows.ts';

/** What can be done with the grid that was used last. */
export interface GridHandle {
  readonly copy: (format: CopyFormat) => void;
  readonly chooseColumns: () => void;
  /** The marked rows, or the one with the focus; as many as can be copied at once. */
  readonly markedRows: () => Promise<readonly object[]>;
}

/** Knows the grid that commands are for: the one that had the focus last and is still there. */
export class GridDesk {
  #active: GridHandle | null = null;

  get active(): GridHandle | null {
    return this.#active;
  }

  take(handle: GridHandle): void {
    this.#active = handle;
  }

  leave(handle: GridHandle): void {
    if (this.#active === handle) this.#active = null;
  }
}

const GridDeskContext = createContext(new GridDesk());

export function useGridDesk(): GridDesk {
  return useContext(GridDeskContext);
}
