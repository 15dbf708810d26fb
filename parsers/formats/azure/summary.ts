/** The summaries inside a status: JSON text inside JSON, whole or cut. */
import type { AzureErrorDetail, AzurePatch, AzureSummary, SummaryKind } from './facts.ts';
import {
  booleanOf,
  field,
  fieldAt,
  guidOf,
  listOf,
  numberOf,
  objectOf,
  readStamp,
  stringsOf,
  textOf,
} from './values.ts';
import type { JsonObject } from './values.ts';

const kinds: Readonly<Record<string, SummaryKind>> = {
  patchassessmentsummary: 'assessment',
  patchinstallationsummary: 'installation',
  configurepatchingsummary: 'configure',
  patchnooperationsummary: 'no-operation',
  patchmetadataforhealthstore: 'health-store',
};

/** The names of the summaries, for recognising a status by its content. */
export const summaryNames =
  /Patch(?:Assessment|Installation|NoOperation)Summary|ConfigurePatchingSummary|PatchMetadataForHealthStore/u;

export function summaryKind(name: unknown): SummaryKind | null {
  return typeof name === 'string' ? (kinds[name.toLowerCase()] ?? null) : null;
}

/** Stands for patches that were cut out of a list above 126 KB: it is no patch. */
const tombstone = 'Truncated_patch_list_id';

export type SummaryParts = Omit<AzureSummary, 'sequence' | 'scope' | 'copy'>;

/** @param message the inner text as it stands; what is cut is read as far as it goes */
export function readSummary(kind: SummaryKind, status: string, message: string): SummaryParts {
  const { value, cut } = readInner(message);
  const errors = objectOf(field(value, 'errors'));
  const patches = listOf(field(value, 'patches')).flatMap((item) => readPatch(item));
  const kept = patches.filter((patch) => !isTombstone(patch));
  const details = listOf(field(errors, 'details')).flatMap((item): AzureErrorDetail[] => {
    const detail = objectOf(item);
    if (detail === null) return [];
    const told = textOf(field(detail, 'message')) ?? '';
    return [{ code: textOf(field(detail, 'code')) ?? 'ERROR', message: told.trim() }];
  });
  const reported = /^(?<count>\d{1,9}) error\/s reported/u.exec(textOf(field(errors, 'message')) ?? '')
    ?.groups?.['count'];
  return {
    kind,
    status: status.toLowerCase(),
    activityId:
      guidOf(field(value, 'assessmentActivityId')) ??
      guidOf(field(value, 'installationActivityId')) ??
      guidOf(field(value, 'activityId')),
    startTime: readStamp(field(value, 'startTime')),
    modifiedTime: readStamp(field(value, 'lastModifiedTime')),
    rebootPending: booleanOf(field(value, 'rebootPending')),
    rebootStatus: textOf(field(value, 'rebootStatus')),
    exceeded: booleanOf(field(value, 'maintenanceWindowExceeded')),
    startedBy: textOf(field(value, 'startedBy')),
    maintenanceRunId: textOf(field(value, 'maintenanceRunId')),
    counts: countsOf(value),
    errorsCode: numberOf(field(errors, 'code')),
    errorsReported: reported === undefined ? null : Number(reported),
    details,
    autoAssessmentState: textOf(fieldAt(value, 'autoAssessmentStatus', 'autoAssessmentState')),
    osPatchState: textOf(field(value, 'automaticOSPatchState')),
    truncated: kept.length < patches.length || details.some(({ code }) => code === 'PACKAGE_LIST_TRUNCATED'),
    cut,
    patches: kept,
  };
}

const countNames: Readonly<Record<string, string>> = {
  notSelectedPatchCount: 'NotSelected',
  excludedPatchCount: 'Excluded',
  pendingPatchCount: 'Pending',
  installedPatchCount: 'Installed',
  failedPatchCount: 'Failed',
  criticalAndSecurityPatchCount: 'CriticalAndSecurity',
  otherPatchCount: 'Other',
};

function countsOf(value: JsonObject | null): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(countNames).flatMap(([name, state]) => {
      const count = numberOf(field(value, name));
      return count === null ? [] : [[state, count]];
    }),
  );
}

function isTombstone({ patchId, name }: AzurePatch): boolean {
  return (patchId ?? '').startsWith(tombstone) || name.startsWith(tombstone);
}

/** Also of a Resource Graph row's properties: the fields bear the same names. */
export function readPatch(item: unknown): AzurePatch[] {
  const patch = objectOf(item);
  const patchId = textOf(field(patch, 'patchId'));
  const name = textOf(field(patch, 'name')) ?? textOf(field(patch, 'patchName')) ?? patchId;
  if (patch === null || name === null) return [];
  const classifications = field(patch, 'classifications');
  const kb = textOf(field(patch, 'kbId')) ?? numberOf(field(patch, 'kbId'))?.toString() ?? null;
  return [
    {
      patchId,
      kbId: kb === null ? null : kb.replace(/^KB/iu, ''),
      name,
      version: textOf(field(patch, 'version')),
      classifications: typeof classifications === 'string' ? [classifications] : stringsOf(classifications),
      state:
        textOf(field(patch, 'patchInstallationState')) ?? textOf(field(patch, 'installationState')) ?? null,
      quote: JSON.stringify(patch).slice(0, 2_000),
    },
  ];
}

const scalarNames = [
  'assessmentActivityId',
  'installationActivityId',
  'activityId',
  'rebootPending',
  'rebootStatus',
  'maintenanceWindowExceeded',
  'startTime',
  'lastModifiedTime',
  'startedBy',
  'maintenanceRunId',
  'automaticOSPatchState',
  ...Object.keys(countNames),
];

/** The inner object; of a text that ends too early the plain fields and the patches that are whole. */
function readInner(message: string): { readonly value: JsonObject | null; readonly cut: boolean } {
  const text = message.trim();
  if (text === '') return { value: null, cut: false };
  try {
    return { value: objectOf(JSON.parse(text)), cut: false };
  } catch {
    return { value: salvage(text), cut: true };
  }
}

function salvage(text: string): JsonObject {
  const value: Record<string, unknown> = {};
  for (const name of scalarNames) {
    const raw = new RegExp(`"${name}"\\s*:\\s*(?<value>"[^"\\\\]{0,200}"|true|false|\\d{1,12})`, 'u').exec(
      text,
    )?.groups?.['value'];
    if (raw !== undefined) value[name] = plainValue(raw);
  }
  value['patches'] = [...text.matchAll(/\{\s*"(?:patchId|kbId|name)"[^{}]{0,4000}\}/gu)].flatMap(([item]) => {
    try {
      return [JSON.parse(item) as unknown];
    } catch {
      return [];
    }
  });
  return value;
}

/** A value as it stands in the text, which need not be JSON: a damaged string may hold a control character. */
function plainValue(raw: string): string | number | boolean {
  if (raw.startsWith('"')) return raw.slice(1, -1);
  return raw === 'true' || raw === 'false' ? raw === 'true' : Number(raw);
}

/** A summary in a text that is not whole JSON: its name, its status, and its inner text as far as it goes. */
export interface SalvagedSummary {
  readonly kind: SummaryKind;
  readonly status: string;
  readonly message: string;
  /** Position of the name in the text. */
  readonly at: number;
}

/** Finds the summaries in a status file that was cut in the middle. */
export function salvageSummaries(text: string): readonly SalvagedSummary[] {
  const found: SalvagedSummary[] = [];
  const heads = /"name"\s*:\s*"(?<name>\w{1,60})"\s*,\s*"status"\s*:\s*"(?<status>\w{1,30})"/gu;
  for (const match of text.matchAll(heads)) {
    const kind = summaryKind(match.groups?.['name']);
    if (kind === null) continue;
    const opening = /"message"\s*:\s*"/gu;
    opening.lastIndex = match.index;
    const start = opening.exec(text);
    if (start === null || start.index - match.index > 2_000) continue;
    found.push({
      kind,
      status: match.groups?.['status'] ?? '',
      message: readString(text, start.index + start[0].length),
      at: match.index,
    });
  }
  return found;
}

/** A JSON string's content from behind its quote to its end, or to the end of the text. */
function readString(text: string, from: number): string {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  const raw = text.slice(from, Math.min(at, text.length));
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw.replaceAll('\\"', '"').replaceAll('\\\\', '\\');
  }
}
