import type { Level } from '../domain/evidence.ts';
import { levels } from '../domain/evidence.ts';
import { plausible } from './line-index.ts';
import type { LineIndex } from './line-index.ts';

/** What may be asked of the lines of a member, whether it is read to its end or not. */
export type LineTable = Pick<
  LineIndex,
  | 'count'
  | 'finished'
  | 'timed'
  | 'outOfOrder'
  | 'earliest'
  | 'latest'
  | 'memory'
  | 'nextSplit'
  | 'start'
  | 'end'
  | 'local'
  | 'offset'
  | 'level'
  | 'levelCode'
  | 'isTimed'
  | 'isHead'
  | 'isOutOfOrder'
  | 'recordOf'
> & { readonly offsetTable: readonly number[] };

const levelMask = 0b0000_0111;
const headFlag = 0b0001_0000;
const outOfOrderFlag = 0b0010_0000;

/** Members of up to so many lines share their arrays with others. */
const mostLines = 256;
/** Lines of such arrays. */
const sharedLines = 16_384;

/** The lines of many members, one behind the other. */
interface SharedLines {
  /** Relative to the store offset of the member's first line. */
  readonly starts: Uint32Array;
  readonly local: Float64Array;
  readonly flags: Uint8Array;
  /** Index into the offsets of the member. */
  readonly offsets: Uint8Array;
}

/** The arrays that the next member goes into, and how many of their lines are taken. */
let shared: SharedLines | null = null;
let sharedUsed = 0;

/** Offsets that a member's lines state; most members of a bundle state the same. */
const knownOffsets: (readonly number[])[] = [];
const mostKnownOffsets = 32;

/**
 * The lines of a member that was read to its end, in less memory where they are few: a bundle can have a hundred
 * thousand such members. Where the answer is another than the index, that one has been let go of.
 */
export function shortLines(index: LineIndex): LineTable {
  const { count } = index;
  if (!index.finished || count > mostLines || Number.isFinite(index.nextSplit(0))) return index;
  if (shared === null || sharedUsed + count > sharedLines) {
    shared = {
      starts: new Uint32Array(sharedLines),
      local: new Float64Array(sharedLines),
      flags: new Uint8Array(sharedLines),
      offsets: new Uint8Array(sharedLines),
    };
    sharedUsed = 0;
  }
  const from = sharedUsed;
  sharedUsed += count;
  const lines = new ShortLines(index, shared, from);
  index.letGo();
  return lines;
}

class ShortLines implements LineTable {
  readonly count: number;
  readonly timed: number;
  readonly outOfOrder: number;
  readonly offsetTable: readonly number[];
  readonly #lines: SharedLines;
  /** Place of the first line in the arrays. */
  readonly #from: number;
  /** Store offset of the first line. */
  readonly #base: number;
  /** Store offset behind the last line. */
  readonly #end: number;

  constructor(index: LineIndex, lines: SharedLines, from: number) {
    const { count } = index;
    this.count = count;
    this.timed = index.timed;
    this.outOfOrder = index.outOfOrder;
    this.offsetTable = keptOffsets(index.offsetTable);
    this.#lines = lines;
    this.#from = from;
    this.#base = count === 0 ? 0 : index.start(0);
    this.#end = count === 0 ? 0 : index.end(count - 1);
    for (let line = 0; line < count; line += 1) {
      const at = from + line;
      const offset = index.offset(line);
      lines.starts[at] = index.start(line) - this.#base;
      lines.local[at] = index.isTimed(line) ? index.local(line) : Number.NaN;
      lines.offsets[at] = Number.isNaN(offset) ? 0 : this.offsetTable.indexOf(offset);
      lines.flags[at] =
        index.levelCode(line) |
        (index.isHead(line) ? headFlag : 0) |
        (index.isOutOfOrder(line) ? outOfOrderFlag : 0);
    }
  }

  get finished(): true {
    return true;
  }

  get memory(): number {
    return this.count * 14;
  }

  get earliest(): number {
    return this.#plausible((reading, known) => reading < known);
  }

  get latest(): number {
    return this.#plausible((reading, known) => reading > known);
  }

  nextSplit(): number {
    return Number.POSITIVE_INFINITY;
  }

  start(line: number): number {
    return this.#base + (this.#lines.starts[this.#at(line)] ?? 0);
  }

  end(line: number): number {
    return line + 1 < this.count ? this.start(line + 1) : this.#end;
  }

  local(line: number): number {
    return this.#lines.local[this.#at(line)] ?? Number.NaN;
  }

  offset(line: number): number {
    return this.offsetTable[this.#lines.offsets[this.#at(line)] ?? 0] ?? Number.NaN;
  }

  level(line: number): Level {
    return levels[this.levelCode(line)] ?? 'none';
  }

  levelCode(line: number): number {
    return this.#flags(line) & levelMask;
  }

  isTimed(line: number): boolean {
    return !Number.isNaN(this.local(line));
  }

  isHead(line: number): boolean {
    return (this.#flags(line) & headFlag) !== 0;
  }

  isOutOfOrder(line: number): boolean {
    return (this.#flags(line) & outOfOrderFlag) !== 0;
  }

  recordOf(line: number): number {
    let at = line;
    while (at > 0 && !this.isHead(at)) at -= 1;
    return at;
  }

  #flags(line: number): number {
    return this.#lines.flags[this.#at(line)] ?? 0;
  }

  #at(line: number): number {
    if (line < 0 || line >= this.count) throw new RangeError(`line ${line} of ${this.count}`);
    return this.#from + line;
  }

  /** Of the readings that are no noise the one that comes first by `isBetter`; NaN without one. */
  #plausible(isBetter: (reading: number, known: number) => boolean): number {
    let best = Number.NaN;
    for (let line = 0; line < this.count; line += 1) {
      const reading = this.local(line);
      if (!(reading >= plausible.from && reading <= plausible.to)) continue;
      if (Number.isNaN(best) || isBetter(reading, best)) best = reading;
    }
    return best;
  }
}

function keptOffsets(offsets: readonly number[]): readonly number[] {
  const known = knownOffsets.find(
    (kept) => kept.length === offsets.length && kept.every((offset, at) => Object.is(offset, offsets[at])),
  );
  if (known !== undefined) return known;
  const kept = offsets.slice();
  if (knownOffsets.length < mostKnownOffsets) knownOffsets.push(kept);
  return kept;
}
