import type { ParameterValue } from '../domain/finding.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** Values that a rule pack puts in the place of those that a rule declares under `assumes`: by rule, then by name. */
export type Assumptions = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** They belong to one evidence and go with it: no bundle sees another one's. */
const inForce = new WeakMap<Evidence, Assumptions>();

/** States what rules assume of this evidence instead of their own values. To be called before the rules are asked. */
export function assume(evidence: Evidence, assumptions: Assumptions): void {
  inForce.set(evidence, assumptions);
}

/**
 * What a rule assumes of this evidence.
 *
 * @param standard the rule's own values
 * @param names where the names of `assumes` differ from those of the standard: standard name to declared name
 */
export function assumedFor<T extends Readonly<Record<string, number>>>(
  evidence: Evidence,
  rule: string,
  standard: T,
  names: { readonly [K in keyof T]?: string } = {},
): { readonly [K in keyof T]: number } {
  const changed = inForce.get(evidence)?.get(rule);
  if (changed === undefined) return standard;
  return Object.fromEntries(
    Object.entries(standard).map(([name, value]) => [name, changed.get(names[name] ?? name) ?? value]),
  ) as { readonly [K in keyof T]: number };
}

/**
 * For the parameters of a finding whose rule does not name what it assumes by itself: nothing without a pack, else
 * the changed values by name and their names under `assumed`.
 */
export function changedParameters(
  evidence: Evidence,
  rule: string,
  assumed: readonly string[] = [],
): Readonly<Record<string, ParameterValue>> {
  const changed = inForce.get(evidence)?.get(rule);
  if (changed === undefined) return {};
  return {
    ...Object.fromEntries(changed),
    assumed: [...assumed, ...[...changed.keys()].filter((name) => !assumed.includes(name))],
  };
}
