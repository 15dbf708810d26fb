import type { EvidenceEvent, PatchRecord } from '../../domain/evidence.ts';
import { distance, isMoment, order } from '../../domain/moment.ts';
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
  type Judgement,
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
    return judgeRecords(pair, (record) => judge(record, pair, results, windowMinutes));
  },
});

function judge(
  record: PatchRecord,
  pair: PatchOnDevice,
  results: readonly AgentResult[],
  windowMinutes: number,
): Judgement {
  const { deployment } = record;
  if (deployment.at === 'never') return notApplicable;
  const compared = results.map((result) => ({ result, says: compare(result, record, pair) }));
  if (compared.every(({ says }) => says === 'unknown')) return notApplicable;
  if (compared.some(({ says }) => says === 'agrees')) return consistent;
  const differing = compared.flatMap(({ result, says }) => {
    const near = says === 'differs' ? nearness(result, record, windowMinutes) : 'far';
    return near === 'far' ? [] : [{ result, near }];
  });
  const inWindow = differing.filter(({ near }) => near === 'near');
  const cited = (inWindow.length > 0 ? inWindow : differing).sort(
    (a, b) => readingGap(a.result, record) - readingGap(b.result, record),
  );
  const [first] = cited;
  if (first === undefined) return consistent;
  const [stated] = codesOf(pair, record);
  return statement({
    key: minuteKey(deployment.at),
    severity: inWindow.length > 0 ? 'high' : 'medium',
    parameters: {
      ...recordParameters(record),
      exitCode: stated?.code ?? null,
      logExitCode: first.result.detail.exitCode,
      logDeploymentStatus: first.result.detail.result,
      loggedAt: atText(first.result.at),
      comparable: inWindow.length > 0,
      windowMinutes,
      assumed: ['windowMinutes'],
    },
    witnesses: [
      stated === undefined
        ? cell(record, 'deployment.status', 'deployed-at', {
            deploymentStatus: deployment.status,
            deployedAt: atText(deployment.at),
          })
        : cell(stated.record, 'deployment.exitCode', 'exit-code', {
            exitCode: stated.code,
            raw: stated.record.exitCodeRaw,
          }),
    ],
    shared: cited.map(({ result }) =>
      place(result.citation, 'log-result', {
        exitCode: result.detail.exitCode,
        deploymentStatus: result.detail.result,
        loggedAt: atText(result.at),
      }),
    ),
  });
}

/** Codes are compared where both state one, else the results. */
function compare(
  result: AgentResult,
  record: PatchRecord,
  pair: PatchOnDevice,
): 'agrees' | 'differs' | 'unknown' {
  const codes = codesOf(pair, record);
  const { exitCode } = result.detail;
  if (exitCode !== null && codes.length > 0) {
    return codes.some(({ code }) => unsigned32(code) === unsigned32(exitCode)) ? 'agrees' : 'differs';
  }
  const logged = result.detail.result ?? (exitCode === null ? null : outcomeOf(exitCode));
  const table = tableOutcome(record, codes[0]?.code ?? null);
  if (logged === null || table === null) return 'unknown';
  return logged === table ? 'agrees' : 'differs';
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

/** `near`: within the window; `unclear`: the clocks share no scale; `far`: another deployment. */
function nearness(
  result: AgentResult,
  record: PatchRecord,
  windowMinutes: number,
): 'near' | 'unclear' | 'far' {
  const { at } = record.deployment;
  if (result.at === null || !isMoment(at)) return 'unclear';
  const apart = distance(result.at, at);
  if (apart !== null) return Math.abs(apart) <= windowMinutes * 60_000 ? 'near' : 'far';
  return order(result.at, at) === 'undecidable' ? 'unclear' : 'far';
}

/** How far apart the two readings are on their own walls: which line to name first, never which came first. */
function readingGap(result: AgentResult, record: PatchRecord): number {
  const { at } = record.deployment;
  return result.at === null || !isMoment(at) ? Number.MAX_SAFE_INTEGER : Math.abs(result.at.local - at.local);
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
  for (const record of pair.records) {
    for (const key of patchKeys(evidence, record)) {
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
