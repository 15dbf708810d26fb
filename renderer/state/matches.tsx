/** What a search has found, for every pane: what it looked for, its name in the worker, which match is at hand. */
import { createContext, useContext, useState } from 'react';
import type { ReactNode } from 'react';
import { createStore, useStore } from 'zustand';
import type { StoreApi } from 'zustand';
import type { Filter } from '../../preload/contract/shapes.ts';
import { useAnswer } from '../evidence/evidence-context.tsx';

export type Query = NonNullable<Filter['text']>;

export interface MatchState {
  /** What was typed last, found or not; it is there again when the search is opened anew. */
  readonly typed: Query | null;
  /** What was looked for last, and answered. */
  readonly query: Query | null;
  /** Null while nothing is looked for. */
  readonly found: { readonly matches: string; readonly lines: number; readonly records: number } | null;
  /** The match that was gone to last. */
  readonly at: { readonly index: number; readonly total: number } | null;
}

export type MatchStore = StoreApi<MatchState>;

const MatchContext = createContext<MatchStore | null>(null);

export function MatchProvider({ children }: { readonly children: ReactNode }) {
  const [store] = useState(() =>
    createStore<MatchState>(() => ({ typed: null, query: null, found: null, at: null })),
  );
  return <MatchContext value={store}>{children}</MatchContext>;
}

export function useMatchStore(): MatchStore {
  const store = useContext(MatchContext);
  if (store === null) throw new Error('useMatchStore outside of MatchProvider');
  return store;
}

export function useMatches<T>(select: (state: MatchState) => T): T {
  return useStore(useMatchStore(), select);
}

/** Stretches of a scroll bar that can carry a mark: finer ones could not be told apart. */
export const scrollBuckets = 400;

/** Where the matches of the search in force lie along a view, as {@link scrollBuckets} stretches. */
export function useMatchMarks(view: string | null): Uint8Array | null {
  const found = useMatches((state) => state.found);
  const params =
    found === null || view === null ? null : { matches: found.matches, view, buckets: scrollBuckets };
  const { last } = useAnswer('matchMarks', params, 0);
  return params !== null && last?.view === view ? last.marks : null;
}
