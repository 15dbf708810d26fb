import type { EvidenceEvent } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { isFailure } from '../../formats/windows-update/result-codes.ts';
import { consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { placeOf } from './installs.ts';
import { extreme } from './relation.ts';

type Call = EvidenceEvent<'windows-update/call'>;

/** A log may hold the same call a thousand times: so many of them are cited, the first ones. */
const mostCalls = 20;

/**
 * A call ends with exit code 0 although what it called failed: `Exit code = 0x00000000` beside a failing
 * `Call error code`, or a block that counts failed updates. A call error of 0 says that nothing did.
 */
export const callMasksFailure = defineRule({
  id: 'windows-update/call-masks-failure',
  kind: 'contradiction',
  severity: 'high',
  system: 'windows-update',
  looksAt: 'bundle',
  needs: ['windows-update/log'],
  source: 'S1',
  check(_, evidence) {
    const calls = evidence.events('windows-update/call');
    if (calls.length === 0) return notApplicable;
    const groups = new Map<string, Call[]>();
    for (const call of calls) {
      if (!isMasked(call)) continue;
      const key = JSON.stringify([placeOf(evidence, call), call.detail.call, call.detail.callErrorCode]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [call]);
      else group.push(call);
    }
    return groups.size === 0 ? consistent : [...groups.values()].map((group) => judge(group, evidence));
  },
});

function isMasked({ detail }: Call): boolean {
  const { exitCode, callErrorCode, failed } = detail;
  if (callErrorCode === 0) return false;
  const callFails = callErrorCode !== null && isFailure(callErrorCode);
  if (callFails && exitCode === 0) return true;
  // A block that states its exit code as a failure masks nothing.
  return (failed ?? 0) > 0 && (exitCode === null || exitCode === 0);
}

function judge(calls: readonly Call[], evidence: Evidence): Verdict {
  const last = extreme(calls, 'after', evidence);
  const first = extreme(calls, 'before', evidence);
  return found({
    device: calls[0]?.device ?? null,
    parameters: {
      call: last?.detail.call ?? null,
      calls: calls.length,
      callExitCode: last?.detail.callErrorCode ?? null,
      failed: last?.detail.failed ?? null,
      firstAt: atText(first?.at ?? null),
      lastAt: atText(last?.at ?? null),
    },
    witnesses: calls.slice(0, mostCalls).flatMap(witnessesOf),
  });
}

function witnessesOf({ detail, citation }: Call): readonly Witness[] {
  const { exitCode, exitCitation, callErrorCode, callErrorCitation, failed, failedCitation } = detail;
  const witnesses = [
    exitCode === null
      ? place(citation, 'call-ended', { call: detail.call })
      : place(exitCitation ?? citation, 'call-exit-code', { exitCode }),
  ];
  if (callErrorCode !== null) {
    witnesses.push(place(callErrorCitation ?? citation, 'call-error-code', { callExitCode: callErrorCode }));
  }
  if (failed !== null && failed > 0) {
    witnesses.push(place(failedCitation ?? citation, 'call-failed-updates', { failed }));
  }
  return witnesses;
}
