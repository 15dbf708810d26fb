import type { Citation, EvidenceEvent } from '../../domain/evidence.ts';
import type { Witness } from '../../domain/finding.ts';
import type { Moment } from '../../domain/moment.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { isFailure } from '../../formats/windows-update/result-codes.ts';
import { defineRule, found, notApplicable, place } from '../define-rule.ts';
import type { Verdict } from '../define-rule.ts';
import { atText } from '../parameters.ts';
import { placeOf } from './installs.ts';
import { extreme, isEventLog } from './relation.ts';

/** Reporting events that say that something failed: check, download, installation. */
const failedReports: ReadonlySet<number> = new Set([148, 161, 182]);

/** WindowsUpdateClient 20, 25 and 31. */
const failedEvents = [
  'windows-update/install-failed',
  'windows-update/check-failed',
  'windows-update/download-failed',
] as const;

/** What one member says of one code. */
interface Mention {
  readonly count: number;
  readonly first: { readonly at: Moment | null; readonly citation: Citation };
  readonly last: { readonly at: Moment | null; readonly citation: Citation };
}

interface CodeOnDevice {
  readonly device: string | null;
  readonly code: number;
  readonly mentions: Mention[];
}

/**
 * A failing code on an error line or in a failed event, once for each device and code. Which lines are
 * error lines is the formats' matter (`parsers/formats/windows-update/`): lines of the level Info in
 * CBS.log and most `*FAILED*` lines of a converted log carry failing codes in the best of health.
 */
export const errorCode = defineRule({
  id: 'windows-update/error-code',
  kind: 'fault',
  severity: 'high',
  system: 'windows-update',
  looksAt: 'bundle',
  needs: ['windows-update/log', 'windows-update/reporting-events', 'windows-update/event-log'],
  source: 'S1',
  check(_, evidence) {
    const codes = codesOnDevices(evidence);
    return codes.length === 0 ? notApplicable : codes.map((code) => judge(code, evidence));
  },
});

function judge({ device, code, mentions }: CodeOnDevice, evidence: Evidence): Verdict {
  const first = extreme(
    mentions.map((mention) => mention.first),
    'before',
    evidence,
  );
  const last = extreme(
    mentions.map((mention) => mention.last),
    'after',
    evidence,
  );
  return found({
    device,
    parameters: {
      exitCode: code,
      count: mentions.reduce((sum, mention) => sum + mention.count, 0),
      firstAt: atText(first?.at ?? null),
      lastAt: atText(last?.at ?? null),
    },
    witnesses: mentions.flatMap((mention) => witnessesOf(code, mention)),
  });
}

/** Of many lines in one file the first and the last are cited, and how many there are. */
function witnessesOf(code: number, { count, first, last }: Mention): readonly Witness[] {
  const cited = count === 1 ? [first] : [first, last];
  return cited.map(({ at, citation }) =>
    place(citation, 'error-code-line', { exitCode: code, count, loggedAt: atText(at) }),
  );
}

function codesOnDevices(evidence: Evidence): readonly CodeOnDevice[] {
  const codes = new Map<string, CodeOnDevice>();
  const mention = (
    stated: { readonly device: string | null; readonly citation: Citation },
    code: number,
    one: Mention,
  ): void => {
    if (!isFailure(code)) return;
    // A bundle that names no device at all is one machine's, as far as a count goes.
    const owner = evidence.devices.length === 0 ? '' : placeOf(evidence, stated);
    const key = `${owner}\0${code}`;
    const entry = codes.get(key) ?? { device: stated.device, code, mentions: [] };
    entry.mentions.push(one);
    codes.set(key, entry);
  };
  for (const fact of evidence.facts('windows-update/error-code')) {
    const { code, count, firstAt, lastAt, lastCitation } = fact.value;
    const first = { at: firstAt, citation: fact.citation };
    mention(fact, code, { count, first, last: { at: lastAt, citation: lastCitation } });
  }
  for (const { events, code } of byMemberAndCode(failedStatements(evidence), evidence)) {
    const first = extreme(events, 'before', evidence);
    const last = extreme(events, 'after', evidence);
    if (first !== undefined && last !== undefined)
      mention(first, code, { count: events.length, first, last });
  }
  return [...codes.values()];
}

interface Statement {
  readonly event: EvidenceEvent;
  readonly code: number;
}

/** Failed reporting events, each once wherever it is quoted, and failed events of event logs. */
function failedStatements(evidence: Evidence): readonly Statement[] {
  const statements: Statement[] = [];
  const seen = new Set<string>();
  for (const event of evidence.events('windows-update/report')) {
    const { report, reportId, code } = event.detail;
    if (!failedReports.has(report) || code === null) continue;
    const key = `${placeOf(evidence, event)}\0${reportId ?? `${event.citation.member}:${String(event.citation.line)}`}`;
    if (seen.has(key)) continue;
    seen.add(key);
    statements.push({ event, code });
  }
  for (const type of failedEvents) {
    for (const event of evidence.events(type)) {
      // What logs and reports say under these names is counted there.
      if (event.detail.code !== null && isEventLog(event.citation, evidence)) {
        statements.push({ event, code: event.detail.code });
      }
    }
  }
  return statements;
}

function byMemberAndCode(
  statements: readonly Statement[],
  evidence: Evidence,
): readonly { readonly events: readonly EvidenceEvent[]; readonly code: number }[] {
  const groups = new Map<string, { readonly events: EvidenceEvent[]; readonly code: number }>();
  for (const { event, code } of statements) {
    const key = `${placeOf(evidence, event)}\0${event.citation.member}\0${code}`;
    const entry = groups.get(key) ?? { events: [], code };
    entry.events.push(event);
    groups.set(key, entry);
  }
  return [...groups.values()];
}
