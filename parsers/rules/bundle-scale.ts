import type { Evidence } from '../evidence/evidence.ts';
import { kaceScale, outcomeOf } from './kace/scale.ts';
import type { PatchScale, ScaleCounts } from './kace/scale.ts';

/** How far deployment got over the whole bundle. */
export interface BundleScale {
  readonly scale: readonly PatchScale[];
  /** `targeted` is null where no system of the bundle tells whom it targets. */
  readonly counts: Omit<ScaleCounts, 'targeted'> & { readonly targeted: number | null };
}

/**
 * The appliance tells whom its schedules target and how far each patch got; other systems tell of
 * deployments on single devices only.
 */
export function bundleScale(evidence: Evidence): BundleScale {
  const devices = evidence.devices.length;
  if (evidence.systems.has('kace-sma')) {
    const { scale, counts } = kaceScale(evidence);
    return { scale, counts: { ...counts, devices: Math.max(devices, counts.devices) } };
  }
  const outcomes = new Map<string, ('succeeded' | 'failed' | 'open')[]>();
  for (const pair of evidence.pairs) {
    const outcome = outcomeOf(pair);
    if (outcome === null || pair.deviceKey === '') continue;
    const known = outcomes.get(pair.deviceKey);
    if (known === undefined) outcomes.set(pair.deviceKey, [outcome]);
    else known.push(outcome);
  }
  const ofDevices = [...outcomes.values()];
  return {
    scale: [],
    counts: {
      devices,
      targeted: null,
      deploymentRan: ofDevices.length,
      deploymentSucceeded: ofDevices.filter((all) => all.every((outcome) => outcome === 'succeeded')).length,
      deploymentFailed: ofDevices.filter((all) => all.includes('failed')).length,
    },
  };
}
