import type { Finding, Witness } from '../domain/finding.ts';

/** A finding in words of one language. */
export interface FindingText {
  readonly title: string;
  readonly explanation: string;
  readonly advice: string;
}

/** What the writers need of the wording of findings; `createWording` (wording.ts) makes one for a language. */
export interface FindingWording {
  finding(finding: Finding): FindingText;
  witness(witness: Witness): string;
  /** Why a comparison could not be made. */
  missing(key: string): string;
}
