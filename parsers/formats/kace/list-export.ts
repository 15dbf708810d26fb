import type { ColumnMatch } from '../../text/column-match.ts';
import { readDelimited } from '../../text/delimited.ts';
import { readFixedWidth } from '../../text/fixed-width.ts';
import { rowCountOf } from '../../text/table.ts';
import type { Table } from '../../text/table.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, Probe } from '../define-format.ts';
import { harvestRows, matchPatchTable, tellsState } from './read-rows.ts';
import { isPage, warnUnknownTables } from './saved-page.ts';
import { capturedAt, deviceOfFileName, looksLikeDevice, patchOfFileName, subjectOf } from './subject.ts';
import { isDatabaseHeader, patchColumns } from './words.ts';
import type { PatchColumn } from './words.ts';

/** Lines in which the header of a text is looked for. */
const headerLines = 60;
const separators: readonly (string | RegExp)[] = ['\t', ',', ';', '|', /\s{2,}/u];

/** Lists with the headers of the pages: CSV, TSV, XLSX, plain text, or a page with patches of many devices. */
export const listExport = defineDocumentFormat({
  id: 'kace/list-export',
  system: 'kace-sma',
  recognise: (probe) => mayBeList(probe) || isPage(probe),
  read: (document) => readList(document, 'list-export'),
});

/** Answers of the appliance's database, under the names of its columns. */
export const sqlExport = defineDocumentFormat({
  id: 'kace/sql-export',
  system: 'kace-sma',
  recognise: mayBeList,
  read: (document) => readList(document, 'sql-export'),
});

/** Whether a member that is no page may hold a table of patches. */
export function mayBeList(probe: Probe): boolean {
  if (probe.shape === 'workbook') return true;
  if (probe.shape !== 'delimited' && probe.shape !== 'text') return false;
  if (probe.shape === 'delimited' && isKacePath(probe.path)) return true;
  // Quoted headers may run over several lines, and headers may stand in two rows.
  if (probe.shape === 'delimited' && isPatchHeader(readDelimited(probe.text)?.headers ?? [])) return true;
  return probe.lines.slice(0, headerLines).some(hasPatchHeader) || hasDrawnTable(probe.lines);
}

function isPatchHeader(headers: readonly string[]): boolean {
  return headers.length >= 4 && patchColumns.match(headers) !== null;
}

/** A rule of dashes below names that one blank keeps apart, or a row written cell below cell. */
const drawn = /^\s*(?:[-=][-=\s]*$|\*{5,} ?\d+\. row \*|-\[ RECORD \d)/u;

function hasDrawnTable(lines: readonly string[]): boolean {
  const sample = lines.slice(0, headerLines);
  if (!sample.some((line) => line.length <= 20_000 && drawn.test(line))) return false;
  return readFixedWidth(sample.join('\n')).some(({ headers }) => isPatchHeader(headers));
}

function isKacePath(path: string): boolean {
  return /(?:^|[/_\-\s.!])(?:kace|k1000|sma)(?:[/_\-\s.!]|$)/iu.test(path);
}

function hasPatchHeader(line: string): boolean {
  if (line.length < 16 || line.length > 20_000) return false;
  return separators.some((separator) => {
    const cells = line.split(separator);
    if (cells.length < 4) return false;
    return patchColumns.match(cells.map((cell) => cell.trim().replace(/^"|"$/gu, ''))) !== null;
  });
}

interface FoundTable {
  readonly table: Table;
  readonly columns: ColumnMatch<PatchColumn>;
}

function readList(document: EvidenceDocument, source: 'list-export' | 'sql-export'): boolean {
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
  const page = document.shape === 'html' || document.shape === 'mhtml' ? document.page() : null;
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
