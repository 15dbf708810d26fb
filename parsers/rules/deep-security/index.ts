import type { AnyRule } from '../define-rule.ts';
import { agentNewerThanManager } from './agent-newer-than-manager.ts';
import { fellBackToServer, noFallbackWithRelay, relayNameUnreachable } from './connections.ts';
import { oneAgentAlwaysFails, singleFailure } from './failures.ts';
import { relayAndAgentOverlap } from './relay-and-agent-overlap.ts';
import { snapshotLeftBehind } from './snapshot-left-behind.ts';
import { fileExists, relayNotAvailable } from './statuses.ts';
import { successThenTimeout } from './success-then-timeout.ts';
import { successWithoutDownload } from './success-without-download.ts';
import { busyWithUpdate, licenceExpired, serverMaintenance } from './troubles.ts';
import { agentUpdateUnfinished, relayUpdateUnfinished } from './unfinished.ts';

/** The rules of Trend Micro Deep Security, in the order of the catalogue (`docs/rules.md`). */
export const deepSecurityRules: readonly AnyRule[] = [
  relayUpdateUnfinished,
  agentUpdateUnfinished,
  successThenTimeout,
  relayAndAgentOverlap,
  serverMaintenance,
  busyWithUpdate,
  fileExists,
  relayNotAvailable,
  oneAgentAlwaysFails,
  agentNewerThanManager,
  relayNameUnreachable,
  licenceExpired,
  fellBackToServer,
  noFallbackWithRelay,
  snapshotLeftBehind,
  successWithoutDownload,
  singleFailure,
];
