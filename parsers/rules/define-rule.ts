import type { Citation, PatchRecord, Run, SystemId } from '../domain/evidence.ts';
import type { FindingKind, Parameters, RecordField, Severity, Witness } from '../domain/finding.ts';
import type { Evidence, PatchOnDevice } from '../evidence/evidence.ts';

/** What a rule looks at, one at a time. */
export interface Subjects {
  /** Every patch record. */
  readonly record: PatchRecord;
  /** Every patch on every device, with all of its records (one system at a time: see `Evidence.pairs`). */
  readonly pair: PatchOnDevice;
  /** Every device of the bundle: its folded key. */
  readonly device: string;
  /** Every run. */
  readonly run: Run;
  /** The bundle, once. */
  readonly bundle: null;
}

export type SubjectKind = keyof Subjects;

/** What a rule answers about a subject. */
export type Verdict =
  | { readonly outcome: 'not-applicable' }
  | { readonly outcome: 'consistent' }
  | {
      readonly outcome: 'cannot-tell';
      /** Key under `missing.` in the locales. */
      readonly missing: string;
      readonly device: string | null;
      readonly patch: string | null;
      readonly parameters?: Parameters;
    }
  | {
      readonly outcome: 'found';
      /** When the rule's severity depends on the case. */
      readonly severity: Severity | null;
      readonly device: string | null;
      readonly patch: string | null;
      readonly parameters: Parameters;
      readonly witnesses: readonly Witness[];
      /**
       * What tells the finding apart from another one of its rule with the same device, patch and
       * citations, as part of its id: the item of a gap. null where device, patch and place do.
       */
      readonly apart: string | null;
    };

/** A rule: data and one pure function. It holds no sentence: wording is in the locales under `rules.<id>`. */
export interface Rule<K extends SubjectKind = SubjectKind> {
  /** `system/name`, stable, never reused. */
  readonly id: string;
  readonly kind: FindingKind;
  /** Where the verdict does not say otherwise. */
  readonly severity: Severity;
  /** The system whose presence makes the rule run; null for rules across systems. */
  readonly system: SystemId | null;
  readonly looksAt: K;
  /** What it needs, for the catalogue: format ids or words such as `patch-records`. */
  readonly needs: readonly string[];
  /** Assumed windows and thresholds by name: minutes, counts. Named in the explanation. */
  readonly assumes?: Readonly<Record<string, number>>;
  /** Source of the rule: S0 ... S4, src (see `docs/rules.md`). */
  readonly source: string;
  check(subject: Subjects[K], evidence: Evidence): Verdict | readonly Verdict[];
}

/** A rule of any subject. */
export type AnyRule = { [K in SubjectKind]: Rule<K> }[SubjectKind];

export function defineRule<K extends SubjectKind>(rule: Rule<K>): Rule<K> {
  return rule;
}

export const notApplicable: Verdict = { outcome: 'not-applicable' };
export const consistent: Verdict = { outcome: 'consistent' };

export function cannotTell(
  missing: string,
  device: string | null = null,
  patch: string | null = null,
  parameters?: Parameters,
): Verdict {
  return {
    outcome: 'cannot-tell',
    missing,
    device,
    patch,
    ...(parameters === undefined ? {} : { parameters }),
  };
}

export function found(finding: {
  readonly device?: string | null;
  readonly patch?: string | null;
  readonly severity?: Severity;
  readonly parameters?: Parameters;
  readonly witnesses: readonly Witness[];
  readonly apart?: string;
}): Verdict {
  return {
    outcome: 'found',
    severity: finding.severity ?? null,
    device: finding.device ?? null,
    patch: finding.patch ?? null,
    parameters: finding.parameters ?? {},
    witnesses: finding.witnesses,
    apart: finding.apart ?? null,
  };
}

/** A witness that is a cell of a patch record. */
export function cell(
  record: PatchRecord,
  field: RecordField,
  says: string,
  parameters: Parameters = {},
): Witness {
  return { citation: record.citation, says, parameters, record: record.id, field };
}

/** A witness that is any other place. */
export function place(citation: Citation, says: string, parameters: Parameters = {}): Witness {
  return { citation, says, parameters, record: null, field: null };
}
