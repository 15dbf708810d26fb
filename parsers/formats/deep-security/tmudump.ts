import type { Moment } from '../../domain/moment.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LineSample, LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import { LogHarvest, withMoment } from './log-harvest.ts';
import { findConnectionFailure, findHost, roleOf } from './messages.ts';
import { OffsetVotes } from './offset-votes.ts';
import { tmuHeads } from './tmu-heads.ts';

const anyDialect =
  /^(?:(?:Inf|Err|Wrn|Dbg) (?:\d{8}|\d{4}-\d\d-\d\d) \d{1,2}:\d\d:\d{1,2} -?\d+ -?\d+ |(?:Info|Error|Warning|Debug|Information): [A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d{1,2}:\d\d:\d\d \d{4} )/u;

function isTmuDump({ shape, name, lines }: Probe): boolean {
  if (shape !== 'text' && shape !== 'delimited') return false;
  const seen = lines.slice(0, 100).filter((line) => anyDialect.test(line)).length;
  return seen >= 3 || (seen > 0 && name.includes('tmudump'));
}

/** The anti-malware module keeps a TmuDump.txt of its own: `AMSP_7/`, `AMSP/debug/7/`. */
function isOfAmsp({ path }: Probe): boolean {
  return /(?:^|[/!])amsp[^/]*\//u.test(path);
}

/** Only records with one of these are looked into; an update writes thousands of others. */
const landmarks: readonly string[] = [
  'Date: ',
  'HTTP ',
  'HTTP/1',
  '://',
  'Host: ',
  'onnection return code',
  'getting the file',
  'RTPatchApply',
  'maint',
  'ainten',
  'メンテ',
  'usy with',
  'ould not ',
  'nable to ',
  'ailed to ',
  'icense',
  'icence',
  'ライセンス',
  'li_copy',
  '_STATUS_',
];

/** What TmuDump.txt tells of the transfer of components: connections, downloads, patches applied. */
class TmuReader implements LogReader {
  readonly #context: MemberContext;
  readonly #harvest: LogHarvest;
  readonly #votes = new OffsetVotes();
  #host: { readonly host: string; readonly port: number | null } | null = null;

  constructor(context: MemberContext) {
    this.#context = context;
    this.#harvest = new LogHarvest(context);
  }

  record(raw: LogRecord): void {
    const record = withMoment(raw, cleaned(raw));
    if (raw.at === null && /^(?:Inf|Err|Wrn|Dbg) \d/u.test(raw.text)) {
      this.#context.harvest.warning(raw.line, 'bad-date', raw.text);
    }
    const text = [record.body, ...record.continuation].join('\n');
    this.#vote(record);
    this.#host = findHost(text) ?? headerHost(record.continuation) ?? this.#host;
    this.#connections(record, text);
    this.#steps(record, text);
    this.#harvest.texts(record);
  }

  end(): void {
    this.#harvest.end();
    const zone = this.#votes.result();
    if (zone !== null) this.#context.harvest.zone(zone.offset, zone.samples, zone.citation);
    else if (this.#votes.disagree) this.#context.harvest.warning(null, 'offsets-disagree', 'HTTP Date');
  }

  #vote(record: LogRecord): void {
    const { at } = record;
    if (at === null) return;
    record.continuation.forEach((line, index) => {
      const header = /^\s*Date:\s*(?<date>.+GMT)\s*$/u.exec(line)?.groups?.['date'];
      if (header === undefined) return;
      this.#votes.add(at, header, () => this.#context.cite(record.line + 1 + index, line.trim()));
    });
  }

  #connections(record: LogRecord, text: string): void {
    const place = { at: record.at, line: record.line, text: record.text };
    const failure = findConnectionFailure(text);
    if (failure !== null) {
      const { host, port } = failure.host === null ? (this.#host ?? failure) : failure;
      this.#harvest.connection(
        { ...failure, host, port, role: failure.role ?? roleOf(host, port, '') },
        place,
      );
      return;
    }
    const status = /\bHTTP(?:\/1\.\d)? (?<status>[1-5]\d\d)\b/u.exec(text)?.groups?.['status'];
    if (status !== undefined) {
      const code = Number(status);
      if (code === 503) this.#harvest.http503(place);
      this.#reached(code < 400 ? 'succeeded' : 'failed', true, `HTTP ${status}`, place);
      return;
    }
    const returned = /onnection return code:\s*(?<code>-?\d+)/u.exec(text)?.groups?.['code'];
    if (returned === undefined) return;
    // The line after "could not connect" tells the number of the same attempt.
    if (returned !== '0' && this.#harvest.lastFailure !== null) return;
    this.#reached(
      returned === '0' ? 'succeeded' : 'failed',
      returned === '0',
      `Connection return code: ${returned}`,
      place,
    );
  }

  #reached(
    outcome: 'succeeded' | 'failed',
    reached: boolean,
    raw: string,
    place: { readonly at: Moment | null; readonly line: number; readonly text: string },
  ): void {
    const host = this.#host?.host ?? null;
    const port = this.#host?.port ?? null;
    this.#harvest.connection(
      { host, port, role: roleOf(host, port, ''), outcome, reached, raw, count: 1 },
      place,
    );
  }

  #steps(record: LogRecord, text: string): void {
    const place = { at: record.at, line: record.line, text: record.text };
    const download = /TmDownloader: (?<word>Succeeded|Failed)[^\n]*\bgetting the file/iu.exec(text)?.groups?.[
      'word'
    ];
    if (download !== undefined) {
      const outcome = download.toLowerCase() === 'succeeded' ? 'succeeded' : 'failed';
      this.#harvest.step({ step: 'download', outcome, of: 'either', count: 1 }, place);
    }
    const patched = /RTPatchApply(?:32)?: ret: (?<code>-?\d+)/u.exec(text)?.groups?.['code'];
    if (patched !== undefined) {
      this.#harvest.step(
        { step: 'swap', outcome: patched === '0' ? 'succeeded' : 'failed', of: 'either', count: 1 },
        place,
      );
    }
  }
}

/** The stamp alone as the raw text, without the level word before it. */
function cleaned({ at }: LogRecord): Moment | null {
  return at === null ? null : { ...at, raw: at.raw.replace(/^[A-Za-z]+:? /u, '') };
}

function headerHost(
  lines: readonly string[],
): { readonly host: string; readonly port: number | null } | null {
  for (const line of lines) {
    const groups = /^\s*Host:\s*(?<host>[\w.-]+)(?::(?<port>\d+))?\s*$/iu.exec(line)?.groups;
    const host = groups?.['host'];
    if (host !== undefined)
      return { host, port: groups?.['port'] === undefined ? null : Number(groups['port']) };
  }
  return null;
}

const samples: readonly LineSample[] = [
  {
    line: 'Inf 20250323 12:08:45 5088 1196 HttpsConnection: Successful: HTTP 200 OK',
    local: '2025-03-23T12:08:45.000',
    level: 'info',
  },
  {
    line: 'Inf 2024-12-10 23:02:3 4792 704 TmDownloader: Succeeded getting the file',
    local: '2024-12-10T23:02:30.000',
    level: 'info',
  },
  {
    line: 'Err 20140528 06:39:39 2272 1592 TmDownloader: Service is under maintainence',
    local: '2014-05-28T06:39:39.000',
    level: 'error',
  },
  {
    line: 'Info: Tue May 15 14:52:49 2007 P[7991] T[-1324737616]',
    local: '2007-05-15T14:52:49.000',
    level: 'info',
  },
];

/**
 * TmuDump.txt of the update module (iAU, AU 2), in all of its dialects. `Err` is not failure: an update
 * that succeeds writes hundreds of them (`dat3_fci_close exception may cause problem`, `FNFCIOPEN result`).
 */
export const tmudump = defineLineFormat({
  id: 'deep-security/tmudump',
  system: 'deep-security',
  clock: 'device',
  recognise: (probe) => isTmuDump(probe) && !isOfAmsp(probe),
  heads: tmuHeads,
  landmarks,
  open: (context) => new TmuReader(context),
  samples,
});

/** The same file as the anti-malware module of Windows agents writes it, with stamps that lose a digit. */
export const amspLog = defineLineFormat({
  id: 'deep-security/amsp-logs',
  system: 'deep-security',
  clock: 'device',
  recognise: (probe) => isTmuDump(probe) && isOfAmsp(probe),
  heads: tmuHeads,
  landmarks,
  open: (context) => new TmuReader(context),
  samples,
});
