/** What can be undone: filters and everything that the analyst adds to the case, in one order. Pure. */
import type { Filter } from '../../preload/contract/shapes.ts';
import type { CaseContent } from '../../preload/contract/window.ts';

/** The parts of the window's state that a step may change. */
export interface Undoable extends Pick<
  CaseContent,
  'annotations' | 'bookmarks' | 'mutes' | 'transcriptions' | 'zone'
> {
  readonly filter: Filter;
}

/** What was done, for its name: `undo.<kind>` in the wording. */
export type StepKind =
  | 'filter'
  | 'note'
  | 'note-removed'
  | 'notes-taken-over'
  | 'bookmark'
  | 'bookmark-removed'
  | 'muted'
  | 'unmuted'
  | 'transcription'
  | 'zone';

export interface Step {
  readonly kind: StepKind;
  /** What it was done to: typing at one thing is one step. */
  readonly about: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly at: number;
  /** The parts that it changed. */
  readonly before: Partial<Undoable>;
  readonly after: Partial<Undoable>;
}

export interface Steps {
  /** The latest last. */
  readonly past: readonly Step[];
  /** What was taken back; the next to do again first. */
  readonly future: readonly Step[];
}

export const noSteps: Steps = { past: [], future: [] };

/** So many steps are kept. */
const depth = 200;
/** A pause in typing after which a new step begins, in milliseconds. */
const pause = 3_000;

/** Adds a step; what was taken back can no longer be done again. */
export function stepped(steps: Steps, step: Step): Steps {
  const last = steps.past.at(-1);
  const goesOn =
    last !== undefined &&
    step.kind === 'note' &&
    last.kind === 'note' &&
    last.about === step.about &&
    step.at - last.at < pause;
  const past = goesOn
    ? [...steps.past.slice(0, -1), { ...step, before: last.before }]
    : [...steps.past, step].slice(-depth);
  return { past, future: [] };
}

/** @returns the step that is taken back and what remains; null when there is none */
export function steppedBack(steps: Steps): { readonly step: Step; readonly steps: Steps } | null {
  const step = steps.past.at(-1);
  if (step === undefined) return null;
  return { step, steps: { past: steps.past.slice(0, -1), future: [step, ...steps.future] } };
}

/** @returns the step that is done again and what remains; null when there is none */
export function steppedForward(steps: Steps): { readonly step: Step; readonly steps: Steps } | null {
  const [step, ...future] = steps.future;
  if (step === undefined) return null;
  return { step, steps: { past: [...steps.past, step], future } };
}
