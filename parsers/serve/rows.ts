import type {
  AtView,
  CellMark,
  CitationView,
  CodeView,
  FindingDetail,
  FindingRow,
  LineRow,
  Locale,
  MemberRow,
  MomentView,
  PatchRow,
  WitnessView,
} from '../../preload/contract/shapes.ts';
import { familiesOfSystem } from '../codes/code-entry.ts';
import { decodeCode } from '../codes/decode-code.ts';
import type { Citation, PatchRecord, SystemId } from '../domain/evidence.ts';
import type { Finding, Witness } from '../domain/finding.ts';
import { isMoment } from '../domain/moment.ts';
import type { At, Moment } from '../domain/moment.ts';
import { formatCode } from '../domain/numbers.ts';
import { assumedOf, witnessMoment as momentOfWitness } from '../report/report-model.ts';
import type { Wording } from '../report/wording.ts';
import { maximumFor } from '../rules/kace/attempts.ts';
import type { Snapshot } from './session.ts';
import { wordsOf } from './words.ts';

export function momentView(moment: Moment): MomentView {
  return {
    raw: moment.raw,
    local: moment.local,
    offset: moment.offset,
    offsetSource: moment.offset === null ? 'unknown' : moment.offsetSource,
    precision: moment.precision,
    clock: moment.clock,
  };
}

export function atView(at: At): AtView {
  return isMoment(at) ? momentView(at) : at;
}

/** Raw texts are cut for showing: a hostile cell may be megabytes long. */
const longestQuote = 4000;

export function citationView(citation: Citation): CitationView {
  const { member, line, row, pointer, quote } = citation;
  return {
    member,
    line,
    row,
    pointer,
    quote: quote.length > longestQuote ? `${quote.slice(0, longestQuote)}…` : quote,
  };
}

export function codeView(code: number, system: SystemId | null, locale: Locale): CodeView {
  const entry = decodeCode(code, system === null ? {} : { families: familiesOfSystem[system] });
  return {
    code,
    shown: formatCode(code),
    symbol: entry?.symbol ?? null,
    meaning: entry?.[locale].meaning ?? null,
    advice: entry?.[locale].advice ?? null,
  };
}

export function patchRow(
  record: PatchRecord,
  snapshot: Snapshot,
  wording: Wording,
  locale: Locale,
): PatchRow {
  const { evidence } = snapshot.analysis;
  const { detection, deployment } = record;
  const findings = snapshot.findingsOfRecord.get(record.id) ?? [];
  const maximum = maximumOf(record, snapshot);
  return {
    id: record.id,
    system: record.system,
    device: record.device,
    deviceKey: evidence.deviceKey(record.device),
    patch: record.patch,
    patchKey: evidence.patchKey(record.system, record),
    kb: record.kb,
    detectionStatus: detection.status,
    detectionRaw: detection.raw,
    detectedAt: atView(detection.at),
    deploymentStatus: deployment.status,
    deploymentRaw: deployment.raw,
    deployedAt: atView(deployment.at),
    exitCode: deployment.exitCode === null ? null : codeView(deployment.exitCode, record.system, locale),
    exitCodeRaw: record.exitCodeRaw,
    attempts: deployment.attempts,
    maxAttempts: maximum,
    maxAssumed: maximum === null,
    reboot: record.reboot,
    source: record.source,
    citation: citationView(record.citation),
    marks: findings.flatMap((finding) => marksOf(finding, record.id, wording)),
  };
}

/** The maximum by the same reasoning as the rules use; null where they assume one or where it means nothing. */
function maximumOf(record: PatchRecord, snapshot: Snapshot): number | null {
  if (record.deployment.maxAttempts !== null) return record.deployment.maxAttempts;
  if (record.system !== 'kace-sma' || record.deployment.attempts === null) return null;
  const { evidence } = snapshot.analysis;
  const maximum = maximumFor(record, evidence.pairOf(record), evidence);
  return maximum.assumed ? null : maximum.value;
}

function marksOf(finding: Finding, record: string, wording: Wording): readonly CellMark[] {
  const { title } = wording.finding(finding);
  return finding.witnesses.flatMap((witness) =>
    witness.record === record && witness.field !== null
      ? [{ field: witness.field, finding: finding.id, kind: finding.kind, severity: finding.severity, title }]
      : [],
  );
}

/** Bytes of a line that the log shows, and that the view of a file does. */
const shownBytes = { log: 8 * 1024, file: 64 * 1024 } as const;

export function lineRow(id: number, snapshot: Snapshot, where: keyof typeof shownBytes = 'log'): LineRow {
  const { lines, analysis } = snapshot;
  const place = lines.placeOf(id);
  const member = lines.pathOf(id);
  const { text, cut, bytes } = lines.textOf(id, shownBytes[where]);
  const moment = lines.momentOf(id);
  const continues = lines.continues(id);
  const within = where === 'log' ? textWithin(text, id, snapshot) : '';
  return {
    id,
    member,
    line: place.line + 1,
    device: analysis.evidence.members[place.position]?.device?.name ?? null,
    level: continues ? 'none' : lines.levelOf(id),
    at: moment === null ? null : momentView(moment),
    text,
    ...(within === '' ? {} : { within }),
    continues,
    outOfOrder: lines.isOutOfOrder(id),
    cut,
    ...(cut ? { bytes } : {}),
    findings: (snapshot.findingsOfLine.get(`${member}:${place.line + 1}`) ?? []).map((finding) => finding.id),
  };
}

/** Lines and characters of what stands in a bracket that the log shows beside it. */
const shownWithin = { lines: 12, characters: 240 } as const;

/** The beginning of a record of JSON whose first line, the one with a place in the log, is a bracket alone. */
function textWithin(text: string, id: number, { lines }: Snapshot): string {
  if (!/^\s*[[{](?:\s*[[{])*\s*$/u.test(text)) return '';
  const { position, line } = lines.placeOf(id);
  let within = '';
  for (let at = 1; at <= shownWithin.lines && within.length < shownWithin.characters; at += 1) {
    const next = lines.idOf(position, line + at);
    if (next === null) break;
    within += `${within === '' ? '' : ' '}${lines.textOf(next, shownWithin.characters * 4).text.trim()}`;
  }
  return within.slice(0, shownWithin.characters);
}

export function memberRow(position: number, snapshot: Snapshot): MemberRow {
  const member = snapshot.analysis.evidence.members[position];
  if (member === undefined) throw new RangeError(`member ${position}`);
  return {
    index: member.index,
    path: member.path,
    bytes: member.bytes,
    sha256: member.sha256,
    kind: member.kind,
    system: member.system,
    state: member.state,
    reason: member.reason,
    encoding: member.encoding,
    lines: member.lines,
    rows: member.rows,
    warnings: member.warnings,
    timeRule: member.timeRule,
    modified: member.modified === null ? null : momentView(member.modified),
    device: member.device?.name ?? null,
    deviceReason: member.device?.reason ?? null,
    unverified: snapshot.drafts.at(position)?.unverified === true,
  };
}

/** The moment that a witness speaks of: that of its cell, else that of the line it cites. */
export function witnessMoment(witness: Witness, snapshot: Snapshot): Moment | null {
  const { evidence } = snapshot.analysis;
  return momentOfWitness(
    witness,
    witness.record === null ? undefined : evidence.record(witness.record),
    (member, line) => {
      const position = evidence.member(member)?.index;
      const id = position === undefined ? null : snapshot.lines.idOf(position, line - 1);
      return id === null ? null : snapshot.lines.momentOf(id);
    },
  );
}

export function findingRow(finding: Finding, snapshot: Snapshot, wording: Wording): FindingRow {
  const { title, explanation } = wording.finding(finding);
  const first = finding.witnesses[0];
  const at = finding.witnesses
    .map((witness) => witnessMoment(witness, snapshot))
    .find((moment) => moment !== null);
  return {
    id: finding.id,
    rule: finding.rule,
    kind: finding.kind,
    severity: finding.severity,
    system: finding.system,
    device: finding.device,
    deviceKey: snapshot.analysis.evidence.deviceKey(finding.device),
    patch: finding.patch,
    title,
    explanation,
    citation: first === undefined ? null : citationView(first.citation),
    at: at === undefined ? null : momentView(at),
  };
}

export function findingDetail(
  finding: Finding,
  snapshot: Snapshot,
  wording: Wording,
  locale: Locale,
): FindingDetail {
  const { evidence } = snapshot.analysis;
  const records = [
    ...new Set(finding.witnesses.flatMap((witness) => (witness.record === null ? [] : [witness.record]))),
  ];
  const codes = new Map<number, CodeView>();
  for (const id of records) {
    const record = evidence.record(id);
    const code = record?.deployment.exitCode ?? null;
    if (code !== null && code !== 0) codes.set(code, codeView(code, record?.system ?? null, locale));
  }
  return {
    ...findingRow(finding, snapshot, wording),
    advice: wording.finding(finding).advice,
    witnesses: finding.witnesses.map((witness) => witnessView(witness, snapshot, wording)),
    assumed: [...assumedOf(finding, wordsOf(locale))],
    codes: [...codes.values()],
    records,
  };
}

function witnessView(witness: Witness, snapshot: Snapshot, wording: Wording): WitnessView {
  const moment = witnessMoment(witness, snapshot);
  return {
    citation: citationView(witness.citation),
    says: wording.witness(witness),
    at: moment === null ? null : momentView(moment),
    record: witness.record,
    field: witness.field,
    memberSha256: snapshot.analysis.evidence.member(witness.citation.member)?.sha256 ?? null,
  };
}
