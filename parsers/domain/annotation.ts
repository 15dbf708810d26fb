/** What an annotation is attached to. */
export type AnnotationTarget =
  | { readonly on: 'finding'; readonly finding: string }
  | {
      readonly on: 'record';
      readonly member: string;
      readonly line: number | null;
      readonly row: number | null;
      readonly pointer: string | null;
    }
  | { readonly on: 'line'; readonly member: string; readonly line: number };

export type AnalystVerdict = 'confirmed' | 'refuted' | 'open';

/** What the analyst adds to one finding, record or line. */
export interface Annotation {
  readonly id: string;
  readonly target: AnnotationTarget;
  /** Markdown. */
  readonly note: string;
  readonly tags: readonly string[];
  readonly verdict: AnalystVerdict;
  readonly author: string;
  /** ISO 8601 with offset, by the analyst's machine. */
  readonly createdAt: string;
  readonly changedAt: string;
  /** The quoted text at the time of writing, so that a note stays readable without its bundle. */
  readonly quote: string;
}

/** A stable text for a target, to look annotations up by. */
export function targetKey(target: AnnotationTarget): string {
  switch (target.on) {
    case 'finding':
      return `finding:${target.finding}`;
    case 'record':
      return `record:${target.member}:${String(target.line)}:${String(target.row)}:${String(target.pointer)}`;
    case 'line':
      return `line:${target.member}:${target.line}`;
  }
}
