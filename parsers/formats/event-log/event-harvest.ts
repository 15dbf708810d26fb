import { foldDeviceName } from '../../domain/names.ts';
import { detached } from '../../text/detached.ts';
import { plausibleTimes } from './plausible-times.ts';
import type { MemberContext } from '../define-format.ts';
import { foldProvider } from './event-record.ts';
import type { EventRecord } from './event-record.ts';
import { lineOf } from './message-templates.ts';
import { healthAgentEvents, napClientEvents, policyServerEvents } from './nap-events.ts';
import {
  kernelEvents,
  logServiceEvents,
  sessionEvents,
  updateEvents,
  type Interpreter,
} from './windows-events.ts';

/** What each source's events state, by folded source and event id. */
const interpreters: Readonly<Record<string, Readonly<Record<number, Interpreter>>>> = {
  windowsupdateclient: updateEvents,
  // The same source as Event Viewer's lists of older systems name it.
  'windows update agent': updateEvents,
  eventlog: logServiceEvents,
  'kernel-general': kernelEvents,
  user32: sessionEvents,
  networkaccessprotection: napClientEvents,
  systemhealthagent: healthAgentEvents,
  'security-auditing': policyServerEvents,
};

/** EventLog 6011: the machine was renamed, from the first name to the second. */
const renamed = 6011;

/** Where an event stands: of a file that shows one line for each record both are the record's number. */
export interface EventPlace {
  readonly line: number | null;
  readonly row: number;
  /** The raw text; null to have the record written as a line. */
  readonly quote: string | null;
}

/**
 * Takes the events of one file and states what they say: typed events, records of installed and failed
 * updates, devices, the file's own summary. Holds nothing of an event that says nothing to the rules.
 */
export class EventHarvest {
  readonly #context: MemberContext;
  readonly #channels = new Set<string>();
  readonly #computers = new Map<string, string>();
  readonly #renames: (readonly [from: string, to: string])[] = [];
  #count = 0;
  /** The computer of the record read last, and of the one with the highest number. */
  #lastComputer: string | null = null;
  #newest: { readonly id: number; readonly computer: string } | null = null;
  /** A name came back after another one: several machines wrote the log. */
  #isMixed = false;

  constructor(context: MemberContext) {
    this.#context = context;
  }

  get count(): number {
    return this.#count;
  }

  add(record: EventRecord, place: EventPlace): void {
    this.#count += 1;
    if (record.channel !== null && this.#channels.size < 2) this.#channels.add(record.channel);
    this.#noteComputer(record);
    if (
      record.at !== null &&
      (record.at.local < plausibleTimes.from || record.at.local > plausibleTimes.to)
    ) {
      this.#context.harvest.warning(place.line, 'implausible-time', record.at.raw);
    }
    const statements = interpreters[foldProvider(record.provider)]?.[record.eventId]?.(record) ?? [];
    if (statements.length === 0) return;
    const citation = this.#context.cite(place.line, place.quote ?? lineOf(record), place.row);
    for (const stated of statements) {
      this.#context.harvest.event({ device: record.computer, ...stated, citation });
    }
    this.#recordUpdate(record, statements, citation);
  }

  /** Call once, behind the last event. */
  end(): { readonly channel: string | null } {
    this.#context.harvest.rows(this.#count);
    this.#stateDevice();
    const [channel] = this.#channels;
    return { channel: this.#channels.size === 1 && channel !== undefined ? channel : null };
  }

  /** An installation that succeeded or failed, as a patch record of its own source. */
  #recordUpdate(
    record: EventRecord,
    statements: Parameters<typeof outcomeOf>[0],
    citation: ReturnType<MemberContext['cite']>,
  ): void {
    const outcome = outcomeOf(statements);
    if (outcome === null) return;
    this.#context.harvest.record({
      device: record.computer,
      patch: outcome.title,
      kb: outcome.kb,
      updateId: outcome.updateId,
      detection: { status: null, raw: null, at: null },
      deployment: {
        status: outcome.status,
        raw: null,
        at: record.at,
        exitCode: outcome.code,
        attempts: null,
        maxAttempts: null,
      },
      exitCodeRaw: null,
      source: 'event-log',
      citation,
    });
  }

  #noteComputer(record: EventRecord): void {
    const { computer } = record;
    if (computer !== null) {
      if (computer !== this.#lastComputer) {
        this.#isMixed ||= this.#computers.has(foldDeviceName(computer));
        this.#lastComputer = detached(computer);
        this.#computers.set(foldDeviceName(computer), this.#lastComputer);
      }
      const id = record.id ?? this.#count;
      if (this.#newest === null || id >= this.#newest.id) this.#newest = { id, computer: this.#lastComputer };
    }
    if (record.eventId === renamed && foldProvider(record.provider) === 'eventlog') {
      const [from, to] = record.data.map((field) => field.value.trim());
      if (from !== undefined && to !== undefined && from !== '' && to !== '') this.#renames.push([from, to]);
    }
  }

  /**
   * The log of one machine names it, by its newest record. After a renaming (event 6011) it is the same
   * machine under both names; names that follow each other without one, as the names of a set-up do, are
   * not taken for aliases. A log of several machines (forwarded events) speaks of none as a whole.
   */
  #stateDevice(): void {
    const name = this.#newest?.computer;
    if (name === undefined || (this.#isMixed && this.#computers.size > 1)) return;
    const own = new Set([foldDeviceName(name)]);
    for (const [from, to] of this.#renames.toReversed()) {
      if (own.has(foldDeviceName(to))) own.add(foldDeviceName(from));
    }
    const aliases = [...this.#computers]
      .filter(([key, other]) => own.has(key) && other !== name)
      .map(([, other]) => other);
    this.#context.harvest.device(name, aliases);
  }
}

interface Outcome {
  readonly status: 'succeeded' | 'failed';
  readonly title: string | null;
  readonly kb: string | null;
  readonly updateId: string | null;
  readonly code: number | null;
}

function outcomeOf(statements: readonly ReturnType<Interpreter>[number][]): Outcome | null {
  for (const { type, detail } of statements) {
    if (type !== 'windows-update/installed' && type !== 'windows-update/install-failed') continue;
    const update = detail as {
      title: string | null;
      kb: string | null;
      updateId: string | null;
      code?: number | null;
    };
    const status = type === 'windows-update/installed' ? 'succeeded' : 'failed';
    return {
      status,
      title: update.title,
      kb: update.kb,
      updateId: update.updateId,
      code: update.code ?? null,
    };
  }
  return null;
}
