import type { PatchRecord, SystemId } from '../domain/evidence.ts';
import { isMoment } from '../domain/moment.ts';
import type { At } from '../domain/moment.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import type { Evidence } from './evidence.ts';
import type { BundleLines } from './lines.ts';
import { OrderedView, comparisonBy } from './ordered-view.ts';
import { compileQuery, matchingRows, nextTurn } from './search.ts';
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

/** Patch records that pass a filter, in an order. */
export type RecordView = OrderedView<PatchRecord>;

const stepRecords = 50_000;

export async function openRecordView(
  evidence: Evidence,
  lines: BundleLines,
  filter: RecordFilter,
  sort: readonly { readonly column: RecordColumn; readonly descending: boolean }[],
  signal?: AbortSignal,
): Promise<RecordView> {
  const passes = recordPredicate(evidence, lines, filter);
  let chosen: PatchRecord[] = [];
  // An expression that is none is told at once.
  if (filter.text !== undefined) compileQuery(filter.text);
  for (let at = 0; at < evidence.records.length; at += stepRecords) {
    for (const record of evidence.records.slice(at, at + stepRecords))
      if (passes(record)) chosen.push(record);
    throwIfCancelled(signal);
    if (evidence.records.length > stepRecords) await nextTurn();
    throwIfCancelled(signal);
  }
  if (filter.text !== undefined) chosen = await matchingRows(chosen, filter.text, recordCells, signal);
  if (sort.length > 0) {
    const compare = comparisonBy(sort, (record: PatchRecord, column: RecordColumn) =>
      sortValue(lines, record, column),
    );
    // Array sort is stable: equal rows stay in bundle order.
    chosen.sort(compare);
  }
  return new OrderedView(chosen);
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
  const { devices, patches, systems, members, time, among } = filter;
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
