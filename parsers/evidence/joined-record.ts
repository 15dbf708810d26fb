import type { Citation, Deployment, Detection, PatchRecord, SystemId } from '../domain/evidence.ts';
import type { Moment } from '../domain/moment.ts';
import type { PatchOnDevice } from './evidence.ts';
import type { RecordTable, Subject } from './record-table.ts';

/** What joining says of a record beyond what its member states. */
export interface JoinedParts {
  readonly system: SystemId;
  readonly device: string | null;
  readonly detection: Detection;
  readonly deployment: Deployment;
  readonly capturedAt: Moment | null;
}

/** A record of the joined evidence: a row of its member's table with its device and clocks settled. */
export class JoinedRecord implements PatchRecord {
  readonly system: SystemId;
  readonly device: string | null;
  readonly detection: Detection;
  readonly deployment: Deployment;
  readonly capturedAt: Moment | null;
  /** Place among the records of the bundle, from 0. */
  readonly position: number;
  /** The pair it belongs to, once the records are paired. */
  pair: PairOfRecords | null = null;
  readonly #table: RecordTable;
  readonly #at: number;

  constructor(table: RecordTable, at: number, position: number, parts: JoinedParts) {
    this.system = parts.system;
    this.device = parts.device;
    this.detection = parts.detection;
    this.deployment = parts.deployment;
    this.capturedAt = parts.capturedAt;
    this.position = position;
    this.#table = table;
    this.#at = at;
  }

  get id(): string {
    return `r${this.position + 1}`;
  }
  get subject(): Subject {
    return this.#table.subject(this.#at);
  }
  get patch(): string | null {
    return this.subject.patch;
  }
  get kb(): string | null {
    return this.subject.kb;
  }
  get updateId(): string | null {
    return this.subject.updateId;
  }
  get exitCodeRaw(): string | null {
    return this.#table.outcome(this.#at).exitCodeRaw;
  }
  get reboot(): string | null {
    return this.#table.outcome(this.#at).reboot;
  }
  get source(): string {
    return this.#table.origin(this.#at).source;
  }
  /** The member that states it: the same as in its citation. */
  get member(): string {
    return this.#table.origin(this.#at).member;
  }
  get citation(): Citation {
    return this.#table.citation(this.#at);
  }
}

/**
 * All records of one patch on one device; the first of them names both. Nearly every pair has one record,
 * and a list for each of a million would take more memory than the pairs.
 */
export class PairOfRecords implements PatchOnDevice {
  readonly deviceKey: string;
  readonly patchKey: string;
  readonly #first: JoinedRecord;
  #all: PatchRecord[] | null = null;

  constructor(deviceKey: string, patchKey: string, first: JoinedRecord) {
    this.deviceKey = deviceKey;
    this.patchKey = patchKey;
    this.#first = first;
    first.pair = this;
  }

  add(record: JoinedRecord): void {
    if (this.#all === null) this.#all = [this.#first, record];
    else this.#all.push(record);
    record.pair = this;
  }

  get records(): readonly PatchRecord[] {
    return this.#all ?? [this.#first];
  }
  get first(): JoinedRecord {
    return this.#first;
  }
  get system(): SystemId {
    return this.#first.system;
  }
  get device(): string | null {
    return this.#first.device;
  }
  get patch(): string | null {
    return this.#first.patch;
  }
  get kb(): string | null {
    return this.#first.kb;
  }
}
