import { compareNullable } from '../domain/finding.ts';

/** Rows that pass a filter, in an order; windows of them by position. */
export class OrderedView<T extends { readonly id: string }> {
  readonly #rows: readonly T[];
  #positions: ReadonlyMap<string, number> | null = null;

  constructor(rows: readonly T[]) {
    this.#rows = rows;
  }

  get count(): number {
    return this.#rows.length;
  }

  window(from: number, to: number): readonly T[] {
    return this.#rows.slice(from, to);
  }

  positionOf(id: string): number | null {
    this.#positions ??= new Map(this.#rows.map((row, position) => [row.id, position]));
    return this.#positions.get(id) ?? null;
  }
}

/**
 * Places in the order of some columns: the first column that tells two rows apart decides, rows that none
 * tells apart stay in their order, and what is absent stands last in either direction. Values are counted
 * and not compared row by row, so the time is that of reading them.
 *
 * @param ranks of each row by its place, from 0, and -1 for what is absent; one for each column
 */
export function orderByRanks(
  places: Uint32Array<ArrayBuffer>,
  columns: readonly { readonly ranks: Int32Array; readonly distinct: number; readonly descending: boolean }[],
): Uint32Array<ArrayBuffer> {
  let from = places;
  let to = new Uint32Array(places.length);
  for (const { ranks, distinct, descending } of [...columns].reverse()) {
    const slotOf = (rank: number): number => (rank < 0 ? distinct : descending ? distinct - 1 - rank : rank);
    const starts = new Uint32Array(distinct + 2);
    for (const place of from) {
      const slot = slotOf(ranks[place] ?? -1) + 1;
      starts[slot] = (starts[slot] ?? 0) + 1;
    }
    for (let slot = 1; slot < starts.length; slot += 1)
      starts[slot] = (starts[slot] ?? 0) + (starts[slot - 1] ?? 0);
    for (const place of from) {
      const slot = slotOf(ranks[place] ?? -1);
      const at = starts[slot] ?? 0;
      starts[slot] = at + 1;
      to[at] = place;
    }
    [from, to] = [to, from === places ? new Uint32Array(places.length) : from];
  }
  return from;
}

/** A comparison by columns, the first that tells two rows apart deciding. What is absent stands last in either direction. */
export function comparisonBy<T, C extends string>(
  sort: readonly { readonly column: C; readonly descending: boolean }[],
  valueOf: (row: T, column: C) => number | string | null,
): (a: T, b: T) => number {
  return (a, b) => {
    for (const { column, descending } of sort) {
      const [x, y] = [valueOf(a, column), valueOf(b, column)];
      if (x === null || y === null) {
        if (x !== y) return x === null ? 1 : -1;
        continue;
      }
      const order =
        typeof x === 'number' && typeof y === 'number' ? x - y : compareNullable(String(x), String(y));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}
