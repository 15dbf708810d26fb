import type { AnyRule } from './define-rule.ts';
import { coverageRules } from './coverage/index.ts';
import { deepSecurityRules } from './deep-security/index.ts';
import { kaceRules } from './kace/index.ts';

/** Every rule of this build. A new system adds one line. */
export const rules: readonly AnyRule[] = [...kaceRules, ...deepSecurityRules, ...coverageRules];

/** Raised whenever a rule's condition, a threshold or the order of findings changes. */
export const rulesVersion = '1';

export type { AnyRule } from './define-rule.ts';
