import type { EventDraft } from '../define-format.ts';
import { parseCode } from '../../domain/numbers.ts';
import { fieldOf } from './event-record.ts';
import type { EventRecord } from './event-record.ts';
import { napValidators } from './facts.ts';
import type { NapAgentStep, NapDecision, NapValidatorCode } from './facts.ts';
import type { Interpreter, Stated } from './windows-events.ts';

/** Microsoft-Windows-NetworkAccessProtection, Operational. */
export const napClientEvents: Readonly<Record<number, Interpreter>> = {
  18: (record) => [
    {
      type: 'nap/isolation-changed',
      at: record.at,
      detail: { from: valueAt(record, 1), to: valueAt(record, 5) },
    },
  ],
  27: (record) => [
    { type: 'nap/statement-received', at: record.at, detail: { correlation: valueAt(record, 1) } },
  ],
  28: (record) => [
    { type: 'nap/statement-sent', at: record.at, detail: { correlation: valueAt(record, 1) } },
  ],
  29: (record) => [
    {
      type: 'nap/response',
      at: record.at,
      detail: { state: valueAt(record, 3), nonCompliantAgents: valueAt(record, 4) },
    },
  ],
  30: (record) => [
    {
      type: 'nap/agent-error',
      at: record.at,
      detail: { raw: record.message ?? record.data.map(({ value }) => value).join(' ') },
    },
  ],
};

/** Microsoft-Windows-SystemHealthAgent: each step has an event for success and, one higher, one for failure. */
export const healthAgentEvents: Readonly<Record<number, Interpreter>> = Object.fromEntries(
  (
    [
      [1005, 'online-scan'],
      [1007, 'offline-scan'],
      [1009, 'download'],
      [1011, 'install'],
      [1015, 'remediation'],
    ] as const
  ).flatMap(([id, step]) => [
    [id, (record: EventRecord) => [agentStep(record, step, true)]],
    [id + 1, (record: EventRecord) => [agentStep(record, step, false)]],
  ]),
);

const decisions: Readonly<Record<number, NapDecision>> = {
  6272: 'granted',
  6273: 'denied',
  6274: 'discarded',
  6276: 'quarantined',
  6277: 'probation',
  6278: 'full-access',
};

/** Microsoft-Windows-Security-Auditing on a network policy server. */
export const policyServerEvents: Readonly<Record<number, Interpreter>> = Object.fromEntries(
  Object.entries(decisions).map(([id, decision]) => [
    id,
    (record: EventRecord) => [decided(record, decision)],
  ]),
);

function agentStep(record: EventRecord, step: NapAgentStep, succeeded: boolean): Stated {
  const stated = succeeded ? null : (valueAt(record, 1) ?? record.message);
  const code = stated === null ? null : /0x[0-9a-f]{1,8}|-?\d{3,}/iu.exec(stated)?.[0];
  return {
    type: 'nap/agent-step',
    at: record.at,
    detail: { step, succeeded, code: code === undefined || code === null ? null : parseCode(code) },
  };
}

/**
 * A decision belongs to the client machine; the record's own computer is the policy server. Positions
 * are those of the event's message (TechNet, event 6278: 6 and 7 the machine, 25 the result, 29 the
 * validators).
 */
function decided(record: EventRecord, decision: NapDecision): Stated {
  const machine = machineOf(record);
  const detail: EventDraft<'nap/decision'>['detail'] = {
    decision,
    result:
      fieldOf(record, 'QuarantineState', 25) ?? lineBehind(record.message, /^(?:Result|結果)\s*[:：]/iu),
    machine,
    validators: validatorsIn(
      fieldOf(record, 'QuarantineSystemHealthResult', 29) ?? behindValidators(record.message) ?? '',
    ),
  };
  // The server's own clock wrote the time, whatever machine it speaks of.
  const at = record.at === null ? null : { ...record.at, clock: 'policy-server' as const };
  return { type: 'nap/decision', at, device: machine, detail };
}

/** `DOMAIN\PC-0042$`, `pc-0042.example.local`: the machine without its account sign; null for none. */
function machineOf(record: EventRecord): string | null {
  const section = /(?:Client Machine|クライアント コンピューター)\s*[:：]([\s\S]*)/iu.exec(
    record.message ?? '',
  )?.[1];
  const stated =
    fieldOf(record, 'FullyQualifiedSubjectMachineName', 7) ??
    fieldOf(record, 'SubjectMachineName', 6) ??
    lineBehind(section ?? null, /^(?:Account Name|アカウント名)\s*[:：]/iu);
  const name = stated?.replace(/\$$/u, '').trim() ?? '';
  return name === '' || name === '-' ? null : name;
}

/**
 * The codes of the Windows Security Health Validator, each `(0xC0FF0007 - text)` in the log: nine in a
 * fixed order (TechNet, "Interpret Windows System Health Validator Entries in Log Files").
 */
export function validatorsIn(text: string): readonly NapValidatorCode[] {
  const own = /Windows Security Health Validator/iu.exec(text);
  const codes = text.slice(own === null ? 0 : own.index).match(/0x[0-9a-f]{1,8}\b/giu) ?? [];
  return napValidators.flatMap((validator, index) => {
    const code = parseCode(codes[index] ?? '');
    return code === null ? [] : [{ validator, code }];
  });
}

function behindValidators(message: string | null): string | null {
  const match =
    /(?:System Health Validator Result\(s\)|システム正常性検証ツールの結果)\s*[:：]?([\s\S]*)/iu.exec(
      message ?? '',
    );
  return match?.[1] ?? null;
}

function lineBehind(text: string | null, label: RegExp): string | null {
  for (const line of text?.split('\n') ?? []) {
    const trimmed = line.trim();
    const match = label.exec(trimmed);
    if (match !== null) return trimmed.slice(match[0].length).trim() || null;
  }
  return null;
}

function valueAt(record: EventRecord, position: number): string | null {
  const value = record.data[position - 1]?.value.trim() ?? '';
  return value === '' ? null : value;
}
