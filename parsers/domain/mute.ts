/**
 * What the analyst set aside in one case, with a reason. A muted finding stays in the evidence; it is left out of
 * marks and counts and is listed with its reason.
 */
import type { Finding } from './finding.ts';

export type MuteSubject =
  /** All findings of a rule. */
  { readonly what: 'rule'; readonly rule: string } | { readonly what: 'finding'; readonly finding: string };

export interface Mute {
  readonly id: string;
  readonly on: MuteSubject;
  /** Never empty. */
  readonly reason: string;
  readonly author: string;
  /** ISO 8601 with offset, by the analyst's machine. */
  readonly createdAt: string;
}

/** The mute that covers a finding; one of the finding itself comes before one of its rule. */
export function muteOf(finding: Pick<Finding, 'id' | 'rule'>, mutes: readonly Mute[]): Mute | null {
  return (
    mutes.find(({ on }) => on.what === 'finding' && on.finding === finding.id) ??
    mutes.find(({ on }) => on.what === 'rule' && on.rule === finding.rule) ??
    null
  );
}

/** Findings that no mute covers, and those that one covers with it; each in the order given. */
export function partedByMutes<F extends Pick<Finding, 'id' | 'rule'>>(
  findings: readonly F[],
  mutes: readonly Mute[],
): { readonly heard: readonly F[]; readonly muted: readonly { readonly finding: F; readonly mute: Mute }[] } {
  if (mutes.length === 0) return { heard: findings, muted: [] };
  const ofFinding = new Map<string, Mute>();
  const ofRule = new Map<string, Mute>();
  for (const mute of mutes) {
    if (mute.on.what === 'finding') {
      if (!ofFinding.has(mute.on.finding)) ofFinding.set(mute.on.finding, mute);
    } else if (!ofRule.has(mute.on.rule)) ofRule.set(mute.on.rule, mute);
  }
  const heard: F[] = [];
  const muted: { readonly finding: F; readonly mute: Mute }[] = [];
  for (const finding of findings) {
    const mute = ofFinding.get(finding.id) ?? ofRule.get(finding.rule);
    if (mute === undefined) heard.push(finding);
    else muted.push({ finding, mute });
  }
  return { heard, muted };
}
