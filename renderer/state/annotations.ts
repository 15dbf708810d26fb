/** The analyst's notes, verdicts and tags as an immutable list. Pure. */
import { placeOfTarget, targetKey } from '../../parsers/domain/annotation.ts';
import type { AnalystVerdict, Annotation, AnnotationTarget } from '../../parsers/domain/annotation.ts';
import { foldText } from '../../parsers/domain/names.ts';

export interface AnnotationChange {
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly verdict?: AnalystVerdict;
  readonly links?: readonly string[];
}

export interface Stamp {
  readonly author: string;
  /** ISO 8601 with offset. */
  readonly now: string;
  /** An id for a new annotation. */
  readonly id: string;
  /** The quoted evidence at the time of writing. */
  readonly quote: string;
}

export function annotationOf(
  annotations: readonly Annotation[],
  target: AnnotationTarget,
): Annotation | null {
  const key = targetKey(target);
  return annotations.find((one) => targetKey(one.target) === key) ?? null;
}

/** Applies a change; an annotation without note, tags and verdict is no annotation and goes. */
export function annotated(
  annotations: readonly Annotation[],
  target: AnnotationTarget,
  change: AnnotationChange,
  stamp: Stamp,
): readonly Annotation[] {
  const before = annotationOf(annotations, target);
  const after: Annotation = {
    id: before?.id ?? stamp.id,
    target,
    note: change.note ?? before?.note ?? '',
    tags: change.tags ?? before?.tags ?? [],
    verdict: change.verdict ?? before?.verdict ?? 'open',
    author: stamp.author,
    createdAt: before?.createdAt ?? stamp.now,
    changedAt: before === null ? stamp.now : notBefore(stamp.now, before.createdAt),
    quote: before?.quote ?? stamp.quote,
    links: change.links ?? before?.links ?? [],
  };
  const isEmpty =
    after.note.trim() === '' &&
    after.tags.length === 0 &&
    after.links.length === 0 &&
    after.verdict === 'open';
  if (before === null) return isEmpty ? annotations : [...annotations, after];
  return annotations.flatMap((one) => (one !== before ? [one] : isEmpty ? [] : [after]));
}

/** A machine's clock may be set back between two changes: nothing was changed before it was made. */
function notBefore(now: string, createdAt: string): string {
  return Date.parse(now) < Date.parse(createdAt) ? createdAt : now;
}

/** The annotations without one of them. */
export function withoutAnnotation(annotations: readonly Annotation[], id: string): readonly Annotation[] {
  return annotations.filter((one) => one.id !== id);
}

/** The analyst's verdicts by the finding's id. */
export function verdictsOfFindings(annotations: readonly Annotation[]): ReadonlyMap<string, AnalystVerdict> {
  return new Map(
    annotations.flatMap(({ target, verdict }) =>
      target.on === 'finding' ? [[target.finding, verdict] as const] : [],
    ),
  );
}

/** The first words of a note without Markdown's signs, for lists and marks. */
export function noteTitle({ note }: Pick<Annotation, 'note'>): string {
  const [first = ''] = note.trim().split('\n');
  return plainLine(first);
}

/** What follows the first line, in one line without Markdown's signs. */
export function noteRest({ note }: Pick<Annotation, 'note'>): string {
  const [, ...rest] = note.trim().split('\n');
  return rest
    .map((line) => plainLine(line))
    .filter((line) => line !== '')
    .join(' ');
}

function plainLine(line: string): string {
  return line.replaceAll(/^[#>\-*+\s]+|[*`]{1,3}/gu, '').trim();
}

/** What the list of notes is narrowed to; null: not by this. */
export interface NoteFilter {
  readonly text: string;
  readonly verdict: AnalystVerdict | null;
  readonly tag: string | null;
  readonly on: AnnotationTarget['on'] | null;
  readonly author: string | null;
}

/** The notes that a filter lets through, the one that was changed last first. */
export function filterNotes(annotations: readonly Annotation[], filter: NoteFilter): readonly Annotation[] {
  const words = foldText(filter.text)
    .split(' ')
    .filter((word) => word !== '');
  return annotations
    .filter((one) => {
      if (filter.verdict !== null && one.verdict !== filter.verdict) return false;
      if (filter.tag !== null && !one.tags.includes(filter.tag)) return false;
      if (filter.on !== null && one.target.on !== filter.on) return false;
      if (filter.author !== null && one.author !== filter.author) return false;
      if (words.length === 0) return true;
      const place = placeOfTarget(one.target) ?? '';
      const text = foldText([one.note, one.quote, place, one.author, ...one.tags].join('\n'));
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => Date.parse(b.changedAt) - Date.parse(a.changedAt) || (a.id < b.id ? -1 : 1));
}
