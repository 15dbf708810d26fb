import type { Citation, SystemId } from './evidence.ts';

/** What kind of statement a finding makes (the catalogue: `docs/rules.md`). */
export type FindingKind = 'contradiction' | 'fault' | 'gap' | 'note';

/** The sign of each kind: a second cue beside the colour of the severity. */
export const kindSigns: Readonly<Record<FindingKind, string>> = {
  contradiction: '≠',
  fault: '!',
  gap: '?',
  note: 'i',
};

export type Severity = 'critical' | 'high' | 'medium' | 'info';

/** From worst to mildest; findings are ordered by it. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'info'];

/** Values that the wording of a finding is filled with. Moments go in as readable text. */
export type Parameters = Readonly<Record<string, ParameterValue>>;
export type ParameterValue = string | number | boolean | null | readonly string[];

/** A field of a patch record that a witness points at; the grids mark that cell. */
export type RecordField =
  | 'detection.status'
  | 'detection.at'
  | 'deployment.status'
  | 'deployment.at'
  | 'deployment.exitCode'
  | 'deployment.attempts'
  | 'reboot'
  | 'patch';

/** A cited piece of evidence and what it says, as a wording key with values. */
export interface Witness {
  readonly citation: Citation;
  /** Key under `witness.` in the locales. */
  readonly says: string;
  readonly parameters: Parameters;
  /** The record and cell that the witness stands in, when it is one. */
  readonly record: string | null;
  readonly field: RecordField | null;
}

/** A finding before wording. */
export interface Finding {
  /** `f-` and a hash over rule, device, patch and citations. */
  readonly id: string;
  /** `system/name`, stable, never reused. */
  readonly rule: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly system: SystemId | null;
  readonly device: string | null;
  readonly patch: string | null;
  readonly parameters: Parameters;
  readonly witnesses: readonly Witness[];
}

/** A comparison that could not be made. */
export interface Undecided {
  readonly rule: string;
  readonly device: string | null;
  readonly patch: string | null;
  /** Key under `missing.` in the locales. */
  readonly missing: string;
  /** Values that the wording is filled with: until when was looked, for one. */
  readonly parameters?: Parameters;
}

/** Total order over strings by code unit, nulls last. */
export function compareNullable(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** Severity, rule, device, patch, first citation; then id, so that the order is total. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compareNullable(a.rule, b.rule) ||
    compareNullable(a.device, b.device) ||
    compareNullable(a.patch, b.patch) ||
    compareCitations(a.witnesses[0]?.citation, b.witnesses[0]?.citation) ||
    compareNullable(a.id, b.id)
  );
}

function compareCitations(a: Citation | undefined, b: Citation | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return (
    compareNullable(a.member, b.member) ||
    (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER) ||
    (a.row ?? Number.MAX_SAFE_INTEGER) - (b.row ?? Number.MAX_SAFE_INTEGER) ||
    compareNullable(a.pointer, b.pointer)
  );
}
