/**
 * What event logs state, by name and value. The Windows Update events carry the names under which other
 * sources of the same system (ReportingEvents.log) state the same things.
 */

/** An update as an event names it. */
export interface UpdateName {
  /** Update GUID in lower case without braces; null when the event does not state it. */
  readonly updateId: string | null;
  readonly title: string | null;
  /** `KB5037771`, or null. */
  readonly kb: string | null;
}

/** What a log file turned out to hold; one per file. */
export interface EventLogFact {
  /** Channel of its records: `System`; null when there are several or none is stated. */
  readonly channel: string | null;
  readonly records: number;
  readonly firstId: number | null;
  readonly lastId: number | null;
  /** Record numbers that are missing in between: the log was cleared or records were lost. */
  readonly missingRecords: number;
  readonly damagedChunks: number;
  readonly badRecords: number;
  /** The log was not closed properly. */
  readonly dirty: boolean;
}

/** A step of the Windows Security Health Agent (events 1005 to 1016 of SystemHealthAgent). */
export type NapAgentStep = 'online-scan' | 'offline-scan' | 'download' | 'install' | 'remediation';

/** How a network policy server decided (Security log 6272 to 6278). */
export type NapDecision = 'granted' | 'denied' | 'discarded' | 'quarantined' | 'probation' | 'full-access';

/** What the nine codes of the Windows Security Health Validator are about, in their fixed order. */
export const napValidators = [
  'firewall',
  'antivirus',
  'antivirus-current',
  'antispyware',
  'antispyware-current',
  'automatic-updates',
  'security-compliance',
  'security-severity',
  'security-source',
] as const;

export type NapValidator = (typeof napValidators)[number];

export interface NapValidatorCode {
  readonly validator: NapValidator;
  /** Unsigned 32-bit. */
  readonly code: number;
}

declare module '../../domain/evidence.ts' {
  interface FactValues {
    readonly 'event-log/file': EventLogFact;
  }
  interface EventDetails {
    readonly 'windows-update/installed': UpdateName;
    readonly 'windows-update/install-failed': UpdateName & { readonly code: number | null };
    /** The updates that wait for the restart, as the event lists them. */
    readonly 'windows-update/restart-required': { readonly titles: readonly string[] };
    readonly 'windows-update/check-failed': { readonly code: number | null };
    readonly 'windows-update/download-failed': UpdateName & { readonly code: number | null };
    readonly 'windows-update/install-started': UpdateName;
    readonly 'windows-update/download-started': UpdateName;
    readonly 'windows-update/found': { readonly count: number | null };
    /** NetworkAccessProtection 18. */
    readonly 'nap/isolation-changed': { readonly from: string | null; readonly to: string | null };
    /** NetworkAccessProtection 27: an agent handed over a statement. */
    readonly 'nap/statement-received': { readonly correlation: string | null };
    /** NetworkAccessProtection 28: the statement went to an enforcement client. */
    readonly 'nap/statement-sent': { readonly correlation: string | null };
    /** NetworkAccessProtection 29: the answer to it. */
    readonly 'nap/response': { readonly state: string | null; readonly nonCompliantAgents: string | null };
    /** NetworkAccessProtection 30. */
    readonly 'nap/agent-error': { readonly raw: string };
    readonly 'nap/agent-step': {
      readonly step: NapAgentStep;
      readonly succeeded: boolean;
      readonly code: number | null;
    };
    readonly 'nap/decision': {
      readonly decision: NapDecision;
      /** `Full Access`, `Quarantined` as the event writes it. */
      readonly result: string | null;
      readonly machine: string | null;
      /** In the order of {@link napValidators}; fewer when the event states fewer. */
      readonly validators: readonly NapValidatorCode[];
    };
  }
}
