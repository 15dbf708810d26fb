import type { DetectionStatus, DeploymentStatus } from '../../domain/evidence.ts';
import type { Clock, Moment } from '../../domain/moment.ts';
import { foldText } from '../../domain/names.ts';
import { readDate } from '../../text/dates.ts';
import type { MemberContext } from '../define-format.ts';
import type { AwsCounts, AwsOperation } from './facts.ts';

/** A time as the service or the node writes it. */
export interface AwsTime {
  readonly at: Moment | null;
  /** `epoch`: 0, 1970 or -1, which stand for "no data"; `bad`: a time that does not exist. */
  readonly is: 'time' | 'absent' | 'epoch' | 'bad';
  readonly raw: string | null;
}

const absent: AwsTime = { at: null, is: 'absent', raw: null };
/** Nothing was patched by this service on the first day of the epoch. */
const epochDays = 86_400_000;

/**
 * Reads a time of the service: seconds of the epoch with a fraction (version 1 of the command line), ISO 8601
 * with an offset (version 2), or what PowerShell makes of it.
 */
export function readTime(value: unknown, clock: Clock = 'service'): AwsTime {
  if (value === null || value === undefined || value === '') return absent;
  if (typeof value === 'number') return fromNumber(value, clock);
  if (typeof value === 'object') {
    // PowerShell 5 writes a date as an object with its text inside.
    const inner: unknown =
      (value as Record<string, unknown>)['value'] ?? (value as Record<string, unknown>)['DateTime'];
    return typeof inner === 'string' ? readTime(inner, clock) : absent;
  }
  if (typeof value !== 'string') return absent;
  const raw = value.trim();
  if (raw === '') return absent;
  const ticks = /^\/Date\((?<ticks>-?\d{1,16})(?:[+-]\d{4})?\)\/$/u.exec(raw)?.groups?.['ticks'];
  if (ticks !== undefined) return fromMilliseconds(Number(ticks), raw, true, clock);
  if (/^-?\d+(?:\.\d+)?$/u.test(raw)) return fromNumber(Number(raw), clock);
  const reading = readDate(raw);
  if (reading === 'never') return { at: null, is: 'epoch', raw };
  if (reading === null) return { at: null, is: 'bad', raw };
  if (
    Math.abs(reading.local) <= epochDays ||
    reading.local <= Date.UTC(1, 11, 31) ||
    new Date(reading.local).getUTCFullYear() <= 1
  )
    return { at: null, is: 'epoch', raw };
  return {
    at: {
      raw,
      local: reading.local,
      offset: reading.offset,
      offsetSource: reading.offset === null ? 'unknown' : 'stated',
      precision: reading.precision,
      clock,
      clockOf: '',
    },
    is: 'time',
    raw,
  };
}

function fromNumber(seconds: number, clock: Clock): AwsTime {
  if (!Number.isFinite(seconds)) return { at: null, is: 'bad', raw: String(seconds) };
  // Some tools write milliseconds.
  const isMilliseconds = Math.abs(seconds) >= 1e11;
  const milliseconds = isMilliseconds ? seconds : Math.round(seconds * 1000);
  return fromMilliseconds(milliseconds, String(seconds), isMilliseconds || !Number.isInteger(seconds), clock);
}

function fromMilliseconds(local: number, raw: string, fine: boolean, clock: Clock): AwsTime {
  if (local <= epochDays) return { at: null, is: 'epoch', raw };
  if (local > Date.UTC(9999, 0, 1)) return { at: null, is: 'bad', raw };
  return {
    at: {
      raw,
      local,
      offset: 0,
      offsetSource: 'stated',
      precision: fine ? 'millisecond' : 'second',
      clock,
      clockOf: '',
    },
    is: 'time',
    raw,
  };
}

/** The same, with a warning for a time that does not exist. */
export function timeOf(
  context: MemberContext,
  line: number | null,
  value: unknown,
  clock: Clock = 'service',
): AwsTime {
  const time = readTime(value, clock);
  if (time.is === 'bad') context.harvest.warning(line, 'bad-date', time.raw ?? '');
  return time;
}

/** A text that says something, without outer blanks; null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

/** A whole number, also one written as a text; null for anything else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*[+-]?\d{1,15}\s*$/u.test(value)) return null;
  return Number(value);
}

export type Json = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((entry) => {
    const text = textOf(entry);
    return text === null ? [] : [text];
  });
}

/** Identifiers of instances and managed nodes, redacted ones (`i-028ea792daEXAMPLE`, `i-0abc****`) included. */
const instanceForm =
  /(?<![0-9A-Za-z])(?<id>m?i-(?:[0-9a-f]{17}|[0-9a-f]{8}|[0-9a-f]{2,16}(?:EXAMPLE|REDACTED|[xX*#]{2,17}|\.{3}|…)|(?:EXAMPLE|REDACTED|redacted|[xX*#]{4,17})[0-9A-Za-z]{0,17}))(?![0-9A-Za-z])/u;

/** The instance that a path names, or null. The nearest to the file wins. */
export function instanceInPath(path: string): string | null {
  const segments = path.replaceAll('\\', '/').split(/[/!]/u);
  for (const segment of segments.toReversed()) {
    const id = instanceForm.exec(segment)?.groups?.['id'];
    if (id !== undefined) return id;
  }
  return null;
}

export function instanceInText(text: string): string | null {
  return instanceForm.exec(text)?.groups?.['id'] ?? null;
}

const commandForm = /[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}/iu;

/** The command whose folder a file stands in: `…/orchestration/<id>/…`, or an S3 copy `…/<id>/<instance>/awsrun…`. */
export function commandInPath(path: string): string | null {
  const folded = path.replaceAll('\\', '/');
  const inTree =
    /(?:^|\/)orchestration\/(?<id>[0-9A-Za-z-]{20,60})(?:\/|$)/iu.exec(folded) ??
    /(?:^|\/)(?<id>[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12})\/(?:m?i-[^/]+\/)?(?:\d+\.)?aws/iu.exec(
      folded,
    );
  const id = inTree?.groups?.['id'];
  return id === undefined || !commandForm.test(id) ? null : id;
}

/** The command of a document's name: `aws.ssm.<command>.<instance>`. */
export function commandOfDocument(documentId: string): string | null {
  return commandForm.exec(documentId)?.[0] ?? null;
}

/** `pb-…` of a baseline, whether it is given as an id or as an ARN. */
export function baselineTail(baseline: string): string {
  return foldText(baseline.slice(baseline.lastIndexOf('/') + 1));
}

/** Ids are the same without regard to case. */
export function sameId(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a.toLowerCase() === b.toLowerCase();
}

export function operationOf(value: unknown): AwsOperation | null {
  switch (foldText(textOf(value) ?? '')) {
    case 'scan':
      return 'scan';
    case 'install':
      return 'install';
    default:
      return null;
  }
}

/** States of a patch, folded: `INSTALLED_PENDING_REBOOT` and `InstalledPendingReboot` are one. */
export type PatchStateName =
  | 'installed'
  | 'installedother'
  | 'installedpendingreboot'
  | 'installedrejected'
  | 'missing'
  | 'failed'
  | 'notapplicable'
  | 'availablesecurityupdate';

const stateNames: ReadonlySet<string> = new Set([
  'installed',
  'installedother',
  'installedpendingreboot',
  'installedrejected',
  'missing',
  'failed',
  'notapplicable',
  'availablesecurityupdate',
]);

export function stateName(state: string | null): PatchStateName | null {
  if (state === null) return null;
  const folded = state.replaceAll(/[\s_-]/gu, '').toLowerCase();
  return stateNames.has(folded) ? (folded as PatchStateName) : null;
}

export function detectionOf(state: PatchStateName | null): DetectionStatus {
  switch (state) {
    case 'installed':
    case 'installedother':
    case 'installedrejected':
      return 'patched';
    case 'installedpendingreboot':
      return 'pending-reboot';
    case 'missing':
    case 'failed':
    case 'availablesecurityupdate':
      return 'not-patched';
    case 'notapplicable':
      return 'not-applicable';
    case null:
      return 'unknown';
  }
}

/** The list says how a deployment ended only where it failed. */
export function deploymentOf(state: PatchStateName | null): DeploymentStatus | null {
  return state === 'failed' ? 'failed' : null;
}

export const countNames = [
  'installed',
  'installedOther',
  'installedPendingReboot',
  'installedRejected',
  'missing',
  'failed',
  'notApplicable',
] as const satisfies readonly (keyof AwsCounts)[];

/** Counts of an object with fields like `InstalledOtherCount`, `installedOtherCount`, as numbers or texts. */
export function countsIn(value: Json): AwsCounts {
  const folded = new Map(
    Object.entries(value).map(([key, count]) => [key.replaceAll(/[\s_]/gu, '').toLowerCase(), count]),
  );
  const of = (name: string): number | null =>
    numberOf(folded.get(`${name}count`)) ?? numberOf(folded.get(name));
  return {
    installed: of('installed'),
    installedOther: of('installedother'),
    installedPendingReboot: of('installedpendingreboot'),
    installedRejected: of('installedrejected'),
    missing: of('missing'),
    failed: of('failed'),
    notApplicable: of('notapplicable'),
  };
}

export const noCounts: AwsCounts = {
  installed: null,
  installedOther: null,
  installedPendingReboot: null,
  installedRejected: null,
  missing: null,
  failed: null,
  notApplicable: null,
};

export function isEmptyCounts(counts: AwsCounts): boolean {
  return countNames.every((name) => counts[name] === null);
}

/** Whether a count says that there is no data. What is not applicable is not always counted: it says nothing of the others. */
export function hasNegative(counts: AwsCounts): boolean {
  return countNames.some((name) => name !== 'notApplicable' && (counts[name] ?? 0) < 0);
}

/** Counts of the rows of a list by their states. */
export class StateTally {
  readonly #counts = new Map<PatchStateName, number>();
  rows = 0;

  add(state: PatchStateName | null): void {
    this.rows += 1;
    if (state !== null) this.#counts.set(state, (this.#counts.get(state) ?? 0) + 1);
  }

  counts(): AwsCounts {
    const of = (state: PatchStateName): number => this.#counts.get(state) ?? 0;
    return {
      installed: of('installed'),
      installedOther: of('installedother'),
      installedPendingReboot: of('installedpendingreboot'),
      installedRejected: of('installedrejected'),
      missing: of('missing'),
      failed: of('failed'),
      notApplicable: of('notapplicable'),
    };
  }
}

/** Documents that patch (`docs/rules.md`). */
const patchDocuments =
  /^(?:.*[/:])?AWS-(?:RunPatchBaseline(?:WithHooks|Association)?|ApplyPatchBaseline|InstallWindowsUpdates)$/iu;

export function isPatchDocument(document: string | null): boolean {
  return document !== null && patchDocuments.test(document.trim());
}

/** The texts by which the service says that it cut an output. */
export function isCutOutput(text: string): boolean {
  return cutMark.test(text) || text.length >= 23_900;
}

/** What stands where an output, or what went to its errors, was cut. */
export const cutMark = /-{2,}\s*(?:output|error) truncated/iu;

/** A plugin's output in a list of invocations ends after 2,500 characters, with or without a word of it. */
export function isCutPluginOutput(text: string): boolean {
  return isCutOutput(text) || (text.length >= 2_490 && text.length <= 2_520);
}

/** A piece of a text for a citation: one line, shortened. */
export function shortened(text: string, most = 400): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
