import { placeOfTarget, targetKey } from '../domain/annotation.ts';
import type { Annotation, AnnotationTarget } from '../domain/annotation.ts';
import type { Citation } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import { isMoment } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import type { Analysis } from './analysis.ts';

/** An annotation with where the report shows it. */
export interface PlacedAnnotation {
  /** 1-based, in the order of writing; `#note-3` leads to it. */
  readonly number: number;
  readonly annotation: Annotation;
  /** Where it stands when it is not the finding's own: `member:line`, or the time of an event. */
  readonly place: string | null;
  readonly on: 'finding' | 'record' | 'cell' | 'line' | 'lines' | 'member' | 'moment' | 'gone';
  /** What it is linked with, as far as the report holds it. */
  readonly links: readonly AnnotationLink[];
}

export type AnnotationLink =
  | { readonly to: 'finding'; readonly number: number }
  | { readonly to: 'note'; readonly number: number }
  /** A finding or note that the report does not hold. */
  | { readonly to: 'elsewhere'; readonly id: string };

export interface PlacedAnnotations {
  readonly byFinding: ReadonlyMap<string, readonly PlacedAnnotation[]>;
  /** Those that no finding of the report and no muted one takes. */
  readonly free: readonly PlacedAnnotation[];
  /** Notes on findings that the choice of content leaves out. */
  readonly leftOut: number;
}

/** Which findings the report holds, by id. */
export interface HeldFindings {
  /** Numbers of the findings of the report. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Those of its body, then those that are muted: a note on a place goes to the first that cites it. */
  readonly findings: readonly Finding[];
  /** All of the bundle. */
  readonly known: ReadonlySet<string>;
}

/** An annotation of a row, cell or line belongs to the first finding that cites it. */
export function placeAnnotations(
  annotations: readonly Annotation[],
  { numbers, findings, known }: HeldFindings,
): PlacedAnnotations {
  const owners = ownersOfPlaces(findings);
  const held = new Set(findings.map(({ id }) => id));
  const sorted = [...annotations].sort(compareAnnotations);
  const isLeftOut = ({ target }: Annotation): boolean =>
    target.on === 'finding' && known.has(target.finding) && !held.has(target.finding);
  const shown = sorted.filter((annotation) => !isLeftOut(annotation));
  const noteNumbers = new Map(shown.map(({ id }, index) => [id, index + 1]));
  const linkTo = (id: string): AnnotationLink => {
    const finding = numbers.get(id);
    if (finding !== undefined) return { to: 'finding', number: finding };
    const note = noteNumbers.get(id);
    return note === undefined ? { to: 'elsewhere', id } : { to: 'note', number: note };
  };
  const byFinding = new Map<string, PlacedAnnotation[]>();
  const free: PlacedAnnotation[] = [];
  shown.forEach((annotation, index) => {
    const owner = owners(annotation.target);
    const isOwned = owner !== undefined && held.has(owner);
    const placed: PlacedAnnotation = {
      number: index + 1,
      annotation,
      place: placeText(annotation.target),
      on: annotation.target.on === 'finding' && !isOwned ? 'gone' : annotation.target.on,
      links: annotation.links.map(linkTo),
    };
    const list = isOwned ? byFinding.get(owner) : free;
    if (list !== undefined) list.push(placed);
    else if (owner !== undefined) byFinding.set(owner, [placed]);
  });
  return { byFinding, free, leftOut: sorted.length - shown.length };
}

function ownersOfPlaces(findings: readonly Finding[]): (target: AnnotationTarget) => string | undefined {
  const ofPlace = new Map<string, string>();
  const linesOfMember = new Map<string, { readonly line: number; readonly finding: string }[]>();
  for (const finding of findings) {
    for (const { citation, record } of finding.witnesses) {
      const { member, line } = citation;
      const keys = line === null ? [] : [targetKey({ on: 'line', member, line })];
      if (record !== null) keys.push(recordKey(citation));
      for (const key of keys) if (!ofPlace.has(key)) ofPlace.set(key, finding.id);
      if (line === null) continue;
      const lines = linesOfMember.get(member);
      if (lines === undefined) linesOfMember.set(member, [{ line, finding: finding.id }]);
      else lines.push({ line, finding: finding.id });
    }
  }
  return (target) => {
    switch (target.on) {
      case 'finding':
        return target.finding;
      case 'record':
      case 'cell':
        return ofPlace.get(recordKey(target));
      case 'line':
        return ofPlace.get(targetKey(target));
      case 'lines':
        return linesOfMember.get(target.member)?.find(({ line }) => line >= target.from && line <= target.to)
          ?.finding;
      case 'member':
      case 'moment':
        return undefined;
    }
  };
}

function recordKey(place: Omit<Citation, 'quote'>): string {
  const { member, line, row, pointer } = place;
  return targetKey({ on: 'record', member, line, row, pointer });
}

function placeText(target: AnnotationTarget): string | null {
  return target.on === 'moment'
    ? `${target.local.replace('T', ' ')} ${target.offset ?? ''}`.trim()
    : placeOfTarget(target);
}

function compareAnnotations(a: Annotation, b: Annotation): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** When what the annotations speak of happened, as far as it has a time. */
export function annotationMoments(
  annotations: readonly Annotation[],
  analysis: Analysis,
  lineMoment: (member: string, line: number) => Moment | null,
  findingMoment: (id: string) => Moment | null,
): readonly Moment[] {
  const needsRecords = annotations.some(({ target }) => target.on === 'record' || target.on === 'cell');
  const records = new Map(
    needsRecords
      ? analysis.evidence.records.map((record) => [recordKey(record.citation), record] as const)
      : [],
  );
  return annotations.flatMap(({ target }): readonly Moment[] => {
    switch (target.on) {
      case 'finding':
        return present(findingMoment(target.finding));
      case 'record':
      case 'cell': {
        const record = records.get(recordKey(target));
        const times = [record?.detection.at ?? null, record?.deployment.at ?? null];
        return (target.on === 'cell' && target.column.startsWith('deploy') ? times.reverse() : times)
          .filter(isMoment)
          .slice(0, 1);
      }
      case 'line':
        return present(lineMoment(target.member, target.line));
      case 'lines':
        return present(lineMoment(target.member, target.from));
      case 'member':
        return [];
      case 'moment':
        return present(momentOf(target));
    }
  });
}

function present(moment: Moment | null): readonly Moment[] {
  return moment === null ? [] : [moment];
}

/** The time of an event that the analyst added; null when it is none. */
function momentOf({ local, offset }: Extract<AnnotationTarget, { on: 'moment' }>): Moment | null {
  const reading = Date.parse(`${local}Z`);
  if (Number.isNaN(reading)) return null;
  const parts = /^(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)$/u.exec(offset ?? '')?.groups;
  const minutes = Number(parts?.['hours'] ?? 0) * 60 + Number(parts?.['minutes'] ?? 0);
  return {
    raw: local,
    local: reading,
    offset: parts === undefined ? null : parts['sign'] === '-' ? -minutes : minutes,
    offsetSource: parts === undefined ? 'unknown' : 'stated',
    precision: 'second',
    clock: 'device',
    clockOf: '',
  };
}
