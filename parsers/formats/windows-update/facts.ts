/**
 * What the logs of the Windows Update client state besides the events that they share with the event logs
 * (`windows-update/installed`, `install-failed`, `check-failed` ... in `../event-log/facts.ts`).
 */
import type { Citation, EventDetails } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';

/** An update as a source names it: the form that the event logs use. */
export type UpdateName = EventDetails['windows-update/installed'];

/**
 * A row of ReportingEvents.log, or the same row as the classic WindowsUpdate.log quotes it. The shared
 * events that follow from it stand beside it and cite the same line.
 */
export interface ReportedEvent {
  /** Number of the event: 147 ... 201. */
  readonly report: number;
  /** `AGENT_INSTALLING_FAILED`; null where the row holds the number alone. */
  readonly name: string | null;
  /** GUID of the event itself: the same row in two files is one event. */
  readonly reportId: string | null;
  /** HRESULT as an unsigned 32-bit value; null when the field could not be read. */
  readonly code: number | null;
  readonly succeeded: boolean | null;
  /** Who asked: `UpdateOrchestrator`, `Azure VM Guest Patching`, `CcmExec`, `wusa` ... */
  readonly caller: string | null;
  readonly category: string | null;
}

/** A call of the update interface with what it returned and what really happened. */
export interface UpdateCall {
  /** `Install`, `Agent: Finding updates` ... as the log's END line names it; null without one. */
  readonly call: string | null;
  readonly exitCode: number | null;
  readonly exitCitation: Citation | null;
  readonly callErrorCode: number | null;
  readonly callErrorCitation: Citation | null;
  /** `failed = N`; null where it is not stated. */
  readonly failed: number | null;
  readonly failedCitation: Citation | null;
}

/** A code on a log's error lines, all of its lines in one member together. */
export interface ErrorCodeFact {
  readonly code: number;
  readonly count: number;
  readonly firstAt: Moment | null;
  readonly lastAt: Moment | null;
  /** The last of the lines; the fact's own citation is the first. */
  readonly lastCitation: Citation;
}

/** `HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate`; null where the export lacks the value. */
export interface UpdatePolicyFact {
  readonly wuServer: string | null;
  readonly wuStatusServer: string | null;
  readonly useWuServer: number | null;
  /** Where each value stands. */
  readonly wuServerCitation: Citation | null;
  readonly wuStatusServerCitation: Citation | null;
  readonly useWuServerCitation: Citation | null;
  /** Whether the export holds the key `AU`, where UseWUServer would stand. */
  readonly hasAutoUpdateKey: boolean;
}

declare module '../../domain/evidence.ts' {
  interface EventDetails {
    readonly 'windows-update/report': ReportedEvent;
    /** Installed up to the restart: 201, or an installation that ended in 0x240005. */
    readonly 'windows-update/install-pending': UpdateName & { readonly code: number | null };
    readonly 'windows-update/downloaded': UpdateName;
    /** A search for missing updates names this one: the first time in its log. */
    readonly 'windows-update/detected': UpdateName;
    /** Removed, or on the way to be. */
    readonly 'windows-update/uninstalled': UpdateName & { readonly planned: boolean };
    readonly 'windows-update/call': UpdateCall;
    /** Somebody opened a session of component based servicing. */
    readonly 'windows-update/servicing-session': { readonly client: string };
  }
  interface FactValues {
    /** What the client takes for its WSUS server; null when the log says that there is none. */
    readonly 'windows-update/wsus-server': { readonly server: string | null; readonly at: Moment | null };
    readonly 'windows-update/policy': UpdatePolicyFact;
    readonly 'windows-update/error-code': ErrorCodeFact;
  }
}
