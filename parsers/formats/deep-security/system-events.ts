import type { Level } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { isMoment, order } from '../../domain/moment.ts';
import { foldDeviceName } from '../../domain/names.ts';
import { compileColumns } from '../../text/column-match.ts';
import type { ColumnMatch } from '../../text/column-match.ts';
import { momentFrom, readDate } from '../../text/dates.ts';
import { linesOf } from '../../text/stored-text.ts';
import { quoteCells, rowsOf } from '../../text/table.ts';
import type { Table } from '../../text/table.ts';
import { compileVocabulary } from '../../text/vocabulary.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { LongDocument, Probe } from '../define-format.ts';
import { EventHarvest, hostOf } from './event-rows.ts';
import type { EventRow } from './event-rows.ts';
import { isRelayGroup } from './event-names.ts';

type Column =
  'time' | 'level' | 'id' | 'event' | 'tags' | 'origin' | 'target' | 'actionBy' | 'manager' | 'description';

/** The order in which the manager writes them (v20); it holds where the headers are in a language not listed. */
const order20: readonly Column[] = [
  'time',
  'level',
  'id',
  'event',
  'tags',
  'origin',
  'target',
  'actionBy',
  'manager',
  'description',
];

const columns = compileColumns<Column>({
  time: { names: ['Time', 'Date/Time', '時刻', '日時'] },
  level: { names: ['Level', 'レベル'] },
  id: { names: ['Event ID', 'イベントID'] },
  event: { names: ['Event', 'イベント'] },
  tags: { names: ['Tag(s)', 'Tags', 'タグ'] },
  origin: { names: ['Event Origin', 'イベント送信元', 'イベントの発生源'] },
  target: { names: ['Target', '対象', 'ターゲット'] },
  actionBy: { names: ['Action By', '実行者', 'アクション実行者'] },
  manager: { names: ['Manager', 'マネージャ', 'マネージャー'] },
  description: { names: ['Description', '説明'] },
});

const levelWords = compileVocabulary<Extract<Level, 'info' | 'warning' | 'error'>>({
  info: ['Info', 'Information', '情報'],
  warning: ['Warning', '警告', '注意'],
  error: ['Error', 'エラー'],
});

/** The cells of a row by canonical column. */
interface Cells {
  get(column: Column): string;
}

function recognise({ shape, name, text }: Probe): boolean {
  if (shape !== 'delimited') return false;
  if (/^hostevents.*\.csv$/u.test(name)) return true;
  const start = text.slice(0, 4096);
  return (
    (/\bEvent ID\b/iu.test(start) && /\bEvent Origin\b|\bAction By\b/iu.test(start)) ||
    (start.includes('イベントID') && /イベント送信元|イベントの発生源|実行者/u.test(start)) ||
    /(?:セキュリティアップデート|security update|relay ?group|relayグループ)/iu.test(start)
  );
}

/**
 * The manager's system events as CSV: `hostevents.csv` of a diagnostic package, or the list that the
 * console exports. Times are the manager's and carry no zone; the newest event usually comes first.
 */
export const systemEvents = defineDocumentFormat({
  id: 'deep-security/system-events',
  system: 'deep-security',
  recognise,
  read: readEvents,
  readLong: readEvents,
});

function readEvents(document: LongDocument): boolean {
  const [table] = document.tables();
  if (table === undefined) return false;
  const match = columns.match(table.headers, { least: 4 });
  const named =
    match !== null && match.has('time') && match.has('event') && (match.has('id') || match.has('target'));
  if (!named && !isByPosition(table)) return false;
  readTable(document, table, named ? byHeader(match) : byPosition);
  return true;
}

function byHeader(match: ColumnMatch<Column>): (cells: readonly string[]) => Cells {
  return (cells) => ({ get: (column) => match.cell(cells, column) ?? '' });
}

function byPosition(cells: readonly string[]): Cells {
  return { get: (column) => cells[order20.indexOf(column)] ?? '' };
}

/** Ten columns, a date first and a number third, in most of the first rows. */
function isByPosition(table: Table): boolean {
  // A last column that is blank in the first row is none of the table's.
  if (table.headers.length > order20.length || table.headers.length < order20.length - 2) return false;
  const rows = [table.headers, ...firstCells(table, 20)];
  const fitting = rows.filter((cells) => isTime(cells[0] ?? '') && /^\d+$/u.test(cells[2] ?? '')).length;
  return fitting > 0 && fitting * 2 >= rows.length - 1;
}

function firstCells(table: Table, count: number): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  for (const { cells } of rowsOf(table)) {
    if (found.length === count) break;
    found.push(cells);
  }
  return found;
}

function isTime(text: string): boolean {
  const reading = readDate(text);
  return reading !== null && reading !== 'never' && reading.precision !== 'day';
}

function readTable(document: LongDocument, table: Table, cellsOf: (cells: readonly string[]) => Cells): void {
  const lines = new LineWindow(linesOf(document.pieces()));
  const harvest = new EventHarvest(document);
  /** Those that say something. */
  const rows: EventRow[] = [];
  let first: Moment | null = null;
  let last: Moment | null = null;
  const targets = new Map<string, string>();
  let count = 0;
  const take = (written: readonly string[], line: number, row: number | null): void => {
    const cells = mended(written);
    const values = cellsOf(cells);
    const time = values.get('time');
    const at = readTime(document, time, line);
    // A fragment of a row whose quotes are broken: it was counted as such when the table was read.
    if (at === null && !/^\d+$/u.test(values.get('id'))) return;
    count += 1;
    document.harvest.timelineLine(line, at, levelWords.read(values.get('level')) ?? 'none');
    const target = values.get('target').trim();
    if (target !== '') targets.set(foldDeviceName(hostOf(target).name), target);
    const id = values.get('id').trim();
    first ??= at;
    last = at ?? last;
    const event: EventRow = {
      at,
      eventId: /^\d{1,6}$/u.test(id) ? Number(id) : null,
      name: values.get('event'),
      target: target === '' ? null : target,
      description: placeLines(lines, line, values.get('description')),
      citation: document.cite(
        line,
        quoteCells(cells)
          .replaceAll(/\s*\r*\n\s*/gu, ' ')
          .slice(0, 500),
        row,
      ),
    };
    if (harvest.concerns(event)) rows.push(event);
    else harvest.pass(at);
  };
  if (isTime(table.headers[0] ?? '')) take(table.headers, table.headerLine, null);
  for (const row of rowsOf(table)) take(row.cells, row.line, row.row);

  document.harvest.rows(count);
  if (isNewestFirst(first, last)) rows.reverse();
  for (const row of rows) harvest.row(row);
  harvest.end();
  stateDevice(document, targets);
}

/**
 * A row whose quotes are broken was cut at every comma, so at the one of its date as well: the two halves
 * are put together again, and the row is read as far as it goes.
 */
function mended(cells: readonly string[]): readonly string[] {
  const [first = '', second = ''] = cells;
  const joined = `${first}, ${second}`.replaceAll('"', '');
  if (isTime(first) || !isTime(joined)) return cells;
  return [joined, ...cells.slice(2).map((cell) => cell.replace(/^"(?<inner>.*)"$/su, '$<inner>'))];
}

function readTime(document: LongDocument, text: string, line: number): Moment | null {
  if (text === '') return null;
  const at = momentFrom(text, 'manager');
  if (isMoment(at)) return at;
  document.harvest.warning(line, 'bad-date', text);
  return null;
}

/** Files of events run backwards: turned round, rows of one second keep the order in which things happened. */
function isNewestFirst(first: Moment | null, last: Moment | null): boolean {
  return first !== null && last !== null && order(first, last) === 'after';
}

/** The lines of a text, of which a few behind the place in work are held. */
class LineWindow {
  readonly #rest: Iterator<string>;
  #held: string[] = [];
  /** 0-based number of the first line that is held. */
  #from = 0;

  constructor(lines: Iterable<string>) {
    this.#rest = lines[Symbol.iterator]();
  }

  /** Lines above will not be asked for again. */
  letGo(above: number): void {
    const dropped = Math.min(this.#held.length, above - this.#from);
    if (dropped < 0) return;
    if (dropped > 0) this.#held = this.#held.slice(dropped);
    this.#from += dropped;
    for (; this.#from < above; this.#from += 1) if (this.#rest.next().done === true) return;
  }

  /** A line by its 0-based number; null behind the last. */
  at(number: number): string | null {
    while (this.#from + this.#held.length <= number) {
      const next = this.#rest.next();
      if (next.done === true) return null;
      this.#held.push(next.value);
    }
    return this.#held[number - this.#from] ?? null;
  }
}

/** The lines of a description with their numbers: found in the member from the row's first line on. */
function placeLines(
  lines: LineWindow,
  rowLine: number,
  description: string,
): readonly { readonly text: string; readonly line: number | null }[] {
  if (description === '') return [];
  let from = rowLine - 1;
  lines.letGo(from);
  return description.split('\n').map((part, index) => {
    const text = part.replace(/\r+$/u, '');
    // The first line stands somewhere in the row's own line or below its other cells.
    const wanted = text.replaceAll('"', '""').trim();
    const limit = from + (index === 0 ? 50 : 2);
    for (let at = from; at < limit; at += 1) {
      const line = lines.at(at);
      if (line === null) break;
      if (!line.includes(wanted)) continue;
      from = at + 1;
      return { text, line: at + 1 };
    }
    return { text, line: null };
  });
}

/** The events of a diagnostic package are those of one host: it is the device of the whole package. */
function stateDevice(document: LongDocument, targets: ReadonlyMap<string, string>): void {
  const hosts = [...targets.values()].filter((target) => !isRelayGroup(target));
  const [only] = hosts;
  if (hosts.length !== 1 || only === undefined) return;
  const { name, alias } = hostOf(only);
  const isPackage = /(?:^|[/!])manager\/hostevents[^/]*\.csv$/iu.test(document.path.replaceAll('\\', '/'));
  document.harvest.device(name, alias === null ? [] : [alias], isPackage ? 'collection' : 'file');
}
