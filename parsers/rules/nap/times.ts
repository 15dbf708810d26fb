import type { EvidenceEvent } from '../../domain/evidence.ts';
import { distance, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { OrderedMoments } from '../../domain/ordered-moments.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { status } from '../../formats/nap/status-codes.ts';
import { assumedFor } from '../assumptions.ts';
import { cannotTell, consistent, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText, minutesBetween, whyUndecidable } from '../parameters.ts';
import {
  assumedOf,
  decisionsOf,
  fieldWitness,
  oncePerDevice,
  policyWitness,
  securityCode,
  securityOf,
  settingsFor,
  statementRule,
} from './view.ts';
import type { Decision, Statement } from './view.ts';

/**
 * A client with full access whose last synchronisation has grown too old since: nothing asks a healthy
 * client again (S4). Its age is the duration in the statement and the time since; the time of the file
 * is the latest at which the statement can have been made, so the age found is the least possible.
 */
export const admittedWhileStale = statementRule({
  id: 'nap/admitted-while-stale',
  kind: 'contradiction',
  severity: 'medium',
  needs: ['nap/statement', 'nap/policy-server-events'],
  source: 'S4',
  check: (statement, evidence) =>
    securityOf(statement, (security) => {
      const settings = settingsFor(evidence, statement);
      if (!settings.enforceUpdates) return consistent;
      const { duration } = security;
      if (security.status !== status.noneMissing || duration === null) return notApplicable;
      // Too old from the start: another rule speaks of that.
      if (duration.seconds > settings.maximum) return notApplicable;
      const { device } = statement;
      const decision = decisionsOf(evidence, device).at(-1);
      if (decision === undefined) return cannotTell('policy-server-log', device);
      if (decision.detail.decision !== 'full-access') return consistent;
      const made = madeAt(statement, evidence);
      if (made === 'newer') return consistent;
      if (made === null) return cannotTell('statement-time', device);
      const now = latestOf(evidence, device, made);
      if (now === null) return cannotTell('clock-offset', device);
      const age = duration.seconds + now.milliseconds / 1000;
      if (age <= settings.maximum) return consistent;
      return found({
        device,
        parameters: {
          ageMinutes: age / 60,
          maximumMinutes: settings.maximum / 60,
          sinceMinutes: duration.seconds / 60,
          asOfAt: atText(made),
          nowAt: atText(now.at),
          decidedAt: atText(decision.at),
          assumed: assumedOf(settings, ['maximumMinutes', 'enforcement']),
        },
        witnesses: [
          fieldWitness(statement, duration.node, 'nap-duration', { sinceMinutes: duration.seconds / 60 }),
          place(decision.citation, 'nap-decision', { decision: decision.detail.decision }),
          ...policyWitness(settings),
        ],
      });
    }),
});

/**
 * When the statement was made: the client's last event of handing one over, else the time of the file.
 * `newer` when such an event is later than the file: then another statement has followed.
 */
function madeAt(statement: Statement, evidence: Evidence): Moment | 'newer' | null {
  const key = evidence.deviceKey(statement.device);
  const { asOf } = statement.value;
  const { times, latest } = handedOver(evidence, key);
  if (asOf !== null && times.has({ at: asOf, is: ['after'] })) return 'newer';
  return latest ?? asOf;
}

/** When a client handed statements over. */
const handedOver = oncePerDevice((evidence, key) => {
  const all = evidence.eventsOfDevice(key);
  let latest: Moment | null = null;
  const times: Moment[] = [];
  for (const type of ['nap/statement-received', 'nap/statement-sent']) {
    for (const event of all) {
      if (event.type !== type || event.at === null) continue;
      times.push(event.at);
      if (latest === null || order(latest, event.at) === 'before') latest = event.at;
    }
  }
  return { times: new OrderedMoments(times), latest };
});

/** The latest moment known of the policy server or the device, and how long after `since` it is. */
function latestOf(
  evidence: Evidence,
  device: string | null,
  since: Moment,
): { readonly at: Moment; readonly milliseconds: number } | null {
  const moments = [
    evidence.latest('policy-server', ''),
    evidence.latest('device', evidence.deviceKey(device)),
  ];
  const reached = moments.flatMap((at) => {
    const milliseconds = at === null ? null : distance(since, at);
    return at === null || milliseconds === null ? [] : [{ at, milliseconds }];
  });
  return reached.sort((a, b) => b.milliseconds - a.milliseconds)[0] ?? null;
}

/** How long after a start the last statement from before it may still be the one in use (S4: "soon after"). */
const afterBootMinutes = 10;

/**
 * Soon after a start the Windows Update service has not begun yet and the last statement from before
 * the shutdown is used (S4); the status 0x00FF0008 says the same.
 */
export const cachedStatementAfterBoot = statementRule({
  id: 'nap/cached-statement-after-boot',
  kind: 'note',
  severity: 'medium',
  needs: ['nap/statement', 'nap/policy-server-events', 'boot'],
  assumes: { afterBootMinutes },
  source: 'S4',
  check: (statement) => {
    const { automaticUpdates, securityUpdates } = statement.value;
    const state = [securityUpdates, automaticUpdates].find(
      (one) => one?.status === status.notStartedSinceBoot,
    );
    if (state === undefined || state === null) return consistent;
    return found({
      device: statement.device,
      parameters: {
        reason: 'status',
        statusExitCode: state.status,
        asOfAt: atText(statement.value.asOf),
        decisions: 0,
        bootAt: null,
        decidedAt: null,
        apartMinutes: null,
        assumed: [],
      },
      witnesses: [
        fieldWitness(statement, state.node, 'nap-security-status', { statusExitCode: state.status }),
      ],
    });
  },
  checkRest: (evidence) => evidence.devices.flatMap(({ key, name }) => decidedAfterBoot(evidence, key, name)),
});

function decidedAfterBoot(evidence: Evidence, deviceKey: string, device: string): readonly Verdict[] {
  const decisions = decisionsOf(evidence, device).filter((decision) => decision.at !== null);
  if (decisions.length === 0) return [];
  const { dated: boots, times } = bootsOf(evidence, deviceKey);
  const { afterBootMinutes: minutes } = assumedFor(evidence, 'nap/cached-statement-after-boot', {
    afterBootMinutes,
  });
  const hits: { readonly decision: Decision; readonly boot: EvidenceEvent }[] = [];
  for (const decision of decisions) {
    if (decision.at === null) continue;
    const nearest = times.first({
      at: decision.at,
      is: ['before', 'same', 'undecidable'],
      atLeast: -minutes * 60_000,
      atMost: 0,
    });
    const boot = nearest === null ? undefined : boots[nearest];
    if (boot !== undefined) hits.push({ decision, boot });
  }
  const [first] = hits;
  if (first === undefined) {
    if (boots.length === 0) return [cannotTell('boot-events', device)];
    const reason = firstUnclear(decisions, boots, times);
    return [reason === null ? consistent : cannotTell(reason, device)];
  }
  const { boot, decision } = first;
  return [
    found({
      device,
      parameters: {
        reason: 'decision',
        statusExitCode: null,
        asOfAt: null,
        decisions: hits.length,
        bootAt: atText(boot.at),
        decidedAt: atText(decision.at),
        apartMinutes: boot.at === null || decision.at === null ? null : minutesBetween(boot.at, decision.at),
        windowMinutes: minutes,
        assumed: ['windowMinutes'],
      },
      witnesses: [
        place(boot.citation, 'nap-boot', { bootAt: atText(boot.at) }),
        place(decision.citation, 'nap-decision', { decision: decision.detail.decision }),
      ],
    }),
  ];
}

/** What is missing for the first decision that shares no scale with a start that may be before it. */
function firstUnclear(
  decisions: readonly Decision[],
  boots: readonly EvidenceEvent[],
  times: OrderedMoments,
): string | null {
  for (const { at } of decisions) {
    if (at === null) continue;
    for (const nth of times.firstFew(mostUnclear, { at, is: ['undecidable'] })) {
      const boot = boots[nth]?.at ?? null;
      // On one scale they are near or they are not; without one they may be either.
      if (boot !== null && distance(boot, at) === null) return whyUndecidable(boot, at);
    }
  }
  return null;
}

/** Starts of which it is asked why their order is not known. */
const mostUnclear = 20;

const noBoots: Boots = { all: [], dated: [], times: new OrderedMoments([]) };

interface Boots {
  readonly all: readonly EvidenceEvent[];
  readonly dated: readonly EvidenceEvent[];
  /** Of the dated ones. */
  readonly times: OrderedMoments;
}

const bootsOf = oncePerDevice((evidence, key): Boots => {
  const all = evidence.eventsOfDevice(key).filter((event) => event.type === 'boot');
  const dated = all.filter(({ at }) => at !== null);
  return { all, dated, times: new OrderedMoments(dated.map(({ at }) => at)) };
});

/** Updates are installed and wait for a restart that nothing shows (0xC0FF0010). */
export const restartRequired = statementRule({
  id: 'nap/restart-required',
  kind: 'fault',
  severity: 'high',
  needs: ['nap/statement', 'boot'],
  source: 'S4, src',
  check: (statement, evidence) =>
    securityOf(statement, (security) => {
      if (security.status !== status.restartRequired) return consistent;
      if (!settingsFor(evidence, statement).enforceUpdates) return consistent;
      const witness = fieldWitness(statement, security.node, 'nap-security-status', {
        statusExitCode: security.status,
      });
      return unlessBooted(evidence, statement.device, statement.value.asOf, witness);
    }),
  checkRest: (evidence) => {
    if (!settingsFor(evidence, null).enforceUpdates) return [];
    // The last decision of each device counts: an earlier one may be settled by it.
    const last = new Map<string, Decision>();
    for (const decision of evidence.events('nap/decision'))
      last.set(evidence.deviceKey(decision.device), decision);
    return [...last.values()]
      .filter((decision) => securityCode(decision) === status.restartRequired)
      .map((decision) =>
        unlessBooted(
          evidence,
          decision.device,
          decision.at,
          place(decision.citation, 'nap-decision-code', { statusExitCode: status.restartRequired }),
        ),
      );
  },
});

function unlessBooted(
  evidence: Evidence,
  device: string | null,
  since: Moment | null,
  witness: ReturnType<typeof place>,
): Verdict {
  const key = evidence.deviceKey(device);
  const { all, dated, times } = key === '' ? noBoots : bootsOf(evidence, key);
  if (all.length > 0 && since === null) return cannotTell('statement-time', device);
  if (since !== null && times.has({ at: since, is: ['after'] })) return consistent;
  if (
    dated.length < all.length ||
    (since !== null && times.has({ at: since, is: ['undecidable', 'same'] }))
  ) {
    return cannotTell('restart-order', device);
  }
  return found({
    device,
    parameters: {
      statusExitCode: status.restartRequired,
      asOfAt: atText(since),
      boots: all.length,
      assumed: assumedOf(settingsFor(evidence, null), ['enforcement']),
    },
    witnesses: [witness],
  });
}
