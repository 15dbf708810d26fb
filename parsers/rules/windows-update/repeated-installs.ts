import type { Evidence } from '../../evidence/evidence.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { bySource, stepsOf, updatesOnDevices } from './installs.ts';
import type { InstallSighting, UpdateOnDevice } from './installs.ts';
import { extreme, Happenings } from './relation.ts';

/** Two failures or two starts are a repetition. */
const fewestRepetitions = 2;

/**
 * An update failed to install twice or more and no success follows: event 182 of ReportingEvents.log, 20
 * of the event log. Each source counts for itself, since two of them tell of the same attempts.
 */
export const repeatedFailure = defineRule({
  id: 'windows-update/repeated-failure',
  kind: 'fault',
  severity: 'high',
  system: 'windows-update',
  looksAt: 'bundle',
  needs: ['windows-update/reporting-events', 'windows-update/event-log'],
  source: 'S1',
  check: (_, evidence) => updatesOnDevices(evidence).map((update) => judgeFailures(update, evidence)),
});

/** An update was begun twice or more and never installed; where its failures are known, those speak. */
export const repeatedAttempts = defineRule({
  id: 'windows-update/repeated-attempts',
  kind: 'fault',
  severity: 'medium',
  system: 'windows-update',
  looksAt: 'bundle',
  needs: ['windows-update/reporting-events', 'windows-update/event-log'],
  source: 'S1',
  check: (_, evidence) => updatesOnDevices(evidence).map((update) => judgeStarts(update, evidence)),
});

function judgeFailures(update: UpdateOnDevice, evidence: Evidence): Verdict {
  const open = openSteps(update, 'failed', evidence);
  if ('outcome' in open) return open;
  const last = extreme(open, 'after', evidence);
  const first = extreme(open, 'before', evidence);
  if (last === undefined || first === undefined) return consistent;
  return found({
    device: update.device,
    patch: update.patch,
    parameters: {
      failures: open.length,
      exitCode: last.code,
      firstAt: atText(first.at),
      lastAt: atText(last.at),
    },
    witnesses: open.map((failure) =>
      place(failure.citation, 'update-failed', { exitCode: failure.code, failedAt: atText(failure.at) }),
    ),
  });
}

function judgeStarts(update: UpdateOnDevice, evidence: Evidence): Verdict {
  if (judgeFailures(update, evidence).outcome === 'found') return consistent;
  const open = openSteps(update, 'started', evidence);
  if ('outcome' in open) return open;
  const last = extreme(open, 'after', evidence);
  const first = extreme(open, 'before', evidence);
  if (last === undefined || first === undefined) return consistent;
  return found({
    device: update.device,
    patch: update.patch,
    parameters: { attempts: open.length, firstAt: atText(first.at), lastAt: atText(last.at) },
    witnesses: open.map((start) => place(start.citation, 'update-started', { startedAt: atText(start.at) })),
  });
}

/**
 * The steps of the source that tells of most of them, behind the last success; fewer than two of them, or
 * an order that is not known, is a verdict.
 */
function openSteps(
  update: UpdateOnDevice,
  step: 'failed' | 'started',
  evidence: Evidence,
): readonly InstallSighting[] | Verdict {
  const steps = update.sightings.filter((sighting) => sighting.step === step);
  if (steps.length === 0) return notApplicable;
  const successes = successesOf(update, evidence);
  const missing: string[] = [];
  let most: readonly InstallSighting[] = [];
  for (const source of bySource(steps)) {
    if (source.length < fewestRepetitions) continue;
    const open = source.filter((one) => {
      if (successes.anyAfter(one)) return false;
      const unclear = successes.missingFor(one);
      if (unclear !== null) missing.push(unclear);
      return unclear === null;
    });
    if (open.length > most.length) most = open;
  }
  if (most.length >= fewestRepetitions) return most;
  const [lacking] = missing;
  return lacking === undefined ? consistent : cannotTell(lacking, update.device, update.patch);
}

const successes = new WeakMap<UpdateOnDevice, Happenings<InstallSighting>>();

/** Under another GUID with the same KB as well: a later revision that succeeds settles the earlier one. */
function successesOf(update: UpdateOnDevice, evidence: Evidence): Happenings<InstallSighting> {
  let known = successes.get(update);
  if (known === undefined) {
    known = new Happenings(stepsOf(evidence, update, 'installed'), evidence);
    successes.set(update, known);
  }
  return known;
}
