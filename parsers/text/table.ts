/** A row of a table, with its place. */
export interface TableRow {
  /** 1-based line of the member where the row starts (for HTML: where `<tr` starts; for a worksheet: its row). */
  readonly line: number;
  /** 1-based data row below the header. */
  readonly row: number;
  /**
   * Cell texts, trimmed of blanks at both ends, otherwise as written. A row that was cut has fewer
   * cells than the header: what is missing is not the same as blank. May be made anew at every
   * access, so take it once per row.
   */
  readonly cells: readonly string[];
  /** Where the row stands in the text of its member, in characters; absent where it cannot be cut out of it. */
  readonly extent?: RowExtent;
}

/** A row as a piece of its member's text: its quote is cut out again when it is asked for, not kept. */
export interface RowExtent {
  readonly start: number;
  /** Behind the last character, without the line break. */
  readonly end: number;
  /** How the cells are to be cut: see {@link Table.quoteOf}. A small number. */
  readonly form: number;
}

/** A table with a header row, wherever it came from. */
export interface Table {
  /** Header cells, trimmed; '' for an unnamed column. */
  readonly headers: readonly string[];
  readonly headerLine: number;
  readonly rows: readonly TableRow[];
  /** The same rows one after the other and how many they are, without an object kept for each; see {@link rowsOf}. */
  readonly walk?: () => Iterable<TableRow>;
  readonly rowCount?: number;
  /** Heading or caption nearest above it, or the worksheet's name; null when there is none. */
  readonly title: string | null;
  /** The quote of a row by its piece of the text and the form of its extent; absent where rows have none. */
  readonly quoteOf?: QuoteOf;
}

/** The rows of a table for going through them once: of a million rows none is kept. */
export function rowsOf(table: Table): Iterable<TableRow> {
  return table.walk?.() ?? table.rows;
}

/** How many rows a table has. */
export function rowCountOf(table: Table): number {
  return table.rowCount ?? table.rows.length;
}

export type QuoteOf = (text: string, form: number) => string;

/** Takes note of a place that could not be understood. The codes are stable. */
export type WarnAt = (line: number | null, code: string, text: string) => void;

/** A row before it is known whether it is a header. */
export interface GridRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** How many rows may stand above the header: titles, filters, dates of the report. */
export const headerSearchRows = 20;

/**
 * The position of the header among the first rows, or -1 when no row has two named cells. Lines of
 * a title have fewer cells than the table, or blank ones where Excel filled them up.
 */
export function findHeaderRow(rows: readonly GridRow[]): number {
  const considered = rows.slice(0, headerSearchRows);
  const named = considered.map((row) => row.cells.reduce((count, cell) => count + (cell === '' ? 0 : 1), 0));
  const most = Math.max(0, ...named);
  if (most < 2) return -1;
  return named.findIndex((count) => count >= 2 && count * 5 >= most * 3);
}

/** Builds a table from rows of cells: finds the header, numbers the data rows, drops blank rows and repeated headers. */
export function tableFromGrid(rows: readonly GridRow[], title: string | null, warn: WarnAt): Table | null {
  const headerAt = findHeaderRow(rows);
  const header = rows[headerAt];
  if (header === undefined) return null;
  const headers = dropTrailingBlanks(header.cells);
  const data: TableRow[] = [];
  for (let at = headerAt + 1; at < rows.length; at += 1) {
    const row = rows[at];
    if (row === undefined || row.cells.every((cell) => cell === '') || sameCells(row.cells, headers))
      continue;
    checkWidth(row.line, row.cells, headers.length, warn);
    data.push({ line: row.line, row: data.length + 1, cells: row.cells });
  }
  const above = rows
    .slice(0, headerAt)
    .flatMap((row) => row.cells.filter((cell) => cell !== ''))
    .at(0);
  return { headers, headerLine: header.line, rows: data, title: title ?? above ?? null };
}

/** Warns of a row with fewer or more cells than the header; blank cells beyond the header are no harm. */
export function checkWidth(line: number, cells: readonly string[], width: number, warn: WarnAt): void {
  if (cells.length < width) {
    warn(line, 'short-row', quoteCells(cells));
  } else if (cells.length > width) {
    for (let at = width; at < cells.length; at += 1) {
      if (cells[at] !== '') {
        warn(line, 'long-row', quoteCells(cells));
        return;
      }
    }
  }
}

/** Cells as they are cited. */
export function quoteCells(cells: readonly string[]): string {
  return cells.join(' | ');
}

export function dropTrailingBlanks(cells: readonly string[]): readonly string[] {
  let end = cells.length;
  while (end > 0 && cells[end - 1] === '') end -= 1;
  return end === cells.length ? cells : cells.slice(0, end);
}

/** Whether a row repeats the header, as printed tables do on every page. */
export function sameCells(cells: readonly string[], headers: readonly string[]): boolean {
  for (let at = 0; at < headers.length; at += 1) {
    if (cells[at] !== headers[at]) return false;
  }
  return headers.length > 0;
}
