import type { AnyRule } from '../define-rule.ts';
import { clocksDisagree } from './clocks-disagree.ts';
import { missingHereInstalledThere } from './missing-here-installed-there.ts';
import { patchedHereFailedThere } from './patched-here-failed-there.ts';
import { zoneInferred } from './zone-inferred.ts';

/** The rules across systems, in the order of the catalogue (`docs/rules.md`). */
export const crossSystemRules: readonly AnyRule[] = [
  missingHereInstalledThere,
  patchedHereFailedThere,
  clocksDisagree,
  zoneInferred,
];
