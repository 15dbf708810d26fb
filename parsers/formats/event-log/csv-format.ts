import { momentFrom } from '../../text/dates.ts';
import { quoteCells, rowsOf } from '../../text/table.ts';
import type { Table, TableRow } from '../../text/table.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { Format, LongDocument } from '../define-format.ts';
import { oncePerProbe } from '../probe-memory.ts';
import { EventHarvest } from './event-harvest.ts';
import { levelOfWord } from './event-record.ts';
import type { EventRecord } from './event-record.ts';
import { logSource } from './log-source.ts';
import type { LogKind } from './log-source.ts';

type Column =
  'level' | 'keywords' | 'time' | 'provider' | 'eventId' | 'message' | 'computer' | 'id' | 'channel';

/** Headers of Event Viewer (English, Japanese) and of `Get-WinEvent | Export-Csv`, folded. */
const columns: Readonly<Record<string, Column>> = {
  level: 'level',
  leveldisplayname: 'level',
  entrytype: 'level',
  レベル: 'level',
  keywords: 'keywords',
  keywordsdisplaynames: 'keywords',
  キーワード: 'keywords',
  'date and time': 'time',
  timecreated: 'time',
  timegenerated: 'time',
  日付と時刻: 'time',
  source: 'provider',
  providername: 'provider',
  ソース: 'provider',
  'event id': 'eventId',
  eventid: 'eventId',
  'イベント id': 'eventId',
  id: 'eventId',
  message: 'message',
  description: 'message',
  説明: 'message',
  computer: 'computer',
  machinename: 'computer',
  コンピューター: 'computer',
  recordid: 'id',
  logname: 'channel',
};

interface Header {
  /** 0-based line of the header. */
  readonly line: number;
  readonly delimiter: ',' | ';' | '\t';
  readonly columns: ReadonlyMap<Column, number>;
  readonly width: number;
}

/**
 * A table of events: Event Viewer's "Save as CSV" or "Text (tab delimited)", which names five columns
 * and writes six fields, the last one the description over several lines; and `Export-Csv` of
 * PowerShell. Its times have no zone.
 */
export function csvFormat(kind: LogKind): Format {
  return defineDocumentFormat({
    id: kind.id('csv'),
    system: kind.system,
    recognise: (probe) =>
      (probe.shape === 'delimited' || probe.shape === 'text') &&
      hasHeader(probe) &&
      logSource(probe) === kind.source,
    read: readEvents,
    readLong: readEvents,
  });
}

function readEvents(document: LongDocument): boolean {
  const [first = ''] = document.pieces();
  const header = findHeader(first.slice(0, 16_384).split('\n', 10));
  if (header === null) return false;
  const harvest = new EventHarvest(document);
  for (const row of rowsOf(rowsBelow(document, header))) readRow(document, harvest, header, row);
  harvest.end();
  return true;
}

/** Asked for each kind of log. */
const hasHeader = oncePerProbe((probe) => findHeader(probe.lines) !== null);

function findHeader(lines: readonly string[]): Header | null {
  for (const [line, text] of lines.slice(0, 5).entries()) {
    if (!providerWords.test(text)) continue;
    for (const delimiter of [',', '\t', ';'] as const) {
      const names = text.split(delimiter).map(foldHeader);
      const found = new Map<Column, number>();
      names.forEach((name, position) => {
        const column = columns[name];
        if (column !== undefined && !found.has(column)) found.set(column, position);
      });
      if (!found.has('time') || !found.has('provider') || !found.has('eventId')) continue;
      return { line, delimiter, columns: found, width: names.length };
    }
  }
  return null;
}

/** What a header with the provider's column has: one of its names, or a character of another width that may spell one. */
const providerWords = /source|providername|ソース|[\uff00-\uffef]/iu;

function foldHeader(name: string): string {
  return name
    .replace(/^\uFEFF/u, '')
    .replaceAll('"', '')
    .normalize('NFKC')
    .trim()
    .toLowerCase();
}

/** The rows below the header, with a name for the field that has none. */
function rowsBelow(document: LongDocument, { line, delimiter, width, columns: found }: Header): Table {
  const headers = Array.from({ length: width + (found.has('message') ? 0 : 1) }, (_, at) => `c${at}`);
  // Events without a description end before that field.
  return document.rowsBelow({ delimiter, headers, linesAbove: line + 1 }, (code) => code !== 'short-row');
}

function readRow(document: LongDocument, harvest: EventHarvest, header: Header, row: TableRow): void {
  const { cells } = row;
  const cell = (column: Column): string | null => {
    const position = header.columns.get(column);
    const value = position === undefined ? '' : (cells[position] ?? '');
    return value === '' ? null : value;
  };
  const eventId = Number(cell('eventId') ?? Number.NaN);
  const at = momentFrom(cell('time') ?? '', 'device');
  if (!Number.isInteger(eventId)) {
    document.harvest.warning(row.line, 'bad-number', quoteCells(cells));
    return;
  }
  if (at === null) document.harvest.warning(row.line, 'bad-date', cell('time') ?? '');
  const id = cell('id') ?? '';
  const record: EventRecord = {
    id: /^\d+$/u.test(id) ? Number(id) : null,
    provider: cell('provider') ?? '',
    eventId,
    level: levelOfWord(cell('level') ?? cell('keywords') ?? ''),
    at: at === 'never' ? null : at,
    channel: cell('channel'),
    computer: cell('computer'),
    user: null,
    data: [],
    // The field without a name stands behind the named ones.
    message: cell('message') ?? (header.columns.has('message') ? null : (cells[header.width] ?? null)),
  };
  document.harvest.timelineLine(row.line, record.at, record.level);
  harvest.add(record, { line: row.line, row: row.row, quote: quoteCells(cells) });
}
