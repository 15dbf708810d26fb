import { unzipSync } from 'fflate';
import { defaultLimits, workbookBytes } from '../domain/limits.ts';
import { anyCells, CellCounter, TooManyCells } from './cell-limits.ts';
import type { CellLimits } from './cell-limits.ts';
import { walkXml } from './markup.ts';
import { tableFromGrid } from './table.ts';
import type { GridRow, Table, WarnAt } from './table.ts';

const ignore: WarnAt = () => undefined;

export interface WorkbookOptions {
  /** Unpacked bytes that are read at most; parts beyond are left out, with the warning `too-large`. */
  readonly mostBytes?: number;
  /** Of a sheet's row, and of all sheets together; those left out in front of a cell count. Default: no limits. */
  readonly cells?: CellLimits;
}

/** Cells that merged ranges may fill altogether: a hostile file merges everything with everything. */
const mostMergedCells = 1_000_000;
/** Excel itself knows 65,490 formats of cells. */
const mostFormats = 65_536;
const mostSheets = 10_000;
const chunkBytes = 1024 * 1024;

/**
 * Reads the worksheets of an XLSX file as tables: one for each sheet that has a header, in the order
 * of the workbook, hidden ones too. `line` is the number of the sheet's row.
 *
 * Serial numbers in cells with a date format become ISO text, to the second; furigana is dropped;
 * the cells that a merge hides repeat its value downwards. Macros, formulas, links are not looked at:
 * a formula's cell has the value that was stored with it.
 *
 * @throws TooManyCells
 */
export function readWorkbook(
  bytes: Uint8Array,
  warn: WarnAt = ignore,
  options: WorkbookOptions = {},
): readonly Table[] {
  const parts = unpackParts(bytes, options.mostBytes ?? workbookBytes(defaultLimits), warn);
  if (parts === null) return [];
  const counter = new CellCounter(options.cells ?? anyCells);
  const shared = readSharedStrings(parts.get('xl/sharedstrings.xml'), counter.limits);
  const styles = readStyles(parts.get('xl/styles.xml'));
  const { sheets, from1904 } = readSheetList(parts);
  const tables: Table[] = [];
  for (const sheet of sheets) {
    const part = parts.get(sheet.part);
    if (part === undefined) {
      warn(null, 'missing-sheet', sheet.name);
      continue;
    }
    // A name that Excel gave says less than the line above the table.
    const named = !/^(?:sheet|シート|tabelle|feuil|hoja)\s?\d+$/iu.test(sheet.name.normalize('NFKC'));
    const grid = readSheet(part, shared, styles, from1904, counter);
    const read = tableFromGrid(grid, named ? sheet.name : null, warn);
    const table = read === null ? null : { ...read, title: read.title ?? sheet.name };
    if (table !== null) tables.push(table);
  }
  return tables;
}

function unpackParts(
  bytes: Uint8Array,
  mostBytes: number,
  warn: WarnAt,
): ReadonlyMap<string, Uint8Array> | null {
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: (file) => {
        const wanted = /^xl\/(?:workbook|sharedstrings|styles|_rels\/workbook|worksheets\/)/iu.test(
          file.name.replaceAll('\\', '/'),
        );
        if (!wanted || !/\.(?:xml|rels)$/iu.test(file.name)) return false;
        total += file.originalSize;
        if (total <= mostBytes) return true;
        warn(null, 'too-large', file.name);
        return false;
      },
    });
    return new Map(
      Object.entries(files).map(([name, data]) => [name.replaceAll('\\', '/').toLowerCase(), data]),
    );
  } catch {
    warn(null, 'damaged-workbook', '');
    return null;
  }
}

function* decodeChunks(bytes: Uint8Array): Iterable<string> {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0x3c && bytes[1] === 0);
  const decoder = new TextDecoder(utf16 ? 'utf-16le' : 'utf-8');
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    yield decoder.decode(bytes.subarray(at, at + chunkBytes), { stream: true });
  }
  yield decoder.decode();
}

interface SheetEntry {
  readonly name: string;
  readonly part: string;
}

function readSheetList(parts: ReadonlyMap<string, Uint8Array>): {
  readonly sheets: readonly SheetEntry[];
  readonly from1904: boolean;
} {
  const targets = new Map<string, string>();
  const relations = parts.get('xl/_rels/workbook.xml.rels');
  if (relations !== undefined) {
    walkXml(decodeChunks(relations), {
      open(name, attribute) {
        const id = attribute('Id');
        const target = attribute('Target');
        if (name === 'Relationship' && id !== null && target !== null && targets.size < mostSheets)
          targets.set(id, target);
      },
      close: () => undefined,
      text: () => undefined,
    });
  }
  const sheets: SheetEntry[] = [];
  let from1904 = false;
  const workbook = parts.get('xl/workbook.xml');
  if (workbook !== undefined) {
    walkXml(decodeChunks(workbook), {
      open(name, attribute) {
        if (name === 'workbookPr') from1904 = isTrue(attribute('date1904'));
        // `r:id`: the local name of the relation is `id`, that of the sheet's own number `sheetId`.
        const target = name === 'sheet' ? targets.get(attribute('id') ?? '') : undefined;
        if (target !== undefined && sheets.length < mostSheets) {
          const path = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
          sheets.push({ name: attribute('name') ?? '', part: path.toLowerCase() });
        }
      },
      close: () => undefined,
      text: () => undefined,
    });
  }
  if (sheets.length > 0) return { sheets, from1904 };
  // Without a readable list the sheets are taken as they lie in the file.
  const found = [...parts.keys()].filter(
    (name) => name.startsWith('xl/worksheets/') && name.endsWith('.xml'),
  );
  found.sort((a, b) => sheetNumber(a) - sheetNumber(b));
  return { sheets: found.map((part, index) => ({ name: `Sheet${index + 1}`, part })), from1904 };
}

function sheetNumber(part: string): number {
  return Number(/(?<digits>\d+)\.xml$/u.exec(part)?.groups?.['digits'] ?? 0);
}

function isTrue(value: string | null): boolean {
  return value === '1' || value === 'true' || value === 'on';
}

/** Texts that cells share: no table has more of them than it has cells. */
function readSharedStrings(part: Uint8Array | undefined, limits: CellLimits): readonly string[] {
  const strings: string[] = [];
  if (part === undefined) return strings;
  let current = '';
  let inText = false;
  let inPhonetic = false;
  walkXml(decodeChunks(part), {
    open(name) {
      if (name === 'si') current = '';
      else if (name === 'rPh') inPhonetic = true;
      else if (name === 't') inText = !inPhonetic;
    },
    close(name) {
      if (name === 'si') {
        if (strings.length >= limits.tableCells) throw new TooManyCells('table-too-large', null);
        strings.push(decodeEscapes(current));
      } else if (name === 'rPh') inPhonetic = false;
      else if (name === 't') inText = false;
    },
    text(text) {
      if (inText) current += text;
    },
  });
  return strings;
}

/** `_x000D_` stands for a character that XML does not allow (ECMA-376 part 1, 22.9.2.19). */
function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x(?<code>[0-9A-Fa-f]{4})_/gu, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** How a number of a style is to be shown, as far as it matters: as a date, a time of day, or as it is. */
type NumberKind = 'number' | 'date' | 'date-time' | 'time';

/**
 * Built-in formats that are dates: 14-17 and 22 everywhere; 27-36 and 50-58 are those of Japanese,
 * Chinese and Korean Excel, where 32-35 and 55-56 mix (ECMA-376 part 1, 18.8.30).
 */
function builtInKind(id: number): NumberKind {
  if (id === 22) return 'date-time';
  if (id >= 14 && id <= 17) return 'date';
  if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47)) return 'time';
  if (id >= 32 && id <= 35) return 'time';
  if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return 'date';
  return 'number';
}

function formatKind(code: string): NumberKind {
  const bare = code
    .split(';', 1)
    .join('')
    .replace(/e[+-]|"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/giu, '')
    .toLowerCase();
  const date = /[yde]|g{1,3}|m{3,5}|年|月/u.test(bare.replace(/general/gu, ''));
  const time = /[hs]|am\/pm|時|午前/u.test(bare.replace(/general/gu, ''));
  if (date) return time ? 'date-time' : 'date';
  if (time) return 'time';
  return /^m+$/u.test(bare) ? 'date' : 'number';
}

function readStyles(part: Uint8Array | undefined): readonly NumberKind[] {
  const kinds: NumberKind[] = [];
  if (part === undefined) return kinds;
  const custom = new Map<number, NumberKind>();
  let inCellFormats = false;
  walkXml(decodeChunks(part), {
    open(name, attribute) {
      if (name === 'numFmt' && custom.size < mostFormats) {
        custom.set(Number(attribute('numFmtId')), formatKind(attribute('formatCode') ?? ''));
      } else if (name === 'cellXfs') {
        inCellFormats = true;
      } else if (name === 'xf' && inCellFormats && kinds.length < mostFormats) {
        const id = Number(attribute('numFmtId') ?? 0);
        kinds.push(custom.get(id) ?? builtInKind(id));
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellFormats = false;
    },
    text: () => undefined,
  });
  return kinds;
}

interface Merge {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
}

function readSheet(
  part: Uint8Array,
  shared: readonly string[],
  styles: readonly NumberKind[],
  from1904: boolean,
  counter: CellCounter,
): readonly GridRow[] {
  const rows: { line: number; cells: string[] }[] = [];
  const merges: Merge[] = [];
  let row: { line: number; cells: string[] } | null = null;
  let line = 0;
  let column = 0;
  let type = '';
  let style = 0;
  let value = '';
  let inValue = false;
  let inPhonetic = false;
  walkXml(decodeChunks(part), {
    open(name, attribute) {
      switch (name) {
        case 'row':
          line = Number(attribute('r') ?? line + 1) || line + 1;
          column = -1;
          row = { line, cells: [] };
          break;
        case 'c': {
          const reference = attribute('r');
          column = reference === null ? column + 1 : columnOf(reference);
          type = attribute('t') ?? 'n';
          style = Number(attribute('s') ?? 0);
          value = '';
          break;
        }
        case 'rPh':
          inPhonetic = true;
          break;
        case 'v':
        case 't':
          inValue = !inPhonetic;
          break;
        case 'mergeCell': {
          const merge = mergeOf(attribute('ref') ?? '');
          if (merge !== null && merges.length < mostMergedCells) merges.push(merge);
          break;
        }
        default:
      }
    },
    close(name) {
      switch (name) {
        case 'row':
          if (row !== null && row.cells.length > 0) {
            counter.addRow(row.cells.length, row.line);
            rows.push(row);
          }
          row = null;
          break;
        case 'c':
          if (row === null || column < 0) break;
          {
            const text = cellText(value, type, styles[style] ?? 'number', shared, from1904).trim();
            // Whole rows are formatted up to the last column: what is blank there is no cell of the table.
            if (text === '' && column >= counter.limits.rowCells) break;
            counter.checkRow(column + 1, line);
            while (row.cells.length < column) row.cells.push('');
            row.cells[column] = text;
          }
          break;
        case 'rPh':
          inPhonetic = false;
          break;
        case 'v':
        case 't':
          inValue = false;
          break;
        default:
      }
    },
    text(text) {
      if (inValue) value += text;
    },
  });
  fillMerges(rows, merges, counter);
  // Rows are even in a sheet: only a cut text file has short ones.
  const width = rows.reduce((most, each) => Math.max(most, each.cells.length), 0);
  const missing = rows.reduce((sum, each) => sum + width - each.cells.length, 0);
  if (counter.hasRoom(missing)) {
    counter.add(missing, null);
    for (const each of rows) while (each.cells.length < width) each.cells.push('');
  }
  return rows;
}

function cellText(
  value: string,
  type: string,
  kind: NumberKind,
  shared: readonly string[],
  from1904: boolean,
): string {
  switch (type) {
    case 's':
      return shared[Number(value)] ?? '';
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE';
    case 'n':
      return kind === 'number' || value === '' ? value : (serialText(Number(value), kind, from1904) ?? value);
    case 'd':
      return value.replace('T', ' ').replace(/\.0+$/u, '');
    case 'inlineStr':
    case 'str':
    case 'e':
    default:
      return decodeEscapes(value);
  }
}

/**
 * A serial number as ISO text, or null when it is none. Excel counts 1900 as a leap year, so numbers
 * below 60 are a day off; they are no dates of patches and stay numbers.
 */
function serialText(serial: number, kind: NumberKind, from1904: boolean): string | null {
  const days = from1904 ? serial + 1462 : serial;
  if (!Number.isFinite(days)) return null;
  // Serial numbers are floating point: half a second is the nearest that can be meant.
  const milliseconds = Math.round((days - 25_569) * 86_400) * 1000;
  if (kind === 'time' && days < 1) return isoOf(milliseconds).slice(11);
  if (days < 60 || days >= 2_958_466) return null;
  const iso = isoOf(milliseconds);
  return kind === 'date' && iso.endsWith('00:00:00') ? iso.slice(0, 10) : iso;
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

/** 0-based column of a reference such as `AB12`, or -1. */
function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length && at < 4; at += 1) {
    const letter = (reference.charCodeAt(at) | 0x20) - 0x60;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}

function mergeOf(reference: string): Merge | null {
  const match = /^(?<from>[A-Z]{1,3})(?<top>\d{1,7}):(?<to>[A-Z]{1,3})(?<bottom>\d{1,7})$/iu.exec(reference);
  if (match?.groups === undefined) return null;
  return {
    top: Number(match.groups['top']),
    bottom: Number(match.groups['bottom']),
    left: columnOf(match.groups['from'] ?? ''),
  };
}

/** Repeats the value of a merge in the rows below it: one device over its patches. */
function fillMerges(
  rows: readonly { line: number; cells: string[] }[],
  merges: readonly Merge[],
  counter: CellCounter,
): void {
  const byLine = new Map(rows.map((row) => [row.line, row]));
  let filled = 0;
  for (const merge of merges) {
    if (merge.bottom <= merge.top || merge.left < 0 || merge.left >= counter.limits.rowCells) continue;
    const value = byLine.get(merge.top)?.cells[merge.left] ?? '';
    if (value === '') continue;
    for (let line = merge.top + 1; line <= merge.bottom; line += 1) {
      filled += 1;
      if (filled > mostMergedCells) return;
      const row = byLine.get(line);
      if (row === undefined) continue;
      counter.add(Math.max(0, merge.left + 1 - row.cells.length), line);
      while (row.cells.length < merge.left) row.cells.push('');
      if ((row.cells[merge.left] ?? '') === '') row.cells[merge.left] = value;
    }
  }
}
