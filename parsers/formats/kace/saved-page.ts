import type { Citation } from '../../domain/evidence.ts';
import { rowCountOf } from '../../text/table.ts';
import type { Table } from '../../text/table.ts';
import type { Page } from '../../text/page.ts';
import type { EvidenceDocument, MemberContext, Probe } from '../define-format.ts';
import type { KacePageKind, KacePatchFact } from './facts.ts';
import { supersededByOf } from './read-rows.ts';
import { capturedAt, chosenTab, listOf } from './subject.ts';
import type { PageValues } from './subject.ts';
import { downloadWords, fileColumns, isNothing, pageKeys, patchStatusWords } from './words.ts';
import { foldWord } from '../../text/vocabulary.ts';

/** Whether a member may be a saved page. */
export function isPage(probe: Probe): boolean {
  return probe.shape === 'html' || probe.shape === 'mhtml';
}

/** The page's own fact, and its subject as the member's device where it is one. */
export function harvestPage(
  document: EvidenceDocument,
  page: Page,
  kind: KacePageKind,
  subject: string | null,
): void {
  document.harvest.fact({
    type: 'kace/page',
    device: kind === 'device-page' ? subject : null,
    patch: kind === 'patch-page' || kind === 'patch-detail' ? subject : null,
    value: { kind, tab: chosenTab(page), subject, capturedAt: capturedAt(document, page) },
    citation: document.cite(page.headings[0]?.line ?? 1, page.headings[0]?.text ?? page.title ?? ''),
  });
}

/** Tables that nobody understood are listed with their headers; forms and small tables are no evidence tables. */
export function warnUnknownTables(
  document: MemberContext,
  tables: readonly Table[],
  known: ReadonlySet<Table>,
): void {
  for (const table of tables) {
    if (known.has(table) || rowCountOf(table) === 0) continue;
    if (table.headers.filter((header) => header !== '').length < 3) continue;
    document.harvest.warning(table.headerLine, 'unknown-table', table.headers.join(' | '));
  }
}

/** What a page says of a patch itself; null when it says nothing. The tables it was read from go to `known`. */
export function readPatchFact(
  document: EvidenceDocument,
  page: Page,
  values: PageValues,
  known: Set<Table>,
): { readonly value: KacePatchFact; readonly line: number; readonly quote: string } | null {
  const statuses = values.all('patchStatus');
  const status = statuses.find((pair) => patchStatusWords.read(pair.value) !== null) ?? null;
  const labels = values.first('patchLabels');
  const superseded = values.first('superseded');
  const files = readFiles(page, values, known);
  const supersededBy = superseded === null ? null : supersededByOf(superseded.value);
  if (status === null && labels === null && files === null && supersededBy === null) return null;
  const place = status ?? labels ?? files?.place ?? superseded;
  return {
    value: {
      status: status === null ? 'unknown' : (patchStatusWords.read(status.value) ?? 'unknown'),
      statusRaw: status?.value ?? null,
      labels: labels === null ? null : listOf(labels.value),
      files: files?.files ?? null,
      supersededBy,
      places: {
        ...placeOf(document, 'status', status),
        ...placeOf(document, 'labels', labels),
        ...placeOf(document, 'files', files?.place ?? null),
        ...placeOf(document, 'supersededBy', superseded),
      },
    },
    line: place?.line ?? 1,
    quote: place === null ? '' : quoteOf(place),
  };
}

interface PlaceOnPage {
  readonly label: string;
  readonly value: string;
  readonly line: number;
}

/** The place of a field under its name; nothing where the page does not have it. */
export function placeOf<F extends string>(
  document: EvidenceDocument,
  field: F,
  place: PlaceOnPage | null,
): Partial<Record<F, Citation>> {
  if (place === null) return {};
  const found: Partial<Record<F, Citation>> = {};
  found[field] = document.cite(place.line, quoteOf(place));
  return found;
}

function quoteOf(place: { readonly label: string; readonly value: string }): string {
  return place.value === '' ? place.label : `${place.label} | ${place.value}`;
}

interface FileList {
  readonly files: NonNullable<KacePatchFact['files']>;
  readonly place: PlaceOnPage;
}

const fileKeys: ReadonlySet<string> = new Set(pageKeys.files.map(foldWord));
/** A name that ends like a file of a patch. */
const fileName = /^[^\s,、]+\.[A-Za-z0-9]{2,5}$/u;

/** The files of a patch: a table of them, one value that lists them, or rows of name and state. */
function readFiles(page: Page, values: PageValues, known: Set<Table>): FileList | null {
  for (const table of page.tables) {
    const columns = fileColumns.match(table.headers, { least: 2 });
    if (columns === null) continue;
    const states = table.rows.map((row) => downloadState(columns.cell(row.cells, 'downloaded') ?? ''));
    // A "Name" with a "Status" is a table of files only when its states are those of downloads.
    if (states.length > 0 && states.every((state) => state === null)) continue;
    known.add(table);
    return {
      files: table.rows.map((row, index) => ({
        name: columns.cell(row.cells, 'file') ?? '',
        downloaded: states[index] ?? null,
      })),
      place: { label: table.headers.join(' | '), value: '', line: table.headerLine },
    };
  }
  const rows = page.pairs.filter((pair) => fileName.test(pair.label) && downloadState(pair.value) !== null);
  const [first] = rows;
  if (first !== undefined) {
    return {
      files: rows.map((pair) => ({ name: pair.label, downloaded: downloadState(pair.value) })),
      place: first,
    };
  }
  const listed = values.first('files');
  if (listed === null || !fileKeys.has(foldWord(listed.label))) return null;
  return isNothing(listed.value) ? null : { files: listOf(listed.value).map(fileOf), place: listed };
}

function downloadState(text: string): boolean | null {
  const word = downloadWords.read(text);
  return word === null ? null : word === 'downloaded';
}

/** `name.msu (ダウンロード済み)`, `name.msu - Downloaded`, `name.msu`. */
function fileOf(item: string): { readonly name: string; readonly downloaded: boolean | null } {
  const match =
    /^(?<name>\S+?)(?:\s*[(（[]\s*(?<inside>[^)）\]]+)[)）\]]|\s*[:：]\s*(?<behind>\S.*)|\s+[-–]?\s*(?<loose>\S.*))$/u.exec(
      item,
    );
  const state = match?.groups?.['inside'] ?? match?.groups?.['behind'] ?? match?.groups?.['loose'];
  const downloaded = state === undefined ? null : downloadState(state);
  return downloaded === null
    ? { name: item, downloaded }
    : { name: match?.groups?.['name'] ?? item, downloaded };
}
