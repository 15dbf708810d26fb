import type { Moment } from '../../domain/moment.ts';
import { findKb, foldGuid } from '../../domain/names.ts';
import { parseCode } from '../../domain/numbers.ts';
import { momentFrom } from '../../text/dates.ts';
import type { EventDraft } from '../define-format.ts';
import { fieldOf } from './event-record.ts';
import type { EventRecord } from './event-record.ts';
import type { UpdateName } from './facts.ts';

/** An event without its place, which the file's reader gives it. */
export type Stated = Omit<EventDraft, 'citation'>;

/** What one event of a known source states; null for an event that states nothing that rules use. */
export type Interpreter = (record: EventRecord) => readonly Stated[];

/** Microsoft-Windows-WindowsUpdateClient, System log. */
export const updateEvents: Readonly<Record<number, Interpreter>> = {
  19: (record) => {
    const update = updateOf(record, 1);
    return [aboutUpdate(record, update, 'windows-update/installed', update)];
  },
  20: (record) => {
    const update = updateOf(record, 2);
    return [
      aboutUpdate(record, update, 'windows-update/install-failed', { ...update, code: codeOf(record) }),
    ];
  },
  21: (record) => [restartRequired(record, 1)],
  22: (record) => [restartRequired(record, 2)],
  25: (record) => [{ type: 'windows-update/check-failed', at: record.at, detail: { code: codeOf(record) } }],
  26: (record) => [{ type: 'windows-update/found', at: record.at, detail: { count: countOf(record) } }],
  31: (record) => {
    const update = updateOf(record, 0);
    return [
      aboutUpdate(record, update, 'windows-update/download-failed', { ...update, code: codeOf(record) }),
    ];
  },
  43: (record) => {
    const update = updateOf(record, 1);
    return [aboutUpdate(record, update, 'windows-update/install-started', update)];
  },
  44: (record) => {
    const update = updateOf(record, 1);
    return [aboutUpdate(record, update, 'windows-update/download-started', update)];
  },
};

/** EventLog, System log: the log service starts and stops with the system. */
export const logServiceEvents: Readonly<Record<number, Interpreter>> = {
  6005: (record) => [{ type: 'boot', at: record.at, detail: { reason: 'event log started' } }],
  6006: (record) => [{ type: 'shutdown', at: record.at, detail: { reason: 'event log stopped' } }],
  // Written at the next start; the time at which the system went down is in its text.
  6008: (record) => [{ type: 'shutdown', at: lostAt(record), detail: { reason: 'unexpected' } }],
};

/** Microsoft-Windows-Kernel-General, System log. */
export const kernelEvents: Readonly<Record<number, Interpreter>> = {
  12: (record) => [{ type: 'boot', at: record.at, detail: { reason: 'operating system started' } }],
  13: (record) => [{ type: 'shutdown', at: record.at, detail: { reason: 'operating system shutting down' } }],
};

/** User32, System log: somebody or something asked the system to go down, and it does. */
export const sessionEvents: Readonly<Record<number, Interpreter>> = {
  1074: (record) => {
    const by =
      fieldOf(record, 'param1', 1) ?? firstOf(record.message, /(?:process|プロセス)\s+(\S+)/iu) ?? '';
    const kind = fieldOf(record, 'param5', 5) ?? record.message ?? '';
    const reason = fieldOf(record, 'param3', 3) ?? by;
    const down: Stated = { type: 'shutdown', at: record.at, detail: { reason } };
    return /restart|reboot|再起動/iu.test(kind)
      ? [{ type: 'restart-requested', at: record.at, detail: { by } }, down]
      : [down];
  },
};

function aboutUpdate<T extends EventDraft['type']>(
  record: EventRecord,
  update: UpdateName,
  type: T,
  detail: EventDraft<T>['detail'],
): Omit<EventDraft<T>, 'citation'> {
  return { type, at: record.at, patch: update.title, kb: update.kb, updateId: update.updateId, detail };
}

function updateOf(record: EventRecord, position: number): UpdateName {
  const title =
    fieldOf(record, 'updateTitle', record.message === null ? position : 0) ?? titleIn(record.message);
  const guid = fieldOf(record, 'updateGuid');
  return {
    updateId: guid === null ? null : foldGuid(guid),
    title,
    // In whatever language the sentence is, the number in it is the update's.
    kb: findKb(title ?? record.message ?? ''),
  };
}

/**
 * The title behind the sentence that the description begins with: `… the following update: TITLE`,
 * `…インストールされました: TITLE`. Titles may hold colons, the sentence ends with the last of these words.
 */
function titleIn(message: string | null): string | null {
  const title = firstOf(
    message,
    /(?:following update(?: with error \S+?)?|ました|失敗しました|しています|開始しました) ?[:：] ?([\s\S]+)$/iu,
  );
  return title === null ? null : title.replace(/\s+/gu, ' ').replace(/\.$/u, '').trim();
}

function codeOf(record: EventRecord): number | null {
  const stated = fieldOf(record, 'errorCode') ?? firstOf(record.message, /(0x[0-9a-f]{8})/iu);
  if (stated !== null) return parseCode(stated);
  const first = record.data.find(({ value }) => /^0x[0-9a-f]{8}$/iu.test(value.trim()));
  return first === undefined ? null : parseCode(first.value);
}

function countOf(record: EventRecord): number | null {
  const stated = fieldOf(record, 'updateCount', 1) ?? firstOf(record.message, /(\d+)/u);
  return stated !== null && /^\d+$/u.test(stated) ? Number(stated) : null;
}

function restartRequired(record: EventRecord, position: number): Stated {
  const list = fieldOf(record, 'updatelist', position) ?? record.message ?? '';
  const titles = list
    .split(/\r*\n/u)
    .map((line) => /^\s*[-–・]\s*(?<title>.+)$/u.exec(line)?.groups?.['title']?.trim() ?? '')
    .filter((title) => title !== '');
  return { type: 'windows-update/restart-required', at: record.at, detail: { titles } };
}

/** Event 6008 states time and date apart, as the system's language writes them, with marks of direction between. */
function lostAt(record: EventRecord): Moment | null {
  const clean = (text: string): string => text.replace(/[\u200e\u200f]/gu, '').trim();
  const [time, date] = record.data.map((field) => clean(field.value));
  if (time === undefined || date === undefined || time === '' || date === '') return null;
  const at = momentFrom(`${date} ${time}`, 'device');
  return at === 'never' ? null : at;
}

function firstOf(text: string | null, pattern: RegExp): string | null {
  return text === null ? null : (pattern.exec(text)?.[1] ?? null);
}
