import type { AnyRule } from '../define-rule.ts';
import { compliantButUpdatesFail, upToDateButNoncompliant } from './automatic-updates.ts';
import {
  clientErrorStatus,
  fieldsAfterErrorStatus,
  missingUpdatesAboveThreshold,
  missingUpdatesBelowThreshold,
  sourceNotAllowed,
  synchronisedTooLongAgo,
  wsusClaimContradictsLog,
} from './security-updates.ts';
import { admittedWhileStale, cachedStatementAfterBoot, restartRequired } from './times.ts';

/** The rules of Microsoft NAP, in the order of the catalogue (`docs/rules.md`). */
export const napRules: readonly AnyRule[] = [
  compliantButUpdatesFail,
  upToDateButNoncompliant,
  synchronisedTooLongAgo,
  admittedWhileStale,
  missingUpdatesAboveThreshold,
  missingUpdatesBelowThreshold,
  sourceNotAllowed,
  cachedStatementAfterBoot,
  restartRequired,
  fieldsAfterErrorStatus,
  wsusClaimContradictsLog,
  clientErrorStatus,
];
