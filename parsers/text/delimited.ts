import { anyCells, CellCounter, longestCell } from './cell-limits.ts';
import type { CellLimits } from './cell-limits.ts';
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
  const stated = /^sep=(?<delimiter>[,;\t])\r*(?:\n|$)/u.exec(text.slice(0, 16));
  const delimiter = (stated?.groups?.['delimiter'] as Delimiter | undefined) ?? findDelimiter(text);
  if (delimiter === null) return null;
  const start = stated === null ? 0 : stated[0].length;
  const scanner = new RowScanner(text, delimiter, start, stated === null ? 1 : 2, limits);

  const first: ScannedRow[] = [];
  while (first.length < headerSearchRows) {
    const row = scanner.next(null, ignore);
    if (row === null) break;
    if (!row.blank) first.push(row);
  }
  const grid: GridRow[] = first.map((row) => ({ line: row.line, cells: cutRow(text, delimiter, row) }));
  const found = findHeader(grid);
  const headerPlace = found === null ? undefined : first[found.at + found.rows - 1];
  if (found === null || headerPlace === undefined) return null;
  const { at: headerAt } = found;
  const { headers } = found;

  scanner.moveTo(headerPlace.next, headerPlace.nextLine);
  const rows = new DelimitedRows(text, delimiter);
  for (let row = scanner.next(headers.length, warn); row !== null; row = scanner.next(headers.length, warn)) {
    if (row.blank) continue;
    let cut = false;
    // Only an odd row is cut here: a plain row of the right width costs no string.
    if (row.cells !== headers.length || mayBeNoData(text, row.start, delimiter, headers)) {
      const cells = cutRow(text, delimiter, row);
      if (cells.every((cell) => cell === '') || sameCells(cells, headers)) continue;
      checkWidth(row.line, cells, headers.length, warn);
      if (cells.length < headers.length && row.end === text.length) {
        // The text ends inside this row: its last cell is cut as well and cannot be trusted.
        if (cells.length === 1) continue;
        cut = true;
      }
    }
    rows.push(row, cut);
  }
  const title = grid
    .slice(0, headerAt)
    .flatMap((row) => row.cells.filter((cell) => cell !== ''))
    .at(0);
  return new DelimitedTable(headers, grid[headerAt]?.line ?? 1, title ?? null, rows, quotesOf[delimiter]);
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
  #lookahead = mostLookahead;
  readonly #counter: CellCounter;

  constructor(text: string, delimiter: Delimiter, position: number, line: number, limits: CellLimits) {
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

  /** @param width cells of the header once known: a row over several lines that does not have them is damaged. */
  next(width: number | null, warn: WarnAt): ScannedRow | null {
    const text = this.#text;
    const start = this.#position;
    if (start >= text.length) return null;
    const line = this.#line;
    const found = text.indexOf('\n', start);
    const lineBreak = found === -1 ? text.length : found;
    const end = withoutReturns(text, start, lineBreak);
    if (this.#nextQuote !== -1 && this.#nextQuote < start) this.#nextQuote = text.indexOf('"', start);
    if (this.#nextQuote === -1 || this.#nextQuote >= lineBreak) {
      return this.#accept(line, start, end, this.#countPlain(start, end), false, false, lineBreak, 1);
    }
    const quoted = this.#scanQuoted(start, lineBreak);
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
   * neither closes nor doubles, or the end of the text: the row is damaged.
   */
  #scanQuoted(
    start: number,
    firstBreak: number,
  ): { end: number; lineBreak: number; cells: number; lines: number } | null {
    const text = this.#text;
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
          if (quote === -1 || (quote > lineBreak && quote - start > this.#lookahead)) {
            this.#lookahead -= quote === -1 ? 0 : quote - start;
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
): readonly string[] {
  return (quoted ? cutQuoted : cutPlain)(text, delimiter, start, end) ?? cutOdd(text, delimiter, start, end);
}

function cutPlain(text: string, delimiter: Delimiter, start: number, end: number): readonly string[] {
  const cells: string[] = [];
  let from = start;
  for (;;) {
    const found = text.indexOf(delimiter, from);
    if (found === -1 || found >= end) {
      cells.push(trimmed(text, from, end));
      return cells;
    }
    cells.push(trimmed(text, from, found));
    from = found + 1;
  }
  return cells;
}

/** Cells of which some are quoted from their first to their last character; null when one is quoted otherwise. */
function cutQuoted(text: string, delimiter: Delimiter, start: number, end: number): readonly string[] | null {
  const delimiterCode = delimiter.charCodeAt(0);
  const cells: string[] = [];
  let from = start;
  for (;;) {
    let to: number;
    if (text.charCodeAt(from) === 34 && from < end) {
      to = text.indexOf('"', from + 1) + 1;
      if (to === 0 || to > end || (to < end && text.charCodeAt(to) !== delimiterCode)) return null;
      cells.push(trimmed(text, from + 1, to - 1));
    } else {
      to = text.indexOf(delimiter, from);
      if (to === -1 || to > end) to = end;
      const first = text.charCodeAt(from);
      if ((first === 32 || first === 9) && from < to) return null;
      cells.push(trimmed(text, from, to));
    }
    if (to >= end) return cells;
    from = to + 1;
  }
  return cells;
}

/** A piece of the text without blanks at its ends. */
function trimmed(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  to = Math.min(to, from + longestCell);
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  if (from === to) return '';
  const piece = text.slice(from, to);
  // Blanks of other scripts are rare; only what is not ASCII can be one.
  return text.charCodeAt(from) > 127 || text.charCodeAt(to - 1) > 127 ? piece.trim() : piece;
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function cutOdd(text: string, delimiter: Delimiter, start: number, end: number): readonly string[] {
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
    cells.push(cell.slice(0, longestCell).trim());
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

  push(place: ScannedRow, cut: boolean): void {
    const at = this.#count;
    if (at >= this.#lines.length) this.#grow();
    this.#lines[at] = place.line;
    this.#starts[at] = place.start;
    this.#ends[at] = place.end;
    this.#forms[at] = (place.quoted ? quotedForm : 0) | (cut ? cutForm : 0);
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

  constructor(
    headers: readonly string[],
    headerLine: number,
    title: string | null,
    places: DelimitedRows,
    quoteOf: QuoteOf,
  ) {
    this.headers = headers;
    this.headerLine = headerLine;
    this.title = title;
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
