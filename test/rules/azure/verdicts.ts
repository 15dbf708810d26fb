import type { Finding } from '../../../parsers/domain/finding.ts';
import { createWording } from '../../../parsers/report/wording.ts';
import { azureRules } from '../../../parsers/rules/azure/index.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import { readFiles } from '../../formats/azure/read-files.ts';
import type { Files } from '../../formats/azure/read-files.ts';

export interface Says {
  readonly findings: readonly Finding[];
  readonly missing: readonly string[];
  /** Ids of every rule that found something in the bundle. */
  readonly all: readonly string[];
  /** The only finding. */
  readonly finding: Finding;
}

/** What one rule says of a bundle of files. */
export async function ruleSays(rule: string, files: Files): Promise<Says> {
  if (!azureRules.some(({ id }) => id === `azure/${rule}`)) throw new Error(`no rule ${rule}`);
  const { evidence } = await readFiles(files);
  const results = runRules(evidence, azureRules);
  for (const finding of results.findings) checkWording(finding);
  const findings = results.findings.filter((finding) => finding.rule === `azure/${rule}`);
  return {
    findings,
    missing: results.undecided
      .filter((entry) => entry.rule === `azure/${rule}`)
      .map((entry) => entry.missing),
    all: [...new Set(results.findings.map((finding) => finding.rule.replace('azure/', '')))],
    get finding() {
      const [first] = findings;
      if (first === undefined || findings.length > 1)
        throw new Error(`${rule} made ${findings.length} findings, not one`);
      return first;
    },
  };
}

const wordings = [createWording('en'), createWording('ja')];

/** Every finding cites something and reads well in both languages. */
function checkWording(finding: Finding): void {
  if (finding.witnesses.length === 0) throw new Error(`${finding.rule} cites nothing`);
  if (finding.kind === 'contradiction' && finding.witnesses.length < 2)
    throw new Error(`${finding.rule}: one witness`);
  for (const wording of wordings) {
    const { title, explanation, advice } = wording.finding(finding);
    const says = finding.witnesses.map((one) => wording.witness(one));
    for (const text of [title, explanation, advice, ...says]) {
      if (text === '' || /[{}]|undefined|NaN|\bnull\b|text of| {2}|\.\.|。。|^azure-/u.test(text)) {
        throw new Error(`${finding.rule} reads badly in ${wording.locale}: ${text}`);
      }
    }
  }
}
