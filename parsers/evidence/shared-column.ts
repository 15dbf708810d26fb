/** Values that are compared before a further one is kept. */
const comparedValues = 8;

/** A column of values of which neighbours nearly always have one in common: two bytes a slot, up to 65,536 slots. */
export class SharedColumn<T> {
  readonly #values: T[] = [];
  readonly #codes: Uint16Array;

  constructor(slots: number) {
    this.#codes = new Uint16Array(slots);
  }

  /** Sets the value of a slot, once. */
  set(slot: number, value: T): void {
    const values = this.#values;
    let code = values.length - 1;
    const first = Math.max(0, values.length - comparedValues);
    while (code >= first && values[code] !== value) code -= 1;
    if (code < first) code = values.push(value) - 1;
    this.#codes[slot] = code;
  }

  /** The value of a slot that was set. */
  at(slot: number): T {
    return this.#values[this.#codes[slot] as number] as T;
  }
}
