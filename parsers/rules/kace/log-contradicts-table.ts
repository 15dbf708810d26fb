import type { EvidenceEvent, PatchRecord } from '../../domain/evidence.ts';
import { distance, isMoment, order, type At, type Moment } from '../../domain/moment.ts';
import { unsigned32 } from '../../domain/numbers.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { assumedFor } from '../assumptions.ts';
import { cell, consistent, defineRule, notApplicable, place } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  codesOf,
  judgeRecords,
  meaningOf,
  minuteKey,
  recordParameters,
  statement,
  type DeploymentCodes,
  type Judgement,
  type KnownCodes,
} from './statements.ts';

/** How far a log line and the table's time may lie apart to speak of one deployment. Assumed: 10 minutes. */
const logWindowMinutes = 10;

type AgentResult = EvidenceEvent<'kace/agent-result'>;

/**
 * The agent's own log states another result than the appliance's table (S0). Attempts leave a line
 * each: when any of them agrees with the table, the table speaks of that one.
 */
export const logContradictsTable = defineRule({
  id: 'kace/log-contradicts-table',
  kind: 'contradiction',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records', 'kace/client-log'],
  assumes: { windowMinutes: logWindowMinutes },
  source: 'S0',
  check(pair, evidence) {
    const results = resultsOf(pair, evidence);
    if (results.length === 0) return notApplicable;
    const { windowMinutes } = assumedFor(evidence, 'kace/log-contradicts-table', {
      windowMinutes: logWindowMinutes,
    });
    const stated = new StatedResults(results);
    return judgeRecords(pair, (record) => judge(record, pair, stated, windowMinutes));
  },
});

/** Of so many lines that differ the nearest are cited: a log may repeat a result thousands of times. */
const mostCited = 20;

function judge(
  record: PatchRecord,
  pair: PatchOnDevice,
  results: StatedResults,
  windowMinutes: number,
): Judgement {
  const { deployment } = record;
  if (deployment.at === 'never') return notApplicable;
  const codes = codesOf(pair, record);
  const table = tableOutcome(record, codes.first?.code ?? null);
  const compared = results.compare(codes, table);
  if (compared === 'unknown') return notApplicable;
  if (compared === 'agrees') return consistent;
  const { cited, inWindow } = compared.near(deployment.at, windowMinutes * 60_000);
  const [first] = cited;
  if (first === undefined) return consistent;
  const stated = codes.first;
  return statement({
    key: minuteKey(deployment.at),
    severity: inWindow ? 'high' : 'medium',
    parameters: {
      ...recordParameters(record),
      exitCode: stated?.code ?? null,
      logExitCode: first.detail.exitCode,
      logDeploymentStatus: first.detail.result,
      loggedAt: atText(first.at),
      comparable: inWindow,
      windowMinutes,
      assumed: ['windowMinutes'],
    },
    witnesses: [
      stated === null
        ? cell(record, 'deployment.status', 'deployed-at', {
            deploymentStatus: deployment.status,
            deployedAt: atText(deployment.at),
          })
        : cell(stated.record, 'deployment.exitCode', 'exit-code', {
            exitCode: stated.code,
            raw: stated.record.exitCodeRaw,
          }),
    ],
    shared: cited.map((result) =>
      place(result.citation, 'log-result', {
        exitCode: result.detail.exitCode,
        deploymentStatus: result.detail.result,
        loggedAt: atText(result.at),
      }),
    ),
  });
}

/**
 * The result lines of a pair, so that each of its records is compared with all of them at once. Codes are
 * compared where both state one, else the results.
 */
class StatedResults {
  readonly #codes: ReadonlySet<number>;
  /** Outcomes of lines without a code, and of all. */
  readonly #outcomesWithout: ReadonlySet<string>;
  readonly #outcomes: ReadonlySet<string>;
  /** Lines with a code; those and lines with an outcome; every line with an outcome. */
  readonly #coded: NearLines;
  readonly #codedOrTold: NearLines;
  readonly #told: NearLines;
  readonly #agreeing = new WeakMap<KnownCodes, boolean>();

  constructor(results: readonly AgentResult[]) {
    const coded = results.filter(({ detail }) => detail.exitCode !== null);
    const without = results.filter(({ detail }) => detail.exitCode === null);
    this.#codes = new Set(coded.map(({ detail }) => unsigned32(detail.exitCode ?? 0)));
    this.#outcomesWithout = new Set(without.flatMap((result) => loggedOutcome(result) ?? []));
    this.#outcomes = new Set(results.flatMap((result) => loggedOutcome(result) ?? []));
    this.#coded = new NearLines(coded);
    this.#codedOrTold = new NearLines(
      results.filter((result) => result.detail.exitCode !== null || loggedOutcome(result) !== null),
    );
    this.#told = new NearLines(results.filter((result) => loggedOutcome(result) !== null));
  }

  /** Whether some line agrees with a row, no line says anything of it, or the lines that differ from it. */
  compare(codes: DeploymentCodes, table: 'succeeded' | 'failed' | null): 'agrees' | 'unknown' | NearLines {
    if (codes.first === null) {
      if (table === null || this.#outcomes.size === 0) return 'unknown';
      return this.#outcomes.has(table) ? 'agrees' : this.#told;
    }
    const outcomes = table === null ? none : this.#outcomesWithout;
    if (this.#codes.size === 0 && outcomes.size === 0) return 'unknown';
    if (codes.parts.some((part) => this.#agrees(part)) || (table !== null && outcomes.has(table)))
      return 'agrees';
    return table === null ? this.#coded : this.#codedOrTold;
  }

  #agrees(part: KnownCodes): boolean {
    let agrees = this.#agreeing.get(part);
    if (agrees === undefined) {
      agrees = [...part.codes].some((code) => this.#codes.has(code));
      this.#agreeing.set(part, agrees);
    }
    return agrees;
  }
}

const none: ReadonlySet<string> = new Set();

function loggedOutcome({ detail }: AgentResult): 'succeeded' | 'failed' | null {
  return detail.result ?? (detail.exitCode === null ? null : outcomeOf(detail.exitCode));
}

/** Lines of one clock and offset, by their reading. */
interface LinesOfClock {
  readonly lines: readonly (AgentResult & { readonly at: Moment; readonly nth: number })[];
}

/** Lines among which those near a time are found by their readings. */
class NearLines {
  readonly #lines: readonly AgentResult[];
  #clocks: readonly LinesOfClock[] | null = null;

  constructor(lines: readonly AgentResult[]) {
    this.#lines = lines;
  }

  /**
   * The lines within so many milliseconds of a time; where there is none, those of clocks that share no scale
   * with it and may be. Nearest on their own walls first: which line to name, never which came first.
   */
  near(at: At, window: number): { readonly cited: readonly AgentResult[]; readonly inWindow: boolean } {
    if (!isMoment(at)) return { cited: this.#lines.slice(0, mostCited), inWindow: false };
    const near: Candidate[] = [];
    const unclear: Candidate[] = [];
    for (const { lines } of this.#byClock()) {
      const [first] = lines;
      if (first === undefined) continue;
      if (distance(first.at, at) !== null) {
        const from = partition(lines, (line) => (distance(line.at, at) ?? 0) > window);
        const to = partition(lines, (line) => (distance(line.at, at) ?? 0) >= -window);
        takeNearest(lines, from, to, at.local, near);
      } else {
        const from = partition(lines, (line) => order(line.at, at) === 'before');
        const to = partition(lines, (line) => order(line.at, at) !== 'after');
        takeNearest(lines, from, to, at.local, unclear);
      }
    }
    const inWindow = near.length > 0;
    const cited = (inWindow ? near : unclear)
      .sort((a, b) => a.gap - b.gap || a.nth - b.nth)
      .slice(0, mostCited)
      .map(({ line }) => line);
    if (!inWindow) cited.push(...this.#undated().slice(0, mostCited - cited.length));
    return { cited, inWindow };
  }

  #undatedLines: readonly AgentResult[] | null = null;

  #undated(): readonly AgentResult[] {
    this.#undatedLines ??= this.#lines.filter((line) => line.at === null);
    return this.#undatedLines;
  }

  #byClock(): readonly LinesOfClock[] {
    if (this.#clocks !== null) return this.#clocks;
    const clocks = new Map<string, LinesOfClock['lines'][number][]>();
    this.#lines.forEach((line, nth) => {
      if (line.at === null) return;
      const { clock, clockOf, offset, precision } = line.at;
      const key = `${precision} ${String(offset)} ${clock} ${clockOf}`;
      const one = { ...line, at: line.at, nth };
      const known = clocks.get(key);
      if (known === undefined) clocks.set(key, [one]);
      else known.push(one);
    });
    this.#clocks = [...clocks.values()].map((lines) => ({
      lines: lines.sort((a, b) => a.at.local - b.at.local || a.nth - b.nth),
    }));
    return this.#clocks;
  }
}

interface Candidate {
  readonly line: AgentResult;
  readonly gap: number;
  readonly nth: number;
}

/** Of the lines in a stretch those nearest to a reading: from there outwards, both ways. */
function takeNearest(
  lines: LinesOfClock['lines'],
  from: number,
  to: number,
  local: number,
  found: Candidate[],
): void {
  const start = Math.min(
    Math.max(
      from,
      partition(lines, ({ at }) => at.local < local),
    ),
    to,
  );
  for (const line of lines.slice(start, Math.min(to, start + mostCited)))
    found.push({ line, gap: Math.abs(line.at.local - local), nth: line.nth });
  // Of lines with one reading the first in the file go first.
  for (let end = start, taken = 0; end > from && taken < mostCited;) {
    const reading = lines[end - 1]?.at.local ?? 0;
    const first = Math.max(
      from,
      partition(lines, ({ at }) => at.local < reading),
    );
    const run = lines.slice(first, Math.min(end, first + mostCited - taken));
    for (const line of run) found.push({ line, gap: Math.abs(local - reading), nth: line.nth });
    taken += run.length;
    end = first;
  }
}

/** How many lines from the first on pass: all that do stand before all that do not. */
function partition(
  lines: LinesOfClock['lines'],
  passes: (line: LinesOfClock['lines'][number]) => boolean,
): number {
  let [from, to] = [0, lines.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const line = lines[middle];
    if (line !== undefined && passes(line)) from = middle + 1;
    else to = middle;
  }
  return from;
}

function tableOutcome(record: PatchRecord, code: number | null): 'succeeded' | 'failed' | null {
  const { status } = record.deployment;
  if (status === 'succeeded' || status === 'failed') return status;
  return code === null ? null : outcomeOf(code);
}

function outcomeOf(code: number): 'succeeded' | 'failed' | null {
  switch (meaningOf(code)) {
    case 'success':
    case 'restart':
      return 'succeeded';
    case 'failure':
      return 'failed';
    case 'unknown':
      return null;
  }
}

const indices = new WeakMap<Evidence, ReadonlyMap<string, readonly AgentResult[]>>();

/** The result lines of a pair, in file order: found by KB, update id or title, checked by `samePatch`. */
function resultsOf(pair: PatchOnDevice, evidence: Evidence): readonly AgentResult[] {
  if (pair.deviceKey === '') return [];
  let index = indices.get(evidence);
  if (index === undefined) {
    index = indexResults(evidence);
    indices.set(evidence, index);
  }
  if (index.size === 0) return [];
  const results = new Set<AgentResult>();
  // Names that ask the same of the same lines ask once.
  const asked = new Set<string>();
  for (const record of pair.records) {
    for (const key of patchKeys(evidence, record)) {
      const question = key.startsWith('name ') ? `${key}\0${record.kb ?? ''}` : key;
      if (asked.has(question)) continue;
      asked.add(question);
      for (const result of index.get(`${pair.deviceKey} ${key}`) ?? []) {
        if (evidence.samePatch(result, record)) results.add(result);
      }
    }
  }
  return [...results];
}

function indexResults(evidence: Evidence): Map<string, AgentResult[]> {
  const index = new Map<string, AgentResult[]>();
  for (const result of evidence.events('kace/agent-result')) {
    const deviceKey = evidence.deviceKey(result.device);
    if (deviceKey === '') continue;
    for (const key of patchKeys(evidence, result)) {
      const list = index.get(`${deviceKey} ${key}`);
      if (list === undefined) index.set(`${deviceKey} ${key}`, [result]);
      else list.push(result);
    }
  }
  return index;
}

function patchKeys(
  evidence: Evidence,
  name: { readonly patch: string | null; readonly kb: string | null; readonly updateId: string | null },
): readonly string[] {
  const keys: string[] = [];
  if (name.kb !== null) keys.push(`kb ${name.kb}`);
  if (name.updateId !== null) keys.push(`id ${name.updateId}`);
  if (name.patch !== null) keys.push(`name ${evidence.patchKey('kace-sma', name)}`);
  return keys;
}
