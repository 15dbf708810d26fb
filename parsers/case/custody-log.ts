/**
 * The log of a case: append-only, each entry sealed with a hash over itself and over the entry before, so that a
 * removed, moved or rewritten entry shows.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { custodyEntrySchema } from '../../preload/contract/window.ts';
import type { CustodyEntry } from '../../preload/contract/window.ts';

export const logEntrySchema = custodyEntrySchema;
export type LogEntry = CustodyEntry;
export type LogEvent = Pick<LogEntry, 'what' | 'detail'>;

const beforeTheFirst = '0'.repeat(64);

/** @returns a new log that ends with the event */
export function appendEntry(log: readonly LogEntry[], event: LogEvent, at: string): LogEntry[] {
  const unsealed = { at, ...event, previous: log.at(-1)?.hash ?? beforeTheFirst };
  return [...log, { ...unsealed, hash: hashOf(unsealed) }];
}

/** @returns the place (0-based) of the first entry that is not what it was when it was written, or null */
export function firstBrokenEntry(log: readonly LogEntry[]): number | null {
  const broken = log.findIndex(
    (entry, at) => entry.previous !== (log[at - 1]?.hash ?? beforeTheFirst) || entry.hash !== hashOf(entry),
  );
  return broken < 0 ? null : broken;
}

/** A log as it was found in a file. */
export interface LogState {
  /** What could be read of it, up to the first entry that is none. */
  readonly entries: readonly LogEntry[];
  /** How many there are, readable or not. */
  readonly count: number;
  /** The place (0-based) of the first entry that is not what it was when it was written, or null. */
  readonly broken: number | null;
}

/** Reads and checks whatever stands in the place of a log; what is no list has no entry and is broken at its start. */
export function checkLog(log: unknown): LogState {
  if (!Array.isArray(log)) return { entries: [], count: 0, broken: 0 };
  const entries: LogEntry[] = [];
  for (const raw of log) {
    const parsed = v.safeParse(logEntrySchema, raw);
    if (!parsed.success) break;
    entries.push(parsed.output);
  }
  const broken = firstBrokenEntry(entries) ?? (entries.length < log.length ? entries.length : null);
  return { entries, count: log.length, broken };
}

/** Whether `later` is `earlier` with nothing taken away: it holds the earlier log's last entry. */
export function continues(later: readonly LogEntry[], earlier: readonly LogEntry[]): boolean {
  const last = earlier.at(-1);
  return last === undefined || later[earlier.length - 1]?.hash === last.hash;
}

function hashOf(entry: Omit<LogEntry, 'hash'>): string {
  const detail = Object.entries(entry.detail).sort(([a], [b]) => (a < b ? -1 : 1));
  const sealed = JSON.stringify([entry.previous, entry.at, entry.what, detail]);
  return createHash('sha256').update(sealed, 'utf8').digest('hex');
}
