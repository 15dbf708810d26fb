import type { DeploymentStatus } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { foldGuid } from '../../domain/names.ts';
import { DocumentTooLarge } from '../../text/cell-limits.ts';
import { rowsOf } from '../../text/table.ts';
import type { Table } from '../../text/table.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, LongDocument, Probe } from '../define-format.ts';
import type { AzurePatch } from './facts.ts';
import { readPatch } from './summary.ts';
import {
  booleanOf,
  field,
  fieldAt,
  guidOf,
  listOf,
  numberOf,
  objectOf,
  readStamp,
  textOf,
} from './values.ts';
import type { JsonObject } from './values.ts';

const typeWords = /patch(?:assessment|installation)re(?:sult|source)s/iu;
const resourceId =
  /\/subscriptions\/[^/"\s]{1,64}\/resourcegroups\/[^/"]{1,90}\/providers\/microsoft\.(?:compute\/virtualmachines|hybridcompute\/machines)\/(?<name>[^/"\s]{1,90})/iu;

function isExport({ shape, name, text }: Probe): boolean {
  if (shape === 'json')
    return (
      resourceId.test(text) && (typeWords.test(text) || /"osProfile"|configurationassignments/iu.test(text))
    );
  if (shape !== 'delimited' && !name.endsWith('.csv')) return false;
  return resourceId.test(text) && typeWords.test(text);
}

/** What a machine's own states mean for a deployment; the words are those of the status files. */
export const deploymentOf: Readonly<Record<string, DeploymentStatus>> = {
  installed: 'succeeded',
  failed: 'failed',
  pending: 'not-attempted',
  available: 'not-attempted',
  notselected: 'skipped',
  excluded: 'skipped',
};

/**
 * Exports of Azure Resource Graph (JSON or CSV of patchassessmentresources and patchinstallationresources)
 * and of a machine itself (`az vm show`): what the service knows, which may be older than the machine.
 */
export const resourceGraph = defineDocumentFormat({
  id: 'azure/resource-graph',
  system: 'azure-update-manager',
  recognise: isExport,
  read: (document) =>
    readRows(document, document.shape === 'json' ? jsonRows(document) : tableRows(document)),
  readLong(document) {
    // The places of values in JSON are known when all of it is.
    if (document.shape === 'json') throw new DocumentTooLarge();
    return readRows(document, tableRows(document));
  },
});

function readRows(document: LongDocument, rows: Iterable<Row> | null): boolean {
  if (rows === null) return false;
  const seen = new Map<string, { readonly row: Row; readonly at: Moment | null }>();
  let count = 0;
  for (const row of rows) {
    count += 1;
    readRow(document, row);
    const at = row.at;
    const machine = resourceId.exec(row.id)?.[0].toLowerCase();
    if (machine === undefined || row.isMachine) continue;
    const known = seen.get(machine);
    if (known === undefined || (at !== null && (known.at === null || at.local < known.at.local)))
      seen.set(machine, { row, at });
  }
  if (count === 0) return false;
  for (const [machine, { row, at }] of seen) {
    document.harvest.fact({
      type: 'azure/machine',
      device: row.device,
      value: {
        resourceId: machine,
        allowExtensionOperations: null,
        patchMode: null,
        assessmentMode: null,
        at,
      },
      citation: document.cite(row.line, row.id, row.row, row.pointer),
    });
  }
  document.harvest.rows(count);
  return true;
}

interface Row {
  readonly id: string;
  readonly type: string;
  readonly device: string | null;
  readonly properties: JsonObject;
  readonly whole: JsonObject;
  readonly at: Moment | null;
  readonly line: number;
  readonly row: number | null;
  readonly pointer: string | null;
  readonly isMachine: boolean;
}

function makeRow(
  whole: JsonObject,
  place: { readonly line: number; readonly row: number | null; readonly pointer: string | null },
): Row | null {
  const id = textOf(field(whole, 'id'));
  const groups = id === null ? null : resourceId.exec(id);
  if (id === null || groups === null) return null;
  const properties = objectOf(parsed(field(whole, 'properties'))) ?? flattened(whole);
  const type = (textOf(field(whole, 'type')) ?? id).toLowerCase();
  return {
    id,
    type,
    device: textOf(fieldAt(properties, 'osProfile', 'computerName')) ?? groups.groups?.['name'] ?? null,
    properties,
    whole,
    at:
      readStamp(field(properties, 'lastModifiedDateTime'), 'service') ??
      readStamp(field(properties, 'lastModifiedTime'), 'service'),
    ...place,
    isMachine: /(?:virtualmachines|hybridcompute\/machines)$/u.test(type) || 'osProfile' in whole,
  };
}

/** `properties` of a CSV export is JSON text. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return null;
  }
}

/** A query that projects its columns writes `properties_patchName`, `properties.patchName` or `patchName`. */
function flattened(whole: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(whole).map(([name, value]) => {
      const plain = parsed(value);
      const short = name.replace(/^properties[_.]/iu, '');
      return [short, typeof plain === 'object' && plain !== null ? plain : value];
    }),
  );
}

function jsonRows(document: EvidenceDocument): readonly Row[] | null {
  const json = document.json();
  if (json === null) return null;
  const root = objectOf(json.value);
  const lists: readonly (readonly [string, unknown])[] = [
    ['', json.value],
    ['/data', field(root, 'data')],
    ['/value', field(root, 'value')],
    ['/data/rows', fieldAt(root, 'data', 'rows')],
  ];
  for (const [base, list] of lists) {
    if (!Array.isArray(list)) continue;
    return listOf(list).flatMap((item, index) => {
      const whole = objectOf(item);
      const pointer = `${base}/${index}`;
      const row =
        whole === null ? null : makeRow(whole, { line: json.lineOf(pointer) ?? 1, row: null, pointer });
      return row === null ? [] : [row];
    });
  }
  const only = root === null ? null : makeRow(root, { line: 1, row: null, pointer: '' });
  return only === null ? null : [only];
}

function tableRows(document: LongDocument): Iterable<Row> | null {
  const [table] = document.tables();
  if (table === undefined) return null;
  return rowsOfTable(table);
}

function* rowsOfTable(table: Table): Generator<Row> {
  for (const { line, row, cells } of rowsOf(table)) {
    const whole = Object.fromEntries(table.headers.map((name, at) => [name, cells[at] ?? '']));
    const read = makeRow(whole, { line, row, pointer: null });
    if (read !== null) yield read;
  }
}

function readRow(document: LongDocument, row: Row): void {
  const { type, properties } = row;
  if (type.includes('softwarepatches')) {
    for (const patch of readPatch(properties)) patchRecord(document, row, patch);
    return;
  }
  if (type.includes('patchassessmentres')) summaryFact(document, row, 'assessment');
  else if (type.includes('patchinstallationres')) summaryFact(document, row, 'installation');
  else if (type.includes('configurationassignments')) {
    document.harvest.fact({
      type: 'azure/schedule',
      device: row.device,
      value: { configuration: textOf(field(properties, 'maintenanceConfigurationId')) ?? row.id },
      citation: citeRow(document, row),
    });
  } else if (row.isMachine) machineFact(document, row);
}

function citeRow(document: LongDocument, row: Row) {
  return document.cite(row.line, JSON.stringify(row.whole).slice(0, 1_500), row.row, row.pointer);
}

function patchRecord(document: LongDocument, row: Row, patch: AzurePatch): void {
  const state = patch.state;
  const isInstallation = row.type.includes('patchinstallationres');
  const kb = patch.kbId === null || patch.kbId === '' ? null : `KB${patch.kbId}`;
  document.harvest.record({
    device: row.device,
    patch: patch.name,
    ...(kb === null ? {} : { kb }),
    updateId: patchIdOf(patch),
    detection: isInstallation
      ? { status: null, raw: null, at: null }
      : {
          status: 'not-patched',
          raw: patch.classifications.join(', ') || null,
          at: row.at,
        },
    deployment: {
      status: isInstallation && state !== null ? (deploymentOf[state.toLowerCase()] ?? 'unknown') : null,
      raw: isInstallation ? state : null,
      at: isInstallation ? row.at : null,
      exitCode: null,
      attempts: null,
      maxAttempts: null,
    },
    exitCodeRaw: null,
    reboot: textOf(field(row.properties, 'rebootBehavior')),
    source: isInstallation ? 'azure-graph-installation' : 'azure-graph-assessment',
    citation: citeRow(document, row),
  });
}

/** A GUID on Windows; name, version and distribution on Linux. */
export function patchIdOf({ patchId }: AzurePatch): string | null {
  return patchId === null ? null : (foldGuid(patchId) ?? patchId);
}

function summaryFact(document: LongDocument, row: Row, kind: 'assessment' | 'installation'): void {
  const { properties } = row;
  const count = (name: string): number | null => numberOf(field(properties, name));
  const counts = {
    Installed: count('installedPatchCount'),
    Failed: count('failedPatchCount'),
    Pending: count('pendingPatchCount'),
    NotSelected: count('notSelectedPatchCount'),
    Excluded: count('excludedPatchCount'),
  };
  const errors = objectOf(field(properties, 'errorDetails')) ?? objectOf(field(properties, 'error'));
  const details = listOf(field(errors, 'details')).flatMap((item) => {
    const detail = objectOf(item);
    return detail === null
      ? []
      : [{ code: textOf(field(detail, 'code')) ?? 'ERROR', message: textOf(field(detail, 'message')) ?? '' }];
  });
  const stated = (textOf(field(properties, 'status')) ?? '').toLowerCase();
  document.harvest.fact({
    type: 'azure/summary',
    device: row.device,
    value: {
      sequence: null,
      scope: '',
      copy: 'service',
      kind,
      activityId:
        guidOf(field(properties, 'installationActivityId')) ??
        guidOf(field(properties, 'assessmentActivityId')) ??
        guidOf(field(row.whole, 'name')),
      status: /^(?:succeeded|success)$/u.test(stated)
        ? 'success'
        : /^completedwithwarnings|warning$/u.test(stated)
          ? 'warning'
          : /fail|error/u.test(stated)
            ? 'error'
            : stated,
      startTime: readStamp(field(properties, 'startDateTime'), 'service'),
      modifiedTime: row.at,
      rebootPending: booleanOf(field(properties, 'rebootPending')),
      rebootStatus: textOf(field(properties, 'rebootStatus')),
      exceeded: booleanOf(field(properties, 'maintenanceWindowExceeded')),
      startedBy: textOf(field(properties, 'startedBy')),
      maintenanceRunId: textOf(field(properties, 'maintenanceRunId')),
      counts: Object.fromEntries(
        Object.entries(counts).filter((entry): entry is [string, number] => entry[1] !== null),
      ),
      errorsCode: numberOf(field(errors, 'code')),
      errorsReported: null,
      details,
      autoAssessmentState: null,
      osPatchState: null,
      truncated: true,
      cut: false,
      patches: [],
    },
    citation: citeRow(document, row),
  });
}

function machineFact(document: LongDocument, row: Row): void {
  const profile = objectOf(field(row.properties, 'osProfile')) ?? objectOf(field(row.whole, 'osProfile'));
  const patching =
    objectOf(fieldAt(profile, 'windowsConfiguration', 'patchSettings')) ??
    objectOf(fieldAt(profile, 'linuxConfiguration', 'patchSettings')) ??
    objectOf(fieldAt(profile, 'windowsConfiguration')) ??
    objectOf(fieldAt(profile, 'linuxConfiguration'));
  document.harvest.fact({
    type: 'azure/machine',
    device: row.device,
    value: {
      resourceId: resourceId.exec(row.id)?.[0].toLowerCase() ?? null,
      allowExtensionOperations: booleanOf(field(profile, 'allowExtensionOperations')),
      patchMode: textOf(field(patching, 'patchMode')),
      assessmentMode: textOf(field(patching, 'assessmentMode')),
      at: readStamp(field(row.properties, 'timeCreated'), 'service'),
    },
    citation: document.cite(
      row.line,
      JSON.stringify({ id: row.id, osProfile: profile }).slice(0, 1_500),
      row.row,
      row.pointer,
    ),
  });
}
