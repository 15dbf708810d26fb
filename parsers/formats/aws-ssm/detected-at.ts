import type { Fact } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { order } from '../../domain/moment.ts';

/**
 * A list of the patches of a node says of no time; it is the service's result of the node's last operation, and
 * was detected when that ended. Null where the bundle tells of several operations: the list may be of any.
 */
export function detectedAt(
  facts: readonly Fact[],
  deviceKey: (device: string | null) => string,
): (device: string | null, source: string) => Moment | null {
  const ends = new Map<string, Moment | null>();
  for (const fact of facts) {
    if (fact.type !== 'aws/patch-state') continue;
    const { value, device } = fact as Fact<'aws/patch-state'>;
    const key = deviceKey(device);
    if (value.source !== 'service' || value.endedAt === null || key === '') continue;
    const known = ends.get(key);
    const isOther = known !== undefined && (known === null || order(known, value.endedAt) !== 'same');
    ends.set(key, isOther ? null : value.endedAt);
  }
  return (device, source) => (source === 'instance-patches' ? (ends.get(deviceKey(device)) ?? null) : null);
}
