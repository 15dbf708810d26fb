/** An element of an event's XML. Names are without namespace prefix, as Windows writes them. */
export interface EventElement {
  readonly name: string;
  readonly attributes: readonly EventAttribute[];
  readonly children: readonly (EventElement | string)[];
}

export interface EventAttribute {
  readonly name: string;
  readonly value: string;
}

/** A record of an event log file, read. */
export interface EvtxRecord {
  /** The record's number as its header states it. */
  readonly id: number;
  /** When it was written: 100-nanosecond steps since 1601-01-01T00:00:00Z. */
  readonly written: bigint;
  /** Where the record starts in the file. */
  readonly offset: number;
  /** `<Event>`. */
  readonly event: EventElement;
}

/**
 * What is wrong with a file, or worth knowing of it:
 *
 * - `not-an-event-log`: no file header; chunks are looked for all the same
 * - `bad-file-checksum`, `unknown-version`: the file header is damaged or of another major version
 * - `dirty`: the log was not closed; its header may be older than its records
 * - `damaged-chunk`: a stretch that is no chunk (skipped)
 * - `bad-chunk-checksum`: the chunk's header or records were changed; what can be read of it is
 * - `bad-record`: a record that could not be read (skipped)
 * - `truncated`: the file ends inside a chunk
 * - `record-gap`: record numbers that no record has: the log was cleared or records were lost
 */
export type EvtxNoteCode =
  | 'not-an-event-log'
  | 'bad-file-checksum'
  | 'unknown-version'
  | 'dirty'
  | 'damaged-chunk'
  | 'bad-chunk-checksum'
  | 'bad-record'
  | 'truncated'
  | 'record-gap';

export interface EvtxNote {
  readonly code: EvtxNoteCode;
  /** Byte offset in the file; null where it concerns the file as a whole. */
  readonly offset: number | null;
  /** Chunk number, record numbers or reason; no sentence. */
  readonly detail: string;
}

/** Where a reader puts what it finds, in the order of the file. */
export interface EvtxHandler {
  record(record: EvtxRecord): void;
  note(note: EvtxNote): void;
}

/** What the whole file turned out to hold. */
export interface EvtxSummary {
  readonly records: number;
  /** Lowest and highest record number; null without records. */
  readonly firstId: number | null;
  readonly lastId: number | null;
  /** Record numbers missing between the two. */
  readonly missing: number;
  readonly chunks: number;
  readonly damagedChunks: number;
  readonly badRecords: number;
  readonly dirty: boolean;
}

/** Thrown inside the reader where bytes make no sense; never leaves it. */
export class EvtxDamage extends Error {
  override readonly name = 'EvtxDamage';
}
