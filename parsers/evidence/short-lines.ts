import type { Level } from '../domain/evidence.ts';
import { levels } from '../domain/evidence.ts';
import { plausible } from './line-index.ts';
import type { LineIndex } from './line-index.ts';
import { SharedColumn } from './shared-column.ts';

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
  const lines = copied(index, shared, from);
  index.letGo();
  return lines;
}

function copied(index: LineIndex, lines: SharedLines, from: number): ShortLines {
  const { count } = index;
  const offsetTable = keptOffsets(index.offsetTable);
  const base = count === 0 ? 0 : index.start(0);
  const end = count === 0 ? 0 : index.end(count - 1);
  for (let line = 0; line < count; line += 1) {
    const at = from + line;
    const offset = index.offset(line);
    lines.starts[at] = index.start(line) - base;
    lines.local[at] = index.isTimed(line) ? index.local(line) : Number.NaN;
    lines.offsets[at] = Number.isNaN(offset) ? 0 : offsetTable.indexOf(offset);
    lines.flags[at] =
      index.levelCode(line) |
      (index.isHead(line) ? headFlag : 0) |
      (index.isOutOfOrder(line) ? outOfOrderFlag : 0);
  }
  return new ShortLines(count, index.timed, index.outOfOrder, offsetTable, { lines, from, base, end });
}

/** Where the lines of a member are. */
interface Whereabouts {
  readonly lines: SharedLines;
  /** Place of the first line in the arrays. */
  readonly from: number;
  /** Store offset of the first line. */
  readonly base: number;
  /** Store offset behind the last line. */
  readonly end: number;
}

export class ShortLines implements LineTable {
  readonly count: number;
  readonly timed: number;
  readonly outOfOrder: number;
  readonly offsetTable: readonly number[];
  readonly #lines: SharedLines;
  readonly #from: number;
  readonly #base: number;
  readonly #end: number;

  constructor(
    count: number,
    timed: number,
    outOfOrder: number,
    offsetTable: readonly number[],
    { lines, from, base, end }: Whereabouts,
  ) {
    this.count = count;
    this.timed = timed;
    this.outOfOrder = outOfOrder;
    this.offsetTable = offsetTable;
    this.#lines = lines;
    this.#from = from;
    this.#base = base;
    this.#end = end;
  }

  get whereabouts(): Whereabouts {
    return { lines: this.#lines, from: this.#from, base: this.#base, end: this.#end };
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

/** The short lines of many members without an object for each: by slot, made again when they are asked for. */
export class ShortLinesColumns {
  /** One more than there are; 0 for a slot without any lines. */
  readonly #counts: Uint16Array;
  readonly #timed: Uint16Array;
  readonly #outOfOrder: Uint16Array;
  readonly #offsetTables: SharedColumn<readonly number[]>;
  readonly #lines: SharedColumn<SharedLines>;
  readonly #from: Uint32Array;
  readonly #bases: Float64Array;
  readonly #ends: Float64Array;

  constructor(slots: number) {
    this.#counts = new Uint16Array(slots);
    this.#timed = new Uint16Array(slots);
    this.#outOfOrder = new Uint16Array(slots);
    this.#offsetTables = new SharedColumn(slots);
    this.#lines = new SharedColumn(slots);
    this.#from = new Uint32Array(slots);
    this.#bases = new Float64Array(slots);
    this.#ends = new Float64Array(slots);
  }

  set(slot: number, lines: ShortLines): void {
    const { from, base, end, lines: shared } = lines.whereabouts;
    this.#counts[slot] = lines.count + 1;
    this.#timed[slot] = lines.timed;
    this.#outOfOrder[slot] = lines.outOfOrder;
    this.#offsetTables.set(slot, lines.offsetTable);
    this.#lines.set(slot, shared);
    this.#from[slot] = from;
    this.#bases[slot] = base;
    this.#ends[slot] = end;
  }

  at(slot: number): ShortLines | null {
    const count = this.#counts[slot] as number;
    if (count === 0) return null;
    return new ShortLines(
      count - 1,
      this.#timed[slot] as number,
      this.#outOfOrder[slot] as number,
      this.#offsetTables.at(slot),
      {
        lines: this.#lines.at(slot),
        from: this.#from[slot] as number,
        base: this.#bases[slot] as number,
        end: this.#ends[slot] as number,
      },
    );
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
