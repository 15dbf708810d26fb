import type { Level } from '../domain/evidence.ts';
import type { Clock, Moment } from '../domain/moment.ts';
import type { LogReader, LogRecord } from '../formats/define-format.ts';
import { findLevel } from '../text/level.ts';
import type { HeadFields, LineHead } from '../text/line-head.ts';
import type { ScannedLines } from '../text/line-scanner.ts';
import { Landmarks, loadText, scanBytes, scanLines } from '../text/line-scanner.ts';
import { assumedYear } from '../text/stamp.ts';
import type { StampedBatch } from '../text/stamped-lines.ts';
import { batchLines, levelOfCode, StampedLines, statedOffset } from '../text/stamped-lines.ts';
import type { LineIndex } from './line-index.ts';
import type { TextStore } from './text-store.ts';
import { indexOfByte } from '../text/find-byte.ts';

const LF = 0x0a;
const CR = 0x0d;
/** Of a line that runs over the end of a chunk so much is kept: a stamp and a level fit. */
const headBytes = 1024;
/** A record longer than this is cut before it is decoded for a reader. */
const longestRecord = 1024 * 1024;

/** Where the text goes that is read: the store, or what only counts for a text that is there already. */
export interface LineStore extends Pick<TextStore, 'append' | 'read'> {
  length: number;
}

export interface LineReaderOptions {
  readonly store: Readonly<LineStore>;
  readonly index: LineIndex;
  readonly heads: readonly LineHead[];
  readonly clock: Clock;
  /** Whose clock it is; '' until devices are known. */
  readonly clockOf: string;
  /** Where records go; null when nothing is read from them. */
  readonly reader: LogReader | null;
  readonly landmarks: readonly string[] | null;
  /** Landmarks while the reader is quiet; null: always the same. */
  readonly quietLandmarks: readonly string[] | null;
  /** Lines of no log (JSON) have no level. Default: a line's level is looked for. */
  readonly hasLevels?: boolean;
  /** Lines that start like a record and do not parse are reported (logs of a known format). */
  readonly strict: boolean;
  /** A line that starts with a bracket continues the record above; absent: not in a log of a known format. */
  readonly bracketContinues?: boolean;
  /** Longest line in bytes; a longer one is split. */
  readonly lineBytes: number;
  /** The member's modification time as a reading, for stamps without a year; null when unknown. */
  readonly modified: number | null;
  readonly warn: (line: number, code: string, text: string) => void;
}

/**
 * Reads UTF-8 text as it comes: finds the lines, reads the head of each from bytes, writes the index,
 * and hands those records to the format's reader that its landmarks ask for.
 */
export class LineReader {
  readonly #options: LineReaderOptions;
  readonly #landmarks: Landmarks | null;
  /** The marks that count at present: those of all landmarks or of the quiet ones. */
  #countedMarks: number;
  readonly #fields: HeadFields = {
    local: Number.NaN,
    offset: Number.NaN,
    precision: 'second',
    level: 'none',
    body: 0,
  };
  readonly #yearless: boolean;
  /** The heads that are read many lines at once; null without any. */
  readonly #stamped: StampedLines | null;
  /** First bytes of a line that is not finished. */
  #open: Buffer = Buffer.alloc(0);
  /** Store offset of the first line that is not finished, or of the next line. */
  #lineStart: number;
  /** Bytes of the unfinished line in the store. */
  #openBytes = 0;
  #recordLine = -1;
  #recordStart = -1;
  #recordWanted = false;
  /** Store offset of the stamped line whose time the record has; -1 where it has a stamp of its own. */
  #recordStamp = -1;
  /** The last stamped line, for those that have the stamp above them. */
  readonly #stamp = { start: -1, local: Number.NaN, offset: Number.NaN };
  #recordLevel: Level = 'none';
  readonly #headsUsed = new Set<string>();
  #headUsed: LineHead | null = null;
  readonly #headsByFirst: HeadsByFirst;

  constructor(options: LineReaderOptions) {
    this.#options = options;
    this.#lineStart = options.store.length;
    const { reader, landmarks, quietLandmarks } = options;
    this.#landmarks =
      reader === null || landmarks === null ? null : landmarksOf(landmarks, quietLandmarks, options.heads);
    this.#countedMarks = this.#presentMarks();
    this.#stamped = StampedLines.of(options.heads);
    this.#headsByFirst = headsByFirst(options.heads);
    this.#yearless = options.heads.some((head) => head.yearless);
  }

  /** Names of the heads that read at least one line, as shown to the analyst; null when none did. */
  get timeRule(): string | null {
    return this.#headsUsed.size === 0 ? null : [...this.#headsUsed].join(', ');
  }

  /** @param bytes UTF-8; copied, so they need to be good for this call only */
  push(bytes: Uint8Array): void {
    const { store, lineBytes } = this.#options;
    // A line that is too long has to run over the end of a piece: there it is split.
    const step = Math.min(scanBytes, lineBytes);
    for (let from = 0; from < bytes.length; from += step) {
      // From here on it is near: what comes from another thread is fetched only once.
      const piece = loadText(bytes.subarray(from, from + step));
      const base = store.length;
      store.append(piece);
      this.#scan(piece, base);
    }
  }

  /** @param base store offset of the bytes, which are loaded */
  #scan(bytes: Buffer, base: number): void {
    const first = this.#openBytes === 0 ? 0 : this.#endOpenLine(bytes);
    if (first === bytes.length) return;
    const scanned = scanLines(first === 0 ? bytes : bytes.subarray(first), this.#landmarks);
    const { text, count, ends } = scanned;
    const textBase = base + first;
    for (let line = 0; line < count; line += batchLines) {
      const to = Math.min(count, line + batchLines);
      if (this.#stamped === null) this.#lines(scanned, line, to, textBase, false);
      else this.#stampedLines(scanned, line, to, textBase, this.#stamped);
    }
    const at = count === 0 ? 0 : (ends[count - 1] as number) + 1;
    const rest = bytes.length - first - at;
    if (rest > 0) {
      this.#open = Buffer.from(text.subarray(at, at + Math.min(rest, headBytes)));
      this.#openBytes = rest;
      this.#splitLongLine();
    }
  }

  /**
   * Takes lines that were found by a scan.
   *
   * @param base store offset of the text
   * @param hasNoHead no head reads any of them
   */
  #lines(
    { text, ends, marks }: ScannedLines,
    from: number,
    to: number,
    base: number,
    hasNoHead: boolean,
  ): void {
    let at = from === 0 ? 0 : (ends[from - 1] as number) + 1;
    for (let line = from; line < to; line += 1) {
      const end = ends[line] as number;
      const mark = this.#landmarks === null ? 0 : (marks[line] as number);
      const counted = this.#countedMarks;
      this.#line(text, at, end, (mark & counted) !== 0, hasNoHead);
      this.#judgeAnew(mark, counted);
      at = end + 1;
      this.#lineStart = base + at;
    }
  }

  /** The record that ended above may have changed what matters: the one that starts here is judged anew. */
  #judgeAnew(mark: number, counted: number): void {
    if (this.#countedMarks !== counted) this.#recordWanted = (mark & this.#countedMarks) !== 0;
  }

  /** The same for lines of which many have stamps that are read at once. */
  #stampedLines(scanned: ScannedLines, from: number, to: number, base: number, stamped: StampedLines): void {
    const { ends, marks } = scanned;
    const { index } = this.#options;
    const batch = stamped.read(scanned, from, to, this.#landmarks === null ? 0 : levelMark);
    for (let line = from; line < to;) {
      const nth = line - from;
      const number = batch.heads[nth] as number;
      if (number === 0) {
        this.#lines(scanned, line, line + 1, base, stamped.isWhole);
        line += 1;
        continue;
      }
      this.#noteHead(stamped.heads[number - 1] as LineHead);
      const next = this.#endOfUnread(scanned, batch, line, from, to);
      const lineStart = this.#lineStart;
      if (next === line) {
        const mark = this.#landmarks === null ? 0 : (marks[line] as number);
        const counted = this.#countedMarks;
        this.#startRecord((mark & counted) !== 0, levelOfCode(batch.levels[nth] as number));
        index.addStamped(batch, nth, nth + 1, lineStart, ends, line, base);
        this.#noteStamp(batch, nth, lineStart);
        this.#judgeAnew(mark, counted);
        line += 1;
      } else {
        index.addStamped(batch, nth, next - from, lineStart, ends, line, base);
        const last = next - 1;
        const start = last === line ? lineStart : base + (ends[last - 1] as number) + 1;
        this.#openRecord(index.count - 1, start, false, levelOfCode(batch.levels[last - from] as number));
        this.#noteStamp(batch, last - from, start);
        line = next;
      }
      this.#lineStart = base + (ends[line - 1] as number) + 1;
    }
  }

  /**
   * The first line from `line` on that is more than an entry of the index: lines with stamps of the same head that
   * nobody wants to read, below a record that nobody wants to read, are no more.
   */
  #endOfUnread(
    { marks }: ScannedLines,
    { heads }: StampedBatch,
    line: number,
    from: number,
    to: number,
  ): number {
    const { reader } = this.#options;
    const number = heads[line - from] as number;
    if (reader !== null && (this.#landmarks === null || (this.#recordLine !== -1 && this.#recordWanted)))
      return line;
    const counted = this.#landmarks === null ? 0 : this.#countedMarks;
    let next = line;
    while (next < to && heads[next - from] === number && ((marks[next] as number) & counted) === 0) next += 1;
    return next;
  }

  #noteStamp({ local, offsets }: StampedBatch, nth: number, start: number): void {
    this.#stamp.start = start;
    this.#stamp.local = local[nth] as number;
    this.#stamp.offset = statedOffset(offsets[nth] as number);
  }

  /** Takes what belongs to the line that was not finished. @returns how many bytes that are */
  #endOpenLine(bytes: Uint8Array): number {
    const feed = indexOfByte(bytes, LF);
    const taken = feed === -1 ? bytes.length : feed + 1;
    if (this.#open.length < headBytes) {
      this.#open = Buffer.concat([this.#open, bytes.subarray(0, Math.min(taken, headBytes))]);
    }
    this.#openBytes += taken;
    this.#splitLongLine();
    if (feed === -1) return taken;
    // A landmark may lie across the border of two pieces: look at the whole line.
    const mark = this.#storedMarks();
    const counted = this.#countedMarks;
    this.#line(this.#open, 0, Math.min(this.#open.length, this.#openBytes - 1), (mark & counted) !== 0);
    this.#judgeAnew(mark, counted);
    this.#lineStart += this.#openBytes;
    this.#open = emptyBuffer;
    this.#openBytes = 0;
    return taken;
  }

  /** Ends the last line and the last record. A last line without a line break counts. */
  end(): void {
    const { index, store, reader, modified } = this.#options;
    if (this.#openBytes > 0) {
      this.#line(this.#open, 0, this.#open.length, (this.#storedMarks() & this.#countedMarks) !== 0);
      this.#lineStart += this.#openBytes;
      this.#openBytes = 0;
    }
    this.#finishRecord(store.length);
    index.finish(store.length);
    reader?.end?.();
    if (this.#yearless && index.timed > 0) giveYears(index, modified);
  }

  /** @param hasNoHead it is known that no head reads it */
  #line(bytes: Uint8Array, start: number, lineEnd: number, wanted: boolean, hasNoHead = false): void {
    const { index, heads, reader, strict, hasLevels, bracketContinues = false } = this.#options;
    let end = lineEnd;
    while (end > start && bytes[end - 1] === CR) end -= 1;
    const fields = this.#fields;
    const fitting = hasNoHead ? noHeads : end > start ? this.#headsFor(bytes[start] as number) : heads;
    for (let nth = 0; nth < fitting.length; nth += 1) {
      const head = fitting[nth] as LineHead;
      if (!head.read(bytes, start, end, fields)) continue;
      this.#noteHead(head);
      this.#startRecord(wanted, fields.level);
      if (head.inherits === true) {
        this.#recordStamp = this.#stamp.start;
        index.add(this.#lineStart, true, this.#stamp.local, this.#stamp.offset, fields.level);
        return;
      }
      if (!Number.isNaN(fields.local)) {
        this.#stamp.start = this.#lineStart;
        this.#stamp.local = fields.local;
        this.#stamp.offset = fields.offset;
      }
      index.add(this.#lineStart, true, fields.local, fields.offset, fields.level);
      return;
    }
    if (heads.length === 0) {
      this.#startRecord(wanted, 'none');
      const level = hasLevels === false ? 'none' : findLevel(bytes, start, end);
      index.add(this.#lineStart, true, Number.NaN, Number.NaN, level);
      return;
    }
    if (startsLikeRecord(bytes, start, end, strict && !bracketContinues)) {
      this.#startRecord(wanted, 'none');
      const level = findLevel(bytes, start, end);
      index.add(this.#lineStart, true, Number.NaN, Number.NaN, level);
      if (strict)
        this.#options.warn(
          index.count,
          'unparsed-head',
          Buffer.from(bytes.subarray(start, Math.min(end, start + 200))).toString('utf8'),
        );
      return;
    }
    if (this.#recordLine === -1) {
      // Nothing above to continue: lines before the first stamp stand on their own.
      index.add(this.#lineStart, true, Number.NaN, Number.NaN, findLevel(bytes, start, end));
      return;
    }
    index.add(this.#lineStart, false, Number.NaN, Number.NaN, this.#recordLevel);
    if (wanted && reader !== null) this.#recordWanted = true;
  }

  #noteHead(head: LineHead): void {
    if (head === this.#headUsed) return;
    this.#headUsed = head;
    if (this.#headsUsed.size < 8) this.#headsUsed.add(head.name);
  }

  /** The heads with which a line may start that starts with this byte. */
  #headsFor(first: number): readonly LineHead[] {
    const known = this.#headsByFirst[first];
    if (known !== undefined) return known;
    const fitting = this.#options.heads.filter(
      (head) => head.firsts === undefined || head.firsts[first] === 1,
    );
    this.#headsByFirst[first] = fitting;
    return fitting;
  }

  #startRecord(wanted: boolean, level: Level): void {
    this.#finishRecord(this.#lineStart);
    this.#openRecord(this.#options.index.count, this.#lineStart, wanted, level);
  }

  #openRecord(line: number, start: number, wanted: boolean, level: Level): void {
    this.#recordLine = line;
    this.#recordStart = start;
    this.#recordWanted = wanted;
    this.#recordStamp = -1;
    this.#recordLevel = level;
  }

  #finishRecord(end: number): void {
    const { reader, store, landmarks } = this.#options;
    if (reader === null || this.#recordLine === -1) return;
    if (landmarks !== null && !this.#recordWanted) return;
    const bytes = store.read(this.#recordStart, Math.min(end - this.#recordStart, longestRecord));
    reader.record(this.#record(bytes));
    this.#countedMarks = this.#presentMarks();
  }

  #record(bytes: Buffer): LogRecord {
    const stamp = this.#recordStamp;
    return new StoredRecord(bytes, this.#recordLine + 1, this.#recordLevel, (head) => {
      const { heads, clock, clockOf, store } = this.#options;
      const stamped = stamp === -1 ? head : store.read(stamp, Math.min(headBytes, store.length - stamp));
      const read = readMoment(heads, stamped, clock, clockOf);
      if (read === null) return null;
      return { at: this.#withYear(read.at), body: stamp === -1 ? read.body : bodyAt(heads, head) };
    });
  }

  /** A reading without a year, put into the last year in which it is not after the member's own date. */
  #withYear(moment: Moment): Moment {
    if (!this.#yearless || new Date(moment.local).getUTCFullYear() !== assumedYear) return moment;
    const { modified } = this.#options;
    const year = modified === null ? 1970 : new Date(modified).getUTCFullYear();
    const local = inYear(moment.local, year);
    return {
      ...moment,
      local: modified !== null && local > modified + 86_400_000 ? inYear(moment.local, year - 1) : local,
    };
  }

  #presentMarks(): number {
    const { quietLandmarks, reader } = this.#options;
    return quietLandmarks !== null && reader?.isQuiet?.() === true ? quietMark : allMark;
  }

  /** Marks of the unfinished line. */
  #storedMarks(): number {
    if (this.#landmarks === null) return 0;
    return this.#landmarks.in(
      this.#options.store.read(this.#lineStart, Math.min(this.#openBytes, longestRecord)),
    );
  }

  /** Puts the finished part of an overlong line into the index as a line of its own. */
  #splitLongLine(): void {
    const { lineBytes, warn, index, store } = this.#options;
    while (this.#openBytes > lineBytes) {
      warn(index.count + 1, 'split-line', this.#open.toString('utf8', 0, 200));
      this.#line(this.#open, 0, this.#open.length, false);
      index.markSplit();
      const bytes = lineBytes - cutCharacterBytes(store.read(this.#lineStart + lineBytes - 3, 4));
      this.#lineStart += bytes;
      this.#openBytes -= bytes;
      this.#open = Buffer.from(store.read(this.#lineStart, Math.min(headBytes, this.#openBytes)));
    }
  }
}

const emptyBuffer = Buffer.alloc(0);
const noHeads: readonly LineHead[] = [];

/** @param around three bytes before a cut in UTF-8 and the one behind it. @returns how far the cut goes back to be between characters */
function cutCharacterBytes(around: Uint8Array): number {
  for (let back = 0; back < 4; back += 1) {
    if (((around[3 - back] ?? 0) & 0b1100_0000) !== 0b1000_0000) return back;
  }
  return 0;
}

/** Marks of {@link Landmarks}: of all of a format's, and of those that matter while its reader is quiet. */
const allMark = 0b01;
const quietMark = 0b10;
/** The line may have a level that its head finds by a function. */
const levelMark = 0b100;

/** By a format's lists, which live as long as the format: a hundred thousand members may share them. */
const knownLandmarks = new WeakMap<
  readonly string[],
  {
    readonly quiet: readonly string[] | null;
    readonly heads: readonly LineHead[];
    readonly landmarks: Landmarks;
  }
>();

/** The heads that may read a line, by its first byte; undefined where nobody asked yet. */
type HeadsByFirst = (readonly LineHead[] | undefined)[];

/** One for all members of a format: a list of this length for each of a hundred thousand would be most of what they take. */
const knownHeadsByFirst = new WeakMap<readonly LineHead[], HeadsByFirst>();

function headsByFirst(heads: readonly LineHead[]): HeadsByFirst {
  let known = knownHeadsByFirst.get(heads);
  if (known === undefined) {
    known = new Array<undefined>(256).fill(undefined);
    knownHeadsByFirst.set(heads, known);
  }
  return known;
}

function landmarksOf(
  all: readonly string[],
  quiet: readonly string[] | null,
  heads: readonly LineHead[],
): Landmarks {
  const known = knownLandmarks.get(all);
  if (known?.quiet === quiet && known.heads === heads) return known.landmarks;
  const ofLevels = heads.flatMap(({ form }) => form?.levelMarks ?? []);
  const landmarks = new Landmarks([all, quiet ?? [], ofLevels]);
  knownLandmarks.set(all, { quiet, heads, landmarks });
  return landmarks;
}

/** A record whose parts are made when they are asked for: most readers look at the text and turn away. */
class StoredRecord implements LogRecord {
  readonly line: number;
  readonly level: Level;
  readonly #bytes: Buffer;
  readonly #headEnd: number;
  readonly #readHead: (head: Buffer) => { readonly at: Moment; readonly body: number } | null;
  #head: { readonly at: Moment; readonly body: number } | null | undefined;
  #text: string | undefined;

  constructor(
    bytes: Buffer,
    line: number,
    level: Level,
    readHead: (head: Buffer) => { readonly at: Moment; readonly body: number } | null,
  ) {
    this.#bytes = bytes;
    this.line = line;
    this.level = level;
    this.#readHead = readHead;
    const feed = indexOfByte(bytes, LF);
    let end = feed === -1 ? bytes.length : feed;
    while (end > 0 && bytes[end - 1] === CR) end -= 1;
    this.#headEnd = end;
  }

  get text(): string {
    this.#text ??= this.#bytes.toString('utf8', 0, this.#headEnd);
    return this.#text;
  }

  get body(): string {
    const start = this.#stamp()?.body ?? 0;
    const { text } = this;
    // Of plain ASCII the text is as long as its bytes, and cutting it costs no copy.
    return text.length === this.#headEnd
      ? text.slice(start)
      : this.#bytes.toString('utf8', start, this.#headEnd);
  }

  get at(): Moment | null {
    return this.#stamp()?.at ?? null;
  }

  get continuation(): readonly string[] {
    const feed = indexOfByte(this.#bytes, LF);
    if (feed === -1 || feed + 1 >= this.#bytes.length) return [];
    const lines = this.#bytes.toString('utf8', feed + 1).split('\n');
    if (lines[lines.length - 1] === '') lines.pop();
    return lines.map((line) => line.replace(/\r+$/u, ''));
  }

  #stamp(): { readonly at: Moment; readonly body: number } | null {
    if (this.#head === undefined) this.#head = this.#readHead(this.#bytes.subarray(0, this.#headEnd));
    return this.#head;
  }
}

/** Where the text behind the head of a line starts. */
function bodyAt(heads: readonly LineHead[], bytes: Uint8Array): number {
  const fields: HeadFields = {
    local: Number.NaN,
    offset: Number.NaN,
    precision: 'second',
    level: 'none',
    body: 0,
  };
  return heads.some((head) => head.read(bytes, 0, bytes.length, fields)) ? fields.body : 0;
}

/** The moment at the head of a line, with the raw stamp; null without one. */
export function readMoment(
  heads: readonly LineHead[],
  bytes: Uint8Array,
  clock: Clock,
  clockOf: string,
): { readonly at: Moment; readonly body: number; readonly level: Level } | null {
  const fields: HeadFields = {
    local: Number.NaN,
    offset: Number.NaN,
    precision: 'second',
    level: 'none',
    body: 0,
  };
  for (const head of heads) {
    if (!head.read(bytes, 0, bytes.length, fields) || Number.isNaN(fields.local)) continue;
    const raw = Buffer.from(bytes.subarray(0, fields.body)).toString('utf8').trim();
    const offset = Number.isNaN(fields.offset) ? null : fields.offset;
    return {
      at: {
        raw,
        local: fields.local,
        offset,
        offsetSource: offset === null ? 'unknown' : 'stated',
        precision: fields.precision,
        clock,
        clockOf,
      },
      body: fields.body,
      level: fields.level,
    };
  }
  return null;
}

/** A date or, in a log whose records start so, a bracket. */
function startsLikeRecord(bytes: Uint8Array, start: number, end: number, strict: boolean): boolean {
  let at = start;
  if (bytes[at] === 0x5b) {
    if (strict) return end - start > 2;
    at += 1;
  }
  if (end - at < 8) return false;
  for (let digits = 0; digits < 4; digits += 1) if (!isDigit(bytes[at + digits])) return false;
  const separator = bytes[at + 4];
  if (separator === 0x2d || separator === 0x2f || separator === 0x2e) return isDigit(bytes[at + 5]);
  for (let digits = 4; digits < 8; digits += 1) if (!isDigit(bytes[at + digits])) return false;
  return end - at === 8 || bytes[at + 8] === 0x20 || bytes[at + 8] === 0x54;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/**
 * Stamps without a year: the file ends in the year of its modification; wherever the month falls
 * back by half a year a new year began.
 */
function giveYears(index: LineIndex, modified: number | null): void {
  let passed = 0;
  forYearless(index, (local, startsYear) => {
    if (startsYear) passed += 1;
    return local;
  });
  let year = (modified === null ? 1970 : new Date(modified).getUTCFullYear()) - passed;
  forYearless(index, (dayStart, startsYear) => {
    if (startsYear) year += 1;
    return inYear(dayStart, year);
  });
}

/**
 * Moves the readings without a year. Lines of one day are moved alike, so `dayOf` is asked once for each stretch of them.
 *
 * @param dayOf where a day starts that the readings say started at `dayStart`, and whether a new year began with it
 */
function forYearless(index: LineIndex, dayOf: (dayStart: number, startsYear: boolean) => number): void {
  let knownDay = Number.NaN;
  let movedBy = 0;
  let previousMonth = -1;
  index.mapLocal((local) => {
    if (local < firstYearless || local >= firstDated) return local;
    const dayStart = local - (local % dayLength);
    if (dayStart !== knownDay) {
      const month = new Date(dayStart).getUTCMonth();
      movedBy = dayOf(dayStart, previousMonth !== -1 && previousMonth - month >= 6) - dayStart;
      previousMonth = month;
      knownDay = dayStart;
    }
    return local + movedBy;
  });
}

function inYear(local: number, year: number): number {
  const date = new Date(local);
  return Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) + (local % dayLength);
}

const dayLength = 86_400_000;
const firstYearless = Date.UTC(assumedYear, 0);
const firstDated = Date.UTC(assumedYear + 1, 0);
