import type { Table } from '../../text/table.ts';
import type { Page } from '../../text/page.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument } from '../define-format.ts';
import type { KacePatchFact } from './facts.ts';
import { harvestRows, matchPatchTable, tellsState } from './read-rows.ts';
import { harvestPage, isPage, readPatchFact, warnUnknownTables } from './saved-page.ts';
import { capturedAt, pageIsTitled, pageSubject, PageValues, patchOfFileName } from './subject.ts';

/**
 * The page of one patch with its table of devices. The same page tells whether the patch is active,
 * its labels, its files and the patch that replaces it.
 */
export const patchPage = defineDocumentFormat({
  id: 'kace/patch-page',
  system: 'kace-sma',
  recognise: isPage,
  read(document) {
    const page = document.page();
    const titled = pageIsTitled(page, 'patch');
    const { tables } = page;
    const found = tables.flatMap((table) => {
      const columns = matchPatchTable(table, titled ? 3 : 4);
      if (columns === null || !tellsState(columns)) return [];
      const ofDevices = columns.has('device') || columns.has('deviceId');
      return ofDevices && !columns.has('patch') && !columns.has('patchId') ? [{ table, columns }] : [];
    });
    if (found.length === 0) return false;

    const values = new PageValues(page);
    const patch = patchName(page, values) ?? patchOfFileName(document.path);
    const known = new Set<Table>();
    harvestPage(document, page, 'patch-page', patch);
    let rows = 0;
    for (const { table, columns } of found) {
      known.add(table);
      rows += table.rows.length;
      harvestRows(document, table, columns, {
        source: 'patch-page',
        device: null,
        patch,
        capturedAt: capturedAt(document, page),
      });
    }
    document.harvest.rows(rows);
    harvestPatch(document, patch, readPatchFact(document, page, values, known));
    warnUnknownTables(document, tables, known);
    return true;
  },
});

/** The page of a patch without its table of devices: status, labels, files. */
export const patchDetail = defineDocumentFormat({
  id: 'kace/patch-detail',
  system: 'kace-sma',
  recognise: isPage,
  read(document) {
    const page = document.page();
    const values = new PageValues(page);
    const known = new Set<Table>();
    const fact = readPatchFact(document, page, values, known);
    if (fact === null) return false;
    const titled = pageSubject(page, 'patch') !== null || pageIsTitled(page, 'patch');
    if (!titled && !saysEnough(fact.value)) return false;
    const patch = patchName(page, values);
    if (patch === null) return false;
    harvestPage(document, page, 'patch-detail', patch);
    harvestPatch(document, patch, fact);
    warnUnknownTables(document, page.tables, known);
    return true;
  },
});

/** Without a title a page must tell the status and one more thing to be taken for that of a patch. */
function saysEnough(value: KacePatchFact): boolean {
  return value.status !== 'unknown' && (value.labels !== null || value.files !== null);
}

function patchName(page: Page, values: PageValues): string | null {
  const subject = pageSubject(page, 'patch');
  if (subject !== null) return subject;
  const stated = values.first('patchName')?.value.trim();
  return stated === undefined || stated === '' ? null : stated;
}

function harvestPatch(
  document: EvidenceDocument,
  patch: string | null,
  fact: ReturnType<typeof readPatchFact>,
): void {
  if (fact === null) return;
  document.harvest.fact({
    type: 'kace/patch',
    patch,
    value: fact.value,
    citation: document.cite(fact.line, fact.quote),
  });
}
