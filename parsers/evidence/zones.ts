import type { Moment } from '../domain/moment.ts';
import { ExpectedError } from '../domain/errors.ts';

/** Offsets of an IANA zone by local reading. */
export interface Zone {
  readonly name: string;
  /** Minutes east of UTC that the zone has when its wall shows `local` (milliseconds as if in UTC). */
  offsetAtLocal(local: number): number;
  /** Minutes east of UTC at an instant. */
  offsetAt(instant: number): number;
}

/** @throws ExpectedError `unknown-time-zone` */
export function zoneOf(name: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new ExpectedError('unknown-time-zone', name, {}, cause);
  }
  const byHour = new Map<number, number>();

  function offsetAt(instant: number): number {
    const hour = Math.floor(instant / 900_000);
    const known = byHour.get(hour);
    if (known !== undefined) return known;
    const parts = new Map(
      format.formatToParts(new Date(hour * 900_000)).map((part) => [part.type, Number(part.value)]),
    );
    const wall = Date.UTC(
      parts.get('year') ?? 1970,
      (parts.get('month') ?? 1) - 1,
      parts.get('day') ?? 1,
      parts.get('hour') ?? 0,
      parts.get('minute') ?? 0,
      parts.get('second') ?? 0,
    );
    const offset = Math.round((wall - hour * 900_000) / 60_000);
    byHour.set(hour, offset);
    return offset;
  }

  return {
    name,
    offsetAt,
    offsetAtLocal(local) {
      if (!Number.isFinite(local) || Math.abs(local) > 8.64e15 - 86_400_000) return 0;
      // Twice: the first guess may fall on the other side of a change to or from summer time.
      const guess = offsetAt(local);
      return offsetAt(local - guess * 60_000);
    },
  };
}

/** Gives a moment without an offset that of the zone, marked as assumed. */
export function assumeZone(moment: Moment, zone: Zone): Moment {
  if (moment.offset !== null) return moment;
  return { ...moment, offset: zone.offsetAtLocal(moment.local), offsetSource: 'assumed' };
}
