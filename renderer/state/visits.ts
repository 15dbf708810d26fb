/** The places that the reader has been to, to go back and forward among them. Pure. */
import type { CaseTab, Place, Target } from './selection.ts';

export interface Visit {
  readonly place: Place;
  readonly tab: CaseTab;
  readonly target: Target;
  readonly file: { readonly member: string; readonly line: number | null } | null;
  /** Where a jump to a file came from. */
  readonly cameFrom: Place | null;
}

export interface Visits {
  /** The latest last. */
  readonly past: readonly Visit[];
  /** The next first. */
  readonly future: readonly Visit[];
}

export const noVisits: Visits = { past: [], future: [] };

const depth = 100;

/** The reader leaves a place for another one: from there on there is no way forward. */
export function left(visits: Visits, from: Visit): Visits {
  if (isSame(visits.past.at(-1), from)) return { past: visits.past, future: [] };
  return { past: [...visits.past, from].slice(-depth), future: [] };
}

/** @returns where going back leads, and what remains; null at the beginning */
export function back(visits: Visits, from: Visit): { readonly to: Visit; readonly visits: Visits } | null {
  const to = visits.past.at(-1);
  if (to === undefined) return null;
  return { to, visits: { past: visits.past.slice(0, -1), future: [from, ...visits.future] } };
}

/** @returns where going forward leads, and what remains; null at the end */
export function forward(visits: Visits, from: Visit): { readonly to: Visit; readonly visits: Visits } | null {
  const [to, ...future] = visits.future;
  if (to === undefined) return null;
  return { to, visits: { past: [...visits.past, from], future } };
}

function isSame(a: Visit | undefined, b: Visit): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
