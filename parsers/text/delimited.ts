import { anyCells, CellCounter, longestCell, TooManyCells } from './cell-limits.ts';
import type { CellLimits } from './cell-limits.ts';
import { detached } from './detached.ts';
import { pieceBytes, TextPiece } from './stored-text.ts';
import type { StoredText } from './stored-text.ts';
import { checkWidth, findHeader, headerSearchRows, quoteCells, sameCells } from './table.ts';
import type { GridRow, QuoteOf, RowExtent, Table, TableRow, WarnAt } from './table.ts';

/** What separates the cells of a row. */
export type Delimiter = ',' | ';' | '\t';

const delimiters: readonly Delimiter[] = ['\t', ',', ';'];

/** Rows looked at to find the delimiter. */
const sampleRows = 60;
const sampleCharacters = 256 * 1024;

/**
 * Characters that may be read in vain in search of the end of a quoted cell, over the whole text.
 * Beyond it a quoted cell ends with its line: without this, a text of lone quotes costs quadratic time.
 */
const mostLookahead = 64 * 1024 * 1024;

/**
 * Characters from the start of a row to the end of a cell that runs over its lines; no row of a table is as long. Where
 * none ends so near, the quote is a lone one.
 */
const longestQuotedRow = 4 * 1024 * 1024;

/** Bytes of a stored text that are looked at together in search of the end of a row. */
const mostPieceBytes = 4 * longestQuotedRow;

const ignore: WarnAt = () => undefined;

/**
 * Reads comma, semicolon or tab separated text (RFC 4180, with quoted cells over several lines) into
 * its table: lines of a title above the header are skipped, blank rows and repeated headers dropped.
 *
 * The rows keep places, not texts: a million rows cost some 60 MB beside the text itself, and cells
 * are cut out when a row is looked at. (csv-parse needs 8 s and 1.2 GB for a million rows of twelve
 * cells when it has to tell their lines; this takes 0.4 s. It serves as the reference in the tests.)
 *
 * Damage stays where it is: a quote that is never closed, or closed by a quote of another row, makes
 * its own line a row of its own, with the warning `broken-quote`; `short-row` and `long-row` tell of
 * rows whose cells do not fit the header.
 *
 * @param text decoded, without a byte order mark.
 * @param limits of cells; of these rows, whose cells are not kept, only that of a row applies
 * @returns null when no delimiter makes two columns of it.
 * @throws TooManyCells `row-too-wide`
 */
export function readDelimited(
  text: string,
  warn: WarnAt = ignore,
  limits: CellLimits = anyCells,
): Table | null {
  const form = findForm(text);
  if (form === null) return null;
  const { delimiter, start, line } = form;
  const scanner = new RowScanner(text, delimiter, start, line, limits);

  const first: ScannedRow[] = [];
  while (first.length < headerSearchRows) {
    const row = scanner.next(null, ignore);
    if (row === null) break;
    if (!row.blank) first.push(row);
  }
  const grid: GridRow[] = first.map((row) => ({ line: row.line, cells: cutRow(text, delimiter, row) }));
  const head = headOf(grid);
  const headerPlace = head === null ? undefined : first[head.last];
  if (head === null || headerPlace === undefined) return null;

  scanner.moveTo(headerPlace.next, headerPlace.nextLine);
  return new DelimitedTable(
    head,
    placesOf(text, scanner, head.headers, delimiter, warn),
    quotesOf[delimiter],
  );
}

/** A table whose header the caller has read himself, and where its rows begin. */
export interface GivenHeader {
  readonly delimiter: Delimiter;
  readonly headers: readonly string[];
  /** Lines above the first row. */
  readonly linesAbove: number;
}

/**
 * The rows below a header that is known.
 *
 * @throws TooManyCells `row-too-wide`
 */
export function readDelimitedBelow(
  text: string,
  { delimiter, headers, linesAbove }: GivenHeader,
  warn: WarnAt = ignore,
  limits: CellLimits = anyCells,
): Table {
  const scanner = new RowScanner(text, delimiter, behindLines(text, linesAbove), linesAbove + 1, limits);
  const head: TableHead = { headers, line: linesAbove, title: null, last: 0 };
  return new DelimitedTable(head, placesOf(text, scanner, headers, delimiter, warn), quotesOf[delimiter]);
}

function behindLines(text: string, lines: number): number {
  let at = 0;
  for (let line = 0; line < lines; line += 1) {
    const feed = text.indexOf('\n', at);
    if (feed === -1) return text.length;
    at = feed + 1;
  }
  return at;
}

/** Where the rows of a text begin, and what keeps its cells apart; null when nothing does. */
function findForm(
  text: string,
): { readonly delimiter: Delimiter; readonly start: number; readonly line: number } | null {
  const stated = /^sep=(?<delimiter>[,;\t])\r*(?:\n|$)/u.exec(text.slice(0, 16));
  const delimiter = (stated?.groups?.['delimiter'] as Delimiter | undefined) ?? findDelimiter(text);
  if (delimiter === null) return null;
  return { delimiter, start: stated === null ? 0 : stated[0].length, line: stated === null ? 1 : 2 };
}

/** What stands above the rows of a table. */
interface TableHead {
  readonly headers: readonly string[];
  readonly line: number;
  readonly title: string | null;
  /** Of the first rows, the last one of the header. */
  readonly last: number;
}

function headOf(grid: readonly GridRow[]): TableHead | null {
  const found = findHeader(grid);
  if (found === null) return null;
  const title = grid
    .slice(0, found.at)
    .flatMap((row) => row.cells.filter((cell) => cell !== ''))
    .at(0);
  return {
    headers: found.headers,
    line: grid[found.at]?.line ?? 1,
    title: title ?? null,
    last: found.at + found.rows - 1,
  };
}

function placesOf(
  text: string,
  scanner: RowScanner,
  headers: readonly string[],
  delimiter: Delimiter,
  warn: WarnAt,
): DelimitedRows {
  const rows = new DelimitedRows(text, delimiter);
  for (let row = scanner.next(headers.length, warn); row !== null; row = scanner.next(headers.length, warn)) {
    const form = formOf(text, delimiter, row, headers, row.end === text.length, warn);
    if (form !== null) rows.push(row, form);
  }
  return rows;
}

/** How the cells of a row are to be cut; null when it is no row of data. @param isEnd the text ends with it */
function formOf(
  text: string,
  delimiter: Delimiter,
  row: ScannedRow,
  headers: readonly string[],
  isEnd: boolean,
  warn: WarnAt,
): number | null {
  if (row.blank) return null;
  const form = row.quoted ? quotedForm : 0;
  if (row.end - row.start > longestCell) warnOfLongCells(text, delimiter, row, warn);
  // Only an odd row is cut here: a plain row of the right width costs no string.
  if (row.cells === headers.length && !mayBeNoData(text, row.start, delimiter, headers)) return form;
  const cells = cutRow(text, delimiter, row);
  if (cells.every((cell) => cell === '') || sameCells(cells, headers)) return null;
  checkWidth(row.line, cells, headers.length, warn);
  if (cells.length < headers.length && isEnd) {
    // The text ends inside this row: its last cell is cut as well and cannot be trusted.
    return cells.length === 1 ? null : form | cutForm;
  }
  return form;
}

/** Cells of which only the start is taken are told of. */
function warnOfLongCells(text: string, delimiter: Delimiter, row: ScannedRow, warn: WarnAt): void {
  for (const cell of cutCells(text, delimiter, row.start, row.end, row.quoted, Number.POSITIVE_INFINITY)) {
    if (cell.length > longestCell) warn(row.line, 'cut-cell', cell.slice(0, 200));
  }
}

/**
 * The same for a text that is not held as a string: its rows are found again whenever they are walked through, so the
 * table takes no memory. Extents of its rows are places of the stored text.
 *
 * @returns null when no delimiter makes two columns of it
 * @throws TooManyCells `row-too-wide`, or `document-too-large` for a row of more than 16 MiB
 */
export function readStoredDelimited(
  source: StoredText,
  warn: WarnAt = ignore,
  limits: CellLimits = anyCells,
  bytes: number = pieceBytes,
): Table | null {
  const form = findForm(new TextPiece(source, source.start, sampleCharacters * 4).text);
  if (form === null) return null;
  const { delimiter, line } = form;
  // What stands in front of the first row is ASCII.
  const begin: RowPlace = { offset: source.start + form.start, line };
  const rows = new StoredRows(source, delimiter, limits, bytes);
  const first: (GridRow & { readonly next: RowPlace })[] = [];
  for (const { row, piece } of rows.scan(begin, null, ignore)) {
    if (row.blank) continue;
    const cells = cutRow(piece.text, delimiter, row).map(detached);
    // The last row of a text has no line break behind it.
    const next = piece.placeOf(Math.min(row.next, piece.text.length));
    first.push({ line: row.line, cells, next: { offset: next, line: row.nextLine } });
    if (first.length === headerSearchRows) break;
  }
  const head = headOf(first);
  const below = head === null ? undefined : first[head.last]?.next;
  if (head === null || below === undefined) return null;
  return new StoredTable(head, rows, below, warn, quotesOf[delimiter]);
}

/** The rows of a stored text below a header that is known; see {@link readDelimitedBelow}. */
export function readStoredDelimitedBelow(
  source: StoredText,
  { delimiter, headers, linesAbove }: GivenHeader,
  warn: WarnAt = ignore,
  limits: CellLimits = anyCells,
  bytes: number = pieceBytes,
): Table {
  const piece = new TextPiece(source, source.start, sampleCharacters * 4);
  const offset = piece.placeOf(behindLines(piece.text, linesAbove));
  const head: TableHead = { headers, line: linesAbove, title: null, last: 0 };
  const rows = new StoredRows(source, delimiter, limits, bytes);
  return new StoredTable(head, rows, { offset, line: linesAbove + 1 }, warn, quotesOf[delimiter]);
}

/** Whether a row starts like a blank one or like the header: then its cells are looked at. */
function mayBeNoData(text: string, start: number, delimiter: Delimiter, headers: readonly string[]): boolean {
  const from = text.charCodeAt(start) === 34 ? start + 1 : start;
  const code = text.charCodeAt(from);
  if (code === delimiter.charCodeAt(0) || code === 34 || code <= 32 || code === 0x3000) return true;
  const name = headers[0];
  return name !== undefined && name !== '' && text.startsWith(name, from);
}

/** The delimiter that makes the most even rows of the first lines, or null. */
export function findDelimiter(text: string): Delimiter | null {
  const sample = text.slice(0, sampleCharacters);
  let best: Delimiter | null = null;
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const scanner = new RowScanner(sample, delimiter, 0, 1, anyCells);
    const widths = new Map<number, number>();
    for (let count = 0; count < sampleRows;) {
      const row = scanner.next(null, ignore);
      if (row === null) break;
      // The last row of a cut sample is cut as well.
      if (sample.length < text.length && row.next >= sample.length) break;
      if (row.blank) continue;
      count += 1;
      if (row.cells > 1) widths.set(row.cells, (widths.get(row.cells) ?? 0) + 1);
    }
    let score = 0;
    for (const [width, count] of widths) score = Math.max(score, count * Math.min(width - 1, 50));
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

interface ScannedRow {
  readonly line: number;
  readonly start: number;
  /** Behind the last character, without the line break. */
  readonly end: number;
  readonly cells: number;
  /** Whether any cell is quoted; then the row is cut character by character. */
  readonly quoted: boolean;
  /** Whether quotes are nothing special in this row: it is damaged. */
  readonly plain: boolean;
  readonly blank: boolean;
  readonly next: number;
  readonly nextLine: number;
}

/** Finds the rows of a text one after the other. */
class RowScanner {
  readonly #text: string;
  readonly #delimiterCode: number;
  #position: number;
  #line: number;
  #nextQuote: number;
  #lookahead: number;
  /** The text goes on behind what is there of it. */
  readonly #isPiece: boolean;
  readonly #counter: CellCounter;

  constructor(
    text: string,
    delimiter: Delimiter,
    position: number,
    line: number,
    limits: CellLimits,
    piece: { readonly isLast: boolean; readonly lookahead: number } | null = null,
  ) {
    this.#isPiece = piece?.isLast === false;
    this.#lookahead = piece?.lookahead ?? mostLookahead;
    this.#counter = new CellCounter(limits);
    this.#text = text;
    this.#delimiterCode = delimiter.charCodeAt(0);
    this.#position = position;
    this.#line = line;
    this.#nextQuote = text.indexOf('"', position);
  }

  moveTo(position: number, line: number): void {
    this.#position = position;
    this.#line = line;
    this.#nextQuote = this.#text.indexOf('"', position);
  }

  get position(): number {
    return this.#position;
  }

  get line(): number {
    return this.#line;
  }

  get lookahead(): number {
    return this.#lookahead;
  }

  /**
   * The next row; null at the end of the text, or of a piece in which the row does not end.
   *
   * @param width cells of the header once known: a row over several lines that does not have them is damaged.
   */
  next(width: number | null, warn: WarnAt): ScannedRow | null {
    const text = this.#text;
    const start = this.#position;
    if (start >= text.length) return null;
    const line = this.#line;
    const found = text.indexOf('\n', start);
    if (found === -1 && this.#isPiece) return null;
    const lineBreak = found === -1 ? text.length : found;
    const end = withoutReturns(text, start, lineBreak);
    if (this.#nextQuote !== -1 && this.#nextQuote < start) this.#nextQuote = text.indexOf('"', start);
    if (this.#nextQuote === -1 || this.#nextQuote >= lineBreak) {
      return this.#accept(line, start, end, this.#countPlain(start, end), false, false, lineBreak, 1);
    }
    const quoted = this.#scanQuoted(start, lineBreak);
    if (quoted === undefined) return null;
    if (quoted !== null && (quoted.lines === 1 || width === null || quoted.cells === width)) {
      return this.#accept(line, start, quoted.end, quoted.cells, true, false, quoted.lineBreak, quoted.lines);
    }
    if (quoted !== null) this.#lookahead -= quoted.end - start;
    warn(line, 'broken-quote', text.slice(start, Math.min(end, start + 200)));
    return this.#accept(line, start, end, this.#countPlain(start, end), false, true, lineBreak, 1);
  }

  #accept(
    line: number,
    start: number,
    end: number,
    cells: number,
    quoted: boolean,
    plain: boolean,
    lineBreak: number,
    lines: number,
  ): ScannedRow {
    this.#counter.checkRow(cells, line);
    this.#position = lineBreak + 1;
    this.#line = line + lines;
    const blank = end === start || (cells === 1 && this.#text.slice(start, end).trim() === '');
    return { line, start, end, cells, quoted, plain, blank, next: lineBreak + 1, nextLine: line + lines };
  }

  #countPlain(start: number, end: number): number {
    const text = this.#text;
    const code = this.#delimiterCode;
    let cells = 1;
    for (let at = start; at < end; at += 1) {
      if (text.charCodeAt(at) === code) cells += 1;
    }
    return cells;
  }

  /**
   * Walks a row with quotes. Null when a quoted cell runs over its line and then meets a quote that
   * neither closes nor doubles, or the end of the text: the row is damaged. Undefined when that stands behind the piece.
   */
  #scanQuoted(
    start: number,
    firstBreak: number,
  ): { end: number; lineBreak: number; cells: number; lines: number } | null | undefined {
    const text = this.#text;
    const reach = Math.min(this.#lookahead, longestQuotedRow);
    let at = start;
    let cells = 1;
    let lines = 1;
    let lineBreak = firstBreak;
    for (;;) {
      at = skipBlanks(text, at, lineBreak, this.#delimiterCode);
      if (text.charCodeAt(at) === 34 && at < lineBreak) {
        at += 1;
        for (;;) {
          const quote = text.indexOf('"', at);
          if (quote === -1 && this.#isPiece && text.length - start <= reach) return undefined;
          if (quote === -1 || (quote > lineBreak && quote - start > reach)) {
            this.#lookahead -= at - start;
            return null;
          }
          if (quote > lineBreak) {
            // Count the lines that the cell runs over.
            let passed = lineBreak;
            while (passed !== -1 && passed < quote) {
              lines += 1;
              lineBreak = passed;
              passed = text.indexOf('\n', passed + 1);
            }
            if (passed === -1 && this.#isPiece) return undefined;
            lineBreak = passed === -1 ? text.length : passed;
          }
          const after = text.charCodeAt(quote + 1);
          if (after === 34) {
            at = quote + 2;
            continue;
          }
          const behind = skipBlanks(text, quote + 1, lineBreak, this.#delimiterCode);
          if (
            behind >= lineBreak ||
            text.charCodeAt(behind) === this.#delimiterCode ||
            isReturn(text, behind, lineBreak)
          ) {
            at = behind;
            break;
          }
          // A quote inside the cell that is not doubled: harmless within one line, else the row is damaged.
          if (lines > 1) {
            this.#lookahead -= quote - start;
            return null;
          }
          at = quote + 1;
        }
      }
      while (at < lineBreak && text.charCodeAt(at) !== this.#delimiterCode) at += 1;
      if (at >= lineBreak) return { end: withoutReturns(text, start, lineBreak), lineBreak, cells, lines };
      cells += 1;
      at += 1;
    }
  }
}

/** Blanks before or behind a quoted cell; a tab is none where it separates. */
function skipBlanks(text: string, from: number, end: number, delimiterCode: number): number {
  let at = from;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === delimiterCode || (code !== 32 && code !== 9)) break;
    at += 1;
  }
  return at;
}

function isReturn(text: string, at: number, lineBreak: number): boolean {
  return text.charCodeAt(at) === 13 && withoutReturns(text, at, lineBreak) === at;
}

function withoutReturns(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && text.charCodeAt(at - 1) === 13) at -= 1;
  return at;
}

function cutRow(text: string, delimiter: Delimiter, row: ScannedRow): readonly string[] {
  return cutCells(text, delimiter, row.start, row.end, row.quoted);
}

function cutCells(
  text: string,
  delimiter: Delimiter,
  start: number,
  end: number,
  quoted: boolean,
  most = longestCell,
): readonly string[] {
  const cut = quoted ? cutQuoted : cutPlain;
  return cut(text, delimiter, start, end, most) ?? cutOdd(text, delimiter, start, end, most);
}

function cutPlain(
  text: string,
  delimiter: Delimiter,
  start: number,
  end: number,
  most: number,
): readonly string[] {
  const cells: string[] = [];
  let from = start;
  for (;;) {
    const found = text.indexOf(delimiter, from);
    if (found === -1 || found >= end) {
      cells.push(trimmed(text, from, end, most));
      return cells;
    }
    cells.push(trimmed(text, from, found, most));
    from = found + 1;
  }
  return cells;
}

/** Cells of which some are quoted from their first to their last character; null when one is quoted otherwise. */
function cutQuoted(
  text: string,
  delimiter: Delimiter,
  start: number,
  end: number,
  most: number,
): readonly string[] | null {
  const delimiterCode = delimiter.charCodeAt(0);
  const cells: string[] = [];
  let from = start;
  for (;;) {
    let to: number;
    if (text.charCodeAt(from) === 34 && from < end) {
      to = text.indexOf('"', from + 1) + 1;
      if (to === 0 || to > end || (to < end && text.charCodeAt(to) !== delimiterCode)) return null;
      cells.push(trimmed(text, from + 1, to - 1, most));
    } else {
      to = text.indexOf(delimiter, from);
      if (to === -1 || to > end) to = end;
      const first = text.charCodeAt(from);
      if ((first === 32 || first === 9) && from < to) return null;
      cells.push(trimmed(text, from, to, most));
    }
    if (to >= end) return cells;
    from = to + 1;
  }
  return cells;
}

/** A piece of the text without blanks at its ends. */
function trimmed(text: string, start: number, end: number, most: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  to = Math.min(to, from + most);
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  if (from === to) return '';
  const piece = text.slice(from, to);
  // Blanks of other scripts are rare; only what is not ASCII can be one.
  return text.charCodeAt(from) > 127 || text.charCodeAt(to - 1) > 127 ? piece.trim() : piece;
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function cutOdd(
  text: string,
  delimiter: Delimiter,
  start: number,
  end: number,
  most: number,
): readonly string[] {
  const cells: string[] = [];
  const row = text.slice(start, end);
  const delimiterCode = delimiter.charCodeAt(0);
  let at = 0;
  for (;;) {
    at = skipBlanks(row, at, row.length, delimiterCode);
    let cell = '';
    if (row.charCodeAt(at) === 34) {
      at += 1;
      let from = at;
      for (;;) {
        const quote = row.indexOf('"', from);
        if (quote === -1) {
          cell += row.slice(at);
          at = row.length;
          break;
        }
        if (row.charCodeAt(quote + 1) === 34) {
          cell += row.slice(at, quote + 1);
          at = quote + 2;
          from = at;
          continue;
        }
        const behind = skipBlanks(row, quote + 1, row.length, delimiterCode);
        if (behind >= row.length || row.charCodeAt(behind) === delimiterCode) {
          cell += row.slice(at, quote);
          at = behind;
          break;
        }
        from = quote + 1;
      }
    }
    const found = row.indexOf(delimiter, at);
    const to = found === -1 ? row.length : found;
    cell += row.slice(at, to);
    cells.push(cell.slice(0, most).trim());
    if (found === -1) break;
    at = found + 1;
  }
  return cells;
}

const quotedForm = 1;
const cutForm = 2;

function cellsOf(
  text: string,
  delimiter: Delimiter,
  start: number,
  end: number,
  form: number,
): readonly string[] {
  const cells = cutCells(text, delimiter, start, end, (form & quotedForm) !== 0);
  return (form & cutForm) === 0 ? cells : cells.slice(0, -1);
}

/** Made once: what they hold on to must not be a text. */
const quotesOf: Readonly<Record<Delimiter, QuoteOf>> = {
  ',': (row, form) => quoteCells(cellsOf(row, ',', 0, row.length, form)),
  ';': (row, form) => quoteCells(cellsOf(row, ';', 0, row.length, form)),
  '\t': (row, form) => quoteCells(cellsOf(row, '\t', 0, row.length, form)),
};

/** First room for rows. */
const firstRows = 64;

/** The places of rows in typed arrays. */
class DelimitedRows {
  readonly text: string;
  readonly delimiter: Delimiter;
  #count = 0;
  #lines = new Uint32Array(firstRows);
  #starts = new Uint32Array(firstRows);
  #ends = new Uint32Array(firstRows);
  #forms = new Uint8Array(firstRows);

  constructor(text: string, delimiter: Delimiter) {
    this.text = text;
    this.delimiter = delimiter;
  }

  get count(): number {
    return this.#count;
  }

  push(place: ScannedRow, form: number): void {
    const at = this.#count;
    if (at >= this.#lines.length) this.#grow();
    this.#lines[at] = place.line;
    this.#starts[at] = place.start;
    this.#ends[at] = place.end;
    this.#forms[at] = form;
    this.#count += 1;
  }

  *walk(): Generator<DelimitedRow> {
    for (let at = 0; at < this.#count; at += 1) yield this.row(at);
  }

  row(at: number): DelimitedRow {
    return new DelimitedRow(
      this,
      this.#lines[at] ?? 0,
      at + 1,
      this.#starts[at] ?? 0,
      this.#ends[at] ?? 0,
      this.#forms[at] ?? 0,
    );
  }

  #grow(): void {
    const size = this.#lines.length * 4;
    const wider = (places: Uint32Array): Uint32Array<ArrayBuffer> => {
      const more = new Uint32Array(size);
      more.set(places);
      return more;
    };
    this.#lines = wider(this.#lines);
    this.#starts = wider(this.#starts);
    this.#ends = wider(this.#ends);
    const forms = new Uint8Array(size);
    forms.set(this.#forms);
    this.#forms = forms;
  }
}

class DelimitedTable implements Table {
  readonly headers: readonly string[];
  readonly headerLine: number;
  readonly title: string | null;
  readonly quoteOf: QuoteOf;
  readonly #places: DelimitedRows;
  #rows: readonly TableRow[] | null = null;

  constructor(head: TableHead, places: DelimitedRows, quoteOf: QuoteOf) {
    this.headers = head.headers;
    this.headerLine = head.line;
    this.title = head.title;
    this.quoteOf = quoteOf;
    this.#places = places;
  }

  get rowCount(): number {
    return this.#places.count;
  }

  get rows(): readonly TableRow[] {
    this.#rows ??= [...this.#places.walk()];
    return this.#rows;
  }

  readonly walk = (): Iterable<TableRow> => this.#places.walk();
}

/** A row that cuts its cells out of the text when they are asked for. */
class DelimitedRow implements TableRow, RowExtent {
  readonly line: number;
  readonly row: number;
  readonly start: number;
  readonly end: number;
  readonly form: number;
  readonly #of: DelimitedRows;

  constructor(of: DelimitedRows, line: number, row: number, start: number, end: number, form: number) {
    this.#of = of;
    this.line = line;
    this.row = row;
    this.start = start;
    this.end = end;
    this.form = form;
  }

  get extent(): RowExtent {
    return this;
  }

  get cells(): readonly string[] {
    const { text, delimiter } = this.#of;
    return cellsOf(text, delimiter, this.start, this.end, this.form);
  }
}

/** A place between two rows. */
interface RowPlace {
  readonly offset: number;
  readonly line: number;
}

interface PlacedRow {
  readonly row: ScannedRow;
  /** In whose characters the row counts. */
  readonly piece: TextPiece;
}

/** Finds the rows of a stored text piece by piece. */
class StoredRows {
  readonly delimiter: Delimiter;
  readonly #source: StoredText;
  readonly #limits: CellLimits;
  readonly #bytes: number;

  /** @param bytes of a piece; more are read where a row is longer */
  constructor(source: StoredText, delimiter: Delimiter, limits: CellLimits, bytes: number) {
    this.#source = source;
    this.delimiter = delimiter;
    this.#limits = limits;
    this.#bytes = bytes;
  }

  *scan(begin: RowPlace, width: number | null, warn: WarnAt): Generator<PlacedRow> {
    let { offset, line } = begin;
    let lookahead = mostLookahead;
    let bytes = this.#bytes;
    while (offset < this.#source.end) {
      const piece = new TextPiece(this.#source, offset, bytes);
      const { text, isLast } = piece;
      const scanner = new RowScanner(text, this.delimiter, 0, line, this.#limits, { isLast, lookahead });
      for (let row = scanner.next(width, warn); row !== null; row = scanner.next(width, warn))
        yield { row, piece };
      if (isLast) return;
      lookahead = scanner.lookahead;
      line = scanner.line;
      if (scanner.position > 0) {
        offset = piece.placeOf(scanner.position);
        bytes = this.#bytes;
      } else if (bytes >= mostPieceBytes) {
        throw new TooManyCells('document-too-large', line);
      } else bytes = Math.min(bytes * 4, mostPieceBytes);
    }
  }
}

class StoredTable implements Table {
  readonly headers: readonly string[];
  readonly headerLine: number;
  readonly title: string | null;
  readonly quoteOf: QuoteOf;
  readonly rowCount: number;
  readonly #rows: StoredRows;
  readonly #below: RowPlace;

  /** Goes through all rows once, to count them and to warn of what is wrong with them. */
  constructor(head: TableHead, rows: StoredRows, below: RowPlace, warn: WarnAt, quoteOf: QuoteOf) {
    this.headers = head.headers;
    this.headerLine = head.line;
    this.title = head.title;
    this.quoteOf = quoteOf;
    this.#rows = rows;
    this.#below = below;
    let count = 0;
    for (const { row, piece } of rows.scan(below, this.headers.length, warn)) {
      if (this.#formOf(row, piece, warn) !== null) count += 1;
    }
    this.rowCount = count;
  }

  /** An array of all rows: for a look at a few of them take {@link StoredTable.walk}. */
  get rows(): readonly TableRow[] {
    return [...this.walk()];
  }

  readonly walk = (): Iterable<TableRow> => this.#walk();

  *#walk(): Generator<TableRow> {
    let count = 0;
    for (const { row, piece } of this.#rows.scan(this.#below, this.headers.length, ignore)) {
      const form = this.#formOf(row, piece, ignore);
      if (form === null) continue;
      count += 1;
      const [start, end] = [piece.placeOf(row.start), piece.placeOf(row.end)];
      yield new StoredRow(piece, this.#rows.delimiter, row.line, count, start, end, form);
    }
  }

  #formOf(row: ScannedRow, { text, isLast }: TextPiece, warn: WarnAt): number | null {
    const isEnd = isLast && row.end === text.length;
    return formOf(text, this.#rows.delimiter, row, this.headers, isEnd, warn);
  }
}

/** A row of a stored text; its cells are cut out of a copy of the row, so that keeping one keeps no more than that. */
class StoredRow implements TableRow, RowExtent {
  readonly line: number;
  readonly row: number;
  readonly start: number;
  readonly end: number;
  readonly form: number;
  readonly #piece: TextPiece;
  readonly #delimiter: Delimiter;

  constructor(
    piece: TextPiece,
    delimiter: Delimiter,
    line: number,
    row: number,
    start: number,
    end: number,
    form: number,
  ) {
    this.#piece = piece;
    this.#delimiter = delimiter;
    this.line = line;
    this.row = row;
    this.start = start;
    this.end = end;
    this.form = form;
  }

  get extent(): RowExtent {
    return this;
  }

  get cells(): readonly string[] {
    const text = this.#piece.copy(this.start, this.end);
    return cellsOf(text, this.#delimiter, 0, text.length, this.form);
  }
}
