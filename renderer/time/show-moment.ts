/** How moments are shown: as written, in UTC, or in a chosen zone. Pure. */
import type { AtView, MomentView } from '../../preload/contract/shapes.ts';
import { formatOffset } from '../../parsers/domain/moment.ts';

export type TimesMode = 'written' | 'utc' | 'zone';

/** What a shown time is worth: `exact` needs no mark, the others are marked beside the time. */
export type ZoneMark = 'exact' | 'inferred' | 'assumed' | 'unknown';

export interface ShownMoment {
  /** `2024-05-10` */
  readonly date: string;
  /** `09:12`, `09:12:04`, `09:12:04.123`; empty for a day. */
  readonly clock: string;
  readonly mark: ZoneMark;
  /** `+09:00`, null when unknown. */
  readonly offset: string | null;
  /** As the source has it. */
  readonly raw: string;
}

export interface TimesSetting {
  readonly mode: TimesMode;
  /** IANA name, for `zone`. */
  readonly zone: string;
}

/** The same for places on the timeline's scale, which have no clock of their own. */
export interface ScaleSetting extends TimesSetting {
  /** Minutes east of UTC by which readings of unknown offset are placed (`Reading.placementOffset`). */
  readonly placementOffset: number;
}

/**
 * A moment for showing. Without a known offset it cannot be moved to another zone: it then stays as
 * written and carries the mark `unknown`.
 */
export function showMoment(moment: MomentView, setting: TimesSetting): ShownMoment {
  const offset = moment.offset === null ? null : formatOffset(moment.offset);
  const mark = markOf(moment);
  if (setting.mode === 'written' || moment.offset === null) {
    return { ...parts(moment.local, moment.precision), mark, offset, raw: moment.raw };
  }
  const instant = moment.local - moment.offset * 60_000;
  const shift = setting.mode === 'utc' ? 0 : (zoneOffset(instant, setting.zone) ?? 0);
  // A day has no time of day that could be moved: only finer readings change their zone.
  const local = moment.precision === 'day' ? moment.local : instant + shift * 60_000;
  return { ...parts(local, moment.precision), mark, offset, raw: moment.raw };
}

/** `2024-05-10 09:12`, `never` words left to the caller. */
export function momentText(moment: MomentView, setting: TimesSetting): string {
  const { date, clock } = showMoment(moment, setting);
  return clock === '' ? date : `${date} ${clock}`;
}

/** A place on the timeline's scale (see {@link scaleOf}) as text, to the given precision. */
export function scaleText(at: number, setting: ScaleSetting, precision: 'day' | 'minute' | 'second'): string {
  const shift =
    setting.mode === 'zone'
      ? (zoneOffset(at, setting.zone) ?? 0)
      : setting.mode === 'written'
        ? setting.placementOffset
        : 0;
  const { date, clock } = parts(at + shift * 60_000, precision);
  return clock === '' ? date : `${date} ${clock}`;
}

/** Where a moment stands on the timeline's scale: its instant, or where its reading is placed when no offset is known. */
export function scaleOf(moment: MomentView, placementOffset: number): number {
  return moment.local - (moment.offset ?? placementOffset) * 60_000;
}

/** Whether a time of a record is a moment. */
export function isMomentView(at: AtView): at is MomentView {
  return at !== null && at !== 'never';
}

function markOf(moment: MomentView): ZoneMark {
  if (moment.offset === null) return 'unknown';
  switch (moment.offsetSource) {
    case 'stated':
      return 'exact';
    case 'inferred':
      return 'inferred';
    case 'assumed':
      return 'assumed';
    case 'unknown':
      return 'unknown';
  }
}

function parts(local: number, precision: MomentView['precision']): { date: string; clock: string } {
  const at = new Date(local);
  if (Number.isNaN(at.getTime())) return { date: '', clock: '' };
  const iso = at.toISOString();
  // Years beyond 9999 carry a sign and six digits.
  const split = iso.indexOf('T');
  const date = iso.slice(0, split);
  const time = iso.slice(split + 1);
  switch (precision) {
    case 'day':
      return { date, clock: '' };
    case 'minute':
      return { date, clock: time.slice(0, 5) };
    case 'second':
    case 'ten-seconds':
      return { date, clock: time.slice(0, 8) };
    case 'millisecond':
      return { date, clock: time.slice(0, 12) };
  }
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** Minutes east of UTC of a zone at an instant, or null for a zone that this machine does not know. */
export function zoneOffset(instant: number, zone: string): number | null {
  let format = formats.get(zone);
  if (format === undefined) {
    format = zoneFormat(zone);
    formats.set(zone, format);
  }
  if (format === null || Number.isNaN(new Date(instant).getTime())) return null;
  const value: Record<string, number> = {};
  for (const part of format.formatToParts(instant)) value[part.type] = Number(part.value);
  const read = Date.UTC(
    value['year'] ?? 1970,
    (value['month'] ?? 1) - 1,
    value['day'] ?? 1,
    value['hour'] ?? 0,
    value['minute'] ?? 0,
    value['second'] ?? 0,
  );
  return Math.round((read - Math.floor(instant / 1000) * 1000) / 60_000);
}

function zoneFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
}
