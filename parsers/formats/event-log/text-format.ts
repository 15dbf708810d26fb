import { momentFrom } from '../../text/dates.ts';
import { linesOf } from '../../text/stored-text.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { Format, LongDocument } from '../define-format.ts';
import { loweredText, oncePerProbe } from '../probe-memory.ts';
import { EventHarvest } from './event-harvest.ts';
import { levelOfWord } from './event-record.ts';
import { logSource } from './log-source.ts';
import type { LogKind } from './log-source.ts';

type Label = 'channel' | 'provider' | 'time' | 'eventId' | 'level' | 'user' | 'computer' | 'id' | 'message';

/** Labels of `wevtutil /f:text` (English, Japanese) and of `Get-WinEvent` and `Get-EventLog` lists, folded. */
const labels: Readonly<Record<string, Label>> = {
  'log name': 'channel',
  logname: 'channel',
  ログの名前: 'channel',
  source: 'provider',
  providername: 'provider',
  ソース: 'provider',
  date: 'time',
  timecreated: 'time',
  timegenerated: 'time',
  日付: 'time',
  'event id': 'eventId',
  eventid: 'eventId',
  id: 'eventId',
  'イベント id': 'eventId',
  level: 'level',
  leveldisplayname: 'level',
  entrytype: 'level',
  レベル: 'level',
  user: 'user',
  userid: 'user',
  ユーザー: 'user',
  computer: 'computer',
  machinename: 'computer',
  コンピューター: 'computer',
  recordid: 'id',
  index: 'id',
  description: 'message',
  message: 'message',
  説明: 'message',
};

const wevtutilStart = /^Event\s?\[\d+\]:?\s*$/iu;
const labelled = /^\s{0,4}(?<label>[^:：]{1,40}?)\s*[:：](?:\s+(?<value>.*))?$/u;
const tableHead = /^TimeCreated\s+(?:ProviderName\s+)?Id\s+(?:LevelDisplayName\s+)?.*Message/iu;
const providerGroup = /^\s*ProviderName:\s*(?<name>\S.*)$/u;

/** Events as text: `wevtutil qe … /f:text`, and lists or tables of `Get-WinEvent` and `Get-EventLog`. */
export function textFormat(kind: LogKind): Format {
  return defineDocumentFormat({
    id: kind.id('text'),
    system: kind.system,
    recognise: (probe) =>
      (probe.shape === 'text' || probe.shape === 'delimited') &&
      isText(probe) &&
      logSource(probe) === kind.source,
    read: readEvents,
    readLong: readEvents,
  });
}

function readEvents(document: LongDocument): boolean {
  const harvest = new EventHarvest(document);
  const seen = hasLine(document, (line) => tableHead.test(line))
    ? readTable(document, harvest)
    : readBlocks(document, harvest);
  if (seen === 0) return false;
  harvest.end();
  return true;
}

function hasLine(document: LongDocument, isIt: (line: string) => boolean): boolean {
  for (const line of linesOf(document.pieces())) if (isIt(line)) return true;
  return false;
}

/** Asked for each kind of log. */
const isText = oncePerProbe((probe) => {
  const text = loweredText(probe);
  return (
    (text.includes('event') && probe.lines.some((line) => wevtutilStart.test(line))) ||
    (text.includes('timecreated') && probe.lines.some((line) => tableHead.test(line))) ||
    looksLikeList(probe.lines)
  );
});

/** A list names at least time, id and source or message in its first lines, each behind aligned colons. */
function looksLikeList(lines: readonly string[]): boolean {
  const found = new Set(
    lines.slice(0, 40).flatMap((line) => (/^\w+\s+:(?: |$)/u.test(line) ? (labelOf(line)?.label ?? []) : [])),
  );
  return found.has('time') && found.has('eventId') && (found.has('provider') || found.has('message'));
}

function labelOf(line: string): { readonly label: Label; readonly value: string } | null {
  const groups = labelled.exec(line)?.groups;
  const label = labels[(groups?.['label'] ?? '').normalize('NFKC').trim().toLowerCase()];
  return label === undefined ? null : { label, value: groups?.['value']?.trim() ?? '' };
}

interface Block {
  readonly line: number;
  readonly values: Map<Label, string>;
  message: string[];
}

/** A block starts with `Event[0]:`, or in a list with a label that the block above already has. */
function readBlocks(document: LongDocument, harvest: EventHarvest): number {
  let block: Block | null = null;
  let inMessage = false;
  let seen = 0;
  const isWevtutil = hasLine(document, (line) => wevtutilStart.test(line));
  const finish = (): void => {
    if (block !== null && block.values.size > 0) seen += takeBlock(document, harvest, block);
    block = null;
    inMessage = false;
  };
  let number = 0;
  const take = (text: string): void => {
    if (wevtutilStart.test(text)) {
      finish();
      block = { line: number, values: new Map(), message: [] };
      return;
    }
    // In a list the labels stand at the margin and the text of a message is indented or blank.
    const stated = inMessage && (isWevtutil || /^\s/u.test(text)) ? null : labelOf(text);
    if (stated === null) {
      if (inMessage && block !== null) block.message.push(text.trim());
      return;
    }
    if (!isWevtutil && (block === null || block.values.has(stated.label))) {
      finish();
      block = { line: number, values: new Map(), message: [] };
    }
    if (block === null) return;
    if (!block.values.has(stated.label)) block.values.set(stated.label, stated.value);
    inMessage = stated.label === 'message';
    if (inMessage && stated.value !== '') block.message.push(stated.value);
  };
  for (const text of linesOf(document.pieces())) {
    number += 1;
    take(text);
  }
  finish();
  return seen;
}

function takeBlock(document: LongDocument, harvest: EventHarvest, block: Block): number {
  const value = (label: Label): string | null => block.values.get(label) || null;
  const message = block.message.join('\n').trim();
  take(document, harvest, {
    line: block.line,
    time: value('time') ?? '',
    eventId: value('eventId') ?? '',
    provider: value('provider') ?? '',
    level: value('level') ?? '',
    channel: value('channel'),
    computer: value('computer'),
    user: value('user'),
    id: value('id') ?? '',
    message: message === '' ? null : message,
  });
  return 1;
}

/** The table that `Get-WinEvent` prints by default: its columns begin where the dashes do. */
function readTable(document: LongDocument, harvest: EventHarvest): number {
  let provider = '';
  let seen = 0;
  let number = 0;
  for (const text of linesOf(document.pieces())) {
    number += 1;
    const group = providerGroup.exec(text)?.groups?.['name'];
    if (group !== undefined) provider = group.trim();
    // Time, id, level word, message: the time has blanks of its own, so the id is the first number behind it.
    const match =
      /^(?<time>\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4} \d{1,2}:\d{2}:\d{2}(?: ?[AP]M)?)\s+(?<rest>.*)$/iu.exec(text);
    const row = /^(?:(?<provider>\S*[A-Za-z]\S*)\s+)?(?<id>\d{1,5})\s+(?<level>\S+)\s+(?<message>.*)$/u.exec(
      match?.groups?.['rest'] ?? '',
    );
    if (match === null || row === null) continue;
    seen += 1;
    take(document, harvest, {
      line: number,
      time: match.groups?.['time'] ?? '',
      eventId: row.groups?.['id'] ?? '',
      provider: row.groups?.['provider'] ?? provider,
      level: row.groups?.['level'] ?? '',
      channel: null,
      computer: null,
      user: null,
      id: '',
      message: row.groups?.['message'] ?? null,
    });
  }
  return seen;
}

interface Stated {
  readonly line: number;
  readonly time: string;
  readonly eventId: string;
  readonly provider: string;
  readonly level: string;
  readonly channel: string | null;
  readonly computer: string | null;
  readonly user: string | null;
  readonly id: string;
  readonly message: string | null;
}

function take(document: LongDocument, harvest: EventHarvest, stated: Stated): void {
  const eventId = /^\d+$/u.test(stated.eventId) ? Number(stated.eventId) : null;
  if (eventId === null) {
    document.harvest.warning(stated.line, 'bad-number', stated.eventId);
    return;
  }
  const at = momentFrom(stated.time, 'device');
  if (at === null) document.harvest.warning(stated.line, 'bad-date', stated.time);
  const record = {
    id: /^\d+$/u.test(stated.id) ? Number(stated.id) : null,
    provider: stated.provider,
    eventId,
    level: levelOfWord(stated.level),
    at: at === 'never' ? null : at,
    channel: stated.channel,
    computer: stated.computer,
    user: stated.user,
    data: [],
    message: stated.message,
  };
  document.harvest.timelineLine(stated.line, record.at, record.level);
  harvest.add(record, { line: stated.line, row: harvest.count + 1, quote: null });
}
