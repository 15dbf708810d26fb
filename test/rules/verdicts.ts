import type { Finding, Undecided } from '../../parsers/domain/finding.ts';
import { createWording, messagesOf, type Locale } from '../../parsers/report/wording.ts';
import { rules } from '../../parsers/rules/registry.ts';
import { runRules } from '../../parsers/rules/run-rules.ts';
import type { EvidenceBuilder } from './evidence-builder.ts';

/** What one rule says of a bundle. */
export interface RuleSays {
  readonly findings: readonly Finding[];
  readonly undecided: readonly Undecided[];
  /** The only finding; fails the test when there is another number of them. */
  readonly finding: Finding;
  /** What "cannot tell" lacked. */
  readonly missing: readonly string[];
}

const locales: readonly Locale[] = ['en', 'ja'];
const wordings = locales.map((locale) => createWording(locale));

/**
 * Runs the whole catalogue over a bundle and keeps what one rule says. On the way everything that any
 * rule found is put into words in every locale, so that each test case also checks the wordings.
 */
export function ruleSays(rule: string, bundle: EvidenceBuilder): RuleSays {
  if (!rules.some((one) => one.id === rule)) throw new Error(`no rule ${rule}`);
  const results = runRules(bundle.build(), rules);
  for (const finding of results.findings) checkWording(finding);
  for (const entry of results.undecided) checkMissing(entry);
  const findings = results.findings.filter((finding) => finding.rule === rule);
  const undecided = results.undecided.filter((entry) => entry.rule === rule);
  return {
    findings,
    undecided,
    missing: undecided.map((entry) => entry.missing),
    get finding(): Finding {
      const [first] = findings;
      if (first === undefined || findings.length > 1) {
        throw new Error(`${rule} made ${findings.length} findings, not one`);
      }
      return first;
    },
  };
}

/** Where a witness stands and what it points at, as short text. */
export function witnessed(finding: Finding): string[] {
  return finding.witnesses.map(
    (witness) =>
      `${witness.citation.member}:${String(witness.citation.line)} ${witness.field ?? witness.says}`,
  );
}

function checkWording(finding: Finding): void {
  if (finding.witnesses.length === 0) throw new Error(`${finding.rule} cites nothing`);
  if (finding.kind === 'contradiction' && finding.witnesses.length < 2) {
    throw new Error(`${finding.rule} is a contradiction with one witness`);
  }
  for (const wording of wordings) {
    const { title, explanation, advice } = wording.finding(finding);
    const says = finding.witnesses.map((witness) => wording.witness(witness));
    for (const text of [title, explanation, advice, ...says]) {
      if (text === '' || /[{}]|undefined|NaN|\bnull\b|text of| {2}|\.\.|。。/u.test(text)) {
        throw new Error(`${finding.rule} reads badly in ${wording.locale}: ${text}`);
      }
    }
  }
}

function checkMissing(entry: Undecided): void {
  for (const wording of wordings) {
    if (!messagesOf(wording.locale).has(`missing.${entry.missing}`)) {
      throw new Error(`no wording in ${wording.locale} for what ${entry.rule} lacked: ${entry.missing}`);
    }
  }
}
