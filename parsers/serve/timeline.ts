import type { Filter, Locale, TimelineAnswer } from '../../preload/contract/shapes.ts';
import { levels } from '../domain/evidence.ts';
import type { PatchRecord, Run } from '../domain/evidence.ts';
import type { Severity } from '../domain/finding.ts';
import { severities } from '../domain/finding.ts';
import { isMoment } from '../domain/moment.ts';
import type { At } from '../domain/moment.ts';
import { plausible } from '../evidence/line-index.ts';
import { runSpan } from '../evidence/run-view.ts';
import type { LineView } from '../evidence/line-view.ts';
import type { Steps } from '../evidence/steps.ts';
import { isOfKind } from './filters.ts';
import { findingsOf } from './record-findings.ts';
import { witnessMoment } from './rows.ts';
import { roleOf } from './run-spans.ts';
import type { Snapshot } from './session.ts';
import { wordsOf } from './words.ts';

type Lane = TimelineAnswer['lanes'][number]['lane'];
type Mark = TimelineAnswer['lanes'][number]['marks'][number];
type RunLane = TimelineAnswer['runs'][number];
type Bar = RunLane['bars'][number];
type Window = TimelineAnswer['windows'][number];

/** What stands at a place of a lane; made when it is shown. */
interface Point {
  readonly target: Mark['target'];
  readonly label: string;
}

/** The places of a lane: of a million records only those that a column is named after are looked at. */
interface LanePoints {
  /** NaN for none. */
  readonly scales: Float64Array;
  severity(at: number): Severity | null;
  point(at: number): Point;
}

/** Marks of the lanes and the density of lines, so that each column of the strip is drawn once. */
export function* timeline(
  snapshot: Snapshot,
  records: readonly PatchRecord[],
  runs: readonly Run[],
  view: LineView,
  filter: Filter,
  range: { readonly from: number; readonly to: number } | null,
  buckets: number,
  locale: Locale,
): Steps<TimelineAnswer> {
  const points = yield* lanePoints(snapshot, records, filter, locale);
  const bars = runBars(snapshot, runs);
  const windows = maintenanceWindows(snapshot, runs);
  const extent = extentOf(snapshot, view, [
    ...[...points.values()].map(({ scales }) => scales),
    bars.flatMap(({ from, to }) => [from, to]),
  ]);
  const shown = range ?? extent;
  if (extent === null || shown === null)
    return { extent: null, lanes: [], runs: [], windows: [], density: { lines: [], errors: [] } };
  const width = Math.max(1, (shown.to - shown.from) / buckets);
  const lanes: { lane: Lane; marks: Mark[] }[] = [];
  for (const [lane, lanePoints_] of points)
    lanes.push({ lane, marks: yield* groupIntoColumns(lanePoints_, shown, width) });
  return {
    extent,
    lanes,
    runs: runLanes(bars, shown),
    windows: windows.filter(({ from, to }) => to >= shown.from && from <= shown.to).slice(0, mostWindows),
    density: yield* density(snapshot, view, shown, width, buckets),
  };
}

/** Things looked at in a step. */
const stepThings = 8192;

function* lanePoints(
  snapshot: Snapshot,
  records: readonly PatchRecord[],
  filter: Filter,
  locale: Locale,
): Steps<ReadonlyMap<Lane, LanePoints>> {
  const { wording } = wordsOf(locale);
  const { analysis, lines } = snapshot;
  const { evidence } = analysis;
  const devices = filter.devices === undefined ? null : new Set(filter.devices);
  const ofDevice = (device: string | null): boolean => devices?.has(evidence.deviceKey(device)) ?? true;
  const reboots: Listed[] = [];
  for (const event of [
    ...evidence.events('boot'),
    ...evidence.events('shutdown'),
    ...evidence.events('restart-stated'),
  ]) {
    if (event.at === null || !ofDevice(event.device)) continue;
    const { member, line } = event.citation;
    reboots.push({
      scale: lines.scaleOfMoment(event.at),
      severity: null,
      target: line === null ? null : { on: 'line', id: `${member}:${line}` },
      label: event.device ?? '',
    });
  }
  const findings: Listed[] = [];
  for (const [nth, finding] of analysis.findings.entries()) {
    if (nth % 256 === 255) yield;
    if (!ofDevice(finding.device) || !isOfKind(filter, finding)) continue;
    const moment = finding.witnesses
      .map((witness) => witnessMoment(witness, snapshot))
      .find((at) => at !== null);
    if (moment === undefined) continue;
    findings.push({
      scale: lines.scaleOfMoment(moment),
      severity: finding.severity,
      target: { on: 'finding', id: finding.id },
      label: wording.finding(finding).title,
    });
  }
  const ofRecords = (scales: Float64Array): LanePoints => ({
    scales,
    severity: (at) => {
      const record = records[at];
      if (record === undefined) return null;
      return worstOf(findingsOf(snapshot, record).map((finding) => finding.severity));
    },
    point: (at) => {
      const record = records[at];
      const names = [record?.device ?? null, record?.patch ?? null].filter((part) => part !== null);
      return {
        target: record === undefined ? null : { on: 'record', id: record.id },
        label: names.join(' · '),
      };
    },
  });
  const scaleAt = (at: At): number => (isMoment(at) ? lines.scaleOfMoment(at) : Number.NaN);
  const detections = new Float64Array(records.length);
  const deployments = new Float64Array(records.length);
  for (const [at, { detection, deployment }] of records.entries()) {
    if (at % stepThings === stepThings - 1) yield;
    detections[at] = scaleAt(detection.at);
    deployments[at] = scaleAt(deployment.at);
  }
  return new Map<Lane, LanePoints>([
    ['detections', ofRecords(detections)],
    ['deployments', ofRecords(deployments)],
    ['reboots', ofList(reboots)],
    ['findings', ofList(findings)],
  ]);
}

interface Listed extends Point {
  readonly scale: number;
  readonly severity: Severity | null;
}

function ofList(list: readonly Listed[]): LanePoints {
  return {
    scales: Float64Array.from(list, ({ scale }) => scale),
    severity: (at) => list[at]?.severity ?? null,
    point: (at) => ({ target: list[at]?.target ?? null, label: list[at]?.label ?? '' }),
  };
}

/** More bars and bands than these are no picture any more: a narrower range shows the rest. */
const mostBars = 2_000;
const mostWindows = 500;
const roles = ['relay', 'agent', null] as const;

function runBars(snapshot: Snapshot, runs: readonly Run[]): readonly (Bar & { role: RunLane['role'] })[] {
  return runs.flatMap((run) => {
    const span = runSpan(run, snapshot.lines);
    if (span === null || !isPlausible(span.from)) return [];
    return [
      {
        ...span,
        to: isPlausible(span.to) ? span.to : span.from,
        role: roleOf(run),
        outcome: run.outcome,
        overlaps: snapshot.overlapping.has(run.id),
        run: run.id,
        label: [run.device, run.name].filter((part) => part !== null).join(' · '),
      },
    ];
  });
}

/** A row for each role that there is, whatever part of time is shown: rows do not come and go. */
function runLanes(
  bars: readonly (Bar & { role: RunLane['role'] })[],
  shown: { readonly from: number; readonly to: number },
): RunLane[] {
  return roles.flatMap((role) => {
    const ofRole = bars.filter((bar) => bar.role === role);
    if (ofRole.length === 0) return [];
    const inSight = ofRole.filter(({ from, to }) => to >= shown.from && from <= shown.to);
    // The longest stay when not all can: they are what can be seen.
    const kept =
      inSight.length <= mostBars
        ? inSight
        : [...inSight].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, mostBars);
    return [{ role, bars: kept.map(({ role: _role, ...bar }) => bar).sort((a, b) => a.from - b.from) }];
  });
}

/** The windows in which runs may work, each once, with the devices and runs that share it. */
function maintenanceWindows(snapshot: Snapshot, runs: readonly Run[]): readonly Window[] {
  const windows = new Map<
    string,
    { from: number; to: number; names: Set<string>; cutoffs: Map<string, number> }
  >();
  for (const { window, name } of runs) {
    const start = window?.start ?? null;
    const minutes = window?.minutes ?? 0;
    if (start === null || minutes <= 0) continue;
    const from = snapshot.lines.scaleOfMoment(start);
    if (!isPlausible(from)) continue;
    const to = from + minutes * 60_000;
    const key = `${from} ${to}`;
    const known = windows.get(key) ?? { from, to, names: new Set(), cutoffs: new Map() };
    windows.set(key, known);
    known.names.add(name);
    for (const cutoff of window?.cutoffs ?? [])
      known.cutoffs.set(cutoff.name, Math.max(from, to - cutoff.minutes * 60_000));
  }
  return [...windows.values()]
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, names, cutoffs }) => ({
      from,
      to,
      label: [...names].slice(0, 3).join(', '),
      ...(cutoffs.size === 0 ? {} : { cutoffs: [...cutoffs].map(([name, at]) => ({ at, name })) }),
    }));
}

function worstOf(found: readonly Severity[]): Severity | null {
  if (found.length === 0) return null;
  return severities.find((severity) => found.includes(severity)) ?? null;
}

function isPlausible(scale: number): boolean {
  return scale >= plausible.from && scale <= plausible.to;
}

function extentOf(
  snapshot: Snapshot,
  view: LineView,
  scales: readonly ArrayLike<number>[],
): { from: number; to: number } | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const note = (scale: number): void => {
    if (!isPlausible(scale)) return;
    from = Math.min(from, scale);
    to = Math.max(to, scale);
  };
  for (const some of scales) for (let at = 0; at < some.length; at += 1) note(some[at] ?? Number.NaN);
  const first = view.lowerBound(plausible.from);
  const last = view.lowerBound(plausible.to) - 1;
  if (first <= last) {
    note(snapshot.lines.orderKey(view.idAt(first)));
    note(snapshot.lines.orderKey(view.idAt(last)));
  }
  if (from > to) return null;
  // A single moment still needs a width to be drawn in.
  return from === to ? { from: from - 60_000, to: to + 60_000 } : { from, to };
}

function* groupIntoColumns(
  points: LanePoints,
  shown: { readonly from: number; readonly to: number },
  width: number,
): Steps<Mark[]> {
  const { scales } = points;
  const columns = new Map<
    number,
    { from: number; to: number; count: number; worst: Severity | null; at: number }
  >();
  for (let at = 0; at < scales.length; at += 1) {
    if (at % stepThings === stepThings - 1) yield;
    const scale = scales[at] ?? Number.NaN;
    if (!(scale >= shown.from && scale <= shown.to)) continue;
    const number = Math.floor((scale - shown.from) / width);
    const severity = points.severity(at);
    const column = columns.get(number);
    if (column === undefined) {
      columns.set(number, { from: scale, to: scale, count: 1, worst: severity, at });
      continue;
    }
    if (scale < column.from) column.from = scale;
    if (scale > column.to) column.to = scale;
    column.count += 1;
    // The worst one is what a click leads to.
    if (severity !== null && (column.worst === null || isWorse(severity, column.worst))) {
      column.worst = severity;
      column.at = at;
    }
  }
  return [...columns.values()]
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, count, worst, at }) => ({ from, to, count, severity: worst, ...points.point(at) }));
}

function isWorse(a: Severity, b: Severity): boolean {
  return severities.indexOf(a) < severities.indexOf(b);
}

const errorCode = levels.indexOf('error');
/** Error lines of a column are counted from at most this many of its lines; the rest is scaled up. */
const sampledLines = 20_000;

function* density(
  snapshot: Snapshot,
  view: LineView,
  shown: { readonly from: number; readonly to: number },
  width: number,
  buckets: number,
): Steps<TimelineAnswer['density']> {
  const lines: number[] = [];
  const errors: number[] = [];
  let from = view.lowerBound(shown.from);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    yield;
    const to = view.lowerBound(shown.from + (bucket + 1) * width);
    lines.push(Math.max(0, to - from));
    errors.push(errorLines(snapshot, view, from, to));
    from = to;
  }
  return { lines, errors };
}

function errorLines(snapshot: Snapshot, view: LineView, from: number, to: number): number {
  const count = to - from;
  if (count <= 0) return 0;
  const step = Math.max(1, Math.floor(count / sampledLines));
  let errors = 0;
  for (let at = from; at < to; at += step)
    if (snapshot.lines.levelCodeOf(view.idAt(at)) >= errorCode) errors += 1;
  return errors * step;
}
