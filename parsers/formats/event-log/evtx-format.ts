import type { Level } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { stampHead } from '../../text/stamp.ts';
import { defineStreamFormat } from '../define-format.ts';
import type { Format, MemberContext } from '../define-format.ts';
import { EventHarvest } from './event-harvest.ts';
import { recordOfElement } from './event-record.ts';
import { EvtxStream, isEvtx } from './evtx/index.ts';
import type { EvtxRecord } from './evtx/index.ts';
import { logSource } from './log-source.ts';
import type { LogKind } from './log-source.ts';
import { lineOf } from './message-templates.ts';

/** Takes the lines that stand for the records of a binary log. @returns the line's number, 1-based */
export type ShowLine = (text: string, at: Moment | null, level: Level) => number;

/**
 * Reads an EVTX file as its bytes arrive, in bounded memory, and shows each record as one line.
 *
 * @returns `push` for the next bytes, and `end`, which says whether the file is such a log
 */
export function readEventLogFile(
  context: MemberContext,
  showLine: ShowLine | null,
): { push(bytes: Uint8Array): void; end(): boolean } {
  const harvest = new EventHarvest(context);
  const { harvest: into } = context;
  let unread = 0;
  let isLog = true;

  function take(record: EvtxRecord): void {
    const event = recordOfElement(record.event, 'device');
    if (event === null) {
      // The record's own header still tells its number.
      unread += 1;
      into.warning(null, 'bad-record', `${record.id}: no System element`);
      return;
    }
    const text = showLine === null ? null : lineOf(event);
    const line = showLine === null || text === null ? null : showLine(text, event.at, event.level);
    harvest.add({ ...event, id: event.id ?? record.id }, { line, row: harvest.count + 1, quote: text });
  }

  const stream = new EvtxStream({
    record: take,
    note: ({ code, offset, detail }) => {
      if (code === 'not-an-event-log') isLog = false;
      into.warning(null, code, offset === null ? detail : `${detail} @${offset}`.trim());
    },
  });
  return {
    push: (bytes) => {
      stream.push(bytes);
    },
    end: () => {
      const summary = stream.end();
      // A log without records is one as well: it was cleared.
      if (!isLog && summary.chunks === 0) return false;
      const { channel } = harvest.end();
      into.fact({
        type: 'event-log/file',
        value: {
          channel,
          records: harvest.count,
          firstId: summary.firstId,
          lastId: summary.lastId,
          missingRecords: summary.missing,
          damagedChunks: summary.damagedChunks,
          badRecords: summary.badRecords + unread,
          dirty: summary.dirty,
        },
        citation: context.cite(null, channel ?? ''),
      });
      return true;
    },
  };
}

/** Lines start with the record's instant, in UTC at full precision. */
const shownHeads = [stampHead('YYYY-MM-DDTHH:mm:ss.fffzz', { name: 'event-record' })];

/** An event log file (`.evtx`). */
export function evtxFormat(kind: LogKind): Format {
  return defineStreamFormat({
    id: kind.id('evtx'),
    system: kind.system,
    clock: 'device',
    heads: shownHeads,
    recognise: (probe) => probe.shape === 'binary' && isEvtx(probe.head) && logSource(probe) === kind.source,
    open: (context) => readEventLogFile(context, (text, at, level) => context.line(text, at, level)),
  });
}
