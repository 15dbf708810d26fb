import type { SecurityUpdatesState } from '../../formats/nap/facts.ts';
import {
  clientErrors,
  isErrorStatus,
  severityMask,
  severityNames,
  sourceBits,
  sourceErrors,
  status,
} from '../../formats/nap/status-codes.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { cannotTell, consistent, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import {
  assumedOf,
  fieldWitness,
  policyWitness,
  securityCode,
  securityOf,
  settingsFor,
  statementRule,
} from './view.ts';
import type { Decision, Statement, ValidatorSettings } from './view.ts';

/**
 * The last synchronisation is longer ago than the validator allows. At exactly the maximum the
 * specification passes (MS-WSH 3.3.5) and the guide says "22 hours or more": silent, and both are named.
 */
export const synchronisedTooLongAgo = statementRule({
  id: 'nap/synchronised-too-long-ago',
  kind: 'fault',
  severity: 'high',
  needs: ['nap/statement'],
  source: 'S4, src',
  check: (statement, evidence) =>
    securityOf(statement, (security) => {
      if (isErrorStatus(security.status)) return notApplicable;
      const settings = settingsFor(evidence, statement);
      if (!settings.enforceUpdates) return consistent;
      if (security.duration === null) return cannotTell('sync-duration', statement.device);
      const { node, seconds } = security.duration;
      if (seconds <= settings.maximum) return consistent;
      return found({
        device: statement.device,
        parameters: {
          sinceMinutes: seconds / 60,
          maximumMinutes: settings.maximum / 60,
          asOfAt: atText(statement.value.asOf),
          assumed: assumedOf(settings, ['maximumMinutes', 'enforcement']),
        },
        witnesses: [
          fieldWitness(statement, node, 'nap-duration', { sinceMinutes: seconds / 60 }),
          ...policyWitness(settings),
        ],
      });
    }),
});

/** Updates are missing whose severity the policy demands (S4: "and above"; the specification compares with ">"). */
export const missingUpdatesAboveThreshold = statementRule({
  id: 'nap/missing-updates-above-threshold',
  kind: 'fault',
  severity: 'high',
  needs: ['nap/statement'],
  source: 'S4, src',
  check: (statement, evidence) => missingUpdates(statement, evidence, true),
});

/** Updates are missing, but none of a severity that the policy demands. */
export const missingUpdatesBelowThreshold = statementRule({
  id: 'nap/missing-updates-below-threshold',
  kind: 'note',
  severity: 'info',
  needs: ['nap/statement'],
  source: 'S4, src',
  check: (statement, evidence) => missingUpdates(statement, evidence, false),
});

function missingUpdates(
  statement: Statement,
  evidence: Evidence,
  above: boolean,
): Verdict | readonly Verdict[] {
  return securityOf(statement, (security) => {
    if (security.status !== status.missing) return notApplicable;
    const settings = settingsFor(evidence, statement);
    if (!settings.enforceUpdates) return consistent;
    const severity = (security.flags?.bits ?? 0) & severityMask;
    if (security.flags === null || severity === 0) return cannotTell('updates-severity', statement.device);
    if (severity >= settings.minimumSeverity !== above) return consistent;
    return found({
      device: statement.device,
      parameters: {
        rating: ratingOf(severity),
        minimumRating: ratingOf(settings.minimumSeverity),
        equal: severity === settings.minimumSeverity,
        asOfAt: atText(statement.value.asOf),
        assumed: assumedOf(settings, ['minimumRating', 'enforcement']),
      },
      witnesses: [
        fieldWitness(statement, security.node, 'nap-security-status', { statusExitCode: security.status }),
        fieldWitness(statement, security.flags.node, 'nap-updates-flag', { rating: ratingOf(severity) }),
        ...policyWitness(settings),
      ],
    });
  });
}

/** The name of the highest severity bit. */
function ratingOf(bits: number): string {
  return severityNames.findLast(([bit]) => (bits & bit) !== 0)?.[1] ?? 'unspecified';
}

/** The client gets its updates from nowhere, or from where the policy does not allow. Microsoft Update always passes. */
export const sourceNotAllowed = statementRule({
  id: 'nap/source-not-allowed',
  kind: 'fault',
  severity: 'high',
  needs: ['nap/statement', 'nap/policy'],
  source: 'S4, src',
  check: (statement, evidence) =>
    securityOf(statement, (security) => {
      if (security.flags === null) return notApplicable;
      const settings = settingsFor(evidence, statement);
      if (!settings.enforceUpdates) return consistent;
      const { bits, node } = security.flags;
      const sources = sourcesOf(bits);
      if (sources.length > 0) {
        if ((bits & sourceBits.microsoftUpdate) !== 0) return consistent;
        if (settings.policy === null) return cannotTell('validator-policy', statement.device);
        if (isAllowed(bits, settings)) return consistent;
      }
      return found({
        device: statement.device,
        parameters: {
          reason: sources.length === 0 ? 'no-source' : 'not-allowed',
          sources,
          windowsUpdateAllowed: settings.windowsUpdateAllowed,
          wsusAllowed: settings.wsusAllowed,
          asOfAt: atText(statement.value.asOf),
          assumed: assumedOf(settings, ['enforcement']),
        },
        witnesses: [
          fieldWitness(statement, node, 'nap-update-sources', { sources }),
          ...policyWitness(settings),
        ],
      });
    }),
  checkRest: (evidence) =>
    decidedWith(evidence, (code) => sourceErrors.has(code)).map(({ decision, code }) =>
      found({
        device: decision.device,
        parameters: {
          reason: 'decision',
          sources: [],
          windowsUpdateAllowed: null,
          wsusAllowed: null,
          asOfAt: atText(decision.at),
          statusExitCode: code,
          assumed: [],
        },
        witnesses: [place(decision.citation, 'nap-decision-code', { statusExitCode: code })],
      }),
    ),
});

function sourcesOf(bits: number): readonly string[] {
  return [
    ...((bits & sourceBits.windowsUpdate) === 0 ? [] : ['Windows Update']),
    ...((bits & sourceBits.wsus) === 0 ? [] : ['WSUS']),
    ...((bits & sourceBits.microsoftUpdate) === 0 ? [] : ['Microsoft Update']),
  ];
}

function isAllowed(bits: number, settings: ValidatorSettings): boolean {
  return (
    ((bits & sourceBits.windowsUpdate) !== 0 && settings.windowsUpdateAllowed) ||
    ((bits & sourceBits.wsus) !== 0 && settings.wsusAllowed)
  );
}

/** The client's own error: no WSUS server, no client id, service disabled, no answer from the update agent. */
export const clientErrorStatus = statementRule({
  id: 'nap/client-error-status',
  kind: 'fault',
  severity: 'high',
  needs: ['nap/statement'],
  source: 'S4, src',
  check: (statement, evidence) =>
    securityOf(statement, (security) => {
      if (!clientErrors.has(security.status)) return consistent;
      if (!settingsFor(evidence, statement).enforceUpdates) return consistent;
      return found({
        device: statement.device,
        parameters: clientErrorParameters(security.status, atText(statement.value.asOf), evidence, statement),
        witnesses: [
          fieldWitness(statement, security.node, 'nap-security-status', { statusExitCode: security.status }),
        ],
      });
    }),
  checkRest: (evidence) =>
    decidedWith(evidence, (code) => clientErrors.has(code)).map(({ decision, code }) =>
      found({
        device: decision.device,
        parameters: clientErrorParameters(code, atText(decision.at), evidence, null),
        witnesses: [place(decision.citation, 'nap-decision-code', { statusExitCode: code })],
      }),
    ),
});

function clientErrorParameters(
  code: number,
  asOfAt: string | null,
  evidence: Evidence,
  statement: Statement | null,
): Readonly<Record<string, string | number | boolean | null | readonly string[]>> {
  return {
    statusExitCode: code,
    noServer: code === status.noWsusServer,
    asOfAt,
    assumed: assumedOf(settingsFor(evidence, statement), ['enforcement']),
  };
}

/** Values that belong to a status without error stand behind one (MS-WSH 2.2.10 to 2.2.12: "not used"). */
export const fieldsAfterErrorStatus = statementRule({
  id: 'nap/fields-after-error-status',
  kind: 'contradiction',
  severity: 'high',
  needs: ['nap/statement'],
  source: 'src',
  check: (statement) =>
    securityOf(statement, (security) => {
      if (!isErrorStatus(security.status)) return consistent;
      // There the guide lets the evaluation go on, with the values.
      if (security.status === status.noWsusServer) return consistent;
      const present = presentFields(security);
      if (present.length === 0) return consistent;
      return found({
        device: statement.device,
        parameters: {
          statusExitCode: security.status,
          fields: present.map(({ name }) => name),
          asOfAt: atText(statement.value.asOf),
        },
        witnesses: [
          fieldWitness(statement, security.node, 'nap-security-status', { statusExitCode: security.status }),
          ...present.map(({ node, name }) => fieldWitness(statement, node, 'nap-field-present', { name })),
        ],
      });
    }),
});

function presentFields(
  security: SecurityUpdatesState,
): readonly { readonly node: SecurityUpdatesState['node']; readonly name: string }[] {
  return [
    ...(security.duration === null ? [] : [{ node: security.duration.node, name: 'DurationSinceLastSynch' }]),
    ...(security.server === null ? [] : [{ node: security.server.node, name: 'WSUSServerName' }]),
    ...(security.flags === null ? [] : [{ node: security.flags.node, name: 'UpdatesFlag' }]),
  ];
}

/** The statement names WSUS as its source; the client's log says that no server is set. */
export const wsusClaimContradictsLog = statementRule({
  id: 'nap/wsus-claim-contradicts-log',
  kind: 'contradiction',
  severity: 'medium',
  needs: ['nap/statement', 'windows-update/log'],
  source: 'S4, src',
  check: (statement, evidence) =>
    securityOf(statement, (security) => {
      if (security.flags === null || (security.flags.bits & sourceBits.wsus) === 0) return notApplicable;
      const { device } = statement;
      const key = evidence.deviceKey(device);
      const stated = evidence
        .facts('windows-update/wsus-server')
        .filter((fact) => key !== '' && evidence.deviceKey(fact.device) === key);
      if (stated.length === 0) return cannotTell('windows-update-log', device);
      const without = stated.find((fact) => fact.value.server === null);
      // A log that names a server as well tells of a change, not of a contradiction.
      if (without === undefined || stated.some((fact) => fact.value.server !== null)) return consistent;
      return found({
        device,
        parameters: { server: security.server?.name || null, asOfAt: atText(statement.value.asOf) },
        witnesses: [
          fieldWitness(statement, security.flags.node, 'nap-update-sources', {
            sources: sourcesOf(security.flags.bits),
          }),
          place(without.citation, 'nap-no-wsus-server'),
        ],
      });
    }),
});

/** Decisions whose codes for security updates hold a wanted one; once per device and code. */
function decidedWith(
  evidence: Evidence,
  isWanted: (code: number) => boolean,
): readonly { readonly decision: Decision; readonly code: number }[] {
  if (!settingsFor(evidence, null).enforceUpdates) return [];
  const seen = new Set<string>();
  return evidence.events('nap/decision').flatMap((decision) => {
    const code = securityCode(decision);
    if (code === null || !isWanted(code)) return [];
    const key = `${evidence.deviceKey(decision.device)} ${code}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ decision, code }];
  });
}
