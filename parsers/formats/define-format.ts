import type { Clock, Moment } from '../domain/moment.ts';
import type {
  Citation,
  Deployment,
  Detection,
  EventDetails,
  EventType,
  EvidenceEvent,
  Fact,
  FactType,
  FactValues,
  FormatId,
  Level,
  Member,
  PatchRecord,
  Run,
  SystemId,
} from '../domain/evidence.ts';
import type { LineHead } from '../text/line-head.ts';
import type { CellLimits } from '../text/cell-limits.ts';
import type { GivenHeader } from '../text/delimited.ts';
import type { Page } from '../text/page.ts';
import type { Table, TableRow } from '../text/table.ts';
import type { JsonDocument } from '../text/json-document.ts';
import type { JsonElement, JsonRoot } from '../text/json-stream.ts';

/** What a member looks like from its first bytes, before anything is parsed. */
export type Shape =
  'text' | 'html' | 'mhtml' | 'delimited' | 'workbook' | 'json' | 'xml' | 'image' | 'binary' | 'empty';

/** What a format may look at to recognise a member: its path and its first 64 KiB. */
export interface Probe {
  /** The path with `\` as `/`, lower case: match on its suffix. */
  readonly path: string;
  /** The last segment of {@link path}. */
  readonly name: string;
  readonly shape: Shape;
  /** First bytes as they are. */
  readonly head: Uint8Array;
  /** The head as text (decoded), '' for binary members. The last line may be cut. */
  readonly text: string;
  /** At most 100 first lines of {@link text}, without line ends. */
  readonly lines: readonly string[];
}

/** A patch record as a format states it; the store gives the id, the device where missing, and the member. */
export interface RecordDraft {
  /** As the source states it; null when the source does not. */
  readonly device: string | null;
  readonly patch: string | null;
  /** Leave out to have it taken from the patch's name. */
  readonly kb?: string | null | undefined;
  readonly updateId?: string | null;
  readonly detection: Detection;
  readonly deployment: Deployment;
  readonly exitCodeRaw: string | null;
  readonly reboot?: string | null;
  readonly source: string;
  readonly capturedAt?: Moment | null;
  readonly citation: Citation;
  /** Of a JSON text: where what the citation quotes stands in it, in bytes; the quote itself is left '' then. */
  readonly quotePlace?: { readonly offset: number; readonly bytes: number };
}

export interface EventDraft<T extends EventType = EventType> {
  readonly type: T;
  readonly device?: string | null;
  readonly patch?: string | null;
  readonly kb?: string | null;
  readonly updateId?: string | null;
  readonly at: Moment | null;
  readonly citation: Citation;
  readonly detail: EventDetails[T];
}

export interface FactDraft<T extends FactType = FactType> {
  readonly type: T;
  readonly device?: string | null;
  readonly patch?: string | null;
  readonly value: FactValues[T];
  readonly citation: Citation;
}

/** Where a format puts what it read. */
export interface Harvest {
  record(draft: RecordDraft): void;
  event<T extends EventType>(draft: EventDraft<T>): void;
  fact<T extends FactType>(draft: FactDraft<T>): void;
  /** @param code stable, e.g. `bad-date`. @param text the text in question. */
  warning(line: number | null, code: string, text: string): void;
  /**
   * The member states which device it speaks of; the first statement counts. With the scope
   * `collection` it speaks for the files beside and below it as well (an agent's status, a package's
   * root file).
   */
  device(name: string, aliases?: readonly string[], scope?: 'file' | 'collection'): void;
  /** Other names of a device, whether or not the member is about it: of one of the many that a list holds. */
  alias(name: string, aliases: readonly string[]): void;
  /** The offset of the member's clock, derived from its own evidence (minutes east of UTC). */
  zone(offset: number, samples: number, citation: Citation): void;
  /** Data rows (or event records) of the member; the last call counts. */
  rows(count: number): void;
  /** A dated line of the merged timeline for a member that is no line log (an event record, a CSV row of events). */
  timelineLine(line: number, at: Moment | null, level: Level): void;
}

/** What every format may know of the member it reads. */
export interface MemberContext {
  /** Shown path, as written. */
  readonly path: string;
  /** Modification time as the archive states it. */
  readonly modified: Moment | null;
  /** A citation in this member. */
  cite(line: number | null, quote: string, row?: number | null, pointer?: string | null): Citation;
  /** A citation of a row of a table; its quote is made when it is asked for. */
  citeRow(table: Table, row: TableRow): Citation;
  /**
   * The moment that a text means to a reading of this kind, read when it is new to the bundle: rows that
   * share their moments take less memory and time. Null when the text means none; then it is read every time.
   */
  readMoment(kind: string, text: string, read: (text: string) => Moment | null): Moment | null;
  /** The detection as the bundle keeps it; to put it down again costs nothing. */
  keptDetection(detection: Detection): Detection;
  /** The deployment as the bundle keeps it with the words beside it. */
  keptDeployment(deployment: Deployment, exitCodeRaw: string | null, reboot: string | null): Deployment;
  /** What a format remembers while the bundle is read, made when first asked for. */
  memory<T>(name: FormatId, make: () => T): T;
  readonly harvest: Harvest;
}

/** A log record: the line that starts it and those that continue it. */
export interface LogRecord {
  /** 1-based number of the head line. */
  readonly line: number;
  /** The whole head line. */
  readonly text: string;
  /** The head line behind its stamp. */
  readonly body: string;
  readonly level: Level;
  /** The moment of the head, with the raw stamp; null when the line carries none. */
  readonly at: Moment | null;
  /** Lines that continue it, without their line ends; their numbers follow `line`. */
  readonly continuation: readonly string[];
}

/** Reads the records of one log member, in file order. */
export interface LogReader {
  record(record: LogRecord): void;
  /**
   * Whether for now only {@link LineFormat.quietLandmarks} matter, as nothing is under way to which the
   * other ones could belong. Asked after each record.
   */
  isQuiet?(): boolean;
  /** After the last record. */
  end?(): void;
}

/**
 * A log: lines that start with a stamp. The hot path never leaves bytes: {@link LineFormat.head}
 * reads time and level of every line; only records that {@link LineFormat.landmarks} matches are
 * decoded and handed to the reader.
 */
export interface LineFormat {
  readonly form: 'lines';
  readonly id: FormatId;
  readonly system: SystemId;
  readonly clock: Clock;
  /** True when no verified sample exists: the window and the report say "format unverified". */
  readonly unverified?: boolean;
  recognise(probe: Probe): boolean;
  /** The ways a line of this format starts; the first that fits a line wins. */
  readonly heads: readonly LineHead[];
  /** Its records never start with a bracket: a line that does continues the one above (a list in an output). */
  readonly bracketContinues?: boolean;
  /**
   * Which records matter to {@link LineFormat.open}'s reader: those with one of these texts in the head
   * line or a continuation line; absent: all of them. Matched byte by byte, case included; each at
   * least two bytes, and the longer the shortest, the faster.
   */
  readonly landmarks?: readonly string[];
  /** Those of {@link LineFormat.landmarks} that matter while the reader is quiet; absent: all of them. */
  readonly quietLandmarks?: readonly string[];
  /** Absent: lines are indexed, timed and searchable, and nothing is read from them. */
  open?(context: MemberContext): LogReader;
  readonly samples: readonly LineSample[];
}

/** A line that the format must read (checked by a test over all formats). */
export interface LineSample {
  readonly line: string;
  /** The reading expected of the head, ISO 8601 without zone to milliseconds, or null for none. */
  readonly local: string | null;
  /** Minutes east of UTC when stated. */
  readonly offset?: number | null;
  readonly level?: Level;
}

/** The text of a member of any size, of which nothing is held that grows with it. */
export interface LongDocument extends MemberContext {
  readonly shape: Shape;
  /** For readers of tables that a format calls itself. */
  readonly cellLimits: CellLimits;
  /** The decoded text in pieces, cut between characters, from its beginning whenever it is asked for. */
  pieces(): Iterable<string>;
  /**
   * The tables of a text; rows are read anew whenever they are walked through (see `rowsOf` and `rowCountOf`).
   *
   * @throws DocumentTooLarge where the whole has to be seen at once
   */
  tables(): readonly Table[];
  /** The rows of delimited text below a header that the format has found itself; of warnings, those are recorded that `wanted` takes. */
  rowsBelow(header: GivenHeader, wanted: (code: string) => boolean): Table;
}

/** A member read as a whole; every view of it is made when first asked for. */
export interface EvidenceDocument extends LongDocument {
  /** As they are in the bundle. */
  readonly bytes: Uint8Array;
  /** Decoded; without a byte order mark and NULs. */
  text(): string;
  /** HTML or MHTML. @throws TooManyCells, which is the reader's of members to catch, as that of `tables` */
  page(): Page;
  /** The tables of whatever the member is: page, delimited text, workbook, fixed-width text. */
  tables(): readonly Table[];
  /** JSON with the line on which every value starts; null when it is none (a warning was recorded). */
  json(): JsonDocument | null;
}

/** A page, a table, a JSON text, a binary: read as a whole, up to `limits.documentBytes`; beyond it, where it can, piece by piece. */
export interface DocumentFormat {
  readonly form: 'document';
  readonly id: FormatId;
  readonly system: SystemId;
  readonly unverified?: boolean;
  /** Cheap: path, shape, first lines. More than one format may answer yes; they are tried in registry order. */
  recognise(probe: Probe): boolean;
  /** Returns false when, seen whole, the member is not of this kind after all (nothing may be harvested then). */
  read(document: EvidenceDocument): boolean;
  /** The same of a text of any size; absent where the format needs the whole. What both say of a text must be the same. */
  readLong?(document: LongDocument): boolean;
}

/** What a format that writes its own lines may use besides. */
export interface StreamContext extends MemberContext {
  /** Adds a line to the member's shown text and to the timeline. @returns its 1-based number */
  line(text: string, at: Moment | null, level: Level): number;
}

/** Reads a member's bytes as they arrive. */
export interface StreamReader {
  push(bytes: Uint8Array): void;
  /** After the last bytes. @returns false when the member was not of this kind after all (nothing may have been harvested then) */
  end(): boolean;
}

/** A binary of any size, read piece by piece in bounded memory; its records are shown as lines of text. */
export interface StreamFormat {
  readonly form: 'stream';
  readonly id: FormatId;
  readonly system: SystemId;
  readonly clock: Clock;
  readonly unverified?: boolean;
  /** How the lines that it writes start, so that their times can be read back from them. */
  readonly heads: readonly LineHead[];
  recognise(probe: Probe): boolean;
  open(context: StreamContext): StreamReader;
}

/** Reads the values of a JSON text of any size, in the order in which they end. */
export interface JsonReader {
  /** An object in a list that stands directly in a document, before the document itself. */
  element(element: JsonElement): void;
  /** A document; the objects of its lists are zeros. What the text cuts off is an empty object. */
  document(root: JsonRoot): void;
  /** A line between documents that is no JSON; true when it belongs there (the prompt of a terminal). */
  aside?(text: string): boolean;
  /**
   * After the last document. @param isWhole false when some of the text was no JSON, or cut off
   *
   * @returns what became of it, or false when it was not of this kind after all (nothing may have been
   * harvested then)
   */
  end(isWhole: boolean): { readonly reason: string | null } | false;
}

/** JSON of any size: read element by element as its bytes arrive, and shown as the text that it is. */
export interface JsonFormat {
  readonly form: 'json';
  readonly id: FormatId;
  readonly system: SystemId;
  readonly clock: Clock;
  readonly unverified?: boolean;
  recognise(probe: Probe): boolean;
  open(context: MemberContext): JsonReader;
}

export type Format = LineFormat | DocumentFormat | StreamFormat | JsonFormat;

export function defineJsonFormat(format: Omit<JsonFormat, 'form'>): JsonFormat {
  return { form: 'json', ...format };
}

export function defineStreamFormat(format: Omit<StreamFormat, 'form'>): StreamFormat {
  return { form: 'stream', ...format };
}

export function defineLineFormat(format: Omit<LineFormat, 'form'>): LineFormat {
  return { form: 'lines', ...format };
}

export function defineDocumentFormat(format: Omit<DocumentFormat, 'form'>): DocumentFormat {
  return { form: 'document', ...format };
}

/** One item of what an analyst needs from a customer. */
export interface EvidenceListItem {
  /** `kace/device-page`: the wording is in the locales under `evidenceList.<item>`. */
  readonly item: FormatId;
  /** Format ids that serve it. */
  readonly servedBy: readonly FormatId[];
  /** Whether what a member of such a format says is all that is needed; absent: any parsed member is. */
  readonly isComplete?: (facts: readonly Fact[]) => boolean;
  /** Whether the item is needed for this bundle; absent: always. */
  readonly isNeeded?: (
    members: readonly Member[],
    facts: readonly Fact[],
    events: readonly EvidenceEvent[],
  ) => boolean;
}

/** A system: its formats in the order in which they are tried, and what to ask a customer for. */
export interface SystemDefinition {
  readonly id: SystemId;
  readonly formats: readonly Format[];
  readonly askFor: readonly EvidenceListItem[];
  /** Joins events, facts and records of the whole bundle into the system's runs, in a stable order. */
  readonly assembleRuns?: (material: RunMaterial) => readonly RunDraft[];
  /**
   * Records that no single file tells: what several files say of one patch, joined. Each belongs to the
   * member of its citation and stands behind that member's own records.
   */
  readonly deriveRecords?: (material: RecordMaterial) => readonly RecordDraft[];
  /**
   * When what a record states was detected, where another file of the bundle tells that and its own does not;
   * null where that cannot be said. Asked about records without a time of their detection.
   */
  readonly detectedAt?: (
    facts: readonly Fact[],
    deviceKey: (device: string | null) => string,
  ) => (device: string | null, source: string) => Moment | null;
}

/** What records are joined from: the facts and events of the bundle with devices and clocks settled. */
export interface RecordMaterial {
  facts<T extends FactType>(type: T): readonly Fact<T>[];
  events<T extends EventType>(type: T): readonly EvidenceEvent<T>[];
  /** Folded device name; '' for null. */
  deviceKey(device: string | null): string;
}

/** What runs are made of: the bundle's evidence with devices and clocks settled. */
export interface RunMaterial {
  readonly members: readonly Member[];
  readonly records: readonly PatchRecord[];
  facts<T extends FactType>(type: T): readonly Fact<T>[];
  events<T extends EventType>(type: T): readonly EvidenceEvent<T>[];
  /** Folded device name; '' for null. */
  deviceKey(device: string | null): string;
}

/** A run before the store gives it its id (`run1`, `run2` ... in bundle order over all systems). */
export type RunDraft = Omit<Run, 'id'>;

export function defineSystem(system: SystemDefinition): SystemDefinition {
  return system;
}
