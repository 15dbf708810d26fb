import { groupBy } from '../../domain/group-by.ts';
import type { EvidenceEvent } from '../../domain/evidence.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { cannotTell, defineRule, found, notApplicable, place, type Verdict } from '../define-rule.ts';
import { timeText } from '../parameters.ts';
import { mostCited, spanOf, uniquePlaces } from './view.ts';

type Status = EvidenceEvent<'deep-security/status'>;

/** A component that should be put in place is there already: a damaged one was left behind (S3). */
export const fileExists = defineRule({
  id: 'deep-security/file-exists',
  kind: 'fault',
  severity: 'critical',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/iau-log'],
  source: 'S3',
  check(_bundle, evidence) {
    return perFile(evidence, 'IAU_STATUS_FILE_EXISTS');
  },
});

/** The relay module could not be used at all: the same damage seen from an agent (S3). */
export const relayNotAvailable = defineRule({
  id: 'deep-security/relay-not-available',
  kind: 'fault',
  severity: 'high',
  system: 'deep-security',
  looksAt: 'bundle',
  needs: ['deep-security/iau-log', 'deep-security/iaurelay-log', 'deep-security/system-events'],
  source: 'S3',
  check(_bundle, evidence) {
    return perFile(evidence, 'IAURELAY_STATUS_NOT_AVAILABLE');
  },
});

/** One finding per device and file, however often it was logged. A bare symbol joins the file of its device. */
function perFile(evidence: Evidence, symbol: string): Verdict | readonly Verdict[] {
  const seen = uniquePlaces(
    evidence.events('deep-security/status').filter((event) => event.detail.symbol === symbol),
  );
  if (seen.length === 0) {
    const logs = evidence.members.some(
      ({ kind }) => kind !== null && /^deep-security\/(?:iau|iaurelay)-log$|system-events$/u.test(kind),
    );
    return logs ? notApplicable : cannotTell('ds-logs');
  }
  return [...groupBy(seen, (event) => evidence.deviceKey(event.device)).values()].flatMap((ofDevice) => {
    const named = groupBy(ofDevice, (event) => event.detail.path2);
    const bare = named.get(null) ?? [];
    named.delete(null);
    if (named.size === 0) return [statusFinding(bare)];
    return [...named.values()].map((group, index) =>
      statusFinding(index === 0 ? [...group, ...bare] : group),
    );
  });
}

function statusFinding(group: readonly Status[]): Verdict {
  const { first, last } = spanOf(group);
  const best = group.find((event) => event.detail.code !== null) ?? group[0];
  const detail = best?.detail;
  return found({
    device: best?.device ?? null,
    parameters: {
      symbol: detail?.symbol ?? null,
      code: detail?.code === undefined || detail.code === null ? null : String(detail.code),
      codeHexadecimal:
        detail === undefined || detail.code === null || detail.severity === null
          ? null
          : hexadecimal(detail.code),
      codeSeverity: numberText(detail?.severity),
      codeCategory: numberText(detail?.category),
      codeDetail: numberText(detail?.detail),
      file: detail?.path2 ?? null,
      otherFile: detail?.path1 ?? null,
      count: group.length,
      firstAt: first === null ? null : timeText(first),
      lastAt: last === null ? null : timeText(last),
    },
    witnesses: group
      .slice(0, mostCited)
      .map((event) =>
        place(event.citation, 'ds-status', { symbol: event.detail.symbol, file: event.detail.path2 }),
      ),
  });
}

function hexadecimal(code: number): string {
  return `0x${(code < 0 ? code + 2 ** 32 : code).toString(16).toUpperCase().padStart(8, '0')}`;
}

function numberText(value: number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
