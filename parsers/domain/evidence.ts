import type { At, Clock, Moment } from './moment.ts';

/** The systems whose evidence Patchtrail reads. */
export type SystemId =
  'kace-sma' | 'azure-update-manager' | 'windows-update' | 'aws-ssm' | 'deep-security' | 'nap';

export const systemIds: readonly SystemId[] = [
  'kace-sma',
  'azure-update-manager',
  'windows-update',
  'aws-ssm',
  'deep-security',
  'nap',
];

/** `<system>/<file kind>`, e.g. `kace/device-page`. Stable: it is part of the command line's JSON. */
export type FormatId = `${string}/${string}`;

/** What became of a member. */
export type MemberState = 'parsed' | 'text' | 'image' | 'opaque' | 'damaged' | 'refused' | 'encrypted';

/** How many members are in each state. */
export function countStates(members: Iterable<{ readonly state: MemberState }>): Record<MemberState, number> {
  const counts: Record<MemberState, number> = {
    parsed: 0,
    text: 0,
    image: 0,
    opaque: 0,
    damaged: 0,
    refused: 0,
    encrypted: 0,
  };
  for (const { state } of members) counts[state] += 1;
  return counts;
}

/** How a member's bytes were read as text. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'cp932' | 'windows-1252' | 'mixed';

/** One file of the bundle. */
export interface Member {
  /** Position in the bundle, 0-based. */
  readonly index: number;
  /** Shown path through nested archives: `logs.tgz!/var/log/kace/x.log`. Unique in the bundle. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal; null when the member could not be read to its end. */
  readonly sha256: string | null;
  readonly kind: FormatId | null;
  readonly system: SystemId | null;
  readonly state: MemberState;
  /** Why it was not parsed, a stable code: `too-large`, `bad-crc`, `unknown-format` ... */
  readonly reason: string | null;
  readonly encoding: Encoding | null;
  readonly lines: number | null;
  readonly rows: number | null;
  readonly warnings: number;
  /** The name of the rule by which a log's times were read, e.g. `iso`, `kace-agent`; null without times. */
  readonly timeRule: string | null;
  /** Modification time as the archive states it. */
  readonly modified: Moment | null;
  /** The device that the member speaks of, with the reason. */
  readonly device: DeviceAssignment | null;
}

/** Why a source was taken to speak of a device (design: "Device of a source"). */
export type AssignmentReason = 'stated' | 'collection' | 'folder' | 'only-device' | 'analyst';

export interface DeviceAssignment {
  readonly name: string;
  readonly reason: AssignmentReason;
}

export interface Device {
  /** As the first source writes it. */
  readonly name: string;
  /** Folded: see `foldDeviceName`. */
  readonly key: string;
  readonly aliases: readonly string[];
  readonly systems: readonly SystemId[];
}

/** A place in a member. Lines and rows are 1-based. */
export interface Citation {
  readonly member: string;
  readonly line: number | null;
  /** Data row below a header. */
  readonly row: number | null;
  /** JSON pointer (RFC 6901). */
  readonly pointer: string | null;
  /** The raw text at that place; table cells joined with ` | `. */
  readonly quote: string;
}

export type DetectionStatus =
  'patched' | 'not-patched' | 'not-applicable' | 'error' | 'pending-reboot' | 'unknown';

export type DeploymentStatus =
  'succeeded' | 'failed' | 'in-progress' | 'pending-reboot' | 'not-attempted' | 'skipped' | 'unknown';

export interface Detection {
  readonly status: DetectionStatus | null;
  /** The words of the source; null where it has no such field. */
  readonly raw: string | null;
  readonly at: At;
}

export interface Deployment {
  readonly status: DeploymentStatus | null;
  /** The words of the source; '' where the field is there and blank. */
  readonly raw: string | null;
  readonly at: At;
  /** Unsigned 32-bit value or the plain decimal one. */
  readonly exitCode: number | null;
  readonly attempts: number | null;
  /** 0 means unlimited. */
  readonly maxAttempts: number | null;
}

/** What one source says of one patch on one device. Two sources give two records. */
export interface PatchRecord {
  /** `r1`, `r2` ... in the order of the bundle. */
  readonly id: string;
  readonly system: SystemId;
  /** Name as the source writes it, or as assigned; null when unknown. */
  readonly device: string | null;
  readonly patch: string | null;
  /** `KB5037771`, or null. */
  readonly kb: string | null;
  /** Update GUID in lower case without braces, patch uid, or null. */
  readonly updateId: string | null;
  readonly detection: Detection;
  readonly deployment: Deployment;
  readonly exitCodeRaw: string | null;
  /** What the source says of a restart, in its own words. */
  readonly reboot: string | null;
  /** What kind of source: `device-page`, `patch-page`, `sql-export` ... */
  readonly source: string;
  readonly capturedAt: Moment | null;
  readonly citation: Citation;
}

/**
 * Event types and their details. A system adds its own by module augmentation beside its formats:
 *
 * ```ts
 * declare module '../../domain/evidence.ts' {
 *   interface EventDetails { 'kace/agent-exit-code': { readonly exitCode: number } }
 * }
 * ```
 */
export interface EventDetails {
  /** The operating system started. */
  readonly boot: { readonly reason: string | null };
  /** The operating system went down. */
  readonly shutdown: { readonly reason: string | null };
  /** Something asked for a restart. */
  readonly 'restart-requested': { readonly by: string };
  /** An agent or service started; after a requested restart this evidences it. */
  readonly 'agent-start': { readonly agent: string };
  /** A line that states that the machine was restarted. */
  readonly 'restart-stated': { readonly by: string };
}

export type EventType = keyof EventDetails;

/** A typed thing that happened. */
export interface EvidenceEvent<T extends EventType = EventType> {
  readonly type: T;
  readonly system: SystemId;
  readonly device: string | null;
  readonly patch: string | null;
  readonly kb: string | null;
  readonly updateId: string | null;
  readonly at: Moment | null;
  readonly citation: Citation;
  readonly detail: EventDetails[T];
}

/** Fact types and their values; a system adds its own by module augmentation. */
export interface FactValues {
  /** What the offset of a clock is, derived from the evidence itself. Minutes east of UTC. */
  readonly 'zone-inferred': { readonly offset: number; readonly clock: Clock; readonly samples: number };
}

export type FactType = keyof FactValues;

/** Something true of a device, schedule, patch or policy. */
export interface Fact<T extends FactType = FactType> {
  readonly type: T;
  readonly system: SystemId;
  readonly device: string | null;
  readonly patch: string | null;
  readonly value: FactValues[T];
  readonly citation: Citation;
}

/** A line or a cell that could not be understood. */
export interface EvidenceWarning {
  readonly member: string;
  readonly line: number | null;
  /** Stable: `bad-date`, `short-row`, `bad-number`, `split-line`, `unparsed-head` ... */
  readonly code: string;
  /** The text in question, shortened. */
  readonly text: string;
}

/** Level of a log line. */
export type Level = 'none' | 'trace' | 'debug' | 'info' | 'warning' | 'error' | 'fatal';

/** Levels by their code in the line index. */
export const levels: readonly Level[] = ['none', 'trace', 'debug', 'info', 'warning', 'error', 'fatal'];

/** One pass of a patching operation: settings, window, outcome, attempts. Filled by the systems that have them. */
export interface Run {
  readonly id: string;
  readonly system: SystemId;
  readonly device: string | null;
  /** What the source calls the run: a sequence number, a command id. */
  readonly name: string;
  readonly operation: string | null;
  readonly outcome: DeploymentStatus | null;
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
  readonly window: RunWindow | null;
  readonly attempts: number | null;
  readonly exitCode: number | null;
  readonly reboot: string | null;
  /** Further values by name, for the detail view. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  readonly steps: readonly RunStep[];
  /** Record ids that belong to the run. */
  readonly records: readonly string[];
  readonly citation: Citation;
}

/** The time in which a run may work. */
export interface RunWindow {
  readonly start: Moment | null;
  readonly minutes: number | null;
  /** Points before its end from which certain things are no longer begun, by name, in minutes before the end. */
  readonly cutoffs?: readonly { readonly name: string; readonly minutes: number }[];
}

/** A step of a run; `evidenced: false` when no log tells of it. */
export interface RunStep {
  readonly name: string;
  readonly evidenced: boolean;
  readonly outcome: 'succeeded' | 'failed' | 'unknown' | null;
  readonly at: Moment | null;
  readonly citation: Citation | null;
}

export type CoverageState = 'present' | 'partial' | 'missing';

/** One item of a system's evidence list, and which members serve it. */
export interface CoverageItem {
  readonly system: SystemId;
  readonly item: FormatId;
  readonly state: CoverageState;
  readonly members: readonly string[];
}
