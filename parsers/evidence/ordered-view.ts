import { compareNullable } from '../domain/finding.ts';

/** Rows that pass a filter, in an order; windows of them by position. */
export class OrderedView<T extends { readonly id: string }> {
  readonly #rows: readonly T[];
  readonly #positions: ReadonlyMap<string, number>;

  constructor(rows: readonly T[]) {
    this.#rows = rows;
    this.#positions = new Map(rows.map((row, position) => [row.id, position]));
  }

  get count(): number {
    return this.#rows.length;
  }

  window(from: number, to: number): readonly T[] {
    return this.#rows.slice(from, to);
  }

  positionOf(id: string): number | null {
    return this.#positions.get(id) ?? null;
  }
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
