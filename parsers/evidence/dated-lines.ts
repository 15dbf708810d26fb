import { precisionSpan } from '../domain/moment.ts';
import type { Moment, Precision } from '../domain/moment.ts';
import type { TextStore } from './text-store.ts';

/** How a line's time is shown: as its format read it. */
export type ShownTime = Pick<Moment, 'raw' | 'precision'>;

const precisions = Object.keys(precisionSpan) as readonly Precision[];
const firstLines = 1024;
/** Bytes of a raw time that are kept. */
const longestRaw = 255;

/**
 * The lines of a large text that a format dated: 14 bytes each and the raw text in the store, where the index has all
 * else of their times.
 */
export class DatedLines {
  readonly #store: TextStore;
  #count = 0;
  /** 0-based, ascending. */
  #lines = new Uint32Array(firstLines);
  #places = new Float64Array(firstLines);
  #lengths = new Uint8Array(firstLines);
  #precisions = new Uint8Array(firstLines);

  constructor(store: TextStore) {
    this.#store = store;
  }

  get size(): number {
    return this.#count;
  }

  /**
   * @param line 0-based. Of a line that was dated before the last statement counts
   * @returns false for one above the line that was dated last: its time is not kept
   */
  add(line: number, at: ShownTime | null): boolean {
    const last = this.#count === 0 ? -1 : (this.#lines[this.#count - 1] ?? 0);
    if (line < last) return false;
    if (line > last) this.#count += 1;
    if (this.#count > this.#lines.length) this.#grow();
    const slot = this.#count - 1;
    this.#lines[slot] = line;
    this.#lengths[slot] = 0;
    if (at !== null) this.#keep(slot, at);
    return true;
  }

  #keep(slot: number, at: ShownTime): void {
    const raw = Buffer.from(at.raw, 'utf8');
    if (raw.length > longestRaw) return;
    this.#places[slot] = this.#store.length;
    this.#lengths[slot] = raw.length;
    this.#precisions[slot] = precisions.indexOf(at.precision);
    this.#store.append(raw);
  }

  /** Null for a line without a time. */
  shown(line: number): ShownTime | null {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#lines[middle] ?? 0;
      if (found === line) return this.#at(middle);
      if (found < line) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  #at(slot: number): ShownTime | null {
    const length = this.#lengths[slot] ?? 0;
    if (length === 0) return null;
    const raw = this.#store.read(this.#places[slot] ?? 0, length).toString('utf8');
    return { raw, precision: precisions[this.#precisions[slot] ?? 0] ?? 'second' };
  }

  #grow(): void {
    const size = this.#lines.length * 2;
    this.#lines = widened(new Uint32Array(size), this.#lines);
    this.#places = widened(new Float64Array(size), this.#places);
    this.#lengths = widened(new Uint8Array(size), this.#lengths);
    this.#precisions = widened(new Uint8Array(size), this.#precisions);
  }
}

function widened<T extends Uint32Array | Float64Array | Uint8Array>(wider: T, given: T): T {
  wider.set(given);
  return wider;
}
