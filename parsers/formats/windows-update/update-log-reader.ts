import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import { findKb } from '../../domain/names.ts';
import { momentFrom } from '../../text/dates.ts';
import type { LogReader, LogRecord, MemberContext } from '../define-format.ts';
import { ErrorTally } from './error-tally.ts';
import type { UpdateName } from './facts.ts';
import { guidBehind, readEnd, readHistory, readLogLine, readStart } from './log-line.ts';
import type { HistoryEntry, UpdateLogLine } from './log-line.ts';
import { ReportHarvest, shownName } from './report-harvest.ts';
import { readReportRow } from './report-row.ts';
import { failingCodes, isConnectionCode, isFailure, isSuccess, readHexCode } from './result-codes.ts';
import { ZoneVotes } from './zone-votes.ts';

interface Place {
  readonly at: Moment | null;
  readonly citation: Citation;
}

/** A value with the line that states it. */
interface Stated {
  readonly value: number;
  readonly citation: Citation;
}

/** What the lines of one thread say between the edges of a block. */
interface Block {
  /** `Finding updates`; '' before the first edge. */
  what: string;
  title: string | null;
  exit: Stated | null;
  callError: Stated | null;
  failed: Stated | null;
  found: number | null;
  /** The search asks for what is installed: what it names is not missing. */
  asksInstalled: boolean;
}

/** Threads whose blocks are kept; a log that never ends its blocks must not keep them all. */
const mostThreads = 4096;
/** The reporter writes events down some seconds after they happened. */
const mostReportDelay = 10 * 60_000;
/** WU_S_REBOOT_REQUIRED */
const restartRequired = 0x0024_0005;

/** Reads both forms of WindowsUpdate.log: what a line means hardly differs, how its severity shows does. */
export class UpdateLogReader implements LogReader {
  readonly #context: MemberContext;
  readonly #blocks = new Map<string, Block>();
  readonly #titles = new Map<string, string>();
  readonly #detected = new Map<string, Place>();
  readonly #history: (HistoryEntry & Place)[] = [];
  readonly #reports: ReportHarvest;
  readonly #errors = new ErrorTally();
  readonly #zone = new ZoneVotes();
  #server: string | null | undefined = undefined;

  constructor(context: MemberContext) {
    this.#context = context;
    this.#reports = new ReportHarvest(context, 'windows-update-log');
  }

  record(record: LogRecord): void {
    const line = readLogLine(record);
    if (line === null) return;
    const cited = { at: record.at, citation: this.#context.cite(record.line, record.text) };
    if (line.form === 'classic') this.#readClassic(line, record, cited);
    else this.#readConverted(line, cited);
    this.#readBlock(line, cited);
    this.#readUpdates(line, cited);
    this.#readServer(line, cited);
  }

  end(): void {
    const nameOf = (updateId: string): UpdateName => {
      const title = this.#titles.get(updateId) ?? null;
      return { updateId, title, kb: title === null ? null : findKb(title) };
    };
    this.#reports.state((updateId) => this.#titles.get(updateId) ?? null);
    for (const [updateId, place] of this.#detected) {
      const name = nameOf(updateId);
      this.#context.harvest.event({
        ...about(name),
        ...place,
        type: 'windows-update/detected',
        detail: name,
      });
    }
    for (const entry of this.#history) this.#stateHistory(entry, nameOf(entry.updateId));
    this.#errors.state(this.#context);
    const zone = this.#zone.result();
    if (zone !== null) this.#context.harvest.zone(zone.offset, zone.samples, zone.citation);
  }

  /** Severity words, the zone of the log's first line, and rows of ReportingEvents.log quoted as they are. */
  #readClassic(line: UpdateLogLine, record: LogRecord, { at, citation }: Place): void {
    if (record.level === 'warning' || record.level === 'error' || record.level === 'fatal') {
      for (const code of failingCodes(line.text)) this.#errors.add(code, at, citation);
    }
    const zone = /Logging initialized \(.*?\btz: (?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d)\)/u.exec(
      line.text,
    );
    if (zone?.groups !== undefined) {
      const minutes = Number(zone.groups['hours']) * 60 + Number(zone.groups['minutes']);
      this.#zone.add(zone.groups['sign'] === '-' ? -minutes : minutes, () => citation);
    }
    const quoted = /REPORT EVENT:\s*(?<row>\{.*)$/u.exec(line.text)?.groups?.['row'];
    if (quoted !== undefined) this.#readQuotedRow(quoted, record, { at, citation });
  }

  #readQuotedRow(text: string, record: LogRecord, { at, citation }: Place): void {
    const row = readReportRow(text);
    if (row === null) {
      this.#context.harvest.warning(record.line, 'short-row', text);
      return;
    }
    const stated = momentFrom(row.stamp, 'device');
    const when = stated === 'never' ? null : stated;
    const offset = when?.offset ?? null;
    if (when !== null && offset !== null && at !== null) {
      if (Math.abs(at.local - when.local) <= mostReportDelay) this.#zone.add(offset, () => citation);
    }
    this.#reports.add(row, when ?? at, citation);
  }

  /** Only failures to reach a server count: healthy logs hold hundreds of `*FAILED*` lines with other codes. */
  #readConverted(line: UpdateLogLine, { at, citation }: Place): void {
    if (!/^(?:ProtocolTalker|WebServices|DownloadManager)$/iu.test(line.component)) return;
    const stated = /\*FAILED\*\s*(?<code>[[{(]?(?:0x)?[0-9a-f]{8}\b)/iu.exec(line.text)?.groups?.['code'];
    const code = stated === undefined ? null : readHexCode(stated.replace(/^[[{(]/u, ''));
    if (code !== null && isConnectionCode(code)) this.#errors.add(code, at, citation);
  }

  #readBlock(line: UpdateLogLine, place: Place): void {
    const { text } = line;
    const start = readStart(text);
    if (start !== null) {
      this.#blocks.delete(line.thread);
      this.#blockOf(line.thread).what = start.what;
      return;
    }
    const block = this.#blockOf(line.thread);
    const { citation } = place;
    const exit = codeBehind(text, /\bExit code\s*=\s*(?<code>\{?(?:0x)?[0-9a-f]{1,8}\b)/iu);
    if (exit !== null) block.exit = { value: exit, citation };
    const callError = codeBehind(text, /\bCall error code\s*=\s*(?<code>\{?(?:0x)?[0-9a-f]{1,8}\b)/iu);
    if (callError !== null) block.callError = { value: callError, citation };
    const failed = /(?:^|[\s(,])(?:updates )?failed = (?<count>\d+)\b/iu.exec(text)?.groups?.['count'];
    if (failed !== undefined) block.failed = { value: Number(failed), citation };
    const found = /\bUpdates found\s*=\s*(?<count>\d+)/u.exec(text)?.groups?.['count'];
    if (found !== undefined) block.found = Number(found);
    const criteria = /\bCriteria = (?<criteria>.*)$/u.exec(text)?.groups?.['criteria'];
    if (criteria !== undefined) {
      block.asksInstalled = /IsInstalled\s*=\s*1/iu.test(criteria) && !/IsInstalled\s*=\s*0/iu.test(criteria);
    }
    const end = readEnd(text);
    if (end !== null) {
      this.#endBlock(line, block, end.what === '' ? block.what : end.what, place);
      this.#blocks.delete(line.thread);
    } else if (exit !== null && callError !== null) {
      // Both in one line: the call is over whether or not its END line follows.
      this.#stateCall(block, block.what, place);
      block.callError = null;
      block.failed = null;
    }
  }

  #endBlock(line: UpdateLogLine, block: Block, what: string, place: Place): void {
    this.#stateCall(block, what, place);
    const code = block.exit?.value ?? null;
    // A classic log says WARNING where the code fails, and that line counts.
    if (line.form === 'converted' && block.exit !== null && isFailure(block.exit.value)) {
      this.#errors.add(block.exit.value, place.at, block.exit.citation);
    }
    const isSearch = /\bFinding updates\b/u.test(what);
    if (isSearch && code !== null && isFailure(code)) {
      this.#context.harvest.event({ ...place, type: 'windows-update/check-failed', detail: { code } });
    } else if ((isSearch && code === 0) || block.found !== null) {
      this.#context.harvest.event({ ...place, type: 'windows-update/found', detail: { count: block.found } });
    }
  }

  /** States a call only where something in it failed. */
  #stateCall(block: Block, what: string, place: Place): void {
    const { exit, callError, failed } = block;
    const isFailing = (callError !== null && isFailure(callError.value)) || (failed?.value ?? 0) > 0;
    if (!isFailing) return;
    this.#context.harvest.event({
      ...place,
      type: 'windows-update/call',
      detail: {
        call: what === '' ? null : what,
        exitCode: exit?.value ?? null,
        exitCitation: exit?.citation ?? null,
        callErrorCode: callError?.value ?? null,
        callErrorCitation: callError?.citation ?? null,
        failed: failed?.value ?? null,
        failedCitation: failed?.citation ?? null,
      },
    });
  }

  /** `Title = …`, then `UpdateId = GUID.rev` on the same thread; what a search names; how installations ended. */
  #readUpdates(line: UpdateLogLine, { at, citation }: Place): void {
    const { text } = line;
    const block = this.#blockOf(line.thread);
    const title = /\bTitle = (?<title>.+)$/u.exec(text)?.groups?.['title'];
    if (title !== undefined) block.title = title.trim();
    const updateId = guidBehind(text, 'UpdateId') ?? guidBehind(text, 'UpdateID');
    if (updateId !== null) {
      if (block.title !== null) this.#titles.set(updateId, block.title);
      block.title = null;
      if (/\bFinding updates\b/u.test(block.what)) this.#detect(updateId, block, { at, citation });
    }
    const added = /\bAdded update \{?(?<guid>[0-9a-f-]{36})\}?/iu.exec(text)?.groups?.['guid'];
    if (added !== undefined) this.#detect(added.toLowerCase(), block, { at, citation });
    if (text.includes('LogHistory')) {
      const entry = readHistory(text);
      if (entry !== null) this.#history.push({ ...entry, at, citation });
    }
  }

  #detect(updateId: string, block: Block, place: Place): void {
    if (!block.asksInstalled && !this.#detected.has(updateId)) this.#detected.set(updateId, place);
  }

  #stateHistory(entry: HistoryEntry & Place, name: UpdateName): void {
    const { at, citation } = entry;
    const code = readHexCode(entry.result);
    if (code === null) return;
    const base = { ...about(name), at, citation };
    const operation = entry.operation?.toLowerCase() ?? 'install';
    if (operation === 'uninstall' && code < 0x8000_0000) {
      this.#context.harvest.event({
        ...base,
        type: 'windows-update/uninstalled',
        detail: { ...name, planned: false },
      });
    }
    if (!operation.startsWith('install')) return;
    if (isFailure(code)) {
      this.#errors.add(code, at, citation);
      this.#context.harvest.event({
        ...base,
        type: 'windows-update/install-failed',
        detail: { ...name, code },
      });
    } else if (code === restartRequired) {
      this.#context.harvest.event({
        ...base,
        type: 'windows-update/install-pending',
        detail: { ...name, code },
      });
    } else if (isSuccess(code)) {
      this.#context.harvest.event({ ...base, type: 'windows-update/installed', detail: name });
    }
    this.#context.harvest.record({
      device: null,
      patch: shownName(name),
      kb: name.kb,
      updateId: name.updateId,
      detection: { status: null, raw: null, at: null },
      deployment: {
        status: code === restartRequired ? 'pending-reboot' : isSuccess(code) ? 'succeeded' : 'failed',
        raw: entry.operation,
        at,
        exitCode: code,
        attempts: null,
        maxAttempts: null,
      },
      exitCodeRaw: entry.result,
      reboot: code === restartRequired ? entry.result : null,
      source: 'windows-update-log',
      citation,
    });
  }

  /** A fact whenever the log states another server than before. */
  #readServer(line: UpdateLogLine, { at, citation }: Place): void {
    const stated = /\bWSUS server:\s*(?<server>\S.*)?$/u.exec(line.text);
    if (stated === null) return;
    const text = stated.groups?.['server']?.trim() ?? '';
    const server = text === '' || /^[<(]?null[>)]?$/iu.test(text) ? null : text;
    if (server === this.#server) return;
    this.#server = server;
    this.#context.harvest.fact({ type: 'windows-update/wsus-server', value: { server, at }, citation });
  }

  #blockOf(thread: string): Block {
    let block = this.#blocks.get(thread);
    if (block === undefined) {
      const [oldest] = this.#blocks.keys();
      if (this.#blocks.size >= mostThreads && oldest !== undefined) this.#blocks.delete(oldest);
      block = {
        what: '',
        title: null,
        exit: null,
        callError: null,
        failed: null,
        found: null,
        asksInstalled: false,
      };
      this.#blocks.set(thread, block);
    }
    return block;
  }
}

function about(name: UpdateName): {
  readonly patch: string | null;
  readonly kb: string | null;
  readonly updateId: string | null;
} {
  return { patch: shownName(name), kb: name.kb, updateId: name.updateId };
}

function codeBehind(text: string, form: RegExp): number | null {
  const stated = form.exec(text)?.groups?.['code'];
  return stated === undefined ? null : readHexCode(stated.replace(/^\{/u, ''));
}
