import type {
  Citation,
  CoverageState,
  EvidenceWarning,
  Member,
  MemberState,
  PatchRecord,
  SystemId,
} from '../domain/evidence.ts';
import { placeOfTarget, targetKey } from '../domain/annotation.ts';
import type { Annotation } from '../domain/annotation.ts';
import { severities } from '../domain/finding.ts';
import type { Finding, FindingKind, Severity, Undecided, Witness } from '../domain/finding.ts';
import { distance, isMoment } from '../domain/moment.ts';
import type { Moment } from '../domain/moment.ts';
import { formatCode } from '../domain/numbers.ts';
import { familiesOfSystem } from '../codes/code-entry.ts';
import { decodeCode } from '../codes/decode-code.ts';
import type { Analysis, BundleIdentity, Counts, ScaleRow } from './analysis.ts';
import { relatedLines } from './related-lines.ts';
import type { RelatedLine, TimelineLines } from './related-lines.ts';
import { requestText } from './request-text.ts';
import { ReportWords } from './report-words.ts';
import type { Wording } from './wording.ts';
import { zoneStatements } from './zone-statements.ts';
import type { ZoneStatements } from './zone-statements.ts';

/** What the analyst and the case add to an analysis. */
export interface ReportContext {
  readonly caseName: string | null;
  readonly annotations: readonly Annotation[];
  readonly bookmarks?: readonly ReportBookmark[];
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

/** Everything that a report says, in words of one language and before any markup. */
export interface ReportModel {
  readonly words: ReportWords;
  readonly title: string;
  readonly caseName: string | null;
  readonly bundle: BundleIdentity;
  readonly tool: { readonly version: string; readonly rules: string };
  readonly zones: ZoneStatements;
  readonly overview: Overview;
  readonly counts: Counts;
  readonly scale: readonly ScaleRow[];
  readonly groups: readonly FindingGroup[];
  readonly devices: readonly DeviceSummary[];
  readonly findings: readonly ReportFinding[];
  /** Notes on rows and lines that no finding cites, and on findings that are no more. */
  readonly annotations: readonly PlacedAnnotation[];
  readonly bookmarks: readonly ReportBookmark[];
  readonly undecided: readonly UndecidedGroup[];
  readonly coverage: readonly ReportCoverage[];
  readonly request: string | null;
  readonly codes: readonly ReportCode[];
  readonly members: readonly Member[];
  readonly unread: readonly UnreadMember[];
  readonly warnings: readonly ReportWarning[];
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

export interface PlacedAnnotation {
  readonly annotation: Annotation;
  /** Where it stands when it is not the finding's own: `member:line`. */
  readonly place: string | null;
  readonly on: 'finding' | 'record' | 'line' | 'member' | 'moment' | 'gone';
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
export function reportModel(analysis: Analysis, wording: Wording, context: ReportContext): ReportModel {
  const words = new ReportWords(wording);
  const { evidence } = analysis;
  const placed = placeAnnotations(analysis, context.annotations);
  const together = findingsByFirstPlace(analysis.findings);
  const findings = analysis.findings.map((finding, index) =>
    reportFinding(finding, index + 1, { analysis, words, context, placed, together }),
  );
  return {
    words,
    title: words.text('report.title', { bundle: analysis.bundle.name }),
    caseName: context.caseName,
    bundle: analysis.bundle,
    tool: analysis.tool,
    zones: zoneStatements(analysis, words, context.zone),
    overview: overviewOf(analysis),
    counts: analysis.counts,
    scale: analysis.scale,
    groups: groupsOf(findings),
    devices: devicesOf(analysis),
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
    codes: codesThatOccur(analysis, words),
    members: evidence.members,
    unread: evidence.members.flatMap((member) => unreadMember(member, words)),
    warnings: evidence.warnings.map((warning) => ({ warning, what: words.coded('warning', warning.code) })),
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

interface PlacedAnnotations {
  readonly byFinding: ReadonlyMap<string, readonly PlacedAnnotation[]>;
  readonly free: readonly PlacedAnnotation[];
}

/** An annotation of a row or line belongs to the first finding that cites it. */
function placeAnnotations(analysis: Analysis, annotations: readonly Annotation[]): PlacedAnnotations {
  const ids = new Set(analysis.findings.map((finding) => finding.id));
  const ownerOfPlace = new Map<string, string>();
  for (const finding of analysis.findings) {
    for (const { citation, record } of finding.witnesses) {
      const keys =
        citation.line === null
          ? []
          : [targetKey({ on: 'line', member: citation.member, line: citation.line })];
      if (record !== null) keys.push(recordKey(citation));
      for (const key of keys) if (!ownerOfPlace.has(key)) ownerOfPlace.set(key, finding.id);
    }
  }
  const byFinding = new Map<string, PlacedAnnotation[]>();
  const free: PlacedAnnotation[] = [];
  for (const annotation of [...annotations].sort(compareAnnotations)) {
    const { target } = annotation;
    const owner =
      target.on === 'finding'
        ? ids.has(target.finding)
          ? target.finding
          : undefined
        : ownerOfPlace.get(
            target.on === 'record' || target.on === 'cell' ? recordKey(target) : targetKey(target),
          );
    const placed = placedAnnotation(annotation, owner !== undefined);
    if (owner === undefined) {
      free.push(placed);
      continue;
    }
    const list = byFinding.get(owner);
    if (list === undefined) byFinding.set(owner, [placed]);
    else list.push(placed);
  }
  return { byFinding, free };
}

function recordKey(place: Omit<Citation, 'quote'>): string {
  const { member, line, row, pointer } = place;
  return targetKey({ on: 'record', member, line, row, pointer });
}

function placedAnnotation(annotation: Annotation, owned: boolean): PlacedAnnotation {
  const { target } = annotation;
  switch (target.on) {
    case 'finding':
      return { annotation, place: null, on: owned ? 'finding' : 'gone' };
    case 'record':
    case 'cell':
      return { annotation, place: placeOfTarget(target), on: 'record' };
    case 'line':
    case 'lines':
      return { annotation, place: placeOfTarget(target), on: 'line' };
    case 'member':
      return { annotation, place: target.member, on: 'member' };
    case 'moment':
      return {
        annotation,
        place: `${target.local.replace('T', ' ')} ${target.offset ?? ''}`.trim(),
        on: 'moment',
      };
  }
}

function compareAnnotations(a: Annotation, b: Annotation): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function noFindings(): Record<Severity, number> {
  return { critical: 0, high: 0, medium: 0, info: 0 };
}

function overviewOf(analysis: Analysis): Overview {
  const { evidence, findings } = analysis;
  const membersByState: Record<MemberState, number> = {
    parsed: 0,
    text: 0,
    image: 0,
    opaque: 0,
    damaged: 0,
    refused: 0,
    encrypted: 0,
  };
  for (const member of evidence.members) membersByState[member.state] += 1;
  const bySeverity = noFindings();
  for (const finding of findings) bySeverity[finding.severity] += 1;
  return {
    systems: [...evidence.systems].sort(),
    devices: evidence.devices.length,
    records: evidence.records.length,
    lines: analysis.lines.total,
    members: evidence.members.length,
    membersByState,
    findings: findings.length,
    contradictions: findings.filter((finding) => finding.kind === 'contradiction').length,
    bySeverity,
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

function devicesOf(analysis: Analysis): readonly DeviceSummary[] {
  const { evidence, findings } = analysis;
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
