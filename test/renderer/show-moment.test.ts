import { describe, expect, it } from 'vitest';
import type { MomentView } from '../../preload/contract/shapes.ts';
import { translator } from '../../renderer/i18n/messages.ts';
import { momentText, scaleOf, scaleText, showMoment, zoneOffset } from '../../renderer/time/show-moment.ts';
import { spanText } from '../../renderer/time/span-text.ts';

const local = Date.UTC(2024, 4, 10, 9, 12);

function moment(change: Partial<MomentView> = {}): MomentView {
  return {
    raw: '2024/05/10 09:12',
    local,
    offset: 540,
    offsetSource: 'stated',
    precision: 'minute',
    clock: 'device',
    ...change,
  };
}

describe('times', () => {
  it('shows a time as written, in UTC and in a zone', () => {
    expect(momentText(moment(), { mode: 'written', zone: 'UTC' })).toBe('2024-05-10 09:12');
    expect(momentText(moment(), { mode: 'utc', zone: 'UTC' })).toBe('2024-05-10 00:12');
    expect(momentText(moment(), { mode: 'zone', zone: 'Europe/London' })).toBe('2024-05-10 01:12');
  });

  it('keeps to the precision that was read', () => {
    expect(momentText(moment({ precision: 'day' }), { mode: 'utc', zone: 'UTC' })).toBe('2024-05-10');
    expect(momentText(moment({ precision: 'millisecond' }), { mode: 'written', zone: 'UTC' })).toBe(
      '2024-05-10 09:12:00.000',
    );
  });

  it('leaves a time without a zone as written and marks it', () => {
    const unknown = moment({ offset: null, offsetSource: 'unknown' });
    const shown = showMoment(unknown, { mode: 'utc', zone: 'UTC' });
    expect(shown).toMatchObject({ clock: '09:12', mark: 'unknown', offset: null });
    expect(scaleOf(unknown, 0)).toBe(local);
  });

  it('places an unknown offset where the worker does, and shows places as written in it', () => {
    const unknown = moment({ offset: null, offsetSource: 'unknown' });
    const scale = scaleOf(unknown, 540);
    expect(scale).toBe(local - 540 * 60_000);
    expect(scaleText(scale, { mode: 'written', zone: 'UTC', placementOffset: 540 }, 'minute')).toBe(
      '2024-05-10 09:12',
    );
    expect(scaleText(scale, { mode: 'utc', zone: 'UTC', placementOffset: 540 }, 'minute')).toBe(
      '2024-05-10 00:12',
    );
  });

  it('marks offsets that were inferred or assumed', () => {
    const setting = { mode: 'utc', zone: 'UTC' } as const;
    expect(showMoment(moment({ offsetSource: 'inferred' }), setting).mark).toBe('inferred');
    expect(showMoment(moment({ offsetSource: 'assumed' }), setting).mark).toBe('assumed');
    expect(showMoment(moment(), setting)).toMatchObject({ mark: 'exact', offset: '+09:00' });
  });

  it('knows offsets over a change of the clock, half-hour zones and names that are none', () => {
    expect(zoneOffset(Date.UTC(2024, 0, 1), 'Europe/Berlin')).toBe(60);
    expect(zoneOffset(Date.UTC(2024, 6, 1), 'Europe/Berlin')).toBe(120);
    expect(zoneOffset(Date.UTC(2024, 6, 1), 'Asia/Kolkata')).toBe(330);
    expect(zoneOffset(0, 'Nowhere/City')).toBeNull();
  });
});

describe('distances in words', () => {
  it.each([
    [340, '340 ms', '340 ミリ秒'],
    [14_000, '14 s', '14 秒'],
    [123_000, '2 min 03 s', '2 分 03 秒'],
    [3_600_000, '1 h', '1 時間'],
    [-41_340_000, '11 h 29 min', '11 時間 29 分'],
    [180_000_000, '2 d 02 h', '2 日 02 時間'],
  ])('%i', (milliseconds, english, japanese) => {
    expect(spanText(translator('en'), milliseconds)).toBe(english);
    expect(spanText(translator('ja'), milliseconds)).toBe(japanese);
  });
});
