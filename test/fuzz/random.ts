/** Numbers from 0 up to a bound (excluded), the same for the same start (mulberry32). */
export type Below = (bound: number) => number;

export function numbersFrom(start: number): Below {
  let state = start | 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/** One of them; there has to be one. */
export function oneOf<T>(items: readonly T[], below: Below): T {
  return items[below(items.length)] as T;
}
