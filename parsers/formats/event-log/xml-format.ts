import { walkXml } from '../../text/markup.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { EvidenceDocument, Format } from '../define-format.ts';
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
    read(document) {
      const harvest = new EventHarvest(document);
      const events = readEvents(document, harvest) + readManagementEvents(document, harvest);
      if (events === 0) return false;
      harvest.end();
      return true;
    },
  });
}

/** Each event is read on its own, so that a damaged one costs only itself. */
function readEvents(document: EvidenceDocument, harvest: EventHarvest): number {
  const text = document.text();
  let line = 1;
  let counted = 0;
  let seen = 0;
  for (const match of text.matchAll(eventStart)) {
    const start = match.index;
    if (start < counted) continue;
    line += lineBreaks(text, counted, start);
    counted = start;
    seen += 1;
    const end = text.indexOf(eventEnd, start);
    const next = text.slice(start + 1).search(eventStart);
    const source =
      end < 0 || (next >= 0 && start + 1 + next < end) ? null : text.slice(start, end + eventEnd.length);
    const element = source === null ? null : readElement(source);
    const record = element === null ? null : recordOfElement(element, 'device');
    if (record === null) {
      document.harvest.warning(line, 'bad-record', text.slice(start, start + 200));
      continue;
    }
    document.harvest.timelineLine(line, record.at, record.level);
    harvest.add(record, { line, row: harvest.count + 1, quote: lineOf(record) });
  }
  return seen;
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

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
