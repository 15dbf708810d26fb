import type { PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { isMoment } from '../../domain/moment.ts';
import type { Evidence, PatchOnDevice } from '../../evidence/evidence.ts';
import { assumedFor } from '../assumptions.ts';
import { cannotTell, cell, consistent, defineRule, notApplicable, place } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  judgeRecords,
  minuteKey,
  oncePerPair,
  recordParameters,
  statement,
  type Judgement,
} from './statements.ts';
import { deployersOf, kaceView } from './view.ts';

/** Taken when the bundle does not state the maximum (formats/kace: a public dashboard counts `>= 3` as error). */
const assumedMaximum = 3;

/** The maximum number of deployment attempts and what states it. 0 means unlimited. */
interface Maximum {
  readonly value: number;
  readonly assumed: boolean;
  readonly witness: Witness | null;
}

/** A patch that used up its attempts is no longer a target of deployment (S0). */
export const attemptsExhausted = defineRule({
  id: 'kace/attempts-exhausted',
  kind: 'fault',
  severity: 'critical',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  assumes: { maximum: assumedMaximum },
  source: 'S0',
  check(pair, evidence) {
    return judgeRecords(pair, (record) => {
      const { attempts } = record.deployment;
      if (record.detection.status !== 'not-patched') return notApplicable;
      if (attempts === null) {
        // Patch pages have no such column; it is missed only where something was deployed at all.
        return isMoment(record.deployment.at) && !statesAttempts(pair)
          ? cannotTell('attempts')
          : notApplicable;
      }
      const maximum = maximumFor(record, pair, evidence, assumedBy('kace/attempts-exhausted', evidence));
      if (maximum.value === 0 || attempts < maximum.value) return consistent;
      return attemptsStatement(record, maximum, maximum.assumed ? 'high' : 'critical');
    });
  },
});

export const lastAttempt = defineRule({
  id: 'kace/last-attempt',
  kind: 'note',
  severity: 'medium',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  assumes: { maximum: assumedMaximum },
  source: 'S0',
  check(pair, evidence) {
    return judgeRecords(pair, (record) => {
      const { attempts } = record.deployment;
      if (record.detection.status !== 'not-patched' || attempts === null) return notApplicable;
      if (attempts === 0) return consistent;
      const maximum = maximumFor(record, pair, evidence, assumedBy('kace/last-attempt', evidence));
      return attempts === maximum.value - 1 ? attemptsStatement(record, maximum, 'medium') : consistent;
    });
  },
});

const statesAttempts = oncePerPair((pair) =>
  pair.records.some((other) => other.deployment.attempts !== null),
);

/** The first record of the pair that states a maximum. */
const statesMaximum = oncePerPair((pair) =>
  pair.records.find((other) => other.deployment.maxAttempts !== null),
);

function assumedBy(rule: string, evidence: Evidence): number {
  return assumedFor(evidence, rule, { maximum: assumedMaximum }).maximum;
}

function attemptsStatement(
  record: PatchRecord,
  maximum: Maximum,
  severity: 'critical' | 'high' | 'medium',
): Judgement {
  const { attempts } = record.deployment;
  return statement({
    key: `${String(attempts)} ${maximum.value} ${minuteKey(record.deployment.at)}`,
    severity,
    parameters: {
      ...recordParameters(record),
      attempts,
      maximum: maximum.value,
      ...(maximum.assumed ? { assumed: ['maximum'] } : {}),
    },
    witnesses: [
      cell(record, 'deployment.attempts', 'attempts', { attempts }),
      cell(record, 'detection.status', 'detected-at', {
        detectionStatus: record.detection.status,
        detectedAt: atText(record.detection.at),
      }),
    ],
    shared: maximum.witness === null ? [] : [maximum.witness],
  });
}

/**
 * The maximum that holds for a record: stated in its row, in another row of the pair, or by the
 * schedules that deploy it. Where several such schedules differ, the most generous one counts, since
 * the patch stays a target for as long as one of them still tries.
 *
 * @param otherwise taken where nothing states one
 */
export function maximumFor(
  record: PatchRecord,
  pair: PatchOnDevice,
  evidence: Evidence,
  otherwise: number = assumedMaximum,
): Maximum {
  const stating = record.deployment.maxAttempts !== null ? record : statesMaximum(pair);
  if (stating?.deployment.maxAttempts !== null && stating?.deployment.maxAttempts !== undefined) {
    const value = stating.deployment.maxAttempts;
    return {
      value,
      assumed: false,
      witness: cell(stating, 'deployment.attempts', 'maximum', { maximum: value }),
    };
  }
  const { certain } = deployersOf(kaceView(evidence), pair);
  const [first, ...others] = certain.filter((schedule) => schedule.maxAttempts !== null);
  if (first === undefined || others.length + 1 < certain.length) {
    return { value: otherwise, assumed: true, witness: null };
  }
  const generous = others.reduce(
    (most, other) =>
      most.maxAttempts !== 0 &&
      (other.maxAttempts === 0 || (other.maxAttempts ?? 0) > (most.maxAttempts ?? 0))
        ? other
        : most,
    first,
  );
  const value = generous.maxAttempts ?? otherwise;
  return {
    value,
    assumed: false,
    witness: place(generous.places.maxAttempts, 'schedule-maximum', {
      schedule: generous.name,
      maximum: value,
    }),
  };
}
