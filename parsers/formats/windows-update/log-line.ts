import type { LogRecord } from '../define-format.ts';

/** A line of WindowsUpdate.log behind its stamp. */
export interface UpdateLogLine {
  readonly form: 'classic' | 'converted';
  /** Process and thread as written: lines of one thread belong together. */
  readonly thread: string;
  readonly component: string;
  /** Without the blanks around it. */
  readonly text: string;
}

const lineForm = /^\s+(?<pid>[0-9a-f]+)\s+(?<tid>[0-9a-f]+)\s+(?<component>\S+)\s(?<text>.*)$/iu;

/**
 * Classic: pid, tid (hexadecimal), component and text between tabs, milliseconds behind a colon.
 * Converted (Get-WindowsUpdateLog): the same between blanks, seven digits behind a point.
 *
 * @returns null for a line that has another form behind its stamp
 */
export function readLogLine(record: LogRecord): UpdateLogLine | null {
  const groups = lineForm.exec(record.body)?.groups;
  if (groups === undefined || record.at === null) return null;
  return {
    form: /:\d{3}$/u.test(record.at.raw) ? 'classic' : 'converted',
    thread: `${groups['pid'] ?? ''} ${groups['tid'] ?? ''}`,
    component: groups['component'] ?? '',
    text: (groups['text'] ?? '').trim(),
  };
}

/** A line that ends a block, e.g. `* END * Finding updates CallerId = X, Id = 5, Exit code = 0x00000000`. */
export interface EndLine {
  readonly what: string;
  readonly caller: string | null;
}

const endForm = /(?:\*\*\s+END\s+\*\*|--\s+END\s+--|\*\s+END\s+\*)\s*(?<rest>.*)$/u;
const startForm = /(?:\*\*\s+START\s+\*\*|--\s+START\s+--|\*\s+START\s+\*)\s*(?<rest>.*)$/u;
const callerForm = /\b(?:CallerId|ClientId)\s*=\s*(?<caller>[^,\]]*?)\s*(?:,|\]|\s+Id\s*=|\(cV|$)/u;

export function readEnd(text: string): EndLine | null {
  return readEdge(endForm, text);
}

export function readStart(text: string): EndLine | null {
  return readEdge(startForm, text);
}

function readEdge(form: RegExp, text: string): EndLine | null {
  const rest = form.exec(text)?.groups?.['rest'];
  if (rest === undefined) return null;
  const caller = callerForm.exec(rest)?.groups?.['caller'] ?? '';
  return {
    what: rest.replace(/\s*\[?\b(?:CallerId|ClientId)\b.*$/u, '').trim(),
    caller: caller === '' ? null : caller,
  };
}

/** `LogHistory called …, idUpdate=GUID.rev, operation = Install, resultMapped=240006`. */
export interface HistoryEntry {
  readonly updateId: string;
  /** Null where the line does not state it: older clients log installations only. */
  readonly operation: string | null;
  /** As written. */
  readonly result: string;
}

export function readHistory(text: string): HistoryEntry | null {
  const updateId = guidBehind(text, 'idUpdate');
  const result = /\bresultMapped\s*=\s*(?<result>\{?(?:0x)?[0-9a-f]{1,8}\}?)\b/iu.exec(text)?.groups?.[
    'result'
  ];
  if (updateId === null || result === undefined) return null;
  const operation = /\boperation\s*=\s*(?<operation>\w+)/iu.exec(text)?.groups?.['operation'];
  return { updateId, operation: operation ?? null, result };
}

/** The GUID of `name = {GUID}.revision`, with or without braces, in lower case. */
export function guidBehind(text: string, name: string): string | null {
  const at = text.indexOf(name);
  if (at === -1) return null;
  const match = /^\s*=\s*\{?(?<guid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/iu.exec(
    text.slice(at + name.length),
  );
  return match?.groups?.['guid']?.toLowerCase() ?? null;
}
