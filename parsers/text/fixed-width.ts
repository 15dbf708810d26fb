import { anyCells, CellCounter } from './cell-limits.ts';
import type { CellLimits } from './cell-limits.ts';
import { findDelimiter, readDelimited } from './delimited.ts';
import { checkWidth, sameCells } from './table.ts';
import type { Table, TableRow, WarnAt } from './table.ts';

const ignore: WarnAt = () => undefined;

/** A stretch of a line, in display columns: a wide East Asian character fills two. */
interface Stretch {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly text: string;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const boxRule = /^\s*\+(?:[-=]+\+){1,}\s*$/u;
/** `*** 1. row ***` of the mysql client, `-[ RECORD 1 ]---` of psql: a row whose cells stand one below the other. */
const verticalHead = /^(?:\*{5,} ?\d{1,9}\. row \*{5,}|-\[ RECORD \d{1,9} \][-+]*)$/u;
const mostVerticalColumns = 1000;
const longestVerticalName = 120;
const longestLine = 20_000;
const fewestColumns = 3;

/**
 * The tables of a text whose name and first lines do not tell how its columns are kept apart: by
 * tabs, by the width of the columns, or by commas below a title.
 *
 * @throws TooManyCells
 */
export function readTextTables(
  text: string,
  warn: WarnAt = ignore,
  limits: CellLimits = anyCells,
): readonly Table[] {
  const delimiter = findDelimiter(text);
  if (delimiter !== '\t') {
    const aligned = readFixedWidth(text, looksLikeHeader, warn, limits);
    if (aligned.length > 0) return aligned;
  }
  const table = delimiter === null ? null : readDelimited(text, warn, limits);
  return table === null ? [] : [table];
}

/** Whether tabs keep the columns of a text apart: then {@link readTextTables} reads it as delimited text. */
export function isTabbed(text: string): boolean {
  return findDelimiter(text) === '\t';
}

function looksLikeHeader(headers: readonly string[]): boolean {
  return (
    headers.length >= 4 && headers.every((header) => header.length <= 40 && !/\d{1,2}:\d{2}/u.test(header))
  );
}

/**
 * Reads the tables of plain text: a header with a rule of dashes below it, boxes of `+---+` and `|`,
 * cells between `|` without a box, rows written cell below cell, and columns that two or more blanks
 * separate. A table ends at a blank line. Columns are aligned by
 * the width that characters have on a screen: a Japanese one fills two places.
 *
 * @param accept says whether a line of header cells starts a table; without a rule below it a header
 *   cannot be told from prose, so the caller, who knows the headers, decides.
 */
export function readFixedWidth(
  text: string,
  accept: (headers: readonly string[]) => boolean = looksLikeHeader,
  warn: WarnAt = ignore,
  limits: CellLimits = anyCells,
): readonly Table[] {
  const counter = new CellCounter(limits);
  const lines = text.split('\n').map((line) => line.replace(/\r+$/u, ''));
  const tables: Table[] = [];
  let title: string | null = null;
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || line.length > longestLine) {
      at += 1;
      continue;
    }
    const read =
      readBox(lines, at, title, warn) ??
      readVertical(lines, at, title) ??
      readPiped(lines, at, title, accept, warn) ??
      readAligned(lines, at, title, accept, warn);
    if (read === null) {
      title = line.trim();
      at += 1;
    } else {
      for (const { cells, line: place } of read.table.rows) {
        counter.checkRow(cells.length, place);
        counter.addRow(cells.length, place);
      }
      tables.push(read.table);
      at = read.next;
      title = null;
    }
  }
  return tables;
}

/** Two or more groups of dashes with nothing but blanks, bars and corners between them. */
function isRule(line: string): boolean {
  if (line.length > longestLine || !/^[-=\s|+:]+$/u.test(line)) return false;
  let groups = 0;
  for (const match of line.matchAll(/[-=]+/gu)) if (match[0].length >= 2) groups += 1;
  return groups >= 2;
}

interface ReadTable {
  readonly table: Table;
  readonly next: number;
}

/** `+----+----+` boxes, as the mysql client prints them. */
function readBox(
  lines: readonly string[],
  start: number,
  title: string | null,
  warn: WarnAt,
): ReadTable | null {
  if (!boxRule.test(lines[start] ?? '')) return null;
  const header = lines[start + 1];
  if (header === undefined || !header.trim().startsWith('|') || !boxRule.test(lines[start + 2] ?? ''))
    return null;
  const headers = boxCells(header);
  const rows: TableRow[] = [];
  let at = start + 3;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (boxRule.test(line)) continue;
    if (!line.trim().startsWith('|')) break;
    const cells = boxCells(line);
    if (sameCells(cells, headers)) continue;
    checkWidth(at + 1, cells, headers.length, warn);
    rows.push({ line: at + 1, row: rows.length + 1, cells });
  }
  return { table: { headers, headerLine: start + 2, rows, title }, next: at };
}

function boxCells(line: string): readonly string[] {
  return barCells(line.trim().replace(/^\||\|$/gu, ''));
}

function barCells(line: string): readonly string[] {
  return line.split('|').map((cell) => cell.trim());
}

function isVerticalHead(line: string): boolean {
  return line.length < 200 && verticalHead.test(line.trim());
}

/** Rows written cell below cell; the columns are those of all rows together. */
function readVertical(lines: readonly string[], start: number, title: string | null): ReadTable | null {
  if (!isVerticalHead(lines[start] ?? '')) return null;
  const positions = new Map<string, number>();
  const rows: { line: number; row: number; cells: string[] }[] = [];
  let headerLine = start + 1;
  let at = start;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (isVerticalHead(line)) {
      if (rows.length > 0 && rows.at(-1)?.cells.length === 0) break;
      rows.push({ line: at + 1, row: rows.length + 1, cells: [] });
      continue;
    }
    const cell = line.trimStart();
    const mark = cell.slice(0, longestVerticalName).search(/[:|]/u);
    const name = cell.slice(0, Math.max(mark, 0)).trimEnd();
    if (name === '' || line.length > longestLine) break;
    let position = positions.get(name);
    if (position === undefined) {
      if (positions.size >= mostVerticalColumns) break;
      if (positions.size === 0) headerLine = at + 1;
      position = positions.size;
      positions.set(name, position);
    }
    const cells = rows.at(-1)?.cells;
    if (cells !== undefined) {
      while (cells.length < position) cells.push('');
      cells[position] = cell.slice(mark + 1).trim();
    }
  }
  return positions.size === 0
    ? null
    : { table: { headers: [...positions.keys()], headerLine, rows, title }, next: at };
}

/** Cells between `|`, with a rule below the header (psql, Markdown) or without one. */
function readPiped(
  lines: readonly string[],
  start: number,
  title: string | null,
  accept: (headers: readonly string[]) => boolean,
  warn: WarnAt,
): ReadTable | null {
  const header = lines[start] ?? '';
  if (!header.includes('|')) return null;
  const rule = lines[start + 1] ?? '';
  const ruled = isRule(rule) && /[|+]/u.test(rule);
  // Without a frame a bar at the end has an empty cell behind it.
  const cut = header.trim().startsWith('|') ? boxCells : barCells;
  const headers = cut(header);
  if (headers.length < (ruled ? 2 : fewestColumns)) return null;
  if (!ruled && !accept(headers)) return null;
  const rows: TableRow[] = [];
  let at = start + (ruled ? 2 : 1);
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (!line.includes('|')) break;
    if (line.length > longestLine) {
      warn(at + 1, 'long-row', line.slice(0, 200));
      continue;
    }
    if (isRule(line)) continue;
    const cells = cut(line);
    if (sameCells(cells, headers)) continue;
    checkWidth(at + 1, cells, headers.length, warn);
    rows.push({ line: at + 1, row: rows.length + 1, cells });
  }
  return { table: { headers, headerLine: start + 1, rows, title }, next: at };
}

function readAligned(
  lines: readonly string[],
  start: number,
  title: string | null,
  accept: (headers: readonly string[]) => boolean,
  warn: WarnAt,
): ReadTable | null {
  const header = lines[start] ?? '';
  const rule = lines[start + 1] ?? '';
  // A rule with corners is the upper edge of a box: what stands above it is its title.
  const ruled = isRule(rule) && !boxRule.test(rule);
  const columns = ruled ? ruledColumns(header, rule) : stretches(header);
  if (columns.length < (ruled ? 2 : fewestColumns)) return null;
  const headers = columns.map((column) => column.text);
  if (!ruled && !accept(headers)) return null;
  const rows: TableRow[] = [];
  let at = start + (ruled ? 2 : 1);
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') break;
    if (line.length > longestLine) {
      warn(at + 1, 'long-row', line.slice(0, 200));
      continue;
    }
    if (isRule(line)) continue;
    const cells = ruled ? cutAt(line, columns) : cutNear(line, columns);
    if (sameCells(cells, headers)) continue;
    // "(12 rows affected)" and the like stand in the first column alone.
    if (rows.length > 0 && /^\(?\d+ (?:rows?|行)\b/iu.test(line.trim())) break;
    rows.push({ line: at + 1, row: rows.length + 1, cells });
  }
  return { table: { headers, headerLine: start + 1, rows, title }, next: at };
}

/** Columns as the groups of dashes below the header show them. */
function ruledColumns(header: string, rule: string): readonly Stretch[] {
  const groups: { from: number; to: number }[] = [];
  for (const match of rule.matchAll(/[-=]+/gu))
    groups.push({ from: match.index, to: match.index + match[0].length });
  const bounds = groups.map((group, index) => ({
    from: index === 0 ? 0 : group.from,
    to: groups[index + 1]?.from ?? Number.MAX_SAFE_INTEGER,
  }));
  const cells = cutAt(header, bounds);
  return bounds.map((bound, index) => ({ ...bound, text: cells[index] ?? '' }));
}

type Bounds = Pick<Stretch, 'from' | 'to'>;

/** Some programs fill columns up by what is seen, others count characters: the way that cuts no word is right. */
function cutAt(line: string, columns: readonly Bounds[]): readonly string[] {
  const slice =
    wide.test(line) && !isCutBetween(displayed(line), columns) && isCutBetween(line, columns)
      ? (from: number, to: number) => line.slice(from, to).trim()
      : (from: number, to: number) => sliceColumns(line, from, to);
  return columns.map((column) => slice(column.from, column.to));
}

/** A line in which a wide character takes two places. */
function displayed(line: string): string {
  let text = '';
  for (const character of line) text += wide.test(character) ? `${character}.` : character;
  return text;
}

function isCutBetween(line: string, columns: readonly Bounds[]): boolean {
  return columns.every(({ from }) => from === 0 || from >= line.length || /\s/u.test(line[from - 1] ?? ''));
}

function sliceColumns(line: string, from: number, to: number): string {
  if (!wide.test(line)) return line.slice(from, to).trim();
  let column = 0;
  let cell = '';
  for (const character of line) {
    if (column >= to) break;
    if (column >= from) cell += character;
    column += wide.test(character) ? 2 : 1;
  }
  return cell.trim();
}

/** Every cell of a row goes to the header above or nearest to it. */
function cutNear(line: string, columns: readonly Stretch[]): readonly string[] {
  const apart = stretches(line);
  if (apart.length === columns.length) return apart.map((piece) => piece.text);
  // A full cell leaves one blank before the next column: there the next cell starts below its header.
  const pieces = apart.flatMap((piece) => splitBelow(piece, columns));
  if (pieces.length === columns.length) return pieces.map((piece) => piece.text);
  const cells = columns.map(() => '');
  for (const piece of pieces) {
    let best = 0;
    let bestDistance = Number.MAX_SAFE_INTEGER;
    columns.forEach((column, index) => {
      const distance = Math.max(column.from - piece.to + 1, piece.from - column.to + 1, 0);
      if (distance < bestDistance) {
        best = index;
        bestDistance = distance;
      }
    });
    cells[best] = cells[best] === '' ? piece.text : `${cells[best] ?? ''} ${piece.text}`;
  }
  return cells;
}

/** Pieces of a text that start right below a header, with a blank before them. */
function splitBelow(piece: Stretch, columns: readonly Stretch[]): readonly Stretch[] {
  const starts = new Set(columns.map((column) => column.from));
  const pieces: Stretch[] = [];
  let column = piece.from;
  let from = piece.from;
  let text = '';
  for (const character of piece.text) {
    if (text.endsWith(' ') && character !== ' ' && starts.has(column)) {
      pieces.push({ from, to: column - 1, text: text.trimEnd() });
      from = column;
      text = '';
    }
    text += character;
    column += wide.test(character) ? 2 : 1;
  }
  pieces.push({ from, to: piece.to, text });
  return pieces;
}

/** The texts of a line that two or more blanks (or a tab) separate. */
function stretches(line: string): readonly Stretch[] {
  const found: Stretch[] = [];
  let column = 0;
  let from = 0;
  let text = '';
  let blanks = 2;
  for (const character of line) {
    const width = wide.test(character) ? 2 : 1;
    // A full-width blank is as wide as two.
    const blank = character === '\t' || character === '\u3000' ? 2 : character === ' ' ? 1 : 0;
    if (blank > 0) {
      blanks += blank;
    } else {
      if (blanks >= 2) {
        if (text !== '') found.push({ from, to: from + displayWidth(text), text });
        text = character;
        from = column;
      } else {
        text += blanks === 1 ? ` ${character}` : character;
      }
      blanks = 0;
    }
    column += width;
  }
  if (text !== '') found.push({ from, to: from + displayWidth(text), text });
  return found;
}

function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : 1;
  return width;
}
