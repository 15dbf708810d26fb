import { constants } from 'node:buffer';
import type { BundleMember } from '../archive/bundle.ts';
import type { Limits } from '../domain/limits.ts';
import { throwIfCancelled } from '../domain/errors.ts';
import { misnamedExtension } from '../domain/misnamed.ts';
import type { Moment } from '../domain/moment.ts';
import type {
  DocumentFormat,
  Format,
  Harvest,
  JsonFormat,
  LineFormat,
  MemberContext,
  Probe,
  StreamFormat,
} from '../formats/define-format.ts';
import { probe } from '../formats/probe.ts';
import { DocumentTooLarge, TooManyCells } from '../text/cell-limits.ts';
import { Utf8Stream } from '../text/decode.ts';
import { detached, detachedAll } from '../text/detached.ts';
import { JsonStream } from '../text/json-stream.ts';
import { chooseHeads, looksLikeJsonLines } from '../text/generic-heads.ts';
import type { StoredText } from '../text/stored-text.ts';
import { makeDocument, makeLongDocument } from './document.ts';
import type { OpenDocument } from './document.ts';
import type { LineIndex } from './line-index.ts';
import { DatedLines } from './dated-lines.ts';
import { LineReader } from './line-reader.ts';
import type { LineStore } from './line-reader.ts';
import { MemberDraft } from './member-draft.ts';
import { RowCitation } from './record-table.ts';
import type { RecordPool } from './record-table.ts';
import type { TextStore } from './text-store.ts';

export interface IngestOptions {
  readonly store: TextStore;
  /** What the records of the bundle have in common; without it, each member stands alone. */
  readonly pool?: RecordPool | undefined;
  readonly limits: Limits;
  /** In the order in which they are tried. */
  readonly formats: readonly Format[];
  readonly signal?: AbortSignal | undefined;
  /** As soon as the member is begun. */
  readonly onDraft: (draft: MemberDraft) => void;
  /** After each chunk: lets the owner report progress and serve others. */
  readonly onStep?: ((draft: MemberDraft) => Promise<void> | void) | undefined;
}

/** Reads one member from its first to its last byte. Whatever is wrong with it ends in the draft, not in a throw. */
export async function ingestMember(member: BundleMember, options: IngestOptions): Promise<MemberDraft> {
  const draft = new MemberDraft(
    member.index,
    member.path,
    modifiedMoment(member, options.pool),
    options.pool,
  );
  options.onDraft(draft);
  if (member.role === 'symlink' || member.role === 'special') {
    draft.state = 'opaque';
    draft.reason = member.role;
    await drain(member, draft, options);
    if (member.linkTarget !== null) draft.warn(null, 'link', member.linkTarget);
  } else if (member.role === 'archive') {
    draft.state = 'parsed';
    draft.reason = 'archive';
    await drain(member, draft, options);
  } else {
    await ingestFile(member, draft, options);
  }
  // How an archive ended is known only after its members.
  if (member.role !== 'archive') settleMember(member, draft);
  const misnamed = misnamedExtension(member.plainPath, draft);
  if (misnamed !== null) draft.warn(null, 'not-as-named', misnamed);
  draft.settle();
  return draft;
}

/** Takes over how the member's bytes ended: its size, its hash, and whether they are whole. */
export function settleMember(member: BundleMember, draft: MemberDraft): void {
  const outcome = member.outcome();
  draft.bytes = outcome.bytes;
  draft.sha256 = outcome.sha256;
  if (outcome.state !== 'complete') {
    draft.state = outcome.state;
    draft.reason = outcome.reason;
  }
}

async function ingestFile(member: BundleMember, draft: MemberDraft, options: IngestOptions): Promise<void> {
  const seen = probe(member.plainPath, await member.head());
  switch (seen.shape) {
    case 'empty':
      draft.state = 'text';
      draft.reason = 'empty';
      draft.newLines().finish(options.store.length);
      await drain(member, draft, options);
      return;
    case 'image':
      draft.state = 'image';
      await keepBytes(member, draft, options);
      return;
    case 'binary':
    case 'workbook':
    case 'text':
    case 'html':
    case 'mhtml':
    case 'delimited':
    case 'json':
    case 'xml':
      break;
  }
  // JSON of a known kind is told by its fields, also in what was saved of a terminal: nobody else is asked.
  const known =
    seen.shape === 'json' || seen.shape === 'text' || seen.shape === 'delimited'
      ? options.formats.find((format) => format.form === 'json' && format.recognise(seen))
      : undefined;
  if (known?.form === 'json') {
    await ingestJson(member, draft, known, options);
    return;
  }
  const candidates = options.formats.filter((format) => format.recognise(seen));
  const line = candidates.find((format) => format.form === 'lines');
  const documents = candidates.filter((format) => format.form === 'document');
  const stream = candidates.find((format) => format.form === 'stream');
  if (stream !== undefined) {
    await ingestStream(member, draft, stream, options);
    return;
  }
  if (documents.length > 0) {
    await ingestDocument(member, draft, seen, documents, line ?? null, options);
  } else if (seen.shape === 'binary' || seen.shape === 'workbook') {
    draft.state = 'opaque';
    draft.reason = 'unknown-format';
    await keepBytes(member, draft, options);
  } else {
    await ingestLines(member.chunks(true), draft, seen, line ?? null, options);
  }
}

/** A log of a known format, or any text: indexed, timed, searchable. */
async function ingestLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  draft: MemberDraft,
  seen: Probe,
  format: LineFormat | null,
  options: IngestOptions,
): Promise<void> {
  const index = draft.newLines();
  const lines = logLines(draft, index, seen, format, options);
  await readText(chunks, lines, draft, index, options);
  draft.timeRule = index.timed === 0 ? null : lines.timeRule;
}

/** Reads lines with their stamps into the index; says of the member what it is read as. */
function logLines(
  draft: MemberDraft,
  index: LineIndex,
  seen: Probe,
  format: LineFormat | null,
  options: IngestOptions,
  again?: LineStore,
): LineReader {
  const isLog =
    format !== null ||
    seen.shape === 'text' ||
    seen.shape === 'delimited' ||
    (seen.shape === 'json' && looksLikeJsonLines(seen.lines));
  draft.heads = format?.heads ?? (isLog ? chooseHeads(seen.lines) : []);
  draft.clock = format?.clock ?? 'device';
  draft.timeline = 'all';
  draft.kind = format?.id ?? null;
  draft.system = format?.system ?? null;
  draft.unverified = format?.unverified === true;
  draft.state = format === null ? 'text' : 'parsed';
  draft.reason = format === null ? 'unknown-format' : null;
  return new LineReader({
    store: again ?? options.store,
    index,
    heads: draft.heads,
    clock: draft.clock,
    clockOf: draft.path,
    reader: format?.open?.(contextOf(draft)) ?? null,
    landmarks: format?.landmarks ?? null,
    quietLandmarks: format?.quietLandmarks ?? null,
    strict: format !== null,
    bracketContinues: format?.bracketContinues === true,
    lineBytes: options.limits.lineBytes,
    modified: draft.modified?.local ?? null,
    warn: (line, code, text) => {
      // Lines that are read a second time were split before.
      if (again === undefined || code !== 'split-line') draft.warn(line, code, text);
    },
  });
}

/** Decodes the bytes of a member and has its lines read to the end. */
async function readText(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  lines: LineReader,
  draft: MemberDraft,
  index: LineIndex,
  options: IngestOptions,
): Promise<void> {
  const stream = new Utf8Stream();
  let guessed = false;
  const decode = (bytes: Uint8Array): void => {
    const before = index.count;
    lines.push(bytes);
    if (stream.guessedAfterLines !== null && !guessed) {
      guessed = true;
      draft.warn(before + stream.guessedAfterLines + 1, 'encoding-guessed', 'windows-1252');
    }
  };
  for await (const chunk of chunks) {
    throwIfCancelled(options.signal);
    draft.bytes += chunk.length;
    decode(stream.push(chunk));
    await options.store.ready();
    await options.onStep?.(draft);
  }
  decode(stream.end());
  lines.end();
  draft.encoding = stream.encoding;
}

/** A binary that is read piece by piece: each record becomes a line, with its time and level. */
async function ingestStream(
  member: BundleMember,
  draft: MemberDraft,
  format: StreamFormat,
  options: IngestOptions,
): Promise<void> {
  const { store } = options;
  const index = draft.newLines();
  draft.kind = format.id;
  draft.system = format.system;
  draft.clock = format.clock;
  draft.heads = format.heads;
  draft.unverified = format.unverified === true;
  draft.state = 'parsed';
  draft.timeline = 'all';
  const reader = format.open({
    ...contextOf(draft),
    line: (text, at, level) => {
      index.add(store.length, true, at?.local ?? Number.NaN, at?.offset ?? Number.NaN, level);
      store.append(Buffer.from(`${text}\n`, 'utf8'));
      return index.count;
    },
  });
  for await (const chunk of member.chunks()) {
    throwIfCancelled(options.signal);
    draft.bytes += chunk.length;
    reader.push(chunk);
    await store.ready();
    await options.onStep?.(draft);
  }
  const isOfKind = reader.end();
  index.finish(store.length);
  if (isOfKind) return;
  draft.kind = null;
  draft.system = null;
  draft.timeline = 'none';
  draft.state = 'opaque';
  draft.reason = 'unknown-format';
}

/** Most bytes of one element of a JSON list, and of a document without its elements. */
const mostJsonBytes = 64 * 1024 * 1024;

/** JSON of a known kind: its text is indexed as it is, its elements are read one by one as they arrive. */
async function ingestJson(
  member: BundleMember,
  draft: MemberDraft,
  format: JsonFormat,
  options: IngestOptions,
): Promise<void> {
  const { store } = options;
  draft.kind = format.id;
  draft.system = format.system;
  draft.clock = format.clock;
  draft.unverified = format.unverified === true;
  draft.state = 'parsed';
  draft.records.keepQuotesAt(store, store.length);
  const index = draft.newLines();
  const lines = plainLines(draft, index, options, false);
  const reader = format.open(contextOf(draft));
  const json = new JsonStream({
    element: (element) => reader.element(element),
    document: (root) => reader.document(root),
    problem: ({ line, column, text }) => draft.warn(line, 'bad-json', `${line}:${column} ${text}`.trim()),
    ...(reader.aside === undefined ? {} : { aside: (text: string) => reader.aside?.(text) === true }),
    mostBytes: mostJsonBytes,
  });
  const stream = new Utf8Stream();
  const decode = (bytes: Uint8Array): void => {
    lines.push(bytes);
    json.push(bytes);
  };
  for await (const chunk of member.chunks()) {
    throwIfCancelled(options.signal);
    draft.bytes += chunk.length;
    decode(stream.push(chunk));
    await store.ready();
    await options.onStep?.(draft);
  }
  decode(stream.end());
  lines.end();
  json.end();
  draft.encoding = stream.encoding;
  if (stream.guessedAfterLines !== null)
    draft.warn(stream.guessedAfterLines + 1, 'encoding-guessed', 'windows-1252');
  const outcome = reader.end(!json.isBroken);
  if (outcome === false) {
    draft.kind = null;
    draft.system = null;
    draft.unverified = false;
    draft.state = 'text';
    draft.reason = 'unknown-format';
    return;
  }
  draft.reason = outcome.reason;
  if (json.isBroken && draft.records.count + draft.facts.length + draft.events.length === 0) {
    draft.state = 'damaged';
    draft.reason = 'bad-json';
  }
  placeDatedLines(draft, index);
}

/**
 * A member that is read as a whole, or where it is too large for that piece by piece; when no document format takes it,
 * it is read as lines after all.
 */
async function ingestDocument(
  member: BundleMember,
  draft: MemberDraft,
  seen: Probe,
  formats: readonly DocumentFormat[],
  lineFormat: LineFormat | null,
  options: IngestOptions,
): Promise<void> {
  const isText = seen.shape !== 'binary' && seen.shape !== 'workbook';
  const iterator = member.chunks()[Symbol.asyncIterator]();
  const chunks: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => iterator };
  const parts: Uint8Array[] = [];
  let bytes = 0;
  // A text of more characters cannot be made at all.
  const most = Math.min(options.limits.documentBytes, constants.MAX_STRING_LENGTH);
  for await (const chunk of chunks) {
    throwIfCancelled(options.signal);
    bytes += chunk.length;
    if (bytes <= most || isText) parts.push(chunk);
    else parts.length = 0;
    if (bytes > most && isText) {
      await ingestLongText(following(parts, chunks), draft, seen, formats, lineFormat, options);
      return;
    }
    if (!isText) draft.bytes = bytes;
    await options.onStep?.(draft);
  }
  draft.bytes = bytes;
  if (bytes > most) {
    draft.state = 'refused';
    draft.reason = 'document-too-large';
    return;
  }
  const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  parts.length = 0;
  draft.records.keepQuotesIn(options.store);
  const document = makeDocument(whole, seen.shape, contextOf(draft, true), options.limits);
  for (const format of formats) {
    draft.system = format.system;
    draft.kind = format.id;
    try {
      if (!format.read(document)) continue;
    } catch (error) {
      if (!(error instanceof TooManyCells)) throw error;
      refuseTables(error, document, draft, options);
      await options.store.ready();
      return;
    }
    draft.state = 'parsed';
    draft.reason = null;
    draft.unverified = format.unverified === true;
    draft.encoding = document.encoding();
    if (isText) {
      const shown = shownBytes(document);
      draft.records.settleQuotes(options.store.length, document.shownText(), shown.length);
      indexDocument(shown, draft, options);
    }
    await options.store.ready();
    return;
  }
  draft.system = null;
  draft.kind = null;
  if (!isText) {
    draft.state = 'opaque';
    draft.reason = 'unknown-format';
    keep(draft, whole, options);
    return;
  }
  draft.records.keepQuotesIn(null);
  await ingestLines([whole], draft, seen, lineFormat, options);
}

/** What was taken of a member's bytes so far, each piece let go once it is handed out, and what follows. */
async function* following(
  parts: Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const part of takeAll(parts)) yield part;
  yield* rest;
}

function* takeAll(parts: Uint8Array[]): Generator<Uint8Array> {
  parts.reverse();
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) yield part;
}

/**
 * A text that is too large to be held: its lines go into the store as they arrive, and formats that can read it from
 * there. When none takes it, it is a text with lines, times and search like others.
 */
async function ingestLongText(
  chunks: AsyncIterable<Uint8Array>,
  draft: MemberDraft,
  seen: Probe,
  candidates: readonly DocumentFormat[],
  lineFormat: LineFormat | null,
  options: IngestOptions,
): Promise<void> {
  const { store } = options;
  const formats = candidates.filter((format) => format.readLong !== undefined);
  let isTooLarge = formats.length < candidates.length;
  if (formats.length === 0) {
    await ingestLines(chunks, draft, seen, lineFormat, options);
    if (lineFormat === null) sayTooLarge(draft);
    return;
  }
  const start = store.length;
  const index = draft.newLines();
  const lines = plainLines(draft, index, options);
  await readText(chunks, lines, draft, index, options);
  const stored: StoredText = {
    start,
    end: store.length,
    read: (offset, bytes) => store.read(offset, bytes),
  };
  draft.records.keepQuotesIn(store);
  const dates = new DatedLines(store);
  const context = contextOf(draft, true, dateInto(draft, index, dates));
  const document = makeLongDocument(stored, seen.shape, context, options.limits);
  for (const format of formats) {
    draft.system = format.system;
    draft.kind = format.id;
    try {
      if (format.readLong?.(document) !== true) continue;
    } catch (error) {
      if (error instanceof DocumentTooLarge) {
        isTooLarge = true;
        continue;
      }
      if (!(error instanceof TooManyCells)) throw error;
      if (error.reason === 'document-too-large') {
        isTooLarge = true;
        continue;
      }
      refuse(error, draft, options);
      return;
    }
    draft.state = 'parsed';
    draft.reason = null;
    draft.unverified = format.unverified === true;
    draft.timeline = dates.size > 0 ? 'dated' : 'none';
    if (dates.size > 0) draft.keepDatesIn(dates);
    await store.ready();
    return;
  }
  draft.system = null;
  draft.kind = null;
  draft.records.keepQuotesIn(null);
  await readAgain(stored, draft, seen, lineFormat, options);
  if (isTooLarge && lineFormat === null) sayTooLarge(draft);
}

/** Puts the lines that a format dates on the timeline at once: a large text has very many. */
function dateInto(draft: MemberDraft, index: LineIndex, dates: DatedLines): Harvest['timelineLine'] {
  return (line, at, level) => {
    if (line > index.count || !dates.add(line - 1, at)) return;
    index.setTime(line - 1, at?.local ?? Number.NaN, at?.offset ?? Number.NaN, level);
    if (at !== null) draft.clock = at.clock;
  };
}

/** Bytes that are read again at once. */
const againBytes = 1024 * 1024;

/** Reads the lines of a text that is in the store already, now as those of a log. */
async function readAgain(
  stored: StoredText,
  draft: MemberDraft,
  seen: Probe,
  format: LineFormat | null,
  options: IngestOptions,
): Promise<void> {
  const index = draft.newLines();
  const again: LineStore = {
    length: stored.start,
    append(bytes) {
      this.length += bytes.length;
    },
    read: (offset, bytes) => stored.read(offset, bytes),
  };
  const lines = logLines(draft, index, seen, format, options, again);
  for (let at = stored.start; at < stored.end; at += againBytes) {
    throwIfCancelled(options.signal);
    lines.push(stored.read(at, Math.min(againBytes, stored.end - at)));
    await options.onStep?.(draft);
  }
  lines.end();
  draft.timeRule = index.timed === 0 ? null : lines.timeRule;
}

/** A member of a kind that may be known, which could only be read as lines. */
function sayTooLarge(draft: MemberDraft): void {
  draft.reason = 'document-too-large';
  draft.warn(null, 'read-as-text', '');
}

/** A member whose tables are too large: nothing is taken from them, and its text can be shown and searched all the same. */
function refuseTables(
  error: TooManyCells,
  document: OpenDocument,
  draft: MemberDraft,
  options: IngestOptions,
): void {
  refuse(error, draft, options);
  if (document.shape === 'workbook' || document.shape === 'binary') {
    keep(draft, document.bytes, options);
    return;
  }
  draft.encoding = document.encoding();
  indexDocument(shownBytes(document), draft, options);
}

function refuse({ reason, line }: TooManyCells, draft: MemberDraft, options: IngestOptions): void {
  const { rowCells, tableCells } = options.limits;
  draft.system = null;
  draft.kind = null;
  draft.state = 'refused';
  draft.reason = reason;
  draft.rows = null;
  draft.events.length = 0;
  draft.facts.length = 0;
  if (reason !== 'document-too-large') {
    draft.warn(line, 'too-many-cells', String(reason === 'row-too-wide' ? rowCells : tableCells));
  }
  draft.records.keepQuotesIn(null);
}

/** The lines of a document, so that it can be shown, cited and searched; only those its format dated have a time. */
function indexDocument(text: Uint8Array, draft: MemberDraft, options: IngestOptions): void {
  const index = draft.newLines();
  const lines = plainLines(draft, index, options);
  lines.push(text);
  lines.end();
  placeDatedLines(draft, index);
}

/** Reads the lines of a text into the index; none of them has a time of its own. */
function plainLines(
  draft: MemberDraft,
  index: LineIndex,
  options: IngestOptions,
  hasLevels = true,
): LineReader {
  return new LineReader({
    store: options.store,
    index,
    heads: [],
    clock: draft.clock,
    clockOf: draft.path,
    reader: null,
    landmarks: null,
    quietLandmarks: null,
    hasLevels,
    strict: false,
    lineBytes: options.limits.lineBytes,
    modified: null,
    warn: (line, code, warned) => {
      draft.warn(line, code, warned);
    },
  });
}

/** Puts the lines that a format dated on the timeline. */
function placeDatedLines(draft: MemberDraft, index: LineIndex): void {
  draft.timeline = draft.datedLines.size > 0 ? 'dated' : 'none';
  for (const [line, { at, level }] of draft.datedLines) {
    if (line >= index.count) continue;
    index.setTime(line, at?.local ?? Number.NaN, at?.offset ?? Number.NaN, level);
    if (at !== null) draft.clock = at.clock;
  }
}

/** The shown text as UTF-8: the member's own bytes where they are that already. */
function shownBytes(document: OpenDocument): Uint8Array {
  const text = document.shownText();
  const plain = document.encoding() === 'utf-8' && document.shape !== 'mhtml';
  // A byte order mark or a NUL that was left out makes the text shorter.
  if (plain && Buffer.byteLength(text, 'utf8') === document.bytes.length) return document.bytes;
  return Buffer.from(text, 'utf8');
}

/**
 * What formats may know of a member; what they harvest goes into its draft.
 *
 * @param ofWhole they read the member's whole text, which nothing that is kept may hold on to
 * @param timelineLine what becomes of lines that they date; absent: kept in the draft
 */
export function contextOf(
  draft: MemberDraft,
  ofWhole = false,
  timelineLine?: Harvest['timelineLine'],
): MemberContext {
  return {
    path: draft.path,
    modified: draft.modified,
    cite: (line, quote, row = null, pointer = null) => ({ member: draft.path, line, row, pointer, quote }),
    citeRow: (table, row) => new RowCitation(draft.path, table, row),
    readMoment: (kind, text, read) => draft.records.readMoment(kind, text, read),
    keptDetection: (detection) => draft.records.pool.detection(detection),
    keptDeployment: (deployment, exitCodeRaw, reboot) =>
      draft.records.pool.outcome(deployment, exitCodeRaw, reboot).deployment,
    memory: (name, make) => draft.records.pool.memory(name, make),
    harvest: {
      ...harvestInto(draft, ofWhole),
      ...(timelineLine === undefined ? {} : { timelineLine }),
    },
  };
}

function harvestInto(draft: MemberDraft, ofWhole: boolean): Harvest {
  return {
    record: (record) => {
      draft.records.push(record);
    },
    event: (event) => {
      draft.events.push(ofWhole ? detachedAll(event) : event);
    },
    fact: (fact) => {
      draft.facts.push(ofWhole ? detachedAll(fact) : fact);
    },
    warning: (line, code, text) => {
      draft.warn(line, code, text);
    },
    device: (name, aliases = [], scope = 'file') => {
      if (draft.device === null && scope === 'collection') draft.speaksForCollection = true;
      draft.device ??= detached(name);
      draft.aliases.push(...aliases.filter((alias) => !draft.aliases.includes(alias)).map(detached));
    },
    alias: (name, aliases) => {
      if (aliases.length > 0)
        draft.otherNames.push(ofWhole ? detachedAll({ name, aliases }) : { name, aliases });
    },
    zone: (offset, samples, citation) => {
      draft.zone = {
        offset,
        samples,
        fact: {
          type: 'zone-inferred',
          value: { offset, clock: draft.clock, samples },
          citation: ofWhole ? detachedAll(citation) : citation,
        },
      };
    },
    rows: (count) => {
      draft.rows = count;
    },
    timelineLine: (line, at, level) => {
      // The raw text of a time may be a piece of the whole text as well.
      draft.dateLine(line - 1, { at: ofWhole ? detachedAll(at) : at, level });
    },
  };
}

/** Pictures are kept whole up to this size, so that they can be shown. */
const keptImageBytes = 64 * 1024 * 1024;
/** Of other binary members so much is kept for the hexadecimal view. */
const keptOpaqueBytes = 256 * 1024;

/** Reads a member that is no text, keeping its first bytes for showing. */
async function keepBytes(member: BundleMember, draft: MemberDraft, options: IngestOptions): Promise<void> {
  const limit = draft.state === 'image' ? keptImageBytes : keptOpaqueBytes;
  for await (const chunk of member.chunks()) {
    throwIfCancelled(options.signal);
    draft.bytes += chunk.length;
    const room = limit - (draft.kept?.length ?? 0);
    if (room > 0) keep(draft, chunk.subarray(0, room), options);
    await options.onStep?.(draft);
  }
}

function keep(draft: MemberDraft, bytes: Uint8Array, options: IngestOptions): void {
  const offset = draft.kept?.offset ?? options.store.length;
  options.store.append(bytes);
  draft.kept = { offset, length: (draft.kept?.length ?? 0) + bytes.length };
}

async function drain(member: BundleMember, draft: MemberDraft, options: IngestOptions): Promise<void> {
  for await (const chunk of member.chunks()) {
    throwIfCancelled(options.signal);
    draft.bytes += chunk.length;
    await options.onStep?.(draft);
  }
}

/** Most modification times that are kept to be shared. */
const mostTimes = 10_000;

/** What an archive says of when its member was modified; members of one archive have many times in common. */
function modifiedMoment({ modified }: BundleMember, pool: RecordPool | undefined): Moment | null {
  if (modified === null) return null;
  const known = pool?.memory('modified', () => new Map<string, Moment>());
  const key = modified.utc ? `${modified.local}Z` : modified.local;
  const before = known?.get(key);
  if (before !== undefined) return before;
  const local = Date.parse(`${modified.local}Z`);
  if (Number.isNaN(local)) return null;
  const moment: Moment = {
    raw: detached(modified.local),
    local,
    offset: modified.utc ? 0 : null,
    offsetSource: modified.utc ? 'stated' : 'unknown',
    precision: 'second',
    clock: 'exporter',
    clockOf: '',
  };
  if (known !== undefined && known.size >= mostTimes) known.clear();
  known?.set(detached(key), moment);
  return moment;
}
