import type { Level } from '../../domain/evidence.ts';
import type { Clock, Moment } from '../../domain/moment.ts';
import { readDate } from '../../text/dates.ts';
import type { EventElement } from './evtx/index.ts';

/** An event whatever file it came from: an EVTX record, an `<Event>`, a CSV row, a block of text. */
export interface EventRecord {
  /** Number in its log; null where the export does not state it. */
  readonly id: number | null;
  /** Source as written, e.g. `Microsoft-Windows-WindowsUpdateClient`. */
  readonly provider: string;
  readonly eventId: number;
  readonly level: Level;
  readonly at: Moment | null;
  readonly channel: string | null;
  readonly computer: string | null;
  readonly user: string | null;
  /** EventData or UserData in order; empty where only the description was exported. */
  readonly data: readonly EventField[];
  /** The description as the export renders it; null where it holds data only. */
  readonly message: string | null;
}

export interface EventField {
  /** '' for one without a name. */
  readonly name: string;
  readonly value: string;
}

/** `WindowsUpdateClient` and `Microsoft-Windows-WindowsUpdateClient` are one source. */
export function foldProvider(provider: string): string {
  return provider
    .trim()
    .toLowerCase()
    .replace(/^microsoft-windows-/u, '');
}

/** The value of a named field, else of the field at a position (1-based), else null. Blank is null. */
export function fieldOf(record: EventRecord, name: string, position = 0): string | null {
  const folded = name.toLowerCase();
  const named = record.data.find((field) => field.name.toLowerCase() === folded);
  // A log of another Windows version may name a field otherwise; its place stays.
  const field = named ?? (position > 0 ? record.data[position - 1] : undefined);
  const value = field?.value.trim() ?? '';
  return value === '' ? null : value;
}

const levelsByNumber: readonly Level[] = ['info', 'fatal', 'error', 'warning', 'info', 'debug'];

/** Level of an event by its number (winmeta.xml: 1 critical to 5 verbose, 0 always logged). */
export function levelOfNumber(text: string | null): Level {
  if (text === null || !/^\d+$/u.test(text)) return 'none';
  return levelsByNumber[Number(text)] ?? 'none';
}

const levelWords: Readonly<Record<string, Level>> = {
  critical: 'fatal',
  重大: 'fatal',
  error: 'error',
  エラー: 'error',
  'audit failure': 'warning',
  失敗の監査: 'warning',
  warning: 'warning',
  警告: 'warning',
  information: 'info',
  情報: 'info',
  'audit success': 'info',
  成功の監査: 'info',
  verbose: 'debug',
  詳細: 'debug',
};

/** Level of an event by its word, English or Japanese; audit keywords stand in for it in the security log. */
export function levelOfWord(text: string): Level {
  return levelWords[text.normalize('NFKC').trim().toLowerCase()] ?? 'none';
}

/** A time in UTC, as event logs and their XML exports write it, with all of its digits in `raw`. */
export function utcMoment(text: string, clock: Clock): Moment | null {
  const reading = readDate(text);
  if (reading !== null && reading !== 'never') {
    return { ...momentOf(text, reading.local, clock), precision: reading.precision };
  }
  // Years that the calendar reader does not know; a FILETIME reaches beyond 9999.
  const local = Date.parse(text);
  return Number.isNaN(local) ? null : momentOf(text, local, clock);
}

function momentOf(raw: string, local: number, clock: Clock): Moment {
  return { raw, local, offset: 0, offsetSource: 'stated', precision: 'millisecond', clock, clockOf: '' };
}

/** Reads `<Event>` (MS-EVEN6, the event schema): System fields, EventData or UserData by name, rendered text. */
export function recordOfElement(event: EventElement, clock: Clock): EventRecord | null {
  const system = childOf(event, 'System');
  if (system === null) return null;
  const eventId = Number(textOf(childOf(system, 'EventID')) || Number.NaN);
  if (!Number.isInteger(eventId)) return null;
  const rendering = childOf(event, 'RenderingInfo');
  const created = attributeOf(childOf(system, 'TimeCreated'), 'SystemTime');
  const id = textOf(childOf(system, 'EventRecordID'));
  const provider = childOf(system, 'Provider');
  return {
    id: /^\d+$/u.test(id) ? Number(id) : null,
    provider: attributeOf(provider, 'Name') ?? attributeOf(provider, 'EventSourceName') ?? '',
    eventId,
    level: levelOfNumber(orNull(textOf(childOf(system, 'Level')))),
    at: created === null ? null : utcMoment(created, clock),
    channel: orNull(textOf(childOf(system, 'Channel'))),
    computer: orNull(textOf(childOf(system, 'Computer'))),
    user: attributeOf(childOf(system, 'Security'), 'UserID'),
    data: fieldsOf(event),
    message: rendering === null ? null : orNull(textOf(childOf(rendering, 'Message'))),
  };
}

function fieldsOf(event: EventElement): EventField[] {
  const fields: EventField[] = [];
  for (const child of event.children) {
    if (typeof child === 'string') continue;
    if (child.name === 'EventData') {
      for (const item of child.children) {
        if (typeof item === 'string') continue;
        // `Binary` has no name of its own besides its tag; `ComplexData` has one as `Data` does.
        const name = attributeOf(item, 'Name') ?? (item.name === 'Data' ? '' : item.name);
        fields.push({ name, value: textOf(item) });
      }
    } else if (child.name === 'UserData' || child.name === 'ProcessingErrorData') {
      addLeaves(child, fields, 0);
    }
  }
  return fields;
}

/** The elements that hold text, however deep the provider's own structure is. */
function addLeaves(element: EventElement, fields: EventField[], depth: number): void {
  for (const child of element.children) {
    if (typeof child === 'string' || depth > 16) continue;
    if (child.children.every((inner) => typeof inner === 'string')) {
      fields.push({ name: child.name, value: textOf(child) });
    } else {
      addLeaves(child, fields, depth + 1);
    }
  }
}

function childOf(element: EventElement, name: string): EventElement | null {
  for (const child of element.children) if (typeof child !== 'string' && child.name === name) return child;
  return null;
}

function attributeOf(element: EventElement | null, name: string): string | null {
  const value = element?.attributes.find((attribute) => attribute.name === name)?.value;
  return value === undefined || value === '' ? null : value;
}

function textOf(element: EventElement | null): string {
  if (element === null) return '';
  let text = '';
  for (const child of element.children) text += typeof child === 'string' ? child : textOf(child);
  return text;
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text;
}
