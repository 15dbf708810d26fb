import type {
  Encoding,
  EvidenceWarning,
  FormatId,
  Level,
  MemberState,
  SystemId,
} from '../domain/evidence.ts';
import type { Clock, Moment } from '../domain/moment.ts';
import type { EventDraft, FactDraft } from '../formats/define-format.ts';
import type { LineHead } from '../text/line-head.ts';
import { detached } from '../text/detached.ts';
import type { DatedLines, ShownTime } from './dated-lines.ts';
import { LineIndex } from './line-index.ts';
import { RecordTable } from './record-table.ts';
import { shortLines } from './short-lines.ts';
import type { LineTable } from './short-lines.ts';
import type { RecordPool } from './record-table.ts';

/** Warnings of one member that are kept with their text; further ones are counted. */
export const keptWarnings = 10_000;

/** A line's place in time, as a document format stated it. */
export interface DatedLine {
  readonly at: Moment | null;
  readonly level: Level;
}

/** Of members without any: most have none. */
const noDatedLines: ReadonlyMap<number, DatedLine> = new Map();

const nothing: never[] = [];
Object.freeze(nothing);

/** Records of the members that state none. */
const noRecords = new (class extends RecordTable {
  override push(): never {
    throw new Error('a member was added to after its end');
  }
})('');

/** How a member was read: one for all members of which the same holds. */
export interface Manner {
  kind: FormatId | null;
  system: SystemId | null;
  state: MemberState;
  reason: string | null;
  encoding: Encoding | null;
  timeRule: string | null;
  unverified: boolean;
  heads: readonly LineHead[];
  clock: Clock;
  timeline: 'all' | 'dated' | 'none';
}

/** What was taken from a member beside its lines: most have nothing of it. */
interface Harvested {
  rows: number | null;
  kept: { readonly offset: number; readonly length: number } | null;
  datedLines: ReadonlyMap<number, DatedLine>;
  longDates: DatedLines | null;
  device: string | null;
  speaksForCollection: boolean;
  aliases: string[];
  otherNames: { readonly name: string; readonly aliases: readonly string[] }[];
  zone: {
    readonly offset: number;
    readonly samples: number;
    readonly fact: FactDraft<'zone-inferred'>;
  } | null;
  records: RecordTable;
  events: EventDraft[];
  facts: FactDraft[];
  warnings: EvidenceWarning[];
  warningCount: number;
}

const unread: Manner = Object.freeze({
  kind: null,
  system: null,
  state: 'opaque',
  reason: null,
  encoding: null,
  timeRule: null,
  unverified: false,
  heads: [],
  clock: 'device',
  timeline: 'none',
});

const noHarvest: Harvested = Object.freeze({
  rows: null,
  kept: null,
  datedLines: noDatedLines,
  longDates: null,
  device: null,
  speaksForCollection: false,
  aliases: nothing,
  otherNames: nothing,
  zone: null,
  records: noRecords,
  events: nothing,
  facts: nothing,
  warnings: nothing,
  warningCount: 0,
});

/** Digests of members that were read, by their positions. */
export interface KeptDigests {
  /** In hex. */
  sha256(position: number): string | null;
}

/** A member that was read, and of which nothing was taken but its lines. */
interface Read {
  readonly manner: Manner;
  readonly digests: KeptDigests;
}

/** Manners of members that were read, the last one first. */
const knownManners: Manner[] = [];
const mostKnownManners = 64;

/**
 * A member while it is read: what the archive said, what its format harvested. A bundle can have a million:
 * {@link MemberDraft.settle} leaves of what was made to be filled only what was, and what many members have in
 * common once.
 */
export class MemberDraft {
  readonly index: number;
  readonly path: string;
  readonly modified: Moment | null;
  bytes = 0;
  /** Lines of the member, null when it is no text. */
  lines: LineTable | null = null;
  /** A byte a character: half of what the digits would take. */
  #sha256: string | null = null;
  #digests: KeptDigests | null = null;
  #manner: Manner;
  #harvested: Harvested;
  /** What is kept of it may be others' as well. */
  #isSettled = false;

  /** @param from what its records have in common with those of the other members; or how it was read, when it was */
  constructor(index: number, path: string, modified: Moment | null, from?: RecordPool | Read) {
    this.index = index;
    this.path = path;
    this.modified = modified;
    if (from !== undefined && 'manner' in from) {
      this.#manner = from.manner;
      this.#digests = from.digests;
      this.#harvested = noHarvest;
      this.#isSettled = true;
      return;
    }
    this.#manner = { ...unread };
    this.#harvested = {
      ...noHarvest,
      records: new RecordTable(path, from),
      aliases: [],
      otherNames: [],
      events: [],
      facts: [],
      warnings: [],
    };
  }

  get sha256(): string | null {
    if (this.#digests !== null) return this.#digests.sha256(this.index);
    return this.#sha256 === null ? null : Buffer.from(this.#sha256, 'latin1').toString('hex');
  }
  set sha256(digits: string | null) {
    this.#digests = null;
    this.#sha256 = digits === null ? null : Buffer.from(digits, 'hex').toString('latin1');
  }

  get kind(): Manner['kind'] {
    return this.#manner.kind;
  }
  set kind(kind: Manner['kind']) {
    this.#own().kind = kind;
  }

  get system(): Manner['system'] {
    return this.#manner.system;
  }
  set system(system: Manner['system']) {
    this.#own().system = system;
  }

  get state(): Manner['state'] {
    return this.#manner.state;
  }
  set state(state: Manner['state']) {
    this.#own().state = state;
  }

  get reason(): Manner['reason'] {
    return this.#manner.reason;
  }
  set reason(reason: Manner['reason']) {
    this.#own().reason = reason;
  }

  get encoding(): Manner['encoding'] {
    return this.#manner.encoding;
  }
  set encoding(encoding: Manner['encoding']) {
    this.#own().encoding = encoding;
  }

  get timeRule(): Manner['timeRule'] {
    return this.#manner.timeRule;
  }
  set timeRule(timeRule: Manner['timeRule']) {
    this.#own().timeRule = timeRule;
  }

  get unverified(): Manner['unverified'] {
    return this.#manner.unverified;
  }
  set unverified(unverified: Manner['unverified']) {
    this.#own().unverified = unverified;
  }

  /** How its stamps are read again for showing. */
  get heads(): Manner['heads'] {
    return this.#manner.heads;
  }
  set heads(heads: Manner['heads']) {
    this.#own().heads = heads;
  }

  get clock(): Manner['clock'] {
    return this.#manner.clock;
  }
  set clock(clock: Manner['clock']) {
    this.#own().clock = clock;
  }

  /** Whether the member's lines belong to the merged timeline: all of them, those that its format dated, or none. */
  get timeline(): Manner['timeline'] {
    return this.#manner.timeline;
  }
  set timeline(timeline: Manner['timeline']) {
    this.#own().timeline = timeline;
  }

  get rows(): Harvested['rows'] {
    return this.#harvested.rows;
  }
  set rows(rows: Harvested['rows']) {
    this.#harvested = { ...this.#harvested, rows };
  }

  /** Place in the store of the raw bytes kept of a member that is no text. */
  get kept(): Harvested['kept'] {
    return this.#harvested.kept;
  }
  set kept(kept: Harvested['kept']) {
    this.#harvested = { ...this.#harvested, kept };
  }

  get device(): Harvested['device'] {
    return this.#harvested.device;
  }
  set device(device: Harvested['device']) {
    this.#harvested = { ...this.#harvested, device };
  }

  /** The device holds for the files beside and below as well. */
  get speaksForCollection(): Harvested['speaksForCollection'] {
    return this.#harvested.speaksForCollection;
  }
  set speaksForCollection(speaksForCollection: Harvested['speaksForCollection']) {
    this.#harvested = { ...this.#harvested, speaksForCollection };
  }

  get aliases(): Harvested['aliases'] {
    return this.#harvested.aliases;
  }

  /** Other names of devices that the member tells of. */
  get otherNames(): Harvested['otherNames'] {
    return this.#harvested.otherNames;
  }

  get zone(): Harvested['zone'] {
    return this.#harvested.zone;
  }
  set zone(zone: Harvested['zone']) {
    this.#harvested = { ...this.#harvested, zone };
  }

  get records(): Harvested['records'] {
    return this.#harvested.records;
  }

  get events(): Harvested['events'] {
    return this.#harvested.events;
  }

  get facts(): Harvested['facts'] {
    return this.#harvested.facts;
  }

  get warnings(): Harvested['warnings'] {
    return this.#harvested.warnings;
  }

  get warningCount(): Harvested['warningCount'] {
    return this.#harvested.warningCount;
  }

  /** Lines (0-based) that a document format put on the timeline. */
  get datedLines(): ReadonlyMap<number, DatedLine> {
    return this.#harvested.datedLines;
  }

  /** How it was read, when that and its lines are all that is kept of it; null for others and while it is read. */
  get mannerAlone(): Manner | null {
    return this.#isSettled && this.#harvested === noHarvest ? this.#manner : null;
  }

  /** The same member with lists of its own, to be added to; its records are another's, who has none yet. */
  copy(): MemberDraft {
    const copy = new MemberDraft(this.index, this.path, this.modified);
    copy.bytes = this.bytes;
    copy.lines = this.lines;
    copy.sha256 = this.sha256;
    copy.#manner = { ...this.#manner };
    const { aliases, otherNames, events, facts, warnings } = this.#harvested;
    copy.#harvested = {
      ...this.#harvested,
      records: copy.records,
      aliases: [...aliases],
      otherNames: [...otherNames],
      events: [...events],
      facts: [...facts],
      warnings: [...warnings],
    };
    return copy;
  }

  warn(line: number | null, code: string, text: string): void {
    const { warnings } = this.#harvested;
    this.#harvested.warningCount += 1;
    if (warnings.length < keptWarnings) {
      warnings.push({
        member: this.path,
        line,
        code,
        // A piece would keep the whole text that it was cut out of.
        text: detached(text.length > 500 ? `${text.slice(0, 500)}…` : text),
      });
    }
  }

  /** How many lines a document format dated. */
  get datedCount(): number {
    const { longDates, datedLines } = this.#harvested;
    return longDates?.size ?? datedLines.size;
  }

  /** The time of a line (0-based) as a document format read it; null without one. */
  shownTime(line: number): ShownTime | null {
    const { longDates, datedLines } = this.#harvested;
    return longDates === null ? (datedLines.get(line)?.at ?? null) : longDates.shown(line);
  }

  /** From now on dated lines are kept there, for a member of which there may be very many. */
  keepDatesIn(dates: DatedLines): void {
    this.#harvested.longDates = dates;
  }

  /** @param line 0-based */
  dateLine(line: number, dated: DatedLine): void {
    if (this.#harvested.datedLines === noDatedLines) this.#harvested.datedLines = new Map();
    (this.#harvested.datedLines as Map<number, DatedLine>).set(line, dated);
  }

  newLines(): LineIndex {
    const lines = new LineIndex();
    this.lines = lines;
    return lines;
  }

  /** It was read to its end: from now on nothing may be added. */
  settle(): void {
    this.#manner = keptManner(this.#manner);
    this.#harvested = keptHarvest(this.#harvested);
    if (this.lines instanceof LineIndex) this.lines = shortLines(this.lines);
    this.#isSettled = true;
  }

  /** Of an archive it is known only after its members how it ended. */
  #own(): Manner {
    if (this.#isSettled) this.#manner = { ...this.#manner };
    return this.#manner;
  }
}

function keptManner(manner: Manner): Manner {
  const at = knownManners.findIndex((known) => isSame(known, manner));
  if (at === 0) return knownManners[0] ?? manner;
  const [known = manner] = at === -1 ? [] : knownManners.splice(at, 1);
  knownManners.unshift(known);
  if (knownManners.length > mostKnownManners) knownManners.pop();
  return known;
}

function isSame(a: Manner, b: Manner): boolean {
  return (
    a.kind === b.kind &&
    a.system === b.system &&
    a.state === b.state &&
    a.reason === b.reason &&
    a.encoding === b.encoding &&
    a.timeRule === b.timeRule &&
    a.unverified === b.unverified &&
    a.clock === b.clock &&
    a.timeline === b.timeline &&
    (a.heads === b.heads ||
      (a.heads.length === b.heads.length && a.heads.every((head, at) => head === b.heads[at])))
  );
}

/** Without the room for further ones. */
function keptHarvest(harvested: Harvested): Harvested {
  const { rows, kept, datedLines, device, zone, records, warningCount } = harvested;
  if (records.count > 0) records.settle();
  const settledOne: Harvested = {
    ...harvested,
    aliases: settled(harvested.aliases),
    otherNames: settled(harvested.otherNames),
    records: records.count === 0 ? noRecords : records,
    events: settled(harvested.events),
    facts: settled(harvested.facts),
    warnings: settled(harvested.warnings),
  };
  const { aliases, otherNames, events, facts } = settledOne;
  const hasNothing =
    rows === null &&
    kept === null &&
    datedLines === noDatedLines &&
    harvested.longDates === null &&
    device === null &&
    zone === null &&
    records.count === 0 &&
    warningCount === 0 &&
    !harvested.speaksForCollection &&
    [aliases, otherNames, events, facts].every((list) => list === nothing);
  return hasNothing ? noHarvest : settledOne;
}

function settled<T>(list: T[]): T[] {
  return list.length === 0 ? nothing : list.slice();
}
