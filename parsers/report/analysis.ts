import type { Citation, EvidenceEvent, Fact, Member } from '../domain/evidence.ts';
import type { Finding, Undecided } from '../domain/finding.ts';
import type { Moment } from '../domain/moment.ts';
import type { PackInForce } from '../domain/pack.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** The bundle as a file. */
export interface BundleIdentity {
  /** File name without its folder. */
  readonly name: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** True when the archive itself is broken (its end is missing, its directory disagrees with its members). */
  readonly damaged: boolean;
  /** True when it was written to while it was read. */
  readonly changed?: boolean;
}

/** Lines of all members together. */
export interface LineTotals {
  readonly total: number;
  readonly timed: number;
  readonly outOfOrder: number;
}

/** Devices over attempted deployments: ran = at least one; succeeded = all of them; failed = at least one. */
export interface Counts {
  readonly devices: number;
  /** Null when the bundle does not tell how many devices were targeted. */
  readonly targeted: number | null;
  readonly deploymentRan: number;
  readonly deploymentSucceeded: number;
  readonly deploymentFailed: number;
}

/** Where the numbers of a scale row come from. */
export type ScaleSource = 'evidence' | 'customer';

/** How far one patch got. */
export interface ScaleRow {
  readonly patch: string;
  readonly targeted: number | null;
  readonly ran: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly source: ScaleSource;
}

/** A start or an end of an operating system that the bundle evidences. */
export interface Boot {
  readonly device: string | null;
  readonly kind: 'boot' | 'shutdown';
  readonly at: Moment | null;
  readonly reason: string | null;
  readonly citation: Citation;
}

/** Everything that reading one bundle and checking its evidence yields. */
export interface Analysis {
  readonly tool: { readonly version: string; readonly rules: string };
  readonly bundle: BundleIdentity;
  readonly evidence: Evidence;
  readonly lines: LineTotals;
  /** In the order of `compareFindings`. */
  readonly findings: readonly Finding[];
  readonly undecided: readonly Undecided[];
  readonly counts: Counts;
  readonly scale: readonly ScaleRow[];
  /** In bundle order. */
  readonly facts: readonly Fact[];
  /** In bundle order; see {@link bootsOf}. */
  readonly boots: readonly Boot[];
  /** Dictionaries and rule packs by which the bundle was read, in the order in which they were taken. */
  readonly packs: readonly PackInForce[];
}

/** The boots and shutdowns of the evidence in bundle order: by member, then line, then row. */
export function bootsOf(evidence: Pick<Evidence, 'events' | 'members'>): readonly Boot[] {
  const boots = [
    ...evidence.events('boot').map((event) => boot('boot', event)),
    ...evidence.events('shutdown').map((event) => boot('shutdown', event)),
  ];
  if (boots.length < 2) return boots;
  const position = new Map(evidence.members.map((member: Member) => [member.path, member.index]));
  const last = Number.MAX_SAFE_INTEGER;
  return boots.sort(
    (a, b) =>
      (position.get(a.citation.member) ?? last) - (position.get(b.citation.member) ?? last) ||
      (a.citation.line ?? last) - (b.citation.line ?? last) ||
      (a.citation.row ?? last) - (b.citation.row ?? last),
  );
}

function boot(kind: Boot['kind'], event: EvidenceEvent<'boot'> | EvidenceEvent<'shutdown'>): Boot {
  return {
    device: event.device,
    kind,
    at: event.at,
    reason: event.detail.reason,
    citation: event.citation,
  };
}
