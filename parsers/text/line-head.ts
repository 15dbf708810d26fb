import type { Level } from '../domain/evidence.ts';
import type { Precision } from '../domain/moment.ts';

/** What the start of a line says; one object is reused for all lines of a member. */
export interface HeadFields {
  /** The clock's reading in milliseconds as if it stood in UTC; NaN when the line has a head but no time. */
  local: number;
  /** Minutes east of UTC; NaN when not stated. */
  offset: number;
  precision: Precision;
  level: Level;
  /** Byte position, relative to the line's start, of the text behind the stamp. */
  body: number;
}

/**
 * Reads the start of a line from bytes, without making a string.
 *
 * @returns false when the line does not start in this way (it then continues the record above).
 */
export interface LineHead {
  /** Shown to the analyst as the rule by which times were read, e.g. `YYYY-MM-DD.HH:mm:ss`. */
  readonly name: string;
  /** The stamp has no year: readings are in `assumedYear` until the member's own date tells better. */
  readonly yearless: boolean;
  /** By byte: 1 where a line of this form can start with it; absent: with any. */
  readonly firsts?: Uint8Array;
  /**
   * Lines that start in this way are records of their own, without a stamp: they were written at the time
   * of the stamp above them, and have it. Before the first stamp they have none.
   */
  readonly inherits?: boolean;
  read(bytes: Uint8Array, start: number, end: number, out: HeadFields): boolean;
}
