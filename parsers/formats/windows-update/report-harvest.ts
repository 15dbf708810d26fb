import type { Citation, DeploymentStatus } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import type { EventDraft, MemberContext } from '../define-format.ts';
import type { UpdateName } from './facts.ts';
import type { ReportRow } from './report-row.ts';
import { cancelledCode, isSuccess } from './result-codes.ts';

/** Numbers of reporting events (windows-update.md). They mean what they mean in every language. */
const reports = {
  checked: 147,
  checkFailed: 148,
  downloadFailed: 161,
  downloaded: 162,
  downloadStarted: 167,
  installStarted: 181,
  installFailed: 182,
  installed: 183,
  installPending: 201,
} as const;

/** WU_S_REBOOT_REQUIRED */
const restartRequired = 0x0024_0005;

interface Reported {
  readonly row: ReportRow;
  readonly at: Moment | null;
  readonly citation: Citation;
}

/**
 * Takes reporting events in file order and states them at the end: the KB stands in the messages of some
 * of an update's events and is carried to the others by the update's GUID.
 */
export class ReportHarvest {
  readonly #context: MemberContext;
  readonly #source: string;
  readonly #rows: Reported[] = [];

  constructor(context: MemberContext, source: 'reporting-events' | 'windows-update-log') {
    this.#context = context;
    this.#source = source;
  }

  add(row: ReportRow, at: Moment | null, citation: Citation): void {
    this.#rows.push({ row, at, citation });
  }

  /** @param titleOf what else the file calls an update */
  state(titleOf: (updateId: string) => string | null = () => null): void {
    const kbs = new Map<string, string>();
    for (const { row } of this.#rows) {
      if (row.updateId !== null && row.kb !== null && !kbs.has(row.updateId)) kbs.set(row.updateId, row.kb);
    }
    const nameOf = (row: ReportRow): UpdateName => ({
      updateId: row.updateId,
      title: row.updateId === null ? null : titleOf(row.updateId),
      kb: row.kb ?? (row.updateId === null ? null : (kbs.get(row.updateId) ?? null)),
    });
    for (const reported of this.#rows) this.#stateEvents(reported, nameOf(reported.row));
    this.#stateRecords(nameOf);
  }

  #stateEvents({ row, at, citation }: Reported, name: UpdateName): void {
    const { report, reportId, code, succeeded, caller, category } = row;
    const base = { patch: shownName(name), kb: name.kb, updateId: name.updateId, at, citation };
    this.#context.harvest.event({
      ...base,
      type: 'windows-update/report',
      detail: { report, name: row.name, reportId, code, succeeded, caller, category },
    });
    const meaning = meaningOf(row, name);
    if (meaning !== null) this.#context.harvest.event({ ...base, ...meaning });
  }

  /** One record for each update of which an installation is reported. */
  #stateRecords(nameOf: (row: ReportRow) => UpdateName): void {
    const byUpdate = new Map<string, { starts: number; last: Reported }>();
    for (const reported of this.#rows) {
      const { report, updateId } = reported.row;
      if (updateId === null || statusOf(report) === null) continue;
      const entry = byUpdate.get(updateId) ?? { starts: 0, last: reported };
      if (report === reports.installStarted) entry.starts += 1;
      entry.last = reported;
      byUpdate.set(updateId, entry);
    }
    for (const { starts, last } of byUpdate.values()) {
      const { row } = last;
      const name = nameOf(row);
      const ended = row.report !== reports.installStarted;
      this.#context.harvest.record({
        device: null,
        patch: shownName(name),
        kb: name.kb,
        updateId: name.updateId,
        detection: { status: null, raw: null, at: null },
        deployment: {
          status: statusOf(row.report),
          raw: row.raw,
          at: last.at,
          exitCode: ended ? row.code : null,
          // A result without a start: the log was cut in between, the number is not known.
          attempts: starts === 0 ? null : starts,
          maxAttempts: null,
        },
        exitCodeRaw: ended && row.codeRaw !== '' ? row.codeRaw : null,
        reboot: row.code === restartRequired ? row.codeRaw : null,
        source: this.#source,
        citation: last.citation,
      });
    }
  }
}

/** Its title where one is known, else the KB number, else the GUID. */
export function shownName(name: UpdateName): string | null {
  return name.title ?? name.kb ?? name.updateId;
}

function statusOf(report: number): DeploymentStatus | null {
  switch (report) {
    case reports.installStarted:
      return 'in-progress';
    case reports.installFailed:
      return 'failed';
    case reports.installed:
      return 'succeeded';
    case reports.installPending:
      return 'pending-reboot';
    default:
      return null;
  }
}

type Meaning = Pick<EventDraft, 'type' | 'detail'>;

/** The event that a report shares with the other sources of the system. */
function meaningOf(row: ReportRow, name: UpdateName): Meaning | null {
  const { code } = row;
  switch (row.report) {
    case reports.checked:
      // How many it found stands in the message alone.
      return meaning('windows-update/found', { count: null });
    case reports.checkFailed:
      return meaning('windows-update/check-failed', { code });
    case reports.downloadStarted:
      return meaning('windows-update/download-started', name);
    case reports.downloaded:
      return meaning('windows-update/downloaded', name);
    case reports.downloadFailed:
      return code === cancelledCode ? null : meaning('windows-update/download-failed', { ...name, code });
    case reports.installStarted:
      return meaning('windows-update/install-started', name);
    case reports.installFailed:
      // A success code in a row of this number is a success that the number hides; neither is stated.
      return code !== null && isSuccess(code)
        ? null
        : meaning('windows-update/install-failed', { ...name, code });
    case reports.installed:
      return code === restartRequired
        ? meaning('windows-update/install-pending', { ...name, code })
        : meaning('windows-update/installed', name);
    case reports.installPending:
      return meaning('windows-update/install-pending', { ...name, code });
    default:
      return /UNINSTALL\w*_SUCCEEDED$/u.test(row.name ?? '')
        ? meaning('windows-update/uninstalled', { ...name, planned: false })
        : null;
  }
}

function meaning<T extends EventDraft['type']>(type: T, detail: EventDraft<T>['detail']): Meaning {
  return { type, detail };
}
