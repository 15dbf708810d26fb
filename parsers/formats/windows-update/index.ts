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
    { item: 'windows-update/reporting-events', servedBy: ['windows-update/reporting-events'] },
    { item: 'windows-update/log', servedBy: ['windows-update/log'] },
    { item: 'windows-update/cbs-log', servedBy: ['windows-update/cbs-log'] },
    { item: 'windows-update/event-log', servedBy: windowsEventFormats.map((format) => format.id) },
  ],
});
