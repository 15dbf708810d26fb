/**
 * What a search has found, as places in the grids: the next match from a row, and where matches lie along a
 * grid and along the timeline.
 */
import type { EvidenceResult } from '../../preload/contract/evidence.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import type { PatchRecord } from '../domain/evidence.ts';
import { isMoment } from '../domain/moment.ts';
import { FoldedLineView } from '../evidence/folded-lines.ts';
import type { LineFilter, LineView } from '../evidence/line-view.ts';
import type { BundleLines } from '../evidence/lines.ts';
import type { RecordView } from '../evidence/record-view.ts';
import { searchLines } from '../evidence/search.ts';
import type { MemberChoice } from '../evidence/search.ts';
import { nextTurn } from '../evidence/steps.ts';
import type { TextQuery } from '../evidence/search.ts';
import type { Snapshot } from './session.ts';

/** Lines in merged order and records in bundle order that match. */
export interface Matches {
  readonly lines: LineView;
  readonly records: RecordView;
}

/** A grid of records as far as matches are concerned: at each position a record, or something else. */
export interface RecordRows {
  readonly count: number;
  recordAt(position: number): PatchRecord | null;
}

export interface Step {
  /** In the grid that was walked. */
  readonly position: number;
  /** Which match it is, from 0. */
  readonly index: number;
}

/** Lines looked at between two turns. */
const stepLines = 500_000;
/** Records looked at between two turns. */
const stepRows = 50_000;
/** Matches looked up between two turns. */
const stepMatches = 2_000;

/**
 * The next matching line of a view from a row on, wrapping round. The view holds every match or not: those
 * that it does not hold are passed over.
 *
 * @param from the row to start from, itself left out; null: from the end that the step comes from
 */
export async function stepLine(
  view: LineView,
  matches: LineView,
  from: number | null,
  step: 1 | -1,
  signal?: AbortSignal,
): Promise<Step | null> {
  const total = matches.count;
  if (total === 0) return null;
  // Matches stand in the order of the view: how many stand before a row is found by halving. What is folded below the
  // row that is stepped from stands before the next one.
  const row = step === 1 ? (from ?? -1) + 1 : (from ?? view.count);
  const before = row >= view.count ? total : matches.firstFrom(view.idAt(row));
  const next = step === 1 ? before : before - 1;
  return (
    (await placeOf(view, matches, next, step, signal)) ??
    (await placeOf(view, matches, step === 1 ? 0 : total - 1, step, signal))
  );
}

/** The match of an index, or the nearest one in the step's direction that the view holds. */
async function placeOf(
  view: LineView,
  matches: LineView,
  from: number,
  step: 1 | -1,
  signal: AbortSignal | undefined,
): Promise<Step | null> {
  let walked = 0;
  for (let index = from; index >= 0 && index < matches.count; index += step) {
    const position = view.positionOf(matches.idAt(index));
    if (position !== null) return { position, index };
    walked += 1;
    if (walked % stepMatches === 0) await turn(signal);
  }
  return null;
}

/** The first match at or after a place in time, else the last one. */
export function lineAtTime(matches: LineView, scale: number): number | null {
  if (matches.count === 0) return null;
  return Math.min(matches.lowerBound(scale), matches.count - 1);
}

/** The next matching record of a grid from a row on, wrapping round. */
export async function stepRecord(
  rows: RecordRows,
  matches: RecordView,
  from: number | null,
  step: 1 | -1,
  signal?: AbortSignal,
): Promise<Step | null> {
  const { count } = rows;
  if (matches.count === 0 || count === 0) return null;
  const start = from ?? (step === 1 ? -1 : count);
  for (let walked = 1; walked <= count; walked += 1) {
    if (walked % stepRows === 0) await turn(signal);
    const position = (((start + step * walked) % count) + count) % count;
    if (!isMatch(rows, matches, position)) continue;
    let index = 0;
    for (let before = 0; before < position; before += 1) {
      if (isMatch(rows, matches, before)) index += 1;
      if (before % stepRows === stepRows - 1) await turn(signal);
    }
    return { position, index };
  }
  return null;
}

function isMatch(rows: RecordRows, matches: RecordView, position: number): boolean {
  const record = rows.recordAt(position);
  return record !== null && matches.positionOf(record.id) !== null;
}

/** Which of `buckets` equal stretches of a view of lines hold a match: 1, else 0. */
export async function lineMarks(
  view: LineView,
  matches: LineView,
  buckets: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const marks = new Uint8Array(buckets);
  const { count } = view;
  const note = (position: number): void => {
    marks[Math.floor((position * buckets) / count)] = 1;
  };
  // A few are looked up one by one, and those that may be folded; of many others the view itself is walked.
  if (matches.count * 64 < count || view instanceof FoldedLineView) {
    for (let index = 0; index < matches.count; index += 1) {
      if (index % stepMatches === stepMatches - 1) await turn(signal);
      const position = view.positionOf(matches.idAt(index));
      if (position !== null) note(position);
    }
    return marks;
  }
  let index = 0;
  for (let position = 0; position < count && index < matches.count; position += 1) {
    if (view.idAt(position) === matches.idAt(index)) {
      note(position);
      index += 1;
    }
    if (position % stepLines === stepLines - 1) await turn(signal);
  }
  return marks;
}

/** The same for a grid of records. */
export async function recordMarks(
  rows: RecordRows,
  matches: RecordView,
  buckets: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const marks = new Uint8Array(buckets);
  for (let position = 0; position < rows.count; position += 1) {
    if (isMatch(rows, matches, position)) marks[Math.floor((position * buckets) / rows.count)] = 1;
    if (position % stepRows === stepRows - 1) await turn(signal);
  }
  return marks;
}

/** How many matches stand in each of `buckets` equal stretches of time. A record stands where it was detected and deployed. */
export function matchTimes(
  { lines: bundle }: Snapshot,
  { lines, records }: Matches,
  range: { readonly from: number; readonly to: number },
  buckets: number,
): number[] {
  const width = Math.max(Number.MIN_VALUE, (range.to - range.from) / buckets);
  const counts = new Array<number>(buckets).fill(0);
  let from = lines.lowerBound(range.from);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const to = lines.lowerBound(range.from + (bucket + 1) * width);
    counts[bucket] = Math.max(0, to - from);
    from = Math.max(from, to);
  }
  for (const { detection, deployment } of records.window(0, records.count)) {
    for (const at of [detection.at, deployment.at]) {
      if (!isMoment(at)) continue;
      const bucket = Math.floor((bundle.scaleOfMoment(at) - range.from) / width);
      if (bucket >= 0 && bucket < buckets) counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
  }
  return counts;
}

/** Files that are named with what was found beside the timeline; of more their number is told. */
const mostFilesElsewhere = 200;

/**
 * The lines of pages, tables and settings that match: they stand in their files alone, not on the timeline.
 *
 * @param filter as for the lines of the timeline; one by time or level leaves nothing, since these lines have neither
 */
export async function linesElsewhere(
  lines: BundleLines,
  filter: LineFilter,
  signal?: AbortSignal,
): Promise<EvidenceResult<'search'>['elsewhere']> {
  const { devices, members, levels, time, text } = filter;
  const elsewhere = { lines: 0, files: 0, first: [] as EvidenceResult<'search'>['elsewhere']['first'] };
  if (text === undefined || levels !== undefined || time !== undefined) return elsewhere;
  const chosen: MemberChoice = ({ path, deviceKey, timeline }) =>
    timeline !== 'all' && (devices?.includes(deviceKey) ?? true) && (members?.includes(path) ?? true);
  const found = await searchLines(lines, text, chosen, signal);
  let walked = 0;
  for (const member of lines.ranges()) {
    if (found.size === 0) break;
    if (!chosen(member)) continue;
    let count = 0;
    let first = -1;
    for (let line = 0; line < member.count; line += 1) {
      if ((walked += 1) % stepLines === 0) await turn(signal);
      const id = member.base + line;
      if (!found.has(id)) {
        line += found.gapAfter(id);
        continue;
      }
      // Dated rows of a document stand on the timeline.
      if (member.timeline === 'dated' && member.index.isTimed(line)) continue;
      if (count === 0) first = line;
      count += 1;
    }
    if (count === 0) continue;
    elsewhere.lines += count;
    elsewhere.files += 1;
    if (elsewhere.first.length < mostFilesElsewhere)
      elsewhere.first.push({ member: member.path, lines: count, line: first + 1 });
  }
  return elsewhere;
}

/** A file with more matching lines than these shows the first of them. */
const mostFileMatches = 100_000;

/** The lines of one file that match, from 1, whether the file stands on the timeline or not. */
export async function fileMatches(
  lines: BundleLines,
  member: string,
  query: TextQuery,
  signal?: AbortSignal,
): Promise<EvidenceResult<'fileMatches'>> {
  const found = await searchLines(lines, query, ({ path }) => path === member, signal);
  const matching: number[] = [];
  const range = [...lines.ranges()].find(({ path }) => path === member);
  if (range !== undefined) {
    for (let line = 0; line < range.count && matching.length < mostFileMatches; line += 1) {
      if (found.has(range.base + line)) matching.push(line + 1);
    }
  }
  return { lines: matching, total: found.size };
}

async function turn(signal: AbortSignal | undefined): Promise<void> {
  throwIfCancelled(signal);
  await nextTurn();
  throwIfCancelled(signal);
}
