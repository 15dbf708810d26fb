import type { DeviceRow, FindingGroup, Locale, Overview } from '../../preload/contract/shapes.ts';
import { countStates } from '../domain/evidence.ts';
import type { Finding, Severity } from '../domain/finding.ts';
import { severities } from '../domain/finding.ts';
import { isMoment } from '../domain/moment.ts';
import type { At, Moment } from '../domain/moment.ts';
import { plausible } from '../evidence/line-index.ts';
import { requestText } from '../report/request-text.ts';
import type { Wording } from '../report/wording.ts';
import { zoneStatements } from '../report/zone-statements.ts';
import { citationView, momentView } from './rows.ts';
import type { Snapshot } from './session.ts';
import { wordsOf } from './words.ts';
import { oncePerKey } from '../domain/once.ts';

/** Everything that triage and the head line show, in one answer; made once for what was read so far. */
export const overview = oncePerKey(makeOverview);

function makeOverview(snapshot: Snapshot, locale: Locale): Overview {
  const words = wordsOf(locale);
  const { wording } = words;
  const { analysis } = snapshot;
  const { evidence, findings } = analysis;
  const zones = zoneStatements(analysis, words, snapshot.zone);
  return {
    bundle: analysis.bundle,
    systems: [...evidence.systems].sort(),
    devices: deviceRows(snapshot),
    records: evidence.records.length,
    recordsWithFindings: snapshot.findingsOfRecord.size,
    runs: evidence.runs.length,
    lines: analysis.lines,
    members: memberCounts(snapshot),
    warnings: evidence.members.reduce((sum, member) => sum + member.warnings, 0),
    span: spanOf(snapshot),
    readMilliseconds: snapshot.readMilliseconds,
    findings: {
      total: findings.length,
      critical: countSeverity(findings, 'critical'),
      high: countSeverity(findings, 'high'),
      medium: countSeverity(findings, 'medium'),
      info: countSeverity(findings, 'info'),
      contradictions: findings.filter((finding) => finding.kind === 'contradiction').length,
    },
    groups: groupFindings(findings, wording),
    undecided: analysis.undecided.map((entry) => ({
      rule: entry.rule,
      title: wording.ruleName(entry.rule),
      device: entry.device,
      patch: entry.patch,
      missing: wording.missing(entry.missing, entry.parameters),
    })),
    coverage: evidence.coverage.map((item) => ({
      system: item.system,
      item: item.item,
      name: wording.evidenceItem(item.item).name,
      state: item.state,
      members: item.members.slice(0, sentMembers),
      count: item.members.length,
    })),
    request: {
      en: requestText(analysis.bundle.name, evidence.coverage, wordsOf('en')),
      ja: requestText(analysis.bundle.name, evidence.coverage, wordsOf('ja')),
    },
    counts: analysis.counts,
    scale: [...analysis.scale],
    zones: zones.short === '' ? [] : [zones.short],
    zoneUnknown: zones.unknown || hasUnknownLines(snapshot),
    tool: analysis.tool,
    ...(analysis.packs.length === 0
      ? {}
      : {
          packs: analysis.packs.map((pack) => ({
            ...pack,
            assume: pack.assume.map((one) => ({ ...one })),
            off: pack.off.map(({ rule, reason }) => ({ rule, title: wording.ruleName(rule), reason })),
          })),
        }),
  };
}

function countSeverity(findings: readonly Finding[], severity: Severity): number {
  return findings.reduce((sum, finding) => sum + (finding.severity === severity ? 1 : 0), 0);
}

function memberCounts(snapshot: Snapshot): Overview['members'] {
  const { members } = snapshot.analysis.evidence;
  return { total: members.length, ...countStates(members) };
}

/** Members of a kind of evidence that are sent along. */
const sentMembers = 200;

/** Ids of a group that are sent along; the rest is asked for by filter. */
const sentIds = 200;

function groupFindings(findings: readonly Finding[], wording: Wording): FindingGroup[] {
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = byRule.get(finding.rule);
    if (group === undefined) byRule.set(finding.rule, [finding]);
    else group.push(finding);
  }
  return [...byRule].flatMap(([rule, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const { title, explanation, advice } = wording.finding(first);
    const citation = first.witnesses[0]?.citation;
    return [
      {
        rule,
        kind: first.kind,
        severity: first.severity,
        title: group.length === 1 ? title : wording.ruleName(rule),
        example: explanation,
        advice,
        citation: citation === undefined ? null : citationView(citation),
        findings: group.slice(0, sentIds).map((finding) => finding.id),
        count: group.length,
        devices: distinct(group.map((finding) => finding.device)),
        patches: distinct(group.map((finding) => finding.patch)),
      },
    ];
  });
}

function distinct(values: readonly (string | null)[]): number {
  return new Set(values.filter((value) => value !== null)).size;
}

function deviceRows(snapshot: Snapshot): DeviceRow[] {
  const { evidence, findings } = snapshot.analysis;
  const counts = new Map<string, { critical: number; high: number; medium: number; info: number }>();
  for (const finding of findings) {
    if (finding.device === null) continue;
    const key = evidence.deviceKey(finding.device);
    const count = counts.get(key) ?? { critical: 0, high: 0, medium: 0, info: 0 };
    count[finding.severity] += 1;
    counts.set(key, count);
  }
  const rows = evidence.devices.map((device) => {
    const found = counts.get(device.key) ?? { critical: 0, high: 0, medium: 0, info: 0 };
    return {
      name: device.name,
      key: device.key,
      aliases: [...device.aliases],
      systems: [...device.systems],
      records: evidence.recordsOfDevice(device.key).length,
      findings: found,
      worst: severities.find((severity) => found[severity] > 0) ?? null,
    };
  });
  const weight = (row: DeviceRow): number =>
    row.findings.critical * 1e9 + row.findings.high * 1e6 + row.findings.medium * 1e3 + row.findings.info;
  return rows.sort((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** From the first to the last plausible moment of records and log lines, by their place on the timeline. */
function spanOf(snapshot: Snapshot): Overview['span'] {
  const { analysis, lines } = snapshot;
  const span: { from: Moment | null; to: Moment | null } = { from: null, to: null };
  let fromScale = Number.POSITIVE_INFINITY;
  let toScale = Number.NEGATIVE_INFINITY;
  const note = (at: At): void => {
    if (!isMoment(at) || at.local < plausible.from || at.local > plausible.to) return;
    const scale = lines.scaleOfMoment(at);
    if (scale < fromScale) [span.from, fromScale] = [at, scale];
    if (scale > toScale) [span.to, toScale] = [at, scale];
  };
  for (const record of analysis.evidence.records) {
    note(record.detection.at);
    note(record.deployment.at);
  }
  if (lines.placed > 0) {
    note(firstTimed(snapshot, 0, 1));
    note(firstTimed(snapshot, lines.placed - 1, -1));
  }
  const { from, to } = span;
  return from === null || to === null ? null : { from: momentView(from), to: momentView(to) };
}

/** The nearest line with a plausible time from a position of the merged order on. */
function firstTimed(snapshot: Snapshot, from: number, step: 1 | -1): Moment | null {
  const { lines } = snapshot;
  for (let at = from; at >= 0 && at < lines.placed && Math.abs(at - from) < 10_000; at += step) {
    const moment = lines.momentOf(lines.idAt(at));
    if (moment !== null && moment.local >= plausible.from && moment.local <= plausible.to) return moment;
  }
  return null;
}

/** Logs whose lines state no offset and of which nothing tells one. */
function hasUnknownLines(snapshot: Snapshot): boolean {
  return snapshot.drafts.some(
    (draft, position) =>
      draft.timeline !== 'none' &&
      (draft.lines?.timed ?? 0) > 0 &&
      draft.lines?.offsetTable.length === 1 &&
      snapshot.zones[position]?.source === 'unknown',
  );
}
