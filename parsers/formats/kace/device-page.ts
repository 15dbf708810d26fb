import type { At } from '../../domain/moment.ts';
import type { ColumnMatch } from '../../text/column-match.ts';
import { quoteCells, rowCountOf } from '../../text/table.ts';
import type { Table } from '../../text/table.ts';
import { placeReading, readDate } from '../../text/dates.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, LongDocument } from '../define-format.ts';
import type { KaceDeviceFact } from './facts.ts';
import { isDatabase, mayBeList, titleDevice } from './list-export.ts';
import { harvestRows, matchPatchTable, tellsState } from './read-rows.ts';
import { harvestPage, isPage, warnUnknownTables } from './saved-page.ts';
import {
  capturedAt,
  deviceOfFileName,
  pageDevice,
  pageIsTitled,
  pageSubject,
  PageValues,
} from './subject.ts';
import { isNothing } from './words.ts';
import type { PageKey, PatchColumn } from './words.ts';

/**
 * The deploy status table of one device (KB 4260849): one row per patch. Known by its title or by a
 * table of patches without a column of devices. As CSV, TSV, XLSX or text it is one when its file, its
 * sheet or its title names the device; without that, or with a column of devices, it is a list.
 */
export const devicePage = defineDocumentFormat({
  id: 'kace/device-page',
  system: 'kace-sma',
  recognise: (probe) => isPage(probe) || mayBeList(probe),
  read(document) {
    if (document.shape !== 'html' && document.shape !== 'mhtml') return readDeviceTables(document);
    const page = document.page();
    const isOfDevice = pageIsTitled(page, 'device');
    const { tables } = page;
    const hasDevices = tables.some((table) => isDeviceTable(matchPatchTable(table, 4)));
    const subject = pageDevice(page, isOfDevice || hasDevices);
    const titled = isOfDevice || pageSubject(page, 'device') !== null;
    const found = tables.flatMap((table) => {
      const columns = matchPatchTable(table, titled ? 3 : 4);
      return isDeviceTable(columns) ? [{ table, columns }] : [];
    });
    // A page that says whose it is counts even when its table was not understood: the warning tells of it.
    if (found.length === 0 && (subject === null || !titled || !hasDataTable(tables) || aboutElse(tables)))
      return false;

    const known = new Set<Table>();
    const stated = subject ?? deviceOfFileName(document.path);
    if (stated !== null) document.harvest.device(stated);
    harvestPage(document, page, 'device-page', subject);
    let rows = 0;
    for (const { table, columns } of found) {
      known.add(table);
      rows += table.rows.length;
      harvestRows(document, table, columns, {
        source: 'device-page',
        device: subject,
        patch: null,
        capturedAt: capturedAt(document, page),
      });
    }
    document.harvest.rows(rows);
    harvestDevice(document, new PageValues(page), subject);
    warnUnknownTables(document, tables, known);
    return true;
  },
  readLong: readDeviceTables,
});

/** A table that tells the state of patches without saying of which device. */
function isDeviceTable(columns: ColumnMatch<PatchColumn> | null): columns is ColumnMatch<PatchColumn> {
  if (columns === null || !tellsState(columns)) return false;
  const ofPatches = columns.has('patch') || columns.has('patchId');
  return ofPatches && !columns.has('device') && !columns.has('deviceId');
}

function readDeviceTables(document: LongDocument): boolean {
  const fileDevice = deviceOfFileName(document.path);
  const tables = document.tables();
  const known = new Set<Table>();
  const found: {
    readonly table: Table;
    readonly columns: ColumnMatch<PatchColumn>;
    titled: string | null;
  }[] = [];
  for (const table of tables) {
    const columns = matchPatchTable(table, 4);
    if (columns === null) continue;
    const titled = table.title === null ? null : titleDevice(table.title);
    const ofDevice = isDeviceTable(columns) && (titled !== null || fileDevice !== null);
    if (!ofDevice || isDatabase(table)) return false;
    known.add(table);
    found.push({ table, columns, titled });
  }
  if (found.length === 0) return false;
  let rows = 0;
  for (const { table, columns, titled } of found) {
    rows += rowCountOf(table);
    if (titled === null && fileDevice !== null) document.harvest.device(fileDevice);
    document.harvest.fact({
      type: 'kace/page',
      device: titled ?? fileDevice,
      value: {
        kind: 'device-page',
        tab: null,
        subject: titled ?? fileDevice,
        capturedAt: capturedAt(document, null),
      },
      citation: document.cite(table.headerLine, quoteCells(table.headers)),
    });
    harvestRows(document, table, columns, {
      source: 'device-page',
      device: titled,
      patch: null,
      capturedAt: capturedAt(document, null),
    });
  }
  document.harvest.rows(rows);
  warnUnknownTables(document, tables, known);
  return true;
}

function hasDataTable(tables: readonly Table[]): boolean {
  return tables.some(
    (table) => table.rows.length > 0 && table.headers.filter((header) => header !== '').length >= 3,
  );
}

/** Whether a table is one of devices after all: then another format reads the page. */
function aboutElse(tables: readonly Table[]): boolean {
  return tables.some((table) => {
    const columns = matchPatchTable(table, 4);
    return columns !== null && (columns.has('device') || columns.has('deviceId'));
  });
}

const properties: readonly (readonly [PageKey, KaceDeviceFact['property']])[] = [
  ['agentVersion', 'agent-version'],
  ['operatingSystem', 'operating-system'],
  ['lastInventory', 'last-inventory'],
  ['lastReboot', 'last-reboot'],
  ['ipAddress', 'ip-address'],
];

function harvestDevice(document: EvidenceDocument, values: PageValues, device: string | null): void {
  for (const [key, property] of properties) {
    const pair = values.first(key);
    if (pair === null || isNothing(pair.value)) continue;
    const reading = property === 'last-inventory' || property === 'last-reboot' ? readDate(pair.value) : null;
    const at: At =
      reading === null || reading === 'never' ? reading : placeReading(reading, pair.value, 'sma');
    document.harvest.fact({
      type: 'kace/device',
      device,
      value: { property, raw: pair.value, at },
      citation: document.cite(pair.line, `${pair.label} | ${pair.value}`),
    });
  }
}
