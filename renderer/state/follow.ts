/**
 * Where the panes go when something is chosen. Pure: from the chosen evidence to steps, and from the
 * worker's answers to what is said of the distance.
 */
import { findKb, foldDeviceName } from '../../parsers/domain/names.ts';
import type { EvidenceResult } from '../../preload/contract/evidence.ts';
import type {
  AtView,
  CitationView,
  FindingDetail,
  LineRow,
  MomentView,
  PatchRow,
  RunDetail,
} from '../../preload/contract/shapes.ts';
import { offsetMinutes } from '../time/offset-text.ts';
import type { Pane } from './selection.ts';

/** What the chosen evidence says of device, patch and time. */
export interface Anchor {
  readonly deviceKey: string | null;
  readonly kb: string | null;
  /** The record it is, or speaks of. */
  readonly record: string | null;
  /** The run it is; only a run itself is one. */
  readonly run: string | null;
  readonly at: AtView;
  /** The line that it is, or cites; only a line of a log stands in the log grid. */
  readonly line: { readonly member: string; readonly line: number } | null;
}

export function anchorOfRecord(row: PatchRow): Anchor {
  return {
    deviceKey: row.deviceKey === '' ? null : row.deviceKey,
    kb: row.kb,
    record: row.id,
    run: null,
    at: firstTold(row.deployedAt, row.detectedAt),
    line: null,
  };
}

export function anchorOfLine(row: LineRow): Anchor {
  return {
    deviceKey: row.device === null ? null : foldDeviceName(row.device),
    kb: findKb(row.text),
    record: null,
    run: null,
    at: row.at,
    line: { member: row.member, line: row.line },
  };
}

/** An event that the analyst added by hand: a reading of no clock of the bundle. */
export function anchorOfMoment({
  local,
  offset,
}: {
  readonly local: string;
  readonly offset: string | null;
}): Anchor {
  const reading = Date.parse(`${local}Z`);
  const at: MomentView | null = Number.isNaN(reading)
    ? null
    : {
        raw: `${local}${offset ?? ''}`,
        local: reading,
        offset: offset === null ? null : offsetMinutes(offset),
        offsetSource: offset === null ? 'unknown' : 'stated',
        precision: 'second',
        clock: 'exporter',
      };
  return { deviceKey: null, kb: null, record: null, run: null, at, line: null };
}

/** A run stands where it starts; what failed in it, or came last, is a step's own citation away. */
export function anchorOfRun(run: RunDetail): Anchor {
  return {
    deviceKey: run.deviceKey === '' ? null : run.deviceKey,
    kb: null,
    record: run.records[0]?.id ?? null,
    run: run.id,
    at: run.startedAt ?? run.stepList.find((step) => step.at !== null)?.at ?? run.endedAt,
    // A row of a table may stand among the lines as well; where it does not, its time leads there.
    line: lineOf(run.citation),
  };
}

/** A finding goes to the latest of its stated times: what came last is what a reader looks for next. */
export function anchorOfFinding(finding: FindingDetail): Anchor {
  const logWitness = finding.witnesses.find(({ record, citation }) => record === null && isLine(citation));
  const ofRecords = finding.witnesses.filter(({ record, at }) => record !== null && at !== null);
  const at =
    ofRecords.at(-1)?.at ??
    finding.at ??
    finding.witnesses.find((witness) => witness.at !== null)?.at ??
    null;
  return {
    deviceKey: finding.deviceKey === '' ? null : finding.deviceKey,
    kb: finding.patch === null ? null : findKb(finding.patch),
    record: finding.witnesses.find(({ record }) => record !== null)?.record ?? finding.records[0] ?? null,
    run: null,
    at,
    line: logWitness === undefined ? null : lineOf(logWitness.citation),
  };
}

function lineOf({ member, line }: CitationView): Anchor['line'] {
  return line === null ? null : { member, line };
}

function isLine(citation: CitationView): boolean {
  return citation.line !== null && citation.row === null && citation.pointer === null;
}

/** A deployment that never was is told as such only when nothing else has a time. */
function firstTold(first: AtView, second: AtView): AtView {
  if (first !== null && first !== 'never') return first;
  return second ?? first;
}

/** Why a pane does not move. */
export type Stay = 'own' | 'locked' | 'never' | 'no-time' | 'no-record';

export type LogStep =
  | {
      readonly to: 'line';
      readonly member: string;
      readonly line: number;
      readonly otherwise: MomentStep | null;
    }
  | MomentStep
  | { readonly to: 'stay'; readonly why: Stay };
export interface MomentStep {
  readonly to: 'moment';
  readonly at: MomentView;
  readonly deviceKey: string | null;
  readonly kb: string | null;
}

/** Where a pane of rows (records, runs, cells) goes. */
export type RowStep =
  | { readonly to: 'row'; readonly id: string }
  | {
      readonly to: 'nearest';
      readonly deviceKey: string;
      readonly kb: string | null;
      readonly at: MomentView | null;
    }
  | { readonly to: 'stay'; readonly why: Stay };

export type TimelineStep =
  { readonly to: 'moment'; readonly at: MomentView } | { readonly to: 'stay'; readonly why: Stay };

export function logStep(anchor: Anchor, from: Pane | 'elsewhere', isLocked: boolean): LogStep {
  if (from === 'lines') return { to: 'stay', why: 'own' };
  if (isLocked) return { to: 'stay', why: 'locked' };
  const moment = momentStep(anchor);
  if (anchor.line !== null) return { to: 'line', ...anchor.line, otherwise: moment };
  return moment ?? { to: 'stay', why: anchor.at === 'never' ? 'never' : 'no-time' };
}

function momentStep(anchor: Anchor): MomentStep | null {
  const { at, deviceKey, kb } = anchor;
  return at === null || at === 'never' ? null : { to: 'moment', at, deviceKey, kb };
}

export function recordStep(anchor: Anchor, from: Pane | 'elsewhere', isLocked: boolean): RowStep {
  return rowStep(anchor, anchor.record, from === 'patches' || from === 'attempts', isLocked);
}

export function runStep(anchor: Anchor, from: Pane | 'elsewhere', isLocked: boolean): RowStep {
  return rowStep(anchor, anchor.run, from === 'runs', isLocked);
}

function rowStep(
  { deviceKey, kb, at }: Anchor,
  id: string | null,
  isOwn: boolean,
  isLocked: boolean,
): RowStep {
  if (isOwn) return { to: 'stay', why: 'own' };
  if (isLocked) return { to: 'stay', why: 'locked' };
  if (id !== null) return { to: 'row', id };
  if (deviceKey === null) return { to: 'stay', why: 'no-record' };
  return { to: 'nearest', deviceKey, kb, at: at === 'never' ? null : at };
}

/** How the row that a pane shows as chosen stands to what was chosen elsewhere. */
export type Standing =
  | { readonly is: 'nothing' }
  | { readonly is: 'exact' }
  /** Milliseconds from the chosen moment to the row: negative when the row is earlier. */
  | { readonly is: 'near'; readonly distance: number }
  /** A row of the same device whose time cannot be compared with the chosen one, or that has none. */
  | { readonly is: 'undecidable' };

/** Which row a pane of rows shows as chosen. */
export interface RowPlace {
  readonly id: string | null;
  /** Where it stands in the pane's view; null: nowhere to go. */
  readonly position: number | null;
  readonly standing: Standing;
  /** The row exists, but the filter does not let it through. */
  readonly isHidden: boolean;
}

export const noRow: RowPlace = { id: null, position: null, standing: { is: 'nothing' }, isHidden: false };

/**
 * A pane that does not move. @param own the row of what was chosen in this very pane
 * @returns null: it shows what it showed
 */
export function rowStays(why: Stay, own: string | null): RowPlace | null {
  if (why === 'own') return { ...noRow, id: own, standing: { is: 'exact' } };
  return why === 'no-record' ? noRow : null;
}

/** The row that a step led to. @param found null: there is none */
export function rowFound(
  step: Exclude<RowStep, { to: 'stay' }>,
  found: { readonly id: string; readonly distance: number | null } | null,
  position: number | null,
): RowPlace {
  if (found === null) return noRow;
  const standing: Standing =
    step.to === 'row' || found.distance === 0
      ? { is: 'exact' }
      : found.distance === null
        ? { is: 'undecidable' }
        : { is: 'near', distance: found.distance };
  return { id: found.id, position, standing, isHidden: position === null };
}

export function timelineStep(anchor: Anchor, isLocked: boolean): TimelineStep {
  if (isLocked) return { to: 'stay', why: 'locked' };
  if (anchor.at === null) return { to: 'stay', why: 'no-time' };
  if (anchor.at === 'never') return { to: 'stay', why: 'never' };
  return { to: 'moment', at: anchor.at };
}

/**
 * Milliseconds from a to b, or null when the two do not stand on one scale. Readings of one kind of
 * clock without an offset are compared only where the caller knows that it is one clock.
 */
export function distanceOf(a: MomentView, b: MomentView, sameClock: boolean): number | null {
  if (a.offset !== null && b.offset !== null) {
    return b.local - b.offset * 60_000 - (a.local - a.offset * 60_000);
  }
  return sameClock && a.clock === b.clock ? b.local - a.local : null;
}

/** What is said beside the log lines of where the selection stands among them. */
export type Nearness =
  | { readonly is: 'nothing' }
  | { readonly is: 'exact' }
  | { readonly is: 'near'; readonly before: number | null; readonly after: number | null }
  /** Distances by the readings of two clocks that may stand in different zones: told as such, never as an order. */
  | {
      readonly is: 'undecidable';
      readonly why: string;
      readonly before: number | null;
      readonly after: number | null;
    }
  | { readonly is: 'stay'; readonly why: Stay }
  | { readonly is: 'hidden' };

type NearestAnswer = EvidenceResult<'nearestLine'>;

export interface LinePlace {
  readonly nearness: Nearness;
  /** The row to bring into view and to mark, or null. */
  readonly position: number | null;
  /** That row's key. */
  readonly key: string | null;
  /** The rows on either side of the moment. */
  readonly around: { readonly before: string | null; readonly after: string | null };
  /** The chosen device has no line near; the rows are of other devices. */
  readonly ofOthers?: boolean;
}

/** Which row the log grid goes to, and what is said of its distance. */
export function placeNearest(answer: NearestAnswer): LinePlace {
  const place = placeBeside(answer);
  return answer.ofOthers ? { ...place, ofOthers: true } : place;
}

function placeBeside(answer: NearestAnswer): LinePlace {
  const { before, after, undecidable } = answer;
  const around = {
    before: before === null ? null : lineKey(before),
    after: after === null ? null : lineKey(after),
  };
  if (undecidable !== null) {
    const near = nearerOf(before, after);
    const key = near === null ? null : lineKey(near);
    const readings = { before: before?.distance ?? null, after: after?.distance ?? null };
    return {
      nearness: { is: 'undecidable', why: undecidable, ...readings },
      position: near?.position ?? null,
      key,
      around,
    };
  }
  const nearer = nearerOf(before, after);
  if (nearer === null)
    return {
      nearness: { is: 'undecidable', why: 'no-timed-lines', before: null, after: null },
      position: null,
      key: null,
      around,
    };
  const key = lineKey(nearer);
  if (nearer.distance === 0) return { nearness: { is: 'exact' }, position: nearer.position, key, around };
  return {
    nearness: { is: 'near', before: before?.distance ?? null, after: after?.distance ?? null },
    position: nearer.position,
    key,
    around,
  };
}

type Near = NonNullable<NearestAnswer['before']>;

function nearerOf(before: Near | null, after: Near | null): Near | null {
  if (before === null || after === null) return before ?? after;
  const toBefore = Math.abs(before.distance ?? Number.POSITIVE_INFINITY);
  const toAfter = Math.abs(after.distance ?? Number.POSITIVE_INFINITY);
  return toAfter < toBefore ? after : before;
}

export function lineKey(place: { readonly member: string; readonly line: number }): string {
  return `${place.member}:${place.line}`;
}
