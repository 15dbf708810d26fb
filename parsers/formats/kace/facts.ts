/**
 * The facts and events that KACE formats state, by name and value. Rules read these and nothing else
 * of a page besides its patch records.
 */
import type { Citation } from '../../domain/evidence.ts';
import type { At, Moment } from '../../domain/moment.ts';

export type KacePageKind = 'device-page' | 'patch-page' | 'schedule-page' | 'patch-detail';

/** Which tab of the deploy status table was saved: すべて (All), 不在 (Missing), or another one. */
export type KaceTab = 'all' | 'missing' | 'other';

export type KacePatchStatus = 'active' | 'inactive' | 'disabled' | 'unknown';

export type KaceAction =
  'detect' | 'detect-and-stage' | 'detect-and-deploy' | 'deploy' | 'rollback' | 'unknown';

export type KaceReboot = 'none' | 'force' | 'prompt' | 'unknown';

export type KacePhase =
  'completed' | 'error' | 'pending-reboot' | 'handshake-failed' | 'in-progress' | 'other';

export type KaceAgentPhase = 'detect' | 'stage' | 'download' | 'deploy' | 'rollback' | 'reboot';

/** What a saved page is and shows; one per page. */
export interface KacePageFact {
  readonly kind: KacePageKind;
  /** The chosen tab; null when nothing on the page tells (this is not "filtered"). */
  readonly tab: { readonly raw: string; readonly canonical: KaceTab } | null;
  /** The device, patch or schedule that the page is about. */
  readonly subject: string | null;
  /** MHTML `Date`, a printed date, else the member's modification time (clock `exporter`). */
  readonly capturedAt: Moment | null;
}

/** What the appliance says of a patch; `fact.patch` is its name. Null where the source does not tell. */
export interface KacePatchFact {
  readonly status: KacePatchStatus;
  readonly statusRaw: string | null;
  readonly labels: readonly string[] | null;
  /** `downloaded` is null when the page names the file without its state. */
  readonly files: readonly { readonly name: string; readonly downloaded: boolean | null }[] | null;
  /** The patch that replaces it; '' when the source says only that it is replaced. */
  readonly supersededBy: string | null;
  /** Where each of them stands, when that is not the fact's own place. */
  readonly places?: Partial<Record<'status' | 'labels' | 'files' | 'supersededBy', Citation>>;
}

/** A patch schedule. Null where the page does not tell; an empty list where it says there are none. */
export interface KaceScheduleFact {
  readonly name: string | null;
  readonly action: KaceAction;
  readonly actionRaw: string | null;
  readonly detectLabels: readonly string[] | null;
  readonly deployLabels: readonly string[] | null;
  readonly deviceLabels: readonly string[] | null;
  /** 0 means unlimited. */
  readonly maxAttempts: number | null;
  readonly reboot: KaceReboot;
  readonly rebootRaw: string | null;
  readonly lastRun: At;
  /** Where each of them stands, when that is not the fact's own place. */
  readonly places?: Partial<
    Record<'action' | 'detectLabels' | 'deployLabels' | 'maxAttempts' | 'reboot' | 'lastRun', Citation>
  >;
}

/** What a schedule page says of one device; `fact.device` is its name. */
export interface KaceScheduleDeviceFact {
  readonly schedule: string | null;
  readonly phase: KacePhase | null;
  readonly phaseRaw: string | null;
  readonly lastRun: At;
}

/** A further thing that a device page states; `fact.device` is the device. */
export interface KaceDeviceFact {
  readonly property: 'agent-version' | 'operating-system' | 'last-inventory' | 'last-reboot' | 'ip-address';
  readonly raw: string;
  /** For the dates among the properties. */
  readonly at: At;
}

/** A line of an agent log that states how a deployment ended. */
export interface KaceAgentResult {
  /** As an unsigned 32-bit value. */
  readonly exitCode: number | null;
  readonly result: 'succeeded' | 'failed' | null;
  /** The words that state it. */
  readonly raw: string;
}

declare module '../../domain/evidence.ts' {
  interface FactValues {
    readonly 'kace/page': KacePageFact;
    readonly 'kace/patch': KacePatchFact;
    readonly 'kace/schedule': KaceScheduleFact;
    readonly 'kace/schedule-device': KaceScheduleDeviceFact;
    readonly 'kace/device': KaceDeviceFact;
  }
  interface EventDetails {
    readonly 'kace/agent-result': KaceAgentResult;
    readonly 'kace/agent-phase': { readonly phase: KaceAgentPhase };
  }
}
