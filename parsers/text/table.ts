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

/** A header as found: one row, or a row of groups (`検出 | | 展開 | |`) over a row of their columns. */
export interface FoundHeader {
  /** The row of the header, of two rows the first. */
  readonly at: number;
  /** How many rows it takes. */
  readonly rows: 1 | 2;
  readonly headers: readonly string[];
}

/** Finds the header among the first rows; null when no row has two named cells. */
export function findHeader(rows: readonly GridRow[]): FoundHeader | null {
  const at = findHeaderRow(rows);
  const header = rows[at];
  if (header === undefined) return null;
  for (const first of [at - 1, at]) {
    const headers = groupedHeaders(rows[first]?.cells, rows[first + 1]?.cells);
    if (headers !== null) return { at: first, rows: 2, headers };
  }
  return { at, rows: 1, headers: dropTrailingBlanks(header.cells) };
}

const longestHeader = 40;

/**
 * The names of columns whose header stands in two rows: a group over two or more columns is blank beside
 * its name and has a name below each of them; a column of its own has nothing more below it (or its name
 * again, where merged cells were filled). Null when the rows are not of that kind.
 */
function groupedHeaders(
  groups: readonly string[] | undefined,
  names: readonly string[] | undefined,
): readonly string[] | null {
  if (groups === undefined || names === undefined || (groups[0] ?? '') === '') return null;
  const below = dropTrailingBlanks(names);
  const width = Math.max(dropTrailingBlanks(groups).length, below.length);
  // Names have no digits and are short: rows of data and lines of a title are neither.
  if (below.some((name) => name.length > longestHeader || /\p{Nd}/u.test(name))) return null;
  const headers: string[] = [];
  let grouped = 0;
  let single = 0;
  for (let from = 0; from < width;) {
    const group = groups[from] ?? '';
    let to = from + 1;
    while (to < width && ((groups[to] ?? '') === '' || groups[to] === group)) to += 1;
    if (to - from === 1) {
      if ((below[from] ?? '') !== '' && below[from] !== group) return null;
      single += 1;
      headers.push(group);
    } else {
      for (let column = from; column < to; column += 1) {
        const name = below[column] ?? '';
        if (name === '') return null;
        headers.push(`${group} ${name}`);
      }
      grouped += 1;
    }
    from = to;
  }
  return grouped > 0 && single > 0 ? headers : null;
}

/** Builds a table from rows of cells: finds the header, numbers the data rows, drops blank rows and repeated headers. */
export function tableFromGrid(rows: readonly GridRow[], title: string | null, warn: WarnAt): Table | null {
  const found = findHeader(rows);
  if (found === null) return null;
  const { at: headerAt, headers } = found;
  const data: TableRow[] = [];
  for (let at = headerAt + found.rows; at < rows.length; at += 1) {
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
  return { headers, headerLine: rows[headerAt]?.line ?? 1, rows: data, title: title ?? above ?? null };
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
