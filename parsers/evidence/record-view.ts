import type { PatchRecord, SystemId } from '../domain/evidence.ts';
import { isMoment } from '../domain/moment.ts';
import type { At } from '../domain/moment.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import { compareNullable } from '../domain/finding.ts';
import { lastResult } from '../domain/patch-state.ts';
import type { Evidence } from './evidence.ts';
import type { BundleLines } from './lines.ts';
import { orderByRanks } from './ordered-view.ts';
import { compileQuery, matchingRows } from './search.ts';
import { nextTurn } from './steps.ts';
import type { TextQuery } from './search.ts';

export interface RecordFilter {
  /** Folded device names. */
  readonly devices?: readonly string[] | undefined;
  /** Keys of `Evidence.patchKey`. */
  readonly patches?: readonly string[] | undefined;
  readonly systems?: readonly SystemId[] | undefined;
  readonly members?: readonly string[] | undefined;
  /** On the timeline's scale; a record is inside when its detection or its deployment is. */
  readonly time?: { readonly from: number; readonly to: number } | undefined;
  readonly text?: TextQuery | undefined;
  /** Ids of records that may pass, e.g. those with findings. */
  readonly among?: ReadonlySet<string> | undefined;
  /** Values of columns as {@link valueOfRecord} gives them. */
  readonly values?: RecordValues | undefined;
}

/** Columns with few values, by which records are filtered. */
export type RecordValue = 'detections' | 'deployments' | 'results' | 'exitCodes';
export type RecordValues = Partial<Readonly<Record<RecordValue, readonly string[]>>>;

/** What a record has in a column; an empty text where it tells nothing. */
export function valueOfRecord({ detection, deployment }: PatchRecord, of: RecordValue): string {
  switch (of) {
    case 'detections':
      return detection.status ?? '';
    case 'deployments':
      return deployment.status ?? '';
    case 'results':
      return lastResult(deployment.status, deployment.exitCode) ?? '';
    case 'exitCodes':
      return deployment.exitCode === null ? '' : String(deployment.exitCode);
  }
}

/** Whether a record has one of the values in each of the columns. */
export function passesValues(values: RecordValues): (record: PatchRecord) => boolean {
  const sets = (['detections', 'deployments', 'results', 'exitCodes'] as const).flatMap((of) => {
    const chosen = values[of];
    return chosen === undefined ? [] : [{ of, chosen: new Set(chosen) }];
  });
  return (record) => sets.every(({ of, chosen }) => chosen.has(valueOfRecord(record, of)));
}

export type RecordColumn =
  | 'device'
  | 'patch'
  | 'system'
  | 'detectionStatus'
  | 'detectedAt'
  | 'deploymentStatus'
  | 'deployedAt'
  | 'exitCode'
  | 'attempts'
  | 'maxAttempts'
  | 'reboot'
  | 'source';

/** Patch records that pass a filter, in an order; four bytes for each of them. */
export class RecordView {
  readonly #evidence: Evidence;
  /** Places in `Evidence.records`; null for all of them in their order. */
  readonly #places: Uint32Array | null;
  /** The way back, made when first asked for. */
  #positions: Int32Array | null = null;

  constructor(evidence: Evidence, places: Uint32Array | null) {
    this.#evidence = evidence;
    this.#places = places;
  }

  get count(): number {
    return this.#places?.length ?? this.#evidence.records.length;
  }

  window(from: number, to: number): readonly PatchRecord[] {
    const { records } = this.#evidence;
    if (this.#places === null) return records.slice(from, to);
    const rows: PatchRecord[] = [];
    for (const place of this.#places.subarray(from, to)) {
      const record = records[place];
      if (record !== undefined) rows.push(record);
    }
    return rows;
  }

  /** The place in `Evidence.records` of the record at a position. */
  placeAt(position: number): number {
    return this.#places === null ? position : (this.#places[position] ?? -1);
  }

  positionOf(id: string): number | null {
    const record = this.#evidence.record(id);
    if (record === undefined) return null;
    // Ids count the records of the bundle from 1.
    const place = Number(record.id.slice(1)) - 1;
    if (this.#places === null) return place;
    if (this.#positions === null) {
      const positions = new Int32Array(this.#evidence.records.length).fill(-1);
      this.#places.forEach((of, position) => (positions[of] = position));
      this.#positions = positions;
    }
    const position = this.#positions[place] ?? -1;
    return position === -1 ? null : position;
  }
}

const stepRecords = 50_000;

export async function openRecordView(
  evidence: Evidence,
  lines: BundleLines,
  filter: RecordFilter,
  sort: readonly { readonly column: RecordColumn; readonly descending: boolean }[],
  signal?: AbortSignal,
): Promise<RecordView> {
  const { records } = evidence;
  // An expression that is none is told at once.
  if (filter.text !== undefined) compileQuery(filter.text);
  const passes = isEmpty(filter) ? null : recordPredicate(evidence, lines, filter);
  if (passes === null && sort.length === 0) return new RecordView(evidence, null);
  const chosen = new Uint32Array(records.length);
  let count = 0;
  await inSteps(records, signal, (record, place) => {
    if (passes !== null && !passes(record)) return;
    chosen[count] = place;
    count += 1;
  });
  let places = count === chosen.length ? chosen : chosen.slice(0, count);
  if (filter.text !== undefined) {
    const cellsOf = (place: number): readonly string[] => {
      const record = records[place];
      return record === undefined ? [] : recordCells(record);
    };
    places = Uint32Array.from(await matchingRows([...places], filter.text, cellsOf, signal));
  }
  const ranks: Ranks[] = [];
  for (const { column } of sort) ranks.push(await ranksOf(evidence, lines, column, places, signal));
  return new RecordView(
    evidence,
    orderByRanks(
      places,
      sort.map(({ descending }, at) => ({ ...(ranks[at] ?? noRanks), descending })),
    ),
  );
}

function isEmpty(filter: RecordFilter): boolean {
  return Object.values(filter).every((part) => part === undefined);
}

/** Lets others have their turn, and the signal its say, every some thousand records. */
async function inSteps(
  records: ArrayLike<PatchRecord>,
  signal: AbortSignal | undefined,
  take: (record: PatchRecord, place: number) => void,
): Promise<void> {
  for (let from = 0; from < records.length; from += stepRecords) {
    const to = Math.min(records.length, from + stepRecords);
    for (let at = from; at < to; at += 1) {
      const record = records[at];
      if (record !== undefined) take(record, at);
    }
    throwIfCancelled(signal);
    if (records.length > stepRecords) await nextTurn();
    throwIfCancelled(signal);
  }
}

interface Ranks {
  readonly ranks: Int32Array;
  readonly distinct: number;
}

const noRanks: Ranks = { ranks: new Int32Array(0), distinct: 0 };

/** The rank of each record's value among the distinct values of the column, by place; -1 where it is absent. */
async function ranksOf(
  evidence: Evidence,
  lines: BundleLines,
  column: RecordColumn,
  places: Uint32Array,
  signal: AbortSignal | undefined,
): Promise<Ranks> {
  const { records } = evidence;
  const numberOf = new Map<number | string, number>();
  const numbers = new Int32Array(records.length).fill(-1);
  let previous: number | string | null = null;
  let previousNumber = -1;
  for (let from = 0; from < places.length; from += stepRecords) {
    for (const place of places.subarray(from, from + stepRecords)) {
      const record = records[place];
      const value = record === undefined ? null : sortValue(lines, record, column);
      if (value === null) continue;
      if (value !== previous) {
        previous = value;
        const known = numberOf.get(value);
        previousNumber = known ?? numberOf.size;
        if (known === undefined) numberOf.set(value, previousNumber);
      }
      numbers[place] = previousNumber;
    }
    throwIfCancelled(signal);
    if (places.length > stepRecords) await nextTurn();
    throwIfCancelled(signal);
  }
  const rankOf = new Int32Array(numberOf.size);
  [...numberOf]
    .sort(([a], [b]) => compareValues(a, b))
    .forEach(([, number], rank) => {
      rankOf[number] = rank;
    });
  const ranks = numbers.map((number) => (number === -1 ? -1 : (rankOf[number] ?? -1)));
  return { ranks, distinct: numberOf.size };
}

function compareValues(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  return compareNullable(String(a), String(b));
}

/** The words of a record in which a search looks. */
export function recordCells(record: PatchRecord): readonly string[] {
  return [
    record.device ?? '',
    record.patch ?? '',
    record.kb ?? '',
    record.detection.raw ?? '',
    isMoment(record.detection.at) ? record.detection.at.raw : '',
    record.deployment.raw ?? '',
    isMoment(record.deployment.at) ? record.deployment.at.raw : '',
    record.exitCodeRaw ?? '',
    record.reboot ?? '',
    record.source,
  ];
}

function recordPredicate(
  evidence: Evidence,
  lines: BundleLines,
  filter: RecordFilter,
): (record: PatchRecord) => boolean {
  const { devices, patches, systems, members, time, among, values } = filter;
  const hasValues = values === undefined ? null : passesValues(values);
  const deviceSet = devices === undefined ? null : new Set(devices);
  const patchSet = patches === undefined ? null : new Set(patches);
  const within = (at: At): boolean => {
    if (time === undefined || !isMoment(at)) return false;
    const scale = lines.scaleOfMoment(at);
    return scale >= time.from && scale <= time.to;
  };
  return (record) => {
    if (among?.has(record.id) === false) return false;
    if (deviceSet?.has(evidence.deviceKey(record.device)) === false) return false;
    if (patchSet?.has(evidence.patchKey(record.system, record)) === false) return false;
    if (systems?.includes(record.system) === false) return false;
    if (hasValues?.(record) === false) return false;
    if (members?.includes(record.citation.member) === false) return false;
    if (time !== undefined && !within(record.detection.at) && !within(record.deployment.at)) return false;
    return true;
  };
}

function sortValue(lines: BundleLines, record: PatchRecord, column: RecordColumn): number | string | null {
  switch (column) {
    case 'device':
      return record.device;
    case 'patch':
      return record.patch;
    case 'system':
      return record.system;
    case 'detectionStatus':
      return record.detection.status;
    case 'detectedAt':
      return timeValue(lines, record.detection.at);
    case 'deploymentStatus':
      return record.deployment.status;
    case 'deployedAt':
      return timeValue(lines, record.deployment.at);
    case 'exitCode':
      return record.deployment.exitCode;
    case 'attempts':
      return record.deployment.attempts;
    case 'maxAttempts':
      return record.deployment.maxAttempts;
    case 'reboot':
      return record.reboot;
    case 'source':
      return record.source;
  }
}

/** Never stands before every time. */
function timeValue(lines: BundleLines, at: At): number | null {
  if (at === null) return null;
  return at === 'never' ? Number.NEGATIVE_INFINITY : lines.scaleOfMoment(at);
}
