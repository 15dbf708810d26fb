/** Whose clock wrote a time. */
export type Clock = 'sma' | 'device' | 'relay' | 'manager' | 'policy-server' | 'service' | 'exporter';

/** Where the offset of a moment comes from. */
export type OffsetSource = 'stated' | 'inferred' | 'assumed' | 'unknown';

/** How fine a reading is. */
export type Precision = 'millisecond' | 'second' | 'ten-seconds' | 'minute' | 'day';

/** Milliseconds that a reading of this precision spans. */
export const precisionSpan: Readonly<Record<Precision, number>> = {
  millisecond: 1,
  second: 1_000,
  'ten-seconds': 10_000,
  minute: 60_000,
  day: 86_400_000,
};

/**
 * A time as a source states it.
 *
 * `local` is the reading of the clock in milliseconds, counted as if the clock stood in UTC; the
 * instant is `local - offset`. Two moments are compared with {@link order} and with nothing else.
 */
export interface Moment {
  /** The text as it stands in the source. */
  readonly raw: string;
  /** The clock's reading: milliseconds since 1970-01-01T00:00:00 on that clock's own wall. */
  readonly local: number;
  /** Minutes east of UTC, or null when nothing tells. */
  readonly offset: number | null;
  readonly offsetSource: OffsetSource;
  readonly precision: Precision;
  readonly clock: Clock;
  /** Which clock of that kind: a folded device name, a member path; '' where the bundle has only one. */
  readonly clockOf: string;
}

/** A time of a record: a moment, `'never'` (it did not happen) or null (the source does not tell). */
export type At = Moment | 'never' | null;

/** What can be said of the order of two moments. */
export type Order = 'before' | 'after' | 'same' | 'undecidable';

/** UTC-12 to UTC+14: two readings further apart than this are ordered whatever their zones. */
const widestZoneSpread = 26 * 3_600_000;

/** Whether both moments were written by one and the same clock. */
export function sameClock(a: Moment, b: Moment): boolean {
  return a.clock === b.clock && a.clockOf === b.clockOf;
}

/** Milliseconds since 1970-01-01T00:00:00Z, or null without an offset. */
export function instantOf(moment: Moment): number | null {
  return moment.offset === null ? null : moment.local - moment.offset * 60_000;
}

/**
 * Says whether `a` is before, after or the same as `b`, or that it cannot be known.
 *
 * Known offsets are used whenever both are known; without them local readings compare within one
 * clock (unless one of them is in UTC), and across clocks only when they are more than 26 hours apart. A reading stands for the
 * whole span of its precision: overlapping spans are `same` when they are the same span, else
 * `undecidable`.
 */
export function order(a: Moment, b: Moment): Order {
  const instantA = instantOf(a);
  const instantB = instantOf(b);
  if (instantA !== null && instantB !== null) {
    return orderSpans(instantA, a.precision, instantB, b.precision);
  }
  if (shareReading(a, b)) return orderSpans(a.local, a.precision, b.local, b.precision);
  if (Math.abs(a.local - b.local) > widestZoneSpread) {
    const decided = orderSpans(a.local, a.precision, b.local, b.precision);
    return decided === 'same' ? 'undecidable' : decided;
  }
  return 'undecidable';
}

/**
 * Whether two moments are readings of the same wall: of one clock, and neither translated. A clock that
 * states UTC on one line and no zone on another (an event log beside a text log) shows two walls; one
 * that states its own offset shows the same.
 */
function shareReading(a: Moment, b: Moment): boolean {
  return sameClock(a, b) && (a.offset === b.offset || (a.offset !== 0 && b.offset !== 0));
}

function orderSpans(a: number, precisionA: Precision, b: number, precisionB: Precision): Order {
  if (a + precisionSpan[precisionA] <= b) return 'before';
  if (b + precisionSpan[precisionB] <= a) return 'after';
  return a === b && precisionA === precisionB ? 'same' : 'undecidable';
}

/**
 * Milliseconds from `a` to `b` (negative when `b` is earlier), or null when the two cannot be put on
 * one scale. Exact only to the precision of both.
 */
export function distance(a: Moment, b: Moment): number | null {
  const instantA = instantOf(a);
  const instantB = instantOf(b);
  if (instantA !== null && instantB !== null) return instantB - instantA;
  return shareReading(a, b) ? b.local - a.local : null;
}

/** Whether the value is a moment, not never and not absent. */
export function isMoment(at: At): at is Moment {
  return at !== null && at !== 'never';
}

/** The later of two moments that order can tell apart; the first when it cannot. */
export function laterOf(a: Moment, b: Moment): Moment {
  return order(a, b) === 'before' ? b : a;
}

/** `+09:00`, `-03:30`. */
export function formatOffset(minutes: number): string {
  const sign = minutes < 0 ? '-' : '+';
  const absolute = Math.abs(minutes);
  const hours = Math.trunc(absolute / 60);
  return `${sign}${String(hours).padStart(2, '0')}:${String(absolute % 60).padStart(2, '0')}`;
}

/** The reading as ISO 8601 without a zone, to the digits that its precision supports. */
export function formatLocal(local: number, precision: Precision): string {
  const date = new Date(local);
  if (Number.isNaN(date.getTime())) return '';
  const iso = date.toISOString();
  switch (precision) {
    case 'millisecond':
      return iso.slice(0, 23);
    case 'day':
      return iso.slice(0, 10);
    case 'second':
    case 'ten-seconds':
    case 'minute':
      return iso.slice(0, 19);
  }
}

/** The moment in the form of the command line's JSON (`docs/command-line.md`). */
export interface MomentJson {
  readonly raw: string;
  readonly local: string;
  readonly offset: string | null;
  readonly offsetSource: OffsetSource;
  readonly precision: Precision;
  readonly clock: Clock;
}

/** A time of a record in the form of the command line's JSON. */
export type AtJson = MomentJson | 'never' | null;

export function momentToJson(moment: Moment): MomentJson {
  return {
    raw: moment.raw,
    local: formatLocal(moment.local, moment.precision),
    offset: moment.offset === null ? null : formatOffset(moment.offset),
    offsetSource: moment.offset === null ? 'unknown' : moment.offsetSource,
    precision: moment.precision,
    clock: moment.clock,
  };
}

export function atToJson(at: At): AtJson {
  return isMoment(at) ? momentToJson(at) : at;
}
