import type { EvidenceEvent, Fact } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { SecurityUpdatesState, StatementNode } from '../../formats/nap/facts.ts';
import { validatorDefaults } from '../../formats/nap/status-codes.ts';
import { cannotTell, defineRule, notApplicable, place } from '../define-rule.ts';
import type { Rule, Verdict } from '../define-rule.ts';
import { oncePerKey } from '../../domain/once.ts';

export type Statement = Fact<'nap/statement'>;
export type Decision = EvidenceEvent<'nap/decision'>;

/** The validator's settings as they hold for a statement, and which of them nothing states. */
export interface ValidatorSettings {
  /** The policy in the bundle; null when there is none for these clients. */
  readonly policy: Fact<'nap/policy'> | null;
  readonly autoUpdate: boolean;
  readonly enforceUpdates: boolean;
  /** Seconds. */
  readonly maximum: number;
  readonly minimumSeverity: number;
  readonly windowsUpdateAllowed: boolean;
  readonly wsusAllowed: boolean;
  /** Names of the parameters below whose values are assumed. */
  readonly assumed: readonly ('enforcement' | 'maximumMinutes' | 'minimumRating')[];
}

/**
 * The settings for the system that made the statement: Windows XP (5.x) has a set of its own. Without a
 * policy in the bundle enforcement is assumed, and the defaults of MS-WSH 3.3.1.
 */
export function settingsFor(evidence: Evidence, statement: Statement | null): ValidatorSettings {
  const version = statement?.value.version ?? null;
  const clients = version !== null && version >>> 16 === 5 ? 'xp' : 'current';
  const policy = evidence.facts('nap/policy').find((fact) => fact.value.clients === clients) ?? null;
  const value = policy?.value;
  const stated = (number: number | null | undefined, otherwise: number): boolean =>
    (number ?? otherwise) !== 0;
  const maximum = value?.maxDurationSinceLastSync ?? null;
  const minimum = value?.minimumSeverityRating ?? null;
  return {
    policy,
    autoUpdate: stated(value?.autoUpdate, validatorDefaults.autoUpdate),
    enforceUpdates: policy === null || stated(value?.enforceUpdates, validatorDefaults.enforceUpdates),
    maximum: Math.min(
      maximum ?? validatorDefaults.maxDurationSinceLastSync,
      validatorDefaults.greatestDuration,
    ),
    minimumSeverity: minimum ?? validatorDefaults.minimumSeverityRating,
    windowsUpdateAllowed: stated(value?.windowsUpdateAllowed, validatorDefaults.windowsUpdateAllowed),
    wsusAllowed: stated(value?.wsusAllowed, validatorDefaults.wsusAllowed),
    assumed: [
      ...(policy === null ? (['enforcement'] as const) : []),
      ...(maximum === null ? (['maximumMinutes'] as const) : []),
      ...(minimum === null ? (['minimumRating'] as const) : []),
    ],
  };
}

/** The names among `names` that are assumed, for a finding's parameter `assumed`. */
export function assumedOf(
  settings: ValidatorSettings,
  names: readonly ValidatorSettings['assumed'][number][],
): readonly string[] {
  return settings.assumed.filter((name) => names.includes(name));
}

/** A field of a statement as a witness: its line, and its bytes with their place. */
export function fieldWitness(
  statement: Statement,
  node: StatementNode,
  says: string,
  parameters: Witness['parameters'] = {},
): Witness {
  const offset = `0x${node.offset.toString(16).toUpperCase().padStart(4, '0')}`;
  const quote = `${offset}: ${node.hex}`;
  return place(
    { ...statement.citation, line: node.line ?? statement.citation.line, quote },
    says,
    parameters,
  );
}

/** The policy as a witness, where there is one. */
export function policyWitness(settings: ValidatorSettings): readonly Witness[] {
  return settings.policy === null ? [] : [place(settings.policy.citation, 'nap-policy')];
}

type Outcome = Verdict | readonly Verdict[];

/** A rule that asks every statement of health in the bundle. */
export function statementRule(
  rule: Omit<Rule<'bundle'>, 'looksAt' | 'system' | 'check'> & {
    readonly check: (statement: Statement, evidence: Evidence) => Outcome;
    /** What the rule reads besides statements. */
    readonly checkRest?: (evidence: Evidence) => readonly Verdict[];
  },
): Rule<'bundle'> {
  const { check, checkRest, ...data } = rule;
  return defineRule({
    ...data,
    system: 'nap',
    looksAt: 'bundle',
    check(_, evidence) {
      const statements = evidence.facts('nap/statement');
      const rest = checkRest?.(evidence) ?? [];
      if (statements.length === 0) return rest.length > 0 ? rest : cannotTell('nap-statement');
      const verdicts = statements.flatMap((statement) => check(statement, evidence));
      return [...verdicts, ...rest];
    },
  });
}

/** A statement together with its security updates class; rules about that class begin here. */
export function securityOf(
  statement: Statement,
  check: (security: SecurityUpdatesState) => Outcome,
): Outcome {
  const { securityUpdates } = statement.value;
  return securityUpdates === null ? notApplicable : check(securityUpdates);
}

/** Decisions of policy servers about a device, in file order. */
export function decisionsOf(evidence: Evidence, device: string | null): readonly Decision[] {
  const key = evidence.deviceKey(device);
  return key === '' ? [] : decisionsOfDevice(evidence, key);
}

/** Asks something of a device once, however many of its statements want to know. */
export const oncePerDevice: <T>(
  ask: (evidence: Evidence, key: string) => T,
) => (evidence: Evidence, key: string) => T = oncePerKey;

const decisionsOfDevice = oncePerDevice((evidence, key) =>
  evidence.eventsOfDevice(key).filter((event): event is Decision => event.type === 'nap/decision'),
);

/** The code of the security updates in a decision; null when it states none. */
export function securityCode(decision: Decision): number | null {
  return decision.detail.validators.find((entry) => entry.validator === 'security-compliance')?.code ?? null;
}
