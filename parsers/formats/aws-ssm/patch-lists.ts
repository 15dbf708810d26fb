import type { Moment } from '../../domain/moment.ts';
import { findKb } from '../../domain/names.ts';
import type { JsonElement } from '../../text/json-stream.ts';
import type { AnswerContext } from './entry.ts';
import { deploymentOf, detectionOf, readTime, StateTally, stateName, textOf } from './values.ts';

/** Lists of the patches of a node: describe-instance-patches. */
export class PatchLists {
  readonly #context: AnswerContext;
  readonly #tallies = new Map<
    string,
    {
      readonly tally: StateTally;
      readonly line: number;
      readonly pointer: string;
      readonly device: string | null;
    }
  >();

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  add(element: JsonElement): void {
    const { value, line, pointer, offset, bytes } = element;
    const state = textOf(value['State']);
    // What is available for a product is no statement about a node.
    if (state === null && !('KBId' in value) && !('InstalledTime' in value)) return;
    const device = textOf(value['InstanceId']) ?? this.#context.device;
    const name = stateName(state);
    if (state !== null && name === null) this.#context.harvest.warning(line, 'unknown-word', state);
    const key = device ?? '';
    let known = this.#tallies.get(key);
    if (known === undefined) {
      known = { tally: new StateTally(), line, pointer, device };
      this.#tallies.set(key, known);
    }
    known.tally.add(name);
    const title = textOf(value['Title']);
    const id = textOf(value['KBId']);
    this.#context.harvest.record({
      device,
      patch: title ?? id,
      kb: id === null ? null : (findKb(id) ?? (title === null ? null : findKb(title))),
      detection: { status: detectionOf(name), raw: state, at: null },
      deployment: {
        status: deploymentOf(name),
        raw: null,
        at: installedAt(this.#context, value['InstalledTime'], line),
        exitCode: null,
        attempts: null,
        maxAttempts: null,
      },
      exitCodeRaw: null,
      source: 'instance-patches',
      citation: { member: this.#context.path, line, row: null, pointer, quote: '' },
      quotePlace: { offset, bytes },
    });
  }

  end(isPartial: boolean): void {
    for (const { tally, line, pointer, device } of this.#tallies.values())
      this.#context.harvest.fact({
        type: 'aws/patch-list',
        device,
        value: {
          source: 'instance-patches',
          isPartial,
          rows: tally.rows,
          counts: tally.counts(),
          executionId: null,
          executedAt: null,
        },
        citation: this.#context.cite(line, `"Patches": ${tally.rows}`, null, pointer),
      });
  }
}

/** When a patch was installed: absent for one that is not. Many patches have one time. */
export function installedAt(context: AnswerContext, value: unknown, line: number): Moment | null {
  if (typeof value !== 'string') {
    const time = readTime(value);
    if (time.is === 'bad') context.harvest.warning(line, 'bad-date', time.raw ?? '');
    return time.at;
  }
  if (value === '' || value.startsWith('1970-01-01') || value.startsWith('0001-01-01')) return null;
  const at = context.readMoment('aws-service', value, () => readTime(value).at);
  if (at === null && readTime(value).is === 'bad') context.harvest.warning(line, 'bad-date', value);
  return at;
}
