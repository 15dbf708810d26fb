import type { EventType, EvidenceEvent } from '../../domain/evidence.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { status } from '../../formats/nap/status-codes.ts';
import { cannotTell, consistent, found, notApplicable, place } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { fieldWitness, oncePerDevice, settingsFor, statementRule } from './view.ts';

type Failure = EvidenceEvent<'windows-update/install-failed'> | EvidenceEvent<'windows-update/check-failed'>;

/**
 * The validator tests only whether automatic updates are switched on (S4): a client whose updates fail
 * is compliant all the same.
 */
export const compliantButUpdatesFail = statementRule({
  id: 'nap/compliant-but-updates-fail',
  kind: 'contradiction',
  severity: 'high',
  needs: ['nap/statement', 'windows-update/event-log'],
  source: 'S4',
  check(statement, evidence) {
    const updates = statement.value.automaticUpdates;
    const mode = updates?.mode ?? null;
    if (updates === null || mode === null || mode < 2 || mode > 4) return notApplicable;
    const { device } = statement;
    if (device === null) return cannotTell('device-of-statement');
    const { failures, undecided } = openFailures(evidence, evidence.deviceKey(device));
    const [first] = failures;
    const last = failures.at(-1);
    if (first === undefined || last === undefined) {
      return undecided ? cannotTell('finer-times', device) : hasUpdateEvents(evidence, device);
    }
    return found({
      device,
      parameters: {
        mode: String(mode),
        byPolicy: updates.byPolicy,
        failures: failures.length,
        failureExitCode: last.detail.code,
        failedAt: atText(last.at),
        asOfAt: atText(statement.value.asOf),
      },
      witnesses: [
        fieldWitness(statement, updates.node, 'nap-automatic-updates', { mode: String(mode) }),
        ...(first === last ? [last] : [first, last]).map((failure) =>
          place(failure.citation, 'nap-update-failure', { failureExitCode: failure.detail.code }),
        ),
      ],
    });
  },
});

/** Switched off or never set up, and yet nothing is missing: the two checks disagree on the client's state (S4). */
export const upToDateButNoncompliant = statementRule({
  id: 'nap/up-to-date-but-noncompliant',
  kind: 'contradiction',
  severity: 'high',
  needs: ['nap/statement'],
  source: 'S4',
  check(statement, evidence) {
    const { automaticUpdates: updates, securityUpdates: security } = statement.value;
    if (updates === null || security === null) return notApplicable;
    if (!settingsFor(evidence, statement).autoUpdate) return consistent;
    const isOff = updates.mode === 1 || updates.mode === 5;
    if (!isOff || security.status !== status.noneMissing) return consistent;
    const parameters = { mode: String(updates.mode), statusExitCode: security.status };
    return found({
      device: statement.device,
      parameters: { ...parameters, byPolicy: updates.byPolicy, asOfAt: atText(statement.value.asOf) },
      witnesses: [
        fieldWitness(statement, updates.node, 'nap-automatic-updates', parameters),
        fieldWitness(statement, security.node, 'nap-security-status', parameters),
      ],
    });
  },
});

/** Failed installations and checks of a device that no later success settles. */
const openFailures = oncePerDevice(
  (evidence, deviceKey): { readonly failures: readonly Failure[]; readonly undecided: boolean } => {
    const all = evidence.eventsOfDevice(deviceKey);
    const of = <T extends EventType>(type: T): EvidenceEvent<T>[] =>
      all.filter((event): event is EvidenceEvent<T> => event.type === type);
    const installs = of('windows-update/install-failed');
    const checks = of('windows-update/check-failed');
    const installed = of('windows-update/installed');
    const found = of('windows-update/found');
    let undecided = false;
    const openOf = <T extends Failure>(failures: readonly T[], successes: readonly EvidenceEvent[]): T[] => {
      const times = new OrderedMoments(successes.map(({ at }) => at));
      const hasUndated = times.size < successes.length;
      return failures.filter(({ at }) => {
        if (at !== null && times.has({ at, is: ['after'] })) return false;
        const unclear =
          hasUndated || (at === null ? successes.length > 0 : times.has({ at, is: ['undecidable', 'same'] }));
        undecided ||= unclear;
        return !unclear;
      });
    };
    return {
      failures: [...openOf(installs, installed), ...openOf(checks, [...found, ...installed])],
      undecided,
    };
  },
);

/** Nothing failed, or nothing tells. */
function hasUpdateEvents(evidence: Evidence, device: string): ReturnType<typeof cannotTell> {
  const key = evidence.deviceKey(device);
  const any = evidence.eventsOfDevice(key).some((event) => event.type.startsWith('windows-update/'));
  return any ? consistent : cannotTell('windows-update-events', device);
}
