import type { AnyRule } from '../define-rule.ts';
import {
  baselineDiffers,
  commandFailedComplianceStale,
  countsDisagree,
  failedButClean,
  nodeUnreachable,
  resultNotUploaded,
  successHidesFailed,
} from './commands.ts';
import {
  associationNoncompliant,
  associationNoncompliantButSucceeded,
  customNoncompliant,
} from './compliance.ts';
import {
  overlappingRuns,
  pendingReboot,
  pendingRebootButRebooted,
  pendingRebootWithNoReboot,
  rebootDidNotHappen,
  rebootLoop,
} from './reboots.ts';
import {
  hotfixContradictsState,
  missingButNotApprovedYet,
  noData,
  patchFailed,
  rejectedDespiteAllow,
  rejectedInstalled,
  scannedNeverInstalled,
} from './states.ts';

/** In the order of the catalogue. */
export const awsRules: readonly AnyRule[] = [
  scannedNeverInstalled,
  missingButNotApprovedYet,
  patchFailed,
  pendingRebootWithNoReboot,
  pendingReboot,
  pendingRebootButRebooted,
  rebootDidNotHappen,
  rejectedInstalled,
  rejectedDespiteAllow,
  commandFailedComplianceStale,
  resultNotUploaded,
  successHidesFailed,
  failedButClean,
  overlappingRuns,
  baselineDiffers,
  noData,
  associationNoncompliantButSucceeded,
  associationNoncompliant,
  customNoncompliant,
  rebootLoop,
  countsDisagree,
  hotfixContradictsState,
  nodeUnreachable,
];
