import type { Citation, Deployment, Detection } from '../domain/evidence.ts';
import type { At, Moment } from '../domain/moment.ts';
import { isMoment } from '../domain/moment.ts';
import { findKb } from '../domain/names.ts';
import type { RecordDraft } from '../formats/define-format.ts';
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
}

/** So many values of a kind are known at once; beyond it the pool starts anew, and what is in use stays. */
const mostKnown = 150_000;
/** Values that share a key and are compared one by one. */
const mostAlike = 24;

/**
 * What the records of a bundle have in common, once: names, statuses, times. A million rows tell of
 * some hundred patches and some thousand minutes.
 */
export class RecordPool {
  #texts = new Map<string, string>();
  #moments = new Map<string, Moment[]>();
  #subjects = new Map<string | null, Subject[]>();
  #detections = new Map<At, Detection[]>();
  #outcomes = new Map<At, Outcome[]>();
  #kbs = new Map<string, string | null>();
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

  at(at: At): At {
    return isMoment(at) ? this.moment(at) : at;
  }

  moment(moment: Moment): Moment {
    const alike = this.#moments.get(moment.raw);
    const known = alike?.find(
      (other) =>
        other === moment ||
        (other.local === moment.local &&
          other.offset === moment.offset &&
          other.offsetSource === moment.offsetSource &&
          other.precision === moment.precision &&
          other.clock === moment.clock &&
          other.clockOf === moment.clockOf),
    );
    if (known !== undefined) return known;
    const raw = detached(moment.raw);
    return this.#keep(this.#moments, raw, { ...moment, raw }, alike);
  }

  subject(patch: string | null, statedKb: string | null | undefined, updateId: string | null): Subject {
    const kb = statedKb === undefined ? this.#kbIn(patch) : statedKb;
    const alike = this.#subjects.get(patch);
    const known = alike?.find((other) => other.kb === kb && other.updateId === updateId);
    if (known !== undefined) return known;
    const own = {
      patch: this.textOrNull(patch),
      kb: this.textOrNull(kb),
      updateId: this.textOrNull(updateId),
    };
    return this.#keep(this.#subjects, own.patch, own, alike);
  }

  /** @param detection with a moment of this pool */
  detection(detection: Detection): Detection {
    const { status, raw, at } = detection;
    const alike = this.#detections.get(at);
    const known = alike?.find((other) => other.status === status && other.raw === raw);
    if (known !== undefined) return known;
    return this.#keep(this.#detections, at, { status, raw: this.textOrNull(raw), at }, alike);
  }

  /** @param deployment with a moment of this pool */
  outcome(deployment: Deployment, exitCodeRaw: string | null, reboot: string | null): Outcome {
    const { status, raw, at, exitCode, attempts, maxAttempts } = deployment;
    const alike = this.#outcomes.get(at);
    const known = alike?.find(
      (other) =>
        other.exitCodeRaw === exitCodeRaw &&
        other.reboot === reboot &&
        other.deployment.status === status &&
        other.deployment.raw === raw &&
        other.deployment.exitCode === exitCode &&
        other.deployment.attempts === attempts &&
        other.deployment.maxAttempts === maxAttempts,
    );
    if (known !== undefined) return known;
    const own: Outcome = {
      deployment: { status, raw: this.textOrNull(raw), at, exitCode, attempts, maxAttempts },
      exitCodeRaw: this.textOrNull(exitCodeRaw),
      reboot: this.textOrNull(reboot),
    };
    return this.#keep(this.#outcomes, at, own, alike);
  }

  #kbIn(patch: string | null): string | null {
    if (patch === null) return null;
    let kb = this.#kbs.get(patch);
    if (kb === undefined) {
      kb = findKb(patch);
      this.#note();
      this.#kbs.set(this.text(patch), kb);
    }
    return kb;
  }

  #keep<K, V>(map: Map<K, V[]>, key: K, value: V, alike: V[] | undefined): V {
    if (alike === undefined) {
      this.#note();
      map.set(key, [value]);
    } else if (alike.length < mostAlike) {
      alike.push(value);
    } else {
      // The latest stand a better chance to come again than the first.
      alike[this.#known % mostAlike] = value;
      this.#known += 1;
    }
    return value;
  }

  #note(): void {
    this.#known += 1;
    if (this.#known <= mostKnown) return;
    this.#known = 0;
    this.#texts = new Map();
    this.#moments = new Map();
    this.#subjects = new Map();
    this.#detections = new Map();
    this.#outcomes = new Map();
    this.#kbs = new Map();
  }
}

/** A piece cut out of a text keeps all of it in memory; a copy does not. */
function detached(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}

/** First room of the columns. */
const firstRows = 16;

/**
 * The records that a member states, in columns: pointers to what they have in common, and numbers. What
 * they quote is kept in the text store where there is one.
 */
export class RecordTable {
  readonly #member: string;
  readonly #pool: RecordPool;
  readonly #devices: (string | null)[] = [];
  readonly #subjects: Subject[] = [];
  readonly #detections: Detection[] = [];
  readonly #outcomes: Outcome[] = [];
  readonly #origins: Origin[] = [];
  #origin: Origin | null = null;
  /** Line and row of each record; 0 for none. */
  #places = new Uint32Array(firstRows * 2);
  /** Offset and length of each quote in the store. */
  #quotePlaces = new Float64Array(0);
  #quoteTexts: string[] | null = [];
  #store: TextStore | null = null;

  constructor(member: string, pool: RecordPool = new RecordPool()) {
    this.#member = member;
    this.#pool = pool;
  }

  /**
   * Where quotes go, to be said before the first record: into the store while nothing else is written
   * there, or into memory (null).
   */
  keepQuotesIn(store: TextStore | null): void {
    if (this.count > 0) throw new Error('record table: quotes were kept already');
    this.#store = store;
    this.#quoteTexts = store === null ? [] : null;
    this.#quotePlaces = new Float64Array(store === null ? 0 : this.#places.length);
  }

  get count(): number {
    return this.#devices.length;
  }

  push(draft: RecordDraft): void {
    const pool = this.#pool;
    const at = this.count;
    const { detection, deployment, citation } = draft;
    const previous = at === 0 ? null : (this.#devices[at - 1] ?? null);
    this.#devices.push(draft.device === previous ? previous : pool.textOrNull(draft.device));
    this.#subjects.push(pool.subject(draft.patch, draft.kb, draft.updateId ?? null));
    const detectedAt = pool.at(detection.at);
    this.#detections.push(
      pool.detection(detectedAt === detection.at ? detection : { ...detection, at: detectedAt }),
    );
    const deployedAt = pool.at(deployment.at);
    this.#outcomes.push(
      pool.outcome(
        deployedAt === deployment.at ? deployment : { ...deployment, at: deployedAt },
        draft.exitCodeRaw,
        draft.reboot ?? null,
      ),
    );
    this.#origins.push(this.#originOf(draft));
    if (at * 2 >= this.#places.length) this.#grow();
    this.#places[at * 2] = citation.line ?? 0;
    this.#places[at * 2 + 1] = citation.row ?? 0;
    this.#keepQuote(at, citation.quote);
  }

  device(at: number): string | null {
    return this.#devices[at] ?? null;
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
    return present(this.#origins[at]);
  }

  /** The device names as they are written, each once for every run of equal ones. */
  *deviceNames(): Generator<string> {
    let previous: string | null = null;
    for (const device of this.#devices) {
      if (device !== null && device !== previous) yield device;
      previous = device;
    }
  }

  citation(at: number): Citation {
    return new RecordCitation(this, at);
  }

  line(at: number): number | null {
    return this.#places[at * 2] || null;
  }

  row(at: number): number | null {
    return this.#places[at * 2 + 1] || null;
  }

  quote(at: number): string {
    if (this.#quoteTexts !== null) return this.#quoteTexts[at] ?? '';
    const [offset = 0, length = 0] = this.#quotePlaces.subarray(at * 2, at * 2 + 2);
    return this.#store?.read(offset, length).toString('utf8') ?? '';
  }

  #originOf(draft: RecordDraft): Origin {
    const { source, capturedAt = null, citation } = draft;
    const known = this.#origin;
    if (
      known !== null &&
      known.source === source &&
      known.capturedAt === capturedAt &&
      known.pointer === citation.pointer &&
      known.member === citation.member
    )
      return known;
    this.#origin = {
      member: citation.member === this.#member ? this.#member : citation.member,
      source,
      capturedAt,
      pointer: citation.pointer,
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
      this.#quotePlaces[at * 2 + 1] = bytes;
    } else {
      const bytes = Buffer.from(quote, 'utf8');
      store.append(bytes);
      this.#quotePlaces[at * 2 + 1] = bytes.length;
    }
  }

  #grow(): void {
    const places = new Uint32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
    if (this.#store === null) return;
    const quotes = new Float64Array(this.#quotePlaces.length * 2);
    quotes.set(this.#quotePlaces);
    this.#quotePlaces = quotes;
  }
}

const scratch = Buffer.allocUnsafeSlow(64 * 1024);

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
    return this.#table.origin(this.#at).pointer;
  }
  get quote(): string {
    return this.#table.quote(this.#at);
  }
}
