/** The rows of the patch grid: records as they are, or under headings of devices or patches that fold. */
import type { GroupRow, ViewGroup } from '../../preload/contract/shapes.ts';
import type { PatchRecord } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import { severities } from '../domain/finding.ts';
import type { RecordView } from '../evidence/record-view.ts';
import type { Steps } from '../evidence/steps.ts';
import type { RecordRows } from './matches.ts';
import type { Snapshot } from './session.ts';

export type RecordOrGroup =
  { readonly is: 'record'; readonly record: PatchRecord } | { readonly is: 'group'; readonly group: Group };

interface Group {
  readonly key: string;
  readonly name: string;
  readonly records: readonly PatchRecord[];
  readonly isOpen: boolean;
}

/** Where records stand, by their places in the bundle. */
interface PlacesInGroups {
  /** The group as it was found; -1 for none. */
  readonly groupOf: Int32Array;
  /** Which of its records. */
  readonly insideOf: Int32Array;
  /** Where the groups as they were found stand in the grid. */
  readonly indexOf: Int32Array;
}

/** Records looked at in a step. */
const stepRecords = 8192;

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export class GridRecords implements RecordRows {
  readonly #view: RecordView;
  readonly #groups: readonly Group[] | null;
  /** Position of each group's heading. */
  readonly #starts: readonly number[];
  readonly #placed: PlacesInGroups | null;
  readonly count: number;

  private constructor(
    view: RecordView,
    groups: readonly Group[] | null,
    placed: PlacesInGroups | null = null,
  ) {
    this.#view = view;
    this.#groups = groups;
    this.#placed = placed;
    const starts: number[] = [];
    let at = 0;
    groups?.forEach(({ records, isOpen }) => {
      starts.push(at);
      at += 1 + (isOpen ? records.length : 0);
    });
    this.#starts = starts;
    this.count = groups === null ? view.count : at;
  }

  static plain(view: RecordView): GridRecords {
    return new GridRecords(view, null);
  }

  /**
   * Groups stand in the order of their names; in a sorted view, in the order in which their first rows stand.
   * A group that is not known has an empty key.
   */
  static *grouped(
    snapshot: Snapshot,
    view: RecordView,
    { by, folded }: ViewGroup,
    isSorted: boolean,
  ): Steps<GridRecords> {
    const { evidence } = snapshot.analysis;
    const except = new Set(folded.except);
    const groups = new Map<string, { name: string; readonly nth: number; readonly records: PatchRecord[] }>();
    const groupOf = new Int32Array(evidence.records.length).fill(-1);
    const insideOf = new Int32Array(evidence.records.length);
    for (let position = 0; position < view.count; position += 1) {
      if (position % stepRecords === stepRecords - 1) yield;
      const place = view.placeAt(position);
      const record = evidence.records[place];
      if (record === undefined) continue;
      const key =
        by === 'patch' ? evidence.patchKey(record.system, record) : evidence.deviceKey(record.device);
      const name = (by === 'patch' ? (record.patch ?? record.kb) : record.device) ?? '';
      const group = groups.get(key);
      groupOf[place] = group?.nth ?? groups.size;
      insideOf[place] = group?.records.length ?? 0;
      if (group === undefined) groups.set(key, { name, nth: groups.size, records: [record] });
      else {
        group.records.push(record);
        // Of several names of one thing the shortest fits a heading.
        if (group.name === '' || (name !== '' && name.length < group.name.length)) group.name = name;
      }
    }
    const list = [...groups].map(([key, group]) => ({
      key,
      ...group,
      isOpen: folded.all === except.has(key),
    }));
    if (!isSorted) list.sort((a, b) => byName.compare(a.name, b.name));
    yield;
    const indexOf = new Int32Array(list.length);
    list.forEach(({ nth }, index) => {
      indexOf[nth] = index;
    });
    return new GridRecords(view, list, { groupOf, insideOf, indexOf });
  }

  at(position: number): RecordOrGroup | null {
    if (this.#groups === null) {
      const [record] = this.#view.window(position, position + 1);
      return record === undefined ? null : { is: 'record', record };
    }
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    const group = this.#groups[low];
    if (group === undefined || position < 0 || position >= this.count) return null;
    const inside = position - (this.#starts[low] ?? 0) - 1;
    if (inside < 0) return { is: 'group', group };
    const record = group.records[inside];
    return record === undefined ? null : { is: 'record', record };
  }

  recordAt(position: number): PatchRecord | null {
    const row = this.at(position);
    return row?.is === 'record' ? row.record : null;
  }

  window(from: number, to: number): readonly RecordOrGroup[] {
    if (this.#groups === null) return this.#view.window(from, to).map((record) => ({ is: 'record', record }));
    const rows: RecordOrGroup[] = [];
    for (let position = from; position < Math.min(to, this.count); position += 1) {
      const row = this.at(position);
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  /** Where a record stands; in a folded group, where its heading does. */
  positionOf(id: string): number | null {
    if (this.#groups === null || this.#placed === null) return this.#view.positionOf(id);
    const position = this.#view.positionOf(id);
    if (position === null) return null;
    const { groupOf, insideOf, indexOf } = this.#placed;
    const place = this.#view.placeAt(position);
    const index = indexOf[groupOf[place] ?? -1];
    const group = index === undefined ? undefined : this.#groups[index];
    if (index === undefined || group === undefined) return null;
    const start = this.#starts[index] ?? 0;
    return group.isOpen ? start + 1 + (insideOf[place] ?? 0) : start;
  }
}

export function groupRow({ key, name, records, isOpen }: Group, snapshot: Snapshot): GroupRow {
  const contradictions = new Set<Finding>();
  let failed = 0;
  for (const record of records) {
    for (const finding of snapshot.findingsOfRecord.get(record.id) ?? []) {
      if (finding.kind === 'contradiction') contradictions.add(finding);
    }
    if (record.deployment.status === 'failed') failed += 1;
  }
  return {
    group: key,
    name,
    records: records.length,
    failed,
    contradictions: contradictions.size,
    worst: severities.find((one) => [...contradictions].some(({ severity }) => severity === one)) ?? null,
    isOpen,
  };
}
