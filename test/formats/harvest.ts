import { Buffer } from 'node:buffer';
import type { Citation } from '../../parsers/domain/evidence.ts';
import type { Level } from '../../parsers/domain/evidence.ts';
import type { At, Moment } from '../../parsers/domain/moment.ts';
import type {
  DocumentFormat,
  EvidenceDocument,
  EventDraft,
  FactDraft,
  Format,
  Harvest,
  JsonFormat,
  LineFormat,
  LogRecord,
  MemberContext,
  RecordDraft,
  Shape,
} from '../../parsers/formats/define-format.ts';
import { probe } from '../../parsers/formats/probe.ts';
import { anyCells } from '../../parsers/text/cell-limits.ts';
import { decodeText } from '../../parsers/text/decode.ts';
import { readDelimited, readDelimitedBelow } from '../../parsers/text/delimited.ts';
import { readTextTables } from '../../parsers/text/fixed-width.ts';
import { readJson } from '../../parsers/text/json-document.ts';
import { JsonStream } from '../../parsers/text/json-stream.ts';
import type { HeadFields } from '../../parsers/text/line-head.ts';
import { readPage } from '../../parsers/text/page.ts';
import { readWorkbook } from '../../parsers/text/workbook.ts';

/** Everything that a format put down, in arrays. */
export interface Recorded {
  readonly records: RecordDraft[];
  readonly events: EventDraft[];
  readonly facts: FactDraft[];
  readonly warnings: { readonly line: number | null; readonly code: string; readonly text: string }[];
  readonly devices: { readonly name: string; readonly aliases: readonly string[] }[];
  readonly aliases: { readonly name: string; readonly aliases: readonly string[] }[];
  readonly zones: { readonly offset: number; readonly samples: number; readonly citation: Citation }[];
  readonly timeline: { readonly line: number; readonly at: Moment | null; readonly level: Level }[];
  rows: number | null;
}

export function emptyRecorded(): Recorded {
  return {
    records: [],
    events: [],
    facts: [],
    warnings: [],
    devices: [],
    aliases: [],
    zones: [],
    timeline: [],
    rows: null,
  };
}

export function recordingHarvest(into: Recorded): Harvest {
  return {
    record: (draft) => void into.records.push(draft),
    event: (draft) => void into.events.push(draft),
    fact: (draft) => void into.facts.push(draft),
    warning: (line, code, text) => void into.warnings.push({ line, code, text }),
    device: (name, aliases = []) => void into.devices.push({ name, aliases }),
    alias: (name, aliases) => void into.aliases.push({ name, aliases }),
    zone: (offset, samples, citation) => void into.zones.push({ offset, samples, citation }),
    rows: (count) => {
      into.rows = count;
    },
    timelineLine: (line, at, level) => void into.timeline.push({ line, at, level }),
  };
}

export interface FileOptions {
  readonly modified?: Moment | null;
}

function contextOf(path: string, harvest: Harvest, options: FileOptions): MemberContext {
  return {
    path,
    modified: options.modified ?? null,
    cite: (line, quote, row = null, pointer = null) => ({ member: path, line, row, pointer, quote }),
    citeRow: (_table, { line, row, cells }) => ({
      member: path,
      line,
      row,
      pointer: null,
      quote: cells.join(' | '),
    }),
    readMoment: (_kind, text, read) => read(text),
    keptDetection: (detection) => detection,
    keptDeployment: (deployment) => deployment,
    memory: (_name, make) => make(),
    harvest,
  };
}

/** A document as the store would hand it to a format. */
export function documentOf(
  path: string,
  content: string | Uint8Array,
  into: Recorded,
  options: FileOptions = {},
): EvidenceDocument {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const harvest = recordingHarvest(into);
  const { shape } = probe(path, bytes);
  const text = once(() => decodeText(bytes).text);
  const page = once(() => readPage(shape === 'mhtml' ? bytes : text()));
  const warn = (line: number | null, code: string, quoted: string): void => {
    harvest.warning(line, code, quoted);
  };
  const tables = once(() => {
    switch (shape) {
      case 'html':
      case 'mhtml':
        return page().tables;
      case 'workbook':
        return readWorkbook(bytes, warn);
      case 'delimited': {
        const table = readDelimited(text(), warn);
        return table === null ? [] : [table];
      }
      default:
        return readTextTables(text(), warn);
    }
  });
  const json = once(() => readJson(text()).document);
  return {
    ...contextOf(path, harvest, options),
    cellLimits: anyCells,
    shape,
    bytes,
    text,
    pieces: () => [text()],
    rowsBelow: (header, wanted) =>
      readDelimitedBelow(text(), header, (line, code, quoted) => {
        if (wanted(code)) warn(line, code, quoted);
      }),
    page,
    tables,
    json,
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What a file was read as, and what was read from it. */
export interface FileReading extends Recorded {
  /** Id of the format that took it, or null. */
  readonly kind: string | null;
  readonly shape: Shape;
}

/** Reads a file by the first of the formats that takes it, as the ingest does. */
export function readFile(
  formats: readonly Format[],
  path: string,
  content: string | Uint8Array,
  options: FileOptions = {},
): FileReading {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const seen = probe(path, bytes);
  for (const format of formats) {
    if (!format.recognise(seen)) continue;
    if (format.form === 'lines') {
      const recorded = readLines(format, path, decodeText(bytes).text, options);
      return { ...recorded, kind: format.id, shape: seen.shape };
    }
    if (format.form === 'stream') {
      const streamed = emptyRecorded();
      let lines = 0;
      const harvest = recordingHarvest(streamed);
      const reader = format.open({
        ...contextOf(path, harvest, options),
        line: (_text, at, level) => {
          lines += 1;
          streamed.timeline.push({ line: lines, at, level });
          return lines;
        },
      });
      reader.push(bytes);
      if (reader.end()) return { ...streamed, kind: format.id, shape: seen.shape };
      continue;
    }
    if (format.form === 'json') {
      const read = emptyRecorded();
      if (readJsonText(format, path, bytes, read, options))
        return { ...read, rows: read.rows, kind: format.id, shape: seen.shape };
      continue;
    }
    const recorded = emptyRecorded();
    if (readDocument(format, path, bytes, recorded, options)) {
      return { ...recorded, rows: recorded.rows, kind: format.id, shape: seen.shape };
    }
  }
  return { ...emptyRecorded(), kind: null, shape: seen.shape };
}

function readJsonText(
  format: JsonFormat,
  path: string,
  bytes: Uint8Array,
  into: Recorded,
  options: FileOptions,
): boolean {
  const reader = format.open(contextOf(path, recordingHarvest(into), options));
  const json = new JsonStream({
    element: (element) => reader.element(element),
    document: (root) => reader.document(root),
    problem: ({ line, text }) => void into.warnings.push({ line, code: 'bad-json', text }),
    mostBytes: 1024 * 1024,
  });
  json.push(Buffer.from(decodeText(bytes).text, 'utf8'));
  json.end();
  return reader.end(!json.isBroken) !== false;
}

export function readDocument(
  format: DocumentFormat,
  path: string,
  content: string | Uint8Array,
  into: Recorded,
  options: FileOptions = {},
): boolean {
  return format.read(documentOf(path, content, into, options));
}

/** Feeds a log to a line format: a line with a head starts a record, any other continues the one above. */
export function readLines(
  format: LineFormat,
  path: string,
  text: string,
  options: FileOptions = {},
): Recorded {
  const into = emptyRecorded();
  const reader = format.open?.(contextOf(path, recordingHarvest(into), options));
  const flush = (record: (LogRecord & { continuation: string[] }) | null): void => {
    if (record === null || reader === undefined) return;
    const whole = [record.text, ...record.continuation].join('\n');
    const quiet = reader.isQuiet?.() === true ? format.quietLandmarks : undefined;
    if ((quiet ?? format.landmarks)?.some((mark) => whole.includes(mark)) === false) return;
    reader.record(record);
  };
  let open: (LogRecord & { continuation: string[] }) | null = null;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  lines.forEach((raw, index) => {
    const line = raw.replace(/\r+$/u, '');
    const head = readHead(format, line);
    if (head === null) {
      if (open !== null) open.continuation.push(line);
      return;
    }
    flush(open);
    open = { line: index + 1, text: line, body: head.body, level: head.level, at: head.at, continuation: [] };
  });
  flush(open);
  reader?.end?.();
  return into;
}

/** The head of one line by the heads of a format, or null when it has none. */
export function readHead(
  format: LineFormat,
  line: string,
): { readonly at: Moment | null; readonly level: Level; readonly body: string } | null {
  const bytes = Buffer.from(line, 'utf8');
  const fields: HeadFields = {
    local: Number.NaN,
    offset: Number.NaN,
    precision: 'second',
    level: 'none',
    body: 0,
  };
  for (const head of format.heads) {
    if (!head.read(bytes, 0, bytes.length, fields)) continue;
    const offset = Number.isNaN(fields.offset) ? null : fields.offset;
    const at: Moment | null = Number.isNaN(fields.local)
      ? null
      : {
          raw: bytes.subarray(0, fields.body).toString('utf8'),
          local: fields.local,
          offset,
          offsetSource: offset === null ? 'unknown' : 'stated',
          precision: fields.precision,
          clock: format.clock,
          clockOf: '',
        };
    return { at, level: fields.level, body: bytes.subarray(fields.body).toString('utf8') };
  }
  return null;
}

/** A time in short, for expectations: `2024-05-10T09:12 minute`, `never`, null. */
export function shortTime(at: At): string | null {
  if (at === null || at === 'never') return at;
  const iso = new Date(at.local).toISOString();
  const shown =
    at.precision === 'minute'
      ? iso.slice(0, 16)
      : at.precision === 'day'
        ? iso.slice(0, 10)
        : iso.slice(0, 19);
  return `${shown} ${at.precision}`;
}
