import type { Citation, PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import { isMoment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { cannotTell, cell, consistent, defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { ByUpdate, homelessSightings, stepsOf, updatesOnDevices } from './installs.ts';
import type { InstallSighting, UpdateOnDevice } from './installs.ts';
import { extreme, relationOf } from './relation.ts';
import { oncePerKey } from '../../domain/once.ts';

/** Status of the security updates class: none missing (MS-WSH 2.2.9). */
const noneMissing = 0x00ff_0005;

/**
 * The client waits for a restart to finish an update (201, 0x240005) and another source counts the update
 * as installed, or says that none is missing. A statement of health speaks of security updates alone.
 */
export const pendingButReportedInstalled = defineRule({
  id: 'windows-update/pending-but-reported-installed',
  kind: 'contradiction',
  severity: 'high',
  system: 'windows-update',
  looksAt: 'bundle',
  needs: ['windows-update/reporting-events', 'patch-records'],
  source: 'S1',
  check: (_, evidence) => updatesOnDevices(evidence).map((update) => judge(update, evidence)),
});

function judge(update: UpdateOnDevice, evidence: Evidence): Verdict {
  const pending = extreme(
    update.sightings.filter(({ step }) => step === 'pending'),
    'after',
    evidence,
  );
  if (pending === undefined) return notApplicable;
  if (update.deviceKey === '') return judgeHomeless(update, evidence);
  const open = isOpen(update, pending, evidence);
  if (open !== null) return open;
  const claims = [...recordClaims(update, pending, evidence), ...healthClaims(update, evidence)];
  const [first] = claims;
  if (first === undefined) {
    // Nothing else, or a statement of health whose worth depends on what kind of update it is.
    return healthStatement(update, evidence) !== null && isSecurityUpdate(update) === null
      ? cannotTell('update-classification', update.device, update.patch)
      : consistent;
  }
  return found({
    device: update.device,
    patch: update.patch,
    parameters: {
      exitCode: pending.code,
      pendingAt: atText(pending.at),
      claim: first.kind,
      claimSystem: first.system,
      claimedAt: first.at,
    },
    witnesses: [
      place(pending.citation, 'update-pending', { exitCode: pending.code, pendingAt: atText(pending.at) }),
      ...claims.map(({ witness }) => witness),
    ],
  });
}

/** Null when the update is still pending: no success and no restart after it. */
function isOpen(update: UpdateOnDevice, pending: InstallSighting, evidence: Evidence): Verdict | null {
  const unsettled = (missing: string): Verdict => cannotTell(missing, update.device, update.patch);
  let missing: string | null = null;
  for (const sighting of stepsOf(evidence, update, 'installed')) {
    const relation = relationOf(pending, sighting, evidence);
    if (relation.is === 'before') return consistent;
    if (relation.is === 'same') missing ??= 'finer-times';
    if (relation.is === 'undecidable') missing ??= relation.missing;
  }
  if (pending.at === null) return unsettled('update-event-time');
  const restart = evidence.restart(update.deviceKey, pending.at, null);
  if (restart.answer === 'evidenced') return consistent;
  if (missing !== null) return unsettled(missing);
  return restart.answer === 'undecidable' ? unsettled('restart-order') : null;
}

interface Claim {
  readonly kind: 'installed' | 'none-missing';
  readonly system: string;
  readonly at: string | null;
  readonly witness: Witness;
}

/** What other systems call patched on a device, or on any; looked for once, every update asks. */
const patchedOn = oncePerKey((evidence: Evidence, deviceKey: string | null): ByUpdate<PatchRecord> => {
  const all = deviceKey === null ? evidence.records : evidence.recordsOfDevice(deviceKey);
  return new ByUpdate(
    evidence,
    all.filter(({ system, detection }) => system !== 'windows-update' && detection.status === 'patched'),
  );
});

/** Records of other systems that say "patched"; one that is older than the installation says nothing of it. */
function recordClaims(
  update: UpdateOnDevice,
  pending: InstallSighting,
  evidence: Evidence,
): readonly Claim[] {
  return patchedOn(evidence, update.deviceKey)
    .of([update.name])
    .flatMap((record): Claim[] => {
      const { detection, citation } = record;
      const stated = { at: isMoment(detection.at) ? detection.at : null, citation };
      if (relationOf(stated, pending, evidence).is === 'before') return [];
      const at = atText(detection.at);
      return [
        {
          kind: 'installed',
          system: record.system,
          at,
          witness: cell(record, 'detection.status', 'update-claimed-installed', {
            system: record.system,
            detectionStatus: detection.status,
            detectedAt: at,
          }),
        },
      ];
    });
}

function healthClaims(update: UpdateOnDevice, evidence: Evidence): readonly Claim[] {
  const statement = healthStatement(update, evidence);
  if (statement === null || isSecurityUpdate(update) !== true) return [];
  return [
    {
      kind: 'none-missing',
      system: 'nap',
      at: statement.at,
      witness: place(statement.citation, 'update-none-missing', { system: 'nap', statedAt: statement.at }),
    },
  ];
}

function healthStatement(
  update: UpdateOnDevice,
  evidence: Evidence,
): { readonly at: string | null; readonly citation: Citation } | null {
  for (const fact of evidence.facts('nap/statement')) {
    if (evidence.deviceKey(fact.device) !== update.deviceKey) continue;
    if (fact.value.securityUpdates?.status !== noneMissing) continue;
    return { at: atText(fact.value.asOf), citation: fact.citation };
  }
  return null;
}

const securityTitle = /\bSecurity (?:Update|Monthly Quality Rollup|Only|and Quality)|セキュリティ/iu;
const otherTitle =
  /\bPreview\b|プレビュー|\bFeature [Uu]pdate\b|機能更新|\bDefinition Update\b|\bSecurity Intelligence\b|セキュリティ インテリジェンス|定義(?:の)?更新|\bDriver\b|ドライバー|^(?:\d{4}-\d\d )?(?:Critical )?Update for\b|Malicious Software Removal|悪意のある/u;

/** What the title tells of the update's class; null where it tells nothing. */
function isSecurityUpdate(update: UpdateOnDevice): boolean | null {
  for (const { name } of update.sightings) {
    if (name.patch === null) continue;
    if (otherTitle.test(name.patch)) return false;
    if (securityTitle.test(name.patch)) return true;
  }
  return null;
}

/** A log without a device cannot be held against another source, only asked for its device. */
function judgeHomeless(update: UpdateOnDevice, evidence: Evidence): Verdict {
  const pending = homelessSightings(evidence, [update.name]);
  if (pending.some(({ step }) => step === 'installed')) return consistent;
  const claimed = patchedOn(evidence, null).of([update.name]).length > 0;
  return claimed ? cannotTell('update-log-device', null, update.patch) : notApplicable;
}
