import type {
  EventType,
  EvidenceEvent,
  Fact,
  FactType,
  Member,
  PatchRecord,
  Run,
} from '../../domain/evidence.ts';
import type { Clock, Moment } from '../../domain/moment.ts';
import type { Evidence, PatchName, PatchOnDevice, RestartAnswer } from '../../evidence/evidence.ts';
import type { Analysis } from '../analysis.ts';

/** Rows of an analysis that are shown. */
export interface Narrowing {
  readonly findings: Analysis['findings'];
  readonly records: readonly PatchRecord[];
  readonly runs: readonly Run[];
  readonly members: readonly Member[];
}

/**
 * The analysis with these rows alone, and with the facts, boots and warnings of these members. What is counted or
 * concluded over the whole bundle (counts, scale, devices, coverage, undecided) stays what it is.
 */
export function narrowed(analysis: Analysis, rows: Narrowing): Analysis {
  const paths = new Set(rows.members.map((member) => member.path));
  return {
    ...analysis,
    evidence: new NarrowedEvidence(analysis.evidence, rows, paths),
    findings: rows.findings,
    facts: analysis.facts.filter((fact) => paths.has(fact.citation.member)),
    boots: analysis.boots.filter((boot) => paths.has(boot.citation.member)),
  };
}

/** Lists what is shown; looks up in all of it, since a finding may cite what a filter hides. */
class NarrowedEvidence implements Evidence {
  readonly members: readonly Member[];
  readonly records: readonly PatchRecord[];
  readonly runs: readonly Run[];
  readonly warnings: Evidence['warnings'];
  readonly #whole: Evidence;

  constructor(whole: Evidence, rows: Narrowing, paths: ReadonlySet<string>) {
    this.#whole = whole;
    this.members = rows.members;
    this.records = rows.records;
    this.runs = rows.runs;
    this.warnings = whole.warnings.filter((warning) => paths.has(warning.member));
  }

  get devices(): Evidence['devices'] {
    return this.#whole.devices;
  }
  get systems(): Evidence['systems'] {
    return this.#whole.systems;
  }
  get coverage(): Evidence['coverage'] {
    return this.#whole.coverage;
  }
  get pairs(): readonly PatchOnDevice[] {
    return this.#whole.pairs;
  }
  member(path: string): Member | undefined {
    return this.#whole.member(path);
  }
  record(id: string): PatchRecord | undefined {
    return this.#whole.record(id);
  }
  pairOf(record: PatchRecord): PatchOnDevice {
    return this.#whole.pairOf(record);
  }
  recordsOfDevice(deviceKey: string): readonly PatchRecord[] {
    return this.#whole.recordsOfDevice(deviceKey);
  }
  pairsOfPatch(system: PatchRecord['system'], patchKey: string): readonly PatchOnDevice[] {
    return this.#whole.pairsOfPatch(system, patchKey);
  }
  patchKey(system: PatchRecord['system'], name: PatchName): string {
    return this.#whole.patchKey(system, name);
  }
  samePatch(a: PatchName, b: PatchName): boolean {
    return this.#whole.samePatch(a, b);
  }
  deviceKey(device: string | null): string {
    return this.#whole.deviceKey(device);
  }
  facts<T extends FactType>(type: T): readonly Fact<T>[] {
    return this.#whole.facts(type);
  }
  events<T extends EventType>(type: T): readonly EvidenceEvent<T>[] {
    return this.#whole.events(type);
  }
  eventsOfDevice(deviceKey: string): readonly EvidenceEvent[] {
    return this.#whole.eventsOfDevice(deviceKey);
  }
  restart(deviceKey: string, after: Moment, before: Moment | null): RestartAnswer {
    return this.#whole.restart(deviceKey, after, before);
  }
  latest(clock: Clock, clockOf: string): Moment | null {
    return this.#whole.latest(clock, clockOf);
  }
}
