import type { AnyRule } from './define-rule.ts';
import { azureRules } from './azure/index.ts';
import { awsRules } from './aws-ssm/index.ts';
import { coverageRules } from './coverage/index.ts';
import { deepSecurityRules } from './deep-security/index.ts';
import { crossSystemRules } from './cross-system/index.ts';
import { kaceRules } from './kace/index.ts';
import { napRules } from './nap/index.ts';
import { windowsUpdateRules } from './windows-update/index.ts';

/** Every rule of this build. A new system adds one line. */
export const rules: readonly AnyRule[] = [
  ...kaceRules,
  ...windowsUpdateRules,
  ...azureRules,
  ...awsRules,
  ...deepSecurityRules,
  ...napRules,
  ...crossSystemRules,
  ...coverageRules,
];

/** Raised whenever a rule's condition, a threshold or the order of findings changes. */
export const rulesVersion = '2';

export type { AnyRule } from './define-rule.ts';
