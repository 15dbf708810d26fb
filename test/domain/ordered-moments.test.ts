import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, order, precisionSpan } from '../../parsers/domain/moment.ts';
import type { Moment, Order, Precision } from '../../parsers/domain/moment.ts';
import { OrderedMoments } from '../../parsers/domain/ordered-moments.ts';
import type { MomentTest } from '../../parsers/domain/ordered-moments.ts';

/** Few readings, two clocks, three offsets and none: ties and undecidable orders are as common as others. */
const moment = fc
  .record({
    reading: fc.integer({ min: 0, max: 60 }),
    precision: fc.constantFrom<Precision>('second', 'minute', 'day', 'millisecond'),
    offset: fc.constantFrom(null, 0, 540, -300),
    clockOf: fc.constantFrom('a', 'b'),
    scale: fc.constantFrom(1_000, 60_000, 3_600_000),
  })
  .map(({ reading, precision, offset, clockOf, scale }): Moment => {
    const span = precisionSpan[precision];
    return {
      raw: '',
      local: Math.floor((1_700_000_000_000 + reading * scale) / span) * span,
      offset,
      offsetSource: offset === null ? 'unknown' : 'stated',
      precision,
      clock: 'device',
      clockOf,
    };
  });
const moments = fc.array(fc.option(moment, { nil: null, freq: 8 }), { maxLength: 40 });
const orders: readonly Order[] = ['before', 'after', 'same', 'undecidable'];
const test = fc
  .record({
    at: moment,
    is: fc.subarray([...orders], { minLength: 1 }),
    atMost: fc.option(fc.integer({ min: -90_000_000, max: 90_000_000 }), { nil: undefined }),
    atLeast: fc.option(fc.integer({ min: -90_000_000, max: 90_000_000 }), { nil: undefined }),
  })
  .map(({ at, is, atMost, atLeast }): MomentTest => ({
    at,
    is,
    ...(atMost === undefined ? {} : { atMost }),
    ...(atLeast === undefined ? {} : { atLeast }),
  }));

function passes(one: Moment | null, { at, is, atMost, atLeast }: MomentTest): boolean {
  if (one === null || !is.includes(order(one, at))) return false;
  const apart = distance(at, one);
  if (atMost !== undefined && (apart === null || apart > atMost)) return false;
  return atLeast === undefined || (apart !== null && apart >= atLeast);
}

describe('moments in order', () => {
  it('answer what asking each of them answers', () => {
    fc.assert(
      fc.property(
        moments,
        fc.array(test, { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1, max: 6 }),
        (list, tests, few) => {
          const ordered = new OrderedMoments(list);
          const places = list.flatMap((one, place) =>
            tests.every((each) => passes(one, each)) ? [place] : [],
          );
          expect(ordered.all(...tests)).toEqual(places);
          expect(ordered.first(...tests)).toBe(places[0] ?? null);
          expect(ordered.last(...tests)).toBe(places.at(-1) ?? null);
          expect(ordered.has(...tests)).toBe(places.length > 0);
          expect(ordered.count(...tests)).toBe(places.length);
          expect(ordered.firstFew(few, ...tests)).toEqual(places.slice(0, few));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('name as the latest one that none of the others is known to follow', () => {
    fc.assert(
      fc.property(moments, moment, (list, at) => {
        const ordered = new OrderedMoments(list);
        const after = list.flatMap((one) => (one !== null && order(one, at) === 'after' ? [one] : []));
        const place = ordered.latestAfter(at);
        expect(place === null).toBe(after.length === 0);
        const latest = place === null ? null : (list[place] ?? null);
        if (latest !== null) {
          expect(order(latest, at)).toBe('after');
          const follows = after.filter(({ clock, clockOf, offset, precision, local }) => {
            const alike = clock === latest.clock && clockOf === latest.clockOf && offset === latest.offset;
            return alike && precision === latest.precision && local > latest.local;
          });
          expect(follows).toEqual([]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('ask about a few of thousands', () => {
    const list = Array.from({ length: 4_096 }, (_, nth): Moment => ({
      raw: '',
      local: 1_700_000_000_000 + ((nth * 7919) % 4_096) * 1_000,
      offset: 0,
      offsetSource: 'stated',
      precision: 'second',
      clock: 'device',
      clockOf: '',
    }));
    let reads = 0;
    const watched = list.map((one): Moment => ({
      ...one,
      get local() {
        reads += 1;
        return one.local;
      },
    }));
    const ordered = new OrderedMoments(watched);
    const [at] = list;
    if (at === undefined) throw new Error('no moment');
    ordered.first({ at, is: ['after'] });
    reads = 0;
    for (let nth = 0; nth < 100; nth += 1) ordered.first({ at, is: ['after'] });
    // Some 12 halvings for each of the four borders, an order each.
    expect(reads / 100).toBeLessThan(150);
  });
});
