import { sameClock } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { cannotTell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText, minutesBetween } from '../parameters.ts';
import { stepsOf, updatesOnDevices } from './installs.ts';
import type { UpdateOnDevice } from './installs.ts';
import { extreme, relationOf } from './relation.ts';

/**
 * An update is installed before the first search that names it as missing, by one and the same clock.
 * Searches that name no update (147) say nothing.
 */
export const installBeforeDetection = defineRule({
  id: 'windows-update/install-before-detection',
  kind: 'contradiction',
  severity: 'medium',
  system: 'windows-update',
  looksAt: 'bundle',
  needs: ['windows-update/reporting-events', 'windows-update/log'],
  source: 'S1',
  check: (_, evidence) => updatesOnDevices(evidence).map((update) => judge(update, evidence)),
});

function judge(update: UpdateOnDevice, evidence: Evidence): Verdict {
  // The detection is the subject, so that two GUIDs of one KB are not told twice.
  if (!update.sightings.some(({ step }) => step === 'detected')) return notApplicable;
  const installed = extreme(stepsOf(evidence, update, 'installed'), 'before', evidence);
  const detected = extreme(stepsOf(evidence, update, 'detected'), 'before', evidence);
  if (installed === undefined || detected === undefined) return notApplicable;
  const unclear = (missing: string): Verdict => cannotTell(missing, update.device, update.patch);
  if (installed.at === null || detected.at === null) return unclear('update-event-time');
  if (!sameClock(installed.at, detected.at)) return unclear('update-same-clock');
  const relation = relationOf(installed, detected, evidence);
  if (relation.is === 'undecidable') return unclear(relation.missing);
  if (relation.is !== 'before') return consistent;
  return found({
    device: update.device,
    patch: update.patch,
    parameters: {
      installedAt: atText(installed.at),
      detectedAt: atText(detected.at),
      apartMinutes: minutesBetween(installed.at, detected.at),
    },
    witnesses: [
      place(installed.citation, 'update-installed', { installedAt: atText(installed.at) }),
      place(detected.citation, 'update-detected', { detectedAt: atText(detected.at) }),
    ],
  });
}
