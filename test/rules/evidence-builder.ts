import type {
  Citation,
  DeploymentStatus,
  DetectionStatus,
  EventDetails,
  EventType,
  MemberState,
  SystemId,
} from '../../parsers/domain/evidence.ts';
import type { At, Clock, Moment } from '../../parsers/domain/moment.ts';
import { buildEvidence } from '../../parsers/evidence/build-evidence.ts';
import type { Evidence } from '../../parsers/evidence/evidence.ts';
import { MemberDraft } from '../../parsers/evidence/member-draft.ts';
import type { SystemDefinition } from '../../parsers/formats/define-format.ts';
import type {
  KaceAgentResult,
  KacePageFact,
  KacePatchFact,
  KaceScheduleDeviceFact,
  KaceScheduleFact,
} from '../../parsers/formats/kace/facts.ts';

/** A row of a status table in the fewest words; what is left out is not in the source. */
export interface Row {
  /** The device, on a patch page or in an export. */
  readonly device?: string;
  /** The patch, on a device page or in an export. */
  readonly patch?: string;
  readonly detection?: DetectionStatus;
  readonly detected?: string;
  readonly deployment?: DeploymentStatus;
  /** The words of the deploy status; `''` for a blank cell. */
  readonly deploymentRaw?: string;
  readonly deployed?: string;
  readonly exitCode?: number;
  readonly exitCodeRaw?: string;
  readonly attempts?: number;
  readonly maxAttempts?: number;
}

export interface PageOptions {
  readonly tab?: 'all' | 'missing' | 'other' | null;
  readonly captured?: string;
  /** Where the page stands in the bundle. */
  readonly path?: string;
}

export interface ScheduleOptions extends Partial<Omit<KaceScheduleFact, 'name' | 'lastRun'>> {
  readonly lastRun?: string;
  readonly devices?: Readonly<
    Record<string, { readonly phase?: KaceScheduleDeviceFact['phase']; readonly lastRun?: string }>
  >;
  readonly path?: string;
}

export interface LogEvent {
  readonly at: string;
  readonly type: EventType;
  readonly patch?: string;
  readonly detail?: Partial<KaceAgentResult>;
}

const tabs = { all: 'すべて', missing: '不在', other: '適用済み' } as const;

/**
 * Builds the evidence of a small bundle by hand, in the real store: members, records, facts and events
 * as the formats would state them, without the pages themselves.
 *
 * Times are `2024-05-10 09:12` (to the minute, as pages show them) or with seconds, `never`, or left out.
 */
export class EvidenceBuilder {
  readonly #drafts: MemberDraft[] = [];
  readonly #applianceOffset: number | null;
  #systems: readonly SystemDefinition[] = [];

  /** @param applianceOffset minutes east of UTC; null where nothing tells, as on real pages */
  constructor(applianceOffset: number | null = null) {
    this.#applianceOffset = applianceOffset;
  }

  /** The device page of one device; its rows name patches. */
  devicePage(device: string, rows: readonly Row[], options: PageOptions = {}): this {
    const draft = this.#member(options.path ?? `${device}/device-page.html`, 'kace/device-page');
    draft.device = device;
    this.#page(draft, 'device-page', device, options);
    this.#rows(
      draft,
      rows.map((row) => ({ device, ...row })),
      'device-page',
      options,
    );
    return this;
  }

  /** The page of one patch; its rows name devices. */
  patchPage(patch: string, rows: readonly Row[], options: PageOptions = {}): this {
    const draft = this.#member(options.path ?? `patches/${patch}.html`, 'kace/patch-page');
    this.#page(draft, 'patch-page', patch, options);
    this.#rows(
      draft,
      rows.map((row) => ({ patch, ...row })),
      'patch-page',
      options,
    );
    return this;
  }

  /** A table exported by SQL; its rows name device and patch. */
  sqlExport(rows: readonly Row[], options: PageOptions = {}): this {
    const draft = this.#member(options.path ?? 'export.csv', 'kace/list');
    this.#rows(draft, rows, 'sql-export', options);
    return this;
  }

  /** What a page says of a patch itself. */
  patch(patch: string, value: Partial<KacePatchFact>, options: { readonly path?: string } = {}): this {
    const draft = this.#member(options.path ?? `patches/${patch} detail.html`, 'kace/patch-detail');
    draft.facts.push({
      type: 'kace/patch',
      patch,
      value: { status: 'unknown', statusRaw: null, labels: null, files: null, supersededBy: null, ...value },
      citation: cite(draft, 12, patch),
    });
    return this;
  }

  schedule(name: string | null, options: ScheduleOptions = {}): this {
    const { lastRun, devices, path, ...stated } = options;
    const draft = this.#member(path ?? `schedules/${String(name)}.html`, 'kace/schedule-page');
    const value: KaceScheduleFact = {
      name,
      action: 'detect-and-deploy',
      actionRaw: null,
      detectLabels: null,
      deployLabels: null,
      deviceLabels: null,
      maxAttempts: null,
      reboot: 'unknown',
      rebootRaw: null,
      ...stated,
      lastRun: this.#at(lastRun),
    };
    draft.facts.push({ type: 'kace/schedule', value, citation: cite(draft, 40, String(name)) });
    Object.entries(devices ?? {}).forEach(([device, row], index) => {
      draft.facts.push({
        type: 'kace/schedule-device',
        device,
        value: {
          schedule: name,
          phase: row.phase ?? 'completed',
          phaseRaw: null,
          lastRun: this.#at(row.lastRun),
        },
        citation: cite(draft, 60 + index, device, index + 1),
      });
    });
    draft.rows = Object.keys(devices ?? {}).length;
    return this;
  }

  /** The log of a device's agent. @param offset minutes east of UTC that its stamps state; null for none */
  agentLog(device: string, events: readonly LogEvent[], offset: number | null = null): this {
    const draft = this.#member(`${device}/konea.log`, 'kace/agent-log');
    draft.device = device;
    draft.clock = 'device';
    events.forEach((event, index) => {
      draft.events.push({
        type: event.type,
        device,
        patch: event.patch ?? null,
        at: this.#moment(event.at, 'device', offset),
        citation: cite(draft, 100 + index, `${event.at} ${event.type}`),
        detail: detailOf(event),
      });
    });
    return this;
  }

  /** A member of which nothing is read. */
  file(path: string, state: MemberState, system: SystemId | null = null): this {
    const draft = this.#member(path, null);
    draft.state = state;
    draft.system = system;
    return this;
  }

  systems(systems: readonly SystemDefinition[]): this {
    this.#systems = systems;
    return this;
  }

  build(): Evidence {
    return buildEvidence(this.#drafts, this.#systems, null).evidence;
  }

  #member(path: string, kind: MemberDraft['kind']): MemberDraft {
    const draft = new MemberDraft(this.#drafts.length, path, null);
    draft.state = 'parsed';
    draft.kind = kind;
    draft.system = 'kace-sma';
    draft.clock = 'sma';
    draft.sha256 = '0'.repeat(64);
    this.#drafts.push(draft);
    return draft;
  }

  #page(draft: MemberDraft, kind: KacePageFact['kind'], subject: string, options: PageOptions): void {
    const tab = options.tab === undefined ? 'all' : options.tab;
    draft.facts.push({
      type: 'kace/page',
      value: {
        kind,
        tab: tab === null ? null : { raw: tabs[tab], canonical: tab },
        subject,
        capturedAt: this.#captured(options),
      },
      citation: cite(draft, 1, subject),
    });
  }

  #rows(draft: MemberDraft, rows: readonly Row[], source: string, options: PageOptions): void {
    draft.rows = rows.length;
    rows.forEach((row, index) => {
      draft.records.push({
        device: row.device ?? null,
        patch: row.patch ?? null,
        detection: {
          status: row.detection ?? null,
          raw: row.detection ?? null,
          at: this.#at(row.detected),
        },
        deployment: {
          status: row.deployment ?? null,
          raw: row.deploymentRaw ?? row.deployment ?? null,
          at: this.#at(row.deployed),
          exitCode: row.exitCode ?? null,
          attempts: row.attempts ?? null,
          maxAttempts: row.maxAttempts ?? null,
        },
        exitCodeRaw: row.exitCodeRaw ?? (row.exitCode === undefined ? null : formsOf(row.exitCode)),
        source,
        capturedAt: this.#captured(options),
        citation: cite(draft, 200 + index, Object.values(row).join(' | '), index + 1),
      });
    });
  }

  #captured(options: PageOptions): Moment | null {
    return options.captured === undefined ? null : this.#moment(options.captured, 'exporter', null);
  }

  #at(text: string | undefined): At {
    if (text === undefined) return null;
    return text === 'never' ? 'never' : this.#moment(text, 'sma', this.#applianceOffset);
  }

  #moment(text: string, clock: Clock, offset: number | null): Moment {
    const seconds = text.length > 16;
    return {
      raw: text,
      local: Date.parse(`${text.replace(' ', 'T')}${seconds ? '' : ':00'}Z`),
      offset,
      offsetSource: offset === null ? 'unknown' : 'stated',
      precision: seconds ? 'second' : 'minute',
      clock,
      clockOf: '',
    };
  }
}

function formsOf(code: number): string {
  return `${code}, 0x${code.toString(16).toUpperCase()}`;
}

function detailOf(event: LogEvent): EventDetails[EventType] {
  switch (event.type) {
    case 'kace/agent-result':
      return { exitCode: null, result: null, raw: '', ...event.detail };
    case 'restart-requested':
    case 'restart-stated':
      return { by: 'agent' };
    case 'agent-start':
      return { agent: 'konea' };
    default:
      return { reason: null };
  }
}

function cite(draft: MemberDraft, line: number, quote: string, row: number | null = null): Citation {
  return { member: draft.path, line, row, pointer: null, quote };
}
