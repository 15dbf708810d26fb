import type { PatchRecord } from '../../domain/evidence.ts';
import type { Parameters, Severity, Witness } from '../../domain/finding.ts';
import { isMoment, order, type At } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import { restartCodes, successCodes, unsigned32 } from '../../domain/numbers.ts';
import type { PatchOnDevice } from '../../evidence/evidence.ts';
import { consistent, found, notApplicable, type Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { oncePer } from '../../domain/once.ts';

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

interface PlacedCode extends StatedCode {
  /** Place of the record in the pair. */
  readonly nth: number;
}

/** What rules ask of the codes that are known for a deployment: which of some kind is stated first. */
export class KnownCodes {
  readonly #first: PlacedCode | null;
  readonly #byMeaning = new Map<CodeMeaning, PlacedCode>();
  readonly #byCode = new Map<number, PlacedCode>();

  /** @param stated in the order of the pair */
  constructor(stated: readonly PlacedCode[]) {
    this.#first = stated[0] ?? null;
    for (const one of stated) {
      const value = unsigned32(one.code);
      if (this.#byCode.has(value)) continue;
      this.#byCode.set(value, one);
      const meaning = meaningOf(value);
      if (!this.#byMeaning.has(meaning)) this.#byMeaning.set(meaning, one);
    }
  }

  get first(): PlacedCode | null {
    return this.#first;
  }

  meaning(meaning: CodeMeaning): PlacedCode | null {
    return this.#byMeaning.get(meaning) ?? null;
  }

  /** @param code as 32 bits without a sign */
  stating(code: number): PlacedCode | null {
    return this.#byCode.get(code) ?? null;
  }

  /** Every code once, as 32 bits without a sign. */
  get codes(): Iterable<number> {
    return this.#byCode.keys();
  }
}

/** The codes known for one deployment: those dated with it and those without a date, without copying either. */
export class DeploymentCodes {
  readonly parts: readonly KnownCodes[];

  constructor(parts: readonly KnownCodes[]) {
    this.parts = parts;
  }

  get first(): StatedCode | null {
    return this.#earliest((part) => part.first);
  }

  /** The first code that says so. */
  meaning(meaning: CodeMeaning): StatedCode | null {
    return this.#earliest((part) => part.meaning(meaning));
  }

  /** The first statement of a code, in whichever of its forms. */
  stating(code: number): StatedCode | null {
    const value = unsigned32(code);
    return this.#earliest((part) => part.stating(value));
  }

  #earliest(of: (part: KnownCodes) => PlacedCode | null): StatedCode | null {
    let earliest: PlacedCode | null = null;
    for (const part of this.parts) {
      const one = of(part);
      if (one !== null && (earliest === null || one.nth < earliest.nth)) earliest = one;
    }
    return earliest;
  }
}

const noCodes = new DeploymentCodes([]);

/**
 * The exit codes known for a record's deployment: its own, else those of the pair's other records of
 * the same deployment. A patch page has no such column, the device page beside it has.
 */
export function codesOf(pair: PatchOnDevice, record: PatchRecord): DeploymentCodes {
  const { at, exitCode } = record.deployment;
  if (exitCode !== null) return new DeploymentCodes([new KnownCodes([{ code: exitCode, record, nth: 0 }])]);
  if (at === null) return pairCodes(pair);
  if (pair.records.length === 1) return noCodes;
  const { byMinute } = codesOfPair(pair);
  const parts = [byMinute.get(minuteKey(at)), byMinute.get(null)].filter((part) => part !== undefined);
  return parts.length === 0 ? noCodes : new DeploymentCodes(parts);
}

/** The exit codes of all of the pair's records, whatever deployment they belong to. */
export function pairCodes(pair: PatchOnDevice): DeploymentCodes {
  const [only] = pair.records;
  if (pair.records.length === 1 && only?.deployment.exitCode === null) return noCodes;
  return codesOfPair(pair).all;
}

interface CodesOfPair {
  /** By the minute of their deployment; under null those of no known time. */
  readonly byMinute: ReadonlyMap<string | null, KnownCodes>;
  readonly all: DeploymentCodes;
}

/** Asked once for a pair: a page may repeat a patch without end. */
const codesOfPair = oncePerPair((pair): CodesOfPair => {
  const stated: PlacedCode[] = [];
  const byMinute = new Map<string | null, PlacedCode[]>();
  pair.records.forEach((record, nth) => {
    const { at, exitCode } = record.deployment;
    if (exitCode === null) return;
    const placed = { code: exitCode, record, nth };
    stated.push(placed);
    const key = at === null ? null : minuteKey(at);
    const others = byMinute.get(key);
    if (others === undefined) byMinute.set(key, [placed]);
    else others.push(placed);
  });
  return {
    byMinute: new Map([...byMinute].map(([key, codes]) => [key, new KnownCodes(codes)])),
    all: new DeploymentCodes([new KnownCodes(stated)]),
  };
});

/**
 * Asks something of a pair once, however many of its records want to know. Nearly every pair has one record:
 * for that nothing is kept.
 */
export function oncePerPair<T>(ask: (pair: PatchOnDevice) => T): (pair: PatchOnDevice) => T {
  const kept = oncePer(ask);
  return (pair) => (pair.records.length === 1 ? ask(pair) : kept(pair));
}

/** The dated detections of a pair, in the order of its records. */
export const detectionTimes = oncePerPair(
  (pair) =>
    new OrderedMoments(pair.records.map(({ detection }) => (isMoment(detection.at) ? detection.at : null))),
);

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
