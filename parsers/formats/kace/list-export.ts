import type { ColumnMatch } from '../../text/column-match.ts';
import { readDelimited } from '../../text/delimited.ts';
import { readFixedWidth } from '../../text/fixed-width.ts';
import type { Page } from '../../text/page.ts';
import { rowCountOf } from '../../text/table.ts';
import type { Table } from '../../text/table.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, LongDocument } from '../define-format.ts';
import { oncePerProbe } from '../probe-memory.ts';
import { harvestRows, matchPatchTable, tellsState } from './read-rows.ts';
import { isPage, warnUnknownTables } from './saved-page.ts';
import { capturedAt, deviceOfFileName, looksLikeDevice, patchOfFileName, subjectOf } from './subject.ts';
import { isDatabaseHeader, patchColumns } from './words.ts';
import type { PatchColumn } from './words.ts';

/** Lines in which the header of a text is looked for. */
const headerLines = 60;
const separators: readonly string[] = ['\t', ',', ';', '|'];
/** Every name of a column has one. */
const letter = /[^\0-@[-`{-\x7f]/u;
/** What lies between the columns of a text table. */
const gaps = /\s{2,}/u;

/** Whether a member that is no page may hold a table of patches: asked by several formats. */
export const mayBeList = oncePerProbe((probe) => {
  if (probe.shape === 'workbook') return true;
  if (probe.shape !== 'delimited' && probe.shape !== 'text') return false;
  if (probe.shape === 'delimited' && isKacePath(probe.path)) return true;
  const sample = probe.lines.slice(0, headerLines);
  if (sample.some(hasPatchHeader) || hasDrawnTable(sample)) return true;
  // Quoted headers may run over several lines, and headers may stand in two rows.
  return probe.shape === 'delimited' && isPatchHeader(readDelimited(probe.text)?.headers ?? []);
});

/** Lists with the headers of the pages: CSV, TSV, XLSX, plain text, or a page with patches of many devices. */
export const listExport = defineDocumentFormat({
  id: 'kace/list-export',
  system: 'kace-sma',
  recognise: (probe) => mayBeList(probe) || isPage(probe),
  read: (document) => readList(document, 'list-export', pageOf(document)),
  readLong: (document) => readList(document, 'list-export', null),
});

/** Answers of the appliance's database, under the names of its columns. */
export const sqlExport = defineDocumentFormat({
  id: 'kace/sql-export',
  system: 'kace-sma',
  recognise: mayBeList,
  read: (document) => readList(document, 'sql-export', pageOf(document)),
  readLong: (document) => readList(document, 'sql-export', null),
});

/** A rule of dashes below names that one blank keeps apart, or a row written cell below cell. */
const drawn = /^\s*(?:[-=][-=\s]*$|\*{5,} ?\d+\. row \*|-\[ RECORD \d)/u;

function hasDrawnTable(lines: readonly string[]): boolean {
  if (!lines.some((line) => line.length <= 20_000 && drawn.test(line))) return false;
  return readFixedWidth(lines.join('\n')).some(({ headers }) => isPatchHeader(headers));
}

function isKacePath(path: string): boolean {
  return /(?:^|[/_\-\s.!])(?:kace|k1000|sma)(?:[/_\-\s.!]|$)/iu.test(path);
}

/** How lines of logs begin, and no headers. */
const stamped = /^\W?\d{4}[-/.]\d\d[-/.]\d\d\W/u;

function hasPatchHeader(line: string): boolean {
  if (line.length < 16 || line.length > 20_000 || stamped.test(line)) return false;
  return (
    separators.some((separator) => holds(line, separator, 3) && isPatchHeader(line.split(separator))) ||
    (mayHaveGaps(line, 3) && isPatchHeader(line.split(gaps)))
  );
}

function isPatchHeader(cells: readonly string[]): boolean {
  let named = 0;
  for (const cell of cells) if (letter.test(cell)) named += 1;
  // Stamps and numbers name no column.
  return named >= 4 && patchColumns.match(cells.map(withoutQuotes)) !== null;
}

function withoutQuotes(cell: string): string {
  const trimmed = cell.trim();
  return trimmed.includes('"') ? trimmed.replace(/^"|"$/gu, '') : trimmed;
}

function holds(line: string, separator: string, least: number): boolean {
  let at = -1;
  for (let count = 0; count < least; count += 1) {
    at = line.indexOf(separator, at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** Whether there may be so many gaps: runs of two characters or more that may be blanks. */
function mayHaveGaps(line: string, least: number): boolean {
  let [count, run] = [0, 0];
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    const mayBeBlank =
      code <= 0x20 ||
      (code >= 0xa0 &&
        (code === 0xa0 || (code >= 0x1680 && code <= 0x205f) || code === 0x3000 || code === 0xfeff));
    run = mayBeBlank ? run + 1 : 0;
    if (run === 2) count += 1;
    if (count === least) return true;
  }
  return false;
}

interface FoundTable {
  readonly table: Table;
  readonly columns: ColumnMatch<PatchColumn>;
}

function pageOf(document: EvidenceDocument): Page | null {
  return document.shape === 'html' || document.shape === 'mhtml' ? document.page() : null;
}

function readList(document: LongDocument, source: 'list-export' | 'sql-export', page: Page | null): boolean {
  const tables = document.tables();
  const found: FoundTable[] = tables.flatMap((table) => {
    const columns = matchPatchTable(table, 4);
    if (columns === null || !(tellsState(columns) || tellsPatches(columns))) return [];
    return isDatabase(table) === (source === 'sql-export') ? [{ table, columns }] : [];
  });
  if (found.length === 0) {
    // A list out of a folder of the appliance that nobody understands is told of, not passed over.
    const isList = document.shape === 'delimited' || document.shape === 'workbook';
    const strange = source === 'list-export' && isList && isKacePath(document.path) && tables.length > 0;
    if (!strange || tables.some((table) => matchPatchTable(table, 4) !== null)) return false;
    warnUnknownTables(document, tables, new Set());
    document.harvest.rows(0);
    return true;
  }
  const fileDevice = deviceOfFileName(document.path);
  let rows = 0;
  for (const { table, columns } of found) {
    rows += rowCountOf(table);
    const named = columns.has('device') || columns.has('deviceId');
    const titled = named || table.title === null ? null : titleDevice(table.title);
    if (!named && titled === null && fileDevice !== null) document.harvest.device(fileDevice);
    harvestRows(document, table, columns, {
      source,
      device: titled,
      patch:
        columns.has('patch') || columns.has('patchId')
          ? null
          : (subjectOf(table.title ?? '', 'patch') ?? patchOfFileName(document.path)),
      capturedAt: capturedAt(document, page),
    });
  }
  document.harvest.rows(rows);
  warnUnknownTables(document, tables, new Set(found.map(({ table }) => table)));
  return true;
}

/** The database's own names, at least two of them: a single one may be anybody's. */
export function isDatabase(table: Table): boolean {
  return table.headers.filter(isDatabaseHeader).length >= 2;
}

/** A catalogue of patches: no device, but whether they are active, labelled, replaced. */
function tellsPatches(columns: ColumnMatch<PatchColumn>): boolean {
  return (
    (columns.has('patch') || columns.has('patchId')) &&
    (columns.has('patchStatus') || columns.has('superseded') || columns.has('labels'))
  );
}

/** A worksheet or a title line may name the device: `PC-0042`, `デバイスの詳細: PC-0042`. */
export function titleDevice(title: string): string | null {
  return subjectOf(title, 'device') ?? (looksLikeDevice(title) && !/^sheet\d+$/iu.test(title) ? title : null);
}
