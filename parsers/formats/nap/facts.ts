/** The facts that NAP formats state, by name and value. The events are those of the event logs. */
import type { Moment } from '../../domain/moment.ts';

/** Health classes of MS-WSH 2.2.1; null for a number that the specification does not know. */
export type HealthClass = 'firewall' | 'antivirus' | 'antispyware' | 'automatic-updates' | 'security-updates';

/** What a field of a statement is. */
export type StatementField =
  | 'system-health-id'
  | 'flags'
  | 'version'
  | 'health-class'
  | 'product-name'
  | 'status-code'
  | 'duration-since-last-sync'
  | 'wsus-server'
  | 'updates-flag'
  | 'vendor-value'
  | 'unknown';

/** A field of a statement with its bytes: what a tree view shows. */
export interface StatementNode {
  readonly field: StatementField;
  /** Type number of the field, its two high bits left out. */
  readonly type: number;
  /** First byte of the field in the statement's value, its type and length included. */
  readonly offset: number;
  /** Bytes of the field, its type and length included. */
  readonly length: number;
  /** Line of the member on which the field starts; null in a member without lines. */
  readonly line: number | null;
  /** The bytes, `00 0b 00 04 …`. */
  readonly hex: string;
  /** The value: numbers as such, texts decoded, else null. */
  readonly value: number | string | null;
  /** Of a health class: its word. */
  readonly healthClass: HealthClass | null;
  /** Of a health class: its product names, status and vendor values. */
  readonly children: readonly StatementNode[];
}

/** The automatic updates setting (MS-WSH 2.2.8). */
export interface AutomaticUpdatesState {
  readonly node: StatementNode;
  readonly status: number;
  /** 1 disabled, 2 check only, 3 download, 4 install, 5 never configured; null when the status is an error. */
  readonly mode: number | null;
  readonly byPolicy: boolean;
}

/** The security updates class with the three vendor values behind its status (MS-WSH 2.2.9 to 2.2.12). */
export interface SecurityUpdatesState {
  readonly node: StatementNode;
  readonly status: number;
  /** Seconds since the last synchronisation when the statement was made. */
  readonly duration: { readonly node: StatementNode; readonly seconds: number } | null;
  readonly server: { readonly node: StatementNode; readonly name: string } | null;
  readonly flags: { readonly node: StatementNode; readonly bits: number } | null;
}

/** A statement of health as the client keeps it. */
export interface NapStatementFact {
  /**
   * When the file was written, at the latest the time of the statement: the client replaces it only
   * when it changes, so it may be older. Null when nothing tells.
   */
  readonly asOf: Moment | null;
  readonly bytes: number;
  /** Version of the operating system as the agent states it: 0x00060001 is 6.1. */
  readonly version: number | null;
  readonly tree: readonly StatementNode[];
  readonly automaticUpdates: AutomaticUpdatesState | null;
  readonly securityUpdates: SecurityUpdatesState | null;
}

/** The settings of the Windows System Health Validator; null where the export does not hold a value. */
export interface NapPolicyFact {
  /** Which clients it is for: two keys hold two sets. */
  readonly clients: 'current' | 'xp';
  readonly key: string;
  readonly autoUpdate: number | null;
  readonly enforceUpdates: number | null;
  /** Seconds. */
  readonly maxDurationSinceLastSync: number | null;
  readonly minimumSeverityRating: number | null;
  readonly windowsUpdateAllowed: number | null;
  readonly wsusAllowed: number | null;
}

/** A system health agent in the text of `netsh nap client show state`. */
export interface NapAgentState {
  readonly id: number;
  readonly name: string | null;
  readonly remediationState: string | null;
  readonly failureCategory: string | null;
  /** Code of the fixup message, unsigned 32-bit. */
  readonly fixupCode: number | null;
  readonly complianceCodes: readonly number[];
  readonly line: number;
}

export interface NapClientStateFact {
  readonly restrictionState: string | null;
  readonly agents: readonly NapAgentState[];
}

declare module '../../domain/evidence.ts' {
  interface FactValues {
    readonly 'nap/statement': NapStatementFact;
    readonly 'nap/policy': NapPolicyFact;
    readonly 'nap/client-state': NapClientStateFact;
  }
}
