import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { isMoment, order } from '../../domain/moment.ts';
import { momentFrom } from '../../text/dates.ts';
import type { MemberContext } from '../define-format.ts';
import { isRelayGroup, meaningOfEvent } from './event-names.ts';
import type { DsMeaning } from './facts.ts';
import { harvestComponent } from './log-harvest.ts';
import { findConnectionFailure, findSymptoms, findVersionChange } from './messages.ts';
import { findStatuses } from './statuses.ts';

/** A row of system events, wherever it stands. */
export interface EventRow {
  readonly at: Moment | null;
  readonly eventId: number | null;
  readonly name: string;
  readonly target: string | null;
  /** Its lines, each with its number in the member where that differs from the row's. */
  readonly description: readonly { readonly text: string; readonly line: number | null }[];
  readonly citation: Citation;
}

/** What a file of events adds up to while its rows are read, oldest first. */
export class EventHarvest {
  readonly #context: MemberContext;
  readonly #lastOutcome = new Map<string, { readonly row: EventRow; readonly failed: boolean }>();
  #earliest: Moment | null = null;
  #latest: Moment | null = null;
  #relaySign: Citation | null = null;
  #rows = 0;

  constructor(context: MemberContext) {
    this.#context = context;
  }

  /** Takes the span of the manager's clock from a row that says nothing else; see {@link EventHarvest.concerns}. */
  pass(at: Moment | null): void {
    this.#rows += 1;
    this.#span(at);
  }

  /** Whether a row says anything beyond its time: of a large file only those rows are kept. */
  concerns(row: EventRow): boolean {
    if ((meaningOfEvent(row.eventId, row.name) ?? this.#byDescription(row)) !== null) return true;
    if (hasSigns(row.name) || row.description.some(({ text }) => hasSigns(text))) return true;
    return (
      childrenOf(row).length > 0 ||
      findStatuses(row.description.map(({ text }) => text).join('\n')).length > 0
    );
  }

  /** Takes the span of the manager's clock from every row, and what concerns updates as events. */
  row(row: EventRow): void {
    this.#rows += 1;
    this.#span(row.at);
    const said = row.description.map((line) => line.text).join('\n');
    const meaning = meaningOfEvent(row.eventId, row.name) ?? this.#byDescription(row);
    if (meaning !== null) this.#event(row, meaning, row, null, false);
    for (const child of childrenOf(row)) {
      const childMeaning = meaningOfEvent(child.eventId, child.name);
      if (childMeaning !== null) this.#event(row, childMeaning, child, row.eventId, true);
    }
    this.#texts(row, said);
  }

  end(): void {
    const first = this.#context.cite(1, '');
    this.#context.harvest.fact({
      type: 'deep-security/event-log',
      value: { rows: this.#rows, earliest: this.#earliest, latest: this.#latest },
      citation: first,
    });
    if (this.#relaySign !== null) {
      this.#context.harvest.fact({
        type: 'deep-security/relay',
        value: { sign: 'event' },
        citation: this.#relaySign,
      });
    }
    for (const { row, failed } of this.#lastOutcome.values()) {
      if (!failed) continue;
      this.#context.harvest.fact({
        type: 'deep-security/last-outcome-failed',
        value: { target: row.target },
        citation: row.citation,
      });
    }
  }

  #span(at: Moment | null): void {
    if (at === null) return;
    if (this.#earliest === null || order(at, this.#earliest) === 'before') this.#earliest = at;
    if (this.#latest === null || order(at, this.#latest) === 'after') this.#latest = at;
  }

  /** Time-outs and a switched off relay may be told by an event of another name. */
  #byDescription(row: EventRow): DsMeaning | null {
    for (const line of row.description) {
      const meaning = meaningOfEvent(null, line.text);
      if (meaning === 'update-timed-out' || meaning === 'relay-web-server-disabled') return meaning;
    }
    return null;
  }

  #event(
    row: EventRow,
    meaning: DsMeaning,
    told: {
      readonly at: Moment | null;
      readonly eventId: number | null;
      readonly name: string;
      readonly citation: Citation;
    },
    parentId: number | null,
    nested: boolean,
  ): void {
    const group = row.target !== null && isRelayGroup(row.target);
    const aboutMachine = row.target !== null && !group && !/^system$|^システム$/iu.test(row.target);
    this.#context.harvest.event({
      type: 'deep-security/system-event',
      ...(aboutMachine ? { device: hostOf(row.target).name } : {}),
      at: told.at,
      citation: told.citation,
      detail: {
        eventId: told.eventId,
        meaning,
        name: told.name,
        target: row.target,
        targetIsGroup: group,
        parentId,
        nested,
      },
    });
    if (meaning === 'relay-update-requested' || meaning === 'relay-update-succeeded')
      this.#relaySign ??= told.citation;
    if (meaning === 'update-succeeded' || meaning === 'update-failed') {
      this.#lastOutcome.set(row.target ?? '', { row, failed: meaning === 'update-failed' });
    }
  }

  #texts(row: EventRow, said: string): void {
    const device = row.target === null || isRelayGroup(row.target) ? {} : { device: hostOf(row.target).name };
    for (const { status } of findStatuses(said)) {
      const line = row.description.find(({ text }) => text.includes(status.symbol));
      this.#context.harvest.event({
        type: 'deep-security/status',
        ...device,
        at: row.at,
        citation: citeLine(row, line),
        detail: status,
      });
    }
    for (const line of [{ text: row.name, line: null }, ...row.description]) {
      for (const symptom of findSymptoms(line.text)) {
        if (symptom === 'maintenance' && !said.includes('503')) continue;
        this.#context.harvest.event({
          type: 'deep-security/symptom',
          ...device,
          at: row.at,
          citation: citeLine(row, line),
          detail: { symptom, http503: symptom === 'maintenance' },
        });
      }
      const failure = findConnectionFailure(line.text);
      if (failure?.role === 'relay') {
        this.#context.harvest.event({
          type: 'deep-security/connection',
          ...device,
          at: row.at,
          citation: citeLine(row, line),
          detail: failure,
        });
      }
      const change = findVersionChange(line.text);
      if (change === null) continue;
      harvestComponent(
        this.#context,
        { ...change, outcome: null, raw: line.text.trim(), at: row.at, device: device.device ?? null },
        citeLine(row, line),
      );
    }
  }
}

function hasSigns(text: string): boolean {
  return (
    findSymptoms(text).length > 0 || findConnectionFailure(text) !== null || findVersionChange(text) !== null
  );
}

function citeLine(
  row: EventRow,
  line: { readonly text: string; readonly line: number | null } | undefined,
): Citation {
  if (line?.line === undefined || line.line === null) return row.citation;
  return { ...row.citation, line: line.line, quote: line.text.trim() };
}

/** `pc-0042 (Accounting)`: the name, and the display name as another one of it. */
export function hostOf(target: string | null): { readonly name: string; readonly alias: string | null } {
  const text = (target ?? '').trim();
  const groups = /^(?<name>[^\s()（）]+)\s*[(（](?<alias>[^()（）]+)[)）]$/u.exec(text)?.groups;
  return { name: groups?.['name'] ?? text, alias: groups?.['alias'] ?? null };
}

interface ChildEvent {
  readonly at: Moment | null;
  readonly eventId: number | null;
  readonly name: string;
  readonly citation: Citation;
}

const field =
  /^\s*(?<label>Time|Level|Event ID|Event|Description|時刻|レベル|イベントID|イベント|説明)\s*[:：]\s*(?<value>.*?)\s*$/u;
const labels: Readonly<Record<string, 'time' | 'id' | 'name'>> = {
  Time: 'time',
  時刻: 'time',
  'Event ID': 'id',
  イベントID: 'id',
  Event: 'name',
  イベント: 'name',
};

/** The agent's own events inside a description: blocks that start with a time and have an event id. */
function childrenOf(row: EventRow): readonly ChildEvent[] {
  const children: ChildEvent[] = [];
  let open: { time: string; id: number | null; name: string; line: EventRow['description'][number] } | null =
    null;
  const close = (): void => {
    if (open?.id !== null && open?.id !== undefined) {
      const at = momentFrom(open.time, 'manager');
      children.push({
        at: isMoment(at) ? at : row.at,
        eventId: open.id,
        name: open.name,
        citation: citeLine(row, open.line),
      });
    }
    open = null;
  };
  for (const line of row.description) {
    const groups = field.exec(line.text)?.groups;
    const label = labels[groups?.['label'] ?? ''];
    const value = groups?.['value'] ?? '';
    if (label === 'time') {
      close();
      open = { time: value, id: null, name: '', line };
    } else if (open !== null && label === 'id' && open.id === null && /^\d+$/u.test(value)) {
      open.id = Number(value);
      open.line = line;
    } else if (open !== null && label === 'name' && open.name === '') {
      open.name = value;
    }
  }
  close();
  return children;
}
