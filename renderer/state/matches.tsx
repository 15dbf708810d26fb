/** What a search has found, for every pane: what it looked for, its name in the worker, which match is at hand. */
import { createContext, useContext, useState } from 'react';
import type { ReactNode } from 'react';
import { createStore, useStore } from 'zustand';
import type { StoreApi } from 'zustand';
import type { Filter } from '../../preload/contract/shapes.ts';
import { useAnswer } from '../evidence/evidence-context.tsx';

export type Query = NonNullable<Filter['text']>;

export interface MatchState {
  /** What was looked for last; it is there again when the search is opened anew. */
  readonly query: Query | null;
  /** Null while nothing is looked for. */
  readonly found: { readonly matches: string; readonly lines: number; readonly records: number } | null;
  /** The match that was gone to last. */
  readonly at: { readonly index: number; readonly total: number } | null;
}

export type MatchStore = StoreApi<MatchState>;

const MatchContext = createContext<MatchStore | null>(null);

export function MatchProvider({ children }: { readonly children: ReactNode }) {
  const [store] = useState(() => createStore<MatchState>(() => ({ query: null, found: null, at: null })));
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

/** The stretches in which lines stand, of a view of so many. */
export function marksOfLines(lines: readonly number[], count: number, buckets: number): Uint8Array {
  const marks = new Uint8Array(buckets);
  for (const line of lines) {
    if (line >= 1 && line <= count) marks[Math.floor(((line - 1) * buckets) / count)] = 1;
  }
  return marks;
}

/** The entry of a rising list after (or before) a value, wrapping round; null of an empty list. */
export function nextOf(lines: readonly number[], from: number | null, step: 1 | -1): number | null {
  if (lines.length === 0) return null;
  const start = from ?? (step === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = lines[middle] ?? 0;
    if (step === 1 ? value <= start : value < start) low = middle + 1;
    else high = middle;
  }
  const at = step === 1 ? low % lines.length : (low - 1 + lines.length) % lines.length;
  return at;
}
