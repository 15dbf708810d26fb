/** Milliseconds from 1601-01-01 to 1970-01-01. */
const epochShift = 11_644_473_600_000;
const stepsPerMillisecond = 10_000n;

/** A FILETIME (100-nanosecond steps since 1601, UTC) in milliseconds since 1970, cut to the millisecond. */
export function filetimeToMilliseconds(filetime: bigint): number {
  return Number(filetime / stepsPerMillisecond) - epochShift;
}

/** The same from its two halves, without a BigInt: exact for every millisecond of the range. */
export function halvesToMilliseconds(low: number, high: number): number {
  // 2^32 steps are 429,496.7296 ms; both products stay below 2^53.
  const whole = high * 429_496 - epochShift;
  const rest = high * 7_296 + low;
  return whole + Math.floor(rest / 10_000);
}

/** `2015-06-23T06:00:48.1234567Z`: all seven digits that a FILETIME holds. */
export function filetimeText(low: number, high: number): string {
  const milliseconds = halvesToMilliseconds(low, high);
  const steps = (high * 7_296 + low) % 10_000;
  const iso = new Date(milliseconds).toISOString();
  return `${iso.slice(0, -1)}${String(steps).padStart(4, '0')}Z`;
}
