import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { distance } from '../../domain/moment.ts';
import type { LogRecord, MemberContext } from '../define-format.ts';
import type { DsConnection, DsStep } from './facts.ts';
import { findSymptoms, findVersionChange } from './messages.ts';
import { findStatuses } from './statuses.ts';

/** Minutes without the same thing after which it is told anew. */
const batchMinutes = 10;
/** Of the same failure in a row so many are told one by one. */
const mostSingleFailures = 100;
/** How near HTTP 503 has to stand to the maintenance text. */
const maintenanceWindowMilliseconds = 60_000;
const maintenanceWindowLines = 25;

interface Place {
  readonly at: Moment | null;
  readonly line: number;
  readonly text: string;
}

interface Batch<T> {
  readonly place: Place;
  readonly detail: T;
  readonly key: string;
  last: Moment | null;
  count: number;
}

/** The record with its stamp as this log's reader states it. (A record makes its parts when asked: it is no plain object.) */
export function withMoment(record: LogRecord, at: Moment | null): LogRecord {
  const { line, text, body, level, continuation } = record;
  return { line, text, body, level, continuation, at };
}

/** All lines of a record. */
export function wholeText({ text, continuation }: LogRecord): string {
  return continuation.length === 0 ? text : [text, ...continuation].join('\n');
}

/** Turns the records of one log into events: repeated ones are told once with their number. */
export class LogHarvest {
  readonly #context: MemberContext;
  #connection: Batch<DsConnection> | null = null;
  #step: Batch<DsStep> | null = null;
  #sameFailures = 0;
  readonly #http503: Place[] = [];
  readonly #maintenance: Place[] = [];

  constructor(context: MemberContext) {
    this.#context = context;
  }

  /** Statuses, troubles and version changes that a record names, whatever log it is of. */
  texts(record: LogRecord): void {
    const lines = [record.text, ...record.continuation];
    const text = lines.join('\n');
    for (const { status, index } of findStatuses(text)) {
      const place = placeAt(record, lines, index);
      this.#context.harvest.event({
        type: 'deep-security/status',
        at: record.at,
        citation: this.#cite(place),
        detail: status,
      });
    }
    lines.forEach((line, index) => {
      for (const symptom of findSymptoms(line)) {
        const place = { at: record.at, line: record.line + index, text: line };
        if (symptom === 'maintenance') {
          if (this.#maintenance.length < 10_000) this.#maintenance.push(place);
        } else {
          this.#context.harvest.event({
            type: 'deep-security/symptom',
            at: record.at,
            citation: this.#cite(place),
            detail: { symptom, http503: false },
          });
        }
      }
      this.#versionChange(record, line, record.line + index);
    });
  }

  connection(detail: DsConnection, place: Place): void {
    const key = `${detail.host ?? ''} ${String(detail.port)} ${detail.role ?? ''} ${detail.outcome} ${String(detail.reached)}`;
    this.#sameFailures =
      detail.outcome === 'failed' && this.#connection?.key === key ? this.#sameFailures + 1 : 0;
    // Failed attempts are told one by one: their times and their number matter.
    const joins = detail.outcome === 'succeeded' || this.#sameFailures > mostSingleFailures;
    if (joins && continues(this.#connection, key, place.at)) return;
    this.#flushConnection();
    this.#connection = { place, detail, key, last: place.at, count: 1 };
  }

  /** The attempt told last, if it failed: the next line may be about the same one. */
  get lastFailure(): DsConnection | null {
    return this.#connection?.detail.outcome === 'failed' ? this.#connection.detail : null;
  }

  step(detail: DsStep, place: Place): void {
    const key = `${detail.step} ${detail.outcome} ${detail.of}`;
    if (continues(this.#step, key, place.at)) return;
    this.#flushStep();
    this.#step = { place, detail, key, last: place.at, count: 1 };
  }

  http503(place: Place): void {
    if (this.#http503.length < 10_000) this.#http503.push(place);
  }

  end(): void {
    this.#flushConnection();
    this.#flushStep();
    for (const place of this.#maintenance) {
      this.#context.harvest.event({
        type: 'deep-security/symptom',
        at: place.at,
        citation: this.#cite(place),
        detail: { symptom: 'maintenance', http503: this.#http503.some((other) => isNear(place, other)) },
      });
    }
  }

  #flushConnection(): void {
    const batch = this.#connection;
    this.#connection = null;
    if (batch === null) return;
    this.#context.harvest.event({
      type: 'deep-security/connection',
      at: batch.place.at,
      citation: this.#cite(batch.place),
      detail: { ...batch.detail, count: batch.count },
    });
  }

  #flushStep(): void {
    const batch = this.#step;
    this.#step = null;
    if (batch === null) return;
    this.#context.harvest.event({
      type: 'deep-security/step',
      at: batch.place.at,
      citation: this.#cite(batch.place),
      detail: { ...batch.detail, count: batch.count },
    });
  }

  #versionChange(record: LogRecord, line: string, number: number): void {
    const change = findVersionChange(line);
    if (change === null) return;
    const citation = this.#context.cite(number, line);
    harvestComponent(this.#context, { ...change, outcome: null, raw: line.trim(), at: record.at }, citation);
  }

  #cite(place: Place): Citation {
    return this.#context.cite(place.line, place.text);
  }
}

/** A component's change as a file tells it: a record for the tables, a fact with both versions. */
export function harvestComponent(
  context: MemberContext,
  change: {
    readonly component: string;
    readonly before: string | null;
    readonly after: string | null;
    readonly outcome: 'succeeded' | 'failed' | null;
    readonly raw: string;
    readonly at: Moment | null;
    readonly device?: string | null;
  },
  citation: Citation,
): void {
  const { component, before, after, outcome, raw, at, device = null } = change;
  context.harvest.record({
    device,
    patch: component,
    kb: null,
    detection: { status: null, raw: null, at: null },
    deployment: {
      status: outcome ?? 'unknown',
      raw: raw.slice(0, 300),
      at,
      exitCode: null,
      attempts: null,
      maxAttempts: null,
    },
    exitCodeRaw: null,
    source: 'component-update',
    citation,
  });
  context.harvest.fact({
    type: 'deep-security/component-version',
    device,
    patch: component,
    value: { component, before, after, outcome, at },
    citation,
  });
}

/** The line of a record in which a place of its joined text lies. */
function placeAt(record: LogRecord, lines: readonly string[], index: number): Place {
  let passed = 0;
  for (const [number, line] of lines.entries()) {
    if (index <= passed + line.length) return { at: record.at, line: record.line + number, text: line };
    passed += line.length + 1;
  }
  return { at: record.at, line: record.line, text: record.text };
}

function continues<T>(batch: Batch<T> | null, key: string, at: Moment | null): boolean {
  if (batch?.key !== key) return false;
  const apart = batch.last === null || at === null ? 0 : distance(batch.last, at);
  if (apart === null || Math.abs(apart) > batchMinutes * 60_000) return false;
  const open = batch;
  open.last = at ?? batch.last;
  open.count += 1;
  return true;
}

function isNear(a: Place, b: Place): boolean {
  if (Math.abs(a.line - b.line) <= maintenanceWindowLines) return true;
  const apart = a.at === null || b.at === null ? null : distance(a.at, b.at);
  return apart !== null && Math.abs(apart) <= maintenanceWindowMilliseconds;
}
