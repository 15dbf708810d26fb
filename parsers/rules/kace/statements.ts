import type { PatchRecord } from '../../domain/evidence.ts';
import type { Parameters, Severity, Witness } from '../../domain/finding.ts';
import { isMoment, order, type At } from '../../domain/moment.ts';
import { restartCodes, successCodes, unsigned32 } from '../../domain/numbers.ts';
import type { PatchOnDevice } from '../../evidence/evidence.ts';
import { consistent, found, notApplicable, type Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';

/** What a rule finds in one record, before records that say the same are put together. */
export interface Statement {
  /** Two records of a pair with the same key make one finding. */
  readonly key: string;
  readonly severity?: Severity;
  readonly parameters: Parameters;
  /** The record's own witnesses. */
  readonly witnesses: readonly Witness[];
  /** Witnesses beside the record, cited once however many records agree. */
  readonly shared?: readonly Witness[];
}

/** Marks a statement, so that a judge may answer either. */
export function statement(value: Statement): { readonly statement: Statement } {
  return { statement: value };
}

export type Judgement = Verdict | { readonly statement: Statement };

/**
 * Judges every record of a pair. Two sources that say the same are two witnesses of one finding, not
 * two findings; sources that say different things give one each. "Cannot tell" counts only when no
 * record of the pair could be judged.
 */
export function judgeRecords(
  pair: PatchOnDevice,
  judge: (record: PatchRecord) => Judgement,
): Verdict | readonly Verdict[] {
  const { records } = pair;
  const only = records[0];
  if (records.length === 1 && only !== undefined) {
    const judgement = judge(only);
    if (judgement === consistent || judgement === notApplicable) return judgement;
    return 'statement' in judgement ? toVerdict(pair, [judgement.statement]) : about(pair, judgement);
  }
  const groups = new Map<string, { readonly record: PatchRecord; readonly statement: Statement }[]>();
  let fallback: Verdict = notApplicable;
  for (const record of currentRecords(records)) {
    const judgement = judge(record);
    if ('statement' in judgement) {
      const group = groups.get(judgement.statement.key);
      const entry = { record, statement: judgement.statement };
      if (group === undefined) groups.set(judgement.statement.key, [entry]);
      else group.push(entry);
    } else if (judgement.outcome === 'consistent') {
      fallback = consistent;
    } else if (judgement.outcome === 'cannot-tell' && fallback.outcome === 'not-applicable') {
      fallback = about(pair, judgement);
    }
  }
  if (groups.size === 0) return fallback;
  return [...groups.values()].map((group) =>
    toVerdict(
      pair,
      group.sort((a, b) => compareStrength(a.record, b.record)).map((entry) => entry.statement),
    ),
  );
}

/**
 * Without the rows of earlier captures of what a later capture shows: the state moved on. A capture that
 * goes back in time settles nothing; then both count.
 */
function currentRecords(records: readonly PatchRecord[]): readonly PatchRecord[] {
  const newest = new Map<string, PatchRecord>();
  for (const record of records) {
    const known = newest.get(record.source);
    if (known === undefined || isCapturedAfter(record, known)) newest.set(record.source, record);
  }
  if (newest.size === records.length) return records;
  return records.filter((record) => {
    const later = newest.get(record.source);
    return (
      later === undefined || later === record || !isCapturedAfter(later, record) || goesBack(record, later)
    );
  });
}

function isCapturedAfter(a: PatchRecord, b: PatchRecord): boolean {
  return a.capturedAt !== null && b.capturedAt !== null && order(a.capturedAt, b.capturedAt) === 'after';
}

/** Whether a later capture shows an older detection or deployment than the one before, or less of them. */
function goesBack(earlier: PatchRecord, later: PatchRecord): boolean {
  return (
    isOlder(later.detection.at, earlier.detection.at) || isOlder(later.deployment.at, earlier.deployment.at)
  );
}

function isOlder(a: At, b: At): boolean {
  if (!isMoment(b)) return false;
  return !isMoment(a) || order(a, b) === 'before' || order(a, b) === 'undecidable';
}

function toVerdict(pair: PatchOnDevice, statements: readonly Statement[]): Verdict {
  const [first] = statements;
  if (first === undefined) throw new Error('a finding without a statement');
  return found({
    device: pair.device,
    patch: pair.patch,
    ...(first.severity === undefined ? {} : { severity: first.severity }),
    parameters: first.parameters,
    witnesses: [...statements.flatMap((one) => one.witnesses), ...(first.shared ?? [])],
  });
}

/** Gives a "cannot tell" the device and the patch it is about. */
function about(pair: PatchOnDevice, verdict: Verdict): Verdict {
  if (verdict.outcome !== 'cannot-tell') return verdict;
  return { ...verdict, device: verdict.device ?? pair.device, patch: verdict.patch ?? pair.patch };
}

/** The record that tells most, then the one captured latest, goes first; else the bundle's order. */
function compareStrength(a: PatchRecord, b: PatchRecord): number {
  const told = toldFields(b) - toldFields(a);
  if (told !== 0) return told;
  if (a.capturedAt === null || b.capturedAt === null) return 0;
  const captured = order(a.capturedAt, b.capturedAt);
  return captured === 'after' ? -1 : captured === 'before' ? 1 : 0;
}

function toldFields(record: PatchRecord): number {
  return [
    record.deployment.exitCode,
    record.deployment.attempts,
    record.deployment.status,
    record.deployment.at,
    record.detection.at,
  ].filter((value) => value !== null).length;
}

/**
 * A time as part of a key: pages show minutes where exports show seconds of the same moment, so two
 * sources name the same deployment when the minute is the same. For identity only, never for order.
 */
export function minuteKey(at: At): string {
  if (!isMoment(at)) return String(at);
  return `${at.clock} ${at.clockOf} ${Math.floor(at.local / 60_000)}`;
}

/** Whether two records speak of one deployment; an absent time fits any. */
export function sameDeployment(a: At, b: At): boolean {
  return a === null || b === null || minuteKey(a) === minuteKey(b);
}

/** What an exit code says. KACE's own 8xxx codes have no known meaning (KB 4209270). */
export type CodeMeaning = 'success' | 'restart' | 'failure' | 'unknown';

export function meaningOf(code: number): CodeMeaning {
  const value = unsigned32(code);
  if (restartCodes.has(value)) return 'restart';
  if (successCodes.has(value)) return 'success';
  return value >= 8_000 && value <= 8_999 ? 'unknown' : 'failure';
}

/** An exit code and the record that states it. */
export interface StatedCode {
  readonly code: number;
  readonly record: PatchRecord;
}

/**
 * The exit codes known for a record's deployment: its own, else those of the pair's other records of
 * the same deployment. A patch page has no such column, the device page beside it has.
 */
export function codesOf(pair: PatchOnDevice, record: PatchRecord): readonly StatedCode[] {
  const { at, exitCode } = record.deployment;
  if (exitCode !== null) return [{ code: exitCode, record }];
  if (at === null || pair.records.length <= fewRecords)
    return otherCodes(pair, record).filter(({ record: other }) => sameDeployment(other.deployment.at, at));
  const codes = codesByMinute(pair);
  const [dated = [], undated = []] = [codes.get(minuteKey(at)), codes.get(null)];
  return [...dated, ...undated].sort((one, other) => one.nth - other.nth);
}

/** Of so many records each is compared with all others; hardly a bundle has more of one patch on a device. */
const fewRecords = 32;

interface PlacedCode extends StatedCode {
  /** Place of the record in the pair. */
  readonly nth: number;
}

const knownCodes = new WeakMap<PatchOnDevice, Map<string | null, PlacedCode[]>>();

/** The stated codes of a pair by the minute of their deployment; under null those of no known time. */
function codesByMinute(pair: PatchOnDevice): ReadonlyMap<string | null, readonly PlacedCode[]> {
  const known = knownCodes.get(pair);
  if (known !== undefined) return known;
  const codes = new Map<string | null, PlacedCode[]>();
  pair.records.forEach((record, nth) => {
    const { at, exitCode } = record.deployment;
    if (exitCode === null) return;
    const key = at === null ? null : minuteKey(at);
    const placed = { code: exitCode, record, nth };
    const others = codes.get(key);
    if (others === undefined) codes.set(key, [placed]);
    else others.push(placed);
  });
  knownCodes.set(pair, codes);
  return codes;
}

/** The exit codes of the pair's other records, whatever deployment they belong to. */
export function otherCodes(pair: PatchOnDevice, record: PatchRecord): readonly StatedCode[] {
  if (pair.records.length === 1) return [];
  return pair.records.flatMap((other) =>
    other !== record && other.deployment.exitCode !== null
      ? [{ code: other.deployment.exitCode, record: other }]
      : [],
  );
}

/** A record's times and words under the names that the wordings use. */
export function recordParameters(record: PatchRecord): Parameters {
  return {
    detectionStatus: record.detection.status,
    detectedAt: atText(record.detection.at),
    deploymentStatus: record.deployment.status,
    deployedAt: atText(record.deployment.at),
    exitCode: record.deployment.exitCode,
  };
}
