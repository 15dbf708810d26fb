import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Moment, Precision } from '../../parsers/domain/moment.ts';
import {
  distance,
  formatLocal,
  formatOffset,
  instantOf,
  momentToJson,
  order,
  precisionSpan,
} from '../../parsers/domain/moment.ts';

function moment(iso: string, more: Partial<Moment> = {}): Moment {
  return {
    raw: iso,
    local: Date.parse(`${iso}Z`),
    offset: null,
    offsetSource: more.offset === undefined || more.offset === null ? 'unknown' : 'stated',
    precision: 'second',
    clock: 'sma',
    clockOf: '',
    ...more,
  };
}

const precisions = Object.keys(precisionSpan) as Precision[];
const anyMoment = fc.record({
  raw: fc.constant(''),
  local: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2030, 0, 1) }),
  offset: fc.option(fc.integer({ min: -720, max: 840 }), { nil: null }),
  offsetSource: fc.constant('unknown' as const),
  precision: fc.constantFrom(...precisions),
  clock: fc.constantFrom('sma' as const, 'device' as const),
  clockOf: fc.constantFrom('', 'pc-1', 'pc-2'),
});
const opposite = { before: 'after', after: 'before', same: 'same', undecidable: 'undecidable' } as const;

describe('order', () => {
  it('compares local readings within one clock', () => {
    expect(order(moment('2024-05-10T09:12:00'), moment('2024-05-10T09:30:00'))).toBe('before');
  });

  it('does not compare readings of two clocks without offsets', () => {
    const device = { clock: 'device', clockOf: 'pc-1' } as const;
    expect(order(moment('2024-05-10T09:12:00'), moment('2024-05-10T19:30:00', device))).toBe('undecidable');
    expect(order(moment('2024-05-10T09:12:00', { offset: 540 }), moment('2024-05-10T19:30:00', device))).toBe(
      'undecidable',
    );
  });

  it('does not take UTC and local readings of one clock for the same wall', () => {
    const device = { clock: 'device', clockOf: 'pc-1' } as const;
    const utc = moment('2024-05-10T00:30:00', { ...device, offset: 0 });
    const local = moment('2024-05-10T09:12:00', device);
    expect(order(utc, local)).toBe('undecidable');
    expect(distance(utc, local)).toBeNull();
    expect(order(moment('2024-05-10T09:30:00', { ...device, offset: 540 }), local)).toBe('after');
  });

  it('takes two devices for two clocks', () => {
    const a = moment('2024-05-10T09:12:00', { clock: 'device', clockOf: 'pc-1' });
    const b = moment('2024-05-10T10:12:00', { clock: 'device', clockOf: 'pc-2' });
    expect(order(a, b)).toBe('undecidable');
  });

  it('orders readings more than 26 hours apart whatever their zones', () => {
    const device = { clock: 'device', clockOf: 'pc-1' } as const;
    expect(order(moment('2024-05-10T00:00:00'), moment('2024-05-11T02:00:00', device))).toBe('undecidable');
    expect(order(moment('2024-05-10T00:00:00'), moment('2024-05-11T02:00:02', device))).toBe('before');
  });

  it('uses known offsets across clocks', () => {
    const local = moment('2024-05-10T18:00:00', { offset: 540, clock: 'device', clockOf: 'pc-1' });
    const utc = moment('2024-05-10T09:30:00', { offset: 0, clock: 'service' });
    expect(order(local, utc)).toBe('before');
    expect(distance(local, utc)).toBe(30 * 60_000);
  });

  it('calls the same minute the same and never guesses inside a precision', () => {
    const minute = { precision: 'minute' } as const;
    expect(order(moment('2024-05-10T09:30:00', minute), moment('2024-05-10T09:30:00', minute))).toBe('same');
    expect(order(moment('2024-05-10T09:30:00', minute), moment('2024-05-10T09:30:15'))).toBe('undecidable');
    expect(order(moment('2024-05-10T09:30:00', minute), moment('2024-05-10T09:31:00'))).toBe('before');
    expect(order(moment('2024-05-10T00:00:00', { precision: 'day' }), moment('2024-05-10T23:59:59'))).toBe(
      'undecidable',
    );
  });

  it('is the opposite of itself with the arguments exchanged', () => {
    fc.assert(
      fc.property(anyMoment, anyMoment, (a, b) => {
        expect(order(b, a)).toBe(opposite[order(a, b)]);
      }),
    );
  });

  it('never orders against the instants when both are known', () => {
    fc.assert(
      fc.property(anyMoment, anyMoment, (a, b) => {
        const [x, y] = [instantOf(a), instantOf(b)];
        if (x === null || y === null) return;
        const answer = order(a, b);
        if (answer === 'before') expect(x).toBeLessThan(y);
        if (answer === 'after') expect(x).toBeGreaterThan(y);
      }),
    );
  });

  it('never contradicts a zone that could be true', () => {
    fc.assert(
      fc.property(
        anyMoment,
        anyMoment,
        fc.integer({ min: -720, max: 840 }),
        fc.integer({ min: -720, max: 840 }),
        (a, b, zoneA, zoneB) => {
          const answer = order({ ...a, offset: null, clockOf: 'x' }, { ...b, offset: null, clockOf: 'y' });
          const truth = order({ ...a, offset: zoneA, clockOf: 'x' }, { ...b, offset: zoneB, clockOf: 'y' });
          if (answer === 'before') expect(truth).toBe('before');
          if (answer === 'after') expect(truth).toBe('after');
        },
      ),
    );
  });
});

describe('writing moments', () => {
  it('writes offsets with their sign', () => {
    expect(formatOffset(540)).toBe('+09:00');
    expect(formatOffset(-210)).toBe('-03:30');
    expect(formatOffset(0)).toBe('+00:00');
  });

  it('writes no finer than the precision', () => {
    const local = Date.UTC(2024, 4, 10, 9, 12, 3, 45);
    expect(formatLocal(local, 'millisecond')).toBe('2024-05-10T09:12:03.045');
    expect(formatLocal(local, 'second')).toBe('2024-05-10T09:12:03');
    expect(formatLocal(local, 'day')).toBe('2024-05-10');
  });

  it('says unknown for an offset that is not there', () => {
    expect(momentToJson(moment('2024-05-10T09:12:00', { precision: 'minute' }))).toEqual({
      raw: '2024-05-10T09:12:00',
      local: '2024-05-10T09:12:00',
      offset: null,
      offsetSource: 'unknown',
      precision: 'minute',
      clock: 'sma',
    });
  });
});
