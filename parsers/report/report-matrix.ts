import type { PatchRecord } from '../domain/evidence.ts';
import type { FindingKind, Severity } from '../domain/finding.ts';
import { severities } from '../domain/finding.ts';
import { joinStates, patchStates, stateOfRecord } from '../domain/patch-state.ts';
import type { PatchState } from '../domain/patch-state.ts';
import type { Evidence, PatchOnDevice } from '../evidence/evidence.ts';

/** The matrix of devices and patches as far as a page can show it: those in trouble first. */
export interface ReportMatrix {
  readonly devices: readonly string[];
  readonly patches: readonly string[];
  /** Row by row, as long as {@link patches}. */
  readonly states: readonly (readonly PatchState[])[];
  readonly marks: readonly MatrixMark[];
  /** How many there are in the bundle. */
  readonly all: { readonly devices: number; readonly patches: number };
  /** Pairs of a device and a patch by their state, all of the bundle's and not only those shown. */
  readonly counts: Readonly<Record<PatchState, number>>;
  /** Pairs in trouble (failed, not patched, cited by a finding) that are not shown. */
  readonly troubledLeftOut: number;
}

/** A cell that findings cite. */
export interface MatrixMark {
  readonly row: number;
  readonly column: number;
  /** The gravest of them; contradictions before everything else. */
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Its number in the report. */
  readonly finding: number;
}

/** What the matrix needs of a finding of the report. */
export interface MatrixFinding {
  readonly number: number;
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Ids of the records that it cites. */
  readonly records: readonly string[];
}

/** More than these fill pages without being read: what is left out is told. */
const mostDevices = 80;
const mostPatches = 64;

interface Side {
  readonly key: string;
  name: string;
  readonly findings: Set<number>;
  weight: number;
}

/** Null where the bundle tells of no patch on any device. */
export function reportMatrix(
  evidence: Pick<Evidence, 'pairs'>,
  findings: readonly MatrixFinding[],
): ReportMatrix | null {
  const byRecord = findingsByRecord(findings);
  const devices = new Map<string, Side>();
  const patches = new Map<string, Side>();
  const counts = Object.fromEntries(patchStates.map((state) => [state, 0])) as Record<PatchState, number>;
  let troubled = 0;
  for (const pair of evidence.pairs) {
    if (pair.patchKey === '') continue;
    const state = stateOfPair(pair);
    counts[state] += 1;
    const cited = citedBy(pair, byRecord);
    if (isTroubled(state, cited)) troubled += 1;
    note(devices, pair.deviceKey, pair.device ?? '', state, cited);
    note(patches, pair.patchKey, pair.kb ?? pair.patch ?? '', state, cited);
  }
  if (devices.size === 0) return null;
  const shownDevices = worstFirst([...devices.values()]).slice(0, mostDevices);
  const shownPatches = worstFirst([...patches.values()]).slice(0, mostPatches);
  const rowOf = new Map(shownDevices.map(({ key }, row) => [key, row]));
  const columnOf = new Map(shownPatches.map(({ key }, column) => [key, column]));
  const states = shownDevices.map(() => shownPatches.map((): PatchState => 'none'));
  const marks = new Map<number, MatrixMark>();
  for (const pair of evidence.pairs) {
    const row = rowOf.get(pair.deviceKey);
    const column = columnOf.get(pair.patchKey);
    const cells = row === undefined ? undefined : states[row];
    if (row === undefined || column === undefined || cells === undefined) continue;
    const state = stateOfPair(pair);
    cells[column] = joinStates(cells[column] ?? 'none', state);
    const cited = citedBy(pair, byRecord);
    if (isTroubled(state, cited)) troubled -= 1;
    const [worst] = [...cited].sort(graverFirst);
    const place = row * shownPatches.length + column;
    const known = marks.get(place);
    if (worst === undefined) continue;
    const mark = { row, column, kind: worst.kind, severity: worst.severity, finding: worst.number };
    if (known === undefined || graverFirst(worst, { ...known, number: known.finding }) < 0)
      marks.set(place, mark);
  }
  return {
    devices: shownDevices.map(({ name }) => name),
    patches: shownPatches.map(({ name }) => name),
    states,
    marks: [...marks].sort(([a], [b]) => a - b).map(([, mark]) => mark),
    all: { devices: devices.size, patches: patches.size },
    counts,
    troubledLeftOut: troubled,
  };
}

function findingsByRecord(findings: readonly MatrixFinding[]): ReadonlyMap<string, readonly MatrixFinding[]> {
  const byRecord = new Map<string, MatrixFinding[]>();
  for (const finding of findings) {
    for (const record of new Set(finding.records)) {
      const list = byRecord.get(record);
      if (list === undefined) byRecord.set(record, [finding]);
      else list.push(finding);
    }
  }
  return byRecord;
}

function stateOfPair({ records }: PatchOnDevice): PatchState {
  return records.reduce<PatchState>((state, record) => joinStates(state, stateOfRecord(record)), 'none');
}

const nobody: readonly MatrixFinding[] = [];

function citedBy(
  { records }: { readonly records: readonly PatchRecord[] },
  byRecord: ReadonlyMap<string, readonly MatrixFinding[]>,
): readonly MatrixFinding[] {
  if (byRecord.size === 0) return nobody;
  const found = records.flatMap(({ id }) => byRecord.get(id) ?? nobody);
  return found.length === 0 ? nobody : found;
}

function isTroubled(state: PatchState, cited: readonly MatrixFinding[]): boolean {
  return state === 'failed' || state === 'not-patched' || state === 'mixed' || cited.length > 0;
}

const weights: Readonly<Record<Severity, number>> = { critical: 1e9, high: 1e6, medium: 1e3, info: 0 };

function note(
  sides: Map<string, Side>,
  key: string,
  name: string,
  state: PatchState,
  cited: readonly MatrixFinding[],
): void {
  let side = sides.get(key);
  if (side === undefined) {
    side = { key, name, findings: new Set(), weight: 0 };
    sides.set(key, side);
  }
  // The shortest name of several is the one that fits a heading.
  if (side.name === '' || (name !== '' && name.length < side.name.length)) side.name = name;
  for (const { number, severity } of cited) {
    if (side.findings.has(number)) continue;
    side.findings.add(number);
    side.weight += weights[severity];
  }
  if (state === 'failed') side.weight += 1;
}

function graverFirst(
  a: Pick<MatrixFinding, 'kind' | 'severity' | 'number'>,
  b: Pick<MatrixFinding, 'kind' | 'severity' | 'number'>,
): number {
  return (
    Number(b.kind === 'contradiction') - Number(a.kind === 'contradiction') ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    a.number - b.number
  );
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function worstFirst(sides: readonly Side[]): readonly Side[] {
  return [...sides].sort(
    (a, b) => b.weight - a.weight || byName.compare(a.name, b.name) || (a.key < b.key ? -1 : 1),
  );
}
