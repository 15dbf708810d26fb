/** What an annotation is attached to. Lines count from 1; both ends of a range belong to it. */
export type AnnotationTarget =
  | { readonly on: 'finding'; readonly finding: string }
  | {
      readonly on: 'record';
      readonly member: string;
      readonly line: number | null;
      readonly row: number | null;
      readonly pointer: string | null;
    }
  | {
      readonly on: 'cell';
      readonly member: string;
      readonly line: number | null;
      readonly row: number | null;
      readonly pointer: string | null;
      /** Column of the patch grid. */
      readonly column: string;
    }
  | { readonly on: 'line'; readonly member: string; readonly line: number }
  | { readonly on: 'lines'; readonly member: string; readonly from: number; readonly to: number }
  | { readonly on: 'member'; readonly member: string }
  | {
      /** An event that the analyst adds by hand. */
      readonly on: 'moment';
      /** `2024-05-10T09:12:00` */
      readonly local: string;
      /** `+09:00`; null: of unknown zone, or of the one that the case assumes. */
      readonly offset: string | null;
    };

export type AnalystVerdict = 'confirmed' | 'refuted' | 'open';

/** What the analyst adds to one target. */
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
  /** Ids of other annotations, or of findings (`f-…`), that this one speaks of. */
  readonly links: readonly string[];
}

/** A stable text for a target, to look annotations up by. */
export function targetKey(target: AnnotationTarget): string {
  switch (target.on) {
    case 'finding':
      return `finding:${target.finding}`;
    case 'record':
      return `record:${placeKey(target)}`;
    case 'cell':
      return `cell:${placeKey(target)}:${target.column}`;
    case 'line':
      return `line:${target.member}:${target.line}`;
    case 'lines':
      return `lines:${target.member}:${target.from}-${target.to}`;
    case 'member':
      return `member:${target.member}`;
    case 'moment':
      return `moment:${target.local}:${String(target.offset)}`;
  }
}

/** The member that a target lies in; null for findings and moments. */
export function memberOfTarget(target: AnnotationTarget): string | null {
  return target.on === 'finding' || target.on === 'moment' ? null : target.member;
}

/** Where a target is, as a citation is written: `member`, `member:12`, `member:12-15`; null for findings and moments. */
export function placeOfTarget(target: AnnotationTarget): string | null {
  switch (target.on) {
    case 'finding':
    case 'moment':
      return null;
    case 'record':
    case 'cell':
      return target.line === null ? target.member : `${target.member}:${target.line}`;
    case 'line':
      return `${target.member}:${target.line}`;
    case 'lines':
      return `${target.member}:${target.from}-${target.to}`;
    case 'member':
      return target.member;
  }
}

interface RecordPlace {
  readonly member: string;
  readonly line: number | null;
  readonly row: number | null;
  readonly pointer: string | null;
}

function placeKey({ member, line, row, pointer }: RecordPlace): string {
  return `${member}:${String(line)}:${String(row)}:${String(pointer)}`;
}
