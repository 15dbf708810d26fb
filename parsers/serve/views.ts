import type { Snapshot } from './session.ts';
import type { LineView } from '../evidence/line-view.ts';
import type { RunView } from '../evidence/run-view.ts';
import type { FoldedFile } from './folded-file.ts';
import type { Matches } from './matches.ts';
import type { Matrix } from './matrix.ts';
import type { ShownNode } from './member-tree.ts';
import type { GridRecords } from './record-rows.ts';

/** A view that a window has opened, with the snapshot whose rows it lists. */
export type OpenView =
  | { readonly grid: 'patches'; readonly snapshot: Snapshot; readonly view: GridRecords }
  | { readonly grid: 'lines'; readonly snapshot: Snapshot; readonly view: LineView }
  | { readonly grid: 'members'; readonly snapshot: Snapshot; readonly positions: readonly number[] }
  | { readonly grid: 'tree'; readonly snapshot: Snapshot; readonly nodes: readonly ShownNode[] }
  | { readonly grid: 'file'; readonly snapshot: Snapshot; readonly file: FoldedFile }
  | { readonly grid: 'matches'; readonly snapshot: Snapshot; readonly matches: Matches }
  | { readonly grid: 'runs'; readonly snapshot: Snapshot; readonly view: RunView }
  | { readonly grid: 'matrix'; readonly snapshot: Snapshot; readonly matrix: Matrix };

/** Views that one window keeps open at once; the oldest give way, so that a window which forgets to close one costs little. */
const mostViews = 64;

/** The views of one window. */
export class Views {
  readonly #views = new Map<string, OpenView>();
  #next = 1;

  add(view: OpenView): string {
    const name = `v${this.#next}`;
    this.#next += 1;
    this.#views.set(name, view);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= mostViews) break;
      this.#views.delete(oldest);
    }
    return name;
  }

  get<G extends OpenView['grid']>(name: string, grid: G): Extract<OpenView, { grid: G }> | null {
    const view = this.#views.get(name);
    return view?.grid === grid ? (view as Extract<OpenView, { grid: G }>) : null;
  }

  close(name: string): void {
    this.#views.delete(name);
  }

  clear(): void {
    this.#views.clear();
  }
}
