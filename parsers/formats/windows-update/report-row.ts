import { findKb, foldGuid } from '../../domain/names.ts';
import { readHexCode } from './result-codes.ts';

/** A row of ReportingEvents.log. */
export interface ReportRow {
  readonly reportId: string | null;
  /** `YYYY-MM-DD HH:mm:ss:fff±hhmm` as it stands. */
  readonly stamp: string;
  readonly report: number;
  readonly name: string | null;
  /** Null for an event that is of no update (the GUID of zeros). */
  readonly updateId: string | null;
  readonly code: number | null;
  readonly codeRaw: string;
  /** `182 [AGENT_INSTALLING_FAILED]` */
  readonly raw: string;
  readonly caller: string | null;
  readonly succeeded: boolean | null;
  readonly category: string | null;
  /** From the message; the rest of it is in the language of the system and is not read. */
  readonly kb: string | null;
}

/** Fields up to the message; a thirteenth is opaque. */
const fewestFields = 12;
const noUpdate = '00000000-0000-0000-0000-000000000000';

/**
 * Reads the tab-separated row; null for one that is cut or is none: event GUID, time, 1, `181 [NAME]`,
 * 101, update GUID, revision, HRESULT, caller, `Success|Failure`, category, message, opaque.
 */
export function readReportRow(text: string): ReportRow | null {
  const fields = text.split('\t');
  if (fields.length < fewestFields) return null;
  const [
    id = '',
    stamp = '',
    ,
    event = '',
    ,
    update = '',
    ,
    code = '',
    caller = '',
    outcome = '',
    category = '',
  ] = fields;
  const groups = /^\s*(?<number>\d{1,5})(?:\s*\[(?<name>\w+)\])?\s*$/u.exec(event)?.groups;
  const reportId = foldGuid(id);
  if (groups === undefined || reportId === null) return null;
  const updateId = foldGuid(update);
  return {
    reportId,
    stamp: stamp.trim(),
    report: Number(groups['number']),
    name: groups['name'] ?? null,
    updateId: updateId === noUpdate ? null : updateId,
    code: readHexCode(code),
    codeRaw: code.trim(),
    raw: event.trim(),
    caller: caller.trim() === '' ? null : caller.trim(),
    succeeded: /^success$/iu.test(outcome.trim()) ? true : /^failure$/iu.test(outcome.trim()) ? false : null,
    category: category.trim() === '' ? null : category.trim(),
    kb: findKb(fields[11] ?? ''),
  };
}
