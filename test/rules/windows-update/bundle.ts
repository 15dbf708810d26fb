import type { DetectionStatus, EventType, SystemId } from '../../../parsers/domain/evidence.ts';
import type { Finding, Undecided } from '../../../parsers/domain/finding.ts';
import type { At, Clock, Moment } from '../../../parsers/domain/moment.ts';
import { buildEvidence } from '../../../parsers/evidence/build-evidence.ts';
import type { Evidence } from '../../../parsers/evidence/evidence.ts';
import { MemberDraft } from '../../../parsers/evidence/member-draft.ts';
import type { EventDraft, FactDraft, RecordDraft } from '../../../parsers/formats/define-format.ts';
import { windowsUpdate } from '../../../parsers/formats/windows-update/index.ts';
import { createWording, messagesOf } from '../../../parsers/report/wording.ts';
import type { AnyRule } from '../../../parsers/rules/define-rule.ts';
import { runRules } from '../../../parsers/rules/run-rules.ts';
import { readFile } from '../../formats/harvest.ts';

/** A row of another system's table in the fewest words. */
export interface TableRow {
  readonly patch: string;
  readonly detection: DetectionStatus;
  /** `2024-05-10 09:12`, with an offset (`+09:00`) or without; left out when the source states none. */
  readonly detected?: string;
}

/** A bundle of real log texts, read by the formats, beside tables of other systems made by hand. */
export class Bundle {
  readonly #drafts: MemberDraft[] = [];

  /** A file of Windows Update as it lies in the bundle. @param device '' for none */
  file(path: string, content: string | Uint8Array, device = 'PC-0042'): this {
    const reading = readFile(windowsUpdate.formats, path, content);
    if (reading.kind === null) throw new Error(`${path} was not recognised`);
    const draft = this.#member(path, reading.kind as MemberDraft['kind'], 'windows-update');
    draft.device = device === '' ? (reading.devices[0]?.name ?? null) : device;
    draft.records.push(...reading.records);
    draft.events.push(...reading.events);
    draft.facts.push(...reading.facts);
    const zone = reading.zones.at(-1);
    if (zone !== undefined) {
      const { offset, samples, citation } = zone;
      const value = { offset, clock: draft.clock, samples };
      draft.zone = { offset, samples, fact: { type: 'zone-inferred', value, citation } };
    }
    return this;
  }

  /** A table of another system. @param device '' for none */
  table(system: SystemId, rows: readonly TableRow[], device = 'PC-0042', clock: Clock = 'sma'): this {
    const path = `${system}/${device}.html`;
    const draft = this.#member(path, 'kace/device-page', system);
    rows.forEach((row, index) => {
      draft.records.push({
        ...recordOf(row, clock),
        device: device === '' ? null : device,
        citation: { member: path, line: 20 + index, row: index + 1, pointer: null, quote: row.patch },
      });
    });
    return this;
  }

  /** Events or facts of another format. */
  stated(
    path: string,
    kind: MemberDraft['kind'],
    system: SystemId,
    what: {
      readonly device?: string;
      readonly events?: readonly Omit<EventDraft, 'citation'>[];
      readonly facts?: readonly Omit<FactDraft, 'citation'>[];
      readonly records?: readonly Omit<RecordDraft, 'citation'>[];
    },
  ): this {
    const draft = this.#member(path, kind, system);
    draft.device = what.device ?? 'PC-0042';
    const cite = (index: number): EventDraft['citation'] => ({
      member: path,
      line: index + 1,
      row: null,
      pointer: null,
      quote: `${path} ${index + 1}`,
    });
    what.events?.forEach((event, index) => draft.events.push({ ...event, citation: cite(index) }));
    what.facts?.forEach((fact, index) => draft.facts.push({ ...fact, citation: cite(index) }));
    what.records?.forEach((record, index) => draft.records.push({ ...record, citation: cite(index) }));
    return this;
  }

  /** Events of an event log, in UTC. */
  eventLog(events: readonly Omit<EventDraft, 'citation'>[], device = 'PC-0042'): this {
    return this.stated(`${device}/System.evtx`, 'event-log/evtx', 'windows-update', { device, events });
  }

  build(): Evidence {
    return buildEvidence(this.#drafts, [windowsUpdate], null).evidence;
  }

  #member(path: string, kind: MemberDraft['kind'], system: SystemId): MemberDraft {
    const draft = new MemberDraft(this.#drafts.length, path, null);
    draft.state = 'parsed';
    draft.kind = kind;
    draft.system = system;
    draft.clock = 'device';
    draft.sha256 = '0'.repeat(64);
    this.#drafts.push(draft);
    return draft;
  }
}

function recordOf(row: TableRow, clock: Clock): Omit<RecordDraft, 'citation'> {
  const at: At = row.detected === undefined ? null : moment(row.detected, clock);
  return {
    device: null,
    patch: row.patch,
    detection: { status: row.detection, raw: row.detection, at },
    deployment: { status: null, raw: null, at: null, exitCode: null, attempts: null, maxAttempts: null },
    exitCodeRaw: null,
    source: 'device-page',
  };
}

/** `2024-05-10 09:12`, `2024-05-10 09:12:30+09:00`. */
export function moment(text: string, clock: Clock): Moment {
  const groups = /^(?<reading>[\d: -]{10,19}?)(?<offset>[+-]\d\d:\d\d)?$/u.exec(text)?.groups;
  const reading = groups?.['reading'] ?? '';
  const stated = groups?.['offset'];
  const hasSeconds = reading.length > 16;
  const sign = stated?.startsWith('-') === true ? -1 : 1;
  const offset =
    stated === undefined ? null : sign * (Number(stated.slice(1, 3)) * 60 + Number(stated.slice(4)));
  return {
    raw: text,
    local: Date.parse(`${reading.replace(' ', 'T')}${hasSeconds ? '' : ':00'}Z`),
    offset,
    offsetSource: offset === null ? 'unknown' : 'stated',
    precision: hasSeconds ? 'second' : 'minute',
    clock,
    clockOf: '',
  };
}

/** A restart of the device, as its event log (UTC) states it. */
export function boot(at: string): Omit<EventDraft, 'citation'> {
  return { type: 'boot', at: moment(`${at}+00:00`, 'device'), detail: { reason: null } };
}

/** An update's event out of an event log (UTC). */
export function updateEvent(
  type: EventType & ('windows-update/installed' | 'windows-update/install-failed'),
  at: string,
  title: string,
  code: number | null = null,
): Omit<EventDraft, 'citation'> {
  const kb = /KB\d+/u.exec(title)?.[0] ?? null;
  const name = { updateId: null, title, kb };
  const detail = type === 'windows-update/installed' ? name : { ...name, code };
  return { type, patch: title, kb, at: moment(`${at}+00:00`, 'device'), detail };
}

const guids: Readonly<Record<string, string>> = {
  KB5037771: '9A3F6B52-1C2D-4E5F-8A9B-0C1D2E3F4A5B',
  KB4051033: 'BFC81A20-7788-4A5B-9C0D-112233445566',
};

/** The GUID under which the reports of a KB run here. */
export function guidOf(kb: string): string {
  return guids[kb] ?? 'C0FFEE00-1234-4ABC-8DEF-998877665544';
}

/** A row of ReportingEvents.log: time (+09:00), number, KB, code. */
export type ReportSpec = readonly [time: string, number: number, kb: string, code?: string];

/** Rows of ReportingEvents.log. */
export function reports(...rows: readonly ReportSpec[]): string {
  return rows
    .map(([time, number, kb, code = '0'], index) => {
      const id = String(index + 1).padStart(8, '0');
      const update = kb === '' ? '00000000-0000-0000-0000-000000000000' : guidOf(kb);
      return [
        `{${id}-3C44-4B1E-9A77-0E6B1D2F3C01}`,
        `${time}:000+0900`,
        '1',
        `${number} [AGENT]`,
        '101',
        `{${update}}`,
        '200',
        code,
        'UpdateOrchestrator',
        number === 182 || number === 148 || number === 161 ? 'Failure' : 'Success',
        'Content Install',
        kb === '' ? 'x' : `x (${kb})`,
      ].join('\t');
    })
    .join('\r\n');
}

/** Lines of a classic WindowsUpdate.log: time, text. */
export function classicLog(...lines: readonly (readonly [string, string])[]): string {
  return lines
    .map(([time, text]) => `${time.replace(' ', '\t')}:000\t8904\t1a2c\tAgent\t${text}`)
    .join('\r\n');
}

/** Lines of a converted WindowsUpdate.log: time, text. */
export function convertedLog(...lines: readonly (readonly [string, string])[]): string {
  return lines
    .map(([time, text]) => `${time.replaceAll('-', '/')}.0000000 1128  3588  Agent           ${text}`)
    .join('\r\n');
}

export interface Says {
  readonly findings: readonly Finding[];
  readonly undecided: readonly Undecided[];
  readonly missing: readonly string[];
  /** The only finding; throws when there is another number of them. */
  readonly finding: Finding;
}

/** What one of the rules says of a bundle; everything that any of them finds is put into words on the way. */
export function rulesSay(rules: readonly AnyRule[], rule: string, bundle: Bundle): Says {
  if (!rules.some(({ id }) => id === rule)) throw new Error(`no rule ${rule}`);
  const results = runRules(bundle.build(), rules);
  results.findings.forEach(checkWording);
  results.undecided.forEach(checkMissing);
  const findings = results.findings.filter((finding) => finding.rule === rule);
  const undecided = results.undecided.filter((entry) => entry.rule === rule);
  return {
    findings,
    undecided,
    missing: undecided.map(({ missing }) => missing),
    get finding(): Finding {
      const [first] = findings;
      if (first === undefined || findings.length > 1) {
        throw new Error(`${rule} made ${findings.length} findings, not one`);
      }
      return first;
    },
  };
}

const wordings = [createWording('en'), createWording('ja')];

function checkWording(finding: Finding): void {
  if (finding.witnesses.length === 0) throw new Error(`${finding.rule} cites nothing`);
  if (finding.kind === 'contradiction' && finding.witnesses.length < 2) {
    throw new Error(`${finding.rule} is a contradiction with one witness`);
  }
  for (const wording of wordings) {
    const { title, explanation, advice } = wording.finding(finding);
    const says = finding.witnesses.map((witness) => wording.witness(witness));
    for (const text of [title, explanation, advice, ...says]) {
      if (text === '' || /[{}]|undefined|NaN|\bnull\b|text of| {2}|\.\.|。。/u.test(text)) {
        throw new Error(`${finding.rule} reads badly in ${wording.locale}: ${text}`);
      }
    }
  }
}

function checkMissing({ rule, missing }: Undecided): void {
  for (const wording of wordings) {
    if (!messagesOf(wording.locale).has(`missing.${missing}`)) {
      throw new Error(`no wording in ${wording.locale} for what ${rule} lacked: ${missing}`);
    }
  }
}

/** Where the witnesses of a finding stand, as short text. */
export function witnessed(finding: Finding): string[] {
  return finding.witnesses.map(({ citation, says }) => `${citation.member}:${String(citation.line)} ${says}`);
}
