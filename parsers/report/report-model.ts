import type {
  Citation,
  CoverageState,
  EvidenceWarning,
  Member,
  MemberState,
  PatchRecord,
  Run,
  SystemId,
} from '../domain/evidence.ts';
import { countStates } from '../domain/evidence.ts';
import type { Annotation } from '../domain/annotation.ts';
import { severities } from '../domain/finding.ts';
import type { Finding, FindingKind, Severity, Undecided, Witness } from '../domain/finding.ts';
import { distance, isMoment } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import { partedByMutes } from '../domain/mute.ts';
import type { Mute } from '../domain/mute.ts';
import { formatCode } from '../domain/numbers.ts';
import { wholeReport } from '../domain/report-choice.ts';
import type { ReportChoice } from '../domain/report-choice.ts';
import { familiesOfSystem } from '../codes/code-entry.ts';
import { decodeCode } from '../codes/decode-code.ts';
import type { Analysis, BundleIdentity, Counts, ScaleRow } from './analysis.ts';
import { annotationMoments, placeAnnotations } from './report-annotations.ts';
import type { PlacedAnnotation, PlacedAnnotations } from './report-annotations.ts';
import { statusesThatOccur } from './report-glossary.ts';
import type { ReportStatus } from './report-glossary.ts';
import { reportMatrix } from './report-matrix.ts';
import type { ReportMatrix } from './report-matrix.ts';
import { reportTimeline } from './report-timeline.ts';
import type { ReportTimeline } from './report-timeline.ts';
import { relatedLines } from './related-lines.ts';
import type { RelatedLine, TimelineLines } from './related-lines.ts';
import { requestText } from './request-text.ts';
import type { ReportWords } from './report-words.ts';
import type { Wording } from './wording.ts';
import { zoneStatements } from './zone-statements.ts';
import type { ZoneStatements } from './zone-statements.ts';

/** What the analyst and the case add to an analysis. */
export interface ReportContext {
  readonly caseName: string | null;
  readonly annotations: readonly Annotation[];
  readonly bookmarks?: readonly ReportBookmark[];
  /** What the analyst set aside; it is listed apart with its reasons. */
  readonly mutes?: readonly Mute[];
  /** What was chosen to stand in the report; without it everything does. */
  readonly choice?: ReportChoice;
  /** The case's log; null without a case. */
  readonly custody?: ReportCustody | null;
  /** IANA zone by which local times without one were read, or null. */
  readonly zone: string | null;
  /** The moment of a line of the merged timeline; without it, witnesses that are log lines show no time. */
  readonly lineMoment?: (member: string, line: number) => Moment | null;
  /** The merged timeline; without it, findings show no log lines beside their witnesses. */
  readonly lines?: TimelineLines;
}

export interface ReportBookmark {
  readonly member: string;
  /** Null for a row of a member that has no lines. */
  readonly line: number | null;
  readonly label: string;
}

/** The log of a case, as it stands in its file. */
export interface ReportCustody {
  readonly entries: readonly ReportLogEntry[];
  /** Position of the first entry that is not what it was when it was written (0-based), or null. */
  readonly broken: number | null;
}

export interface ReportLogEntry {
  readonly at: string;
  readonly what: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
  readonly hash: string;
}

/**
 * Everything that a report says, in words of one language and before any markup. Plain data: every text of the
 * bundle that a reader will see is a string in it.
 */
export interface ReportModel {
  readonly locale: Wording['locale'];
  readonly title: string;
  readonly choice: ReportChoice;
  readonly leftOut: LeftOut;
  /** Sentences that say by what the report is limited: filters, redaction. */
  readonly notice: readonly string[];
  readonly caseName: string | null;
  readonly bundle: BundleIdentity;
  readonly tool: { readonly version: string; readonly rules: string };
  readonly zones: ZoneStatements;
  readonly packs: Analysis['packs'];
  readonly overview: Overview;
  readonly counts: Counts;
  readonly scale: readonly ScaleRow[];
  readonly groups: readonly FindingGroup[];
  readonly devices: readonly DeviceSummary[];
  readonly matrix: ReportMatrix | null;
  /** The whole time, and the part of it where most happens. */
  readonly timeline: readonly ReportTimeline[];
  readonly findings: readonly ReportFinding[];
  /** Notes on rows and lines that no finding cites, and on findings that are no more. */
  readonly annotations: readonly PlacedAnnotation[];
  readonly bookmarks: readonly ReportBookmark[];
  readonly undecided: readonly UndecidedGroup[];
  readonly coverage: readonly ReportCoverage[];
  readonly request: string | null;
  readonly runs: readonly ReportRun[];
  readonly muted: readonly MutedFinding[];
  /** Mutes that cover no finding of this bundle. */
  readonly idleMutes: readonly Mute[];
  readonly statuses: readonly ReportStatus[];
  readonly codes: readonly ReportCode[];
  readonly members: readonly Member[];
  readonly custody: ReportCustody | null;
  readonly unread: readonly UnreadMember[];
  readonly warnings: readonly ReportWarning[];
}

/** What the report does not hold, by choice. */
export interface LeftOut {
  /** Findings that are neither muted nor in the report. */
  readonly findings: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Notes on those findings. */
  readonly notes: number;
  readonly muted: number;
}

/** A finding that the analyst set aside. */
export interface MutedFinding {
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly device: string | null;
  readonly patch: string | null;
  readonly title: string;
  readonly citation: Citation | null;
  readonly mute: Mute;
  readonly annotations: readonly PlacedAnnotation[];
}

/** A pass of a patching operation. */
export interface ReportRun {
  readonly system: SystemId;
  readonly device: string | null;
  readonly name: string;
  readonly operation: string | null;
  readonly outcome: Run['outcome'];
  readonly startedAt: Moment | null;
  readonly endedAt: Moment | null;
  readonly window: Run['window'];
  readonly attempts: number | null;
  readonly code: ReportCode | null;
  readonly reboot: string | null;
  readonly steps: readonly Pick<Run['steps'][number], 'name' | 'evidenced' | 'outcome'>[];
  readonly citation: Citation;
}

export interface Overview {
  readonly systems: readonly SystemId[];
  readonly devices: number;
  readonly records: number;
  readonly lines: number;
  readonly members: number;
  readonly membersByState: Readonly<Record<MemberState, number>>;
  readonly findings: number;
  readonly contradictions: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** First and last date that the evidence (not the log lines) speaks of. */
  readonly span: { readonly from: string; readonly to: string } | null;
  /** Whether anything of a known system was read at all. */
  readonly anyEvidence: boolean;
}

/** The findings of one rule and severity, for triage. */
export interface FindingGroup {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly title: string;
  readonly example: string;
  readonly citation: Citation | null;
  /** Positions in {@link ReportModel.findings}, 1-based. */
  readonly numbers: readonly number[];
  readonly devices: number;
  readonly patches: number;
}

export interface DeviceSummary {
  readonly name: string;
  readonly systems: readonly SystemId[];
  readonly records: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
}

export interface ReportFinding {
  /** 1-based position in the report. */
  readonly number: number;
  readonly id: string;
  readonly rule: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly system: SystemId | null;
  readonly device: string | null;
  readonly patch: string | null;
  readonly title: string;
  readonly explanation: string;
  readonly advice: string;
  readonly witnesses: readonly ReportWitness[];
  /** The times of the witnesses where two or more of them stand on one scale. */
  readonly span: TimeSpan | null;
  /** Log lines of the device next to those times. */
  readonly related: readonly RelatedLine[];
  readonly codes: readonly ReportCode[];
  readonly assumed: readonly string[];
  /** Numbers of findings that cite the same first place. */
  readonly together: readonly number[];
  readonly annotations: readonly PlacedAnnotation[];
}

export interface ReportWitness {
  readonly letter: string;
  /** What kind of evidence it is (`detection`), or null for a place without a name. */
  readonly name: string | null;
  readonly says: string;
  readonly at: Moment | null;
  readonly citation: Citation;
  /** The part of the quote that the witness is about, as it stands there; null when it is all of it. */
  readonly mark: string | null;
  readonly sha256: string | null;
}

/** Times on one scale. */
export interface TimeSpan {
  readonly marks: readonly TimeMark[];
  /** Milliseconds from the first to the last. */
  readonly length: number;
  readonly apart: string;
}

export interface TimeMark {
  /** Milliseconds after the first. */
  readonly offset: number;
  readonly time: string;
  /** Letters of the witnesses at this time, with their names. */
  readonly label: string;
}

export interface ReportCode {
  readonly code: number;
  readonly shown: string;
  readonly symbol: string | null;
  readonly meaning: string | null;
  readonly advice: string | null;
  readonly source: string | null;
}

export interface UndecidedGroup {
  readonly rule: string;
  readonly missing: string;
  /** `device, patch`; empty for the whole bundle. */
  readonly where: readonly string[];
  readonly count: number;
}

export interface ReportCoverage {
  readonly system: SystemId;
  readonly name: string;
  readonly state: CoverageState;
  readonly members: readonly string[];
}

export interface UnreadMember {
  readonly member: Member;
  readonly reason: string;
}

export interface ReportWarning {
  readonly warning: EvidenceWarning;
  readonly what: string;
}

/** The report of an analysis with what the analyst added, in the language of the wording. */
export function reportModel(analysis: Analysis, words: ReportWords, context: ReportContext): ReportModel {
  const { wording } = words;
  const { evidence } = analysis;
  const choice = context.choice ?? wholeReport;
  const mutes = context.mutes ?? [];
  const { heard, muted } = partedByMutes(analysis.findings, mutes);
  const held = chosenFindings(heard, choice, context.annotations);
  const placed = placeAnnotations(context.annotations, {
    numbers: new Map(held.map(({ id }, index) => [id, index + 1])),
    findings: [...held, ...muted.map(({ finding }) => finding)],
    known: new Set(analysis.findings.map(({ id }) => id)),
  });
  const together = findingsByFirstPlace(held);
  const findings = held.map((finding, index) =>
    reportFinding(finding, index + 1, { analysis, words, context, placed, together }),
  );
  const heldIds = new Set(held.map(({ id }) => id));
  const covering = new Set(muted.map(({ mute }) => mute));
  const shown = new Set(choice.sections);
  return {
    locale: words.locale,
    title: words.text('report.title', { bundle: analysis.bundle.name }),
    choice,
    leftOut: {
      findings: heard.length - held.length,
      bySeverity: countSeverities(heard.filter(({ id }) => !heldIds.has(id))),
      notes: placed.leftOut,
      muted: muted.length,
    },
    notice: [],
    caseName: context.caseName,
    bundle: analysis.bundle,
    tool: analysis.tool,
    packs: analysis.packs,
    zones: zoneStatements(analysis, words, context.zone),
    overview: overviewOf(analysis, held),
    counts: analysis.counts,
    scale: analysis.scale,
    groups: groupsOf(findings),
    devices: devicesOf(analysis, held),
    matrix: shown.has('matrix')
      ? reportMatrix(
          evidence,
          held.map((finding, index) => ({ ...finding, number: index + 1, records: recordsOf(finding) })),
        )
      : null,
    timeline: shown.has('timeline') ? timelineOf(analysis, held, findings, context) : [],
    findings,
    annotations: placed.free,
    bookmarks: context.bookmarks ?? [],
    undecided: undecidedGroups(analysis.undecided, words),
    coverage: evidence.coverage.map(({ system, item, state, members }) => ({
      system,
      name: wording.evidenceItem(item).name,
      state,
      members,
    })),
    request: requestText(analysis.bundle.name, evidence.coverage, words),
    runs: evidence.runs.map((run) => reportRun(run, words)),
    muted: muted.map(({ finding, mute }) => ({
      id: finding.id,
      rule: finding.rule,
      severity: finding.severity,
      device: finding.device,
      patch: finding.patch,
      title: wording.finding(finding).title,
      citation: finding.witnesses[0]?.citation ?? null,
      mute,
      annotations: placed.byFinding.get(finding.id) ?? [],
    })),
    idleMutes: mutes.filter((mute) => !covering.has(mute)),
    statuses: statusesThatOccur(evidence),
    codes: codesThatOccur(analysis, words),
    members: evidence.members,
    custody: context.custody ?? null,
    unread: evidence.members.flatMap((member) => unreadMember(member, words)),
    warnings: evidence.warnings.map((warning) => ({ warning, what: words.coded('warning', warning.code) })),
  };
}

function chosenFindings(
  findings: readonly Finding[],
  { content, chosen }: ReportChoice,
  annotations: readonly Annotation[],
): readonly Finding[] {
  switch (content) {
    case 'all':
      return findings;
    case 'chosen': {
      const ids = new Set(chosen);
      return findings.filter(({ id }) => ids.has(id));
    }
    case 'annotated': {
      const { byFinding } = placeAnnotations(annotations, { numbers: new Map(), findings, known: new Set() });
      return findings.filter(({ id }) => byFinding.has(id));
    }
  }
}

/** Ids of the records that a finding cites. */
function recordsOf({ witnesses }: Finding): readonly string[] {
  return witnesses.flatMap(({ record }) => (record === null ? [] : [record]));
}

function timelineOf(
  analysis: Analysis,
  held: readonly Finding[],
  findings: readonly ReportFinding[],
  { lines, lineMoment = () => null, annotations }: ReportContext,
): readonly ReportTimeline[] {
  if (lines === undefined) return [];
  const momentOf = ({ witnesses }: ReportFinding): Moment | null =>
    witnesses.find(({ at }) => at !== null)?.at ?? null;
  const moments = new Map(findings.map((finding) => [finding.id, momentOf(finding)]));
  return reportTimeline(
    analysis,
    lines,
    held.flatMap((finding) => {
      const at = moments.get(finding.id) ?? null;
      return at === null ? [] : [{ at, severity: finding.severity, records: recordsOf(finding) }];
    }),
    annotationMoments(annotations, analysis, lineMoment, (id) => moments.get(id) ?? null),
  );
}

function reportRun(run: Run, words: ReportWords): ReportRun {
  const { system, device, name, operation, outcome, startedAt, endedAt, window, attempts, reboot } = run;
  return {
    system,
    device,
    name,
    operation,
    outcome,
    startedAt,
    endedAt,
    window,
    attempts,
    code: run.exitCode === null ? null : reportCode(run.exitCode, system, words),
    reboot,
    steps: run.steps.map(({ name: step, evidenced, outcome: result }) => ({
      name: step,
      evidenced,
      outcome: result,
    })),
    citation: run.citation,
  };
}

/**
 * The moment that a witness speaks of: that of its cell, else that of the line it cites.
 * @param lineMoment looks the line up in the merged timeline
 */
export function witnessMoment(
  witness: Witness,
  record: PatchRecord | undefined,
  lineMoment: ReportContext['lineMoment'],
): Moment | null {
  if (witness.record !== null) {
    if (record === undefined) return null;
    const at = timeOfField(record, witness.field);
    return isMoment(at) ? at : null;
  }
  const { member, line } = witness.citation;
  return line === null || lineMoment === undefined ? null : lineMoment(member, line);
}

function timeOfField(record: PatchRecord, field: Witness['field']): PatchRecord['detection']['at'] {
  switch (field) {
    case 'detection.status':
    case 'detection.at':
      return record.detection.at;
    case 'deployment.status':
    case 'deployment.at':
    case 'deployment.exitCode':
    case 'deployment.attempts':
    case 'reboot':
      return record.deployment.at;
    case 'patch':
    case null:
      return null;
  }
}

function rawOfField(
  { detection, deployment, exitCodeRaw, reboot, patch }: PatchRecord,
  field: Witness['field'],
): string | null {
  switch (field) {
    case 'detection.status':
      return detection.raw;
    case 'detection.at':
      return isMoment(detection.at) ? detection.at.raw : null;
    case 'deployment.status':
      return deployment.raw;
    case 'deployment.at':
      return isMoment(deployment.at) ? deployment.at.raw : null;
    case 'deployment.exitCode':
      return exitCodeRaw;
    case 'deployment.attempts':
      return deployment.attempts === null ? null : String(deployment.attempts);
    case 'reboot':
      return reboot;
    case 'patch':
      return patch;
    case null:
      return null;
  }
}

/** `member:line · row 3`, the way every place of a bundle is written. */
export function placeText(citation: Citation, words: ReportWords): string {
  const { member, line, row, pointer } = citation;
  if (line === null && row === null && pointer === null) return `${member} · ${words.text('place.whole')}`;
  const parts = [line === null ? member : `${member}:${line}`];
  if (row !== null) parts.push(words.text('place.row', { row }));
  if (pointer !== null) parts.push(pointer);
  return parts.join(' · ');
}

interface FindingParts {
  readonly analysis: Analysis;
  readonly words: ReportWords;
  readonly context: ReportContext;
  readonly placed: PlacedAnnotations;
  readonly together: ReadonlyMap<string, readonly number[]>;
}

function reportFinding(finding: Finding, number: number, parts: FindingParts): ReportFinding {
  const { analysis, words, context, placed, together } = parts;
  const { title, explanation, advice } = words.wording.finding(finding);
  const witnesses = finding.witnesses.map((witness, index) =>
    reportWitness(witness, index, analysis, words, context),
  );
  const first = finding.witnesses[0];
  const sharing = first === undefined ? [] : (together.get(citationKey(first.citation)) ?? []);
  return {
    number,
    id: finding.id,
    rule: finding.rule,
    kind: finding.kind,
    severity: finding.severity,
    system: finding.system,
    device: finding.device,
    patch: finding.patch,
    title,
    explanation,
    advice,
    witnesses,
    span: timeSpan(witnesses, words),
    related: relatedTo(finding, witnesses, analysis, context.lines),
    codes: codesOfFinding(finding, analysis, words),
    assumed: assumedOf(finding, words),
    together: sharing.filter((other) => other !== number),
    annotations: placed.byFinding.get(finding.id) ?? [],
  };
}

function reportWitness(
  witness: Witness,
  index: number,
  analysis: Analysis,
  words: ReportWords,
  context: ReportContext,
): ReportWitness {
  const { evidence } = analysis;
  const record = witness.record === null ? undefined : evidence.record(witness.record);
  return {
    letter: letterOf(index),
    name: witness.field === null ? null : words.text(`field.${witness.field}`),
    says: words.wording.witness(witness),
    at: witnessMoment(witness, record, context.lineMoment),
    citation: witness.citation,
    mark: record === undefined ? null : rawOfField(record, witness.field),
    sha256: evidence.member(witness.citation.member)?.sha256 ?? null,
  };
}

function relatedTo(
  finding: Finding,
  witnesses: readonly ReportWitness[],
  analysis: Analysis,
  lines: TimelineLines | undefined,
): readonly RelatedLine[] {
  if (lines === undefined || finding.device === null) return [];
  const records = finding.witnesses.flatMap(({ record }) =>
    record === null ? [] : [analysis.evidence.record(record)],
  );
  return relatedLines(lines, {
    moments: witnesses.flatMap(({ at }) => (at === null ? [] : [at])),
    deviceKey: analysis.evidence.deviceKey(finding.device),
    names: [...new Set(records.flatMap((record) => record?.kb ?? []))],
    quoted: new Set(witnesses.map(({ citation }) => `${citation.member}:${citation.line ?? ''}`)),
  });
}

/** A, B ... Z, AA, AB ... */
export function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}

/** At most this many times are drawn on one scale. */
const longestSpan = 6;

function timeSpan(witnesses: readonly ReportWitness[], words: ReportWords): TimeSpan | null {
  const timed = witnesses.filter((witness): witness is ReportWitness & { at: Moment } => witness.at !== null);
  const [first] = timed;
  if (first === undefined) return null;
  const marks = new Map<number, { readonly time: string; readonly labels: string[] }>();
  for (const { at, letter, name } of timed) {
    const offset = distance(first.at, at);
    if (offset === null) return null;
    const label = name === null ? letter : `${letter} ${name}`;
    const mark = marks.get(offset);
    if (mark === undefined) marks.set(offset, { time: words.time(at), labels: [label] });
    else mark.labels.push(label);
  }
  if (marks.size < 2 || marks.size > longestSpan) return null;
  const offsets = [...marks.keys()].sort((a, b) => a - b);
  const start = offsets[0] ?? 0;
  const length = (offsets[offsets.length - 1] ?? 0) - start;
  return {
    marks: offsets.map((offset) => {
      const mark = marks.get(offset);
      return { offset: offset - start, time: mark?.time ?? '', label: mark?.labels.join(' · ') ?? '' };
    }),
    length,
    apart: words.duration(length),
  };
}

export function assumedOf(finding: Finding, words: ReportWords): readonly string[] {
  const { assumed } = finding.parameters;
  if (!Array.isArray(assumed)) return [];
  return (assumed as readonly string[]).map((name) => {
    const value = finding.parameters[name];
    const shown =
      typeof value === 'number' && name.endsWith('Minutes') ? words.wording.duration(value) : String(value);
    return `${name} = ${shown}`;
  });
}

function citationKey(citation: Citation): string {
  return `${citation.member}\u0000${citation.line ?? ''}\u0000${citation.row ?? ''}\u0000${citation.pointer ?? ''}`;
}

/** Findings about one place of the evidence; a place that many share (a schedule) ties nothing. */
const mostTogether = 5;

function findingsByFirstPlace(findings: readonly Finding[]): ReadonlyMap<string, readonly number[]> {
  const byPlace = new Map<string, number[]>();
  findings.forEach((finding, index) => {
    const citation = finding.witnesses[0]?.citation;
    if (citation === undefined || citation.line === null) return;
    const key = citationKey(citation);
    const numbers = byPlace.get(key);
    if (numbers === undefined) byPlace.set(key, [index + 1]);
    else numbers.push(index + 1);
  });
  for (const [key, numbers] of byPlace) if (numbers.length > mostTogether) byPlace.delete(key);
  return byPlace;
}

function reportCode(code: number, system: SystemId | null, words: ReportWords): ReportCode {
  const entry = decodeCode(code, system === null ? {} : { families: familiesOfSystem[system] });
  const text = entry?.[words.locale];
  return {
    code,
    shown: formatCode(code),
    symbol: entry?.symbol ?? null,
    meaning: text?.meaning ?? null,
    advice: text?.advice ?? null,
    source: entry?.source ?? null,
  };
}

/** The codes that a finding speaks of: its own parameters, and those of the records it cites. Plain success is none. */
function codesOfFinding(finding: Finding, analysis: Analysis, words: ReportWords): readonly ReportCode[] {
  const codes = new Set<number>();
  for (const [name, value] of Object.entries(finding.parameters)) {
    if (typeof value === 'number' && (name === 'exitCode' || name.endsWith('ExitCode'))) codes.add(value);
  }
  for (const witness of finding.witnesses) {
    const code =
      witness.record === null ? null : analysis.evidence.record(witness.record)?.deployment.exitCode;
    if (typeof code === 'number') codes.add(code);
  }
  codes.delete(0);
  return [...codes].sort((a, b) => a - b).map((code) => reportCode(code, finding.system, words));
}

function codesThatOccur(analysis: Analysis, words: ReportWords): readonly ReportCode[] {
  const codes = new Map<string, { readonly code: number; readonly system: SystemId }>();
  const add = (code: number | null, system: SystemId): void => {
    if (code !== null && code !== 0) codes.set(`${system} ${code}`, { code, system });
  };
  for (const record of analysis.evidence.records) add(record.deployment.exitCode, record.system);
  for (const run of analysis.evidence.runs) add(run.exitCode, run.system);
  const shown = new Map<string, ReportCode>();
  for (const { code, system } of codes.values()) {
    const entry = reportCode(code, system, words);
    shown.set(`${entry.shown} ${entry.symbol ?? ''} ${entry.meaning ?? ''}`, entry);
  }
  return [...shown.values()].sort((a, b) => a.code - b.code);
}

function noFindings(): Record<Severity, number> {
  return { critical: 0, high: 0, medium: 0, info: 0 };
}

function countSeverities(findings: readonly Finding[]): Record<Severity, number> {
  const bySeverity = noFindings();
  for (const finding of findings) bySeverity[finding.severity] += 1;
  return bySeverity;
}

function overviewOf(analysis: Analysis, findings: readonly Finding[]): Overview {
  const { evidence } = analysis;
  return {
    systems: [...evidence.systems].sort(),
    devices: evidence.devices.length,
    records: evidence.records.length,
    lines: analysis.lines.total,
    members: evidence.members.length,
    membersByState: countStates(evidence.members),
    findings: findings.length,
    contradictions: findings.filter((finding) => finding.kind === 'contradiction').length,
    bySeverity: countSeverities(findings),
    span: spanOf(analysis),
    anyEvidence: evidence.systems.size > 0 || evidence.records.length > 0,
  };
}

function spanOf(analysis: Analysis): Overview['span'] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const take = (moment: Moment): void => {
    from = Math.min(from, moment.local);
    to = Math.max(to, moment.local);
  };
  for (const { detection, deployment } of analysis.evidence.records) {
    if (isMoment(detection.at)) take(detection.at);
    if (isMoment(deployment.at)) take(deployment.at);
  }
  for (const boot of analysis.boots) if (boot.at !== null) take(boot.at);
  for (const run of analysis.evidence.runs) {
    if (run.startedAt !== null) take(run.startedAt);
    if (run.endedAt !== null) take(run.endedAt);
  }
  if (!Number.isFinite(from)) return null;
  return { from: dateText(from), to: dateText(to) };
}

function dateText(local: number): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}

function groupsOf(findings: readonly ReportFinding[]): readonly FindingGroup[] {
  const groups = new Map<string, ReportFinding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.rule}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [finding]);
    else list.push(finding);
  }
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    return first === undefined ? [] : [groupOf(first, list)];
  });
}

function groupOf(first: ReportFinding, list: readonly ReportFinding[]): FindingGroup {
  return {
    kind: first.kind,
    severity: first.severity,
    title: commonTitle(list.map((finding) => finding.title)),
    example: first.explanation,
    citation: first.witnesses[0]?.citation ?? null,
    numbers: list.map((finding) => finding.number),
    devices: new Set(list.flatMap(({ device }) => (device === null ? [] : [device]))).size,
    patches: new Set(list.flatMap(({ patch }) => (patch === null ? [] : [patch]))).size,
  };
}

/** A title may end in what differs between findings (`…: exit code 1603`): a group goes without that end. */
function commonTitle(titles: readonly string[]): string {
  const [first = ''] = titles;
  let length = first.length;
  for (const title of titles) while (!title.startsWith(first.slice(0, length))) length -= 1;
  if (length === first.length) return first;
  const end = /^(?<head>.+?)\s*[:：(（][^:：(（]*$/u.exec(first.slice(0, length))?.groups?.['head'];
  return end === undefined || end.length < first.length / 3 ? first : end;
}

function devicesOf(analysis: Analysis, findings: readonly Finding[]): readonly DeviceSummary[] {
  const { evidence } = analysis;
  const byDevice = new Map<string, Record<Severity, number>>();
  for (const finding of findings) {
    if (finding.device === null) continue;
    const key = evidence.deviceKey(finding.device);
    const counts = byDevice.get(key) ?? noFindings();
    byDevice.set(key, counts);
    counts[finding.severity] += 1;
  }
  const summaries = evidence.devices.map((device) => ({
    name: device.name,
    systems: device.systems,
    records: evidence.recordsOfDevice(device.key).length,
    bySeverity: byDevice.get(device.key) ?? noFindings(),
  }));
  return summaries.sort(compareSummaries);
}

/** Worst first, then by name. */
function compareSummaries(a: DeviceSummary, b: DeviceSummary): number {
  for (const severity of severities) {
    const difference = b.bySeverity[severity] - a.bySeverity[severity];
    if (difference !== 0) return difference;
  }
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Comparisons that lack the same thing, with at most this many places named. */
const namedPlaces = 8;

function undecidedGroups(undecided: readonly Undecided[], words: ReportWords): readonly UndecidedGroup[] {
  const groups = new Map<string, { rule: string; missing: string; where: string[]; count: number }>();
  for (const { rule, device, patch, missing: key, parameters } of undecided) {
    const missing = words.wording.missing(key, parameters);
    const place = `${rule} ${missing}`;
    const group = groups.get(place) ?? { rule, missing, where: [], count: 0 };
    groups.set(place, group);
    group.count += 1;
    const where = words.list([device, patch].filter((part) => part !== null));
    if (where !== '' && group.where.length < namedPlaces && !group.where.includes(where)) {
      group.where.push(where);
    }
  }
  return [...groups.values()];
}

function unreadMember(member: Member, words: ReportWords): readonly UnreadMember[] {
  if (member.state === 'parsed') return [];
  if (member.state === 'image') return [{ member, reason: words.text('reason.picture') }];
  return [{ member, reason: member.reason === null ? '' : words.coded('reason', member.reason) }];
}
