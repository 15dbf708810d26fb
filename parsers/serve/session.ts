import { concludeSteps, openStore, readBundle } from '../analyse.ts';
import type { Concluded, ReadBundle, Reading as BundleReading } from '../analyse.ts';
import type { LockedMembers } from '../archive/bundle.ts';
import { setDictionary } from '../codes/decode-code.ts';
import { CancelledError, toWireError } from '../domain/errors.ts';
import type { ErrorCode, WireError } from '../domain/errors.ts';
import type { Run } from '../domain/evidence.ts';
import type { Finding } from '../domain/finding.ts';
import type { Limits } from '../domain/limits.ts';
import { partedByMutes } from '../domain/mute.ts';
import type { Mute } from '../domain/mute.ts';
import type { PackFile } from '../domain/pack.ts';
import { inTurns } from '../evidence/steps.ts';
import { zoneOf } from '../evidence/zones.ts';
import { noPacks, readPacks } from '../packs/read-packs.ts';
import type { Packs } from '../packs/read-packs.ts';
import type { Transcription } from '../domain/transcription.ts';
import type { Analysis, BundleIdentity } from '../report/analysis.ts';
import type { Reading } from '../../preload/contract/evidence.ts';
import type { CaseOptions } from '../case/options-key.ts';
import { readRemembered } from './remembered.ts';
import type { Remembered } from './remembered.ts';
import { overlappingRuns } from './run-spans.ts';

export interface OpenRequest {
  readonly path: string;
  readonly password: string | null;
  /** What becomes of locked members without one. */
  readonly locked?: LockedMembers | undefined;
  readonly zone: string | null;
  readonly limits: { readonly [K in keyof Limits]?: Limits[K] | undefined };
  readonly spoolFolder: string;
  /** File of answers that were kept of this bundle, by a first look at it; null: none. */
  readonly remembered?: string | null | undefined;
  /** Code dictionaries and rule packs of the site. */
  readonly packs?: readonly PackFile[] | undefined;
}

/** A concluded bundle with what the window's questions need looked up. Its analysis is without what is muted. */
export interface Snapshot extends Concluded {
  /** The analysis with the muted findings. */
  readonly whole: Analysis;
  readonly muted: readonly { readonly finding: Finding; readonly mute: Mute }[];
  readonly revision: number;
  /** Milliseconds that reading took, by the machine's own clock: shown, never stored. */
  readonly readMilliseconds: number;
  /** The zone that the analyst assumed, or null. */
  readonly zone: string | null;
  /** Muted ones included: a note or a link may lead to one. */
  readonly findingById: ReadonlyMap<string, Finding>;
  /** Findings that cite a record, by its id. */
  readonly findingsOfRecord: ReadonlyMap<string, readonly Finding[]>;
  /** Findings that cite a line, by `member:line`. */
  readonly findingsOfLine: ReadonlyMap<string, readonly Finding[]>;
  readonly runById: ReadonlyMap<string, Run>;
  /** Ids of runs that share time with another of their device or of the other role. */
  readonly overlapping: ReadonlySet<string>;
}

/** Problems of packs that are told: a dictionary may repeat thousands of codes. */
const mostProblems = 50;

/** Told at most this often. */
const tellInterval = 100;
/** The first partial answer comes this soon; every further one takes twice as long, so that their cost stays small. */
const firstPartial = 400;

/** Reading waits at most so long for the window to ask for the answers of the last time. */
const firstAnswerWait = 400;

/**
 * One open bundle: reads it, answers from what has been read so far, and starts over when a zone is
 * assumed. Wall-clock times are used for pacing alone.
 */
export class Session {
  readonly #tell: (reading: Reading) => void;
  #reading: Reading = idle;
  #snapshot: Snapshot | null = null;
  #bundle: BundleReading | null = null;
  #identity: BundleIdentity | null = null;
  #abort: AbortController | null = null;
  #zone: string | null = null;
  #limits: Partial<Limits> = {};
  #transcriptions: readonly Transcription[] = [];
  #mutes: readonly Mute[] = [];
  #remembered: Remembered | null = null;
  #packFiles: readonly PackFile[] = [];
  #packs: Packs = noPacks;
  #rememberedSeen: () => void = () => undefined;
  #lastTold = 0;
  #revision = 0;
  #opened = 0;
  /** Ends the conclusion in work: what it assumes has changed, or its bundle is closed. */
  #concluding: AbortController | null = null;
  /** Who wait for the next conclusion: an assumption was changed while the bundle is read, or concluded. */
  #waiting: { readonly done: () => void; readonly fail: (error: unknown) => void }[] = [];
  #request: OpenRequest | null = null;

  constructor(tell: (reading: Reading) => void) {
    this.#tell = tell;
  }

  get reading(): Reading {
    return this.#reading;
  }

  /** What is known so far; null while nothing is. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** Answers of the last reading, until this one has ended. */
  get remembered(): Remembered | null {
    return this.#remembered;
  }

  /** What the analyst's case says of the evidence at present. */
  get options(): CaseOptions {
    return {
      zone: this.#zone,
      mutes: [...this.#mutes],
      transcriptions: this.#transcriptions.map((row) => ({ ...row })),
    };
  }

  /** Packs that were handed over with the bundle. */
  get packFiles(): readonly PackFile[] {
    return this.#packFiles;
  }

  get limits(): Partial<Limits> {
    return this.#limits;
  }

  /** What was opened, for a second pass over its bytes; null without a bundle. */
  get source(): Pick<OpenRequest, 'path' | 'password' | 'spoolFolder'> | null {
    return this.#request;
  }

  /** @throws ExpectedError, CancelledError; what was read before stays answerable */
  async open(request: OpenRequest): Promise<BundleIdentity> {
    this.close();
    const abort = new AbortController();
    this.#abort = abort;
    this.#request = request;
    this.#zone = request.zone;
    this.#limits = definedOnly(request.limits);
    this.#packFiles = request.packs ?? [];
    this.#packs = readPacks(this.#packFiles);
    setDictionary(this.#packs.dictionary);
    this.#opened += 1;
    const name = request.path.replace(/^.*[/\\]/u, '');
    const started = performance.now();
    let nextPartial = started + firstPartial;
    let partialWait = firstPartial;
    const spool = { spoolFolder: request.spoolFolder, spoolName: `text-${process.pid}-${this.#opened}` };
    const store = openStore(spool);
    this.#bundle = { drafts: [], store };
    const { problems } = this.#packs;
    this.#change({
      ...idle,
      phase: 'reading',
      bundle: name,
      revision: this.#revision,
      ...(problems.length === 0 ? {} : { packProblems: problems.slice(0, mostProblems) }),
    });
    if (typeof request.remembered === 'string') await this.#recall(request.remembered, abort);
    try {
      const read = await readBundle(request.path, store, {
        ...spool,
        limits: this.#limits,
        password: request.password,
        locked: request.locked,
        zone: request.zone,
        signal: abort.signal,
        onProgress: (progress) => {
          this.#progress({
            bytes: progress.bytes,
            total: progress.total,
            member: progress.member,
            members: progress.members,
          });
        },
        onStep: async (partial) => {
          this.#bundle = partial;
          const now = performance.now();
          if (now < nextPartial && this.#waiting.length === 0) return;
          partialWait *= 2;
          await this.#conclude(partial, partialIdentity(name, this.#reading.total), now - started);
          nextPartial = performance.now() + partialWait;
        },
      });
      this.#change({ ...this.#reading, phase: 'checking', member: null });
      await this.#settle(read, performance.now() - started);
      return read.identity;
    } catch (error) {
      const wire = toWireError(error);
      // Another bundle may have been opened meanwhile; then this one has no say any more.
      if (this.#abort !== abort) throw error;
      const forget = (): void => {
        this.#forget('none');
      };
      if (wire.family === 'cancelled') {
        const identity = partialIdentity(name, this.#reading.total);
        await this.#conclude(this.#bundle, identity, performance.now() - started, forget);
      } else {
        forget();
      }
      this.#change({
        ...this.#reading,
        phase: wire.family === 'cancelled' ? 'cancelled' : 'failed',
        member: null,
        error: wire.family === 'cancelled' ? null : mutable(wire),
      });
      throw error;
    } finally {
      if (this.#abort === abort) {
        this.#abort = null;
        this.#settleWaiting();
      }
    }
  }

  async #recall(path: string, abort: AbortController): Promise<void> {
    const remembered = await readRemembered(path);
    if (remembered === null || this.#abort !== abort) return;
    this.#remembered = remembered;
    this.#revision += 1;
    // Reading keeps this thread busy: the window gets its first answer before it begins.
    const seen = new Promise<void>((resolve) => {
      this.#rememberedSeen = resolve;
      setTimeout(resolve, firstAnswerWait).unref();
    });
    this.#change({ ...this.#reading, remembered: 'shown', revision: this.#revision });
    await seen;
  }

  /** The window has what it shows first of the answers of the last time. */
  tellSeen(): void {
    this.#rememberedSeen();
  }

  /** Stops reading; rows that were read stay. */
  cancel(): void {
    this.#abort?.abort();
  }

  close(): void {
    this.cancel();
    this.#abort = null;
    const concluding = this.#concluding;
    this.#concluding = null;
    concluding?.abort();
    this.#settleWaiting(new CancelledError());
    this.#bundle?.store.close();
    this.#bundle = null;
    this.#snapshot = null;
    this.#request = null;
    this.#identity = null;
    this.#transcriptions = [];
    this.#mutes = [];
    this.#packFiles = [];
    this.#packs = noPacks;
    setDictionary([]);
    this.#remembered = null;
    this.#revision += 1;
    this.#change({ ...idle, revision: this.#revision });
  }

  /**
   * Reads local times without a zone as times of this zone, or takes that back.
   *
   * @throws ExpectedError `unknown-time-zone`; CancelledError when the bundle is closed meanwhile
   */
  async assumeZone(zone: string | null): Promise<void> {
    if (zone === this.#zone || this.#bundle === null) return;
    if (zone !== null) zoneOf(zone);
    const before = this.#zone;
    this.#zone = zone;
    try {
      await this.#concludeAgain(this.#bundle);
    } catch (error) {
      if (this.#zone === zone) this.#zone = before;
      throw error;
    }
  }

  /** Takes these rows of pictures as records; they replace those before. */
  async transcribe(transcriptions: readonly Transcription[]): Promise<void> {
    if (this.#bundle === null) return;
    const before = this.#transcriptions;
    if (JSON.stringify(before) === JSON.stringify(transcriptions)) return;
    this.#transcriptions = transcriptions;
    try {
      await this.#concludeAgain(this.#bundle);
    } catch (error) {
      if (this.#transcriptions === transcriptions) this.#transcriptions = before;
      throw error;
    }
  }

  /** Leaves these findings out of marks and counts; they replace those before. No rule is asked again. */
  mute(mutes: readonly Mute[]): void {
    if (JSON.stringify(this.#mutes) === JSON.stringify(mutes)) return;
    this.#mutes = mutes;
    const snapshot = this.#snapshot;
    if (snapshot === null) return;
    this.#show({ ...snapshot, analysis: snapshot.whole }, snapshot.readMilliseconds);
  }

  /** With what is assumed now. A bundle that is read, or concluded already, is so at the next step of that. */
  async #concludeAgain(bundle: BundleReading): Promise<void> {
    if (this.#abort !== null || this.#concluding !== null) {
      const next = new Promise<void>((done, fail) => {
        this.#waiting.push({ done, fail });
      });
      this.#concluding?.abort();
      await next;
      return;
    }
    await this.#conclude(
      bundle,
      this.#identity ?? partialIdentity(this.#reading.bundle ?? '', this.#reading.total),
      this.#snapshot?.readMilliseconds ?? 0,
    );
  }

  async #settle(read: ReadBundle, milliseconds: number): Promise<void> {
    this.#bundle = read;
    this.#identity = read.identity;
    const { sha256 } = read.identity;
    const was = this.#remembered?.sha256;
    await this.#conclude(read, read.identity, milliseconds, () => {
      this.#forget(was === undefined ? 'none' : was === sha256 ? 'confirmed' : 'differs');
    });
    this.#change({ ...this.#reading, phase: 'ready', bytes: this.#reading.total, member: null });
  }

  /**
   * Concludes what was read, while other requests are answered from what was concluded before. Starts over when what it
   * assumes changes.
   *
   * @param beforeShown called when the conclusion is there
   * @throws CancelledError when the bundle is closed meanwhile
   */
  async #conclude(
    bundle: BundleReading,
    identity: BundleIdentity,
    readMilliseconds: number,
    beforeShown: () => void = () => undefined,
  ): Promise<void> {
    for (;;) {
      const concluding = new AbortController();
      this.#concluding = concluding;
      let concluded: Concluded;
      try {
        const steps = concludeSteps(bundle, identity, this.#zone, this.#transcriptions, this.#packs);
        concluded = await inTurns(steps, concluding.signal);
      } catch (error) {
        // Closed, and perhaps another one opened.
        if (this.#concluding !== concluding) throw new CancelledError();
        this.#concluding = null;
        if (concluding.signal.aborted) continue;
        this.#settleWaiting(error);
        throw error;
      }
      this.#concluding = null;
      beforeShown();
      this.#show(concluded, readMilliseconds);
      this.#settleWaiting();
      return;
    }
  }

  #settleWaiting(error: unknown = null): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done, fail } of waiting) {
      if (error === null) done();
      else fail(error);
    }
  }

  /** Makes a concluded bundle what is answered from. */
  #show(concluded: Concluded, readMilliseconds: number): void {
    const { analysis: whole } = concluded;
    const { heard, muted } = partedByMutes(whole.findings, this.#mutes);
    const analysis = { ...whole, findings: heard };
    this.#revision += 1;
    this.#snapshot = {
      ...concluded,
      analysis,
      whole,
      muted,
      revision: this.#revision,
      readMilliseconds,
      zone: this.#zone,
      ...lookUps({ ...concluded, analysis }),
      findingById: new Map(whole.findings.map((finding) => [finding.id, finding])),
    };
    this.#change({
      ...this.#reading,
      members: analysis.evidence.members.length,
      lines: analysis.lines.total,
      records: analysis.evidence.records.length,
      findings: analysis.findings.length,
      placementOffset: concluded.lines.placementOffset,
      revision: this.#revision,
    });
  }

  /** From now on only what was read is answered. */
  #forget(remembered: Reading['remembered']): void {
    this.#remembered = null;
    this.#reading = { ...this.#reading, remembered };
  }

  #progress(change: Pick<Reading, 'bytes' | 'total' | 'member' | 'members'>): void {
    this.#reading = { ...this.#reading, ...change };
    const now = performance.now();
    if (now - this.#lastTold < tellInterval) return;
    this.#lastTold = now;
    this.#tell(this.#reading);
  }

  #change(reading: Reading): void {
    this.#reading = reading;
    this.#tell(reading);
  }
}

/** What is known of a bundle before its last byte was read: its hash is not. */
function partialIdentity(name: string, bytes: number): BundleIdentity {
  return { name, bytes, sha256: '', damaged: false };
}

const idle: Reading = {
  phase: 'idle',
  bundle: null,
  bytes: 0,
  total: 0,
  member: null,
  members: 0,
  lines: 0,
  records: 0,
  findings: 0,
  error: null,
  remembered: 'none',
  placementOffset: 0,
  revision: 0,
};

function lookUps({
  analysis,
  lines,
}: Concluded): Pick<Snapshot, 'findingsOfRecord' | 'findingsOfLine' | 'runById' | 'overlapping'> {
  const findingsOfRecord = new Map<string, Finding[]>();
  const findingsOfLine = new Map<string, Finding[]>();
  for (const finding of analysis.findings) {
    for (const { record, citation } of finding.witnesses) {
      if (record !== null) pushOnce(findingsOfRecord, record, finding);
      else if (citation.line !== null)
        pushOnce(findingsOfLine, `${citation.member}:${citation.line}`, finding);
    }
  }
  const { runs } = analysis.evidence;
  const runById = new Map(runs.map((run) => [run.id, run]));
  const overlapping = overlappingRuns(analysis.evidence, lines);
  return { findingsOfRecord, findingsOfLine, runById, overlapping };
}

function pushOnce(map: Map<string, Finding[]>, key: string, finding: Finding): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [finding]);
  else if (list[list.length - 1] !== finding) list.push(finding);
}

/** The wire form with its detail as a plain object, as the contract's schema infers it. */
function mutable(error: WireError): NonNullable<Reading['error']> {
  return error.family === 'expected'
    ? { ...error, code: error.code satisfies ErrorCode, detail: { ...error.detail } }
    : error;
}

function definedOnly(limits: OpenRequest['limits']): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
