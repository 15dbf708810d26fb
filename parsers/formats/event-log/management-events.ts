import { momentFrom } from '../../text/dates.ts';
import { walkXml } from '../../text/markup.ts';
import type { LongDocument } from '../define-format.ts';
import type { EventHarvest } from './event-harvest.ts';
import { levelOfNumber } from './event-record.ts';
import { lineOf } from './message-templates.ts';

/** `EventType` of Win32_NTLogEvent (1 error to 5 audit failure) as a level number of event records. */
const levelOfType: Readonly<Record<string, string>> = { '1': '2', '2': '3', '3': '4', '4': '0', '5': '3' };

/**
 * Events among the WMI objects of a `<HostMetaData … type="wmi">` export: instances of Win32_NTLogEvent,
 * their properties as `<PROPERTY NAME="EventCode"><VALUE>19</VALUE>` or as elements of their own name.
 *
 * @returns how many there were
 */
export function readManagementEvents(document: LongDocument, harvest: EventHarvest): number {
  const [first = ''] = document.pieces();
  if (!/<HostMetaData\b/u.test(first.slice(0, 64 * 1024))) return 0;
  let line = 1;
  const lines = function* (): Generator<string> {
    for (const piece of document.pieces()) {
      let from = 0;
      for (let feed = piece.indexOf('\n'); feed !== -1; feed = piece.indexOf('\n', from)) {
        yield piece.slice(from, feed + 1);
        line += 1;
        from = feed + 1;
      }
      if (from < piece.length) yield piece.slice(from);
    }
  };
  interface Open {
    readonly name: string;
    /** The property that its text belongs to. */
    readonly property: string;
    readonly line: number;
    readonly values: Map<string, string>;
    text: string;
  }
  const stack: Open[] = [];
  let seen = 0;
  walkXml(lines(), {
    open(name, attribute) {
      const parent = stack.at(-1);
      const stated = attribute('NAME') ?? attribute('Name') ?? attribute('name');
      const property = /^value$/iu.test(name) ? (parent?.property ?? name) : (stated ?? name);
      stack.push({ name, property: property.toLowerCase(), line, values: new Map(), text: '' });
    },
    close(name) {
      const at = stack.findLastIndex((element) => element.name === name);
      if (at < 0) return;
      const element = stack[at];
      stack.length = at;
      if (element === undefined) return;
      const parent = stack.at(-1);
      if (element.values.has('eventcode') && element.values.has('sourcename')) {
        seen += take(document, harvest, element.values, element.line);
      } else if (parent !== undefined) {
        if (element.text.trim() !== '') parent.values.set(element.property, element.text.trim());
        for (const [key, value] of element.values)
          if (element.name !== name || key === element.property) parent.values.set(key, value);
      }
    },
    text(piece) {
      const element = stack.at(-1);
      if (element !== undefined) element.text += piece;
    },
  });
  return seen;
}

function take(
  document: LongDocument,
  harvest: EventHarvest,
  values: ReadonlyMap<string, string>,
  line: number,
): number {
  const eventId = Number(values.get('eventcode'));
  if (!Number.isInteger(eventId)) {
    document.harvest.warning(line, 'bad-record', values.get('eventcode') ?? '');
    return 1;
  }
  const at = momentFrom(values.get('timegenerated') ?? values.get('timewritten') ?? '', 'device');
  const number = values.get('recordnumber') ?? '';
  const record = {
    id: /^\d+$/u.test(number) ? Number(number) : null,
    provider: values.get('sourcename') ?? '',
    eventId,
    level: levelOfNumber(levelOfType[values.get('eventtype') ?? ''] ?? null),
    at: at === 'never' ? null : at,
    channel: values.get('logfile') ?? null,
    computer: values.get('computername') ?? null,
    user: values.get('user') ?? null,
    data: [],
    message: values.get('message') ?? null,
  };
  document.harvest.timelineLine(line, record.at, record.level);
  harvest.add(record, { line, row: harvest.count + 1, quote: lineOf(record) });
  return 1;
}
