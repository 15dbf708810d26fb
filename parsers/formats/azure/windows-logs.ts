import type { Citation } from '../../domain/evidence.ts';
import { laterOf, order } from '../../domain/moment.ts';
import type { Moment } from '../../domain/moment.ts';
import { stampHead } from '../../text/stamp.ts';
import type { LineHead } from '../../text/line-head.ts';
import { defineLineFormat } from '../define-format.ts';
import type { LogReader, LogRecord, MemberContext, Probe } from '../define-format.ts';
import type { AzureWindowsLog } from './facts.ts';
import { isText, scopeOf, stateDeviceOfPath, windowsExtension } from './paths.ts';
import { findTrouble } from './troubles.ts';

/** What the Windows guest agent writes, in its two forms; both are UTC. */
const agentHeads: readonly LineHead[] = [
  stampHead("YYYY-MM-DDTHH:mm:ss.fff'Z'", { name: 'waappagent', offset: 0, within: 16 }),
  stampHead('[MM/DD/YYYY HH:mm:ss.fff]', { name: 'waappagent-older', offset: 0, within: 16 }),
];

function isWindowsAgentLog(probe: Probe): boolean {
  return (
    isText(probe) &&
    /(?:^|[/_])(?:waappagent|transparentinstaller|telemetry)(?:\.\d+)?\.log(?:\.\d+)?$/u.test(probe.path) &&
    probe.lines.some((line) => /^\[\d{8}\] (?:\[\d\d\/\d\d\/\d{4} |\d{4}-\d\d-\d\dT)/u.test(line))
  );
}

/** `WaAppAgent.log`, `TransparentInstaller.log`, `Telemetry.log`: the Windows guest agent. */
export const windowsAgentLog = defineLineFormat({
  id: 'azure/windows-agent-log',
  system: 'azure-update-manager',
  clock: 'device',
  recognise: isWindowsAgentLog,
  heads: agentHeads,
  landmarks: ['PatchExtension', 'OsUpdateExtension'],
  open: (context) => new WindowsReader(context, 'agent'),
  samples: [
    {
      line: '[00000004] 2024-04-17T07:19:26.812Z [INFO]  text',
      local: '2024-04-17T07:19:26.812',
      offset: 0,
      level: 'info',
    },
    {
      line: '[00000012] [11/11/2022 06:10:02.85] [TRACE] text',
      local: '2022-11-11T06:10:02.850',
      offset: 0,
      level: 'trace',
    },
  ],
});

/** No verified sample: any stamp at or near the start of a line; without a zone it has none. */
const extensionHeads: readonly LineHead[] = [
  ...[
    'YYYY-MM-DDTHH:mm:ss.fffzz',
    'YYYY-MM-DDTHH:mm:sszz',
    'YYYY-MM-DDTHH:mm:ss.fff',
    'YYYY-MM-DDTHH:mm:ss',
    'YYYY-MM-DD HH:mm:ss.fffzz',
    'YYYY-MM-DD HH:mm:sszz',
    'YYYY-MM-DD HH:mm:ss.fff',
    'YYYY-MM-DD HH:mm:ss,fff',
    'YYYY-MM-DD HH:mm:ss',
    'M/D/YYYY H:mm:ss AA',
    'M/D/YYYY H:mm:ss',
  ].map((pattern) => stampHead(pattern, { name: 'azure-windows', within: 40 })),
  bracketHead(),
];

/** `[Level] text` without a time. */
function bracketHead(): LineHead {
  const form = /^\[(?<level>[A-Za-z]{4,11})\]/u;
  const levels: Readonly<Record<string, 'error' | 'warning' | 'info' | 'debug' | 'trace'>> = {
    error: 'error',
    warning: 'warning',
    warn: 'warning',
    info: 'info',
    information: 'info',
    debug: 'debug',
    verbose: 'trace',
    trace: 'trace',
  };
  return {
    name: 'azure-windows',
    yearless: false,
    read(bytes, start, end, out) {
      if (bytes[start] !== 0x5b) return false;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(14, end - start)).toString(
        'latin1',
      );
      const level = levels[form.exec(text)?.groups?.['level']?.toLowerCase() ?? ''];
      if (level === undefined) return false;
      out.local = Number.NaN;
      out.offset = Number.NaN;
      out.precision = 'second';
      out.level = level;
      out.body = text.indexOf(']') + 1;
      return true;
    },
  };
}

const extensionNames =
  /(?:^|[/_])(?:windowsupdateextension|commandexecution|install|update|heartbeat|enable)(?:[._]\d+)?\.log(?:\.\d+)?$/u;

function isExtensionLog(probe: Probe): boolean {
  if (!isText(probe)) return false;
  if (/(?:^|[/_])windowsupdateextension(?:[._][\w-]*)?\.log(?:\.\d+)?$/u.test(probe.path)) return true;
  return extensionNames.test(probe.path) && windowsExtension.test(probe.path);
}

/** Logs of the Windows patch extension: commands of the agent, and its own. Their form is not verified. */
export const windowsExtensionLog = defineLineFormat({
  id: 'azure/windows-extension-log',
  system: 'azure-update-manager',
  clock: 'device',
  unverified: true,
  recognise: isExtensionLog,
  heads: extensionHeads,
  open: (context) =>
    new WindowsReader(
      context,
      /windowsupdateextension[^/]*$/iu.test(context.path) ? 'extension' : 'commands',
    ),
  samples: [
    {
      line: '2026-11-22T07:44:23.000Z [Error] Search failed with HRESULT 0x8024402C',
      local: '2026-11-22T07:44:23.000',
      offset: 0,
      level: 'error',
    },
    { line: '[Warning] text', local: null, level: 'warning' },
  ],
});

/** Sequences that are kept of one log. */
const mostSequences = 1_000;

class WindowsReader implements LogReader {
  readonly #context: MemberContext;
  readonly #file: AzureWindowsLog['file'] | 'agent';
  readonly #scope: string;
  readonly #sequences = new Set<number>();
  #first: Moment | null = null;
  #last: Moment | null = null;
  #place: Citation | null = null;

  constructor(context: MemberContext, file: AzureWindowsLog['file'] | 'agent') {
    this.#context = context;
    this.#file = file;
    this.#scope = scopeOf(context.path);
    stateDeviceOfPath(context);
  }

  record(record: LogRecord): void {
    const { at, text } = record;
    if (at !== null) {
      this.#first = this.#first === null || order(at, this.#first) === 'before' ? at : this.#first;
      this.#last = this.#last === null ? at : laterOf(this.#last, at);
    }
    const citation = this.#context.cite(record.line, text.slice(0, 1_000));
    this.#place ??= citation;
    const sequence = sequenceIn(text);
    if (this.#file === 'agent') return;
    if (sequence !== null && !this.#sequences.has(sequence) && this.#sequences.size < mostSequences) {
      this.#sequences.add(sequence);
      this.#context.harvest.event({
        type: 'azure/agent-step',
        at,
        citation,
        detail: {
          step: this.#file === 'commands' ? 'command' : 'extension',
          sequence,
          activityId: null,
          scope: this.#scope,
          code: null,
        },
      });
    }
    const whole = [record.body, ...record.continuation].join('\n');
    const found = findTrouble(whole, record.level === 'error' || record.level === 'warning');
    if (found === null) return;
    this.#context.harvest.event({
      type: 'azure/trouble',
      at,
      citation,
      detail: { sequence, activityId: null, scope: this.#scope, ...found },
    });
  }

  end(): void {
    if (this.#file === 'agent') return;
    this.#context.harvest.fact({
      type: 'azure/windows-log',
      value: {
        file: this.#file,
        firstAt: this.#first,
        lastAt: this.#last,
      },
      citation: this.#place ?? this.#context.cite(1, ''),
    });
  }
}

/** A sequence number as these logs may name it: `sequence number 12`, `SequenceNumber=12`, `12.settings`. */
function sequenceIn(text: string): number | null {
  const groups =
    /\bseq(?:uence)?[ _-]?(?:no|number|num|id)?\b\s*(?:is|=|:)?\s*["'[(]?(?<named>\d{1,9})\b|(?<![\d.])(?<file>\d{1,9})\.(?:settings|status)\b/iu.exec(
      text,
    )?.groups;
  const digits = groups?.['named'] ?? groups?.['file'];
  return digits === undefined ? null : Number(digits);
}
