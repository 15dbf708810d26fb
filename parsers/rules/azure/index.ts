import type { AnyRule } from '../define-rule.ts';
import {
  autoAssessServiceStopped,
  badStartTime,
  enabledButNeverRan,
  httpsBlocked,
  notAssessed,
  repositoryUnreachable,
  shutdownOrUnresponsive,
  sudoMissing,
  tlsTooOld,
} from './handler.ts';
import {
  agentNotReady,
  arcNoAssessment,
  assessmentStale,
  extensionMissing,
  extensionNotReady,
  extensionOperationsDisabled,
  machineMoved,
  machineOffAtWindow,
  osManagedUpdates,
  scheduleDelayed,
} from './machine.ts';
import {
  attemptCounterInflated,
  exitZeroButNotInstalled,
  installedWithoutProof,
  wrongOwner,
} from './packages.ts';
import { rebootRequiredNotDone, rebootStuck } from './reboot.ts';
import {
  countsDisagree,
  orderImpossible,
  orphanStatus,
  resultOverwritten,
  statusHidesError,
  superseded,
} from './statuses.ts';
import { taskSucceededButWindowExceeded, windowExceededWithTimeLeft } from './window.ts';

/** The rules of Azure Update Manager, in the order of the catalogue (`docs/rules.md`). */
export const azureRules: readonly AnyRule[] = [
  windowExceededWithTimeLeft,
  statusHidesError,
  taskSucceededButWindowExceeded,
  attemptCounterInflated,
  exitZeroButNotInstalled,
  countsDisagree,
  installedWithoutProof,
  rebootRequiredNotDone,
  rebootStuck,
  superseded,
  resultOverwritten,
  enabledButNeverRan,
  sudoMissing,
  repositoryUnreachable,
  badStartTime,
  assessmentStale,
  wrongOwner,
  orderImpossible,
  orphanStatus,
  shutdownOrUnresponsive,
  agentNotReady,
  extensionNotReady,
  extensionMissing,
  extensionOperationsDisabled,
  notAssessed,
  tlsTooOld,
  httpsBlocked,
  autoAssessServiceStopped,
  arcNoAssessment,
  osManagedUpdates,
  machineMoved,
  machineOffAtWindow,
  scheduleDelayed,
];
