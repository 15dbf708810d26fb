/**
 * The facts and events that AWS Systems Manager formats state, by name and value. Rules and runs read these
 * and nothing else of a file.
 */
import type { Moment } from '../../domain/moment.ts';

export type AwsOperation = 'scan' | 'install';

/** Patches of a node by their state; null where the source does not say, -1 where it has no data. */
export interface AwsCounts {
  readonly installed: number | null;
  readonly installedOther: number | null;
  readonly installedPendingReboot: number | null;
  readonly installedRejected: number | null;
  readonly missing: number | null;
  readonly failed: number | null;
  readonly notApplicable: number | null;
}

/** The result of a patch operation on one node, as one source tells it. */
export interface AwsPatchState {
  /**
   * Who says so: the service (describe-instance-patch-states), its inventory, the file that the node keeps of
   * its last operation, or the output of the patch payload.
   */
  readonly source: 'service' | 'inventory' | 'node' | 'output';
  readonly operation: AwsOperation | null;
  readonly baseline: string | null;
  readonly patchGroup: string | null;
  readonly snapshotId: string | null;
  /** Of the command that ran it. */
  readonly executionId: string | null;
  readonly rebootOption: string | null;
  /** A baseline or a list of patches was given in place of the node's own. */
  readonly isOverridden: boolean;
  readonly counts: AwsCounts;
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
  /** Times that do not exist, as written. */
  readonly startedRaw: string | null;
  readonly endedRaw: string | null;
  /** Some count is -1, or a time of the operation is that of the epoch. */
  readonly hasNoData: boolean;
  readonly capturedAt: Moment | null;
  /** The last installation that ran with NoReboot. */
  readonly lastNoRebootInstallAt: Moment | null;
  /** The text was cut: what it does not say is not known. */
  readonly isCut: boolean;
}

/** A list of patches as a file holds it, for one node. */
export interface AwsPatchList {
  readonly source: string;
  /** Lists that go on elsewhere, or whose file is damaged. */
  readonly isPartial: boolean;
  readonly rows: number;
  readonly counts: AwsCounts;
  readonly executionId: string | null;
  readonly executedAt: Moment | null;
}

export interface AwsInstance {
  readonly pingStatus: string | null;
  readonly lastPingAt: Moment | null;
  readonly agentVersion: string | null;
  readonly platformType: string | null;
  readonly platform: string | null;
  readonly computerName: string | null;
}

/** What a line of a compliance list is about. */
export interface AwsComplianceItem {
  /** `Patch`, `Association`, `Custom:…` as written. */
  readonly complianceType: string;
  readonly itemId: string;
  readonly title: string;
  readonly isCompliant: boolean;
  readonly status: string;
  readonly severity: string | null;
  /** When it was captured; for associations not when they ran. */
  readonly executedAt: Moment | null;
  readonly documentName: string | null;
}

/** Compliance of one node in one type, as the service or a list of items counts it. */
export interface AwsCompliance {
  readonly complianceType: string;
  readonly from: 'summary' | 'items';
  readonly isCompliant: boolean;
  readonly compliant: number;
  readonly nonCompliant: number;
  /** What the items that do not comply are: `Missing`, `Failed`, ... or their status, each with its number. */
  readonly reasons: readonly string[];
  readonly isPartial: boolean;
  readonly executedAt: Moment | null;
  readonly executionId: string | null;
}

export interface AwsBaseline {
  readonly baseline: string;
  readonly name: string | null;
  readonly operatingSystem: string | null;
  readonly rejectedAction: string | null;
  readonly isDefault: boolean | null;
  readonly patchGroups: readonly string[];
  readonly approveAfterDays: readonly number[];
}

/** Which baseline a patch group is registered with. */
export interface AwsPatchGroup {
  readonly group: string;
  readonly baseline: string;
  readonly operatingSystem: string | null;
  readonly isPartial: boolean;
}

/** Whether a baseline approves a patch, and from when on. */
export interface AwsApproval {
  readonly patch: string;
  readonly kb: string | null;
  readonly baseline: string | null;
  readonly status: string;
  readonly approvedAt: Moment | null;
}

/** A command, or what became of it on one node. */
export interface AwsCommand {
  readonly commandId: string;
  /** Null for the command as a whole. */
  readonly instance: string | null;
  readonly targets: readonly string[];
  readonly document: string | null;
  readonly plugin: string | null;
  readonly operation: AwsOperation | null;
  readonly rebootOption: string | null;
  readonly snapshotId: string | null;
  readonly isOverridden: boolean;
  readonly status: string | null;
  readonly statusDetails: string | null;
  readonly responseCode: number | null;
  readonly requestedAt: Moment | null;
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
}

/** How an association stands, or one of its executions. */
export interface AwsAssociation {
  readonly associationId: string;
  readonly name: string | null;
  readonly document: string | null;
  readonly executionId: string | null;
  readonly status: string | null;
  readonly detailedStatus: string | null;
  readonly executedAt: Moment | null;
  /** Whether it tells of one execution; else of the association as it stands. */
  readonly isExecution: boolean;
}

/** An execution of a maintenance window, of one of its tasks, or of a task on its targets. */
export interface AwsWindowExecution {
  readonly level: 'window' | 'task' | 'invocation';
  readonly windowId: string | null;
  readonly windowExecutionId: string | null;
  readonly executionId: string | null;
  readonly document: string | null;
  readonly operation: AwsOperation | null;
  readonly rebootOption: string | null;
  readonly status: string | null;
  readonly statusDetails: string | null;
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
}

/** A document in the agent's own state folders. */
export interface AwsDocumentState {
  readonly folder: 'pending' | 'current' | 'completed' | 'corrupt' | null;
  readonly documentId: string;
  readonly commandId: string | null;
  readonly associationId: string | null;
  readonly document: string | null;
  readonly status: string | null;
  /** How often it was resumed. */
  readonly runCount: number | null;
  readonly createdAt: Moment | null;
  readonly plugins: readonly string[];
  readonly code: number | null;
}

declare module '../../domain/evidence.ts' {
  interface FactValues {
    readonly 'aws/patch-state': AwsPatchState;
    readonly 'aws/patch-list': AwsPatchList;
    readonly 'aws/instance': AwsInstance;
    readonly 'aws/compliance-item': AwsComplianceItem;
    readonly 'aws/compliance': AwsCompliance;
    readonly 'aws/baseline': AwsBaseline;
    readonly 'aws/patch-group': AwsPatchGroup;
    readonly 'aws/approval': AwsApproval;
    readonly 'aws/command': AwsCommand;
    readonly 'aws/association': AwsAssociation;
    readonly 'aws/window-execution': AwsWindowExecution;
    readonly 'aws/document-state': AwsDocumentState;
    /** The node is one of Windows, by what a file of it looks like. */
    readonly 'aws/windows-node': { readonly sign: string };
    /** A list goes on in another answer that may not be in the bundle. */
    readonly 'aws/partial-list': { readonly list: string };
    /** An orchestration folder of a command. */
    readonly 'aws/orchestration': { readonly commandId: string; readonly stream: 'stdout' | 'stderr' };
  }
  interface EventDetails {
    /** A document asks the agent for a restart. */
    readonly 'aws/reboot-requested': { readonly documentId: string; readonly commandId: string | null };
    /** The payload gave up after so many restarts that did not help. */
    readonly 'aws/reboot-failed': { readonly times: number };
    /** The agent reports to the service how a document stands. */
    readonly 'aws/reply': {
      readonly documentId: string | null;
      readonly commandId: string | null;
      readonly status: string;
      readonly code: number | null;
    };
    readonly 'aws/plugin-started': { readonly plugin: string; readonly commandId: string | null };
    /** `resumed`: found in progress after a start; `expired`: not run in time; `hibernate`: no access to the service. */
    readonly 'aws/agent-note': {
      readonly note: 'resumed' | 'expired' | 'hibernate';
      readonly documentId: string | null;
    };
    /** Another process held the package manager's lock. */
    readonly 'aws/package-lock': { readonly text: string };
    /** The report of a patch operation reached the service, or did not. */
    readonly 'aws/upload': {
      readonly succeeded: boolean;
      readonly by: 'node' | 'cloudtrail';
      readonly detail: string | null;
    };
    /** A package could not be installed. */
    readonly 'aws/package-failed': { readonly package: string };
  }
}
