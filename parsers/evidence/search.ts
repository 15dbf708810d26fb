import { isAscii } from 'node:buffer';
import { ExpectedError, throwIfCancelled } from '../domain/errors.ts';
import { ExpressionThread, findLines, matchesText, startOf } from './expression-thread.ts';
import { linesWithText, longestSearched, searchBytes, searchedText } from '../text/line-scanner.ts';
import type { BundleLines } from './lines.ts';
import { nextTurn } from './steps.ts';
import { hasByte, indexOfByte, lastIndexOfByte } from '../text/find-byte.ts';

/** What is looked for in lines and cells. */
export interface TextQuery {
  readonly expression: string;
  readonly regex: boolean;
  readonly ignoreCase: boolean;
  /** Full-width forms match their half-width forms (NFKC). */
  readonly ignoreWidth: boolean;
}

/** Text is read and searched in pieces of this size; between two of them others are served. */
const pieceBytes = 4 * 1024 * 1024;

/**
 * Compiles a query.
 *
 * @throws ExpectedError `bad-expression` with the engine's reason
 */
export function compileQuery(query: TextQuery): RegExp {
  const { expression, regex, ignoreWidth } = query;
  const pattern = regex
    ? ignoreWidth
      ? foldedExpression(expression)
      : expression
    : (ignoreWidth ? expression.normalize('NFKC') : expression).replace(/[$()*+.?[\\\]^{|}/]/gu, '\\$&');
  const flags = query.ignoreCase ? 'gimu' : 'gmu';
  try {
    return new RegExp(pattern, flags);
  } catch (cause) {
    // Without the u flag some escapes that people write are allowed (`\-`, `\_`).
    try {
      return new RegExp(pattern, flags.replace('u', ''));
    } catch {
      const reason =
        cause instanceof Error ? cause.message.replace(/^Invalid regular expression: .*: /su, '') : '';
      throw new ExpectedError('bad-expression', query.expression, { reason }, cause);
    }
  }
}

/**
 * An expression whose full-width and half-width forms match texts that were folded themselves. What a form becomes is a
 * character to be found, never syntax: `（` is no group, and `…` not three of anything.
 */
function foldedExpression(expression: string): string {
  // Escapes of ASCII stay what they are; an escape of another character means that character.
  return expression.replace(/\\[\0-\x7F]|\\?(?<beyond>[^\0-\x7F]+)/gsu, (all, beyond: string | undefined) =>
    beyond === undefined
      ? all
      : beyond
          .normalize('NFKC')
          .replace(
            /[^\w\s\x80-\u{10FFFF}]/gu,
            (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
          ),
  );
}

/** A set of line ids. */
export class LineSet {
  readonly #bits: Uint8Array;
  size = 0;

  constructor(ids: number) {
    this.#bits = new Uint8Array((ids + 7) >>> 3);
  }

  add(id: number): void {
    const byte = id >>> 3;
    const bit = 1 << (id & 7);
    const before = this.#bits[byte] ?? 0;
    if ((before & bit) !== 0) return;
    this.#bits[byte] = before | bit;
    this.size += 1;
  }

  /** How many ids behind one are known not to be in the set; at the end of a byte of it, else 0. */
  gapAfter(id: number): number {
    if ((id & 7) !== 7) return 0;
    let byte = (id >>> 3) + 1;
    const first = byte;
    while (this.#bits[byte] === 0) byte += 1;
    return (byte - first) * 8;
  }

  has(id: number): boolean {
    return ((this.#bits[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0;
  }
}

/** Which members are searched. */
export type MemberChoice = (member: {
  readonly path: string;
  readonly deviceKey: string;
  readonly timeline: 'all' | 'dated' | 'none';
}) => boolean;

/**
 * Every line of the chosen members that matches; line by line, a match never runs over a line end.
 *
 * @throws ExpectedError `bad-expression`; `expression-too-slow` when a piece takes longer than anyone waits; CancelledError
 */
export async function searchLines(
  lines: BundleLines,
  query: TextQuery,
  choose: MemberChoice,
  signal: AbortSignal | undefined,
): Promise<LineSet> {
  const found = new LineSet(lines.idCount);
  const search = pieceSearch(query, signal);
  try {
    for await (const { parts, starts } of searchPieces(lines, choose, search)) {
      let nth = 0;
      for (const start of starts) {
        while ((parts[nth + 1]?.at ?? Number.POSITIVE_INFINITY) <= start) nth += 1;
        const part = parts[nth];
        if (part === undefined) break;
        const { member, first, last, from, at } = part;
        found.add(member.base + lineAt(member.index, first, last, from + start - at));
      }
      throwIfCancelled(signal);
      await nextTurn();
      throwIfCancelled(signal);
    }
  } finally {
    search.close();
  }
  return found;
}

/** Rows per batch; between two batches others are served. */
const batchRows = 2000;

/** Those of the rows of which a cell matches. Throws as {@link searchLines} does. */
export async function matchingRows<T>(
  rows: readonly T[],
  query: TextQuery,
  cellsOf: (row: T) => readonly string[],
  signal?: AbortSignal,
): Promise<T[]> {
  const expression = compileQuery(query);
  const { ignoreWidth } = query;
  const thread = query.regex ? new ExpressionThread(expression, ignoreWidth, query.expression, signal) : null;
  const chosen: T[] = [];
  try {
    for (let at = 0; at < rows.length; at += batchRows) {
      const batch = rows.slice(at, at + batchRows);
      if (thread === null) {
        chosen.push(
          ...batch.filter((row) => cellsOf(row).some((cell) => matchesText(expression, cell, ignoreWidth))),
        );
        throwIfCancelled(signal);
        if (rows.length > batchRows) await nextTurn();
        throwIfCancelled(signal);
      } else {
        const matches = await thread.rows(batch.map(cellsOf));
        chosen.push(...batch.filter((_, nth) => matches[nth] === 1));
      }
    }
  } finally {
    thread?.close();
  }
  return chosen;
}

type SearchedMember = ReturnType<BundleLines['ranges']> extends Generator<infer Member> ? Member : never;

/** Whole lines of one member. */
interface SearchedPart {
  readonly member: SearchedMember;
  readonly first: number;
  readonly last: number;
  /** Its place in the store. */
  readonly from: number;
  /** Its place in its piece. */
  readonly at: number;
}

/** Whole lines, of as many members as there is room for, and where in them the matching lines start. */
interface SearchedPiece {
  readonly parts: readonly SearchedPart[];
  /** Ascending. */
  readonly starts: Iterable<number>;
}

/** Members of a piece at most. */
const mostParts = 4096;

/** How pieces are searched: here, or on a thread, which searches one while the next is read. */
interface PieceSearch {
  /** Bytes of a piece, as far as lines allow. */
  readonly pieceBytes: number;
  /** @param copy puts the piece's bytes where the search wants them */
  find(length: number, copy: (out: Buffer) => void): Promise<Iterable<number>>;
  close(): void;
}

async function* searchPieces(
  lines: BundleLines,
  choose: MemberChoice,
  search: PieceSearch,
): AsyncGenerator<SearchedPiece, void, undefined> {
  let underWay: Promise<SearchedPiece> | null = null;
  let parts: SearchedPart[] = [];
  let bytes = 0;
  const send = (): Promise<SearchedPiece> => {
    const [sent, length] = [parts, bytes];
    parts = [];
    bytes = 0;
    const piece = search
      .find(length, (out) => {
        for (const [nth, { member, last, from, at }] of sent.entries()) {
          const own = member.index.end(last) - from;
          lines.store.readInto(out.subarray(at, at + own), from);
          if (at + own < (sent[nth + 1]?.at ?? length)) out[at + own] = 0x0a;
        }
      })
      .then((starts): SearchedPiece => ({ parts: sent, starts }));
    // Awaited by the caller, after the piece before it; until then a failure must not count as unhandled.
    piece.catch(() => undefined);
    return piece;
  };
  for (const member of lines.ranges()) {
    if (!choose(member)) continue;
    let line = 0;
    while (line < member.count) {
      const first = line;
      const from = member.index.start(first);
      const split = member.index.nextSplit(first);
      const last = Math.min(
        lastLineWithin(member.index, member.count, first, from + search.pieceBytes),
        split,
      );
      const end = member.index.end(last);
      // A member's last line, and a part of one that was split, may lack its line feed: it gets one, so that what comes
      // behind it is a line of its own.
      const mayLack = last === split || last === member.count - 1;
      const length = end - from + (mayLack && lines.store.read(end - 1, 1)[0] !== 0x0a ? 1 : 0);
      if (parts.length > 0 && (bytes + length > search.pieceBytes || parts.length >= mostParts)) {
        const piece = send();
        if (underWay !== null) yield await underWay;
        underWay = piece;
      }
      parts.push({ member, first, last, from, at: bytes });
      bytes += length;
      line = last + 1;
    }
  }
  if (parts.length > 0) {
    const piece = send();
    if (underWay !== null) yield await underWay;
    underWay = piece;
  }
  if (underWay !== null) yield await underWay;
}

function pieceSearch(query: TextQuery, signal: AbortSignal | undefined): PieceSearch {
  const expression = compileQuery(query);
  const { ignoreWidth } = query;
  if (query.regex) {
    const thread = new ThreadSearch(expression, query, signal);
    const start = Buffer.from(ignoreWidth ? '' : startOf(expression), 'utf8');
    return start.length === 0 || start.length > longestSearched ? thread : new StartSearch(start, thread);
  }
  const isPlain = !query.ignoreCase && !ignoreWidth && query.expression !== '';
  const literal = isPlain ? Buffer.from(query.expression, 'utf8') : null;
  const isShort = literal !== null && literal.length <= longestSearched && !hasByte(literal, 0x0a);
  const buffer = new ReusedBuffer((bytes) => Buffer.allocUnsafeSlow(bytes));
  return {
    pieceBytes: isShort ? searchBytes : pieceBytes,
    find: (length, copy) => {
      if (isShort && length <= searchBytes) {
        copy(searchedText().subarray(0, length));
        return Promise.resolve(linesWithText(length, literal));
      }
      const bytes = buffer.of(length);
      copy(bytes);
      return Promise.resolve(
        literal === null ? findLines(bytes, expression, ignoreWidth, isAscii) : linesWith(bytes, literal),
      );
    },
    close: () => undefined,
  };
}

/** Searches on a thread, one of two pieces in turn while the other is read. */
class ThreadSearch implements PieceSearch {
  readonly pieceBytes = pieceBytes;
  readonly #thread: ExpressionThread;
  readonly #buffers = [sharedBuffer(), sharedBuffer()] as const;
  #turn = 0;
  #before: Promise<unknown> = Promise.resolve();

  constructor(
    expression: RegExp,
    { ignoreWidth, expression: shown }: TextQuery,
    signal: AbortSignal | undefined,
  ) {
    this.#thread = new ExpressionThread(expression, ignoreWidth, shown, signal);
  }

  find(length: number, copy: (out: Buffer) => void): Promise<Iterable<number>> {
    this.#turn = 1 - this.#turn;
    const bytes = this.#buffers[this.#turn === 0 ? 0 : 1].of(length);
    copy(bytes);
    const answer = this.#before.then(() => this.#thread.lines(bytes));
    this.#before = answer;
    return answer;
  }

  close(): void {
    this.#before.catch(() => undefined);
    this.#thread.close();
  }
}

/** Looks for what every match starts with; only the lines that have it are searched on the thread. */
class StartSearch implements PieceSearch {
  readonly pieceBytes = searchBytes;
  readonly #start: Buffer;
  readonly #thread: ThreadSearch;

  constructor(start: Buffer, thread: ThreadSearch) {
    this.#start = start;
    this.#thread = thread;
  }

  find(length: number, copy: (out: Buffer) => void): Promise<Iterable<number>> {
    if (length > searchBytes) return this.#thread.find(length, copy);
    const text = searchedText().subarray(0, length);
    copy(text);
    const starts = linesWithText(length, this.#start);
    if (starts.length === 0) return Promise.resolve([]);
    // Where the lines go, by where they are: one behind the other, each with its line feed.
    const places = new Map<number, number>();
    const parts: Buffer[] = [];
    let bytes = 0;
    for (const start of starts) {
      const feed = indexOfByte(text, 0x0a, start);
      const line = text.subarray(start, feed === -1 ? length : feed + 1);
      places.set(bytes, start);
      parts.push(line);
      bytes += line.length;
    }
    return this.#thread
      .find(bytes, (out) => {
        let at = 0;
        for (const line of parts) at += line.copy(out, at);
      })
      .then((found) => Array.from(found, (at) => places.get(at) ?? 0));
  }

  close(): void {
    this.#thread.close();
  }
}

/** Memory that is used for one piece after the other; grows to the longest. */
class ReusedBuffer {
  readonly #make: (bytes: number) => Buffer;
  #buffer: Buffer | null = null;

  constructor(make: (bytes: number) => Buffer) {
    this.#make = make;
  }

  of(length: number): Buffer {
    if (this.#buffer === null || this.#buffer.length < length) {
      this.#buffer = this.#make(Math.max(length, pieceBytes));
    }
    return this.#buffer.subarray(0, length);
  }
}

function sharedBuffer(): ReusedBuffer {
  return new ReusedBuffer((bytes) => Buffer.from(new SharedArrayBuffer(bytes)));
}

/** Starts of the lines that hold a text as it is. */
function linesWith(bytes: Buffer, literal: Buffer): number[] {
  const starts: number[] = [];
  // A text of several lines is on none of them.
  if (hasByte(literal, 0x0a)) return starts;
  for (let at = bytes.indexOf(literal); at !== -1;) {
    starts.push(at === 0 ? 0 : lastIndexOfByte(bytes, 0x0a, at - 1) + 1);
    const feed = indexOfByte(bytes, 0x0a, at);
    at = feed === -1 ? -1 : bytes.indexOf(literal, feed + 1);
  }
  return starts;
}

interface Starts {
  start(line: number): number;
  end(line: number): number;
}

/** The last line that ends at or before `limit`, at least `first`. */
function lastLineWithin(index: Starts, count: number, first: number, limit: number): number {
  let low = first;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (index.end(middle) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

function lineAt(index: Starts, first: number, last: number, offset: number): number {
  let low = first;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (index.start(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
