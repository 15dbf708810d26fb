import type { PatchRecord } from '../../domain/evidence.ts';
import type { RecordField, Witness } from '../../domain/finding.ts';
import { isMoment, order, type At } from '../../domain/moment.ts';
import {
  cannotTell,
  cell,
  consistent,
  defineRule,
  found,
  notApplicable,
  type Verdict,
} from '../define-rule.ts';
import type { PatchOnDevice } from '../../evidence/evidence.ts';
import { atText } from '../parameters.ts';
import { minuteKey } from './statements.ts';

/**
 * The device page and the patch page show the same rows of the appliance. When they differ, either the
 * state moved on between the two captures or one of them cannot be trusted (S0).
 */
export const pagesDisagree = defineRule({
  id: 'kace/pages-disagree',
  kind: 'contradiction',
  severity: 'high',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['kace/device-page', 'kace/patch-page'],
  source: 'S0',
  check(pair) {
    if (pair.deviceKey === '' || pair.records.length < 2) return notApplicable;
    const devicePages = rowsOf(pair, 'device-page');
    const patchPages = rowsOf(pair, 'patch-page');
    if (devicePages.length === 0 || patchPages.length === 0) return notApplicable;
    const findings = new Map<string, Verdict>();
    let fallback: Verdict = consistent;
    for (const onDevice of devicePages) {
      for (const onPatch of patchPages) {
        const fields = differences(onDevice, onPatch);
        if (fields.length === 0) continue;
        const moved = movedOn(onDevice, onPatch);
        if (moved === 'yes') continue;
        if (moved === 'unknown') {
          fallback = cannotTell('capture-time', pair.device, pair.patch);
          continue;
        }
        const key = `${sayings(onDevice)} ${sayings(onPatch)}`;
        if (findings.has(key)) continue;
        findings.set(
          key,
          found({
            device: pair.device,
            patch: pair.patch,
            parameters: {
              devicePageDetectionStatus: onDevice.detection.status,
              devicePageDetectedAt: atText(onDevice.detection.at),
              devicePageDeployedAt: atText(onDevice.deployment.at),
              devicePageCapturedAt: atText(onDevice.capturedAt),
              patchPageDetectionStatus: onPatch.detection.status,
              patchPageDetectedAt: atText(onPatch.detection.at),
              patchPageDeployedAt: atText(onPatch.deployment.at),
              patchPageCapturedAt: atText(onPatch.capturedAt),
              statusDiffers: fields.includes('detection.status'),
            },
            witnesses: fields.flatMap((field) => [
              pageWitness(onDevice, field, 'device-page-says'),
              pageWitness(onPatch, field, 'patch-page-says'),
            ]),
          }),
        );
      }
    }
    return findings.size > 0 ? [...findings.values()] : fallback;
  },
});

/**
 * So many different rows of a patch on a device are compared, the first ones. Pages have one; a page that repeats
 * a patch thousands of times would make a finding of every two rows.
 */
const mostRows = 100;
/** Below this there is nothing to gain by looking for rows that say the same. */
const fewRows = 10;

/** The rows of one kind of page: of rows that say the same at the same time the first. */
function rowsOf(pair: PatchOnDevice, source: string): readonly PatchRecord[] {
  const all = pair.records.filter((record) => record.source === source);
  if (all.length < fewRows) return all;
  const rows = new Map<string, PatchRecord>();
  for (const record of all) {
    const { detection, deployment, capturedAt } = record;
    const key = JSON.stringify([sayings(record), detection.at, deployment.at, capturedAt]);
    if (!rows.has(key)) rows.set(key, record);
    if (rows.size === mostRows) break;
  }
  return [...rows.values()];
}

/** The fields on which both pages say something, and not the same. Pages show minutes, so minutes count. */
function differences(a: PatchRecord, b: PatchRecord): RecordField[] {
  const fields: RecordField[] = [];
  if (
    isStated(a.detection.status) &&
    isStated(b.detection.status) &&
    a.detection.status !== b.detection.status
  ) {
    fields.push('detection.status');
  }
  if (timesDiffer(a.detection.at, b.detection.at)) fields.push('detection.at');
  if (timesDiffer(a.deployment.at, b.deployment.at)) fields.push('deployment.at');
  return fields;
}

function isStated(status: string | null): boolean {
  return status !== null && status !== 'unknown';
}

function timesDiffer(a: At, b: At): boolean {
  return a !== null && b !== null && minuteKey(a) !== minuteKey(b);
}

/** Whether the later page is simply newer; `unknown` when that depends on an unknown order of the captures. */
function movedOn(a: PatchRecord, b: PatchRecord): 'yes' | 'no' | 'unknown' {
  const captured =
    a.capturedAt === null || b.capturedAt === null ? 'undecidable' : order(a.capturedAt, b.capturedAt);
  switch (captured) {
    case 'after':
      return followsFrom(a, b) ? 'yes' : 'no';
    case 'before':
      return followsFrom(b, a) ? 'yes' : 'no';
    case 'same':
    case 'undecidable':
      return followsFrom(a, b) || followsFrom(b, a) ? 'unknown' : 'no';
  }
}

/** A later detection, and a deployment not older than the other's. */
function followsFrom(later: PatchRecord, earlier: PatchRecord): boolean {
  if (!isMoment(later.detection.at) || !isMoment(earlier.detection.at)) return false;
  if (order(later.detection.at, earlier.detection.at) !== 'after') return false;
  if (!isMoment(earlier.deployment.at)) return true;
  if (later.deployment.at === null) return true;
  return later.deployment.at !== 'never' && order(later.deployment.at, earlier.deployment.at) !== 'before';
}

function sayings(record: PatchRecord): string {
  return `${String(record.detection.status)} ${minuteKey(record.detection.at)} ${minuteKey(record.deployment.at)}`;
}

function pageWitness(record: PatchRecord, field: RecordField, says: string): Witness {
  return cell(record, field, says, {
    detectionStatus: record.detection.status,
    detectedAt: atText(record.detection.at),
    deployedAt: atText(record.deployment.at),
    capturedAt: atText(record.capturedAt),
  });
}
