import type { Finding } from '../../../parsers/domain/finding.ts';
import { createWording, messagesOf } from '../../../parsers/report/wording.ts';
import { deepSecurityRules } from '../../../parsers/rules/deep-security/index.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import { readFiles } from '../../formats/deep-security/read-files.ts';
import type { Files, ReadFilesOptions } from '../../formats/deep-security/read-files.ts';

export interface Says {
  readonly findings: readonly Finding[];
  readonly missing: readonly string[];
  /** Ids of every rule that found something in the bundle. */
  readonly all: readonly string[];
  /** The only finding. */
  readonly finding: Finding;
}

/** What one rule says of a bundle of files. */
export async function ruleSays(rule: string, files: Files, options: ReadFilesOptions = {}): Promise<Says> {
  const { evidence } = await readFiles(files, options);
  const results = runRules(evidence, deepSecurityRules);
  for (const finding of results.findings) checkWording(finding);
  const findings = results.findings.filter((finding) => finding.rule === `deep-security/${rule}`);
  return {
    findings,
    missing: results.undecided
      .filter((entry) => entry.rule === `deep-security/${rule}`)
      .map((entry) => entry.missing),
    all: [...new Set(results.findings.map((finding) => finding.rule))],
    get finding() {
      const [first] = findings;
      if (first === undefined || findings.length > 1)
        throw new Error(`${rule} made ${findings.length} findings, not one`);
      return first;
    },
  };
}

const wordings = [createWording('en'), createWording('ja')];
const registered = messagesOf('en').has('rules.deep-security/single-failure.title');

/** Every finding cites something and reads well in both languages. */
function checkWording(finding: Finding): void {
  if (finding.witnesses.length === 0) throw new Error(`${finding.rule} cites nothing`);
  if (finding.kind === 'contradiction' && finding.witnesses.length < 2)
    throw new Error(`${finding.rule}: one witness`);
  if (!registered) return;
  for (const wording of wordings) {
    const { title, explanation, advice } = wording.finding(finding);
    for (const text of [
      title,
      explanation,
      advice,
      ...finding.witnesses.map((one) => wording.witness(one)),
    ]) {
      if (text === '' || /[{}]|undefined|NaN|\bnull\b|text of| {2}|\.\.|。。|^ds-/u.test(text)) {
        throw new Error(`${finding.rule} reads badly in ${wording.locale}: ${text}`);
      }
    }
  }
}
