/** The one selection of the window; what every pane shows derives from it. */

/** Where the reader is. */
export type Place = 'triage' | 'patches' | 'matrix' | 'runs' | 'log' | 'files' | 'case';

/** The lists of what the analyst added. */
export type CaseTab = 'notes' | 'bookmarks' | 'muted' | 'custody';

export type Pane = 'patches' | 'attempts' | 'lines' | 'timeline' | 'runs' | 'matrix';

export type Target =
  | { readonly on: 'nothing' }
  | { readonly on: 'finding'; readonly id: string }
  | { readonly on: 'record'; readonly id: string }
  | { readonly on: 'run'; readonly id: string }
  | { readonly on: 'line'; readonly member: string; readonly line: number }
  | {
      /** Lines of one member, both ends included. */
      readonly on: 'lines';
      readonly member: string;
      readonly from: number;
      readonly to: number;
    }
  /** An event that the analyst added by hand: `2024-05-10T09:12:00`, `+09:00`. */
  | { readonly on: 'moment'; readonly local: string; readonly offset: string | null };

export interface Selection {
  readonly target: Target;
  /** The pane in which it was chosen: that pane stays where it is. */
  readonly from: Pane | 'elsewhere';
  /** Raised with every choice, so that choosing the same thing again moves the panes again. */
  readonly stamp: number;
}

export const nothingSelected: Selection = { target: { on: 'nothing' }, from: 'elsewhere', stamp: 0 };

export function sameTarget(a: Target, b: Target): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Which panes stay where they are when the selection moves. */
export type Locks = Readonly<Record<Pane, boolean>>;
export const noLocks: Locks = {
  patches: false,
  attempts: false,
  lines: false,
  timeline: false,
  runs: false,
  matrix: false,
};
