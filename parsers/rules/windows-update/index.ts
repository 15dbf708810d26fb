import type { AnyRule } from '../define-rule.ts';
import { callMasksFailure } from './call-masks-failure.ts';
import { errorCode } from './error-code.ts';
import { installBeforeDetection } from './install-before-detection.ts';
import { pendingButReportedInstalled } from './pending-but-reported-installed.ts';
import { repeatedAttempts, repeatedFailure } from './repeated-installs.ts';
import { wsusNotSet, wsusValuesDiffer } from './wsus.ts';

/** The rules of the Windows Update client, in the order of the catalogue (`docs/rules.md`). */
export const windowsUpdateRules: readonly AnyRule[] = [
  pendingButReportedInstalled,
  repeatedFailure,
  repeatedAttempts,
  callMasksFailure,
  errorCode,
  installBeforeDetection,
  wsusNotSet,
  wsusValuesDiffer,
];
