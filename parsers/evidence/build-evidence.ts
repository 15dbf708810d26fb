import type {
  Citation,
  CoverageItem,
  Deployment,
  Detection,
  Device,
  EventType,
  EvidenceEvent,
  EvidenceWarning,
  Fact,
  FactType,
  Member,
  PatchRecord,
  Run,
  SystemId,
} from '../domain/evidence.ts';
import { isMoment, order } from '../domain/moment.ts';
import { OrderedMoments } from '../domain/ordered-moments.ts';
import type { MomentTest } from '../domain/ordered-moments.ts';
import type { At, Clock, Moment, Order } from '../domain/moment.ts';
import { findKb, foldText } from '../domain/names.ts';
import type { FactDraft, SystemDefinition } from '../formats/define-format.ts';
import { assignDevices } from './assign-devices.ts';
import type { Assignments } from './assign-devices.ts';
import { coverageOf, systemsOf } from './coverage.ts';
import { JoinedRecord, PairOfRecords } from './joined-record.ts';
import type { Evidence, PatchName, PatchOnDevice, RestartAnswer } from './evidence.ts';
import { plausible } from './line-index.ts';
import type { DraftList } from './draft-list.ts';
import type { MemberDraft } from './member-draft.ts';
import { RecordPool, RecordTable } from './record-table.ts';
import { atOnce } from './steps.ts';
import type { Steps } from './steps.ts';
import { assumeZone } from './zones.ts';
import type { Zone } from './zones.ts';

/** How unknown offsets of a member's own clock are to be read, and why. */
export interface MemberZone {
  /** Minutes east of UTC, or null: use `zone`, or nothing is known. */
  readonly offset: number | null;
  readonly source: 'inferred' | 'assumed' | 'unknown';
  readonly zone: Zone | null;
}

/** The evidence together with what the line views need of each member. */
export interface BuiltEvidence {
  readonly evidence: Evidence;
  /** By position of the member. */
  readonly zones: readonly MemberZone[];
  readonly facts: readonly Fact[];
}

const noFacts: readonly FactDraft[] = [];

/** Things looked at in a step; a record, an event or a member each. */
const stepThings = 4096;

/** {@link evidenceSteps} without a pause. */
export function buildEvidence(...parameters: Parameters<typeof evidenceSteps>): BuiltEvidence {
  return atOnce(evidenceSteps(...parameters));
}

/** Joins what the members said: devices assigned, clocks and zones settled, everything indexed. */
export function* evidenceSteps(
  drafts: DraftList,
  systems: readonly SystemDefinition[],
  assumedZone: Zone | null,
): Steps<BuiltEvidence> {
  const assignments = assignDevices(drafts);
  yield;
  const settle = new Settler(drafts, assignments, assumedZone);
  yield;
  let things = 0;
  const records: JoinedRecord[] = [];
  const events: EvidenceEvent[] = [];
  const facts: Fact[] = [];
  const warnings: EvidenceWarning[] = [];
  for (let position = 0; position < drafts.length; position += 1) {
    const draft = drafts.at(position);
    if (draft === undefined) continue;
    if ((things += 1) % stepThings === 0) yield;
    const own = assignments.ofMember[position]?.name ?? null;
    const system = draft.system;
    for (const warning of draft.warnings) warnings.push(warning);
    if (system === null) continue;
    for (const event of draft.events) {
      if ((things += 1) % stepThings === 0) yield;
      const device = event.device ?? own;
      events.push({
        type: event.type,
        system,
        device: device === null ? null : assignments.nameOf(device),
        patch: event.patch ?? null,
        kb: event.kb ?? (typeof event.patch === 'string' ? findKb(event.patch) : null),
        updateId: event.updateId ?? null,
        at: event.at === null ? null : settle.moment(event.at, position, device),
        citation: event.citation,
        detail: event.detail,
      });
    }
    const zoneFacts = draft.zone === null ? noFacts : [draft.zone.fact];
    for (const fact of zoneFacts.length === 0 ? draft.facts : [...draft.facts, ...zoneFacts]) {
      if ((things += 1) % stepThings === 0) yield;
      const device = fact.device ?? own;
      facts.push({
        type: fact.type,
        system,
        device: device === null ? null : assignments.nameOf(device),
        patch: fact.patch ?? null,
        value: settle.value(fact.value, position, device),
        citation: fact.citation,
      });
    }
  }
  yield;
  const derived = derivedTables(drafts, systems, facts, events, assignments);
  yield;
  const detected = new Map(
    systems.flatMap((system) => {
      const lookUp = system.detectedAt?.(
        facts.filter((fact) => fact.system === system.id),
        (name) => (name === null ? '' : assignments.keyOf(name)),
      );
      return lookUp === undefined ? [] : [[system.id, new DetectionTimes(lookUp)] as const];
    }),
  );
  for (let position = 0; position < drafts.length; position += 1) {
    const draft = drafts.at(position);
    if (draft === undefined) continue;
    if ((things += 1) % stepThings === 0) yield;
    const own = assignments.ofMember[position]?.name ?? null;
    const { system } = draft;
    if (system === null) continue;
    const joined = derived.get(draft.path);
    const times = detected.get(system);
    for (const table of joined === undefined ? [draft.records] : [draft.records, joined]) {
      for (let at = 0; at < table.count; at += 1) {
        if ((things += 1) % stepThings === 0) yield;
        const device = table.device(at) ?? own;
        const detection = settle.detection(table.detection(at), position, device);
        records.push(
          new JoinedRecord(table, at, records.length, {
            system,
            device: device === null ? null : assignments.nameOf(device),
            detection: times?.complete(detection, device, table.origin(at).source) ?? detection,
            deployment: settle.deployment(table.outcome(at).deployment, position, device),
            capturedAt: settle.captured(table.origin(at).capturedAt, position, device),
          }),
        );
      }
    }
  }
  const members = drafts.map(
    (_, position) => new ReadMember(drafts, assignments.ofMember[position] ?? null, position),
  );
  yield;
  const evidence = yield* IndexedEvidence.inSteps({
    members,
    devices: assignments.devices,
    records,
    events,
    facts,
    warnings,
    coverage: coverageOf(systems, members, facts, events),
    systems,
    keyOf: (name) => assignments.keyOf(name),
    lastOfLines: (position) => {
      const draft = drafts.at(position);
      return draft === undefined ? null : settle.lastOfLines(draft, position);
    },
  });
  return { evidence, zones: settle.zones, facts };
}

/** Records that systems join from several files, by the member that they belong to. */
function derivedTables(
  drafts: DraftList,
  systems: readonly SystemDefinition[],
  facts: readonly Fact[],
  events: readonly EvidenceEvent[],
  assignments: Assignments,
): ReadonlyMap<string, RecordTable> {
  const tables = new Map<string, RecordTable>();
  const present = new Set<SystemId | null>();
  drafts.forEach(({ system }) => present.add(system));
  for (const system of systems) {
    if (system.deriveRecords === undefined || !present.has(system.id)) continue;
    const pool = new RecordPool();
    const records = system.deriveRecords({
      facts: <T extends FactType>(type: T) => facts.filter((fact): fact is Fact<T> => fact.type === type),
      events: <T extends EventType>(type: T) =>
        events.filter((event): event is EvidenceEvent<T> => event.type === type),
      deviceKey: (device) => assignments.keyOf(device),
    });
    for (const record of records) {
      const { member } = record.citation;
      let table = tables.get(member);
      if (table === undefined) {
        table = new RecordTable(member, pool);
        tables.set(member, table);
      }
      table.push(record);
    }
  }
  return tables;
}

/** Gives detections the time that another file tells; records that share one keep sharing it. */
class DetectionTimes {
  readonly #lookUp: (device: string | null, source: string) => Moment | null;
  readonly #completed = new Map<Moment, Map<Detection, Detection>>();
  #last: { readonly device: string | null; readonly source: string; readonly at: Moment | null } | null =
    null;

  constructor(lookUp: (device: string | null, source: string) => Moment | null) {
    this.#lookUp = lookUp;
  }

  complete(detection: Detection, device: string | null, source: string): Detection {
    if (detection.at !== null || detection.status === null) return detection;
    if (this.#last?.device !== device || this.#last.source !== source)
      this.#last = { device, source, at: this.#lookUp(device, source) };
    const { at } = this.#last;
    if (at === null) return detection;
    let known = this.#completed.get(at);
    if (known === undefined) {
      known = new Map();
      this.#completed.set(at, known);
    }
    let completed = known.get(detection);
    if (completed === undefined) {
      completed = { ...detection, at };
      known.set(detection, completed);
    }
    return completed;
  }
}

/** A member as the evidence shows it: what was read of it, and whose it is. There can be a million of them. */
class ReadMember implements Member {
  readonly #drafts: DraftList;
  readonly index: number;
  readonly device: Member['device'];

  constructor(drafts: DraftList, device: Member['device'], position: number) {
    this.#drafts = drafts;
    this.device = device;
    this.index = position;
  }

  get #draft(): MemberDraft {
    return this.#drafts.at(this.index) as MemberDraft;
  }

  get path(): Member['path'] {
    return this.#draft.path;
  }
  get bytes(): Member['bytes'] {
    return this.#draft.bytes;
  }
  get sha256(): Member['sha256'] {
    return this.#draft.sha256;
  }
  get kind(): Member['kind'] {
    return this.#draft.kind;
  }
  get system(): Member['system'] {
    return this.#draft.system;
  }
  get state(): Member['state'] {
    return this.#draft.state;
  }
  get reason(): Member['reason'] {
    return this.#draft.reason;
  }
  get encoding(): Member['encoding'] {
    return this.#draft.encoding;
  }
  get lines(): Member['lines'] {
    return this.#draft.lines?.count ?? null;
  }
  get rows(): Member['rows'] {
    return this.#draft.rows;
  }
  get warnings(): Member['warnings'] {
    return this.#draft.warningCount;
  }
  get timeRule(): Member['timeRule'] {
    return this.#draft.timeRule;
  }
  get modified(): Member['modified'] {
    return this.#draft.modified;
  }
}

interface Settled {
  readonly position: number;
  readonly device: string | null;
  readonly moments: Map<Moment, Moment>;
  readonly detections: Map<Detection, Detection>;
  readonly deployments: Map<Deployment, Deployment>;
}

/** Says whose clock wrote a moment and, where its offset is unknown, what is known or assumed of it. */
class Settler {
  /** By position of the member. */
  readonly zones: readonly MemberZone[];
  readonly #assignments: Assignments;
  readonly #drafts: DraftList;
  readonly #assumed: Zone | null;
  readonly #byDevice = new Map<string, number>();
  #ofMember: Settled | null = null;
  #ofDevice: Settled | null = null;

  constructor(drafts: DraftList, assignments: Assignments, assumed: Zone | null) {
    this.#assignments = assignments;
    this.#drafts = drafts;
    this.#assumed = assumed;
    drafts.forEach((draft, position) => {
      const key = assignments.keyOf(assignments.ofMember[position]?.name ?? null);
      if (draft.zone !== null && draft.clock === 'device' && key !== '' && !this.#byDevice.has(key)) {
        this.#byDevice.set(key, draft.zone.offset);
      }
    });
    const other: MemberZone = {
      offset: null,
      source: assumed === null ? 'unknown' : 'assumed',
      zone: assumed,
    };
    this.zones = drafts.map((draft, position) => {
      const key = assignments.keyOf(assignments.ofMember[position]?.name ?? null);
      const inferred = draft.zone?.offset ?? (draft.clock === 'device' ? this.#byDevice.get(key) : undefined);
      return inferred === undefined ? other : { offset: inferred, source: 'inferred', zone: null };
    });
  }

  /** Records share their detections and deployments; what a zone or a clock's owner changes of one is made once. */
  detection(detection: Detection, position: number, device: string | null): Detection {
    const { at } = detection;
    if (!isMoment(at)) return detection;
    const { moments, detections } = this.#settledOf(at.clock, position, device);
    const known = detections.get(detection);
    if (known !== undefined) return known;
    const moment = this.#once(moments, at, position, device);
    if (moment === at) return detection;
    const settled = { ...detection, at: moment };
    detections.set(detection, settled);
    return settled;
  }

  deployment(deployment: Deployment, position: number, device: string | null): Deployment {
    const { at } = deployment;
    if (!isMoment(at)) return deployment;
    const { moments, deployments } = this.#settledOf(at.clock, position, device);
    const known = deployments.get(deployment);
    if (known !== undefined) return known;
    const moment = this.#once(moments, at, position, device);
    if (moment === at) return deployment;
    const settled = { ...deployment, at: moment };
    deployments.set(deployment, settled);
    return settled;
  }

  captured(at: Moment | null, position: number, device: string | null): Moment | null {
    if (at === null) return null;
    return this.#once(this.#settledOf(at.clock, position, device).moments, at, position, device);
  }

  #once(moments: Map<Moment, Moment>, moment: Moment, position: number, device: string | null): Moment {
    const known = moments.get(moment);
    if (known !== undefined) return known;
    const settled = this.moment(moment, position, device);
    if (settled !== moment) moments.set(moment, settled);
    return settled;
  }

  /** What was settled of the member in work; of a device's own clock, of that device. */
  #settledOf(clock: Clock, position: number, device: string | null): Settled {
    const owned = clock === 'device';
    const known = owned ? this.#ofDevice : this.#ofMember;
    if (known?.position === position && (!owned || known.device === device)) return known;
    const fresh = { position, device, moments: new Map(), detections: new Map(), deployments: new Map() };
    if (owned) this.#ofDevice = fresh;
    else this.#ofMember = fresh;
    return fresh;
  }

  moment(moment: Moment, position: number, device: string | null): Moment {
    const clockOf = moment.clock === 'device' ? this.#clockOf(position, device) : moment.clockOf;
    const owned = clockOf === moment.clockOf ? moment : { ...moment, clockOf };
    if (owned.offset !== null) return owned;
    const inferred = this.#inferred(owned, position);
    if (inferred !== undefined) return { ...owned, offset: inferred, offsetSource: 'inferred' };
    return this.#assumed === null ? owned : assumeZone(owned, this.#assumed);
  }

  /** The moments among the fields of a fact's value. */
  value<T>(value: T, position: number, device: string | null): T {
    if (typeof value !== 'object' || value === null) return value;
    const changes: Record<string, Moment> = {};
    for (const [name, field] of Object.entries(value)) {
      if (looksLikeMoment(field)) changes[name] = this.moment(field, position, device);
    }
    return { ...value, ...changes };
  }

  /** The last timed line of a log, as a moment of its clock. */
  lastOfLines(draft: MemberDraft, position: number): Moment | null {
    const { lines } = draft;
    if (lines === null || draft.timeline === 'none') return null;
    const local = lines.latest;
    if (Number.isNaN(local)) return null;
    return this.moment(
      {
        raw: '',
        local,
        offset: lines.offsetTable[1] ?? null,
        offsetSource: lines.offsetTable.length > 1 ? 'stated' : 'unknown',
        precision: 'second',
        clock: draft.clock,
        clockOf: '',
      },
      position,
      null,
    );
  }

  #inferred(moment: Moment, position: number): number | undefined {
    const draft = this.#drafts.at(position);
    if (draft?.zone !== null && draft?.zone !== undefined && draft.clock === moment.clock)
      return draft.zone.offset;
    return moment.clock === 'device' ? this.#byDevice.get(moment.clockOf) : undefined;
  }

  #clockOf(position: number, device: string | null): string {
    const key = this.#assignments.keyOf(device ?? this.#assignments.ofMember[position]?.name ?? null);
    // Without a device, files cannot be known to share a clock.
    return key === '' ? `?${this.#drafts.at(position)?.path ?? ''}` : key;
  }
}

function looksLikeMoment(value: unknown): value is Moment {
  return (
    typeof value === 'object' &&
    value !== null &&
    'local' in value &&
    'offsetSource' in value &&
    'clock' in value
  );
}

interface EvidenceParts {
  readonly members: readonly Member[];
  readonly devices: readonly Device[];
  readonly records: readonly JoinedRecord[];
  readonly events: readonly EvidenceEvent[];
  readonly facts: readonly Fact[];
  readonly warnings: readonly EvidenceWarning[];
  readonly coverage: readonly CoverageItem[];
  readonly systems: readonly SystemDefinition[];
  readonly keyOf: (name: string | null) => string;
  /** The last moment of a log, by position of the member. */
  readonly lastOfLines: (position: number) => Moment | null;
}

interface Restarts {
  readonly events: readonly EvidenceEvent[];
  readonly times: OrderedMoments;
}

class IndexedEvidence implements Evidence {
  readonly members: readonly Member[];
  readonly devices: readonly Device[];
  readonly systems: ReadonlySet<SystemId>;
  readonly records: readonly JoinedRecord[];
  readonly warnings: readonly EvidenceWarning[];
  readonly coverage: readonly CoverageItem[];
  #runs: readonly Run[] = [];
  #pairs: readonly PatchOnDevice[] = [];
  readonly #keyOf: (name: string | null) => string;
  /** Made when it is asked for first. */
  #positions: Map<string, number> | null = null;
  readonly #recordsByDevice = new Map<string, JoinedRecord[]>();
  readonly #pairsByPatch = new Map<SystemId, Map<string, PatchOnDevice[]>>();
  #ambiguousKbs: ReadonlyMap<SystemId, ReadonlySet<string>> = new Map();
  readonly #facts = new Map<FactType, Fact[]>();
  readonly #events = new Map<EventType, EvidenceEvent[]>();
  readonly #eventsByDevice = new Map<string, EvidenceEvent[]>();
  readonly #restarts = new Map<string, Restarts>();
  readonly #latest = new Map<string, Moment>();
  readonly #foldedTitles = new Map<string, string>();
  readonly #lastOfLines: (position: number) => Moment | null;
  /** Looked at while indexing. */
  #things = 0;

  constructor(parts: EvidenceParts) {
    this.members = parts.members;
    this.devices = parts.devices;
    this.records = parts.records;
    this.warnings = parts.warnings;
    this.coverage = parts.coverage;
    this.#keyOf = parts.keyOf;
    this.#lastOfLines = parts.lastOfLines;
    this.systems = systemsOf(parts.members);
  }

  static *inSteps(parts: EvidenceParts): Steps<IndexedEvidence> {
    const evidence = new IndexedEvidence(parts);
    yield* evidence.#index(parts);
    return evidence;
  }

  *#index(parts: EvidenceParts): Steps<void> {
    this.#ambiguousKbs = yield* this.#findAmbiguousKbs();
    this.#pairs = yield* this.#pairUp();
    for (const fact of parts.facts) push(this.#facts, fact.type, fact);
    yield;
    for (const event of parts.events) {
      if ((this.#things += 1) % stepThings === 0) yield;
      push(this.#events, event.type, event);
      push(this.#eventsByDevice, parts.keyOf(event.device), event);
    }
    yield* this.#noteMoments(parts);
    const runs: Omit<Run, 'id'>[] = [];
    for (const system of parts.systems) {
      yield;
      if (this.systems.has(system.id)) for (const run of system.assembleRuns?.(this) ?? []) runs.push(run);
    }
    this.#runs = runs.map((run, index) => ({ id: `run${index + 1}`, ...run }));
  }

  get runs(): readonly Run[] {
    return this.#runs;
  }

  get pairs(): readonly PatchOnDevice[] {
    return this.#pairs;
  }

  member(path: string): Member | undefined {
    if (this.#positions === null) {
      const positions = new Map<string, number>();
      this.members.forEach((member, position) => positions.set(member.path, position));
      this.#positions = positions;
    }
    return this.members[this.#positions.get(path) ?? -1];
  }

  record(id: string): PatchRecord | undefined {
    const number = /^r(?<number>[1-9]\d{0,8})$/u.exec(id)?.groups?.['number'];
    return number === undefined ? undefined : this.records[Number(number) - 1];
  }

  pairOf(record: PatchRecord): PatchOnDevice {
    if (record instanceof JoinedRecord && record.pair !== null && this.records[record.position] === record)
      return record.pair;
    throw new Error(`record ${record.id} is not of this bundle`);
  }

  recordsOfDevice(deviceKey: string): readonly PatchRecord[] {
    return this.#recordsByDevice.get(deviceKey) ?? [];
  }

  pairsOfPatch(system: SystemId, patchKey: string): readonly PatchOnDevice[] {
    return this.#pairsByPatch.get(system)?.get(patchKey) ?? [];
  }

  patchKey(system: SystemId, name: PatchName): string {
    if (name.kb !== null && this.#ambiguousKbs.get(system)?.has(name.kb) !== true) return name.kb;
    if (name.patch !== null) return this.#foldTitle(name.patch);
    return name.kb ?? name.updateId ?? '';
  }

  samePatch(a: PatchName, b: PatchName): boolean {
    if (a.updateId !== null && b.updateId !== null && a.updateId === b.updateId) return true;
    if (a.kb !== null && b.kb !== null) return a.kb === b.kb;
    return a.patch !== null && b.patch !== null && this.#foldTitle(a.patch) === this.#foldTitle(b.patch);
  }

  deviceKey(device: string | null): string {
    return this.#keyOf(device);
  }

  facts<T extends FactType>(type: T): readonly Fact<T>[] {
    return (this.#facts.get(type) ?? []) as unknown as readonly Fact<T>[];
  }

  events<T extends EventType>(type: T): readonly EvidenceEvent<T>[] {
    return (this.#events.get(type) ?? []) as unknown as readonly EvidenceEvent<T>[];
  }

  eventsOfDevice(deviceKey: string): readonly EvidenceEvent[] {
    return this.#eventsByDevice.get(deviceKey) ?? [];
  }

  restart(deviceKey: string, after: Moment, before: Moment | null): RestartAnswer {
    const { events, times } = this.#restartsOf(deviceKey);
    const start = (is: readonly Order[]): MomentTest => ({ at: after, is });
    const end = (is: readonly Order[]): readonly MomentTest[] =>
      before === null ? [] : [{ at: before, is }];
    const place = times.first(start(['after']), ...end(['before']));
    const event = place === null ? undefined : events[place];
    if (event !== undefined) return { answer: 'evidenced', event };
    const isUnclear = times.has(start(['after', 'undecidable']), ...end(['before', 'undecidable']));
    return isUnclear ? { answer: 'undecidable' } : { answer: 'none' };
  }

  latest(clock: Clock, clockOf: string): Moment | null {
    const known = this.#latest.get(`${clock}\0${clockOf}`) ?? null;
    const member = clock === 'device' && clockOf.startsWith('?') ? this.member(clockOf.slice(1)) : undefined;
    if (member?.device !== null) return known;
    const own = this.#lastOfLines(member.index);
    if (own?.clock !== clock || !isPlausible(own)) return known;
    return known === null || order(known, own) === 'before' ? own : known;
  }

  /** The dated events of a device that evidence a restart: looked for once, every record of a device may ask. */
  #restartsOf(deviceKey: string): Restarts {
    let restarts = this.#restarts.get(deviceKey);
    if (restarts === undefined) {
      const all = this.eventsOfDevice(deviceKey);
      const requests = new OrderedMoments(
        all.map(({ type, at }) => (type === 'restart-requested' ? at : null)),
      );
      const events = all.filter((event) => {
        if (event.at === null) return false;
        switch (event.type) {
          case 'boot':
          case 'shutdown':
          case 'restart-stated':
            return true;
          case 'agent-start':
            return requests.has({ at: event.at, is: ['before'] });
          default:
            return false;
        }
      });
      restarts = { events, times: new OrderedMoments(events.map(({ at }) => at)) };
      this.#restarts.set(deviceKey, restarts);
    }
    return restarts;
  }

  /** A KB under which one table lists two titles for one device cannot stand for the patch. */
  *#findAmbiguousKbs(): Steps<ReadonlyMap<SystemId, ReadonlySet<string>>> {
    const ambiguous = new Map<SystemId, Set<string>>();
    const suspected = yield* this.#findKbsOfManyTitles();
    if (suspected.size === 0) return ambiguous;
    const titles = new Map<string, string>();
    for (const record of this.records) {
      if ((this.#things += 1) % stepThings === 0) yield;
      const { kb, patch, system } = record;
      if (kb === null || patch === null || !suspected.has(kb)) continue;
      const place = `${system}\0${kb}\0${this.#keyOf(record.device)}\0${record.member}`;
      const title = this.#foldTitle(patch);
      const known = titles.get(place);
      if (known === undefined) titles.set(place, title);
      else if (known !== title) {
        const kbs = ambiguous.get(system);
        if (kbs === undefined) ambiguous.set(system, new Set([kb]));
        else kbs.add(kb);
      }
    }
    return ambiguous;
  }

  /** Of a million records few have a KB that stands with more than one title at all. */
  *#findKbsOfManyTitles(): Steps<ReadonlySet<string>> {
    const titles = new Map<string, string>();
    const many = new Set<string>();
    let previous: unknown = null;
    for (const { subject } of this.records) {
      if ((this.#things += 1) % stepThings === 0) yield;
      if (subject === previous) continue;
      previous = subject;
      const { kb, patch } = subject;
      if (kb === null || patch === null) continue;
      const known = titles.get(kb);
      if (known === undefined) titles.set(kb, patch);
      else if (known !== patch && this.#foldTitle(known) !== this.#foldTitle(patch)) many.add(kb);
    }
    return many;
  }

  *#pairUp(): Steps<readonly PatchOnDevice[]> {
    for (const record of this.records) {
      if ((this.#things += 1) % stepThings === 0) yield;
      push(this.#recordsByDevice, this.#keyOf(record.device), record);
    }
    // Device by device: what is looked up stays small.
    for (const [deviceKey, records] of this.#recordsByDevice) {
      const bySystem = new Map<SystemId, Map<string, PairOfRecords>>();
      for (const record of records) {
        if ((this.#things += 1) % stepThings === 0) yield;
        const { system } = record;
        const patchKey = this.patchKey(system, record.subject);
        const pairs = within(bySystem, system);
        const known = pairs.get(patchKey);
        if (known === undefined) pairs.set(patchKey, new PairOfRecords(deviceKey, patchKey, record));
        else known.add(record);
      }
    }
    const pairs: PatchOnDevice[] = [];
    for (const record of this.records) {
      if ((this.#things += 1) % stepThings === 0) yield;
      const { pair } = record;
      if (pair?.first !== record) continue;
      pairs.push(pair);
      push(within(this.#pairsByPatch, pair.system), pair.patchKey, pair);
    }
    return pairs;
  }

  #foldTitle(title: string): string {
    let folded = this.#foldedTitles.get(title);
    if (folded === undefined) {
      folded = foldText(title);
      this.#foldedTitles.set(title, folded);
    }
    return folded;
  }

  *#noteMoments(parts: EvidenceParts): Steps<void> {
    let latest: Moment | null = null;
    const note = (at: At): void => {
      if (!isMoment(at) || !isPlausible(at)) return;
      // Of one clock and one offset only a later reading can be later.
      if (
        latest?.clock === at.clock &&
        latest.clockOf === at.clockOf &&
        latest.offset === at.offset &&
        latest.local >= at.local
      )
        return;
      const key = `${at.clock}\0${at.clockOf}`;
      const known = this.#latest.get(key);
      if (known === undefined || order(known, at) === 'before') this.#latest.set(key, at);
      latest = this.#latest.get(key) ?? null;
    };
    let [detection, deployment]: (object | null)[] = [null, null];
    for (const record of parts.records) {
      if ((this.#things += 1) % stepThings === 0) yield;
      if (record.detection !== detection) note(record.detection.at);
      if (record.deployment !== deployment) note(record.deployment.at);
      ({ detection, deployment } = record);
    }
    yield;
    for (const event of parts.events) note(event.at);
    yield;
    for (const { device, index } of parts.members) {
      if ((this.#things += 1) % stepThings === 0) yield;
      const at = parts.lastOfLines(index);
      // Without a device the clock is that member's alone: it is looked at when it is asked for.
      if (device !== null || at?.clock !== 'device') note(at);
    }
    yield;
    for (const fact of parts.facts) {
      for (const field of Object.values(fact.value as object)) if (looksLikeMoment(field)) note(field);
    }
  }
}

function isPlausible({ local }: Moment): boolean {
  return local >= plausible.from && local <= plausible.to;
}

function within<K, L, V>(map: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  return inner;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Citations in bundle order: by member position, line, row. */
export function compareByPlace(evidence: Evidence, a: Citation, b: Citation): number {
  const last = Number.MAX_SAFE_INTEGER;
  return (
    (evidence.member(a.member)?.index ?? last) - (evidence.member(b.member)?.index ?? last) ||
    (a.line ?? last) - (b.line ?? last) ||
    (a.row ?? last) - (b.row ?? last)
  );
}
