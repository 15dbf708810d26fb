import type { AnyRule } from '../define-rule.ts';
import { attemptsExhausted, lastAttempt } from './attempts.ts';
import {
  attemptsContradictDate,
  deployedWithoutResult,
  patchedWithoutDeployment,
} from './deployment-date.ts';
import { detectionOlderThanDeployment } from './detection-older-than-deployment.ts';
import { detectionFailed, notApplicableButDeployed } from './detection-status.ts';
import { deploymentFailed, exitCodeFormsDisagree, statusContradictsExitCode } from './exit-code.ts';
import { logContradictsTable } from './log-contradicts-table.ts';
import { neverDeployed, scheduleOnlyDetects } from './never-deployed.ts';
import { deviceNotOnPatchPage, patchNotOnDevicePage, tableNotComplete } from './page-tables.ts';
import { pagesDisagree } from './pages-disagree.ts';
import {
  disabledPatchInDeployLabel,
  inactivePatchInDeployLabel,
  noDownloadedFile,
  patchNotActive,
  patchNotInLabel,
} from './patch-state.ts';
import { rebootNeededButScheduleNeverReboots, rebootPending } from './reboot-pending.ts';
import { sameMinute } from './same-minute.ts';
import { scaleNote } from './scale.ts';
import {
  scheduleDoneButNotPatched,
  scheduleRanWithoutDetection,
  verificationMissingAfterRestart,
} from './schedule-runs.ts';
import { stillMissingAfterDeployment } from './still-missing-after-deployment.ts';

/** The rules of Quest KACE SMA, in the order of the catalogue (`docs/rules.md`). */
export const kaceRules: readonly AnyRule[] = [
  detectionOlderThanDeployment,
  stillMissingAfterDeployment,
  sameMinute,
  rebootPending,
  rebootNeededButScheduleNeverReboots,
  attemptsExhausted,
  lastAttempt,
  deploymentFailed,
  statusContradictsExitCode,
  exitCodeFormsDisagree,
  attemptsContradictDate,
  deployedWithoutResult,
  neverDeployed,
  disabledPatchInDeployLabel,
  inactivePatchInDeployLabel,
  patchNotActive,
  patchNotInLabel,
  noDownloadedFile,
  deviceNotOnPatchPage,
  scheduleDoneButNotPatched,
  pagesDisagree,
  scheduleRanWithoutDetection,
  scheduleOnlyDetects,
  detectionFailed,
  notApplicableButDeployed,
  verificationMissingAfterRestart,
  patchNotOnDevicePage,
  tableNotComplete,
  patchedWithoutDeployment,
  scaleNote,
  logContradictsTable,
];
