/**
 * Keeps the case of one open bundle: answers its content, takes changes, and has them on the disk within a
 * second. Where the case's own place cannot be written, the application's folder takes it, so that no note is
 * lost.
 */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { caseSchemaName, emptyContent, hasContent, parseCase } from '../parsers/case/case-file.ts';
import type { CaseBundle, CaseFile } from '../parsers/case/case-file.ts';
import { caseVersion } from '../parsers/case/case-migrations.ts';
import { appendEntry, continues, firstBrokenEntry } from '../parsers/case/custody-log.ts';
import type { LogEvent } from '../parsers/case/custody-log.ts';
import { ExpectedError } from '../parsers/domain/errors.ts';
import { isoWithOffset } from '../parsers/domain/wall-time.ts';
import type { Mute } from '../parsers/domain/mute.ts';
import type { CaseContent, CaseStatus, CustodyLog, EarlierCase } from '../preload/contract/window.ts';
import { backupOf, caseExtension, readCase, writeCase } from './case-files.ts';
import type { CasePlaces } from './case-places.ts';

/** Something that the analyst should know about how the case was found; the window words it. */
export interface CaseWarning {
  readonly code:
    | 'case-other-bundle'
    | 'case-newer'
    | 'case-damaged'
    | 'case-locked'
    | 'case-elsewhere'
    | 'case-missing'
    | 'case-recovered'
    | 'case-apart'
    | 'case-log-broken'
    | 'not-readable';
  readonly place: string | null;
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface KeeperOptions {
  readonly bundle: CaseBundle;
  /** Of the bundle as it was read: see `memberLines`. */
  readonly members: readonly string[] | null;
  readonly places: CasePlaces;
  /** The case file that the analyst opened, when it was one that led to the bundle. */
  readonly opened: string | null;
  /** How that file was found, when that was not as it should be. */
  readonly openedWarning: CaseWarning | null;
  /** Another window has this case: nothing is written from here. */
  readonly locked: boolean;
  readonly version: string;
  readonly author: () => string;
  readonly clock: () => Date;
  readonly onStatus: (status: CaseStatus) => void;
}

/** Longest time between a change and its being on the disk, less the time that writing takes, in milliseconds. */
const saveDelay = 700;
/** How long after a failure the disk is tried again, in milliseconds. */
const retryDelay = 5_000;
/** A note that was not touched for so long counts as written and goes into the log, in milliseconds. */
const settleDelay = 20_000;

/** Which version of a file was read or written last, to see when somebody else replaced it. */
type Fingerprint = string | null;

export class CaseKeeper {
  readonly warning: CaseWarning | null;
  readonly #options: KeeperOptions;
  readonly #own: string;
  /** Where the analyst keeps the case; null: in the application's folder. */
  #home: string | null;
  /** Why nothing may be written to the case's place at all. */
  readonly #blocked: CaseWarning['code'] | null;
  #file: CaseFile;
  #fingerprint: Fingerprint;
  #earlier: EarlierCase | null = null;
  /** Whether the application's folder holds what could not be written home. */
  #ownIsNewer: boolean;
  #exists: boolean;
  #dirty = false;
  #status: CaseStatus;
  #saveTimer: NodeJS.Timeout | null = null;
  #settleTimer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: KeeperOptions, found: Found) {
    this.#options = options;
    this.#own = options.places.ownPath(options.bundle.sha256);
    // A case that another window has is shown here and written nowhere, unless it is saved elsewhere.
    this.#home = options.locked ? null : found.home;
    this.#blocked = options.locked ? 'case-elsewhere' : found.blocked;
    this.#file = { ...found.file, members: options.members === null ? null : [...options.members] };
    this.#fingerprint = found.fingerprint;
    this.#ownIsNewer = found.ownIsNewer;
    this.#exists = found.exists;
    this.warning = options.locked
      ? { code: 'case-elsewhere', place: basename(found.home ?? options.bundle.name), detail: {} }
      : (options.openedWarning ?? found.warning);
    this.#status = {
      name: this.#name(),
      state: found.exists ? 'saved' : 'none',
      savedAt: found.exists ? clockTime(new Date(found.file.savedBy.at)) : null,
      error: null,
    };
  }

  static async open(options: KeeperOptions): Promise<CaseKeeper> {
    const found = await find(options);
    const keeper = new CaseKeeper(options, found);
    keeper.#logPending({ recovered: 1 });
    const { name, bytes, sha256 } = options.bundle;
    if (found.version < caseVersion) {
      keeper.#log({ what: 'migrated', detail: { from: found.version, to: caseVersion } });
    }
    keeper.#log({ what: 'bundle-opened', detail: { name, bytes, sha256 } });
    if (keeper.#exists) keeper.#touch();
    if (options.opened !== null && keeper.#home === options.opened) {
      await options.places.rememberCase(options.bundle.sha256, options.opened);
    }
    return keeper;
  }

  get content(): CaseContent {
    return this.#file.content;
  }

  /** Its log, and whether it is whole. */
  get custodyLog(): CustodyLog {
    const { log } = this.#file;
    return { entries: log, broken: firstBrokenEntry(log) };
  }

  /** The case of another version of the bundle, whose notes may be taken over. */
  set earlier(earlier: EarlierCase | null) {
    this.#earlier = earlier;
  }

  get earlier(): EarlierCase | null {
    return this.#earlier;
  }

  get status(): CaseStatus {
    return this.#status;
  }

  /** Takes the analyst's content; it is on the disk within a second. */
  change(content: CaseContent): CaseStatus {
    const before = this.#file.content;
    if (JSON.stringify(before) === JSON.stringify(content)) return this.#status;
    const changed = changedAnnotations(before, content);
    this.#file = {
      ...this.#file,
      content,
      unlogged: [...new Set([...this.#file.unlogged, ...changed])],
    };
    if (before.zone !== content.zone) {
      this.#log({ what: 'zone-assumed', detail: { zone: content.zone } });
    }
    if (JSON.stringify(before.bookmarks) !== JSON.stringify(content.bookmarks)) {
      this.#log({ what: 'bookmarks-changed', detail: { count: content.bookmarks.length } });
    }
    const transcriptions = JSON.stringify(content.transcriptions);
    if (JSON.stringify(before.transcriptions) !== transcriptions) {
      const sha256 = createHash('sha256').update(transcriptions, 'utf8').digest('hex');
      this.#log({
        what: 'transcriptions-changed',
        detail: { count: content.transcriptions.length, sha256 },
      });
    }
    this.#logMutes(before.mutes, content.mutes);
    if (JSON.stringify(before.redaction) !== JSON.stringify(content.redaction)) {
      // How many words there are, never the words.
      const { kinds = [], words = [] } = content.redaction ?? {};
      this.#log({ what: 'redaction-changed', detail: { kinds: kinds.join(' '), words: words.length } });
    }
    const taken = takenOver(before, content, this.#earlier);
    if (taken > 0 && this.#earlier !== null) {
      this.#log({ what: 'notes-taken-over', detail: { case: this.#earlier.caseName, count: taken } });
    }
    if (changed.length > 0) this.#settleLater();
    this.#touch();
    return this.#status;
  }

  /** Puts something that was done into the log and onto the disk. */
  async record(event: LogEvent): Promise<void> {
    this.#logPending({});
    this.#log(event);
    this.#exists = true;
    this.#touch();
    await this.flush();
  }

  /** From now on the case lives at this path. */
  async saveAs(path: string): Promise<CaseStatus> {
    this.#logPending({});
    try {
      await refuseOtherBundle(path, this.#options.bundle);
      await this.#writing;
      await writeCase(path, this.#stamped());
      this.#home = path;
      this.#exists = true;
      this.#dirty = false;
      await this.#wrote(path);
      await this.#options.places.rememberCase(this.#options.bundle.sha256, path);
    } catch (error) {
      this.#setStatus({ state: 'not-writable', error: codeOf(error) });
    }
    return this.#status;
  }

  /** Resolves when everything is on the disk, or could not be put there. */
  async flush(): Promise<void> {
    this.#logPending({});
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer);
    this.#saveTimer = null;
    if (this.#dirty) this.#save();
    await this.#writing;
  }

  /** Writes what is left and stops all timers. */
  async close(): Promise<void> {
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer);
    await this.flush();
    if (this.#saveTimer !== null) clearTimeout(this.#saveTimer);
  }

  #touch(): void {
    this.#dirty = true;
    if (!this.#exists && !hasContent(this.#file.content)) return;
    if (this.#blocked !== null && this.#home === null) {
      this.#setStatus({ state: 'not-writable', error: this.#blocked });
      return;
    }
    if (this.#status.state !== 'not-writable') this.#setStatus({ state: 'saving', error: null });
    this.#saveLater(saveDelay);
  }

  #saveLater(delay: number): void {
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = null;
      this.#save();
    }, delay);
  }

  #save(): void {
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    if (!this.#dirty || (!this.#exists && !hasContent(this.#file.content))) return;
    if (this.#blocked !== null && this.#home === null) return;
    this.#dirty = false;
    const file = this.#stamped();
    const target = this.#home ?? this.#own;
    try {
      await this.#refuseForeignChange(target);
      await writeCase(target, file);
      this.#exists = true;
      await this.#wrote(target);
    } catch (error) {
      this.#dirty = true;
      if (this.#home !== null) await this.#keepInOwnFolder(file);
      this.#setStatus({ state: 'not-writable', error: codeOf(error) });
      this.#saveLater(retryDelay);
    }
  }

  async #wrote(target: string): Promise<void> {
    this.#fingerprint = await fingerprint(target);
    if (target !== this.#own && (this.#ownIsNewer || (await fingerprint(this.#own)) !== null)) {
      await rm(this.#own, { force: true }).catch(() => undefined);
      await rm(backupOf(this.#own), { force: true }).catch(() => undefined);
      this.#ownIsNewer = false;
    }
    this.#setStatus({
      name: this.#name(),
      state: this.#dirty ? 'saving' : 'saved',
      savedAt: clockTime(this.#options.clock()),
      error: null,
    });
  }

  async #keepInOwnFolder(file: CaseFile): Promise<void> {
    await writeCase(this.#own, file).then(
      () => {
        this.#ownIsNewer = true;
      },
      () => undefined,
    );
  }

  /** Somebody else wrote the file since: theirs is not overwritten. */
  async #refuseForeignChange(target: string): Promise<void> {
    const now = await fingerprint(target);
    if (now !== null && now !== this.#fingerprint) throw new ExpectedError('case-locked', basename(target));
  }

  #stamped(): CaseFile {
    const { version, author, clock } = this.#options;
    return {
      ...this.#file,
      savedBy: { tool: 'patchtrail', version, author: author(), at: isoWithOffset(clock()) },
    };
  }

  #log(event: LogEvent): void {
    const at = isoWithOffset(this.#options.clock());
    this.#file = { ...this.#file, log: appendEntry(this.#file.log, event, at) };
  }

  #logMutes(before: CaseContent['mutes'], after: CaseContent['mutes']): void {
    const [then, now] = [new Set(before.map(({ id }) => id)), new Set(after.map(({ id }) => id))];
    const subject = ({ on }: Mute): LogEvent['detail'] =>
      on.what === 'rule' ? { rule: on.rule } : { finding: on.finding };
    for (const mute of after) {
      if (then.has(mute.id)) continue;
      this.#log({ what: 'muted', detail: { ...subject(mute), reason: mute.reason } });
    }
    for (const mute of before) {
      if (!now.has(mute.id)) this.#log({ what: 'unmuted', detail: subject(mute) });
    }
  }

  #settleLater(): void {
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => {
      this.#settleTimer = null;
      this.#logPending({});
    }, settleDelay);
  }

  /** Logs the notes that changed since the log last spoke of them. */
  #logPending(extra: LogEvent['detail']): void {
    const ids = this.#file.unlogged;
    if (ids.length === 0) return;
    this.#file = { ...this.#file, unlogged: [] };
    for (const id of ids) {
      const annotation = this.#file.content.annotations.find((one) => one.id === id);
      if (annotation === undefined) {
        this.#log({ what: 'note-removed', detail: { id, ...extra } });
      } else {
        const sha256 = createHash('sha256').update(JSON.stringify(annotation), 'utf8').digest('hex');
        this.#log({ what: 'note-changed', detail: { id, verdict: annotation.verdict, sha256, ...extra } });
      }
    }
    this.#touch();
  }

  #name(): string | null {
    return this.#home === null ? null : basename(this.#home);
  }

  #setStatus(change: Partial<CaseStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.#options.onStatus(this.#status);
  }
}

/** What the case of a bundle holds on the disk, without taking it: empty where there is none. */
export async function keptContent(
  sha256: string,
  places: CasePlaces,
  opened: string | null,
): Promise<CaseContent> {
  const paths = [opened ?? places.of(sha256).case, places.ownPath(sha256)];
  const [home, own] = await Promise.all(
    paths.map(async (path) => (path === null ? null : await peek(path, sha256))),
  );
  if (home && own) return isLater(home.savedBy.at, own.savedBy.at) ? home.content : own.content;
  return (home ?? own)?.content ?? emptyContent;
}

/** Unlike `readCase` leaves a damaged file where it is. */
export async function peek(path: string, sha256: string): Promise<CaseFile | null> {
  try {
    const file = parseCase(await readFile(path, 'utf8'), basename(path));
    return file.bundle.sha256 === sha256 ? file : null;
  } catch {
    return null;
  }
}

interface Found {
  readonly file: CaseFile;
  /** Of the file as it was found. */
  readonly version: number;
  readonly home: string | null;
  readonly exists: boolean;
  readonly ownIsNewer: boolean;
  readonly fingerprint: Fingerprint;
  readonly blocked: CaseWarning['code'] | null;
  readonly warning: CaseWarning | null;
}

/** Looks for the case of a bundle where the analyst keeps it and in the application's folder. */
async function find(options: KeeperOptions): Promise<Found> {
  const { bundle, places } = options;
  const own = places.ownPath(bundle.sha256);
  const remembered = options.opened ?? places.of(bundle.sha256).case;
  const atHome = remembered === null ? nothing : await look(remembered, bundle);
  const atOwn = await look(own, bundle);

  if (remembered !== null && atHome.file !== null) {
    const homePrint = await fingerprint(remembered);
    const found = { home: remembered, exists: true, fingerprint: homePrint, blocked: null };
    if (atOwn.file === null) {
      return {
        ...found,
        file: atHome.file,
        version: atHome.version,
        ownIsNewer: false,
        warning: atHome.warning ?? brokenLog(atHome.file, remembered),
      };
    }
    const newer =
      continues(atOwn.file.log, atHome.file.log) && !isLater(atHome.file.savedBy.at, atOwn.file.savedBy.at);
    if (newer) {
      const warning = atHome.warning ?? brokenLog(atOwn.file, remembered);
      return { ...found, file: atOwn.file, version: atOwn.version, ownIsNewer: true, warning };
    }
    const aside = await putAside(own, options.clock());
    return {
      ...found,
      file: atHome.file,
      version: atHome.version,
      ownIsNewer: false,
      warning: atHome.warning ?? { code: 'case-apart', place: aside, detail: {} },
    };
  }

  const lost = atHome.warning;
  const reason = atOwn.warning === null ? null : atOwn.warning.code;
  const blocked = reason === 'case-newer' || reason === 'not-readable' ? reason : null;
  const inOwn = { home: null, ownIsNewer: false, fingerprint: await fingerprint(own) };
  if (atOwn.file !== null) {
    const warning = lost ?? atOwn.warning ?? brokenLog(atOwn.file, own);
    return { ...inOwn, file: atOwn.file, version: atOwn.version, exists: true, blocked: null, warning };
  }
  return {
    ...inOwn,
    file: newCase(options),
    version: caseVersion,
    exists: false,
    blocked,
    warning: lost ?? atOwn.warning,
  };
}

interface Look {
  readonly file: CaseFile | null;
  readonly version: number;
  readonly warning: CaseWarning | null;
}
const nothing: Look = { file: null, version: caseVersion, warning: null };

async function look(path: string, bundle: CaseBundle): Promise<Look> {
  const place = basename(path);
  const isOwn = place === `${bundle.sha256}${caseExtension}`;
  try {
    const { file, version, recovered } = await readCase(path);
    if (file.bundle.sha256 !== bundle.sha256) {
      const detail = { case: file.bundle.name, bundle: bundle.name };
      return { ...nothing, warning: { code: 'case-other-bundle', place, detail } };
    }
    if (recovered === null) return { file, version, warning: null };
    return { file, version, warning: { code: 'case-recovered', place, detail: { kept: recovered.damaged } } };
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    const { code, detail } = error;
    switch (code) {
      case 'not-found':
        return isOwn ? nothing : { ...nothing, warning: { code: 'case-missing', place, detail } };
      case 'case-damaged':
      case 'case-newer':
      case 'not-readable':
        return { ...nothing, warning: { code, place, detail } };
      default:
        throw error;
    }
  }
}

function brokenLog(file: CaseFile, path: string): CaseWarning | null {
  const broken = firstBrokenEntry(file.log);
  if (broken === null) return null;
  return { code: 'case-log-broken', place: basename(path), detail: { entry: broken + 1 } };
}

function newCase({ bundle, version, author, clock }: KeeperOptions): CaseFile {
  const at = isoWithOffset(clock());
  return {
    schema: caseSchemaName,
    bundle,
    content: emptyContent,
    members: null,
    unlogged: [],
    log: appendEntry([], { what: 'case-created', detail: { tool: 'patchtrail', version } }, at),
    savedBy: { tool: 'patchtrail', version, author: author(), at },
  };
}

/** Two versions grew apart: the one that is not used stays readable under a name of its own. */
async function putAside(path: string, now: Date): Promise<string> {
  const stamp = now.toISOString().replaceAll(/[:.]/gu, '-');
  const aside = path.replace(/\.patchtrail$/u, `.apart-${stamp}${caseExtension}`);
  await rename(path, aside).catch(() => undefined);
  return basename(aside);
}

async function refuseOtherBundle(path: string, bundle: CaseBundle): Promise<void> {
  const present = await readCase(path).catch((error: unknown) => {
    if (error instanceof ExpectedError && error.code !== 'case-newer') return null;
    throw error;
  });
  if (present !== null && present.file.bundle.sha256 !== bundle.sha256) {
    const detail = { case: present.file.bundle.name, bundle: bundle.name };
    throw new ExpectedError('case-other-bundle', basename(path), detail);
  }
}

/** How many notes came that are those of an earlier version's case. */
function takenOver(before: CaseContent, after: CaseContent, earlier: EarlierCase | null): number {
  if (earlier === null) return 0;
  const known = new Set(before.annotations.map(({ id }) => id));
  const theirs = new Set(earlier.content.annotations.map(({ id }) => id));
  return after.annotations.filter(({ id }) => theirs.has(id) && !known.has(id)).length;
}

function changedAnnotations(before: CaseContent, after: CaseContent): string[] {
  const old = new Map(before.annotations.map((one) => [one.id, JSON.stringify(one)]));
  const changed = after.annotations.filter((one) => old.get(one.id) !== JSON.stringify(one));
  const kept = new Set(after.annotations.map((one) => one.id));
  const removed = before.annotations.filter((one) => !kept.has(one.id));
  return [...changed, ...removed].map((one) => one.id);
}

async function fingerprint(path: string): Promise<Fingerprint> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size}:${mtimeMs}:${ino}`;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  return error instanceof ExpectedError ? error.code : 'not-writable';
}

function isLater(a: string, b: string): boolean {
  return Date.parse(a) > Date.parse(b);
}

/** `HH:mm` on the analyst's machine. */
function clockTime(date: Date): string {
  return isoWithOffset(date).slice(11, 16);
}
