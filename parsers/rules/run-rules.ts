import { createHash } from 'node:crypto';
import { systemIds } from '../domain/evidence.ts';
import type { PatchRecord, Run } from '../domain/evidence.ts';
import { CancelledError } from '../domain/errors.ts';
import { compareFindings, compareNullable, type Finding, type Undecided } from '../domain/finding.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { atOnce } from '../evidence/steps.ts';
import type { Steps } from '../evidence/steps.ts';
import { consistent, notApplicable } from './define-rule.ts';
import type { AnyRule, Rule, SubjectKind, Subjects, Verdict } from './define-rule.ts';

/** What the rules say of a bundle. */
export interface RuleResults {
  /** In the order of {@link compareFindings}. */
  readonly findings: readonly Finding[];
  /** By rule, device, patch and what was missing; each once. */
  readonly undecided: readonly Undecided[];
}

/** Subjects of a step. */
const stepSubjects = 256;

/** {@link ruleSteps} without a pause. */
export function runRules(evidence: Evidence, rules: readonly AnyRule[]): RuleResults {
  return atOnce(ruleSteps(evidence, rules));
}

/**
 * Asks every rule about every subject it looks at. Rules of a system that the bundle does not contain
 * are not asked. A rule that throws ends the run with an error that names it: an analysis that goes on
 * without a rule would pass silence off as health.
 */
export function* ruleSteps(evidence: Evidence, rules: readonly AnyRule[]): Steps<RuleResults> {
  const findings = new Map<string, Finding>();
  const undecided = new Map<string, Undecided>();
  yield* askAll(evidence, rules, (rule, verdict) => {
    if (verdict.outcome === 'found') {
      const finding = makeFinding(rule, verdict);
      // One id is one statement with the same witnesses; saying it twice adds nothing.
      if (!findings.has(finding.id)) findings.set(finding.id, finding);
    } else if (verdict.outcome === 'cannot-tell') {
      const entry = {
        rule: rule.id,
        device: verdict.device,
        patch: verdict.patch,
        missing: verdict.missing,
        ...(verdict.parameters === undefined ? {} : { parameters: verdict.parameters }),
      };
      const key = JSON.stringify([
        entry.rule,
        entry.device,
        entry.patch,
        entry.missing,
        entry.parameters ?? null,
      ]);
      if (!undecided.has(key)) undecided.set(key, entry);
    }
  });
  yield;
  return {
    findings: [...findings.values()].sort(compareFindings),
    undecided: [...undecided.values()].sort(compareUndecided),
  };
}

/** What one rule answers about a record, its pair, its device or the bundle around it. */
export interface Explanation {
  readonly rule: string;
  readonly verdicts: readonly Verdict[];
}

/** Every rule's answer where a run is concerned: of the rules about runs, those about its device, and the bundle's. */
export function explainRun(evidence: Evidence, rules: readonly AnyRule[], run: Run): Explanation[] {
  const deviceKey = evidence.deviceKey(run.device);
  return rules
    .filter((rule) => isPresent(rule, evidence) && (rule.system === null || rule.system === run.system))
    .flatMap((rule) => {
      if (rule.looksAt === 'run') return [{ rule: rule.id, verdicts: ask(rule, run, evidence) }];
      return rule.looksAt === 'device' || rule.looksAt === 'bundle'
        ? [explainAround(evidence, rule, deviceKey)]
        : [];
    });
}

/** The answers of the rules that look at a device or at the whole bundle, as far as they concern a device. */
export function explainDevice(
  evidence: Evidence,
  rules: readonly AnyRule[],
  deviceKey: string,
): Explanation[] {
  return rules
    .filter((rule) => isPresent(rule, evidence))
    .flatMap((rule) =>
      rule.looksAt === 'device' || rule.looksAt === 'bundle'
        ? [explainAround(evidence, rule, deviceKey)]
        : [],
    );
}

function explainAround(
  evidence: Evidence,
  rule: Rule<'device'> | Rule<'bundle'>,
  deviceKey: string,
): Explanation {
  if (rule.looksAt === 'device') {
    const verdicts = deviceKey === '' ? [] : ask(rule, deviceKey, evidence);
    return { rule: rule.id, verdicts };
  }
  const verdicts = ask(rule, null, evidence).filter(
    (verdict) =>
      !('device' in verdict) || verdict.device === null || evidence.deviceKey(verdict.device) === deviceKey,
  );
  return { rule: rule.id, verdicts };
}

/** Every rule's answer where a record is concerned, silence included: why something fired, or did not. */
export function explain(evidence: Evidence, rules: readonly AnyRule[], record: PatchRecord): Explanation[] {
  const deviceKey = evidence.deviceKey(record.device);
  return rules
    .filter((rule) => isPresent(rule, evidence) && (rule.system === null || rule.system === record.system))
    .map((rule) => {
      switch (rule.looksAt) {
        case 'record':
          return { rule: rule.id, verdicts: ask(rule, record, evidence) };
        case 'pair':
          return { rule: rule.id, verdicts: ask(rule, evidence.pairOf(record), evidence) };
        case 'device':
          return { rule: rule.id, verdicts: deviceKey === '' ? [] : ask(rule, deviceKey, evidence) };
        case 'run':
          return {
            rule: rule.id,
            verdicts: evidence.runs
              .filter((run) => run.records.includes(record.id))
              .flatMap((run) => ask(rule, run, evidence)),
          };
        case 'bundle':
          return {
            rule: rule.id,
            verdicts: ask(rule, null, evidence).filter((verdict) => concerns(verdict)),
          };
      }
    });

  function concerns(verdict: Verdict): boolean {
    if (verdict.outcome !== 'found' && verdict.outcome !== 'cannot-tell') return true;
    if (verdict.device !== null && evidence.deviceKey(verdict.device) !== deviceKey) return false;
    return (
      verdict.patch === null ||
      evidence.patchKey(record.system, { patch: verdict.patch, kb: null, updateId: null }) ===
        evidence.patchKey(record.system, { patch: record.patch, kb: null, updateId: null }) ||
      evidence.samePatch({ patch: verdict.patch, kb: null, updateId: null }, record)
    );
  }
}

function isPresent(rule: AnyRule, evidence: Evidence): boolean {
  return rule.system === null || evidence.systems.has(rule.system);
}

type Take = (rule: AnyRule, verdict: Verdict) => void;

/** Rules that look at the same kind of thing are asked about each of it in turn: it is fetched from memory once. */
function* askAll(evidence: Evidence, rules: readonly AnyRule[], take: Take): Steps<void> {
  const present = rules.filter((rule) => isPresent(rule, evidence));
  const ofKind = <K extends SubjectKind>(kind: K): Rule<K>[] =>
    present.filter((rule): rule is Extract<AnyRule, Rule<K>> => rule.looksAt === kind);
  yield* askEach(ofKind('record'), evidence.records, evidence, take);
  const ofPairs = ofKind('pair');
  // A rule of one system is asked about that system's pairs only.
  const bySystem = new Map(
    systemIds.map((system) => [
      system,
      ofPairs.filter((rule) => rule.system === null || rule.system === system),
    ]),
  );
  yield* askEach<'pair'>((pair) => bySystem.get(pair.system) ?? [], evidence.pairs, evidence, take);
  const deviceKeys = evidence.devices.map((device) => device.key);
  yield* askEach(ofKind('device'), deviceKeys, evidence, take);
  yield* askEach(ofKind('run'), evidence.runs, evidence, take);
  yield* askEach(ofKind('bundle'), [null], evidence, take);
}

function* askEach<K extends SubjectKind>(
  rules: readonly Rule<K>[] | ((subject: Subjects[K]) => readonly Rule<K>[]),
  subjects: readonly Subjects[K][],
  evidence: Evidence,
  take: Take,
): Steps<void> {
  if (Array.isArray(rules) && rules.length === 0) return;
  let asked = 0;
  for (const subject of subjects) {
    // A device has many records and events.
    if (asked % stepSubjects === 0 || typeof subject === 'string') yield;
    asked += 1;
    for (const rule of typeof rules === 'function' ? rules(subject) : rules) {
      if (subject === null) yield;
      const verdicts = askOnce(rule, subject, evidence);
      if (verdicts === notApplicable || verdicts === consistent) continue;
      if ('outcome' in verdicts) take(rule as AnyRule, verdicts);
      else for (const verdict of verdicts) take(rule as AnyRule, verdict);
    }
  }
}

function ask<K extends SubjectKind>(
  rule: Rule<K>,
  subject: Subjects[K],
  evidence: Evidence,
): readonly Verdict[] {
  const verdicts = askOnce(rule, subject, evidence);
  return 'outcome' in verdicts ? [verdicts] : verdicts;
}

function askOnce<K extends SubjectKind>(
  rule: Rule<K>,
  subject: Subjects[K],
  evidence: Evidence,
): Verdict | readonly Verdict[] {
  try {
    return rule.check(subject, evidence);
  } catch (thrown) {
    if (thrown instanceof CancelledError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(`the rule ${rule.id} failed: ${reason}`, { cause: thrown });
  }
}

/** The finding that a verdict makes. */
export function makeFinding(rule: AnyRule, verdict: Verdict & { outcome: 'found' }): Finding {
  return {
    id: findingId(rule.id, verdict),
    rule: rule.id,
    kind: rule.kind,
    severity: verdict.severity ?? rule.severity,
    system: rule.system,
    device: verdict.device,
    patch: verdict.patch,
    parameters: verdict.parameters,
    witnesses: verdict.witnesses,
  };
}

/**
 * Stable over runs and over wording: annotations hang on it. JSON separates the parts, so that no
 * text in a name can make two statements look like one.
 */
function findingId(rule: string, verdict: Verdict & { outcome: 'found' }): string {
  const places = verdict.witnesses.map(({ citation }) => [
    citation.member,
    citation.line,
    citation.row,
    citation.pointer,
  ]);
  const parts = [
    rule,
    verdict.device,
    verdict.patch,
    places,
    ...(verdict.apart === null ? [] : [verdict.apart]),
  ];
  return `f-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)}`;
}

function compareUndecided(a: Undecided, b: Undecided): number {
  return (
    compareNullable(a.rule, b.rule) ||
    compareNullable(a.device, b.device) ||
    compareNullable(a.patch, b.patch) ||
    compareNullable(a.missing, b.missing)
  );
}
