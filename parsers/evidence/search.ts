import { isAscii } from 'node:buffer';
import { ExpectedError, throwIfCancelled } from '../domain/errors.ts';
import type { BundleLines } from './lines.ts';

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
  const source = query.ignoreWidth ? query.expression.normalize('NFKC') : query.expression;
  const pattern = query.regex ? source : source.replace(/[$()*+.?[\\\]^{|}/-]/gu, '\\$&');
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

/** Whether a text of one line or cell matches. */
export function matchesText(expression: RegExp, text: string, ignoreWidth: boolean): boolean {
  expression.lastIndex = 0;
  return expression.test(ignoreWidth ? text.normalize('NFKC') : text);
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

/** Every line of the chosen members that matches; line by line, a match never runs over a line end. */
export async function searchLines(
  lines: BundleLines,
  query: TextQuery,
  choose: MemberChoice,
  signal: AbortSignal | undefined,
): Promise<LineSet> {
  const expression = compileQuery(query);
  const found = new LineSet(lines.idCount);
  for (const member of lines.ranges()) {
    if (!choose(member)) continue;
    let line = 0;
    while (line < member.count) {
      const from = member.index.start(line);
      const last = lastLineWithin(member.index, member.count, line, from + pieceBytes);
      const bytes = lines.store.read(from, member.index.end(last) - from);
      searchPiece(bytes, expression, query.ignoreWidth, (offset) => {
        const hit = lineAt(member.index, line, last, from + offset);
        found.add(member.base + hit);
        return (hit < last ? member.index.start(hit + 1) : member.index.end(last)) - from;
      });
      line = last + 1;
      throwIfCancelled(signal);
      await nextTurn();
      throwIfCancelled(signal);
    }
  }
  return found;
}

/** Lets requests that came meanwhile be served. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Finds matches in a piece of whole lines.
 *
 * @param hit takes the byte offset of a match, returns the byte offset of the next line
 */
function searchPiece(
  bytes: Buffer,
  expression: RegExp,
  ignoreWidth: boolean,
  hit: (offset: number) => number,
): void {
  if (isAscii(bytes)) {
    const text = bytes.toString('latin1');
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
      const at = match.index;
      if (match[0].includes('\n')) {
        expression.lastIndex = checkLine(bytes, text, at, expression, hit);
      } else {
        expression.lastIndex = hit(at);
      }
      if (expression.lastIndex >= text.length) break;
    }
    return;
  }
  // Byte offsets and string positions differ here: go line by line.
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed === -1 ? bytes.length : feed;
    if (matchesText(expression, bytes.toString('utf8', start, end).replace(/\r+$/u, ''), ignoreWidth))
      hit(start);
    start = end + 1;
  }
}

/** A match that runs over a line end counts only if its first line matches by itself. @returns where to go on */
function checkLine(
  bytes: Buffer,
  text: string,
  at: number,
  expression: RegExp,
  hit: (offset: number) => number,
): number {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const feed = bytes.indexOf(0x0a, at);
  const end = feed === -1 ? bytes.length : feed;
  const line = text.slice(start, end).replace(/\r+$/u, '');
  expression.lastIndex = 0;
  if (expression.test(line)) return hit(start);
  return end + 1;
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
