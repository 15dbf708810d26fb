import type { Level } from '../../domain/evidence.ts';
import type { LineHead } from '../../text/line-head.ts';
import { stampHead } from '../../text/stamp.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import { ErrorTally } from './error-tally.ts';
import { failingCodes } from './result-codes.ts';
import { ZoneVotes } from './zone-votes.ts';

/** `2016-09-28 04:30:31, Info                  CBS    text`: local time, whole seconds. */
const heads: readonly LineHead[] = [stampHead('YYYY-MM-DD HH:mm:ss,', { name: 'servicing', level: levelOf })];

const lineForm =
  /^(?:\ufeff)?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, [A-Z][a-z]+\s+(?<component>CBS|CSI|DPX|DEPLOY|DISM)\b/u;

/** A stamp of CSI is taken when its line is made; the line may be written a little later. */
const mostStampDelay = 60_000;

/** CBS.log and its kept forms: component based servicing, below every installation of an update. */
export const cbsLog = defineLineFormat({
  id: 'windows-update/cbs-log',
  system: 'windows-update',
  clock: 'device',
  recognise: (probe) =>
    probe.name.startsWith('cbs') ? countLines(probe) > 0 : countLines(probe) >= 3 && !isDism(probe),
  heads,
  landmarks: [', Error', ', Fatal', ', Critical', '@20', 'initialized by client', 'targeted: Absent'],
  open: (context) => new ServicingLogReader(context),
  samples: [
    {
      line: '2016-09-28 04:30:31, Info                  CBS    Session: 30537_1 initialized by client WindowsUpdateAgent.',
      local: '2016-09-28T04:30:31.000',
      level: 'info',
    },
    {
      line: '2016-09-28 04:30:31, Error                 CBS    Failed to stage [HRESULT = 0x800f0816 - CBS_E_DPX]',
      local: '2016-09-28T04:30:31.000',
      level: 'error',
    },
  ],
});

/** DISM.log: the same form, written by the tool and its providers. */
export const dismLog = defineLineFormat({
  id: 'windows-update/dism-log',
  system: 'windows-update',
  clock: 'device',
  recognise: (probe) => isDism(probe) && countLines(probe) > 0,
  heads,
  landmarks: [', Error', ', Fatal', ', Critical'],
  open: (context) => new ServicingLogReader(context),
  samples: [
    {
      line: '2016-09-28 04:30:31, Error                 DISM   DISM Package Manager: PID=1 TID=2 Failed (hr:0x800f081e)',
      local: '2016-09-28T04:30:31.000',
      level: 'error',
    },
  ],
});

function isDism({ name, lines }: Probe): boolean {
  if (name.startsWith('dism')) return true;
  if (name.startsWith('cbs')) return false;
  const components = lines.flatMap((line) => lineForm.exec(line)?.groups?.['component'] ?? []);
  return (
    components.length > 0 &&
    components.filter((component) => component === 'DISM').length * 2 > components.length
  );
}

function countLines({ shape, lines }: Probe): number {
  if (shape === 'binary') return 0;
  return lines.slice(0, 200).filter((line) => lineForm.test(line)).length;
}

const levelByLetter: Readonly<Record<number, Level>> = {
  0x49: 'info', // Info
  0x45: 'error', // Error
  0x57: 'warning', // Warning
  0x46: 'fatal', // Fatal
  0x43: 'fatal', // Critical
  0x50: 'info', // Perf
};

/** The word behind the comma; no other word of the line is a level. */
function levelOf(bytes: Uint8Array, from: number, end: number): Level {
  const at = bytes[from] === 0x20 ? from + 1 : from;
  return at < end ? (levelByLetter[bytes[at] ?? 0] ?? 'none') : 'none';
}

const csiStamp =
  /@(?<year>\d{4})\/(?<month>\d{1,2})\/(?<day>\d{1,2}):(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d{1,3}))?/u;

class ServicingLogReader implements LogReader {
  readonly #context: MemberContext;
  readonly #errors = new ErrorTally();
  readonly #zone = new ZoneVotes();

  constructor(context: MemberContext) {
    this.#context = context;
  }

  record(record: LogRecord): void {
    const { body, level, at } = record;
    const cite = (): ReturnType<MemberContext['cite']> => this.#context.cite(record.line, record.text);
    // Lines of the level Info often carry failing codes: they say nothing by themselves.
    if (level === 'error' || level === 'fatal') {
      for (const code of failingCodes(body)) this.#errors.add(code, at, cite());
    }
    if (at !== null && at.offset === null) {
      const utc = readCsiStamp(body);
      if (utc !== null) this.#zone.addReadings(at.local, utc, mostStampDelay, cite);
    }
    const client = /\binitialized by client (?<client>[^,]+?)\.?\s*$/u.exec(body)?.groups?.['client'];
    if (client !== undefined) {
      this.#context.harvest.event({
        type: 'windows-update/servicing-session',
        at,
        citation: cite(),
        detail: { client },
      });
    }
    if (body.includes('targeted: Absent')) this.#readRemoval(record, cite());
  }

  end(): void {
    this.#errors.state(this.#context);
    const zone = this.#zone.result();
    if (zone !== null) this.#context.harvest.zone(zone.offset, zone.samples, zone.citation);
  }

  /** An installed package that is planned to be absent: its removal. */
  #readRemoval({ body, at }: LogRecord, citation: ReturnType<MemberContext['cite']>): void {
    const number = /\bPackage_for_KB(?<number>\d{6,7})~/u.exec(body)?.groups?.['number'];
    if (number === undefined || !/\bcurrent: Installed\b/u.test(body)) return;
    const kb = `KB${number}`;
    this.#context.harvest.event({
      type: 'windows-update/uninstalled',
      patch: kb,
      kb,
      at,
      citation,
      detail: { updateId: null, title: null, kb, planned: true },
    });
  }
}

/** `@2016/10/19:17:28:37.798`: UTC, in milliseconds since 1970. */
function readCsiStamp(text: string): number | null {
  const groups = csiStamp.exec(text)?.groups;
  if (groups === undefined) return null;
  const field = (name: string): number => Number(groups[name] ?? 0);
  return Date.UTC(
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
    field('second'),
    Number((groups['fraction'] ?? '').padEnd(3, '0')),
  );
}
