import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import type { MemberContext } from '../define-format.ts';

/** Counts the codes on a log's error lines: a log may repeat one a million times. */
export class ErrorTally {
  readonly #codes = new Map<
    number,
    {
      count: number;
      readonly first: { readonly at: Moment | null; readonly citation: Citation };
      last: { readonly at: Moment | null; readonly citation: Citation };
    }
  >();

  add(code: number, at: Moment | null, citation: Citation): void {
    const place = { at, citation };
    const known = this.#codes.get(code);
    if (known === undefined) {
      this.#codes.set(code, { count: 1, first: place, last: place });
    } else {
      known.count += 1;
      known.last = place;
    }
  }

  /** States every code once, in the order of first appearance. */
  state(context: MemberContext): void {
    for (const [code, { count, first, last }] of this.#codes) {
      context.harvest.fact({
        type: 'windows-update/error-code',
        value: { code, count, firstAt: first.at, lastAt: last.at, lastCitation: last.citation },
        citation: first.citation,
      });
    }
  }
}
