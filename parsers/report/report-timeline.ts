import type { DeploymentStatus, Level } from '../domain/evidence.ts';
import type { Severity } from '../domain/finding.ts';
import { severities } from '../domain/finding.ts';
import { isMoment } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import { plausible } from '../evidence/line-index.ts';
import type { Analysis } from './analysis.ts';
import type { TimelineLines } from './related-lines.ts';

/**
 * Everything with a time in one picture. Scales are milliseconds since 1970 in UTC; readings without an offset
 * stand where they would if their clocks were in {@link offset}.
 */
export interface ReportTimeline {
  readonly from: number;
  readonly to: number;
  /** Minutes east of UTC by which readings without an offset are placed, and in which the axis is labelled. */
  readonly offset: number;
  readonly lanes: readonly TimelineLane[];
  readonly runs: readonly TimelineRun[];
  /** Maintenance windows, each once. */
  readonly windows: readonly TimelineStretch[];
  /** Number of error lines in each of so many equal parts of the time shown. */
  readonly errors: readonly number[];
  /** Marks and ends of runs that lie outside of what is shown. */
  readonly outside: number;
  /** Runs that were left out because they are too many for a page. */
  readonly runsLeftOut: number;
}

export type TimelineLaneName = 'detections' | 'deployments' | 'reboots' | 'findings' | 'notes';

export interface TimelineLane {
  readonly lane: TimelineLaneName;
  readonly total: number;
  /** One for each part of the time shown that has any, in order of time. */
  readonly marks: readonly TimelineMark[];
}

export interface TimelineMark {
  /** Position of its part. */
  readonly part: number;
  readonly count: number;
  /** The worst of the findings that it stands for or that cite it. */
  readonly severity: Severity | null;
}

export interface TimelineStretch {
  readonly from: number;
  readonly to: number;
}

export interface TimelineRun extends TimelineStretch {
  /** Rows from the top, so that runs that share time do not cover each other. */
  readonly row: number;
  readonly outcome: DeploymentStatus | null;
  /** No source tells its end. */
  readonly isOpen: boolean;
}

/** What stands in the lanes of findings and notes. */
export interface TimelinePoint {
  readonly at: Moment;
  readonly severity: Severity | null;
}

/** Parts into which the time shown is cut. */
export const timelineParts = 180;
/** Bars beyond these rows cannot be told apart on a page. */
const mostRunRows = 14;
const mostWindows = 200;
/** Error lines of a part are counted from at most this many of its lines; the rest is scaled up. */
const sampledLines = 20_000;

interface Point {
  readonly scale: number;
  readonly severity: Severity | null;
}

/**
 * The whole time, and where nearly all lies close together that stretch by itself: a patch of months ago must not
 * press last night into one column. Empty where nothing has a time.
 */
export function reportTimeline(
  analysis: Pick<Analysis, 'evidence' | 'boots'>,
  lines: TimelineLines,
  findings: readonly (TimelinePoint & { readonly records: readonly string[] })[],
  notes: readonly Moment[],
): readonly ReportTimeline[] {
  const { evidence } = analysis;
  const worst = worstByRecord(findings);
  const detections: Point[] = [];
  const deployments: Point[] = [];
  const put = (into: Point[], at: Moment, severity: Severity | null): void => {
    const scale = lines.scaleOfMoment(at);
    if (scale >= plausible.from && scale <= plausible.to) into.push({ scale, severity });
  };
  for (const { id, detection, deployment } of evidence.records) {
    const severity = worst.get(id) ?? null;
    if (isMoment(detection.at)) put(detections, detection.at, severity);
    if (isMoment(deployment.at)) put(deployments, deployment.at, severity);
  }
  const reboots: Point[] = [];
  for (const { at } of [...analysis.boots, ...evidence.events('restart-stated')]) {
    if (at !== null) put(reboots, at, null);
  }
  const found: Point[] = [];
  for (const { at, severity } of findings) put(found, at, severity);
  const noted: Point[] = [];
  for (const at of notes) put(noted, at, null);
  const runs = runStretches(analysis, lines);
  const scales = [...detections, ...deployments, ...reboots, ...found, ...noted].map(({ scale }) => scale);
  for (const { from, to } of runs) scales.push(from, to);
  const sorted = Float64Array.from(scales).sort();
  const whole = extentOf(sorted);
  if (whole === null) return [];
  const dense = denseStretch(sorted);
  const lanes: readonly (readonly [TimelineLaneName, readonly Point[]])[] = [
    ['detections', detections],
    ['deployments', deployments],
    ['reboots', reboots],
    ['findings', found],
    ['notes', noted],
  ];
  const windows = windowsOf(analysis, lines);
  return [whole, ...(dense === null ? [] : [dense])].map((shown) =>
    pictureOf(shown, { lines, lanes, runs, windows, sorted }),
  );
}

interface Told {
  readonly lines: TimelineLines;
  readonly lanes: readonly (readonly [TimelineLaneName, readonly Point[]])[];
  readonly runs: readonly Stretch[];
  readonly windows: readonly TimelineStretch[];
  /** Everything with a time. */
  readonly sorted: Float64Array;
}

function pictureOf(shown: TimelineStretch, { lines, lanes, runs, windows, sorted }: Told): ReportTimeline {
  const placedRuns = placeRuns(runs.filter((run) => run.to >= shown.from && run.from <= shown.to));
  const runsInSight = placedRuns.filter(({ row }) => row < mostRunRows);
  return {
    ...shown,
    offset: lines.placementOffset,
    lanes: lanes.map(([lane, points]) => ({
      lane,
      total: points.reduce((sum, { scale }) => sum + Number(isWithin(scale, shown)), 0),
      marks: marksOf(points, shown),
    })),
    runs: runsInSight,
    windows: windows.filter(({ from, to }) => to >= shown.from && from <= shown.to).slice(0, mostWindows),
    errors: errorLines(lines, shown),
    outside: sorted.reduce((sum, scale) => sum + Number(!isWithin(scale, shown)), 0),
    runsLeftOut: placedRuns.length - runsInSight.length,
  };
}

function worstByRecord(
  findings: readonly { readonly severity: Severity | null; readonly records: readonly string[] }[],
): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>();
  for (const { severity, records } of findings) {
    for (const record of records) {
      const known = worst.get(record) ?? null;
      const graver = graverOf(known, severity);
      if (graver !== null) worst.set(record, graver);
    }
  }
  return worst;
}

function graverOf(a: Severity | null, b: Severity | null): Severity | null {
  return severities.find((severity) => severity === a || severity === b) ?? null;
}

/** From the first to the last. */
function extentOf(sorted: Float64Array): TimelineStretch | null {
  const first = sorted[0];
  const last = sorted[sorted.length - 1];
  return first === undefined || last === undefined ? null : withRoom(first, last);
}

function withRoom(from: number, to: number): TimelineStretch {
  const room = Math.max(60_000, Math.round((to - from) * 0.015));
  return { from: from - room, to: to + room };
}

/** So many of all marks make a stretch worth a picture of its own, if it takes no more than this of the whole time. */
const denseShare = 0.8;
const denseLength = 0.15;

/** The shortest stretch that holds most of what there is; null where things are spread out. */
function denseStretch(sorted: Float64Array): TimelineStretch | null {
  const held = Math.ceil(sorted.length * denseShare);
  if (held < 5) return null;
  const whole = (sorted[sorted.length - 1] ?? 0) - (sorted[0] ?? 0);
  let best: TimelineStretch | null = null;
  for (let at = 0; at + held <= sorted.length; at += 1) {
    const from = sorted[at] ?? 0;
    const to = sorted[at + held - 1] ?? 0;
    if (best === null || to - from < best.to - best.from) best = { from, to };
  }
  return best === null || best.to - best.from > whole * denseLength ? null : withRoom(best.from, best.to);
}

function isWithin(scale: number, { from, to }: TimelineStretch): boolean {
  return scale >= from && scale <= to;
}

function partOf(scale: number, shown: { readonly from: number; readonly to: number }): number {
  const part = Math.floor(((scale - shown.from) / (shown.to - shown.from)) * timelineParts);
  return Math.min(timelineParts - 1, part);
}

function marksOf(
  points: readonly Point[],
  shown: { readonly from: number; readonly to: number },
): readonly TimelineMark[] {
  const marks = new Map<number, TimelineMark>();
  for (const { scale, severity } of points) {
    if (scale < shown.from || scale > shown.to) continue;
    const part = partOf(scale, shown);
    const known = marks.get(part);
    marks.set(
      part,
      known === undefined
        ? { part, count: 1, severity }
        : { part, count: known.count + 1, severity: graverOf(known.severity, severity) },
    );
  }
  return [...marks.values()].sort((a, b) => a.part - b.part);
}

type Stretch = Omit<TimelineRun, 'row'>;

function runStretches({ evidence }: Pick<Analysis, 'evidence'>, lines: TimelineLines): readonly Stretch[] {
  return evidence.runs.flatMap(({ startedAt, endedAt, steps, outcome }) => {
    const known = [startedAt, endedAt, ...steps.map(({ at }) => at)].flatMap((at) => {
      const scale = at === null ? Number.NaN : lines.scaleOfMoment(at);
      return scale >= plausible.from && scale <= plausible.to ? [scale] : [];
    });
    const [first] = known;
    if (first === undefined) return [];
    const from = startedAt === null ? Math.min(...known) : first;
    return [{ from, to: Math.max(from, ...known), outcome, isOpen: endedAt === null }];
  });
}

/** Each in the first row that is free when it starts. */
function placeRuns(runs: readonly Stretch[]): readonly TimelineRun[] {
  const ends: number[] = [];
  return [...runs]
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map((run) => {
      let row = ends.slice(0, mostRunRows).findIndex((end) => run.from >= end);
      if (row < 0) row = ends.length < mostRunRows ? ends.length : mostRunRows;
      ends[row] = Math.max(run.to, ends[row] ?? run.to);
      return { ...run, row };
    });
}

function windowsOf(
  { evidence }: Pick<Analysis, 'evidence'>,
  lines: TimelineLines,
): readonly TimelineStretch[] {
  const windows = new Map<string, TimelineStretch>();
  for (const { window } of evidence.runs) {
    const start = window?.start ?? null;
    const minutes = window?.minutes ?? 0;
    if (start === null || minutes <= 0) continue;
    const from = lines.scaleOfMoment(start);
    const to = from + minutes * 60_000;
    windows.set(`${from} ${to}`, { from, to });
  }
  return [...windows.values()].sort((a, b) => a.from - b.from || a.to - b.to);
}

const errorLevels: ReadonlySet<Level> = new Set(['error', 'fatal']);

function errorLines(
  lines: TimelineLines,
  shown: { readonly from: number; readonly to: number },
): readonly number[] {
  const width = (shown.to - shown.from) / timelineParts;
  const errors: number[] = [];
  let from = lines.lowerBound(shown.from);
  for (let part = 0; part < timelineParts; part += 1) {
    const to = lines.lowerBound(shown.from + (part + 1) * width);
    const step = Math.max(1, Math.floor((to - from) / sampledLines));
    let found = 0;
    for (let at = from; at < to; at += step)
      if (errorLevels.has(lines.levelOf(lines.idAt(at)))) found += step;
    errors.push(found);
    from = to;
  }
  return errors;
}
