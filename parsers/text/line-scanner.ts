import { kernelBytes } from './scan-kernel.ts';
import { hasByte } from './find-byte.ts';

/** Room in the memory for what reads the stamps of the lines. */
export const stampsBytes = 256 * 1024;

/*
 * Line ends and landmarks at once, by kernels/scan.ts in a memory of its own. Its layout, in bytes: the eight tables
 * at 1024, the buckets at 1184, the literals at 2048 with what is longer than eight bytes of them behind, the text, the
 * places of its line feeds, the marks of its lines, and what stamped-lines.ts reads of them.
 */

const tablesAt = 1024;
const bucketsAt = 1184;
/** Neighbouring bytes by which a literal is recognised. */
const places = 4;
const bucketCount = 8;
const literalsAt = 2048;
const literalBytes = 32;
/** Longest landmark: so far before the text may be looked. */
const longestLiteral = 255;
const textAt = 256 * 1024;
const endsAt = textAt + 512 * 1024;

/** The longest text that is scanned at once; small enough to stay in the processor's cache. */
export const scanBytes = 256 * 1024;
const marksAt = endsAt + 4 * scanBytes;
const stampsAt = marksAt + scanBytes + 64 * 1024;
/** A second place for text, so that the first one stays as it is. */
const asideAt = stampsAt + stampsBytes;
/** Longest text that is searched at once. */
export const searchBytes = 1024 * 1024;
const literalAt = asideAt + scanBytes + 64 * 1024;
/** Longest literal that is looked for. */
export const longestSearched = 1024;
const searchAt = literalAt + longestSearched + 64;
const startsAt = searchAt + searchBytes + 64 * 1024;
const memoryBytes = startsAt + 4 * searchBytes;

/** Zeros that the kernel wants behind a text. */
const behindText = 64;

interface Exports {
  readonly memory: WebAssembly.Memory;
  scanLines(text: number, length: number, ends: number, marks: number, every: number): number;
  findLines(text: number, length: number, ends: number): number;
  findText(
    text: number,
    length: number,
    literal: number,
    literalBytes: number,
    first: number,
    second: number,
    starts: number,
  ): number;
}

/** The memory in which a scan leaves the places of line feeds, and the room behind them. */
export interface ScannedMemory {
  readonly memory: WebAssembly.Memory;
  readonly endsAt: number;
  readonly stampsAt: number;
}

interface Kernel {
  readonly exports: Exports;
  readonly bytes: Uint8Array;
  readonly data: DataView;
  readonly text: Buffer;
  readonly aside: Buffer;
  readonly searched: Buffer;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly marks: Uint8Array;
  /** Whose tables it holds. */
  loaded: Landmarks | null;
}

let shared: Kernel | null = null;

/** One for all: a text is scanned and looked at before the next one. */
function kernel(): Kernel {
  shared ??= startKernel();
  return shared;
}

function startKernel(): Kernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(kernelBytes, 'base64')));
  const typed = exports as unknown as Exports;
  const pageBytes = 65_536;
  typed.memory.grow(Math.ceil((memoryBytes - typed.memory.buffer.byteLength) / pageBytes));
  const { buffer } = typed.memory;
  return {
    exports: typed,
    bytes: new Uint8Array(buffer),
    data: new DataView(buffer),
    text: Buffer.from(buffer, textAt, scanBytes + behindText),
    searched: Buffer.from(buffer, searchAt, searchBytes),
    starts: new Uint32Array(buffer, startsAt, searchBytes),
    aside: Buffer.from(buffer, asideAt, scanBytes + behindText),
    ends: new Uint32Array(buffer, endsAt, scanBytes),
    marks: new Uint8Array(buffer, marksAt, scanBytes + 1),
    loaded: null,
  };
}

export function scannedMemory(): ScannedMemory {
  return { memory: kernel().exports.memory, endsAt, stampsAt };
}

/** What a scan found; good until the next one. */
export interface ScannedLines {
  /** What was scanned. */
  readonly text: Buffer;
  /** How many lines end in it. */
  readonly count: number;
  /** Places of their line feeds. */
  readonly ends: Uint32Array;
  /** By line: which sets of landmarks have one on it, as bits; of the text behind the last line feed too. */
  readonly marks: Uint8Array;
}

/** Puts a text of at most {@link scanBytes} where scanning and reading it is fastest; good until the next one. */
export function loadText(bytes: Uint8Array): Buffer {
  const { text } = kernel();
  text.set(bytes);
  text.fill(0, bytes.length, bytes.length + behindText);
  return text.subarray(0, bytes.length);
}

/**
 * Finds the line ends of a text and the lines that hold landmarks.
 *
 * @param text what {@link loadText} gave, or its end from behind a line feed on
 */
export function scanLines(text: Buffer, landmarks: Landmarks | null): ScannedLines {
  const current = kernel();
  const { exports, ends, marks } = current;
  const at = text.byteOffset;
  if (text.buffer !== current.text.buffer) throw new Error('a text is scanned that was not loaded');
  if (landmarks === null) return { text, count: exports.findLines(at, text.length, endsAt), ends, marks };
  landmarks.load();
  const count = exports.scanLines(at, text.length, endsAt, marksAt, landmarks.every);
  return { text, count, ends, marks };
}

/** Room of {@link searchBytes} for a text of whole lines that is searched; good until the next one. */
export function searchedText(): Buffer {
  return kernel().searched;
}

/**
 * Starts of the lines that hold a literal.
 *
 * @param length of the text that stands in {@link searchedText}
 * @param literal without a line feed, at most {@link longestSearched} bytes
 */
export function linesWithText(length: number, literal: Uint8Array): Uint32Array {
  const { exports, bytes, starts } = kernel();
  bytes.set(literal, literalAt);
  // The two bytes that a log holds least are looked for first.
  const [first = 0, second = first] = [...literal.keys()].sort(
    (a, b) => frequencyOf(literal[a] ?? 0) - frequencyOf(literal[b] ?? 0),
  );
  const count = exports.findText(searchAt, length, literalAt, literal.length, first, second, startsAt);
  return starts.slice(0, count);
}

interface Literal {
  readonly bytes: Uint8Array;
  readonly marks: number;
  /** Where its fingerprint starts: the neighbouring bytes that other texts hold least. */
  readonly from: number;
  readonly fingerprintBytes: number;
}

interface Bucket {
  readonly literals: Literal[];
  /** By place in the fingerprint: which low and which high halves of bytes occur. */
  readonly low: number[];
  readonly high: number[];
}

/** Sets of literal texts that lines are marked by: bit 0 for the first set, bit 1 for the second. */
export class Landmarks {
  /** All marks that there are. */
  readonly every: number;
  readonly #buckets: readonly Bucket[];
  readonly #longest: number;

  /** @param sets of literals of two to 255 bytes in UTF-8; matched as they are, case included */
  constructor(sets: readonly (readonly string[])[]) {
    const marksOf = new Map<string, number>();
    sets.forEach((set, bit) => {
      for (const text of set) marksOf.set(text, (marksOf.get(text) ?? 0) | (1 << bit));
    });
    const literals = [...marksOf].map(([text, marks]) => makeLiteral(text, marks));
    this.every = literals.reduce((every, { marks }) => every | marks, 0);
    this.#longest = literals.reduce((longest, { bytes }) => Math.max(longest, bytes.length), 2);
    this.#buckets = fillBuckets(literals);
  }

  /** Marks of all landmarks in bytes of any length, lines not told apart; leaves the loaded text as it is. */
  in(bytes: Uint8Array): number {
    let marks = 0;
    const step = scanBytes - this.#longest;
    for (let at = 0; at < bytes.length && marks !== this.every; at += step) {
      const { aside, exports, marks: marksOf } = kernel();
      const part = bytes.subarray(at, at + scanBytes);
      aside.set(part);
      aside.fill(0, part.length, part.length + behindText);
      this.load();
      const count = exports.scanLines(asideAt, part.length, endsAt, marksAt, this.every);
      for (let line = 0; line <= count; line += 1) marks |= marksOf[line] ?? 0;
    }
    return marks;
  }

  /** Puts the tables into the kernel's memory, unless they are there. */
  load(): void {
    const current = kernel();
    if (current.loaded === this) return;
    current.loaded = this;
    const { bytes, data } = current;
    bytes.fill(0, tablesAt, literalsAt);
    let literalAt = literalsAt;
    let restAt =
      literalsAt + literalBytes * this.#buckets.reduce((count, bucket) => count + bucket.literals.length, 0);
    this.#buckets.forEach((bucket, index) => {
      for (let place = 0; place < places; place += 1) {
        for (let half = 0; half < 16; half += 1) {
          const low = tablesAt + place * 32 + half;
          if ((((bucket.low[place] ?? 0) >> half) & 1) === 1) bytes[low] = (bytes[low] ?? 0) | (1 << index);
          const high = low + 16;
          if ((((bucket.high[place] ?? 0) >> half) & 1) === 1)
            bytes[high] = (bytes[high] ?? 0) | (1 << index);
        }
      }
      data.setUint32(bucketsAt + index * 4, (literalAt - literalsAt) / literalBytes, true);
      for (const literal of bucket.literals) {
        const head = literal.bytes.subarray(0, 8);
        bytes.fill(0, literalAt, literalAt + literalBytes);
        bytes.set(head, literalAt);
        bytes.fill(0xff, literalAt + 8, literalAt + 8 + head.length);
        data.setUint32(literalAt + 16, restAt, true);
        data.setUint16(literalAt + 20, literal.bytes.length, true);
        data.setUint16(literalAt + 22, literal.from + literal.fingerprintBytes - 1, true);
        data.setUint32(literalAt + 24, literal.marks, true);
        bytes.set(literal.bytes.subarray(8), restAt);
        restAt += Math.max(0, literal.bytes.length - 8);
        literalAt += literalBytes;
      }
    });
    for (let index = this.#buckets.length; index <= bucketCount; index += 1) {
      data.setUint32(bucketsAt + index * 4, (literalAt - literalsAt) / literalBytes, true);
    }
    if (restAt > textAt - longestLiteral - 1) throw new Error('more landmarks than there is room for');
  }
}

function makeLiteral(text: string, marks: number): Literal {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < 2 || bytes.length > longestLiteral || hasByte(bytes, 0x0a)) {
    throw new Error('a landmark of two to 255 bytes on one line is needed');
  }
  const fingerprintBytes = Math.min(places, bytes.length);
  let from = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + fingerprintBytes <= bytes.length; at += 1) {
    const weight = bytes
      .subarray(at, at + fingerprintBytes)
      .reduce((product, byte) => product * frequencyOf(byte), 1);
    if (weight < least) {
      least = weight;
      from = at;
    }
  }
  return { bytes, marks, from, fingerprintBytes };
}

/** The part of the bytes of a log that one is, roughly. */
function frequencyOf(byte: number): number {
  const character = String.fromCharCode(byte);
  if (character === ' ' || character === 'e') return 0.06;
  if ('taoinsr'.includes(character)) return 0.04;
  if (/[0-9cdlu]/u.test(character)) return 0.025;
  if (/[a-z.:\-/=,|\\_]/u.test(character)) return 0.015;
  return /[A-Z\u0080-\u00ff]/u.test(character) ? 0.006 : 0.003;
}

/** The part of the bytes of a log that have one of these halves each. */
function shareOf(low: number, high: number): number {
  let share = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    if (((low >> (byte & 0x0f)) & 1) === 1 && ((high >> (byte >> 4)) & 1) === 1)
      share += frequencies[byte] ?? 0;
  }
  return share;
}

const frequencies = Float64Array.from({ length: 256 }, (_, byte) => frequencyOf(byte));

/** Shares the literals out so that few places pass the tables by chance: each to where it widens them least. */
function fillBuckets(literals: readonly Literal[]): readonly Bucket[] {
  const buckets: Bucket[] = [];
  for (const literal of literals) {
    let best: Bucket | null = null;
    let least =
      buckets.length < bucketCount ? widthOf(addTo(emptyBucket(), literal)) : Number.POSITIVE_INFINITY;
    for (const bucket of buckets) {
      const added = widthOf(addTo(bucket, literal)) - widthOf(bucket);
      if (added < least) {
        least = added;
        best = bucket;
      }
    }
    const wider = addTo(best ?? emptyBucket(), literal);
    if (best === null) buckets.push(wider);
    else buckets[buckets.indexOf(best)] = wider;
  }
  return buckets;
}

function emptyBucket(): Bucket {
  return { literals: [], low: new Array<number>(places).fill(0), high: new Array<number>(places).fill(0) };
}

function addTo({ literals, low, high }: Bucket, literal: Literal): Bucket {
  const { bytes, from, fingerprintBytes } = literal;
  // Of a short literal the first places are left open, so that it is met at its last byte, on its own line.
  const skipped = places - fingerprintBytes;
  const halves = (of: (byte: number) => number) => (before: number, place: number) =>
    place < skipped ? 0xffff : before | (1 << of(bytes[from + place - skipped] ?? 0));
  return {
    literals: [...literals, literal],
    low: low.map(halves((byte) => byte & 0x0f)),
    high: high.map(halves((byte) => byte >> 4)),
  };
}

/** The part of all places of a log that pass by chance. */
function widthOf({ low, high }: Bucket): number {
  return low.reduce((product, halves, place) => product * shareOf(halves, high[place] ?? 0), 1);
}
