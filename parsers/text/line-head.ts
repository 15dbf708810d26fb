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

/** How the level of a line is found once its stamp has been read. */
export type LevelReader = (bytes: Uint8Array, from: number, end: number) => Level;

/** A step on the way through a stamp; the numbers are those of stamp.ts. */
export interface StampStep {
  readonly kind: number;
  /** The byte of a literal; the place of digits. */
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/** A stamp as data. */
export interface StampForm {
  readonly steps: readonly StampStep[];
  /** Steps and bytes up to the minute, which lines of one minute share; null where their number is not fixed. */
  readonly shared: { readonly steps: number; readonly bytes: number } | null;
  readonly hasYear: boolean;
  /** Minutes east of UTC of every stamp of this form; NaN where none is known. */
  readonly offset: number;
  /** So many bytes into the line it may start. */
  readonly within: number;
  /** The byte that has to stand behind the stamp without being part of it; 0 where any may. */
  readonly followedBy: number;
  /** The level of every line, that of the level word near the stamp, or what a function finds. */
  readonly level: Level | 'words' | LevelReader;
  /** Literals without one of which on the line the function finds no level; null where it may without any. */
  readonly levelMarks: readonly string[] | null;
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
  /** What it reads, for those who read many lines at once; absent where only `read` knows. */
  readonly form?: StampForm;
  read(bytes: Uint8Array, start: number, end: number, out: HeadFields): boolean;
}
