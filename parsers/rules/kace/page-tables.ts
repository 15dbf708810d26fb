import { groupBy } from '../../domain/group-by.ts';
import type { Fact, PatchRecord } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import {
  cannotTell,
  cell,
  consistent,
  defineRule,
  found,
  notApplicable,
  place,
  type Verdict,
} from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { judgeRecords, statement } from './statements.ts';
import { kaceView, patchKeyOf, targetsOf, type KaceView, type TargetProof } from './view.ts';

/**
 * A device that the patch is meant for and that its page does not list: the patch is not applicable
 * there or was uninstalled (S0). A table of another tab than "All" proves nothing.
 */
export const deviceNotOnPatchPage = defineRule({
  id: 'kace/device-not-on-patch-page',
  kind: 'gap',
  severity: 'medium',
  system: 'kace-sma',
  looksAt: 'bundle',
  needs: ['kace/patch-page', 'kace/schedule-page'],
  source: 'S0',
  check(_bundle, evidence) {
    const view = kaceView(evidence);
    const patchPages = view.pages.filter((page) => page.value.kind === 'patch-page');
    const byPatch = groupBy(patchPages, (page) => patchOfPage(view, page));
    return [...byPatch].flatMap(([patchKey, pages]): Verdict[] => {
      const whole = pages.filter((page) => !isFiltered(page));
      const [first] = whole;
      if (patchKey === null || first === undefined) return [];
      if (whole.every((page) => recordsOf(view, page).length === 0)) return [];
      const listed = new Set(
        pages.flatMap((page) => recordsOf(view, page).map((record) => evidence.deviceKey(record.device))),
      );
      const absent = [...targetsOf(view, patchKey)].filter(([device]) => !listed.has(device));
      if (absent.length === 0) return [consistent];
      return absent.map(([device, proof]) =>
        found({
          device: view.deviceNames.get(device) ?? proof.device,
          patch: first.value.subject ?? recordsOf(view, first)[0]?.patch ?? null,
          parameters: { listed: listed.size },
          witnesses: [
            ...whole.map((page) => place(page.citation, 'patch-page-lists', { devices: listed.size })),
            targetWitness(proof),
          ],
        }),
      );
    });
  },
});

/** A patch page lists the device, its complete device page lacks the patch: the patch page's status counts (S0). */
export const patchNotOnDevicePage = defineRule({
  id: 'kace/patch-not-on-device-page',
  kind: 'gap',
  severity: 'medium',
  system: 'kace-sma',
  looksAt: 'pair',
  needs: ['kace/patch-page', 'kace/device-page'],
  source: 'S0',
  check(pair, evidence) {
    const view = kaceView(evidence);
    const ofDevice = pair.deviceKey === '' ? undefined : view.devicePages.get(pair.deviceKey);
    if (ofDevice === undefined) return notApplicable;
    const pages = ofDevice.filter((page) => recordsOf(view, page).length > 0);
    if (pages.length === 0) return notApplicable;
    const members = new Set(pages.map((page) => page.citation.member));
    if (pair.records.some((record) => members.has(record.citation.member))) return consistent;
    const complete = pages.filter((page) => page.value.tab?.canonical === 'all');
    return judgeRecords(pair, (record) => {
      // An absent row and "not applicable" say the same (formats/kace, "Words").
      if (record.source !== 'patch-page' || record.detection.status === 'not-applicable')
        return notApplicable;
      if (complete.length === 0) {
        return pages.some((page) => page.value.tab === null) ? cannotTell('device-page-tab') : notApplicable;
      }
      return statement({
        key: '',
        parameters: { detectionStatus: record.detection.status, detectedAt: atText(record.detection.at) },
        witnesses: [
          cell(record, 'patch', 'patch-page-row', {
            device: record.device,
            detectionStatus: record.detection.status,
            detectedAt: atText(record.detection.at),
          }),
        ],
        shared: complete.map((page) =>
          place(page.citation, 'device-page-lacks', { patches: recordsOf(view, page).length }),
        ),
      });
    });
  },
});

/** The saved table shows only a part; the Missing tab of a patch page at least shows what matters (S0). */
export const tableNotComplete = defineRule({
  id: 'kace/table-not-complete',
  kind: 'gap',
  severity: 'medium',
  system: 'kace-sma',
  looksAt: 'bundle',
  needs: ['kace/device-page', 'kace/patch-page'],
  source: 'S0',
  check(_bundle, evidence) {
    const view = kaceView(evidence);
    return view.pages.flatMap((page): Verdict[] => {
      const { kind, tab, subject } = page.value;
      if (kind !== 'device-page' && kind !== 'patch-page') return [];
      if (tab === null) return [];
      if (tab.canonical === 'all') return [consistent];
      const device = page.device ?? (kind === 'device-page' ? subject : null);
      return [
        found({
          severity: kind === 'patch-page' && tab.canonical === 'missing' ? 'info' : 'medium',
          device:
            kind === 'device-page' ? (view.deviceNames.get(evidence.deviceKey(device)) ?? device) : null,
          patch: kind === 'patch-page' ? subject : null,
          parameters: { page: kind, tab: tab.raw, rows: recordsOf(view, page).length },
          witnesses: [place(page.citation, 'tab-shown', { tab: tab.raw })],
        }),
      ];
    });
  },
});

function isFiltered(page: Fact<'kace/page'>): boolean {
  return page.value.tab !== null && page.value.tab.canonical !== 'all';
}

function recordsOf(view: KaceView, page: Fact<'kace/page'>): readonly PatchRecord[] {
  return view.recordsByMember.get(page.citation.member) ?? [];
}

function patchOfPage(view: KaceView, page: Fact<'kace/page'>): string | null {
  const patch = page.value.subject ?? recordsOf(view, page)[0]?.patch ?? null;
  return patch === null ? null : patchKeyOf(view.evidence, patch);
}

function targetWitness(proof: TargetProof): Witness {
  return 'detection' in proof
    ? cell(proof, 'patch', 'device-row', {
        device: proof.device,
        detectionStatus: proof.detection.status,
        detectedAt: atText(proof.detection.at),
      })
    : place(proof.citation, 'schedule-targets', { device: proof.device, schedule: proof.value.schedule });
}
