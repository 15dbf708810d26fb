import type { Fact, FactType } from '../../domain/evidence.ts';
import type { EvidenceListItem } from '../define-format.ts';

/** Evidence that is asked for only where what the bundle says points to it. */
export const pointedTo: readonly EvidenceListItem[] = [
  {
    // Which patches are active, and whether one was disabled by hand, is settled there.
    item: 'kace/subscription',
    servedBy: ['kace/subscription'],
    isNeeded: (_members, facts) =>
      of(facts, 'kace/patch').some(({ value }) => value.status === 'inactive' || value.status === 'disabled'),
  },
  {
    // Files are listed and none of them was downloaded.
    item: 'kace/download-settings',
    servedBy: ['kace/download-settings'],
    isNeeded: (_members, facts) =>
      of(facts, 'kace/patch').some(
        ({ value: { files } }) =>
          files !== null && files.length > 0 && files.every((file) => file.downloaded === false),
      ),
  },
  {
    // A schedule names labels, and no page tells which patches are in them.
    item: 'kace/label-page',
    servedBy: ['kace/label-page'],
    isNeeded: (_members, facts) =>
      of(facts, 'kace/schedule').some(
        ({ value }) => isNamed(value.detectLabels) || isNamed(value.deployLabels),
      ) && !of(facts, 'kace/patch').some(({ value }) => value.labels !== null),
  },
  {
    // Devices could not talk to the appliance.
    item: 'kace/server-settings',
    servedBy: ['kace/server-settings'],
    isNeeded: (_members, facts) =>
      of(facts, 'kace/schedule-device').some(({ value }) => value.phase === 'handshake-failed'),
  },
];

function of<T extends FactType>(facts: readonly Fact[], type: T): readonly Fact<T>[] {
  return facts.filter((fact) => fact.type === type) as unknown as readonly Fact<T>[];
}

function isNamed(labels: readonly string[] | null): boolean {
  return labels !== null && labels.length > 0;
}
