import type { Level } from '../domain/evidence.ts';
import { levels } from '../domain/evidence.ts';
import type { StampedBatch } from '../text/stamped-lines.ts';
import { statedOffset } from '../text/stamped-lines.ts';

/** Lines of a page of the index. */
const pageLines = 65_536;

const levelMask = 0b0000_0111;
const timedFlag = 0b0000_1000;
/** The line starts a record; without it the line continues the one above. */
const headFlag = 0b0001_0000;
const outOfOrderFlag = 0b0010_0000;

/** A line that starts farther behind the first of its page needs more than four bytes to say so; with some room for those behind it. */
const farthestStart = 0xff00_0000;

/** Readings outside are noise of broken clocks: they are kept, but say nothing of the span of the evidence. */
export const plausible = { from: Date.UTC(1995, 0, 1), to: Date.UTC(2100, 0, 1) } as const;

interface Page {
  /** Store offset of the first line. */
  readonly base: number;
  /** Lines for which there is room. */
  readonly size: number;
  /** Line starts relative to `base`; numbers of eight bytes where lines are so long that four are too few. */
  readonly starts: Uint32Array | Float64Array;
  /** Readings in milliseconds as their clocks show them; NaN without a time. */
  readonly local: Float64Array;
  readonly flags: Uint8Array;
  /** Index into the offsets of the member; 0 means unknown. */
  readonly offsets: Uint8Array;
}

/**
 * The lines of one member: 14 bytes a line in typed arrays, no object per line. Line numbers are
 * 0-based here.
 */
export class LineIndex {
  readonly #pages: Page[] = [];
  #count = 0;
  #end = 0;
  #finished = false;
  #timed = 0;
  #outOfOrder = 0;
  /** Offsets in minutes that lines state; the first stands for "unknown". */
  readonly offsetTable: number[] = [Number.NaN];
  /** First and last plausible readings; NaN without one. */
  earliest = Number.NaN;
  latest = Number.NaN;
  #previousLocal = Number.NaN;
  #previousOffset = Number.NaN;
  /** Lines without a line break of their own, ascending: parts of a line that was too long. */
  readonly #splits: number[] = [];

  get count(): number {
    return this.#count;
  }
  /** Whether the member has been read to its end. */
  get finished(): boolean {
    return this.#finished;
  }
  get timed(): number {
    return this.#timed;
  }
  get outOfOrder(): number {
    return this.#outOfOrder;
  }

  /**
   * @param start store offset of the line
   * @param local reading in milliseconds, NaN without one
   * @param offset minutes east of UTC, NaN when not stated
   */
  add(start: number, head: boolean, local: number, offset: number, level: Level): void {
    const page = this.#pageFor(start);
    const slot = this.#count % pageLines;
    let flags = levelCodes[level];
    if (head) flags |= headFlag;
    if (!Number.isNaN(local)) {
      flags |= timedFlag;
      this.#timed += 1;
      if (isEarlier(local, offset, this.#previousLocal, this.#previousOffset)) {
        flags |= outOfOrderFlag;
        this.#outOfOrder += 1;
      }
      this.#noteExtent(local);
      this.#previousLocal = local;
      this.#previousOffset = offset;
    }
    page.starts[slot] = start - page.base;
    page.local[slot] = local;
    page.flags[slot] = flags;
    page.offsets[slot] = Number.isNaN(offset) ? 0 : this.#offsetIndex(offset);
    this.#count += 1;
  }

  /**
   * Adds lines that all have heads with a time.
   *
   * @param lines what stands at their heads, by place in the batch
   * @param from place of the first of them in the batch, `to` of the one behind the last
   * @param start store offset of the first
   * @param ends places of line feeds in a text, by line; that of the first of them at `line`
   * @param base store offset of that text
   */
  addStamped(
    lines: StampedBatch,
    from: number,
    to: number,
    start: number,
    ends: Uint32Array,
    line: number,
    base: number,
  ): void {
    let at = from;
    let lineStart = start;
    while (at < to) {
      const page = this.#pageFor(lineStart);
      const slot = this.#count % pageLines;
      const stop = Math.min(to, at + page.size - slot);
      const shift = slot - at;
      let { earliest, latest } = this;
      let outOfOrder = 0;
      let previousLocal = this.#previousLocal;
      let previousOffset = this.#previousOffset;
      let codeOffset = Number.NaN;
      let code = -1;
      let offset = Number.NaN;
      for (let nth = at; nth < stop; nth += 1) {
        const local = lines.local[nth] as number;
        const stated = lines.offsets[nth] as number;
        if (stated !== codeOffset) {
          codeOffset = stated;
          offset = statedOffset(stated);
          code = Number.isNaN(offset) ? 0 : this.#offsetIndex(offset);
        }
        let flags = (lines.levels[nth] as number) | headFlag | timedFlag;
        if (isEarlier(local, offset, previousLocal, previousOffset)) {
          flags |= outOfOrderFlag;
          outOfOrder += 1;
        }
        if (local >= plausible.from && local <= plausible.to) {
          if (!(local >= earliest)) earliest = local;
          if (!(local <= latest)) latest = local;
        }
        previousLocal = local;
        previousOffset = offset;
        const place = nth + shift;
        page.starts[place] = lineStart - page.base;
        page.local[place] = local;
        page.flags[place] = flags;
        page.offsets[place] = code;
        lineStart = base + (ends[line + nth - from] as number) + 1;
      }
      this.#timed += stop - at;
      this.#outOfOrder += outOfOrder;
      this.earliest = earliest;
      this.latest = latest;
      this.#previousLocal = previousLocal;
      this.#previousOffset = previousOffset;
      this.#count += stop - at;
      at = stop;
    }
  }

  /** The line that was added last has no line break: the next one is the same line's next part. */
  markSplit(): void {
    this.#splits.push(this.#count - 1);
  }

  /** The first of those lines at or behind `line`; infinity without one. */
  nextSplit(line: number): number {
    let low = 0;
    let high = this.#splits.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#splits[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return this.#splits[low] ?? Number.POSITIVE_INFINITY;
  }

  /** Ends the last line. @param end store offset behind the member's text */
  finish(end: number): void {
    this.#end = end;
    this.#finished = true;
    const last = this.#pages[this.#pages.length - 1];
    const used = this.#count % pageLines;
    // A short first page is copied by those who keep it, see `letGo`.
    if (last !== undefined && used !== 0 && used < last.size && last.size > firstLines)
      this.#pages[this.#pages.length - 1] = closed(last, used);
  }

  /** Its lines were copied: the next member may use what they stood in, and nothing more may be asked of them here. */
  letGo(): void {
    const [first] = this.#pages.splice(0);
    if (first?.size === firstLines && first.starts instanceof Uint32Array) spare = first;
    this.#count = 0;
  }

  /** Gives an untimed or timed line a time, e.g. when a document's rows are put on the timeline. */
  setTime(line: number, local: number, offset: number, level: Level): void {
    const page = this.#page(line);
    const slot = line % pageLines;
    if (((page.flags[slot] ?? 0) & timedFlag) === 0 && !Number.isNaN(local)) this.#timed += 1;
    this.#noteExtent(local);
    page.local[slot] = local;
    page.offsets[slot] = Number.isNaN(offset) ? 0 : this.#offsetIndex(offset);
    page.flags[slot] = levelCodes[level] | headFlag | (Number.isNaN(local) ? 0 : timedFlag);
  }

  /** Store offset of the line. */
  start(line: number): number {
    const page = this.#page(line);
    return page.base + (page.starts[line % pageLines] ?? 0);
  }

  /** Store offset behind the line, its line break included. */
  end(line: number): number {
    return line + 1 < this.#count ? this.start(line + 1) : this.#end;
  }

  local(line: number): number {
    const page = this.#page(line);
    return page.local[line % pageLines] ?? Number.NaN;
  }

  /** Minutes east of UTC as stated on the line, or NaN. */
  offset(line: number): number {
    const page = this.#page(line);
    return this.offsetTable[page.offsets[line % pageLines] ?? 0] ?? Number.NaN;
  }

  level(line: number): Level {
    return levels[this.levelCode(line)] ?? 'none';
  }

  levelCode(line: number): number {
    return this.#flags(line) & levelMask;
  }

  isTimed(line: number): boolean {
    return (this.#flags(line) & timedFlag) !== 0;
  }

  isHead(line: number): boolean {
    return (this.#flags(line) & headFlag) !== 0;
  }

  isOutOfOrder(line: number): boolean {
    return (this.#flags(line) & outOfOrderFlag) !== 0;
  }

  /** The line that starts the record of `line`. */
  recordOf(line: number): number {
    let at = line;
    while (at > 0 && !this.isHead(at)) at -= 1;
    return at;
  }

  /** Puts every reading through `change`: for logs whose year is known only at their end. */
  mapLocal(change: (local: number, line: number) => number): void {
    this.earliest = Number.NaN;
    this.latest = Number.NaN;
    for (let line = 0; line < this.#count; line += 1) {
      const page = this.#page(line);
      const slot = line % pageLines;
      const local = page.local[slot] ?? Number.NaN;
      if (!Number.isNaN(local)) {
        const changed = change(local, line);
        page.local[slot] = changed;
        this.#noteExtent(changed);
      }
    }
  }

  /** Bytes of memory the index takes. */
  get memory(): number {
    return this.#pages.reduce((sum, page) => sum + page.size * (10 + page.starts.BYTES_PER_ELEMENT), 0);
  }

  #noteExtent(local: number): void {
    if (local < plausible.from || local > plausible.to) return;
    if (!(local >= this.earliest)) this.earliest = local;
    if (!(local <= this.latest)) this.latest = local;
  }

  /** The page that the next line goes to, with room for it. */
  #pageFor(start: number): Page {
    const slot = this.#count % pageLines;
    let page = this.#pages[this.#pages.length - 1];
    if (slot === 0 || page === undefined) {
      page = this.#pages.length === 0 ? firstPage(start) : newPage(start, pageLines);
      this.#pages.push(page);
    } else if (slot >= page.size) {
      page = grow(page);
      this.#pages[this.#pages.length - 1] = page;
    }
    if (start - page.base > farthestStart && page.starts instanceof Uint32Array) {
      page = widened(page);
      this.#pages[this.#pages.length - 1] = page;
    }
    return page;
  }

  #flags(line: number): number {
    const page = this.#page(line);
    return page.flags[line % pageLines] ?? 0;
  }

  #page(line: number): Page {
    const page = this.#pages[Math.floor(line / pageLines)];
    if (page === undefined || line < 0 || line >= this.#count) {
      throw new RangeError(`line ${line} of ${this.#count}`);
    }
    return page;
  }

  #offsetIndex(offset: number): number {
    const known = this.offsetTable.indexOf(offset, 1);
    if (known !== -1) return known;
    // More than 254 offsets in one file are noise; what is beyond is unknown.
    if (this.offsetTable.length > 255) return 0;
    this.offsetTable.push(offset);
    return this.offsetTable.length - 1;
  }
}

/** Whether a timed line is earlier than the timed line above it; unknown where only one of them has an offset. */
function isEarlier(local: number, offset: number, previousLocal: number, previousOffset: number): boolean {
  if (Number.isNaN(offset) !== Number.isNaN(previousOffset)) return false;
  const shift = Number.isNaN(offset) ? 0 : (offset - previousOffset) * 60_000;
  return local - shift < previousLocal;
}

const levelCodes: Readonly<Record<Level, number>> = {
  none: 0,
  trace: 1,
  debug: 2,
  info: 3,
  warning: 4,
  error: 5,
  fatal: 6,
};

function newPage(base: number, size: number): Page {
  return {
    base,
    size,
    starts: new Uint32Array(size),
    local: new Float64Array(size),
    flags: new Uint8Array(size),
    offsets: new Uint8Array(size),
  };
}

/** The first page of a member starts small: bundles of a hundred thousand tiny members are normal. */
const firstLines = 256;
/** A first page that was given back, for the next member. */
let spare: Page | null = null;

function firstPage(base: number): Page {
  if (spare === null) return newPage(base, firstLines);
  const page = { ...spare, base };
  spare = null;
  return page;
}

/** A page without the room that it did not need. */
function closed(page: Page, used: number): Page {
  return {
    base: page.base,
    size: used,
    starts: page.starts.slice(0, used),
    local: page.local.slice(0, used),
    flags: page.flags.slice(0, used),
    offsets: page.offsets.slice(0, used),
  };
}

function widened(page: Page): Page {
  return { ...page, starts: Float64Array.from(page.starts) };
}

function grow(page: Page): Page {
  const size = Math.min(pageLines, page.size * 4);
  const starts = page.starts instanceof Uint32Array ? new Uint32Array(size) : new Float64Array(size);
  const larger = { ...newPage(page.base, size), starts };
  larger.starts.set(page.starts);
  larger.local.set(page.local);
  larger.flags.set(page.flags);
  larger.offsets.set(page.offsets);
  return larger;
}
