import type { PatchRecord } from '../../domain/evidence.ts';
import type { PatchOnDevice } from '../../evidence/evidence.ts';
import { cell, consistent, defineRule, notApplicable } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  codesOf,
  judgeRecords,
  minuteKey,
  oncePerPair,
  recordParameters,
  statement,
  type DeploymentCodes,
  type Judgement,
  type StatedCode,
} from './statements.ts';

/** A deployment that failed by its status or its exit code (S0). */
export const deploymentFailed = defineRule({
  id: 'kace/deployment-failed',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, (record) => {
      const { deployment } = record;
      const codes = codesOf(pair, record);
      if (contradicting(record, codes) !== null) return consistent;
      const failing = codes.meaning('failure');
      const stated = codes.first;
      if (deployment.status === 'failed') return failedStatement(pair, record, stated);
      // 8xxx codes of the patch tool have no known meaning: without a failed status they say nothing.
      if (failing?.record === record) return failedStatement(pair, record, failing);
      return deployment.status === null && stated === null ? notApplicable : consistent;
    });
  },
});

/** The status and the exit code of one deployment say opposite things (S0). */
export const statusContradictsExitCode = defineRule({
  id: 'kace/status-contradicts-exit-code',
  kind: 'contradiction',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, (record) => {
      const codes = codesOf(pair, record);
      if (record.deployment.status === null || codes.first === null) return notApplicable;
      const stated = contradicting(record, codes);
      if (stated === null) return consistent;
      return statement({
        key: `${record.deployment.status} ${stated.code} ${minuteKey(record.deployment.at)}`,
        parameters: { ...recordParameters(record), exitCode: stated.code },
        witnesses: [
          cell(record, 'deployment.status', 'deployed-at', {
            deploymentStatus: record.deployment.status,
            deployedAt: atText(record.deployment.at),
          }),
          codeWitness(stated),
        ],
      });
    });
  },
});

/** The appliance prints each code twice, decimal and hexadecimal; they agree modulo 2^32 (S0). */
export const exitCodeFormsDisagree = defineRule({
  id: 'kace/exit-code-forms-disagree',
  kind: 'contradiction',
  severity: 'medium',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, (record) => {
      const forms = record.exitCodeRaw === null ? null : formsOf(record.exitCodeRaw);
      if (forms === null) return notApplicable;
      if (forms === 'agree') return consistent;
      if (BigInt.asUintN(32, forms.decimal) === BigInt.asUintN(32, forms.hexadecimal)) return consistent;
      const decimal = forms.decimal.toString();
      const hexadecimal = `0x${forms.hexadecimal.toString(16).toUpperCase()}`;
      return statement({
        key: `${decimal} ${hexadecimal} ${minuteKey(record.deployment.at)}`,
        parameters: {
          ...recordParameters(record),
          raw: record.exitCodeRaw,
          decimal,
          hexadecimal,
          decimalAsHexadecimal: `0x${BigInt.asUintN(32, forms.decimal).toString(16).toUpperCase()}`,
        },
        witnesses: [
          cell(record, 'deployment.exitCode', 'exit-code-decimal', { decimal }),
          cell(record, 'deployment.exitCode', 'exit-code-hexadecimal', { hexadecimal }),
        ],
      });
    });
  },
});

interface CodeForms {
  readonly decimal: bigint;
  readonly hexadecimal: bigint;
}

/** Texts that are remembered with their forms: a million rows state a few codes. */
const mostForms = 10_000;
const knownForms = new Map<string, CodeForms | 'agree' | null>();

function formsOf(raw: string): CodeForms | 'agree' | null {
  let forms = knownForms.get(raw);
  if (forms === undefined) {
    forms = readForms(raw);
    if (knownForms.size < mostForms && raw.length < 100) knownForms.set(raw, forms);
  }
  return forms;
}

/** How the appliance writes nearly every code; long ones leave the exact range of a number and go the long way. */
const usualForms = /^(?<decimal>\d{1,10}), 0x(?<hexadecimal>[0-9A-Fa-f]{1,8})$/u;

/** Both forms of `3010, 0xBC2`; `agree` at once for the usual ones; null when one of them is not there. */
function readForms(raw: string): CodeForms | 'agree' | null {
  const usual = usualForms.exec(raw)?.groups;
  if (usual !== undefined && Number(usual['decimal']) === Number.parseInt(usual['hexadecimal'] ?? '', 16)) {
    return 'agree';
  }
  const folded = raw.normalize('NFKC').replace(/\u2212/gu, '-');
  const hexadecimal = /(?<![0-9a-z])0x(?<digits>[0-9a-f]{1,16})(?![0-9a-z])/iu.exec(folded)?.groups?.[
    'digits'
  ];
  const decimal = /(?<![0-9a-z])(?<number>-?\d{1,20})(?![0-9a-z])/iu.exec(
    folded.replace(/0x[0-9a-f]+/giu, ' '),
  )?.groups?.['number'];
  if (hexadecimal === undefined || decimal === undefined) return null;
  return { decimal: BigInt(decimal), hexadecimal: BigInt(`0x${hexadecimal}`) };
}

/** The code that says the opposite of the record's status; 3010 and 1641 go with "succeeded". */
function contradicting(record: PatchRecord, codes: DeploymentCodes): StatedCode | null {
  switch (record.deployment.status) {
    case 'succeeded':
      return codes.meaning('failure');
    case 'failed':
      return codes.stating(0);
    case 'in-progress':
    case 'pending-reboot':
    case 'not-attempted':
    case 'skipped':
    case 'unknown':
    case null:
      return null;
  }
}

/** The attempts that any record of the pair states. */
const attemptsOf = oncePerPair(
  (pair) => pair.records.find((other) => other.deployment.attempts !== null)?.deployment.attempts ?? null,
);

function failedStatement(pair: PatchOnDevice, record: PatchRecord, stated: StatedCode | null): Judgement {
  const { deployment } = record;
  return statement({
    key: `${minuteKey(deployment.at)} ${String(stated?.code)}`,
    parameters: {
      ...recordParameters(record),
      exitCode: stated?.code ?? null,
      attempts: deployment.attempts ?? attemptsOf(pair),
    },
    witnesses: [
      cell(record, 'deployment.status', 'deployed-at', {
        deploymentStatus: deployment.status,
        deployedAt: atText(deployment.at),
      }),
      ...(stated === null ? [] : [codeWitness(stated)]),
    ],
  });
}

function codeWitness(stated: StatedCode): ReturnType<typeof cell> {
  return cell(stated.record, 'deployment.exitCode', 'exit-code', {
    exitCode: stated.code,
    raw: stated.record.exitCodeRaw,
  });
}
