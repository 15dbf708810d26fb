import type { PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import {
  cannotTell,
  cell,
  consistent,
  defineRule,
  found,
  notApplicable,
  place,
  type AnyRule,
  type Verdict,
} from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  fieldPlace,
  kaceView,
  labelSide,
  mayDeploy,
  sharesLabel,
  type KacePatch,
  type KaceSchedule,
  type KaceView,
} from './view.ts';

/**
 * Rows of one patch that are cited one by one. A patch that is missing on thousands of devices is one
 * finding with their number, not a citation of every row of a fleet.
 */
const citedRows = 200;

/** A disabled patch cannot be deployed, whatever label it carries (S0). */
export const disabledPatchInDeployLabel = inDeployLabel('kace/disabled-patch-in-deploy-label', 'disabled');

/** An inactive patch is replaced by another one; its label still promises it (S0). */
export const inactivePatchInDeployLabel = inDeployLabel('kace/inactive-patch-in-deploy-label', 'inactive');

function inDeployLabel(id: string, status: 'disabled' | 'inactive'): AnyRule {
  return defineRule({
    id,
    kind: 'contradiction',
    severity: 'critical',
    system: 'kace-sma',
    looksAt: 'bundle',
    needs: ['kace/patch-detail', 'kace/schedule-page'],
    source: 'S0',
    check(_bundle, evidence) {
      const view = kaceView(evidence);
      return perPatch(view, (patch) => {
        if (patch.status?.value !== status) return notApplicable;
        const schedules = deployLabelSchedules(view, patch);
        const [first] = schedules;
        if (first !== undefined) {
          return found({
            patch: patch.name,
            parameters: {
              patchStatus: status,
              schedule: first.name,
              labels: sharedLabels(patch, first),
              supersededBy: patch.supersededBy,
            },
            witnesses: [
              statusWitness(patch),
              ...labelWitnesses(patch),
              ...schedules.map((schedule) => deployLabelWitness(schedule)),
            ],
          });
        }
        if (view.schedules.length === 0) return cannotTell('schedule-page', null, patch.name);
        if (patch.labels === null) return cannotTell('patch-labels', null, patch.name);
        return view.schedules.some((schedule) => mayDeploy(schedule.action) && schedule.deployLabels === null)
          ? cannotTell('schedule-labels', null, patch.name)
          : consistent;
      });
    },
  });
}

/** A patch that is not active is not deployed; wherever it is missing it stays so (S0). */
export const patchNotActive = defineRule({
  id: 'kace/patch-not-active',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'bundle',
  needs: ['patch-records', 'kace/patch-detail'],
  source: 'S0',
  check(_bundle, evidence) {
    const view = kaceView(evidence);
    return perPatch(view, (patch) => {
      if (patch.status === null) return notApplicable;
      if (patch.status.value === 'active') return consistent;
      if (deployLabelSchedules(view, patch).length > 0) return consistent;
      const missing = missingRecords(view, patch);
      if (missing.length === 0) return consistent;
      return found({
        patch: patch.name,
        parameters: {
          patchStatus: patch.status.value,
          devices: deviceCount(evidence, missing),
          supersededBy: patch.supersededBy,
        },
        witnesses: [statusWitness(patch), ...missingWitnesses(missing)],
      });
    });
  },
});

/** Only a patch in a detect label and in a deploy label is detected and then deployed (S0). */
export const patchNotInLabel = defineRule({
  id: 'kace/patch-not-in-label',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'bundle',
  needs: ['kace/patch-detail', 'kace/schedule-page'],
  source: 'S0',
  check(_bundle, evidence) {
    const view = kaceView(evidence);
    return perPatch(view, (patch) => {
      if (patch.labels === null || view.schedules.length === 0) return notApplicable;
      const detect = labelSide(view, patch, 'detect');
      const deploy = labelSide(view, patch, 'deploy');
      if (detect !== 'none' && deploy !== 'none') {
        return detect === 'in' && deploy === 'in'
          ? consistent
          : cannotTell('schedule-labels', null, patch.name);
      }
      return found({
        patch: patch.name,
        parameters: {
          side: detect === 'none' ? (deploy === 'none' ? 'both' : 'detect') : 'deploy',
          labels: patch.labels.value,
        },
        witnesses: [
          ...labelWitnesses(patch),
          ...view.schedules.flatMap((schedule) => [
            ...(detect === 'none' && hasLabels(schedule.detectLabels) ? [detectLabelWitness(schedule)] : []),
            ...(deploy === 'none' && hasLabels(schedule.deployLabels) ? [deployLabelWitness(schedule)] : []),
          ]),
        ],
      });
    });
  },
});

/** Without a downloaded file there is nothing to deploy (S0). */
export const noDownloadedFile = defineRule({
  id: 'kace/no-downloaded-file',
  kind: 'fault',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'bundle',
  needs: ['patch-records', 'kace/patch-detail'],
  source: 'S0',
  check(_bundle, evidence) {
    const view = kaceView(evidence);
    return perPatch(view, (patch) => {
      if (patch.files === null || patch.files.value.length === 0) return notApplicable;
      if (patch.files.value.some((file) => file.downloaded === true)) return consistent;
      const missing = missingRecords(view, patch);
      if (missing.length === 0) return consistent;
      if (patch.files.value.some((file) => file.downloaded === null)) {
        return cannotTell('download-state', null, patch.name);
      }
      return found({
        patch: patch.name,
        parameters: { files: patch.files.value.length, devices: deviceCount(evidence, missing) },
        witnesses: [
          place(fieldPlace(patch.files.fact, 'files'), 'files-not-downloaded', {
            files: patch.files.value.map((file) => file.name),
          }),
          ...missingWitnesses(missing),
        ],
      });
    });
  },
});

function perPatch(view: KaceView, judge: (patch: KacePatch) => Verdict): Verdict[] {
  return [...view.patches.values()].map(judge).filter((verdict) => verdict.outcome !== 'not-applicable');
}

/** The schedules that have the patch in a deploy label. */
function deployLabelSchedules(view: KaceView, patch: KacePatch): readonly KaceSchedule[] {
  return view.schedules.filter((schedule) => sharedLabels(patch, schedule).length > 0);
}

function sharedLabels(patch: KacePatch, schedule: KaceSchedule): readonly string[] {
  if (patch.labels === null || schedule.deployLabels === null) return [];
  return schedule.deployLabels.filter((label) => sharesLabel([label], patch.labels?.value ?? []));
}

function hasLabels(labels: readonly string[] | null): boolean {
  return labels !== null && labels.length > 0;
}

function missingRecords(view: KaceView, patch: KacePatch): readonly PatchRecord[] {
  return (view.pairsByPatch.get(patch.key) ?? []).flatMap((pair) =>
    pair.records.filter((record) => record.detection.status === 'not-patched'),
  );
}

function deviceCount(evidence: Evidence, records: readonly PatchRecord[]): number {
  return new Set(records.map((record) => evidence.deviceKey(record.device))).size;
}

function missingWitnesses(records: readonly PatchRecord[]): Witness[] {
  return records.slice(0, citedRows).map((record) =>
    cell(record, 'detection.status', 'missing-on-device', {
      device: record.device,
      detectedAt: atText(record.detection.at),
    }),
  );
}

function statusWitness(patch: KacePatch): Witness {
  if (patch.status === null) throw new Error('a patch without a status has no witness for it');
  return place(fieldPlace(patch.status.fact, 'status'), 'patch-status', { patchStatus: patch.status.value });
}

function labelWitnesses(patch: KacePatch): Witness[] {
  return patch.labels === null
    ? []
    : [place(fieldPlace(patch.labels.fact, 'labels'), 'patch-labels', { labels: patch.labels.value })];
}

function detectLabelWitness(schedule: KaceSchedule): Witness {
  return place(schedule.places.detectLabels, 'schedule-detect-labels', {
    schedule: schedule.name,
    labels: schedule.detectLabels ?? [],
  });
}

function deployLabelWitness(schedule: KaceSchedule): Witness {
  return place(schedule.places.deployLabels, 'schedule-deploy-labels', {
    schedule: schedule.name,
    labels: schedule.deployLabels ?? [],
  });
}
