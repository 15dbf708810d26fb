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
/** Groups of dashes can be told apart in one way only, so that a line that is almost a rule costs its length. */
const ruleLine = /^[\s|+]*(?:[-=]{4,}|[-=]{2,}(?:[\s|+]+[-=]{2,})+)[\s|+]*$/u;
const boxRule = /^\s*\+(?:[-=]+\+){1,}\s*$/u;
const longestLine = 20_000;
const fewestColumns = 3;

/**
 * The tables of a text whose name and first lines do not tell how its columns are kept apart: by
 * tabs, by the width of the columns, or by commas below a title.
 */
export function readTextTables(text: string, warn: WarnAt = ignore): readonly Table[] {
  const delimiter = findDelimiter(text);
  if (delimiter !== '\t') {
    const aligned = readFixedWidth(text, looksLikeHeader, warn);
    if (aligned.length > 0) return aligned;
  }
  const table = delimiter === null ? null : readDelimited(text, warn);
  return table === null ? [] : [table];
}

function looksLikeHeader(headers: readonly string[]): boolean {
  return (
    headers.length >= 4 && headers.every((header) => header.length <= 40 && !/\d{1,2}:\d{2}/u.test(header))
  );
}

/**
 * Reads the tables of plain text: a header with a rule of dashes below it, boxes of `+---+` and `|`,
 * and columns that two or more blanks separate. A table ends at a blank line. Columns are aligned by
 * the width that characters have on a screen: a Japanese one fills two places.
 *
 * @param accept says whether a line of header cells starts a table; without a rule below it a header
 *   cannot be told from prose, so the caller, who knows the headers, decides.
 */
export function readFixedWidth(
  text: string,
  accept: (headers: readonly string[]) => boolean = looksLikeHeader,
  warn: WarnAt = ignore,
): readonly Table[] {
  const lines = text.split('\n').map((line) => line.replace(/\r+$/u, ''));
  const tables: Table[] = [];
  let title: string | null = null;
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || line.length > longestLine) {
      at += 1;
      continue;
    }
    const read = readBox(lines, at, title, warn) ?? readAligned(lines, at, title, accept, warn);
    if (read === null) {
      title = line.trim();
      at += 1;
    } else {
      tables.push(read.table);
      at = read.next;
      title = null;
    }
  }
  return tables;
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
  return line
    .trim()
    .replace(/^\||\|$/gu, '')
    .split('|')
    .map((cell) => cell.trim());
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
  const ruled = ruleLine.test(rule);
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
    if (ruleLine.test(line)) continue;
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
  return bounds.map((bound) => ({ ...bound, text: sliceColumns(header, bound.from, bound.to) }));
}

function cutAt(line: string, columns: readonly Stretch[]): readonly string[] {
  return columns.map((column) => sliceColumns(line, column.from, column.to));
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
  const pieces = stretches(line);
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
