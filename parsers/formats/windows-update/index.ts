import type { EvidenceEvent, Fact, Member, SystemId } from '../../domain/evidence.ts';
import { defineSystem } from '../define-format.ts';
import { windowsEventFormats } from '../event-log/index.ts';
import { policyRegistry } from './policy-registry.ts';
import { reportingEvents } from './reporting-events.ts';
import { cbsLog, dismLog } from './servicing-log.ts';
import { updateLog } from './update-log.ts';

export type * from './facts.ts';

/** The Windows Update client, which several systems lean on. */
export const windowsUpdate = defineSystem({
  id: 'windows-update',
  formats: [reportingEvents, updateLog, dismLog, cbsLog, policyRegistry, ...windowsEventFormats],
  askFor: [
    { item: 'windows-update/reporting-events', servedBy: ['windows-update/reporting-events'], isNeeded },
    { item: 'windows-update/log', servedBy: ['windows-update/log'], isNeeded },
    { item: 'windows-update/cbs-log', servedBy: ['windows-update/cbs-log'], isNeeded },
    { item: 'windows-update/event-log', servedBy: windowsEventFormats.map((format) => format.id), isNeeded },
  ],
});

/**
 * An event log in which Windows Update says nothing is there for its restarts: it asks for no update logs.
 * Whatever else of a Windows system is there does.
 */
function isNeeded(
  members: readonly Member[],
  _facts: readonly Fact[],
  events: readonly EvidenceEvent[],
): boolean {
  const ofEventLogs = new Set<string>(windowsEventFormats.map((format) => format.id));
  return (
    members.some(
      ({ kind, state, system }) =>
        state === 'parsed' &&
        system !== null &&
        kind !== null &&
        !ofEventLogs.has(kind) &&
        asksForUpdates.has(system),
    ) || events.some((event) => event.type.startsWith('windows-update/'))
  );
}

/** Systems whose work Windows Update does. */
const asksForUpdates: ReadonlySet<SystemId> = new Set([
  'windows-update',
  'nap',
  'azure-update-manager',
  'aws-ssm',
]);
