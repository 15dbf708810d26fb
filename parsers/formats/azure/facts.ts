/**
 * The facts and events that the formats of Azure Update Manager state, by name and value. Rules, runs and
 * joined records read these and nothing else of a file.
 */
import type { Moment } from '../../domain/moment.ts';

/** By what a file's statements are joined to those of other files: sequence number and activity id. */
export interface AzureJoin {
  /** Number of the goal state: `8` of `8.settings`, `8.status`, `8.core.log`. */
  readonly sequence: number | null;
  /** GUID in lower case. */
  readonly activityId: string | null;
  /** The folder that stands for one machine as far as paths tell (see `scopeOf`). */
  readonly scope: string;
}

export interface AzureSettings extends AzureJoin {
  readonly operation: string | null;
  /** The requested start, in UTC. */
  readonly startTime: Moment | null;
  readonly startRaw: string | null;
  /** ISO 8601 as written: `PT2H`. */
  readonly durationRaw: string | null;
  readonly minutes: number | null;
  /** `Never`, `IfRequired`, `Always`. */
  readonly rebootSetting: string | null;
  readonly classifications: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly maintenanceRunId: string | null;
  readonly patchMode: string | null;
  readonly assessmentMode: string | null;
  readonly assessmentIntervalMinutes: number | null;
  /** A settings file, or the settings that a handler's log carries along. */
  readonly from: 'file' | 'log';
}

/** Whose copy of a status: the extension's file, its uncut twin, what the agent reports, what the service knows. */
export type StatusCopy = 'file' | 'complete' | 'agent' | 'service';

export interface AzureStatus extends AzureJoin {
  readonly copy: StatusCopy;
  readonly operation: string;
  readonly status: string;
  readonly code: number | null;
  readonly message: string;
  readonly timestamp: Moment | null;
  readonly substatuses: number;
}

export type SummaryKind = 'assessment' | 'installation' | 'configure' | 'no-operation' | 'health-store';

export interface AzurePatch {
  readonly patchId: string | null;
  readonly kbId: string | null;
  readonly name: string;
  readonly version: string | null;
  readonly classifications: readonly string[];
  /** `Installed`, `Failed`, `Pending`, `NotSelected`, `Excluded`, `Available`; null in an assessment. */
  readonly state: string | null;
  /** Its JSON, for quoting. */
  readonly quote: string;
}

export interface AzureErrorDetail {
  readonly code: string;
  readonly message: string;
}

/** A substatus: the inner JSON of one summary. */
export interface AzureSummary extends AzureJoin {
  readonly copy: StatusCopy;
  readonly kind: SummaryKind;
  /** `success`, `warning`, `error`, `transitioning`. */
  readonly status: string;
  /** The requested start, not the real one. */
  readonly startTime: Moment | null;
  readonly modifiedTime: Moment | null;
  readonly rebootPending: boolean | null;
  readonly rebootStatus: string | null;
  readonly exceeded: boolean | null;
  readonly startedBy: string | null;
  readonly maintenanceRunId: string | null;
  /** Counts by state as the summary states them: `Installed` -> 3. */
  readonly counts: Readonly<Record<string, number>>;
  readonly errorsCode: number | null;
  /** The number in "N error/s reported"; null where there is none. */
  readonly errorsReported: number | null;
  readonly details: readonly AzureErrorDetail[];
  readonly autoAssessmentState: string | null;
  readonly osPatchState: string | null;
  /** Tombstones, or a detail that says so: the list is not whole. */
  readonly truncated: boolean;
  /** Cut by the agent or by the file's end: only what stands before is known. */
  readonly cut: boolean;
  readonly patches: readonly AzurePatch[];
}

/** A line of a core log that counts: where it stands and what it says. */
export interface CoreLine {
  readonly line: number;
  readonly quote: string;
}

export interface CoreProgress extends CoreLine {
  readonly attempted: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly dependencies: number;
}

/** One pass of the core: all of `<seq>.core.log`, or one run of `<seq>.aa.core.log`. */
export interface AzureCoreLog extends AzureJoin {
  readonly auto: boolean;
  readonly machine: string | null;
  readonly startedAt: Moment | null;
  readonly lastAt: Moment | null;
  readonly requestedStart: Moment | null;
  readonly windowMinutes: number | null;
  readonly packageManager: string | null;
  /** The log was closed in order. */
  readonly closed: boolean;
  readonly progress: CoreProgress | null;
  /** The performance line of the installation. */
  readonly performance: (CoreLine & { readonly taskStatus: string; readonly exceeded: boolean }) | null;
  readonly outOfTime:
    (CoreLine & { readonly remainingMinutes: number; readonly cutoffMinutes: number }) | null;
  readonly outOfTimeAt: Moment | null;
  readonly installation: CoreLine | null;
  readonly installationAt: Moment | null;
  /** The last assessment that began, and whether it came to its end. */
  readonly assessment: CoreLine | null;
  readonly assessmentAt: Moment | null;
  readonly assessmentCompleted: CoreLine | null;
  /** The packages that "Packages including dependencies are" adds to those that were asked for. */
  readonly dependencyPackages: number;
}

export interface AzurePatchState extends AzureJoin {
  readonly name: string;
  readonly version: string;
  readonly state: string;
}

/** A package manager command that installs (simulations are none). */
export interface AzureInstallCommand extends AzureJoin {
  readonly packages: readonly string[];
  /** Its exit code; null when the log does not tell. */
  readonly code: number | null;
}

export type AzureTroubleKind =
  | 'sudo-failed'
  | 'sudo-succeeded'
  | 'repository'
  | 'tls'
  | 'https'
  | 'superseded'
  | 'not-installed-code-zero'
  | 'bad-start-time'
  | 'reboot-no-time'
  | 'reboot-started'
  | 'reboot-waiting'
  | 'unresponsive'
  | 'auto-service'
  | 'not-assessed';

/** Why a package manager could not work, as far as its words tell. */
export type RepositoryCause = 'certificate' | 'proxy' | 'name-resolution' | 'time-out' | 'unhealthy';

export interface AzureTrouble extends AzureJoin {
  readonly trouble: AzureTroubleKind;
  readonly cause: RepositoryCause | null;
  /** The package in question, where there is one. */
  readonly package: string | null;
}

/** One call of the extension's handler: one `.ext.log`. */
export interface AzureHandlerCall extends AzureJoin {
  /** `Enable`, `Install` ... of the file's name. */
  readonly command: string;
  readonly at: Moment | null;
  readonly operation: string | null;
  /** A core process was launched. */
  readonly launched: boolean;
  /** Exit code of the handler where a status written in the log states it. */
  readonly code: number | null;
  /** The line that states the exit code. */
  readonly exit: CoreLine | null;
  readonly errors: number;
}

export interface AzureAgent {
  readonly status: string;
  readonly version: string | null;
  readonly message: string | null;
  readonly hasPatchExtension: boolean;
  readonly handlers: readonly string[];
  readonly at: Moment | null;
}

export interface AzureHandlerStatus {
  readonly name: string;
  readonly version: string | null;
  readonly status: string;
  readonly code: number | null;
  readonly message: string | null;
  readonly sequence: number | null;
  readonly settingsStatus: string | null;
}

/** What the guest agent's log says of the patch extension. */
export interface AzureAgentStep extends AzureJoin {
  /** `command`, `extension`: a line of the Windows extension's logs that names the sequence. */
  readonly step: 'settings' | 'enable' | 'exit' | 'command' | 'extension';
  readonly code: number | null;
}

export interface AzurePackage {
  readonly name: string;
  readonly version: string;
  readonly action: 'installed' | 'removed';
  /** Who asked, where the log tells: the command line. */
  readonly by: string | null;
}

/** What a package manager's log covers. */
export interface AzurePackageLog {
  readonly manager: 'dpkg' | 'apt' | 'yum' | 'dnf' | 'zypper';
  readonly firstAt: Moment | null;
  readonly lastAt: Moment | null;
  readonly entries: number;
}

export interface AzureMachine {
  readonly resourceId: string | null;
  readonly allowExtensionOperations: boolean | null;
  readonly patchMode: string | null;
  readonly assessmentMode: string | null;
  /** When it was told; null where the export does not say. */
  readonly at: Moment | null;
}

/** Names of schedules that are assigned to a machine, as an export tells. */
export interface AzureSchedule {
  readonly configuration: string;
}

/** One per log of the Windows extension. */
export interface AzureWindowsLog {
  readonly file: 'extension' | 'commands';
  readonly firstAt: Moment | null;
  readonly lastAt: Moment | null;
}

declare module '../../domain/evidence.ts' {
  interface FactValues {
    readonly 'azure/settings': AzureSettings;
    readonly 'azure/status': AzureStatus;
    readonly 'azure/summary': AzureSummary;
    readonly 'azure/core-log': AzureCoreLog;
    readonly 'azure/handler-call': AzureHandlerCall;
    readonly 'azure/agent': AzureAgent;
    readonly 'azure/handler': AzureHandlerStatus;
    readonly 'azure/package-log': AzurePackageLog;
    readonly 'azure/machine': AzureMachine;
    readonly 'azure/schedule': AzureSchedule;
    readonly 'azure/windows-log': AzureWindowsLog;
  }
  interface EventDetails {
    readonly 'azure/patch-state': AzurePatchState;
    readonly 'azure/install-command': AzureInstallCommand;
    readonly 'azure/trouble': AzureTrouble;
    readonly 'azure/agent-step': AzureAgentStep;
    readonly 'azure/package': AzurePackage;
  }
}
