/** Lines of a block; short walks need no table. */
const blockLines = 256;

/**
 * Finds, of any line of a member, the nearest one at or above it that has a property: a record can go on for millions of
 * lines, and each of them may ask for its head.
 */
export class NearestAbove {
  readonly #count: number;
  readonly #has: (line: number) => boolean;
  /** By block, the nearest one above its first line, -1 without one; made when first needed, 4 bytes for 256 lines. */
  #above: Int32Array | null = null;
  #first: number | null = null;

  /** @param has must answer the same for as long as this is asked */
  constructor(count: number, has: (line: number) => boolean) {
    this.#count = count;
    this.#has = has;
  }

  /** -1 without one. */
  of(line: number): number {
    const start = line - (line % blockLines);
    for (let at = line; at >= start; at -= 1) if (this.#has(at)) return at;
    if (start === 0) return -1;
    this.#above ??= this.#findAbove();
    return this.#above[start / blockLines] ?? -1;
  }

  /** The first of all of them; the member's count without one. */
  get first(): number {
    if (this.#first === null) {
      let at = 0;
      while (at < this.#count && !this.#has(at)) at += 1;
      this.#first = at;
    }
    return this.#first;
  }

  #findAbove(): Int32Array {
    const above = new Int32Array(Math.ceil(this.#count / blockLines));
    let last = -1;
    for (let line = 0; line < this.#count; line += 1) {
      if (line % blockLines === 0) above[line / blockLines] = last;
      if (this.#has(line)) last = line;
    }
    return above;
  }
}
