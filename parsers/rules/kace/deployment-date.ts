import { isMoment } from '../../domain/moment.ts';
import { foldText } from '../../domain/names.ts';
import { cell, consistent, defineRule, notApplicable } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { judgeRecords, minuteKey, oncePerPair, recordParameters, statement } from './statements.ts';

/**
 * The counter of attempts and the deployment date tell of the same thing: never deployed with
 * attempts, or deployed without any, cannot both be so. A reset of the attempts is the usual cause (S0).
 */
export const attemptsContradictDate = defineRule({
  id: 'kace/attempts-contradict-date',
  kind: 'contradiction',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, (record) => {
      const { deployment } = record;
      if (deployment.attempts === null || deployment.at === null) return notApplicable;
      const deployed = isMoment(deployment.at);
      if (deployed ? deployment.attempts > 0 : deployment.attempts === 0) return consistent;
      return statement({
        key: `${deployment.attempts} ${minuteKey(deployment.at)}`,
        parameters: { ...recordParameters(record), attempts: deployment.attempts, deployed },
        witnesses: [
          cell(record, 'deployment.attempts', 'attempts', { attempts: deployment.attempts }),
          cell(record, 'deployment.at', 'deployed-at', {
            deploymentStatus: deployment.status,
            deployedAt: atText(deployment.at),
          }),
        ],
      });
    });
  },
});

/** How a cell says nothing: empty, a dash, or the NULL of an export. */
const blankWords: ReadonlySet<string> = new Set(['', 'null', '-', '--', '\u2013', '\u2014', '\u30fc']);

/** Where one patch of a run needs a restart, all results of the run may return only after it (S0). */
export const deployedWithoutResult = defineRule({
  id: 'kace/deployed-without-result',
  kind: 'fault',
  severity: 'medium',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, (record) => {
      const { deployment } = record;
      // A source without the column does not say that the result is missing.
      if (!isMoment(deployment.at) || deployment.raw === null) return notApplicable;
      if (deployment.status === 'succeeded' || deployment.status === 'failed') return consistent;
      if (!blankWords.has(foldText(deployment.raw))) return consistent;
      return statement({
        key: minuteKey(deployment.at),
        parameters: recordParameters(record),
        witnesses: [
          cell(record, 'deployment.at', 'deployed-on', { deployedAt: atText(deployment.at) }),
          cell(record, 'deployment.status', 'result-blank'),
        ],
      });
    });
  },
});

const isDeployed = oncePerPair((pair) => pair.records.some((other) => isMoment(other.deployment.at)));

/** Patched although the appliance never deployed it: installed by somebody else (S0). */
export const patchedWithoutDeployment = defineRule({
  id: 'kace/patched-without-deployment',
  kind: 'note',
  severity: 'info',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['patch-records'],
  source: 'S0',
  check(pair) {
    return judgeRecords(pair, (record) => {
      if (record.detection.status !== 'patched' || record.deployment.at !== 'never') return notApplicable;
      // Another source of the pair has a date: the patch was deployed, and the pages tell when.
      if (isDeployed(pair)) return consistent;
      return statement({
        key: minuteKey(record.detection.at),
        parameters: recordParameters(record),
        witnesses: [
          cell(record, 'detection.status', 'detected-at', {
            detectionStatus: record.detection.status,
            detectedAt: atText(record.detection.at),
          }),
          cell(record, 'deployment.at', 'never-deployed'),
        ],
      });
    });
  },
});
