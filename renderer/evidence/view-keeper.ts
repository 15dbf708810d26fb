/** Keeps one view of a grid open in the worker: asked for by what it shows, closed when no longer needed. */
import type { Filter, Locale, Sort, ViewGroup } from '../../preload/contract/shapes.ts';
import { isCancelled } from './evidence-client.ts';
import type { EvidenceClient } from './evidence-client.ts';

export type GridName = 'patches' | 'lines' | 'members' | 'runs';

/** Lines, from 1, whose records are open among folded ones. */
export interface LineFold {
  readonly open: readonly { readonly member: string; readonly line: number }[];
}

/** What a view shows. Two equal questions are one view. */
export interface ViewQuestion {
  readonly filter: Filter;
  readonly sort: Sort;
  readonly locale: Locale;
  /** Headings that fold. */
  readonly group?: ViewGroup;
  /** Records of lines are folded, but for those that hold one of these. */
  readonly fold?: LineFold;
  /** Grows with what has been read: a newer one asks anew. */
  readonly revision: number;
}

export interface OpenedView {
  readonly key: string;
  /** Tells one sight of the rows from another: the same while only more has been read. */
  readonly sight: string;
  readonly view: string;
  readonly count: number;
  /** Rows without headings, where that is another number. */
  readonly records?: number;
}

export class ViewKeeper {
  readonly #client: EvidenceClient;
  readonly #grid: GridName;
  #latest: {
    readonly key: string;
    readonly opened: Promise<OpenedView>;
    readonly control: AbortController;
  } | null = null;
  /** Views that rows may still be asked of: the newest two. */
  #kept: string[] = [];

  constructor(client: EvidenceClient, grid: GridName) {
    this.#client = client;
    this.#grid = grid;
  }

  open(question: ViewQuestion): Promise<OpenedView> {
    const key = JSON.stringify(question);
    if (this.#latest?.key === key) return this.#latest.opened;
    this.#latest?.control.abort();
    const control = new AbortController();
    const { filter, sort, locale, group, fold } = question;
    const opened = this.#client
      .request(
        'openView',
        {
          grid: this.#grid,
          filter,
          sort: [...sort],
          locale,
          ...(group === undefined ? {} : { group }),
          ...(fold === undefined ? {} : { fold: { open: [...fold.open] } }),
        },
        control.signal,
      )
      .then(({ view, count, records = count }) => {
        this.#keep(view);
        return {
          key,
          sight: JSON.stringify([filter, sort, group?.by, fold !== undefined]),
          view,
          count,
          records,
        };
      });
    this.#latest = { key, opened, control };
    opened.catch(() => {
      // A failed question may be asked again.
      if (this.#latest?.key === key) this.#latest = null;
    });
    return opened;
  }

  /** Forgets everything: the worker that held the views is gone or holds another bundle. */
  reset(): void {
    this.#latest?.control.abort();
    this.#latest = null;
    this.#kept = [];
  }

  #keep(view: string): void {
    this.#kept.push(view);
    while (this.#kept.length > 2) {
      const old = this.#kept.shift();
      if (old === undefined) return;
      this.#client.request('closeView', { view: old }).catch((error: unknown) => {
        if (!isCancelled(error)) console.error(error);
      });
    }
  }
}
