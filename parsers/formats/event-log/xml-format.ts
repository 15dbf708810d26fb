import { walkXml } from '../../text/markup.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { Format, LongDocument } from '../define-format.ts';
import { EventHarvest } from './event-harvest.ts';
import { recordOfElement } from './event-record.ts';
import type { EventAttribute, EventElement } from './evtx/index.ts';
import { logSource } from './log-source.ts';
import type { LogKind } from './log-source.ts';
import { lineOf } from './message-templates.ts';
import { readManagementEvents } from './management-events.ts';

/** Attributes of the event schema (MS-EVEN6, winevent.xsd) that are read. */
const attributeNames = ['Name', 'Guid', 'EventSourceName', 'Qualifiers', 'SystemTime', 'UserID'] as const;

const eventStart = /<Event(?=[\s>])/gu;
const eventTag = '<Event>';
const eventEnd = '</Event>';

/** Exported events: `wevtutil … /f:xml`, Event Viewer's "Save as XML", with or without a root element. */
export function xmlFormat(kind: LogKind): Format {
  return defineDocumentFormat({
    id: kind.id('xml'),
    system: kind.system,
    recognise: (probe) =>
      (probe.shape === 'xml' || probe.shape === 'text') &&
      (/<Event[\s>][\s\S]{0,400}?<System>/u.test(probe.text) || /<HostMetaData\b/u.test(probe.text)) &&
      logSource(probe) === kind.source,
    read: readAll,
    readLong: readAll,
  });
}

function readAll(document: LongDocument): boolean {
  const harvest = new EventHarvest(document);
  const events = readEvents(document, harvest) + readManagementEvents(document, harvest);
  if (events === 0) return false;
  harvest.end();
  return true;
}

/** Each event is read on its own, so that a damaged one costs only itself. */
function readEvents(document: LongDocument, harvest: EventHarvest): number {
  let seen = 0;
  for (const { line, source, start } of eventsOf(document.pieces())) {
    seen += 1;
    const element = source === null ? null : readElement(source);
    const record = element === null ? null : recordOfElement(element, 'device');
    if (record === null) {
      document.harvest.warning(line, 'bad-record', start);
      continue;
    }
    document.harvest.timelineLine(line, record.at, record.level);
    harvest.add(record, { line, row: harvest.count + 1, quote: lineOf(record) });
  }
  return seen;
}

interface EventPiece {
  readonly line: number;
  /** From its start tag to its end tag; null when it has none before the next event starts. */
  readonly source: string | null;
  /** Its first characters. */
  readonly start: string;
}

/** Characters of an event beyond which its end is not looked for; the largest have some ten thousand. */
const longestEvent = 4 * 1024 * 1024;
const shownStart = 200;

/** The events of a text that comes in pieces. */
export function* eventsOf(pieces: Iterable<string>): Generator<EventPiece> {
  const rest = pieces[Symbol.iterator]();
  let text = '';
  /** Place up to which the text was read, and the line in which it stands. */
  let at = 0;
  let line = 1;
  let ended = false;
  const isLast = (): boolean => ended;
  /** Where an event ends next, looked for once: a text without ends must not be searched for each of its events. */
  let end = -2;
  /** The first line break at or behind the place; the length of the text without one. */
  let feed = -1;
  const endBehind = (start: number): number => {
    if (end === -2 || (end !== -1 && end < start)) end = text.indexOf(eventEnd, start);
    return end;
  };
  const more = (): void => {
    const next = rest.next();
    end = -2;
    feed = -1;
    if (next.done === true) ended = true;
    else {
      text = at >= text.length ? next.value : text.slice(at) + next.value;
      at = 0;
    }
  };
  const goTo = (place: number): void => {
    if (feed < at) feed = lineBreakAt(text, at);
    for (; feed < place; feed = lineBreakAt(text, feed + 1)) line += 1;
    at = place;
  };
  for (;;) {
    const start = findEvent(text, at);
    if (start === -1) {
      if (isLast()) return;
      // The start of a tag may stand at the end of the piece.
      goTo(Math.max(at, text.length - eventTag.length));
      more();
      continue;
    }
    goTo(start);
    const next = findEvent(text, start + 1);
    const stop = endBehind(start);
    const isWhole = stop !== -1 && (next === -1 || stop < next) && stop - start < longestEvent;
    if (!isWhole && next === -1 && !isLast() && text.length - start < longestEvent + eventEnd.length) {
      more();
      continue;
    }
    const behind = isWhole ? stop + eventEnd.length : next === -1 ? text.length : next;
    const shown = text.slice(start, Math.min(behind, start + shownStart));
    yield { line, source: isWhole ? text.slice(start, behind) : null, start: shown };
    goTo(isWhole || next !== -1 ? behind : start + 1);
  }
}

/** Where an event starts, at or behind a place; -1 nowhere. */
function findEvent(text: string, from: number): number {
  eventStart.lastIndex = from;
  return eventStart.exec(text)?.index ?? -1;
}

/** The outermost element of a piece of XML; null when it has none. */
export function readElement(source: string): EventElement | null {
  interface Open {
    readonly name: string;
    readonly attributes: readonly EventAttribute[];
    readonly children: (EventElement | string)[];
  }
  const root: Open = { name: '', attributes: [], children: [] };
  const stack: Open[] = [root];
  walkXml([source], {
    open(name, attribute) {
      const attributes = attributeNames.flatMap((wanted) => {
        const value = attribute(wanted);
        return value === null ? [] : [{ name: wanted, value }];
      });
      const element: Open = { name, attributes, children: [] };
      stack.at(-1)?.children.push(element);
      stack.push(element);
    },
    close(name) {
      const at = stack.findLastIndex((element) => element.name === name);
      if (at > 0) stack.length = at;
    },
    text(piece) {
      stack.at(-1)?.children.push(piece);
    },
  });
  const first = root.children.find((child) => typeof child !== 'string');
  return first ?? null;
}

function lineBreakAt(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found === -1 ? text.length : found;
}
