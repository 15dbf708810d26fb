import type { Moment } from '../../domain/moment.ts';
import { findKb } from '../../domain/names.ts';
import type { JsonElement, JsonPlace } from '../../text/json-stream.ts';
import type { AnswerContext, Entry } from './entry.ts';
import { installedAt } from './patch-lists.ts';
import {
  deploymentOf,
  detectionOf,
  numberOf,
  objectOf,
  readTime,
  shortened,
  StateTally,
  stateName,
  textOf,
  timeOf,
} from './values.ts';
import type { Json } from './values.ts';

interface Tally {
  readonly device: string | null;
  readonly type: string;
  readonly states: StateTally;
  compliant: number;
  nonCompliant: number;
  readonly reasons: Map<string, number>;
  executionId: string | null;
  executedAt: Moment | null;
  /** Items of several runs stand in one list. */
  isMixed: boolean;
  readonly place: JsonPlace;
}

/** Different reasons of one type that are counted one by one. */
const mostReasons = 50;

/** Compliance items and what they come to, by node and type. */
export class ComplianceLists {
  readonly #context: AnswerContext;
  readonly #tallies = new Map<string, Tally>();
  readonly #summaries: Entry[] = [];
  #last: Tally | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  /** @returns false when the entry is no compliance item */
  add({ value, line, pointer, offset, bytes }: JsonElement): boolean {
    return this.addItem(value, { line, pointer, offset, bytes }, null);
  }

  /** @param given the node, where the item itself names none */
  addItem(value: Json, place: JsonPlace, given: string | null): boolean {
    const type = textOf(value['ComplianceType']);
    if (type === null) return false;
    const device = textOf(value['ResourceId']) ?? given ?? this.#context.device;
    const status = textOf(value['Status']) ?? '';
    const isCompliant = /^COMPLIANT$/iu.test(status.trim());
    const details = objectOf(value['Details']) ?? value;
    const summary = objectOf(value['ExecutionSummary']) ?? value;
    const executionId = textOf(summary['ExecutionId']);
    const executedAt = this.#executed(summary['ExecutionTime'], place.line);
    const tally = this.#tallyOf(device, type, place, executionId, executedAt);
    if (isCompliant) tally.compliant += 1;
    else tally.nonCompliant += 1;
    if (tally.executionId !== executionId) tally.isMixed = true;
    if (/^Patch$/iu.test(type)) this.#patch(value, details, tally, place, status, isCompliant, executedAt);
    else {
      if (!isCompliant) count(tally.reasons, status);
      this.#item(value, details, tally, place, status, isCompliant, executedAt);
    }
    return true;
  }

  #patch(
    value: Json,
    details: Json,
    tally: Tally,
    place: JsonPlace,
    status: string,
    isCompliant: boolean,
    executedAt: Moment | null,
  ): void {
    const { line, pointer, offset, bytes } = place;
    const state = textOf(details['PatchState']) ?? textOf(details['State']);
    const name = stateName(state);
    tally.states.add(name);
    if (state !== null && name === null) this.#context.harvest.warning(line, 'unknown-word', state);
    if (!isCompliant) count(tally.reasons, state ?? status);
    const id = textOf(value['Id']);
    const title = textOf(value['Title']);
    this.#context.harvest.record({
      device: tally.device,
      patch: title ?? id,
      kb: (id === null ? null : findKb(id)) ?? (title === null ? null : findKb(title)),
      detection: {
        // Without the state, what complies is in order; what does not may be anything.
        status: state === null ? (isCompliant ? 'patched' : 'unknown') : detectionOf(name),
        raw: state ?? status,
        at: executedAt,
      },
      deployment: {
        status: deploymentOf(name),
        raw: null,
        at: installedAt(this.#context, details['InstalledTime'], line),
        exitCode: null,
        attempts: null,
        maxAttempts: null,
      },
      exitCodeRaw: null,
      source: 'compliance-items',
      citation: { member: this.#context.path, line, row: null, pointer, quote: '' },
      quotePlace: { offset, bytes },
    });
  }

  #item(
    value: Json,
    details: Json,
    tally: Tally,
    place: JsonPlace,
    status: string,
    isCompliant: boolean,
    executedAt: Moment | null,
  ): void {
    this.#context.harvest.fact({
      type: 'aws/compliance-item',
      device: tally.device,
      value: {
        complianceType: tally.type,
        itemId: textOf(value['Id']) ?? '',
        title: textOf(value['Title']) ?? '',
        isCompliant,
        status,
        severity: textOf(value['Severity']),
        executedAt,
        documentName: textOf(details['DocumentName']),
      },
      citation: this.#context.cite(place.line, shortened(JSON.stringify(value)), null, place.pointer),
    });
  }

  addSummary(entry: Entry): void {
    this.#summaries.push(entry);
  }

  end(itemsGoOn: boolean): void {
    const { harvest } = this.#context;
    for (const tally of this.#tallies.values()) {
      const { device, type, states, place } = tally;
      const citation = this.#context.cite(
        place.line,
        `${type}: ${tally.compliant + tally.nonCompliant}`,
        null,
        place.pointer,
      );
      const executionId = tally.isMixed ? null : tally.executionId;
      const executedAt = tally.isMixed ? null : tally.executedAt;
      if (/^Patch$/iu.test(type))
        harvest.fact({
          type: 'aws/patch-list',
          device,
          value: {
            source: 'compliance-items',
            isPartial: itemsGoOn,
            rows: states.rows,
            counts: states.counts(),
            executionId,
            executedAt,
          },
          citation,
        });
      harvest.fact({
        type: 'aws/compliance',
        device,
        value: {
          complianceType: type,
          from: 'items',
          isCompliant: tally.nonCompliant === 0,
          compliant: tally.compliant,
          nonCompliant: tally.nonCompliant,
          reasons: [...tally.reasons].map(([reason, number]) => `${reason} ${number}`),
          isPartial: itemsGoOn,
          executedAt,
          executionId,
        },
        citation,
      });
    }
    for (const entry of this.#summaries) this.#summary(entry);
  }

  #summary(entry: Entry): void {
    const { value, place } = entry;
    const type = textOf(value['ComplianceType']);
    const device = textOf(value['ResourceId']) ?? this.#context.device;
    if (type === null) return;
    const status = textOf(value['Status']) ?? '';
    const execution = objectOf(value['ExecutionSummary']);
    this.#context.harvest.fact({
      type: 'aws/compliance',
      device,
      value: {
        complianceType: type,
        from: 'summary',
        isCompliant: /^COMPLIANT$/iu.test(status),
        compliant: numberOf(objectOf(value['CompliantSummary'])?.['CompliantCount']) ?? 0,
        nonCompliant: numberOf(objectOf(value['NonCompliantSummary'])?.['NonCompliantCount']) ?? 0,
        reasons: [],
        // A list of summaries may go on; each of them is whole.
        isPartial: false,
        executedAt: timeOf(this.#context, place.line, execution?.['ExecutionTime']).at,
        executionId: textOf(execution?.['ExecutionId']),
      },
      citation: entry.cite(),
    });
  }

  #tallyOf(
    device: string | null,
    type: string,
    place: JsonPlace,
    executionId: string | null,
    executedAt: Moment | null,
  ): Tally {
    const last = this.#last;
    if (last !== null && last.device === device && last.type === type) return last;
    const key = JSON.stringify([device, type]);
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      tally = {
        device,
        type,
        states: new StateTally(),
        compliant: 0,
        nonCompliant: 0,
        reasons: new Map(),
        executionId,
        executedAt,
        isMixed: false,
        place,
      };
      this.#tallies.set(key, tally);
    }
    this.#last = tally;
    return tally;
  }

  /** The items of one run have one time. */
  #executed(value: unknown, line: number): Moment | null {
    if (typeof value === 'number' && value > 1e6) {
      return this.#context.readMoment('aws-service', String(value), () => readTime(value).at);
    }
    return installedAt(this.#context, value, line);
  }
}

function count(reasons: Map<string, number>, reason: string): void {
  const known = reasons.get(reason);
  if (known !== undefined || reasons.size < mostReasons) reasons.set(reason, (known ?? 0) + 1);
}
