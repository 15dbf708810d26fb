/**
 * The facts and events that Deep Security formats state, by name and value. Rules and runs read these
 * and nothing else of a file.
 */
import type { Moment } from '../../domain/moment.ts';

/** What a system event means for component updates, by its id or, where it has none that is known, by its text. */
export type DsMeaning =
  | 'relay-update-requested'
  | 'relay-update-succeeded'
  | 'update-requested'
  | 'update-downloaded'
  | 'update-succeeded'
  | 'update-failed'
  | 'update-skipped'
  | 'update-timed-out'
  | 'relay-web-server-disabled'
  | 'relay-stopped'
  | 'licence-expired';

/** A row of the manager's system events, or an agent's event nested in its description. */
export interface DsSystemEvent {
  readonly eventId: number | null;
  readonly meaning: DsMeaning;
  readonly name: string;
  /** Who the event is about, as written: a computer, a relay, a relay group; null where it is blank. */
  readonly target: string | null;
  readonly targetIsGroup: boolean;
  /** For an event nested in a description: the id of the row around it. */
  readonly parentId: number | null;
  readonly nested: boolean;
}

/** A text that names one well-known trouble, wherever it stands. */
export type DsSymptomKind = 'busy' | 'maintenance' | 'licence-expired';

export interface DsSymptom {
  readonly symptom: DsSymptomKind;
  /** For `maintenance`: whether HTTP 503 was logged beside it in the same file. */
  readonly http503: boolean;
}

/**
 * A status of the update module, e.g. `IAU_STATUS_FILE_EXISTS[-1073610747(3,2,5)]`: the number is
 * (severity, category, detail) packed as severity << 30 | category << 16 | detail.
 */
export interface DsStatus {
  readonly symbol: string;
  /** As written, signed; null for a bare symbol. */
  readonly code: number | null;
  readonly severity: number | null;
  readonly category: number | null;
  readonly detail: number | null;
  /** The files in conflict, where the record names them. */
  readonly path1: string | null;
  readonly path2: string | null;
}

/** How an attempt to reach a host ended. */
export interface DsConnection {
  /** As written; null when the record does not name it. */
  readonly host: string | null;
  readonly port: number | null;
  /** Whether the text itself calls the host a relay, or the vendor's update server. */
  readonly role: 'relay' | 'server' | null;
  readonly outcome: 'succeeded' | 'failed';
  /** Whether the host answered at all: HTTP 503 is a failed attempt at a host that was reached. */
  readonly reached: boolean;
  /** `HTTP 503`, `Connection return code: 12` ... as written. */
  readonly raw: string;
  /** How many of the same in a row this stands for. */
  readonly count: number;
}

/** The steps of a component update that logs tell of, in their order. */
export type DsStepName = 'request' | 'licence-check' | 'snapshot' | 'download' | 'swap' | 'result';

export const stepNames: readonly DsStepName[] = [
  'request',
  'licence-check',
  'snapshot',
  'download',
  'swap',
  'result',
];

/** A log line that tells of a step. */
export interface DsStep {
  readonly step: DsStepName;
  readonly outcome: 'succeeded' | 'failed' | 'unknown';
  /** Which update the log is about: `iaurelay.log` and a relay's own files tell of the relay's. */
  readonly of: 'relay' | 'agent' | 'either';
  /** How many of the same in a row this stands for. */
  readonly count: number;
}

/** A version as a file states it; the device is the fact's. */
export interface DsVersion {
  readonly component: 'agent' | 'relay' | 'manager';
  /** Digits separated by dots: `20.0.1.23340`. */
  readonly version: string;
  readonly raw: string;
}

/** What a component's version was before and after an update. Null where the log does not tell. */
export interface DsComponentVersion {
  readonly component: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly outcome: 'succeeded' | 'failed' | null;
  readonly at: Moment | null;
}

/** One per file of system events: which span of the manager's clock it covers. */
export interface DsEventLog {
  readonly rows: number;
  readonly earliest: Moment | null;
  readonly latest: Moment | null;
}

declare module '../../domain/evidence.ts' {
  interface FactValues {
    readonly 'deep-security/version': DsVersion;
    readonly 'deep-security/component-version': DsComponentVersion;
    readonly 'deep-security/event-log': DsEventLog;
    /** A machine with the relay module, or a sign that the environment has one (then without a device). */
    readonly 'deep-security/relay': { readonly sign: 'log' | 'path' | 'plugin' | 'event' | 'setting' };
    readonly 'deep-security/platform': { readonly windows: boolean; readonly raw: string };
    /** "Allow agents to download security updates from the update server if relays cannot be reached". */
    readonly 'deep-security/fallback-option': { readonly on: boolean; readonly raw: string };
    /** The agent's identity as its package states it. */
    readonly 'deep-security/guid': { readonly name: string; readonly guid: string };
    /** A file of events in which the newest outcome of a target is a failure. */
    readonly 'deep-security/last-outcome-failed': { readonly target: string | null };
  }
  interface EventDetails {
    readonly 'deep-security/system-event': DsSystemEvent;
    readonly 'deep-security/symptom': DsSymptom;
    readonly 'deep-security/status': DsStatus;
    readonly 'deep-security/connection': DsConnection;
    readonly 'deep-security/step': DsStep;
  }
}
