import type { AnyRule } from '../define-rule.ts';
import { missingEvidence } from './missing-evidence.ts';
import { onlyPictures } from './only-pictures.ts';

/** What the bundle lacks, over all systems. */
export const coverageRules: readonly AnyRule[] = [missingEvidence, onlyPictures];
