import type { Citation, Deployment, Detection } from '../domain/evidence.ts';
import type { At, Moment } from '../domain/moment.ts';
import { isMoment } from '../domain/moment.ts';
import { findKb } from '../domain/names.ts';
import type { RecordDraft } from '../formats/define-format.ts';
import { detached } from '../text/detached.ts';
import { quoteCells } from '../text/table.ts';
import type { QuoteOf, Table, TableRow } from '../text/table.ts';
import type { TextStore } from './text-store.ts';

/** The patch that a record is about. */
export interface Subject {
  readonly patch: string | null;
  readonly kb: string | null;
  readonly updateId: string | null;
}

/** How a deployment ended, with the words beside it. */
export interface Outcome {
  readonly deployment: Deployment;
  readonly exitCodeRaw: string | null;
  readonly reboot: string | null;
}

/** Where records come from that stand together. */
export interface Origin {
  readonly member: string;
  readonly source: string;
  readonly capturedAt: Moment | null;
  readonly pointer: string | null;
  /** The pointer is of a list, and a record's own ends in its place there, which stands for its row. */
  readonly isList: boolean;
}

/** So many values of a kind are known at once; beyond it the pool starts anew, and what is in use stays. */
const mostKnown = 300_000;
/** Values that are compared one by one; of more the latest stand a better chance to come again. */
const mostAlike = 24;

/** What was stated of one time: rows of one run say the same again and again. */
class Stated {
  #detections: Detection[] | null = null;
  #outcomes: Outcome[] | null = null;

  detection(given: Detection, make: () => Detection): Detection {
    const { status, raw } = given;
    const alike = (this.#detections ??= []);
    for (const other of alike) if (other.status === status && other.raw === raw) return other;
    return keep(alike, make());
  }

  outcome(
    given: Deployment,
    exitCodeRaw: string | null,
    reboot: string | null,
    make: () => Outcome,
  ): Outcome {
    const { status, raw, exitCode, attempts, maxAttempts } = given;
    const alike = (this.#outcomes ??= []);
    for (const other of alike) {
      const { deployment } = other;
      if (
        deployment.status === status &&
        deployment.exitCode === exitCode &&
        deployment.attempts === attempts &&
        deployment.maxAttempts === maxAttempts &&
        deployment.raw === raw &&
        other.exitCodeRaw === exitCodeRaw &&
        other.reboot === reboot
      )
        return other;
    }
    return keep(alike, make());
  }
}

function keep<T>(alike: T[], value: T): T {
  if (alike.length >= mostAlike) alike.length = mostAlike / 2;
  alike.push(value);
  return value;
}

/** A detection of the pool. */
class KeptDetection implements Detection {
  readonly status: Detection['status'];
  readonly raw: string | null;
  readonly at: At;

  constructor(status: Detection['status'], raw: string | null, at: At) {
    this.status = status;
    this.raw = raw;
    this.at = at;
  }
}

/** A deployment of the pool, which knows its outcome. */
class KeptDeployment implements Deployment {
  readonly status: Deployment['status'];
  readonly raw: string | null;
  readonly at: At;
  readonly exitCode: number | null;
  readonly attempts: number | null;
  readonly maxAttempts: number | null;
  readonly #outcome: Outcome;

  constructor(given: Deployment, raw: string | null, at: At, beside: Omit<Outcome, 'deployment'>) {
    this.status = given.status;
    this.raw = raw;
    this.at = at;
    this.exitCode = given.exitCode;
    this.attempts = given.attempts;
    this.maxAttempts = given.maxAttempts;
    this.#outcome = { deployment: this, ...beside };
  }

  static outcomeOf(deployment: KeptDeployment): Outcome {
    return deployment.#outcome;
  }
}

interface KnownSubject {
  readonly subject: Subject;
  /** Its KB number was stated, not taken from the patch's name. */
  readonly stated: boolean;
  /** What came after it the last time. */
  next: KnownSubject | null;
}

/** A moment of the pool: the same object for all who state it. */
class SharedMoment implements Moment {
  readonly raw: string;
  readonly local: number;
  readonly offset: number | null;
  readonly offsetSource: Moment['offsetSource'];
  readonly precision: Moment['precision'];
  readonly clock: Moment['clock'];
  readonly clockOf: string;
  readonly #stated = new Stated();

  constructor(moment: Moment, raw: string) {
    this.raw = raw;
    this.local = moment.local;
    this.offset = moment.offset;
    this.offsetSource = moment.offsetSource;
    this.precision = moment.precision;
    this.clock = moment.clock;
    this.clockOf = moment.clockOf;
  }

  static statedOf(moment: SharedMoment): Stated {
    return moment.#stated;
  }

  equals(moment: Moment): boolean {
    return (
      this.local === moment.local &&
      this.offset === moment.offset &&
      this.offsetSource === moment.offsetSource &&
      this.precision === moment.precision &&
      this.clock === moment.clock &&
      this.clockOf === moment.clockOf
    );
  }
}

/**
 * What the records of a bundle have in common, once: names, statuses, times. A million rows tell of
 * some hundred patches and some thousand minutes.
 */
export class RecordPool {
  #texts = new Map<string, string>();
  #moments = new Map<string, SharedMoment[]>();
  /** By kind of reading and text. */
  #readings = new Map<string, Map<string, SharedMoment>>();
  #subjects = new Map<string | null, KnownSubject[]>();
  #lastSubject: KnownSubject | null = null;
  readonly #memories = new Map<string, unknown>();
  readonly #never = new Stated();
  readonly #untimed = new Stated();
  #known = 0;

  /** The same text; a copy that does not keep alive the page it was cut out of. */
  text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#note();
    const own = detached(text);
    this.#texts.set(own, own);
    return own;
  }

  textOrNull(text: string | null): string | null {
    return text === null ? null : this.text(text);
  }

  moment(moment: Moment): SharedMoment {
    if (moment instanceof SharedMoment) return moment;
    const alike = this.#moments.get(moment.raw);
    const known = alike?.find((other) => other.equals(moment));
    if (known !== undefined) return known;
    const shared = new SharedMoment(moment, detached(moment.raw));
    if (alike === undefined) {
      this.#note();
      this.#moments.set(shared.raw, [shared]);
    } else keep(alike, shared);
    return shared;
  }

  readMoment(kind: string, text: string, read: (text: string) => Moment | null): Moment | null {
    let readings = this.#readings.get(kind);
    const known = readings?.get(text);
    if (known !== undefined) return known;
    const moment = read(text);
    if (moment === null) return null;
    const shared = this.moment(moment);
    this.#note();
    // What was noted last may have emptied the pool.
    readings = this.#readings.get(kind);
    if (readings === undefined) {
      readings = new Map();
      this.#readings.set(kind, readings);
    }
    readings.set(shared.raw, shared);
    return shared;
  }

  /** @param kb undefined: as the patch's name says */
  subject(patch: string | null, kb: string | null | undefined, updateId: string | null): Subject {
    const isThis = (one: KnownSubject): boolean =>
      one.subject.updateId === updateId &&
      (kb === undefined ? !one.stated : one.stated && one.subject.kb === kb);
    // Devices list their patches in the same order: the one that came next before is tried first.
    const last = this.#lastSubject;
    const expected = last?.next ?? null;
    if (expected !== null && expected.subject.patch === patch && isThis(expected)) {
      this.#lastSubject = expected;
      return expected.subject;
    }
    const alike = this.#subjects.get(patch);
    const known = alike?.find(isThis) ?? this.#newSubject(patch, kb, updateId, alike);
    if (last !== null) last.next = known;
    this.#lastSubject = known;
    return known.subject;
  }

  #newSubject(
    patch: string | null,
    kb: string | null | undefined,
    updateId: string | null,
    alike: KnownSubject[] | undefined,
  ): KnownSubject {
    const own = this.textOrNull(patch);
    const subject = {
      patch: own,
      kb: kb === undefined ? (own === null ? null : findKb(own)) : this.textOrNull(kb),
      updateId: this.textOrNull(updateId),
    };
    const entry: KnownSubject = { subject, stated: kb !== undefined, next: null };
    if (alike === undefined) {
      this.#note();
      this.#subjects.set(own, [entry]);
    } else keep(alike, entry);
    return entry;
  }

  /** What a format remembers while the bundle is read. */
  memory<T>(name: string, make: () => T): T {
    if (!this.#memories.has(name)) this.#memories.set(name, make());
    return this.#memories.get(name) as T;
  }

  detection(given: Detection): Detection {
    if (given instanceof KeptDetection) return given;
    const at = this.#at(given.at);
    return this.#statedOf(at).detection(
      given,
      () => new KeptDetection(given.status, this.textOrNull(given.raw), at),
    );
  }

  outcome(given: Deployment, exitCodeRaw: string | null, reboot: string | null): Outcome {
    if (given instanceof KeptDeployment) {
      const kept = KeptDeployment.outcomeOf(given);
      if (kept.exitCodeRaw === exitCodeRaw && kept.reboot === reboot) return kept;
    }
    const at = this.#at(given.at);
    return this.#statedOf(at).outcome(given, exitCodeRaw, reboot, () => {
      const raw = this.textOrNull(given.raw);
      const beside = {
        exitCodeRaw: this.textOrNull(exitCodeRaw),
        reboot: this.textOrNull(reboot),
      };
      return KeptDeployment.outcomeOf(new KeptDeployment(given, raw, at, beside));
    });
  }

  #at(at: At): SharedMoment | 'never' | null {
    return isMoment(at) ? this.moment(at) : at;
  }

  #statedOf(at: SharedMoment | 'never' | null): Stated {
    if (at === null) return this.#untimed;
    return at === 'never' ? this.#never : SharedMoment.statedOf(at);
  }

  #note(): void {
    this.#known += 1;
    if (this.#known <= mostKnown) return;
    this.#known = 0;
    this.#texts = new Map();
    this.#moments = new Map();
    this.#readings = new Map();
    this.#lastSubject = null;
    this.#subjects = new Map();
  }
}

/** The place of a row; what it quotes is made when it is asked for. */
export class RowCitation implements Citation {
  readonly member: string;
  readonly pointer = null;
  readonly table: Table;
  readonly #row: TableRow;

  constructor(member: string, table: Table, row: TableRow) {
    this.member = member;
    this.table = table;
    this.#row = row;
  }

  get line(): number {
    return this.#row.line;
  }
  get row(): number {
    return this.#row.row;
  }
  get extent(): TableRow['extent'] {
    return this.#row.extent;
  }
  get quote(): string {
    return quoteCells(this.#row.cells);
  }
}

/** First room of the columns: arrays of so few have no memory of their own outside the heap. */
const firstRows = 4;
/** Tables of up to so many records give room back. */
const fewRows = 64;
/** What members without records share: most have none. */
const noPlaces = new Uint32Array(0);
const noQuotes = new Float64Array(0);

/** A column whose values stay the same for many rows: each run of equal ones once. */
class Runs<T> {
  #starts: number[] = [];
  #values: T[] = [];
  /** The run that was looked at last; rows are looked at one after the other. */
  #looked = 0;

  get values(): readonly T[] {
    return this.#values;
  }

  get latest(): T | undefined {
    return this.#values[this.#values.length - 1];
  }

  /** @param at the row, behind those before it */
  push(at: number, value: T): void {
    if (this.#values.length > 0 && this.latest === value) return;
    this.#starts.push(at);
    this.#values.push(value);
  }

  settle(): void {
    this.#starts = this.#starts.slice();
    this.#values = this.#values.slice();
  }

  at(row: number): T | undefined {
    const starts = this.#starts;
    let run = this.#looked;
    if (row < (starts[run] ?? 0) || row >= (starts[run + 1] ?? Infinity)) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if ((starts[middle] ?? 0) <= row) low = middle;
        else high = middle - 1;
      }
      run = low;
      this.#looked = run;
    }
    return this.#values[run];
  }
}

/**
 * The records that a member states, in columns: pointers to what they have in common, and numbers. What
 * they quote is kept in the text store where there is one.
 */
export class RecordTable {
  readonly #member: string;
  readonly pool: RecordPool;
  readonly #devices = new Runs<string | null>();
  #subjects: Subject[] = [];
  #detections: Detection[] = [];
  #outcomes: Outcome[] = [];
  readonly #origins = new Runs<Origin>();
  #origin: Origin | null = null;
  /** Line and row of each record; 0 for none. */
  #places = noPlaces;
  /**
   * Offset and length of each quote in the store; of a row that is cut out of its member's text the
   * offset and length of the row, and how it is cut (see {@link RecordTable.quote}).
   */
  #quotePlaces = noQuotes;
  #quoteOf: QuoteOf | null = null;
  #quoteTexts: string[] | null = [];
  /** Quotes that are no place in the member's text, by record. */
  #otherQuotes: Map<number, string> | null = null;
  #store: TextStore | null = null;
  /** Where the member's own text begins in the store, when quotes are places in it. */
  #textStart: number | null = null;

  constructor(member: string, pool: RecordPool = new RecordPool()) {
    this.#member = member;
    this.pool = pool;
  }

  /**
   * Where quotes go, to be said before the first record: into the store while nothing else is written
   * there, or into memory (null).
   */
  keepQuotesIn(store: TextStore | null): void {
    if (this.count > 0) throw new Error('record table: quotes were kept already');
    this.#store = store;
    this.#quoteTexts = store === null ? [] : null;
    this.#quotePlaces = noQuotes;
  }

  /** Quotes are places in the member's own text (JSON), which begins there in the store. */
  keepQuotesAt(store: TextStore, start: number): void {
    this.keepQuotesIn(store);
    this.#textStart = start;
    this.#quoteTexts = null;
  }

  get count(): number {
    return this.#subjects.length;
  }

  push(...drafts: readonly RecordDraft[]): void {
    for (const draft of drafts) this.#push(draft);
  }

  #push(draft: RecordDraft): void {
    const pool = this.pool;
    const at = this.count;
    const { citation } = draft;
    const previous = this.#devices.latest ?? null;
    this.#devices.push(at, draft.device === previous ? previous : pool.textOrNull(draft.device));
    this.#subjects.push(pool.subject(draft.patch, draft.kb, draft.updateId ?? null));
    this.#detections.push(pool.detection(draft.detection));
    this.#outcomes.push(pool.outcome(draft.deployment, draft.exitCodeRaw, draft.reboot ?? null));
    const place = citation.row === null ? placeInList(citation.pointer) : null;
    this.#origins.push(at, this.#originOf(draft, place?.list ?? citation.pointer, place !== null));
    if (at * 2 >= this.#places.length) this.#grow();
    this.#places[at * 2] = citation.line ?? 0;
    this.#places[at * 2 + 1] = place === null ? (citation.row ?? 0) : place.index;
    const extent = citation instanceof RowCitation ? citation.extent : undefined;
    if (this.#textStart !== null) this.#keepQuotePlace(at, this.#textStart, draft);
    else if (citation instanceof RowCitation && extent !== undefined && this.#cutsQuotes(citation.table)) {
      this.#quotePlaces[at * 2] = extent.start;
      this.#quotePlaces[at * 2 + 1] = (extent.end - extent.start) * forms + extent.form + cutForm;
    } else this.#keepQuote(at, citation.quote);
  }

  #keepQuotePlace(at: number, start: number, { quotePlace, citation }: RecordDraft): void {
    if (quotePlace === undefined) {
      this.#otherQuotes ??= new Map();
      this.#otherQuotes.set(at, citation.quote);
      return;
    }
    this.#quotePlaces[at * 2] = start + quotePlace.offset;
    this.#quotePlaces[at * 2 + 1] = quotePlace.bytes;
  }

  /** Whether quotes of rows need not be kept: the member's text goes into the store, and says how it is cut. */
  #cutsQuotes(table: Table): boolean {
    if (this.#store === null || table.quoteOf === undefined) return false;
    this.#quoteOf ??= table.quoteOf;
    return this.#quoteOf === table.quoteOf;
  }

  /**
   * Tells where the text of the member begins in the store: from then on quotes can be cut out of it.
   *
   * @param bytes of the text as UTF-8
   */
  settleQuotes(offset: number, text: string, bytes: number): void {
    if (this.#quoteOf === null) return;
    const isAscii = bytes === text.length;
    let [character, byte] = [0, 0];
    const byteAt = (at: number): number => {
      if (isAscii) return at;
      byte += Buffer.byteLength(text.slice(character, at), 'utf8');
      character = at;
      return byte;
    };
    for (let at = 0; at < this.count; at += 1) {
      const place = this.#quotePlaces[at * 2 + 1] ?? 0;
      if (place % forms === 0) continue;
      const start = this.#quotePlaces[at * 2] ?? 0;
      const from = byteAt(start);
      const to = byteAt(start + Math.floor(place / forms));
      this.#quotePlaces[at * 2] = offset + from;
      this.#quotePlaces[at * 2 + 1] = (to - from) * forms + (place % forms);
    }
  }

  readMoment(kind: string, text: string, read: (text: string) => Moment | null): Moment | null {
    return this.pool.readMoment(kind, text, read);
  }

  /** The last record was put down: gives the room for further ones back where it is much beside them. */
  settle(): void {
    if (this.count > fewRows) return;
    this.#devices.settle();
    this.#origins.settle();
    this.#subjects = this.#subjects.slice();
    this.#detections = this.#detections.slice();
    this.#outcomes = this.#outcomes.slice();
    this.#quoteTexts = this.#quoteTexts?.slice() ?? null;
  }

  device(at: number): string | null {
    return this.#devices.at(at) ?? null;
  }

  subject(at: number): Subject {
    return present(this.#subjects[at]);
  }

  detection(at: number): Detection {
    return present(this.#detections[at]);
  }

  outcome(at: number): Outcome {
    return present(this.#outcomes[at]);
  }

  origin(at: number): Origin {
    return present(this.#origins.at(at));
  }

  /** The device names as they are written, each once for every run of equal ones. */
  *deviceNames(): Generator<string> {
    for (const device of this.#devices.values) if (device !== null) yield device;
  }

  citation(at: number): Citation {
    return new RecordCitation(this, at);
  }

  line(at: number): number | null {
    return placeOf(this.#places[at * 2]);
  }

  row(at: number): number | null {
    return this.origin(at).isList ? null : placeOf(this.#places[at * 2 + 1]);
  }

  pointer(at: number): string | null {
    const { pointer, isList } = this.origin(at);
    return isList ? `${pointer ?? ''}/${this.#places[at * 2 + 1] ?? 0}` : pointer;
  }

  quote(at: number): string {
    if (this.#quoteTexts !== null) return this.#quoteTexts[at] ?? '';
    const [offset = 0, place = 0] = this.#quotePlaces.subarray(at * 2, at * 2 + 2);
    if (this.#textStart !== null) {
      const text = this.#store?.read(offset, Math.min(place, longestQuote)).toString('utf8') ?? '';
      return this.#otherQuotes?.get(at) ?? onOneLine(text);
    }
    const text = this.#store?.read(offset, Math.floor(place / forms)).toString('utf8') ?? '';
    const form = place % forms;
    return form === 0 ? text : (this.#quoteOf?.(text, form - cutForm) ?? '');
  }

  #originOf(draft: RecordDraft, pointer: string | null, isList: boolean): Origin {
    const { source, capturedAt = null, citation } = draft;
    const known = this.#origin;
    if (
      known !== null &&
      known.source === source &&
      known.capturedAt === capturedAt &&
      known.isList === isList &&
      known.pointer === pointer &&
      known.member === citation.member
    )
      return known;
    this.#origin = {
      member: citation.member === this.#member ? this.#member : citation.member,
      source,
      capturedAt,
      pointer,
      isList,
    };
    return this.#origin;
  }

  #keepQuote(at: number, quote: string): void {
    const store = this.#store;
    if (store === null) {
      this.#quoteTexts?.push(quote);
      return;
    }
    this.#quotePlaces[at * 2] = store.length;
    const most = quote.length * 3;
    if (most <= scratch.length) {
      const bytes = scratch.write(quote, 0, 'utf8');
      store.append(scratch.subarray(0, bytes));
      this.#quotePlaces[at * 2 + 1] = bytes * forms;
    } else {
      const bytes = Buffer.from(quote, 'utf8');
      store.append(bytes);
      this.#quotePlaces[at * 2 + 1] = bytes.length * forms;
    }
  }

  #grow(): void {
    const size = Math.max(firstRows * 2, this.#places.length * 2);
    const places = new Uint32Array(size);
    places.set(this.#places);
    this.#places = places;
    if (this.#store === null) return;
    const quotes = new Float64Array(size);
    quotes.set(this.#quotePlaces);
    this.#quotePlaces = quotes;
  }
}

/** The length of a quote is kept with how it is cut: 0 for a quote that is kept itself, else the form and 8. */
const forms = 16;
const cutForm = 8;
/** A longer quote is cut. */
const longestQuote = 4_096;

/** Place of an entry in its list, by its pointer: entries of one list have it in common but for the last token. */
function placeInList(pointer: string | null): { readonly list: string; readonly index: number } | null {
  if (pointer === null) return null;
  const slash = pointer.lastIndexOf('/');
  const token = pointer.slice(slash + 1);
  if (slash === -1 || !/^(?:0|[1-9]\d{0,8})$/u.test(token)) return null;
  return { list: pointer.slice(0, slash), index: Number(token) };
}

/** The pieces of a JSON text without the blanks between its lines. */
function onOneLine(text: string): string {
  return text.replace(/\s*\n\s*/gu, ' ');
}

const scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** Lines and rows count from 1; 0 stands for none. */
function placeOf(place: number | undefined): number | null {
  return place === undefined || place === 0 ? null : place;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('record table: no such record');
  return value;
}

/** The place of a record; its quote is read when it is asked for. */
class RecordCitation implements Citation {
  readonly #table: RecordTable;
  readonly #at: number;

  constructor(table: RecordTable, at: number) {
    this.#table = table;
    this.#at = at;
  }

  get member(): string {
    return this.#table.origin(this.#at).member;
  }
  get line(): number | null {
    return this.#table.line(this.#at);
  }
  get row(): number | null {
    return this.#table.row(this.#at);
  }
  get pointer(): string | null {
    return this.#table.pointer(this.#at);
  }
  get quote(): string {
    return this.#table.quote(this.#at);
  }
}
