import { matrixStates } from '../../preload/contract/shapes.ts';
import type { MatrixAnswer, MatrixCells, MatrixState } from '../../preload/contract/shapes.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import type { PatchRecord, SystemId } from '../domain/evidence.ts';
import type { Finding, Severity } from '../domain/finding.ts';
import { severities } from '../domain/finding.ts';
import { joinStates, stateOfRecord } from '../domain/patch-state.ts';
import { nextTurn } from '../evidence/steps.ts';
import type { Wording } from '../report/wording.ts';
import { findingsOf } from './record-findings.ts';
import type { Snapshot } from './session.ts';

type Side = MatrixAnswer['devices'][number];

/** A cell's gravest finding, and how many cite it. */
export interface CellMark {
  readonly finding: Finding;
  readonly count: number;
}

/** Device by patch: a code for every cell, row by row, and what findings say of some. */
export interface Matrix {
  readonly devices: readonly Side[];
  readonly patches: readonly Side[];
  readonly hidden: MatrixAnswer['hidden'];
  readonly states: Uint8Array;
  /** By `row * patches + column`. */
  readonly marks: ReadonlyMap<number, CellMark>;
  /** The records that the filter let through; null when it was all of them. */
  readonly passing: ReadonlySet<PatchRecord> | null;
  readonly rowOf: ReadonlyMap<string, number>;
  readonly columnOf: ReadonlyMap<string, number>;
}

/** A matrix with more cells than these loses its least troubled patches, then devices. */
const mostCells = 20_000_000;
const mostPatches = 5_000;
const stepRecords = 50_000;

const codeOf = new Map<MatrixState, number>(matrixStates.map((state, code) => [state, code]));

interface Tally {
  readonly key: string;
  /** Among all of its kind, in order of first appearance. */
  readonly number: number;
  name: string;
  readonly findings: Set<Finding>;
  failed: number;
  /** Null where several speak of it. */
  system: SystemId | null;
}

export async function buildMatrix(
  snapshot: Snapshot,
  records: readonly PatchRecord[],
  sort: 'trouble' | 'name',
  signal?: AbortSignal,
  bySystem = false,
): Promise<Matrix> {
  const { evidence } = snapshot.analysis;
  const devices = new Map<string, Tally>();
  const patches = new Map<string, Tally>();
  // Each device and each patch by a number: a million cells are placed without a text for any of them.
  const deviceOf = new Int32Array(records.length).fill(-1);
  const patchOf = new Int32Array(records.length).fill(-1);
  for (let from = 0; from < records.length; from += stepRecords) {
    const to = Math.min(records.length, from + stepRecords);
    for (let at = from; at < to; at += 1) {
      const record = records[at];
      if (record === undefined) continue;
      const { deviceKey, patchKey } = evidence.pairOf(record);
      if (patchKey === '') continue;
      const findings = findingsOf(snapshot, record);
      const isFailed = stateOfRecord(record) === 'failed';
      deviceOf[at] = note(devices, deviceKey, record.device ?? '', findings, isFailed, null);
      patchOf[at] = note(
        patches,
        patchKey,
        record.kb ?? record.patch ?? '',
        findings,
        isFailed,
        record.system,
      );
    }
    throwIfCancelled(signal);
    if (records.length > stepRecords) await nextTurn();
    throwIfCancelled(signal);
  }
  const allPatches = sorted([...patches.values()], sort);
  const allDevices = sorted([...devices.values()], sort);
  const kept = keep(allPatches, mostPatches, sort);
  const shownPatches = bySystem ? besideTheirLike(kept) : kept;
  const shownDevices = keep(allDevices, Math.floor(mostCells / Math.max(1, shownPatches.length)), sort);
  const rowOf = new Map(shownDevices.map(({ key }, row) => [key, row]));
  const columnOf = new Map(shownPatches.map(({ key }, column) => [key, column]));
  const states = new Uint8Array(shownDevices.length * shownPatches.length);
  const marks = new Map<number, CellMark>();
  const rows = placesOf(devices, rowOf);
  const columns = placesOf(patches, columnOf);
  for (let from = 0; from < records.length; from += stepRecords) {
    const to = Math.min(records.length, from + stepRecords);
    for (let at = from; at < to; at += 1) {
      const record = records[at];
      const row = rows[deviceOf[at] ?? -1] ?? -1;
      const column = columns[patchOf[at] ?? -1] ?? -1;
      if (record === undefined || row === -1 || column === -1) continue;
      const cell = row * shownPatches.length + column;
      const before = matrixStates[states[cell] ?? 0] ?? 'none';
      states[cell] = codeOf.get(joinStates(before, stateOfRecord(record))) ?? 0;
      for (const finding of findingsOf(snapshot, record)) {
        const mark = marks.get(cell);
        if (mark === undefined) marks.set(cell, { finding, count: 1 });
        else if (mark.finding !== finding)
          marks.set(cell, { finding: graver(mark.finding, finding), count: mark.count + 1 });
      }
    }
    throwIfCancelled(signal);
    if (records.length > stepRecords) await nextTurn();
    throwIfCancelled(signal);
  }
  return {
    devices: shownDevices.map((tally) => side(tally)),
    patches: shownPatches.map((tally) => side(tally)),
    hidden: {
      devices: allDevices.length - shownDevices.length,
      patches: allPatches.length - shownPatches.length,
    },
    states,
    marks,
    passing: records.length === evidence.records.length ? null : new Set(records),
    rowOf,
    columnOf,
  };
}

function note(
  tallies: Map<string, Tally>,
  key: string,
  name: string,
  findings: readonly Finding[],
  isFailed: boolean,
  system: SystemId | null,
): number {
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = { key, number: tallies.size, name, findings: new Set(), failed: 0, system };
    tallies.set(key, tally);
  } else if (tally.system !== system) tally.system = null;
  // The shortest name of several is the one that fits a heading.
  if (tally.name === '' || (name !== '' && name.length < tally.name.length)) tally.name = name;
  for (const finding of findings) tally.findings.add(finding);
  if (isFailed) tally.failed += 1;
  return tally.number;
}

/** Where each is shown, by its number; -1 where it is not. */
function placesOf(tallies: ReadonlyMap<string, Tally>, shown: ReadonlyMap<string, number>): Int32Array {
  const places = new Int32Array(tallies.size).fill(-1);
  for (const { key, number } of tallies.values()) places[number] = shown.get(key) ?? -1;
  return places;
}

function graver(a: Finding, b: Finding): Finding {
  const kind = Number(b.kind === 'contradiction') - Number(a.kind === 'contradiction');
  if (kind !== 0) return kind > 0 ? b : a;
  return severities.indexOf(b.severity) < severities.indexOf(a.severity) ? b : a;
}

const weights: Readonly<Record<Severity, number>> = { critical: 1e9, high: 1e6, medium: 1e3, info: 0 };

function weightOf({ findings, failed }: Tally): number {
  let weight = failed;
  for (const finding of findings) weight += weights[finding.severity];
  return weight;
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function sorted(tallies: readonly Tally[], sort: 'trouble' | 'name'): readonly Tally[] {
  const weighed = tallies.map((tally) => ({ tally, weight: sort === 'trouble' ? weightOf(tally) : 0 }));
  return weighed
    .sort((a, b) => b.weight - a.weight || byName.compare(a.tally.name, b.tally.name))
    .map(({ tally }) => tally);
}

/** The systems in the order of their first patches; what several speak of stands last. */
function besideTheirLike(tallies: readonly Tally[]): readonly Tally[] {
  const order = [...new Set(tallies.map(({ system }) => system))].filter((system) => system !== null);
  const place = ({ system }: Tally): number => (system === null ? order.length : order.indexOf(system));
  return [...tallies].sort((a, b) => place(a) - place(b));
}

function keep(tallies: readonly Tally[], most: number, sort: 'trouble' | 'name'): readonly Tally[] {
  if (tallies.length <= most) return tallies;
  const kept = new Set(sorted(tallies, 'trouble').slice(0, most));
  return sort === 'trouble' ? [...kept] : tallies.filter((tally) => kept.has(tally));
}

function side({ key, name, findings, system }: Tally): Side {
  const contradictions = [...findings].filter((finding) => finding.kind === 'contradiction');
  return {
    key,
    name,
    system,
    contradictions: contradictions.length,
    worst: severities.find((one) => contradictions.some(({ severity }) => severity === one)) ?? null,
  };
}

/** A window is never larger than this on a side, whatever was asked. */
const mostSide = 500;

export function matrixCells(
  matrix: Matrix,
  rows: MatrixCells['rows'],
  columns: MatrixCells['columns'],
  wording: Wording,
): Omit<MatrixCells, 'view'> {
  const width = matrix.patches.length;
  const shownRows = within(rows, matrix.devices.length);
  const shownColumns = within(columns, width);
  const across = shownColumns.to - shownColumns.from;
  const states = new Uint8Array((shownRows.to - shownRows.from) * across);
  const marks: MatrixCells['marks'] = [];
  for (let row = shownRows.from; row < shownRows.to; row += 1) {
    const start = row * width + shownColumns.from;
    states.set(matrix.states.subarray(start, start + across), (row - shownRows.from) * across);
    for (let column = shownColumns.from; column < shownColumns.to; column += 1) {
      const mark = matrix.marks.get(row * width + column);
      if (mark === undefined) continue;
      const { id, kind, severity } = mark.finding;
      const { title } = wording.finding(mark.finding);
      marks.push({ row, column, finding: id, kind, severity, title, count: mark.count });
    }
  }
  return { rows: shownRows, columns: shownColumns, states, marks };
}

function within({ from, to }: MatrixCells['rows'], length: number): MatrixCells['rows'] {
  const start = Math.min(from, length);
  return { from: start, to: Math.max(start, Math.min(to, length, start + mostSide)) };
}

export function recordsOfCell(matrix: Matrix, snapshot: Snapshot, row: number, column: number): string[] {
  const { evidence } = snapshot.analysis;
  const device = matrix.devices[row]?.key;
  const patch = matrix.patches[column]?.key;
  if (device === undefined || patch === undefined) return [];
  // Records of no device are not listed under one.
  const candidates = device === '' ? evidence.records : evidence.recordsOfDevice(device);
  return candidates
    .filter(
      (record) =>
        evidence.deviceKey(record.device) === device &&
        evidence.patchKey(record.system, record) === patch &&
        matrix.passing?.has(record) !== false,
    )
    .map(({ id }) => id);
}

export function cellOf(
  matrix: Matrix,
  snapshot: Snapshot,
  record: PatchRecord,
): { row: number; column: number } | null {
  const { evidence } = snapshot.analysis;
  const row = matrix.rowOf.get(evidence.deviceKey(record.device));
  const column = matrix.columnOf.get(evidence.patchKey(record.system, record));
  return row === undefined || column === undefined ? null : { row, column };
}
