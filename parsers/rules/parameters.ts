import {
  distance,
  formatLocal,
  instantOf,
  isMoment,
  sameClock,
  type At,
  type Moment,
} from '../domain/moment.ts';

/**
 * Values as rules hand them to the wording. They stay language neutral: numbers, raw texts, times as
 * `2024-05-10 09:12`, canonical words as such. What a value is follows from the parameter's name
 * (`parsers/report/wording.ts`): `…At` is a time, `…Minutes` a duration, `…ExitCode` a code, and a
 * name that the locales list under `words` is a canonical word of that vocabulary.
 */

/** The reading as the analyst says it: date, time and no finer than the source wrote it. */
export function timeText(moment: Moment): string {
  const text = formatLocal(moment.local, moment.precision).replace('T', ' ');
  return moment.precision === 'minute' ? text.slice(0, 16) : text;
}

/** The same for a time of a record: `never` stays a word that the locales translate. */
export function atText(at: At): string | null {
  return isMoment(at) ? timeText(at) : at;
}

/** Minutes between two moments without sign, with a fraction below a minute; null when they share no scale. */
export function minutesBetween(a: Moment, b: Moment): number | null {
  const milliseconds = distance(a, b);
  return milliseconds === null ? null : Math.round(Math.abs(milliseconds) / 10) / 6_000;
}

/** The missing thing behind an undecidable order, as a key under `missing.` in the locales. */
export function whyUndecidable(a: Moment, b: Moment): string {
  if (sameClock(a, b) || (instantOf(a) !== null && instantOf(b) !== null)) return 'finer-times';
  const withoutOffset = a.offset === null ? a : b;
  switch (withoutOffset.clock) {
    case 'sma':
      return 'appliance-offset';
    case 'device':
      return 'device-offset';
    case 'relay':
    case 'manager':
    case 'policy-server':
    case 'service':
    case 'exporter':
      return 'clock-offset';
  }
}
