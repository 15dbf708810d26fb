import type {
  Encoding,
  EvidenceWarning,
  FormatId,
  Level,
  MemberState,
  SystemId,
} from '../domain/evidence.ts';
import type { Clock, Moment } from '../domain/moment.ts';
import type { EventDraft, FactDraft } from '../formats/define-format.ts';
import type { LineHead } from '../text/line-head.ts';
import { detached } from '../text/detached.ts';
import { LineIndex } from './line-index.ts';
import { RecordTable } from './record-table.ts';
import { shortLines } from './short-lines.ts';
import type { LineTable } from './short-lines.ts';
import type { RecordPool } from './record-table.ts';

/** Warnings of one member that are kept with their text; further ones are counted. */
export const keptWarnings = 10_000;

/** A line's place in time, as a document format stated it. */
export interface DatedLine {
  readonly at: Moment | null;
  readonly level: Level;
}

/** Of members without any: most have none. */
const noDatedLines: ReadonlyMap<number, DatedLine> = new Map();

/** Records of the members that state none. */
const noRecords = new (class extends RecordTable {
  override push(): never {
    throw new Error('a member was added to after its end');
  }
})('');

/**
 * A member while it is read: what the archive said, what its format harvested. A bundle can have a hundred thousand:
 * {@link MemberDraft.settle} leaves of what was made to be filled only what was.
 */
export class MemberDraft {
  readonly index: number;
  readonly path: string;
  readonly modified: Moment | null;
  bytes = 0;
  sha256: string | null = null;
  kind: FormatId | null = null;
  system: SystemId | null = null;
  state: MemberState = 'opaque';
  reason: string | null = null;
  encoding: Encoding | null = null;
  /** Lines of the member, null when it is no text. */
  lines: LineTable | null = null;
  rows: number | null = null;
  /** Place in the store of the raw bytes kept of a member that is no text. */
  kept: { readonly offset: number; readonly length: number } | null = null;
  timeRule: string | null = null;
  unverified = false;
  /** How its stamps are read again for showing. */
  heads: readonly LineHead[] = [];
  clock: Clock = 'device';
  /** Whether the member's lines belong to the merged timeline: all of them, those that its format dated, or none. */
  timeline: 'all' | 'dated' | 'none' = 'none';
  /** Lines (0-based) that a document format put on the timeline. */
  get datedLines(): ReadonlyMap<number, DatedLine> {
    return this.#datedLines ?? noDatedLines;
  }
  #datedLines: Map<number, DatedLine> | null = null;
  device: string | null = null;
  /** The device holds for the files beside and below as well. */
  speaksForCollection = false;
  aliases: string[] = [];
  /** Other names of devices that the member tells of. */
  otherNames: { readonly name: string; readonly aliases: readonly string[] }[] = [];
  zone: {
    readonly offset: number;
    readonly samples: number;
    readonly fact: FactDraft<'zone-inferred'>;
  } | null = null;
  records: RecordTable;
  events: EventDraft[] = [];
  facts: FactDraft[] = [];
  warnings: EvidenceWarning[] = [];
  warningCount = 0;

  /** @param pool what its records have in common with those of the other members */
  constructor(index: number, path: string, modified: Moment | null, pool?: RecordPool) {
    this.records = new RecordTable(path, pool);
    this.index = index;
    this.path = path;
    this.modified = modified;
  }

  warn(line: number | null, code: string, text: string): void {
    this.warningCount += 1;
    if (this.warnings.length < keptWarnings) {
      this.warnings.push({
        member: this.path,
        line,
        code,
        // A piece would keep the whole text that it was cut out of.
        text: detached(text.length > 500 ? `${text.slice(0, 500)}…` : text),
      });
    }
  }

  /** @param line 0-based */
  dateLine(line: number, dated: DatedLine): void {
    this.#datedLines ??= new Map();
    this.#datedLines.set(line, dated);
  }

  newLines(): LineIndex {
    const lines = new LineIndex();
    this.lines = lines;
    return lines;
  }

  /** It was read to its end: from now on nothing may be added. */
  settle(): void {
    if (this.records.count === 0) this.records = noRecords;
    else this.records.settle();
    this.aliases = settled(this.aliases);
    this.otherNames = settled(this.otherNames);
    this.events = settled(this.events);
    this.facts = settled(this.facts);
    this.warnings = settled(this.warnings);
    if (this.lines instanceof LineIndex) this.lines = shortLines(this.lines);
  }
}

const nothing: never[] = [];
Object.freeze(nothing);

/** Without the room for further ones. */
function settled<T>(list: T[]): T[] {
  return list.length === 0 ? nothing : list.slice();
}
