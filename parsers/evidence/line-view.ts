import type { Level } from '../domain/evidence.ts';
import { levels } from '../domain/evidence.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import type { BundleLines } from './lines.ts';
import { searchLines } from './search.ts';
import { nextTurn } from './steps.ts';
import type { TextQuery } from './search.ts';

/** What a view of lines is restricted to; parts that are left out do not restrict. */
export interface LineFilter {
  /** Folded device names. */
  readonly devices?: readonly string[] | undefined;
  readonly members?: readonly string[] | undefined;
  readonly levels?: readonly Level[] | undefined;
  /** On the timeline's scale, both ends included. */
  readonly time?: { readonly from: number; readonly to: number } | undefined;
  readonly text?: TextQuery | undefined;
}

/** Lines per step; between two steps other requests are served. */
const stepLines = 500_000;

/** Lines of the merged timeline that pass a filter, in merged order: any window of it by position at once. */
export class LineView {
  readonly #lines: BundleLines;
  /** Null: the whole timeline. */
  readonly #ids: Uint32Array | null;

  constructor(lines: BundleLines, ids: Uint32Array | null) {
    this.#lines = lines;
    this.#ids = ids;
  }

  get count(): number {
    return this.#ids?.length ?? this.#lines.total;
  }

  idAt(position: number): number {
    return this.#ids === null ? this.#lines.idAt(position) : (this.#ids[position] ?? 0);
  }

  /** First position whose place in time is not before `scale`; lines without one stand at the end. */
  lowerBound(scale: number): number {
    if (this.#ids === null) return this.#lines.lowerBound(scale);
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#lines.orderKey(this.idAt(middle)) < scale) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Position of a line, or null when the view does not hold it. */
  positionOf(id: number): number | null {
    const position = this.firstFrom(id);
    return position < this.count && this.idAt(position) === id ? position : null;
  }

  /** First position that does not stand before a line; lines of one place in time stand in the order of their ids. */
  firstFrom(id: number): number {
    const key = this.#lines.orderKey(id);
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.idAt(middle);
      const otherKey = this.#lines.orderKey(other);
      if (otherKey < key || (otherKey === key && other < id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Builds a view in steps. */
export async function openLineView(
  lines: BundleLines,
  filter: LineFilter,
  signal?: AbortSignal,
): Promise<LineView> {
  const { devices, members, time, text } = filter;
  const levelCodes =
    filter.levels === undefined ? null : new Set(filter.levels.map((level) => levels.indexOf(level)));
  if (
    devices === undefined &&
    members === undefined &&
    levelCodes === null &&
    time === undefined &&
    text === undefined
  ) {
    return new LineView(lines, null);
  }
  const passes = (member: { readonly path: string; readonly deviceKey: string }): boolean =>
    (devices?.includes(member.deviceKey) ?? true) && (members?.includes(member.path) ?? true);
  const found =
    text === undefined
      ? null
      : await searchLines(lines, text, (member) => member.timeline !== 'none' && passes(member), signal);
  const ranges: { readonly from: number; readonly to: number }[] = [];
  for (const member of lines.ranges()) {
    if (passes(member)) ranges.push({ from: member.base, to: member.base + member.count });
  }
  const anyMember = devices === undefined && members === undefined;
  const from = time === undefined ? 0 : lines.lowerBound(time.from);
  const to = time === undefined ? lines.total : Math.min(lines.placed, lines.lowerBound(time.to + 1));
  const ids = new Uint32Array(
    found === null ? Math.max(0, to - from) : Math.min(found.size, Math.max(0, to - from)),
  );
  let count = 0;
  let lastRange = ranges[0];
  for (let at = from; at < to; at += 1) {
    if ((at - from) % stepLines === stepLines - 1) {
      throwIfCancelled(signal);
      await nextTurn();
      throwIfCancelled(signal);
    }
    const id = lines.idAt(at);
    if (found !== null && !found.has(id)) {
      // The order of a single log is that of its ids: what was not found is passed over eight lines at a time.
      if (lines.isInIdOrder) at += found.gapAfter(id);
      continue;
    }
    if (!anyMember && !(lastRange !== undefined && id >= lastRange.from && id < lastRange.to)) {
      const range = rangeOf(ranges, id);
      if (range === undefined) continue;
      lastRange = range;
    }
    if (levelCodes !== null && !levelCodes.has(lines.levelCodeOf(id))) continue;
    if (time !== undefined && !lines.hasOwnTime(id)) continue;
    ids[count] = id;
    count += 1;
  }
  return new LineView(lines, ids.slice(0, count));
}

function rangeOf(
  ranges: readonly { readonly from: number; readonly to: number }[],
  id: number,
): { readonly from: number; readonly to: number } | undefined {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range === undefined) return undefined;
    if (id < range.from) high = middle - 1;
    else if (id >= range.to) low = middle + 1;
    else return range;
  }
  return undefined;
}
