import type { EvidenceParams } from '../../preload/contract/evidence.ts';
import type { ExplanationView, Locale } from '../../preload/contract/shapes.ts';
import type { Verdict } from '../rules/define-rule.ts';
import { explain, explainDevice, explainRun, makeFinding } from '../rules/run-rules.ts';
import type { Explanation } from '../rules/run-rules.ts';
import type { Snapshot } from './session.ts';
import { wordsOf } from './words.ts';

type Subject = EvidenceParams<'explain'>['subject'];
type Row = ExplanationView['rules'][number];

/** What every rule answers about a record, a run or a device, in words; null where that is not in the bundle. */
export function explainSubject(snapshot: Snapshot, subject: Subject, locale: Locale): ExplanationView | null {
  const explanations = answersAbout(snapshot, subject);
  if (explanations === null) return null;
  const rows = explanations.map((one) => rowOf(one, snapshot, locale));
  const told = rows.filter((row) => row !== null);
  return { rules: told, notApplicable: rows.length - told.length };
}

function answersAbout(snapshot: Snapshot, subject: Subject): Explanation[] | null {
  const { evidence } = snapshot.analysis;
  const { rules } = snapshot.packs;
  switch (subject.on) {
    case 'record': {
      const record = evidence.record(subject.id);
      return record === undefined ? null : explain(evidence, rules, record);
    }
    case 'run': {
      const run = snapshot.runById.get(subject.id);
      return run === undefined ? null : explainRun(evidence, rules, run);
    }
    case 'device':
      return evidence.devices.some(({ key }) => key === subject.key)
        ? explainDevice(evidence, rules, subject.key)
        : null;
  }
}

/** A rule that found something and was content elsewhere has fired; null for one that had nothing to judge. */
function rowOf({ rule: id, verdicts }: Explanation, snapshot: Snapshot, locale: Locale): Row | null {
  const rule = snapshot.packs.rules.find((one) => one.id === id);
  if (rule === undefined) return null;
  const { wording } = wordsOf(locale);
  const found = verdicts.filter((one): one is Verdict & { outcome: 'found' } => one.outcome === 'found');
  const undecided = verdicts.filter(
    (one): one is Verdict & { outcome: 'cannot-tell' } => one.outcome === 'cannot-tell',
  );
  const isConsistent = verdicts.some(({ outcome }) => outcome === 'consistent');
  const outcome: Row['outcome'] | null =
    found.length > 0 ? 'found' : undecided.length > 0 ? 'cannot-tell' : isConsistent ? 'consistent' : null;
  if (outcome === null) return null;
  const findings = new Map(found.map((verdict) => makeFinding(rule, verdict)).map((one) => [one.id, one]));
  return {
    rule: id,
    title: wording.ruleName(id),
    kind: rule.kind,
    severity: rule.severity,
    outcome,
    findings: [...findings.values()]
      .slice(0, mostFindings)
      .map((finding) => ({ id: finding.id, title: wording.finding(finding).title })),
    missing: [...new Set(undecided.map(({ missing, parameters }) => wording.missing(missing, parameters)))],
  };
}

/** A rule about the bundle may find the same of a thousand rows; that many are named. */
const mostFindings = 20;
