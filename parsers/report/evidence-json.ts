import { momentToJson, atToJson } from '../domain/moment.ts';
import type { AtJson, Moment, MomentJson } from '../domain/moment.ts';
import type {
  Citation,
  CoverageItem,
  Device,
  EvidenceWarning,
  Fact,
  Member,
  PatchRecord,
  Run,
  RunStep,
} from '../domain/evidence.ts';
import type { Boot, BundleIdentity } from './analysis.ts';

/*
 * The shapes of evidence in the command line's JSON. Every object is built key by key: the order of the
 * keys is part of the output, and a field that is added to the evidence does not leak into the contract.
 */

export interface BundleJson {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly damaged: boolean;
}

export function bundleToJson(bundle: BundleIdentity): BundleJson {
  return { name: bundle.name, bytes: bundle.bytes, sha256: bundle.sha256, damaged: bundle.damaged };
}

/** A place without its text. */
export interface PlaceJson {
  readonly member: string;
  readonly line: number | null;
  readonly row: number | null;
  readonly pointer: string | null;
}

export function placeToJson(citation: Citation): PlaceJson {
  return {
    member: citation.member,
    line: citation.line,
    row: citation.row,
    pointer: citation.pointer,
  };
}

function momentOrNull(moment: Moment | null): MomentJson | null {
  return moment === null ? null : momentToJson(moment);
}

export interface MemberJson {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | null;
  readonly kind: string | null;
  readonly system: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly encoding: string | null;
  readonly lines: number | null;
  readonly rows: number | null;
  readonly warnings: number;
}

export function memberToJson(member: Member): MemberJson {
  return {
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
  };
}

export function deviceToJson(device: Device): object {
  return { name: device.name, aliases: [...device.aliases], systems: [...device.systems] };
}

export interface RecordJson {
  readonly id: string;
  readonly system: string;
  readonly device: string | null;
  readonly patch: string | null;
  readonly kb: string | null;
  readonly detection: { readonly status: string | null; readonly raw: string | null; readonly at: AtJson };
  readonly deployment: {
    readonly status: string | null;
    readonly raw: string | null;
    readonly at: AtJson;
    readonly exitCode: number | null;
    readonly attempts: number | null;
    readonly maxAttempts: number | null;
  };
  readonly exitCodeRaw: string | null;
  readonly reboot: string | null;
  readonly source: string;
  readonly capturedAt: MomentJson | null;
  readonly citation: PlaceJson;
}

export function recordToJson(record: PatchRecord): RecordJson {
  const { detection, deployment } = record;
  return {
    id: record.id,
    system: record.system,
    device: record.device,
    patch: record.patch,
    kb: record.kb,
    detection: { status: detection.status, raw: detection.raw, at: atToJson(detection.at) },
    deployment: {
      status: deployment.status,
      raw: deployment.raw,
      at: atToJson(deployment.at),
      exitCode: deployment.exitCode,
      attempts: deployment.attempts,
      maxAttempts: deployment.maxAttempts,
    },
    exitCodeRaw: record.exitCodeRaw,
    reboot: record.reboot,
    source: record.source,
    capturedAt: momentOrNull(record.capturedAt),
    citation: placeToJson(record.citation),
  };
}

export function coverageToJson(item: CoverageItem): object {
  return { system: item.system, item: item.item, state: item.state, members: [...item.members] };
}

export function runToJson(run: Run): object {
  return {
    id: run.id,
    system: run.system,
    device: run.device,
    name: run.name,
    operation: run.operation,
    outcome: run.outcome,
    startedAt: momentOrNull(run.startedAt),
    endedAt: momentOrNull(run.endedAt),
    window:
      run.window === null ? null : { start: momentOrNull(run.window.start), minutes: run.window.minutes },
    attempts: run.attempts,
    exitCode: run.exitCode,
    reboot: run.reboot,
    detail: valueToJson(run.detail),
    steps: run.steps.map(stepToJson),
    records: [...run.records],
    citation: placeToJson(run.citation),
  };
}

function stepToJson(step: RunStep): object {
  return {
    name: step.name,
    evidenced: step.evidenced,
    outcome: step.outcome,
    at: momentOrNull(step.at),
    citation: step.citation === null ? null : placeToJson(step.citation),
  };
}

export function bootToJson(boot: Boot): object {
  return {
    device: boot.device,
    kind: boot.kind,
    at: momentOrNull(boot.at),
    reason: boot.reason,
    citation: placeToJson(boot.citation),
  };
}

export function factToJson(fact: Fact): object {
  return {
    type: fact.type,
    system: fact.system,
    device: fact.device,
    patch: fact.patch,
    value: valueToJson(fact.value),
    citation: placeToJson(fact.citation),
  };
}

export function warningToJson(warning: EvidenceWarning): object {
  return { member: warning.member, line: warning.line, code: warning.code, text: warning.text };
}

/**
 * The value of a fact in the same terms as the rest of the document: moments as MOMENT, citations as
 * places, the keys of every object in code unit order.
 */
export function valueToJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueToJson);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (isMomentValue(value)) return momentToJson(value);
  if (isCitationValue(value)) return placeToJson(value);
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, valueToJson((value as Record<string, unknown>)[key])]));
}

function isMomentValue(value: object): value is Moment {
  return 'local' in value && 'offsetSource' in value && 'precision' in value && 'clockOf' in value;
}

function isCitationValue(value: object): value is Citation {
  return 'member' in value && 'pointer' in value && 'quote' in value;
}
