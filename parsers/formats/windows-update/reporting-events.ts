import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LogReader, LogRecord, MemberContext } from '../define-format.ts';
import { ReportHarvest } from './report-harvest.ts';
import { readReportRow } from './report-row.ts';

/** `{GUID}` and a tab stand before the stamp. */
const stampAt = 40;

const rowForm = /^\{[0-9a-f-]{36}\}\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}[^\t]*\t\d+\t\d+[ \t]/iu;

/**
 * ReportingEvents.log (`%WinDir%\SoftwareDistribution`): the client's own account, one row an event, with
 * numbers and GUIDs that mean the same in every language and stamps with their offset. UTF-16LE.
 */
export const reportingEvents = defineLineFormat({
  id: 'windows-update/reporting-events',
  system: 'windows-update',
  clock: 'device',
  recognise: ({ shape, lines }) =>
    shape !== 'binary' && lines.slice(0, 100).some((line) => rowForm.test(line)),
  heads: [
    stampHead('YYYY-MM-DD HH:mm:ss:fffzz', {
      name: 'reporting-events',
      within: stampAt,
      level: 'none',
    }),
    stampHead('YYYY-MM-DD HH:mm:ss:fff', { name: 'reporting-events', within: stampAt, level: 'none' }),
  ],
  landmarks: ['\t147', '\t148', '\t161', '\t162', '\t167', '\t181', '\t182', '\t183', '\t201', 'UNINSTALL'],
  open: (context) => new ReportingEventsReader(context),
  samples: [
    {
      line: '{5D1F2A60-3C44-4B1E-9A77-0E6B1D2F3C01}\t2024-05-10 10:59:40:657+0900\t1\t201 [AGENT_INSTALLING_PENDING]\t101\t{9A3F6B52-1C2D-4E5F-8A9B-0C1D2E3F4A5B}\t200\t240005\tUpdateOrchestrator\tSuccess\tContent Install\tInstallation pending.',
      local: '2024-05-10T10:59:40.657',
      offset: 540,
    },
  ],
});

class ReportingEventsReader implements LogReader {
  readonly #context: MemberContext;
  readonly #harvest: ReportHarvest;

  constructor(context: MemberContext) {
    this.#context = context;
    this.#harvest = new ReportHarvest(context, 'reporting-events');
  }

  record(record: LogRecord): void {
    this.#warnOfRows(record);
    const row = readReportRow(record.text);
    if (row === null) {
      if (record.text.startsWith('{')) this.#context.harvest.warning(record.line, 'short-row', record.text);
      return;
    }
    // The head is found behind the GUID; the stamp alone is what the source says of the time.
    const at = record.at === null ? null : { ...record.at, raw: row.stamp };
    this.#harvest.add(row, at, this.#context.cite(record.line, record.text));
  }

  end(): void {
    this.#harvest.state();
  }

  /** A row with an impossible time has no head and looks like a continuation of the row above. */
  #warnOfRows(record: LogRecord): void {
    record.continuation.forEach((line, index) => {
      if (/^\{[0-9a-f-]{36}\}\t/iu.test(line)) {
        this.#context.harvest.warning(record.line + index + 1, 'bad-date', line);
      }
    });
  }
}
