/** A modification time as an archive stores it. */
export interface StoredTime {
  /** `YYYY-MM-DDTHH:MM:SS` */
  readonly local: string;
  /** Whether `local` is UTC; else it is the wall clock of whoever packed the archive, zone unknown. */
  readonly utc: boolean;
}

/** From seconds since 1970; null when they lie outside what a date can hold. */
export function utcFromSeconds(seconds: number): StoredTime | null {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999) return null;
  return { local: date.toISOString().slice(0, 19), utc: true };
}

/** Seconds since 1970 of a Windows FILETIME (100 ns since 1601, UTC); null when it is not set. */
export function secondsFromFileTime(ticks: bigint): number | null {
  return ticks === 0n ? null : Number(ticks / 10_000_000n) - 11_644_473_600;
}

/** From the date (high) and time (low word) of MS-DOS: local, two-second steps; null when no such moment exists. */
export function localFromDosTime(packed: number): StoredTime | null {
  const year = 1980 + ((packed >>> 25) & 0x7f);
  const month = (packed >>> 21) & 0x0f;
  const day = (packed >>> 16) & 0x1f;
  const hour = (packed >>> 11) & 0x1f;
  const minute = (packed >>> 5) & 0x3f;
  const second = (packed & 0x1f) * 2;
  const daysOfMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    local: `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`,
    utc: false,
  };
}
