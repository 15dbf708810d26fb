import type { Finding, Undecided, Witness } from '../domain/finding.ts';
import type { PackInForce } from '../domain/pack.ts';
import type { Analysis, Counts, ScaleRow } from './analysis.ts';
import {
  bootToJson,
  bundleToJson,
  coverageToJson,
  deviceToJson,
  factToJson,
  memberToJson,
  placeToJson,
  recordToJson,
  runToJson,
  warningToJson,
} from './evidence-json.ts';
import type { FindingWording } from './finding-wording.ts';
import { jsonObject, writeJsonObject } from './json-stream.ts';
import type { JsonPart, WriteChunk } from './json-stream.ts';

/** The document of `analyze --json` (resources/schema/analysis-1.schema.json). */
export const analysisSchema = 'patchtrail.analysis/1';

/**
 * The document as one value. The same bundle and options give the same value: nothing in it depends on
 * a clock, a folder or the order in which members happened to be read.
 */
export function analysisToJson(analysis: Analysis, wording: FindingWording): Record<string, unknown> {
  return jsonObject(analysisParts(analysis, wording));
}

/** The document as text, piece by piece: a bundle with a million records needs no string of a gigabyte. */
export function writeAnalysisJson(analysis: Analysis, wording: FindingWording, write: WriteChunk): void {
  writeJsonObject(analysisParts(analysis, wording), write);
}

/** The document part by part, its lists row by row. */
export function* analysisParts(analysis: Analysis, wording: FindingWording): Generator<JsonPart> {
  const { evidence } = analysis;
  yield { key: 'schema', value: analysisSchema };
  yield {
    key: 'tool',
    value: { name: 'patchtrail', version: analysis.tool.version, rules: analysis.tool.rules },
  };
  yield { key: 'bundle', value: bundleToJson(analysis.bundle) };
  if (analysis.packs.length > 0) yield { key: 'packs', value: analysis.packs.map(packToJson) };
  yield { key: 'members', rows: mapped(evidence.members, memberToJson) };
  yield { key: 'devices', rows: mapped(evidence.devices, deviceToJson) };
  yield { key: 'records', rows: mapped(evidence.records, recordToJson) };
  const { total, timed, outOfOrder } = analysis.lines;
  yield { key: 'lines', value: { total, timed, outOfOrder } };
  yield { key: 'findings', rows: mapped(analysis.findings, (finding) => jsonOfFinding(finding, wording)) };
  yield { key: 'coverage', rows: mapped(evidence.coverage, coverageToJson) };
  yield {
    key: 'undecided',
    rows: mapped(analysis.undecided, (undecided) => jsonOfUndecided(undecided, wording)),
  };
  yield { key: 'runs', rows: mapped(evidence.runs, runToJson) };
  yield { key: 'boots', rows: mapped(analysis.boots, bootToJson) };
  yield { key: 'facts', rows: mapped(analysis.facts, factToJson) };
  yield { key: 'scale', rows: mapped(analysis.scale, scaleToJson) };
  yield { key: 'counts', value: countsToJson(analysis.counts) };
  yield { key: 'warnings', rows: mapped(evidence.warnings, warningToJson) };
}

function packToJson({ name, sha256, kind, assume, off }: PackInForce): object {
  return {
    name,
    sha256,
    kind,
    ...(assume.length === 0 ? {} : { assume: assume.map((one) => ({ ...one })) }),
    ...(off.length === 0 ? {} : { off: off.map((one) => ({ ...one })) }),
  };
}

function* mapped<T>(rows: Iterable<T>, map: (row: T) => object): Generator<object> {
  for (const row of rows) yield map(row);
}

export function jsonOfFinding(finding: Finding, wording: FindingWording): object {
  const { title, explanation, advice } = wording.finding(finding);
  return {
    id: finding.id,
    parameters: { ...finding.parameters },
    rule: finding.rule,
    kind: finding.kind,
    severity: finding.severity,
    system: finding.system,
    device: finding.device,
    patch: finding.patch,
    title,
    explanation,
    advice,
    evidence: finding.witnesses.map((witness) => witnessToJson(witness, wording)),
  };
}

function witnessToJson(witness: Witness, wording: FindingWording): object {
  return {
    ...placeToJson(witness.citation),
    quote: witness.citation.quote,
    says: wording.witness(witness),
  };
}

export function jsonOfUndecided(undecided: Undecided, wording: FindingWording): object {
  return {
    rule: undecided.rule,
    device: undecided.device,
    patch: undecided.patch,
    missing: wording.missing(undecided.missing, undecided.parameters),
  };
}

function scaleToJson(row: ScaleRow): object {
  return {
    patch: row.patch,
    targeted: row.targeted,
    ran: row.ran,
    succeeded: row.succeeded,
    failed: row.failed,
    source: row.source,
  };
}

function countsToJson(counts: Counts): object {
  return {
    devices: counts.devices,
    targeted: counts.targeted,
    deploymentRan: counts.deploymentRan,
    deploymentSucceeded: counts.deploymentSucceeded,
    deploymentFailed: counts.deploymentFailed,
  };
}
